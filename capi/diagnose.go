//go:build diagnose

package main

// With this the runtime names the host's functions, files and lines too when a signal ends the process. It walks all shared objects
// inside the signal handler, where it can block for ever, so it stands in a variant for diagnosis only.
import _ "github.com/ianlancetaylor/cgosymbolizer"
