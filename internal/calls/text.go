package calls

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// budget is how many bytes may be shown of the next string.
func (w *writer) budget() int { return max(0, min(w.max, w.left)) }

// string appends the string at an address, if it ends before the memory does.
func (w *writer) string(address uint64) bool {
	limit := w.budget()
	raw := w.read(address, limit+1)
	end := bytes.IndexByte(raw, 0)
	if end < 0 && len(raw) <= limit {
		return false
	}
	cut := end < 0
	if cut {
		end = limit
	}
	w.quoted(raw[:end], cut)
	return true
}

// buffer appends the first of n bytes at an address. Of memory that ends before them, what there is.
func (w *writer) buffer(address, n uint64) bool {
	if n == 0 {
		w.text(`""`)
		return true
	}
	want := int(min(n, uint64(w.budget())))
	raw := w.read(address, want)
	if len(raw) == 0 && want > 0 {
		return false
	}
	w.quoted(raw, uint64(len(raw)) < n)
	return true
}

// known appends a string that was read before.
func (w *writer) known(text string) {
	n := min(len(text), w.budget())
	raw := w.room(n)
	copy(raw, text)
	w.quoted(raw, n < len(text))
}

// quoted appends bytes as a string that is printable whatever they are.
func (w *writer) quoted(raw []byte, cut bool) {
	w.left -= len(raw)
	w.text(`"`)
	w.dst = appendEscaped(w.dst, raw, cut)
	w.text(`"`)
	if cut {
		w.text("...")
	}
}

const digits = "0123456789abcdef"

// appendEscaped appends at most four bytes for each. What is left is printable characters, without quotes, and backslashes only
// where an escape begins. Of a text that was cut off, a last character that is not whole is left out.
func appendEscaped(dst, raw []byte, cut bool) []byte {
	for len(raw) > 0 {
		c := raw[0]
		if c >= utf8.RuneSelf {
			if cut && !utf8.FullRune(raw) {
				return dst
			}
			r, n := utf8.DecodeRune(raw)
			if n > 1 && strconv.IsPrint(r) {
				dst = append(dst, raw[:n]...)
				raw = raw[n:]
				continue
			}
		}
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ' && c < 0x7f:
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, '\\', 'x', digits[c>>4], digits[c&15])
		}
		raw = raw[1:]
	}
	return dst
}

// shown is how many elements of an array are written.
const shown = 32

// vector appends the strings of an array that ends with NULL.
func (w *writer) vector(address uint64) bool {
	w.text("[")
	for i := range uint64(shown) {
		var item [1]uint64
		if !w.words(address+8*i, item[:]) {
			return false
		}
		if item[0] == 0 {
			w.text("]")
			return true
		}
		if i > 0 {
			w.text(", ")
		}
		if w.left <= 0 {
			w.text("...]")
			return true
		}
		if !w.string(item[0]) {
			w.address(item[0])
		}
	}
	w.text(", ...]")
	return true
}
