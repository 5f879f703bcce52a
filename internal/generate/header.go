package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A header is what sandbox.h declares, in its order.
type header struct {
	constants []constant
	structs   []structure
	handles   []string // opaque struct typedefs
	aliases   []param  // typedefs of integer types
	callbacks []function
	functions []function
}

type constant struct {
	name    string // without GOSANDBOX_
	value   string
	comment string // the one that trails it
	above   string // the one that stands directly above it
}

type structure struct {
	name   string
	fields []field
}

type field struct {
	ctype, name, length string // length is "" for a plain field
}

type param struct{ ctype, name string }

type function struct {
	name   string
	result string
	params []param
}

var (
	defineLine = regexp.MustCompile(`^#define GOSANDBOX_(\w+) \(?(-?(?:0x[0-9a-f]+|[0-9]+))u?\)?\s*(?:/\*(.*)\*/)?$`)
	errnoLine  = regexp.MustCompile(`^#define GOSANDBOX_ERRNO\(e\) \(0x10000u \| \(uint32_t\)\(e\)\)`)
	ignored    = regexp.MustCompile(`^#(ifndef|ifdef|endif|include)\b|^#define GOSANDBOX_SANDBOX_H$`)
	above      = regexp.MustCompile(`(?s)^/\*(.*?)\*/$`)
	comment    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cplusplus  = regexp.MustCompile(`(?s)#ifdef __cplusplus\n.*?#endif\n`)

	structDecl   = regexp.MustCompile(`^struct (\w+) \{(.*)\}$`)
	fieldDecl    = regexp.MustCompile(`^(\w+) (\w+(?:\[\w+\])?(?:, \w+(?:\[\w+\])?)*)$`)
	pointerField = regexp.MustCompile(`^(const (?:char|void) \*)(\w+)$`)
	fieldName    = regexp.MustCompile(`^(\w+)(?:\[(\w+)\])?$`)
	handleDecl   = regexp.MustCompile(`^typedef struct (\w+) (\w+)$`)
	aliasDecl    = regexp.MustCompile(`^typedef (\w+) (\w+)$`)
	callbackDecl = regexp.MustCompile(`^typedef (void|int) \(\*(\w+)\)\((.*)\)$`)
	functionDecl = regexp.MustCompile(`^([\w ]+?[ *]+)(gosandbox_\w+)\((.*)\)$`)
	paramDecl    = regexp.MustCompile(`^(.*?[ *])(\w+)$`)
	star         = regexp.MustCompile(`\n\s*\*`)
	preprocessor = regexp.MustCompile(`(?m)^#.*$`)
	blanks       = regexp.MustCompile(`\s+`)
)

func parse(text string) (*header, error) {
	h := &header{}
	if err := h.parseDefines(text); err != nil {
		return nil, err
	}
	// What is left without comments and preprocessor lines is a sequence of declarations, each ended by a semicolon
	// outside of braces. Every one of them must be understood.
	blank := func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) }
	text = cplusplus.ReplaceAllStringFunc(text, blank)
	text = comment.ReplaceAllStringFunc(text, blank)
	text = preprocessor.ReplaceAllString(text, "")
	line, depth, start, startLine := 1, 0, 0, 0
	for i, c := range text {
		if startLine == 0 && !strings.ContainsRune(" \n", c) {
			start, startLine = i, line
		}
		switch {
		case c == '\n':
			line++
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ';' && depth == 0:
			if err := h.declare(strings.TrimSpace(blanks.ReplaceAllString(text[start:i], " "))); err != nil {
				return nil, fmt.Errorf("%d: %w", startLine, err)
			}
			startLine = 0
		}
	}
	if startLine != 0 {
		return nil, fmt.Errorf("%d: a declaration that does not end", startLine)
	}
	return h, nil
}

// parseDefines takes the #define lines; a comment that trails one may go on over further lines.
func (h *header) parseDefines(text string) error {
	lines := strings.Split(text, "\n")
	last := "" // the comment above
	for i := 0; i < len(lines); i++ {
		first, line := i, lines[i]
		for strings.Contains(line, "/*") && !strings.Contains(line[strings.LastIndex(line, "/*"):], "*/") && i+1 < len(lines) {
			i++
			line += "\n" + lines[i]
		}
		if m := above.FindStringSubmatch(line); m != nil {
			last = plain(m[1])
			continue
		}
		flat := strings.TrimSpace(blanks.ReplaceAllString(star.ReplaceAllString(line, " "), " "))
		m := defineLine.FindStringSubmatch(flat)
		switch {
		case m != nil:
			h.constants = append(h.constants, constant{name: m[1], value: m[2], comment: plain(m[3]), above: last})
		case strings.HasPrefix(flat, "#") && !ignored.MatchString(flat) && !errnoLine.MatchString(flat):
			return fmt.Errorf("%d: cannot read %q", first+1, flat)
		}
		last = ""
	}
	return nil
}

// plain gives the words of a comment without stars, rules and line ends.
func plain(s string) string {
	s = strings.TrimSpace(blanks.ReplaceAllString(star.ReplaceAllString(s, " "), " "))
	if strings.HasPrefix(s, "------") {
		return ""
	}
	return s
}

func (h *header) declare(d string) error {
	if m := structDecl.FindStringSubmatch(d); m != nil {
		s := structure{name: m[1]}
		for _, f := range strings.Split(strings.TrimSuffix(strings.TrimSpace(m[2]), ";"), ";") {
			fields, err := parseField(strings.TrimSpace(f))
			if err != nil {
				return fmt.Errorf("struct %s: %w", s.name, err)
			}
			s.fields = append(s.fields, fields...)
		}
		h.structs = append(h.structs, s)
		return nil
	}
	if m := handleDecl.FindStringSubmatch(d); m != nil && m[1] == m[2] {
		h.handles = append(h.handles, m[1])
		return nil
	}
	if m := aliasDecl.FindStringSubmatch(d); m != nil {
		h.aliases = append(h.aliases, param{m[1], m[2]})
		return nil
	}
	into := &h.functions
	m := callbackDecl.FindStringSubmatch(d)
	if m != nil {
		into = &h.callbacks
	} else if m = functionDecl.FindStringSubmatch(d); m == nil {
		return fmt.Errorf("cannot read %q", d)
	}
	f := function{name: m[2], result: strings.TrimSpace(m[1])}
	if m[3] != "void" {
		for _, p := range strings.Split(m[3], ",") {
			pm := paramDecl.FindStringSubmatch(strings.TrimSpace(p))
			if pm == nil {
				return fmt.Errorf("%s: cannot read parameter %q", f.name, p)
			}
			f.params = append(f.params, param{strings.TrimSpace(pm[1]), pm[2]})
		}
	}
	*into = append(*into, f)
	return nil
}

func parseField(f string) ([]field, error) {
	if m := pointerField.FindStringSubmatch(f); m != nil {
		return []field{{ctype: m[1], name: m[2]}}, nil
	}
	m := fieldDecl.FindStringSubmatch(f)
	if m == nil {
		return nil, fmt.Errorf("cannot read field %q", f)
	}
	var fields []field
	for _, name := range strings.Split(m[2], ", ") {
		nm := fieldName.FindStringSubmatch(name)
		fields = append(fields, field{ctype: m[1], name: nm[1], length: strings.TrimPrefix(nm[2], "GOSANDBOX_")})
	}
	return fields, nil
}
