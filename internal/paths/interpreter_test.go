package paths

import (
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
