package document

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind is what a value is.
type Kind uint8

// The kinds of JSON.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String is the kind with its article.
func (k Kind) String() string {
	return [...]string{"null", "true or false", "a number", "a string", "a list", "an object"}[k]
}

// Value is a part of a document.
type Value struct {
	Kind    Kind
	At      int      // offset in the text
	Text    string   // of a String its content, of a Number its digits as written
	Items   []Value  // of an Array
	Members []Member // of an Object, as written; no name occurs twice
}

// Member is a named value of an object.
type Member struct {
	Name  string
	At    int // offset of the name
	Value Value
}

// Member is the value with that name, nil when there is none.
func (v *Value) Member(name string) *Value {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// Error is a mistake in a document.
type Error struct {
	Line, Column int    // from 1; columns count characters
	Path         string // such as "rules[2].when[0]", "" for the document itself
	Message      string
}

func (e *Error) Error() string {
	path := e.Path
	if path != "" {
		path += ": "
	}
	return fmt.Sprintf("line %d, column %d: %s%s", e.Line, e.Column, path, e.Message)
}

// Mistake is an error at an offset of the text.
func Mistake(text []byte, at int, path, format string, args ...any) *Error {
	before := string(text[:min(at, len(text))])
	return &Error{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1,
		Path:   path, Message: fmt.Sprintf(format, args...),
	}
}

// In is the path of a member.
func In(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// At is the path of an item.
func At(path string, index int) string { return fmt.Sprintf("%s[%d]", path, index) }
