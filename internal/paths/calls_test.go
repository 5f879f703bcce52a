package paths

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"gosandbox/internal/sys"
)

var parts = []string{"paths", "flags", "memory", "entries", "changes", "seen", "sockets", "fifos", "execs"}

// asWithout runs a part of the calls without and with supervision and compares what they print.
func asWithout(t *testing.T, part string, r *run) {
	t.Helper()
	program := built(t, "calls")
	plain := exec.Command(program, part)
	plain.Dir = tree(t)
	if r.creds != nil {
		plain.SysProcAttr = &syscall.SysProcAttr{Credential: credential(r.creds)}
	}
	output, err := os.CreateTemp(t.TempDir(), "out") // a file, as the supervised one has
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	plain.Stdout, plain.Stderr = output, output
	err = plain.Run()
	want, _ := os.ReadFile(output.Name())
	if err != nil {
		t.Fatalf("%v\n%s", err, want)
	}
	before := openDescriptors(t)
	r.dir, r.argv = tree(t), []string{program, part}
	got, err := r.start(t)
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	compare(t, string(want), string(got))
	if r.answers < 20 {
		t.Errorf("%d answers: was it supervised?", r.answers)
	}
	if after := openDescriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

// Every call gives under supervision what it gives without.
func TestLiveCallsAsWithout(t *testing.T) {
	for _, part := range parts {
		t.Run(part, func(t *testing.T) { asWithout(t, part, &run{rules: []Rule{{"/", all}}}) })
	}
}

// The same with a Landlock ruleset that leaves plain opens in the kernel.
func TestLiveCallsAsWithoutLandlocked(t *testing.T) {
	for _, part := range parts {
		t.Run(part, func(t *testing.T) {
			asWithout(t, part, &run{rules: []Rule{{"/", all}}, landlock: rulesetForAll(t), exact: true})
		})
	}
}

// The same for another user than the host's.
func TestLiveCallsAsWithoutOfAnother(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	for _, part := range parts {
		t.Run(part, func(t *testing.T) {
			asWithout(t, part, &run{rules: []Rule{{"/", all}}, creds: &Creds{UID: 4321, GID: 8765, Groups: []uint32{77}}})
		})
	}
}

// The same below another root directory, where the server resolves what the kernel would not for it.
func TestLiveCallsAsWithoutInRoot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	for _, part := range []string{"flags", "memory", "entries", "changes"} {
		t.Run(part, func(t *testing.T) {
			var outputs [2]string
			for i := range outputs {
				root := tree(t)
				for _, name := range []string{"launch", "calls"} {
					program, err := os.ReadFile(built(t, name))
					if err != nil {
						t.Fatal(err)
					}
					os.WriteFile(root+"/"+name, program, 0o755)
				}
				os.MkdirAll(root+"/w/fixture-tree", 0o777)
				os.Symlink("/w", root+"/etc")
				if i == 0 {
					plain := exec.Command("/calls", part)
					plain.Dir, plain.SysProcAttr = "/w/fixture-tree", &syscall.SysProcAttr{Chroot: root}
					output, err := plain.Output()
					if err != nil {
						t.Fatal(err)
					}
					outputs[i] = string(output)
					continue
				}
				r := &run{rules: []Rule{{"/", all}}, root: root, dir: "/w/fixture-tree", argv: []string{"/calls", part}}
				output, err := r.start(t)
				if err != nil {
					t.Fatalf("%v\n%s", err, output)
				}
				outputs[i] = string(output)
			}
			for i := range outputs { // the limits of openat2 that are not served there are refused with EXDEV
				outputs[i], _, _ = strings.Cut(outputs[i], "openat2 O_RDONLY 0 RESOLVE_NO_SYMLINKS")
			}
			compare(t, outputs[0], outputs[1])
		})
	}
}

func rulesetForAll(t *testing.T) int {
	t.Helper()
	version, err := sys.LandlockVersion()
	if err != nil || version < 5 {
		t.Skipf("Landlock version %d, %v", version, err)
	}
	fd, err := sys.NewLandlock(version, 0xffff, sys.LandlockWalls{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sys.AddLandlockPath(fd, pathDescriptor(t, "/"), 0xffff); err != nil {
		t.Fatal(err)
	}
	return fd
}

func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir() + "/fixture-tree"
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for up := dir; up != "/tmp" && up != "/"; up = Above(up) {
		os.Chmod(up, 0o777)
	}
	return dir
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	section, differences := "", 0
	for i := range min(len(w), len(g)) {
		if strings.HasPrefix(w[i], "--") {
			section = w[i]
		}
		if w[i] != g[i] {
			if differences++; differences <= 40 {
				t.Errorf("%s: %s\n        supervised: %s", section, w[i], g[i])
			}
		}
	}
	if differences > 40 || len(w) != len(g) {
		t.Errorf("%d differences in all; %d and %d lines", differences, len(w), len(g))
	}
}
