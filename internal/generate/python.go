package main

import (
	"fmt"
	"strings"
)

// ctypes maps what needs no declaration in the header to Python.
var ctypes = map[string]string{
	"void": "None", "int": "c_int", "size_t": "c_size_t",
	"int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64", "uint8_t": "c_uint8", "char": "c_char",
	"char *": "c_char_p", "void *": "c_void_p", "char *const *": "POINTER(c_char_p)",
	"size_t *": "POINTER(c_size_t)", "uint32_t *": "POINTER(c_uint32)", "uint64_t *": "POINTER(c_uint64)",
}

// writePython writes enumerations, structures and prototypes for ctypes.
func writePython(h *header) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", notice)
	b.WriteString(`"""Constants, layouts and prototypes of the C interface."""

from ctypes import (
    CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p,
)
from enum import IntEnum
from typing import Any
`)
	members, err := byGroup(h)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if len(members[g]) > 0 {
			writePyGroup(&b, g, members[g])
		}
	}
	b.WriteString("\n\ndef ERRNO(e: int) -> int:\n    \"\"\"The call fails with e, 1 to 4095; it is not executed.\"\"\"\n    return 0x10000 | e\n")

	types := map[string]string{}
	for _, name := range h.handles {
		types[name+" *"], types[name+" **"], types[name+" *const *"] = "c_void_p", "POINTER(c_void_p)", "POINTER(c_void_p)"
	}
	for _, a := range h.aliases {
		types[a.name], types[a.name+" *"] = ctypes[a.ctype], "POINTER("+ctypes[a.ctype]+")"
	}
	python := func(ctype string) (string, error) {
		ctype = strings.TrimPrefix(strings.TrimPrefix(ctype, "const "), "struct ")
		if t, ok := ctypes[ctype]; ok {
			return t, nil
		}
		if t, ok := types[ctype]; ok {
			return t, nil
		}
		return "", fmt.Errorf("no Python type for %q", ctype)
	}

	for _, s := range h.structs {
		fmt.Fprintf(&b, "\n\nclass %s(Structure):\n    _fields_ = [\n", s.name)
		for _, f := range s.fields {
			t, err := python(f.ctype)
			if err != nil {
				return nil, fmt.Errorf("struct %s: %w", s.name, err)
			}
			if f.length != "" {
				t += " * " + f.length
			}
			fmt.Fprintf(&b, "        (%q, %s),\n", f.name, t)
		}
		b.WriteString("    ]\n")
		types[s.name+" *"] = "POINTER(" + s.name + ")"
	}
	b.WriteString("\n\n")
	for _, f := range h.callbacks {
		list, err := pyTypes(f, python)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s = CFUNCTYPE(%s)\n", f.name, strings.Join(list, ", "))
		types[f.name] = f.name
	}
	b.WriteString("\n# name: (restype, argtypes)\nFUNCTIONS = {\n")
	for _, f := range h.functions {
		list, err := pyTypes(f, python)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "    %q: (%s, [%s]),\n", f.name, list[0], strings.Join(list[1:], ", "))
	}
	b.WriteString("}\n\n\ndef declare(library: Any) -> None:\n    \"\"\"Gives every function of a loaded library its types.\"\"\"\n" +
		"    for name, (restype, argtypes) in FUNCTIONS.items():\n        function = getattr(library, name)\n" +
		"        function.restype, function.argtypes = restype, argtypes\n")
	return []byte(b.String()), nil
}

func writePyGroup(b *strings.Builder, g *group, members []constant) {
	indent := ""
	if g.pyEnum != "" {
		indent = "    "
		fmt.Fprintf(b, "\n\nclass %s(IntEnum):\n", g.pyEnum)
		above := members[0].above
		if above == "" {
			above = g.above
		}
		fmt.Fprintf(b, "    \"\"\"%s\"\"\"\n\n", wrap(above, "    "))
	} else {
		b.WriteString("\n\n")
	}
	counts := ""
	for _, c := range members {
		line := indent
		switch {
		case c.isCount():
			counts += fmt.Sprintf("\n\n%sCOUNT = %s\n", g.prefix, c.value)
			continue
		case g.pyEnum != "":
			line += pyName(c.name)
		case g.prefix != "" && c.name != "":
			line += strings.TrimSuffix(g.prefix, "_") + "_" + c.name
		default:
			line += g.prefix + c.name
		}
		line += " = " + c.value
		if c.comment != "" && len(line)+len(c.comment) > 108 {
			line = indent + "# " + wrap(c.comment, indent+"# ") + "\n" + line
		} else if c.comment != "" {
			line += "  # " + c.comment
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(counts)
}

// pyName makes a member's name an identifier.
func pyName(name string) string {
	if isDigit(name[0]) {
		return "_" + name
	}
	return name
}

// pyTypes gives the result type and then those of the parameters.
func pyTypes(f function, python func(string) (string, error)) ([]string, error) {
	var list []string
	for _, ctype := range append([]param{{ctype: f.result}}, f.params...) {
		t, err := python(ctype.ctype)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		list = append(list, t)
	}
	return list, nil
}
