package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Parse reads a document of at most depth nested lists and objects. Errors are of type *Error.
func Parse(text []byte, depth int) (*Value, error) {
	if n := validLength(text); n < len(text) {
		return nil, Mistake(text, n, "", "byte %#02x is not UTF-8; write it as \"\\udc%02x\"", text[n], text[n])
	}
	r := reader{text: text, tokens: json.NewDecoder(bytes.NewReader(text))}
	r.tokens.UseNumber()
	var v Value
	err := r.value(&v, "", depth)
	if err == nil {
		at := r.next()
		if _, tail := r.tokens.Token(); tail != io.EOF {
			err = Mistake(text, at, "", "something stands behind the end of the document")
		}
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

func validLength(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

type reader struct {
	text   []byte
	tokens *json.Decoder
}

// next is the offset of the token that comes next.
func (r *reader) next() int {
	at := int(r.tokens.InputOffset())
	for at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[at]) >= 0 {
		at++
	}
	return at
}

// token reads a token, and tells where it stands.
func (r *reader) token(path string) (token json.Token, at int, err error) {
	at = r.next()
	token, failed := r.tokens.Token()
	if failed == nil {
		return token, at, nil
	}
	var syntax *json.SyntaxError
	switch {
	case errors.Is(failed, io.EOF) || errors.Is(failed, io.ErrUnexpectedEOF) || at >= len(r.text):
		return nil, at, Mistake(r.text, len(r.text), path, "the document ends too early")
	case errors.As(failed, &syntax):
		return nil, at, Mistake(r.text, max(at, int(syntax.Offset)-1), path, "not JSON: %s", syntax)
	}
	return nil, at, Mistake(r.text, at, path, "not JSON: %v", failed)
}

func (r *reader) value(v *Value, path string, depth int) error {
	token, at, err := r.token(path)
	if err != nil {
		return err
	}
	v.At = at
	switch t := token.(type) {
	case bool:
		v.Kind = Bool
	case json.Number:
		v.Kind, v.Text = Number, t.String()
	case string:
		v.Kind = String
		v.Text, err = r.content(at, path)
	case json.Delim:
		if depth == 0 {
			return Mistake(r.text, at, path, "nested too deeply")
		}
		if t == '[' {
			v.Kind = Array
			return r.items(v, path, depth-1)
		}
		v.Kind = Object
		return r.members(v, path, depth-1)
	}
	return err
}

func (r *reader) items(v *Value, path string, depth int) error {
	for r.tokens.More() {
		v.Items = append(v.Items, Value{})
		i := len(v.Items) - 1
		if err := r.value(&v.Items[i], At(path, i), depth); err != nil {
			return err
		}
	}
	_, _, err := r.token(path)
	return err
}

func (r *reader) members(v *Value, path string, depth int) error {
	seen := map[string]bool{}
	for r.tokens.More() {
		_, at, err := r.token(path)
		if err != nil {
			return err
		}
		m := Member{At: at}
		if m.Name, err = r.content(at, path); err != nil {
			return err
		}
		if seen[m.Name] {
			return Mistake(r.text, at, path, "the field %q occurs twice", m.Name)
		}
		seen[m.Name] = true
		if err := r.value(&m.Value, In(path, m.Name), depth); err != nil {
			return err
		}
		v.Members = append(v.Members, m)
	}
	_, _, err := r.token(path)
	return err
}

// content is that of the string just read.
func (r *reader) content(at int, path string) (string, error) {
	text, ok := unquote(r.text[at+1 : r.tokens.InputOffset()-1])
	if !ok {
		return "", Mistake(r.text, at, path, "a string with half a surrogate pair")
	}
	return text, nil
}
