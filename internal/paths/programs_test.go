package paths

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// system is what ordinary programs read.
var system = []Rule{
	{"/usr", Read | Exec}, {"/lib", Read | Exec}, {"/lib64", Read | Exec}, {"/bin", Read | Exec}, {"/etc", Read}, {"/proc/self", Read}, {"/proc/meminfo", Read},
	{"/dev/null", Read | Write}, {"/dev/urandom", Read}, {"/proc/filesystems", Read}, {"/./", Stat},
}

// Real programs print under rules what they print without.
func TestLivePrograms(t *testing.T) {
	rules := append(system[:len(system):len(system)], Rule{".", all}, Rule{"/tmp", Stat}) // git looks at the directories on the way
	for name, argv := range map[string][]string{
		"shell":  {"/bin/sh", "-c", "echo a > x; mkdir -p d/e; mv x d/e/y; cat < d/e/y; ls -l d | wc -l; cp -r d f; rm -r d; echo f/*/*; cd f && pwd | grep -c tree; for i in 1 2 3; do echo $i; done | sort -r"},
		"python": {"/usr/bin/python3", "-c", "import json, os, tempfile, subprocess, asyncio, decimal; open('x', 'w').write('text'); print(os.stat('x').st_size, sorted(os.listdir('.')), json.dumps({'a': 1})); os.makedirs('p/q', exist_ok=True); print(subprocess.run(['/bin/echo', 'hello'], capture_output=True).stdout); asyncio.run(asyncio.sleep(0)); print(os.path.realpath('p/../x')[-6:])"},
		"cc":     {"/bin/sh", "-c", "echo 'int puts(const char *); int main(void) { return puts(\"compiled\") < 0; }' > m.c; TMPDIR=. cc -o m m.c && ./m"},
		"tar":    {"/bin/sh", "-c", "mkdir t; echo 1 > t/a; ln -s a t/l; ln t/a t/h; tar cf t.tar t; rm -r t; tar xf t.tar; ls t; readlink t/l; stat -c %h t/a"},
		"git":    {"/bin/sh", "-c", "export HOME=$PWD GIT_CONFIG_NOSYSTEM=1; git init -q r; cd r; echo x > f; git add f; git status --short"},
	} {
		t.Run(name, func(t *testing.T) {
			program, err := exec.LookPath(argv[0])
			if err != nil {
				t.Skip(err)
			}
			if name == "git" {
				if _, err := exec.LookPath("git"); err != nil {
					t.Skip(err)
				}
			}
			argv := append([]string{program}, argv[1:]...)
			plain := exec.Command(argv[0], argv[1:]...)
			plain.Dir = tree(t)
			want, err := plain.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, want)
			}
			r := &run{rules: rules, dir: tree(t), argv: argv}
			got, err := r.start(t)
			if err != nil || string(got) != string(want) {
				t.Errorf("%v\n%s\nwithout supervision:\n%s\ndenied: %q", err, got, want, r.denied)
			}
			t.Logf("%d answers, %d denied", r.answers, len(r.denied))
		})
	}
}

// A program that is executed is looked at before it begins; here while it sleeps, which is the same to /proc.
func TestLiveVerifyExec(t *testing.T) {
	sleep := exec.Command("sleep", "20")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	defer sleep.Wait()
	defer sleep.Process.Kill()
	pid := int32(sleep.Process.Pid)
	for range 1000 { // until it has been executed and its libraries are mapped
		runtime.Gosched()
		if maps, _ := os.ReadFile("/proc/" + decimal(pid) + "/maps"); strings.Contains(string(maps), "libc.so") {
			break
		}
		unix.Nanosleep(&unix.Timespec{Nsec: 1e6}, nil)
	}
	exe, _ := os.Readlink("/proc/" + decimal(pid) + "/exe")
	for name, test := range map[string]struct {
		rules []Rule
		path  string // forbidden
	}{
		"all":           {[]Rule{{"/", Exec}}, ""},
		"no program":    {[]Rule{{"/lib", Exec}}, exe},
		"no loader":     {[]Rule{{exe, Exec}}, "lib"},
		"only readable": {[]Rule{{"/", Read}}, exe},
	} {
		root := pathDescriptor(t, "/")
		rules, err := Compile(test.rules, root, root)
		if err != nil {
			t.Fatal(err)
		}
		s := NewServer(rules, nil, nil)
		err = s.VerifyExec(pid, pid)
		s.Close()
		forbidden, _ := err.(*ForbiddenExec)
		if (err == nil) != (test.path == "") || forbidden != nil && !strings.Contains(forbidden.Path, test.path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := NewServer(newRules(nil), nil, nil).VerifyExec(1<<22, 1<<22); err == nil {
		t.Error("a task that is not there may execute")
	}
}
