package harvest

import (
	"path"
	"strings"
)

// Pattern is a name, or a glob, one item for each component. "**" stands for any number of directories, at the end for all files in them.
type Pattern []string

// ParsePattern reads a pattern; "" tells that nothing is wrong with it.
func ParsePattern(text string) (Pattern, string) {
	if text == "" || len(text) >= 4096 || strings.IndexByte(text, 0) >= 0 {
		return nil, "it is empty, too long, or has a NUL"
	}
	if text[0] == '/' {
		return nil, "it is absolute: say the directory apart"
	}
	parts := strings.Split(text, "/")
	for _, part := range parts {
		switch part {
		case "":
			return nil, "it has an empty component"
		case ".", "..":
			return nil, "it has the component " + part
		}
		if len(part) > 1024 {
			return nil, "a component is too long"
		}
		if _, err := path.Match(part, ""); err != nil {
			return nil, "a bracket is not closed, or a backslash ends it"
		}
	}
	return parts, ""
}

// literal is the name that a component stands for; false: it is a glob.
func literal(part string) (string, bool) {
	if !strings.ContainsAny(part, `*?[\`) {
		return part, true
	}
	return "", false
}

func matches(part, name string) bool {
	ok, _ := path.Match(part, name)
	return ok
}

// Plain tells whether the pattern names a single file.
func (p Pattern) Plain() bool {
	for _, part := range p {
		if _, ok := literal(part); !ok {
			return false
		}
	}
	return true
}
