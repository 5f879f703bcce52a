package core

import (
	"context"
	"errors"

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
	e.runHere()
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

// SharedProcess tells the package that it lives in a process that is not a Go program, where threads that it knows nothing of
// may wait for any child. Once, before the first run.
func SharedProcess() { tracer.Shared = true }
