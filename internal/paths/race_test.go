package paths

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// The tries of each race; GOSANDBOX_RACES sets another number, 100000 say.
func tries(t *testing.T) string {
	t.Helper()
	if n := os.Getenv("GOSANDBOX_RACES"); n != "" {
		if _, err := strconv.Atoi(n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	return "2000"
}

// Whatever changes under way, what is not allowed is never reached.
func TestLiveRaces(t *testing.T) {
	for _, how := range []string{"thread", "process", "link", "directory"} {
		t.Run(how, func(t *testing.T) {
			dir := tree(t)
			for _, d := range []string{"/open", "/shut", "/open/x", "/open/x/y", "/open/shut"} {
				if err := os.Mkdir(dir+d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			os.WriteFile(dir+"/open/f", []byte("open!"), 0o644)
			os.WriteFile(dir+"/open/shut/f", []byte("open!"), 0o644) // "open/y/../../shut/f" is "shut/f"
			os.WriteFile(dir+"/shut/f", []byte("secret!"), 0o644)
			r := &run{dir: dir, argv: []string{built(t, "race"), how, tries(t)}, rules: []Rule{
				{"open", Read | Write}, {"./", Stat}, {"/usr", all}, {"/lib64/", all}, {"/lib", all}, {"/etc", Read}, {built(t, "race"), all}, {"/proc/self", Read},
			}}
			out, err := r.start(t)
			var in, secrets, changed int
			if _, scan := fmt.Sscanf(string(out), "in %d secrets %d changed %d", &in, &secrets, &changed); err != nil || scan != nil {
				t.Fatalf("%v, %v: %s", err, scan, out)
			}
			t.Logf("%s, %d answers, %d denied", out, r.answers, len(r.denied))
			if secrets != 0 || changed != 0 {
				t.Errorf("%s", out)
			}
			if in == 0 || len(r.denied) == 0 {
				t.Errorf("no race: %d times in, %d times denied", in, len(r.denied))
			}
			text, _ := os.ReadFile(dir + "/shut/f")
			st, _ := os.Stat(dir + "/shut/f")
			if string(text) != "secret!" || st.Mode() != 0o644 {
				t.Errorf("shut/f is %q, %v", text, st.Mode())
			}
		})
	}
}
