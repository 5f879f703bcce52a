package core

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// same fails the test unless two policies are equal in everything.
func same(t *testing.T, got, want *Policy) {
	t.Helper()
	show := func(p *Policy) string {
		action := "nil"
		if p.PathAction != nil {
			action = actionText(*p.PathAction)
		}
		return fmt.Sprintf("%q %#v %s %#x %#v", p.Comment, p.Paths, action, uint32(p.fallback), p.rules)
	}
	if a, b := show(got), show(want); a != b {
		t.Fatalf("got  %s\nwant %s", a, b)
	}
}

// parsed is the policy in a text, which must survive being written and read again.
func parsed(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := ParsePolicy([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	written := p.JSON()
	again, err := ParsePolicy(written)
	if err != nil {
		t.Fatalf("its own JSON: %v\n%s", err, written)
	}
	same(t, again, p)
	if second := again.JSON(); !bytes.Equal(second, written) {
		t.Fatalf("two forms of one policy:\n%s\n%s", written, second)
	}
	return p
}

var goodPolicies = []string{
	`{"default": "ALLOW"}`,
	` { "default" : { "errno" : "ENOSYS" } , "rules" : [ { "call" : "execve" , "action" : "ALLOW" } ] } `,
	`{"$schema": "policy.schema.json", "comment": "a \"quoted\"\nline \u00e9 \ud83d\ude00", "profile": "permissive", "default": "ALLOW", "rules": []}`,
	`{"default": "KILL", "rules": [{"call": "execveat", "action": "ALLOW"}]}`,
	`{"default": "KILL", "rules": [{"call": "execve", "action": "NOTIFY"}]}`,
	`{"default": "ALLOW", "rules": [{"call": "openat", "action": "NOTIFY", "reason": "the callback knows the files"}]}`,
	`{"default": "ALLOW", "rules": [
	  {"call": "socket", "action": "KILL"},
	  {"call": "socket", "action": {"errno": 13}, "when": [{"arg": 0, "op": "EQ_32", "a": "AF_UNIX"}]},
	  {"call": "socket", "action": "ALLOW", "when": [{"arg": 0, "op": "EQ_32", "a": 1}, {"arg": 1, "op": "MASKED_EQ_32", "a": 15, "b": "SOCK_STREAM"}]}]}`,
	`{"default": "ALLOW", "rules": [{"call": 1000, "action": {"errno": 4095}}, {"call": 1073741823, "action": "KILL"}]}`,
	`{"default": "ALLOW", "rules": [{"call": "openat", "arch": "x86_64", "action": "KILL"}, {"call": "openat", "arch": "aarch64", "action": {"errno": "EPERM"}}]}`,
	`{"default": "ALLOW", "rules": [{"call": "mmap", "action": {"errno": "EWOULDBLOCK"}, "when": [
	  {"arg": 1, "op": "GE", "a": 18446744073709551615}, {"arg": 2, "op": "NE", "a": "0xffffffffffffffff"}, {"arg": 3, "op": "GT_32", "a": -2},
	  {"arg": 4, "op": "EQ", "a": -100}, {"arg": 5, "op": "LE", "a": "-9223372036854775808"}, {"arg": 0, "op": "MASKED_EQ", "a": "O_CREAT | O_EXCL", "b": "O_CREAT"}]}]}`,
	`{"default": "ALLOW", "paths": [{"path": "/usr/", "access": ["read", "exec"]}, {"path": "/tmp/\udcff\udc80é", "access": ["write"]}, {"path": "/usr/", "access": ["stat"]}], "path_action": "KILL"}`,
	`{"default": "ALLOW", "path_action": {"errno": "ENOENT"}}`,
	`{"profile": "native"}`, `{"profile": "permissive"}`, `{"profile": "jvm", "default": "KILL", "rules": [{"call": ["ptrace", 1000], "action": {"errno": 1}}]}`,
}

func TestSimParsePolicy(t *testing.T) {
	for _, text := range goodPolicies {
		parsed(t, text)
	}
	p := parsed(t, goodPolicies[9])
	want := []Cmp{{1, CmpGE, 1<<64 - 1, 0}, {2, CmpNE, 1<<64 - 1, 0}, {3, CmpGT32, 1<<32 - 2, 0}, {4, CmpEQ, 1<<64 - 100, 0},
		{5, CmpLE, 1 << 63, 0}, {0, CmpMaskedEQ, unix.O_CREAT | unix.O_EXCL, unix.O_CREAT}}
	for i, c := range p.rules[0].When {
		if c != (seccomp.Cmp{Arg: want[i].Arg, Op: seccomp.Op(want[i].Op), A: want[i].A, B: want[i].B}) {
			t.Errorf("condition %d: %#v, want %#v", i, c, want[i])
		}
	}
	if p.rules[0].Action != seccomp.Errno(uint16(unix.EAGAIN)) {
		t.Errorf("EWOULDBLOCK: %v", p.rules[0].Action)
	}
	p = parsed(t, goodPolicies[10])
	if len(p.Paths) != 3 || p.Paths[0] != (PathRule{"/usr/", 5}) || p.Paths[1] != (PathRule{"/tmp/\xff\x80é", 2}) || *p.PathAction != ActionKill {
		t.Errorf("%#v", p.Paths)
	}
	if p := parsed(t, goodPolicies[5]); !p.Notifies() || p.rules[0].reason != "the callback knows the files" {
		t.Error("NOTIFY")
	}
	if p := parsed(t, goodPolicies[2]); p.Comment != "a \"quoted\"\nline é 😀" {
		t.Errorf("%q", p.Comment)
	}
}

func TestSimParsePolicyRefuses(t *testing.T) {
	in := func(rule string) string { return "{\"default\": \"ALLOW\", \"rules\": [\n  " + rule + "]}" }
	when := func(c string) string { return in(`{"call": "read", "action": "KILL", "when": [` + c + `]}`) }
	for _, test := range []struct{ text, want string }{
		{"", "line 1, column 1: the document ends too early"},
		{" \n ", "line 2, column 2: the document ends too early"},
		{"{", "line 1, column 2: the document ends too early"},
		{"null", "line 1, column 1: must be an object, not null"},
		{"[]", "line 1, column 1: must be an object, not a list"},
		{"{}", `line 1, column 1: the field "default" is missing`},
		{"{\"default\": \"ALLOW\"}\n x", "line 2, column 2: something stands behind the end"},
		{`{"default": "ALLOW"} {}`, "line 1, column 22: something stands behind the end"},
		{`{"default": "ALLOW",}`, "line 1, column 21: not JSON: "},
		{"{\"default\":\n \"ALLOW\" 'rules': 1}", "line 2, column 10: not JSON: invalid character"},
		{`{"default": "ALLOW", "default": "KILL"}`, `line 1, column 22: the field "default" occurs twice`},
		{`{"default": "ALLOW", "def\u0061ult": "KILL"}`, `line 1, column 22: the field "default" occurs twice`},
		{`{"default": "ALLOW", "rule": []}`, `line 1, column 22: unknown field "rule"; did you mean "rules"?`},
		{`{"default": "ALLOW", "x": []}`, `line 1, column 22: unknown field "x"; use $schema, comment, profile, default, rules, paths, path_action`},
		{"{\"default\": \"ALLOW\", \"comment\": \"\xff\"}", `line 1, column 34: byte 0xff is not UTF-8; write it as "\udcff"`},
		{"{\"default\": \"ALLOW\", \"comment\": \"\x00\"}", "line 1, column 33: comment: not JSON: "},
		{`{"default": "ALLOW", "comment": "\udcff"}`, "line 1, column 33: comment: is not UTF-8"},
		{`{"default": "ALLOW", "comment": "\ud83d"}`, "line 1, column 33: comment: a string with half a surrogate pair"},
		{`{"default": "ALLOW", "comment": "\ud83dx\ude00"}`, "line 1, column 33: comment: a string with half a surrogate pair"},
		{`{"default": "ALLOW", "comment": 5}`, "line 1, column 33: comment: must be a string, not a number"},
		{`{"default": "ALLOW", "comment": "` + strings.Repeat("x", 1001) + `"}`, "line 1, column 33: comment: has 1001 bytes"},
		{`{"default": "ALLOW", "profile": "strict"}`, `line 1, column 33: profile: unknown profile "strict"; use compiler, dotnet, haskell, jvm, lua, mono, native, node, ocaml, perl, permissive, php, python, ruby, runtime`},
		{`{"default": "ALLOW", "profile": 1}`, "line 1, column 33: profile: must be a string, not a number"},
		{`{"default": null}`, `line 1, column 13: default: must be "ALLOW", "KILL", "NOTIFY" or {"errno": ...}, not null`},
		{`{"default": "allow"}`, `line 1, column 13: default: unknown action "allow"; use ALLOW, KILL, NOTIFY`},
		{`{"default": "NOTIFY"}`, "line 1, column 13: default: NOTIFY cannot be the default action"},
		{`{"default": {"errno": 0}}`, "line 1, column 23: default.errno: 0 is no errno: they go from 1 to 4095"},
		{`{"default": {"errno": 4096}}`, "line 1, column 23: default.errno: 4096 is out of range"},
		{`{"default": {"errno": -1}}`, "line 1, column 23: default.errno: -1 is out of range"},
		{`{"default": {"errno": 1.5}}`, `line 1, column 23: default.errno: "1.5" is not a whole number`},
		{`{"default": {"errno": 1e1}}`, `line 1, column 23: default.errno: "1e1" is not a whole number`},
		{`{"default": {"errno": "EACCESS"}}`, `line 1, column 23: default.errno: unknown errno "EACCESS"; did you mean "EACCES"?`},
		{`{"default": {"errno": 1, "x": 1}}`, `line 1, column 26: default: unknown field "x"; use errno`},
		{`{"default": {}}`, `line 1, column 13: default: the field "errno" is missing`},
		{`{"default": "KILL"}`, "line 1, column 1: execve must be allowed, without conditions, or the program cannot be started"},
		{`{"default": "KILL", "rules": [{"call": "execve", "action": "ALLOW", "when": [{"arg": 0, "op": "NE", "a": 0}]}]}`, "line 1, column 1: execve must be allowed, without"},
		{`{"default": "ALLOW", "rules": {}}`, "line 1, column 31: rules: must be a list, not an object"},
		{in("7"), "line 2, column 3: rules[0]: must be an object, not a number"},
		{in("{}"), `line 2, column 3: rules[0]: the field "call" is missing`},
		{in(`{"call": "read"}`), `line 2, column 3: rules[0]: the field "action" is missing`},
		{in(`{"call": "raed", "action": "ALLOW"}`), `line 2, column 12: rules[0].call: unknown system call "raed"; did you mean "read"?`},
		{in(`{"call": "` + strings.Repeat("long", 50) + `", "action": "ALLOW"}`), `line 2, column 12: rules[0].call: unknown system call "longlong`},
		{in(`{"call": {"name": "read"}, "action": "ALLOW"}`), "line 2, column 12: rules[0].call: must be the name of a system call or its number, not an object"},
		{in(`{"call": [], "action": "ALLOW"}`), "line 2, column 12: rules[0].call: is empty: name at least one call"},
		{in(`{"call": ["read", "raed"], "action": "ALLOW"}`), `line 2, column 21: rules[0].call[1]: unknown system call "raed"; did you mean "read"?`},
		{in(`{"call": ["read", "write", "read"], "action": "ALLOW"}`), "line 2, column 3: rules[0]: this rule for read never decides: rules[0], which comes later, fits all its calls"},
		{`{"profile": "native", "rules": [{"call": ["read", "execve"], "action": "KILL"}]}`, "line 1, column 33: rules[0]: a rule that stops every execve would stop the start of the program"},
		{in(`{"call": -1, "action": "ALLOW"}`), "line 2, column 12: rules[0].call: -1 is out of range"},
		{in(`{"call": 2147483648, "action": "ALLOW"}`), "line 2, column 12: rules[0].call: 2147483648 is out of range"},
		{in(`{"call": 1e2, "action": "ALLOW"}`), `line 2, column 12: rules[0].call: "1e2" is not a whole number`},
		{in(`{"call": 1073741825, "arch": "x86_64", "action": "ALLOW"}`), "line 2, column 12: rules[0].call: 1073741825 is no number of a system call"},
		{in(`{"call": 99999999999999999999999, "action": "ALLOW"}`), "line 2, column 12: rules[0].call: 99999999999999999999999 is out of range"},
		{in(`{"call": "read", "arch": "i386", "action": "ALLOW"}`), `line 2, column 28: rules[0].arch: unknown architecture "i386"; use native, x86_64, aarch64`},
		{in(`{"call": "read", "action": "DENY"}`), `line 2, column 30: rules[0].action: unknown action "DENY"`},
		{in(`{"call": "clone3", "action": "ALLOW"}`), "line 2, column 3: rules[0]: clone3 cannot be allowed"},
		{in(`{"call": "clone3", "action": "NOTIFY"}`), "line 2, column 3: rules[0]: clone3 cannot be allowed"},
		{in(`{"call": "execve", "action": "KILL"}`), "line 2, column 3: rules[0]: a rule that stops every execve would stop"},
		{in(`{"call": "execve", "action": "KILL", "when": [{"arg": 2, "op": "EQ", "a": 0}]}`), "line 2, column 3: rules[0]: a rule that stops some execve could stop"},
		{in(`{"call": "read", "action": "KILL", "because": "x"}`), `line 2, column 38: rules[0]: unknown field "because"; use call, arch, action, when, reason`},
		{in(`{"call": "read", "action": "KILL", "reason": {}}`), "line 2, column 48: rules[0].reason: must be a string, not an object"},
		{in("{\"call\": \"read\", \"action\": \"KILL\"},\n{\"call\": \"read\", \"action\": \"ALLOW\"}"),
			"line 2, column 3: rules[0]: this rule for read never decides: rules[1], which comes later, fits all its calls"},
		{in("{\"call\": \"write\", \"action\": \"KILL\"},\n{\"call\": 0, \"arch\": \"x86_64\", \"action\": \"KILL\", \"when\": [{\"arg\": 0, \"op\": \"EQ\", \"a\": 1}, {\"arg\": 1, \"op\": \"EQ\", \"a\": 1}]},\n" +
			"{\"call\": \"read\", \"arch\": \"x86_64\", \"action\": \"ALLOW\", \"when\": [{\"arg\": 1, \"op\": \"EQ\", \"a\": 1}]}"),
			"line 3, column 1: rules[1]: this rule for read never decides: rules[2], which"},
		{when("5"), "line 2, column 47: rules[0].when[0]: must be an object, not a number"},
		{when(`{"arg": 0, "op": "EQQ", "a": 1}`), `line 2, column 64: rules[0].when[0].op: unknown comparison "EQQ"; did you mean "EQ"?`},
		{when(`{"arg": 6, "op": "EQ", "a": 1}`), "line 2, column 55: rules[0].when[0].arg: 6 is no number of an argument: they go from 0 to 5"},
		{when(`{"arg": 9, "op": "EQ", "a": 1}`), "line 2, column 55: rules[0].when[0].arg: 9 is out of range"},
		{when(`{"arg": "0", "op": "EQ", "a": 1}`), "line 2, column 55: rules[0].when[0].arg: must be a number, not a string"},
		{when(`{"arg": 0, "op": "EQ"}`), `line 2, column 47: rules[0].when[0]: the field "a" is missing`},
		{when(`{"arg": 0, "op": "EQ", "a": 1, "b": 2}`), "line 2, column 83: rules[0].when[0].b: only the masked comparisons have it"},
		{when(`{"arg": 0, "op": "MASKED_EQ", "a": 1}`), `line 2, column 47: rules[0].when[0]: the field "b" is missing: MASKED_EQ means (argument & a) == b`},
		{when(`{"arg": 0, "op": "MASKED_EQ", "a": 1, "b": 2}`), "line 2, column 3: rules[0]: rule for read: condition 0: masked comparison that can never hold"},
		{when(`{"arg": 0, "op": "EQ", "a": 18446744073709551616}`), "line 2, column 75: rules[0].when[0].a: 18446744073709551616 is out of range"},
		{when(`{"arg": 0, "op": "EQ", "a": "0x1ffffffffffffffff"}`), "line 2, column 75: rules[0].when[0].a: 0x1ffffffffffffffff is out of range"},
		{when(`{"arg": 0, "op": "EQ", "a": -9223372036854775809}`), "line 2, column 75: rules[0].when[0].a: -9223372036854775809 is out of range"},
		{when(`{"arg": 0, "op": "EQ_32", "a": 4294967296}`), "line 2, column 78: rules[0].when[0].a: 4294967296 is out of range"},
		{when(`{"arg": 0, "op": "EQ_32", "a": -2147483649}`), "line 2, column 78: rules[0].when[0].a: -2147483649 is out of range"},
		{when(`{"arg": 0, "op": "EQ", "a": "0x"}`), `line 2, column 75: rules[0].when[0].a: "0x" is not a whole number`},
		{when(`{"arg": 0, "op": "EQ", "a": ""}`), `line 2, column 75: rules[0].when[0].a: unknown constant ""`},
		{when(`{"arg": 0, "op": "EQ", "a": "O_RDWR|O_WHAT"}`), `line 2, column 75: rules[0].when[0].a: unknown constant "O_WHAT"`},
		{when(`{"arg": 0, "op": "EQ", "a": "AT_FDCWD"}`), "line 2, column 75: rules[0].when[0].a: AT_FDCWD is an int"},
		{when(`{"arg": 0, "op": "EQ", "a": null}`), "line 2, column 75: rules[0].when[0].a: must be a number, not null"},
		{when(`{"arg": 0, "op": "EQ", "a": 1}, {"arg": 0, "op": "EQ", "a": 2}`), "line 2, column 3: rules[0]: rule for read: its conditions on argument 0 can never hold"},
		{when(strings.Repeat(`{"arg": 0, "op": "NE", "a": 1}, `, 64) + `{"arg": 0, "op": "NE", "a": 2}`), "line 2, column 46: rules[0].when: has 65 entries: at most 64 are possible"},
		{`{"default": "ALLOW", "paths": []}`, "line 1, column 31: paths: is empty: leave it out"},
		{`{"default": "ALLOW", "paths": [{"path": "/", "access": []}]}`, `line 1, column 32: paths[0]: path rule for "/": access 0x0`},
		{`{"default": "ALLOW", "paths": [{"path": "/", "access": ["raed"]}]}`, `line 1, column 57: paths[0].access[0]: unknown access "raed"; did you mean "read"?`},
		{`{"default": "ALLOW", "paths": [{"path": "/", "access": ["read", "read"]}]}`, `line 1, column 65: paths[0].access[1]: "read" occurs twice`},
		{`{"default": "ALLOW", "paths": [{"path": "/", "access": "read"}]}`, "line 1, column 56: paths[0].access: must be a list, not a string"},
		{`{"default": "ALLOW", "paths": [{"path": "", "access": ["read"]}]}`, "line 1, column 32: paths[0]: a path rule with an empty path"},
		{`{"default": "ALLOW", "paths": [{"path": "/\u0000", "access": ["read"]}]}`, "line 1, column 32: paths[0]: a path rule with an empty path, or a NUL"},
		{`{"default": "ALLOW", "paths": [{"path": "/` + strings.Repeat("x", 4095) + `", "access": ["read"]}]}`, "line 1, column 32: paths[0]: a path of 4096 bytes is longer"},
		{`{"default": "ALLOW", "paths": [{"path": 1, "access": ["read"]}]}`, "line 1, column 41: paths[0].path: must be a string, not a number"},
		{`{"default": "ALLOW", "paths": [{"access": ["read"]}]}`, `line 1, column 32: paths[0]: the field "path" is missing`},
		{`{"default": "ALLOW", "path_action": "ALLOW"}`, `line 1, column 37: path_action: only "KILL" and`},
		{`{"default": "ALLOW", "comment": [[[[[[[[[[1]]]]]]]]]]}`, "line 1, column 40: comment[0][0][0][0][0][0][0]: nested too deeply"},
		{strings.Repeat("[", 500000), "line 1, column 9: [0][0][0][0][0][0][0][0]: nested too deeply"},
		{strings.Repeat(" ", MaxPolicyText+1), "a policy of 1048577 bytes: at most 1048576 are read"},
	} {
		p, err := ParsePolicy([]byte(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || p != nil {
			t.Errorf("%.200s\n got %v\nwant %s", test.text, err, test.want)
		}
		if e := (*Error)(nil); !errors.As(err, &e) || e.Code != CodeEINVAL || len(e.Message) > 600 {
			t.Errorf("%.200s: %T of code and length", test.text, err)
		}
	}
	many := "{\"default\": \"ALLOW\", \"rules\": [\n"
	for i := range MaxRules + 1 {
		many += fmt.Sprintf("{\"call\": %d, \"action\": {\"errno\": %d}},\n", 1000+2*i, i%4095+1)
	}
	many = strings.TrimSuffix(many, ",\n") + "]}"
	if _, err := ParsePolicy([]byte(many)); err == nil || !strings.Contains(err.Error(), "rules: has 4097 entries") {
		t.Error(err)
	}
	shorter := strings.Replace(many, "{\"call\": 1000, \"action\": {\"errno\": 1}},\n", "", 1)
	if _, err := ParsePolicy([]byte(shorter)); err == nil || !strings.Contains(err.Error(), "more than 4096 instructions") {
		t.Error(err)
	}
}

func TestSimAnyBytesAsPath(t *testing.T) {
	all := "/"
	for b := range 255 {
		all += string([]byte{byte(b + 1)}) + "/é"
	}
	p := newPolicy(t, ActionAllow)
	p.Paths = []PathRule{{all, 15}, {"\xed\xb3\xbf", 1}, {"\xc3\xa9\xc3", 8}, {"\U0010ffff\u2028", 4}}
	again, err := ParsePolicy(p.JSON())
	if err != nil {
		t.Fatal(err)
	}
	same(t, again, p)
}
