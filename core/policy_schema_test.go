package core

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// schema is docs/policy.schema.json, and knows the keywords that stand there.
type schema struct {
	t    *testing.T
	root map[string]any
}

func policySchema(t *testing.T) *schema {
	text, err := os.ReadFile("../docs/policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &schema{t: t}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *schema) def(name string) map[string]any {
	d, ok := s.root["$defs"].(map[string]any)[name].(map[string]any)
	if !ok {
		s.t.Fatalf("no $defs/%s", name)
	}
	return d
}

// accepts tells whether a document fits the schema.
func (s *schema) accepts(text []byte) bool {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		s.t.Fatalf("%v\n%s", err, text)
	}
	return s.fits(s.root, v)
}

func (s *schema) fits(rules map[string]any, v any) bool {
	for keyword, rule := range rules {
		if !s.keyword(rules, keyword, rule, v) {
			return false
		}
	}
	return true
}

func (s *schema) keyword(rules map[string]any, keyword string, rule, v any) bool {
	number := func(v any) *big.Rat {
		n, _ := new(big.Rat).SetString(v.(json.Number).String())
		return n
	}
	size := func() int64 { return number(rule).Num().Int64() }
	object, isObject := v.(map[string]any)
	list, isList := v.([]any)
	text, isText := v.(string)
	digits, isNumber := v.(json.Number)
	switch keyword {
	case "$schema", "title", "description", "$defs":
		return true
	case "type":
		_, whole := new(big.Int).SetString(string(digits), 10)
		return map[string]bool{"object": isObject, "array": isList, "string": isText, "integer": isNumber && whole}[rule.(string)]
	case "$ref":
		return s.fits(s.def(strings.TrimPrefix(rule.(string), "#/$defs/")), v)
	case "enum":
		return slices.Contains(rule.([]any), v)
	case "oneOf":
		n := 0
		for _, one := range rule.([]any) {
			if s.fits(one.(map[string]any), v) {
				n++
			}
		}
		return n == 1
	case "anyOf":
		return slices.ContainsFunc(rule.([]any), func(one any) bool { return s.fits(one.(map[string]any), v) })
	case "required":
		for _, name := range rule.([]any) {
			if _, there := object[name.(string)]; isObject && !there {
				return false
			}
		}
		return true
	case "properties":
		for name, value := range object {
			if p, ok := rule.(map[string]any)[name]; ok && !s.fits(p.(map[string]any), value) {
				return false
			}
		}
		return true
	case "additionalProperties":
		for name := range object {
			if _, known := rules["properties"].(map[string]any)[name]; !known {
				return rule.(bool)
			}
		}
		return true
	case "items":
		for _, item := range list {
			if !s.fits(rule.(map[string]any), item) {
				return false
			}
		}
		return true
	case "uniqueItems":
		for i := range list {
			if slices.Contains(list[:i], list[i]) {
				return false
			}
		}
		return true
	case "minItems":
		return !isList || int64(len(list)) >= size()
	case "maxItems":
		return !isList || int64(len(list)) <= size()
	case "minLength":
		return !isText || int64(utf8.RuneCountInString(text)) >= size()
	case "maxLength":
		return !isText || int64(utf8.RuneCountInString(text)) <= size()
	case "pattern":
		return !isText || regexp.MustCompile(rule.(string)).MatchString(text)
	case "minimum":
		return !isNumber || number(v).Cmp(number(rule)) >= 0
	case "maximum":
		return !isNumber || number(v).Cmp(number(rule)) <= 0
	}
	s.t.Fatalf("the schema uses %q, which this test does not know", keyword)
	return false
}

// The schema has the fields and words of the parser, no more and no less.
func TestSimSchemaHasTheSameWords(t *testing.T) {
	s := policySchema(t)
	for name, want := range map[string]struct {
		object   map[string]any
		fields   []string
		required []string
	}{
		"policy":    {s.root, policyFields, nil},
		"rule":      {s.def("rule"), ruleFields, []string{"call", "action"}},
		"condition": {s.def("condition"), conditionFields, []string{"arg", "op", "a"}},
		"path":      {s.def("path"), pathFields, pathFields},
		"errno":     {s.def("errno"), errnoFields, errnoFields},
	} {
		var have []string
		for field := range want.object["properties"].(map[string]any) {
			have = append(have, field)
		}
		if !equalSets(have, want.fields) {
			t.Errorf("%s has %q, the parser %q", name, have, want.fields)
		}
		if required := texts(want.object["required"]); !equalSets(required, want.required) {
			t.Errorf("%s needs %q, the parser %q", name, required, want.required)
		}
		if want.object["additionalProperties"] != false {
			t.Errorf("%s may have other fields", name)
		}
	}
	property := func(object map[string]any, name string) map[string]any {
		return object["properties"].(map[string]any)[name].(map[string]any)
	}
	for name, pair := range map[string][2][]string{
		"op":      {texts(property(s.def("condition"), "op")["enum"]), comparisonNames},
		"arch":    {texts(property(s.def("rule"), "arch")["enum"]), archNames},
		"profile": {texts(property(s.root, "profile")["enum"]), ProfileNames()},
		"access":  {texts(property(s.def("path"), "access")["items"].(map[string]any)["enum"]), accessNames},
		"action":  {texts(s.def("action")["oneOf"].([]any)[0].(map[string]any)["enum"]), actionNames},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s: %q in the schema, %q in the parser", name, pair[0], pair[1])
		}
	}
}

func texts(list any) (out []string) {
	values, _ := list.([]any)
	for _, v := range values {
		out = append(out, v.(string))
	}
	return out
}

func equalSets(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// What the parser reads and what it writes fits the schema; mistakes of form do not.
func TestSimSchemaAcceptsWhatIsParsed(t *testing.T) {
	s := policySchema(t)
	for _, text := range goodPolicies {
		if !s.accepts([]byte(text)) {
			t.Errorf("refused: %s", text)
		}
		if written := parsed(t, text).JSON(); !s.accepts(written) {
			t.Errorf("refused: %s", written)
		}
	}
	random := rand.New(rand.NewPCG(11, 12))
	for range 500 {
		if written := randomPolicy(random).JSON(); !s.accepts(written) {
			t.Fatalf("refused: %s", written)
		}
	}
	for _, text := range []string{
		`[]`, `{}`, `{"default": "NOTIFY"}`, `{"default": "allow"}`, `{"default": {"errno": 0}}`, `{"default": {"errno": 4096}}`,
		`{"default": {"errno": 1.5}}`, `{"default": {"errno": "eacces"}}`, `{"default": {}}`, `{"default": "ALLOW", "x": 1}`,
		`{"default": "ALLOW", "profile": "none"}`, `{"default": "ALLOW", "comment": 1}`, `{"default": "ALLOW", "rules": {}}`,
		`{"default": "ALLOW", "rules": [{"action": "KILL"}]}`, `{"default": "ALLOW", "rules": [{"call": "read"}]}`,
		`{"default": "ALLOW", "rules": [{"call": -1, "action": "KILL"}]}`, `{"default": "ALLOW", "rules": [{"call": 1.5, "action": "KILL"}]}`,
		`{"default": "ALLOW", "rules": [{"call": "Read", "action": "KILL"}]}`, `{"default": "ALLOW", "rules": [{"call": "read", "action": "KILL", "arch": "i386"}]}`,
		`{"default": "ALLOW", "rules": [{"call": "read", "action": "KILL", "when": [{"arg": 6, "op": "EQ", "a": 1}]}]}`,
		`{"default": "ALLOW", "rules": [{"call": "read", "action": "KILL", "when": [{"arg": 5, "op": "=", "a": 1}]}]}`,
		`{"default": "ALLOW", "rules": [{"call": "read", "action": "KILL", "when": [{"arg": 5, "op": "EQ"}]}]}`,
		`{"default": "ALLOW", "rules": [{"call": "read", "action": "KILL", "when": [{"arg": 5, "op": "EQ", "a": 18446744073709551616}]}]}`,
		`{"default": "ALLOW", "paths": []}`, `{"default": "ALLOW", "paths": [{"path": "/", "access": []}]}`,
		`{"default": "ALLOW", "paths": [{"path": "", "access": ["read"]}]}`, `{"default": "ALLOW", "paths": [{"path": "/", "access": ["read", "read"]}]}`,
		`{"default": "ALLOW", "path_action": "ALLOW"}`, `{"comment": "nothing to start from"}`,
		`{"default": "ALLOW", "rules": [{"call": [], "action": "KILL"}]}`, `{"default": "ALLOW", "rules": [{"call": [["read"]], "action": "KILL"}]}`,
	} {
		if s.accepts([]byte(text)) {
			t.Errorf("accepted: %s", text)
		}
		if _, err := ParsePolicy([]byte(text)); err == nil {
			t.Errorf("parsed: %s", text)
		}
	}
}

// docs/policy.md names every constant that may be used.
func TestSimConstantsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range constants {
		if !regexp.MustCompile(`\b` + name + `\b`).Match(text) {
			t.Errorf("%s is not in docs/policy.md", name)
		}
	}
}
