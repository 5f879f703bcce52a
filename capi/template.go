package main

// #include "boundary.h"
import "C"

import "gosandbox/core"

//export boundaryTemplateNew
func boundaryTemplateNew(h handle, out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	*out = 0
	var snapshot core.Config
	err = change(h, func(c *core.Config) error {
		snapshot = *c
		return nil
	})
	if err != nil {
		return
	}
	t, err := core.NewTemplate(&snapshot)
	if err == nil {
		*out = newHandle(t)
	}
	return
}

//export boundaryTemplateFree
func boundaryTemplateFree(h handle) {
	defer quietly()
	if t, ok := forget[*core.Template](h); ok {
		t.Close()
	}
}

//export boundarySetTemplate
func boundarySetTemplate(h, template handle, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	var t *core.Template
	if template != 0 {
		if t, err = find[*core.Template](template); err != nil {
			return
		}
	}
	err = change(h, func(c *core.Config) error {
		c.Template = t
		return nil
	})
	return
}
