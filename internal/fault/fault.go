//go:build !fault

// Package fault lets a test build of the library fail on purpose. In every other build its points are nothing.
package fault

// At is a place where a test may want a fault.
func At(Place) {}

// Thread tells whether making a thread is to fail now.
func Thread() bool { return false }
