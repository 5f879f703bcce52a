package core

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// bogusELF is a program whose only segment names an interpreter.
func bogusELF(interpreter string) []byte {
	var b bytes.Buffer
	le := func(x ...any) {
		for _, v := range x {
			binary.Write(&b, binary.LittleEndian, v)
		}
	}
	machine := map[string]uint16{"amd64": 62, "arm64": 183}[runtime.GOARCH]
	name := append([]byte(interpreter), 0)
	b.Write([]byte{0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	le(uint16(2), machine, uint32(1), uint64(0x400000), uint64(64), uint64(0), uint32(0), uint16(64), uint16(56), uint16(1), uint16(64), uint16(0), uint16(0))
	le(uint32(3), uint32(4), uint64(120), uint64(0x400078), uint64(0x400078), uint64(len(name)), uint64(len(name)), uint64(1))
	b.Write(name)
	return b.Bytes()
}

func TestLiveMissingInterpreter(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"script":           {[]byte("#!/no/such/python -u\nprint()\n"), "the file is there, but its interpreter /no/such/python is not"},
		"script, no line":  {[]byte("#! /no/such"), "the file is there, but its interpreter /no/such is not"},
		"script, there":    {[]byte("#!/bin/sh\n"), ""},
		"script, empty":    {[]byte("#!\n"), ""},
		"elf":              {bogusELF("/no/such/ld.so"), "the file is there, but its interpreter /no/such/ld.so is not"},
		"elf, there":       {bogusELF("/bin/sh"), ""},
		"elf, broken":      {[]byte("\x7fELF"), ""},
		"text":             {[]byte("hello"), ""},
		"nothing":          {nil, ""},
		"elf of all zeros": {append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 500)...), ""},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, test.content, 0o755); err != nil {
			t.Fatal(err)
		}
		if got := missingInterpreter("/", path); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if got := missingInterpreter(dir, name); got != test.want {
			t.Errorf("%s, relative: %q, want %q", name, got, test.want)
		}
		if test.want == "" {
			continue
		}
		r, err := Run(context.Background(), &Config{Args: []string{path}})
		want := "exec: No such file or directory: " + path + " (" + test.want + ")"
		var failed *Error
		if !errors.As(err, &failed) || r == nil || r.Status != StatusSetupFailed || failed.Message != want || r.Message != want ||
			failed.Step != StepExec || !errors.Is(err, unix.ENOENT) {
			t.Errorf("%s: %v\nwant %s", name, err, want)
		}
	}
	if got := missingInterpreter(dir, "absent") + missingInterpreter("/", dir) + missingInterpreter("/", "/dev/null"); got != "" {
		t.Errorf("no file, a directory, a device: %q", got)
	}
}

// The kernel takes the CR of a DOS line for a part of the interpreter's name: the commonest missing interpreter of all.
func TestLiveScriptWithCR(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dos")
	if err := os.WriteFile(path, []byte("#!/bin/sh\r\ntrue\r\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := missingInterpreter("/", path); got == "" {
		t.Error("a script with DOS line ends: no hint, although /bin/sh\\r is not there")
	}
}
