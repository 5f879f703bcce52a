package main

import (
	"fmt"
	"strconv"
	"strings"
)

// nameFunctions are the C functions that name a number, and the group they name.
var nameFunctions = []struct{ function, prefix string }{
	{"gosandbox_status_name", "STATUS_"},
	{"gosandbox_cause_name", "CAUSE_"},
	{"gosandbox_step_name", "STEP_"},
	{"gosandbox_file_status_name", "FILE_"},
}

// sizes of the types that public structs are made of, on the 64-bit machines that the library knows.
var sizes = map[string]int{
	"uint8_t": 1, "char": 1, "uint32_t": 4, "int32_t": 4, "uint64_t": 8, "int64_t": 8, "const char *": 8, "const void *": 8,
}

// writeC writes the functions that name numbers, and assertions that the C compiler lays out the public structs as the
// generated bindings do.
func writeC(h *header) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "/* %s */\n#include \"../include/sandbox.h\"\n\n#include <assert.h>\n#include <stddef.h>\n\n", notice)
	b.WriteString("#define PUBLIC __attribute__((visibility(\"default\")))\n")
	b.WriteString("#define NAME(table, n) ((n) < sizeof(table) / sizeof(table)[0] && (table)[n] ? (table)[n] : \"?\")\n")
	members, err := byGroup(h)
	if err != nil {
		return nil, err
	}
	for _, f := range nameFunctions {
		for _, g := range groups {
			if g.prefix == f.prefix {
				writeCNames(&b, f.function, "uint32_t", g, members[g], "")
			}
		}
	}
	for _, g := range groups {
		if g.goName == "Code" {
			writeCNames(&b, "gosandbox_error_name", "int", g, members[g], "-")
		}
	}
	for _, s := range h.structs {
		if err := writeCLayout(&b, h, s); err != nil {
			return nil, err
		}
	}
	return []byte(b.String()), nil
}

// writeCNames writes a table lookup; sign "-" turns negative codes into indices.
func writeCNames(b *strings.Builder, function, typ string, g *group, members []constant, sign string) {
	fmt.Fprintf(b, "\nPUBLIC const char *%s(%s number)\n{\n    static const char *const names[] = {\n", function, typ)
	for _, c := range members {
		text := c.name
		if g.words {
			text = words(c.name)
		}
		fmt.Fprintf(b, "        [%sGOSANDBOX_%s%s] = %q,\n", sign, g.prefix, c.name, text)
	}
	index := "number"
	if sign != "" {
		index = "0u - (unsigned)number"
	}
	fmt.Fprintf(b, "    };\n    return NAME(names, %s);\n}\n", index)
}

func writeCLayout(b *strings.Builder, h *header, s structure) error {
	offset, align := 0, 1
	b.WriteString("\n")
	for _, f := range s.fields {
		size := sizes[f.ctype]
		if size == 0 {
			return fmt.Errorf("struct %s: the size of %q is unknown: add it to internal/generate/c.go", s.name, f.ctype)
		}
		count, err := h.count(f.length)
		if err != nil {
			return fmt.Errorf("struct %s: %w", s.name, err)
		}
		offset = (offset + size - 1) / size * size
		align = max(align, size)
		fmt.Fprintf(b, "static_assert(offsetof(struct %s, %s) == %d, \"layout\");\n", s.name, f.name, offset)
		offset += size * count
	}
	total := (offset + align - 1) / align * align
	fmt.Fprintf(b, "static_assert(sizeof(struct %s) == %d, \"layout\");\n", s.name, total)
	return nil
}

// count is the length of an array field: a number, a constant of the header, or 1 where there is none.
func (h *header) count(length string) (int, error) {
	if length == "" {
		return 1, nil
	}
	for _, c := range h.constants {
		if c.name == strings.TrimPrefix(length, "GOSANDBOX_") {
			length = c.value
		}
	}
	return strconv.Atoi(length)
}
