package document

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '/': '/'}

// unquote is the content of a well-formed string between its quotes. False: it has half a surrogate pair, other than one
// that stands for a byte.
func unquote(raw []byte) (string, bool) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw), true
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		i++
		if plain, ok := escapes[raw[i]]; ok {
			b.WriteByte(plain)
			continue
		}
		unit := hex(raw[i+1:])
		i += 4
		switch {
		case unit >= 0xdc80 && unit <= 0xdcff:
			b.WriteByte(byte(unit))
		case !utf16.IsSurrogate(unit):
			b.WriteRune(unit)
		case len(raw) > i+6 && raw[i+1] == '\\' && raw[i+2] == 'u' && utf16.DecodeRune(unit, hex(raw[i+3:])) != utf8.RuneError:
			b.WriteRune(utf16.DecodeRune(unit, hex(raw[i+3:])))
			i += 6
		default:
			return "", false
		}
	}
	return b.String(), true
}

func hex(raw []byte) rune {
	n, _ := strconv.ParseUint(string(raw[:4]), 16, 32)
	return rune(n)
}

// Quote is a string of any bytes as JSON; what Parse reads from it is the same string.
func Quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "\\udc%02x", text[i])
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(r))
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	b.WriteByte('"')
	return b.String()
}
