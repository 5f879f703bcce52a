package paths

import (
	"os"
	"sort"
	"strings"
	"testing"
)

// What each kind of rule lets through, for every kind of call.
func TestLiveDenied(t *testing.T) {
	for _, landlocked := range []bool{false, true} {
		dir := tree(t)
		for _, d := range []string{"read", "write", "stat", "exec", "level/deep", "none"} {
			os.MkdirAll(dir+"/"+d, 0o777)
			os.Chmod(dir+"/"+d, 0o777)
			program, err := os.ReadFile(built(t, "quit"))
			if err != nil {
				t.Fatal(err)
			}
			os.WriteFile(dir+"/"+d+"/f", program, 0o755)
		}
		program, _ := os.ReadFile(built(t, "quit"))
		os.WriteFile(dir+"/level/f", program, 0o755)
		r := &run{dir: dir, argv: []string{built(t, "denied")}, rules: []Rule{
			{"read", Read}, {"write", Write}, {"stat", Stat}, {"exec", Exec}, {"level/", Read | Write}, {"./", Stat},
			{"/usr", Read | Exec}, {"/lib", Read | Exec}, {"/lib64/", Read | Exec}, {built(t, "denied"), Exec}, {"/etc/ld.so.cache", Read},
			{"/proc/1", Read}, {"/proc/self/comm", Read},
		}}
		if landlocked {
			r.landlock = rulesetForAll(t) // it must not matter to what the server does
		}
		out, err := r.start(t)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		got := map[string][]string{} // attempt and outcome: directories
		for line := range strings.Lines(string(out)) {
			f := strings.Fields(line)
			if len(f) != 3 {
				t.Fatalf("%q", line)
			}
			key := f[0] + " " + f[2]
			got[key] = append(got[key], strings.TrimSuffix(strings.TrimSuffix(f[1], "/f"), "/new"))
		}
		var lines []string
		for key, dirs := range got {
			lines = append(lines, key+": "+strings.Join(dirs, " "))
		}
		sort.Strings(lines)
		text := strings.Join(lines, "\n") + "\n"
		want, err := os.ReadFile("testdata/denied.want")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, string(want), text)
		if t.Failed() {
			t.Logf("all of it:\n%s", text)
		}
	}
}
