package core

import (
	"context"
	"errors"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// Run runs the program and blocks until it, and every process it made, is gone. Cancelling ctx kills it.
//
// The error is nil for every verdict about the program. A program that could not be started, and a fault of the library,
// are told by an *Error and also by a Result with the status SetupFailed or Internal; for other errors, which are *Error
// too, the Result is nil.
func Run(ctx context.Context, config *Config) (*Result, error) {
	e, err := prepare(config, now())
	if err != nil {
		return failedResult(err)
	}
	defer e.release()
	if ctx.Err() != nil {
		e.run.Kill(tracer.CauseCancelled)
	} else if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, func() { e.run.Kill(tracer.CauseCancelled) })
		defer stop()
	}
	if err := e.runHere(); err != nil {
		return nil, err
	}
	return e.result()
}

// failedResult gives an error of a start its result.
func failedResult(err error) (*Result, error) {
	var failed *Error
	if errors.As(err, &failed) && failed.Code == CodeESETUP {
		return &Result{Status: StatusSetupFailed, ExitCode: -1, Message: failed.Message, Err: failed}, failed
	}
	return nil, err
}

// SharedProcess tells the package that it lives in a process that is not a Go program. There threads that it knows nothing of
// may wait for any child: own counts those that are not, and those of them that have ended so far; here tells whether the calling thread
// is one. And it makes threads with start, which runs body on a new thread that ends with it, or fails; Go ends the process when it
// cannot make one. Once, before the first run.
func SharedProcess(start func(body func()) error, own func() (count int, ended uint32), here func() bool) {
	sys.MakeThread = start
	tracer.OwnThreads = own
	onOwnThread = here
}

// onOwnThread tells whether the calling thread is one of the library's: a callback of a task can run programs, too.
var onOwnThread = func() bool { return false }
