package paths

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLiveInterpreterOf(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"#!/bin/sh\n": "/bin/sh", "#! \t/a b\n": "/a", "#!x\x00y\n": "x", "#!": "", "#!\n/bin/sh": "", "": "", "text": "", "#!/no/end": "/no/end",
		"\x7fELF\x02": "", "\x7fELF\x02" + string(make([]byte, 300)): "",
	} {
		if err := os.WriteFile(dir+"/f", []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		if got, _ := interpreterOf(&found{fd: pathDescriptor(t, dir+"/f"), mode: unix.S_IFREG}); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	name, script := interpreterOf(&found{fd: pathDescriptor(t, "/bin/sh"), mode: unix.S_IFREG})
	if _, err := os.Stat(name); script || name == "" || err != nil {
		t.Errorf("the loader of a program: %q, %v, %v", name, script, err)
	}
}

// program is a file of so many program headers, of which the last one names a loader.
func program(t *testing.T, class elf.Class, headers int, loader string) []byte {
	var file bytes.Buffer
	add := func(part any) {
		if err := binary.Write(&file, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	ident := [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(class), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}
	const broken = 0xfff0 // the kernel never looks for sections
	size := uint64(len(loader) + 1)
	if class == elf.ELFCLASS32 {
		add(elf.Header32{Ident: ident, Phoff: 52, Phentsize: 32, Phnum: uint16(headers), Shoff: broken, Shnum: broken, Shentsize: 1})
		add(make([]elf.Prog32, headers-1))
		add(elf.Prog32{Type: uint32(elf.PT_INTERP), Off: uint32(52 + 32*headers), Filesz: uint32(size)})
	} else {
		add(elf.Header64{Ident: ident, Phoff: 64, Phentsize: 56, Phnum: uint16(headers), Shoff: broken, Shnum: broken, Shentsize: 1})
		add(make([]elf.Prog64, headers-1))
		add(elf.Prog64{Type: uint32(elf.PT_INTERP), Off: uint64(64 + 56*headers), Filesz: size})
	}
	return append(append(file.Bytes(), loader...), 0)
}

func TestLiveInterpreterOfProgram(t *testing.T) {
	for _, class := range []elf.Class{elf.ELFCLASS32, elf.ELFCLASS64} {
		for _, headers := range []int{1, 9, 1000} {
			path := t.TempDir() + "/f"
			if err := os.WriteFile(path, program(t, class, headers, "/lib/ld.so"), 0o755); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if name, script := Interpreter(int(f.Fd())); name != "/lib/ld.so" || script {
				t.Errorf("%v, %d headers: %q, %v", class, headers, name, script)
			}
			f.Close()
		}
	}
}
