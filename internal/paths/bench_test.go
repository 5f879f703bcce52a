package paths

import (
	"os/exec"
	"strconv"
	"testing"
)

// ns per open, create, stat, fstat and readlink: without supervision, and with it on the same CPU.
func BenchmarkCalls(b *testing.B) {
	program := built(b, "loop")
	n := strconv.Itoa(max(b.N, 2000))
	plain := exec.Command(program, n)
	plain.Dir = b.TempDir()
	out, err := plain.CombinedOutput()
	if err != nil {
		b.Fatal(err)
	}
	r := &run{rules: []Rule{{"/", all}}, dir: b.TempDir(), argv: []string{program, n}, pinned: true}
	supervised, err := r.start(b)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("without %swith %s", out, supervised)
}
