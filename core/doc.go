// Package core runs untrusted programs under limits, from inside the caller's process, and says exactly what happened.
//
//	result, err := core.Run(ctx, &core.Config{
//		Args:   []string{"./a.out"},
//		Files:  []core.File{core.FromPath(0, "1.in", os.O_RDONLY, 0), core.Capture(1, 1<<20)},
//		Limits: core.Limits{CPU: time.Second, Wall: 3 * time.Second, Memory: 256 << 20},
//	})
//
// A Config is lowered into what packages tracee and tracer need; they know nothing of it. The C interface in capi and the
// Python binding are thin layers over this package and share its vocabulary (abi_gen.go is made from sandbox.h).
package core
