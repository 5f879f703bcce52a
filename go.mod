module gosandbox

go 1.26.0

require (
	github.com/elastic/go-seccomp-bpf v1.6.0
	github.com/ianlancetaylor/cgosymbolizer v0.0.0-20230801000641-8736a9d41aaa
	golang.org/x/sys v0.49.0
)
