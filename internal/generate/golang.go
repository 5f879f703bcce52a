package main

import (
	"fmt"
	"go/format"
	"strings"
)

// writeGo writes the constants as package core sees them.
func writeGo(h *header) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s\n\npackage core\n", notice)
	members, err := byGroup(h)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if len(members[g]) > 0 {
			writeGoGroup(&b, g, members[g])
		}
	}
	b.WriteString(`
// ActionErrno makes the call fail with e, 1 to 4095; it is not executed.
func ActionErrno(e uint32) Action { return 0x10000 | Action(e) }

func nameOf(names []string, n uint32) string {
	if uint64(n) < uint64(len(names)) && names[n] != "" {
		return names[n]
	}
	return "?"
}
`)
	return format.Source([]byte(b.String()))
}

func writeGoGroup(b *strings.Builder, g *group, members []constant) {
	above := members[0].above
	if above == "" {
		above = g.above
	}
	if g.goType != "" {
		fmt.Fprintf(b, "\n// %s\ntype %s uint32\n\nconst (\n", wrap(above, "// "), g.goType)
	} else {
		if above != "" {
			fmt.Fprintf(b, "\n// %s", wrap(above, "// "))
		}
		b.WriteString("\nconst (\n")
	}
	for _, c := range members {
		if c.comment != "" {
			fmt.Fprintf(b, "\t// %s\n", wrap(c.comment, "\t// "))
		}
		typ := g.goType
		if c.isCount() {
			typ = ""
		}
		fmt.Fprintf(b, "\t%s%s %s = %s\n", g.goName, goTail(g, c.name), typ, c.value)
	}
	b.WriteString(")\n")
	switch {
	case g.goName == "Code":
		writeGoCodes(b, members)
	case g.goType != "" && g.goType != "Action":
		writeGoNames(b, g, members)
	}
}

func writeGoNames(b *strings.Builder, g *group, members []constant) {
	table := strings.ToLower(g.goType) + "Names"
	fmt.Fprintf(b, "\nvar %s = []string{\n", table)
	for _, c := range members {
		if c.isCount() {
			continue
		}
		text := c.name
		if g.words {
			text = words(c.name)
		}
		fmt.Fprintf(b, "\t%s%s: %q,\n", g.goName, goTail(g, c.name), text)
	}
	what := "the name in C without its prefix"
	if g.words {
		what = "its name in words"
	}
	fmt.Fprintf(b, "}\n\n// String gives %s, \"?\" for an unknown number.\n", what)
	fmt.Fprintf(b, "func (n %s) String() string { return nameOf(%s, uint32(n)) }\n", g.goType, table)
}

func writeGoCodes(b *strings.Builder, members []constant) {
	b.WriteString("\n// CodeName gives the name of an error code, such as \"EINVAL\"; \"?\" for an unknown number.\n")
	b.WriteString("func CodeName(code int) string {\n\tswitch code {\n")
	for _, c := range members {
		fmt.Fprintf(b, "\tcase Code%s:\n\t\treturn %q\n", goTail(groups[len(groups)-1], c.name), c.name)
	}
	b.WriteString("\t}\n\treturn \"?\"\n}\n")
}

// goTail is the member's part of its Go name; error codes stay as they are in C.
func goTail(g *group, name string) string {
	if g.goName == "Code" {
		return name
	}
	return camel(name)
}

// isCount tells the end mark of a group, which is not a member.
func (c constant) isCount() bool { return c.name == "COUNT" }

// byGroup sorts the constants into their groups, under their names inside them.
func byGroup(h *header) (map[*group][]constant, error) {
	members := map[*group][]constant{}
	for _, c := range h.constants {
		g, name, err := groupOf(c.name)
		if err != nil {
			return nil, err
		}
		c.name = name
		members[g] = append(members[g], c)
	}
	return members, nil
}
