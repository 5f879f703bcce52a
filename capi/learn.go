package main

// #include "boundary.h"
import "C"

import (
	"math"

	"gosandbox/core"
)

//export boundaryLearnerNew
func boundaryLearnerNew(out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	*out = newHandle(core.NewLearner())
	return
}

//export boundaryLearnerFree
func boundaryLearnerFree(h handle) {
	defer quietly()
	forget[*core.Learner](h)
}

//export boundarySetLearner
func boundarySetLearner(h, learner handle, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	var l *core.Learner
	if learner != 0 {
		if l, err = find[*core.Learner](learner); err != nil {
			return
		}
	}
	err = change(h, func(c *core.Config) error {
		c.Learner = l
		return nil
	})
	return
}

//export boundaryPolicyLearn
func boundaryPolicyLearn(h, learner handle, fallback, perDirectory C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	l, err := find[*core.Learner](learner)
	if err != nil {
		return
	}
	err = change(h, func(c *core.Config) error {
		policy, err := l.Policy(core.Action(fallback), int(min(perDirectory, math.MaxInt32)))
		if err != nil {
			return err
		}
		c.Policy, c.Paths, c.PathAction = policy, nil, nil
		allocated(callBytes)
		return nil
	})
	return
}
