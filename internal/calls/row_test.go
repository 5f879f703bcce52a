package calls

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/elastic/go-seccomp-bpf/arch"

	"gosandbox/internal/seccomp"
)

func findRow(name string) *row {
	for _, table := range tables {
		for i := range table {
			if table[i].name == name {
				return &table[i]
			}
		}
	}
	return nil
}

func TestSimEveryCallHasARow(t *testing.T) {
	for _, table := range []*arch.Info{arch.X86_64, arch.AARCH64} {
		for name, nr := range table.SyscallNames {
			if findRow(name) == nil {
				t.Errorf("%s: %s has no row", table.Name, name)
			}
			if nr >= highest && !strings.HasSuffix(name, "64") {
				t.Errorf("%s: %s has number %d", table.Name, name, nr)
			}
		}
	}
	for _, name := range []string{"file_getattr", "file_setattr", "listns", "rseq_slice_yield", "uprobe", "newfstatat"} {
		if findRow(name) == nil {
			t.Errorf("%s has no row", name)
		}
	}
	seen := map[string]bool{}
	for _, table := range tables {
		for _, r := range table {
			if seen[r.name] {
				t.Errorf("%s has two rows", r.name)
			}
			seen[r.name] = true
			_, one := seccomp.Number(seccomp.AMD64, r.name)
			_, other := seccomp.Number(seccomp.ARM64, r.name)
			if !one && !other {
				t.Errorf("%s is no call", r.name)
			}
		}
	}
	for _, v := range variants {
		if !seen[v.name] {
			t.Errorf("a variant of %s, which is no call", v.name)
		}
	}
}

// The kernel's own account of its calls says how many arguments they take, and how wide.
func TestSimSignaturesAgree(t *testing.T) {
	file, err := os.Open("testdata/signatures")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	checked := 0
	for lines.Scan() {
		name, types, ok := strings.Cut(lines.Text(), ":")
		if strings.HasPrefix(name, "#") {
			continue
		}
		r := findRow(name)
		if !ok || r == nil {
			t.Errorf("%q: no such row", lines.Text())
			continue
		}
		checked++
		fields := strings.Fields(types)
		if most(r) != len(fields) {
			t.Errorf("%s takes %d arguments, the row has %d", name, len(fields), most(r))
			continue
		}
		compare(t, name, r.args, fields)
		for _, v := range variantsOf(name) {
			if !freeForm[name] {
				compare(t, name, v.args, fields)
			}
		}
	}
	if checked < 340 {
		t.Errorf("only %d calls were compared", checked)
	}
}

// compare takes an address for a long: the kernel calls it that where it does not look behind it.
func compare(t *testing.T, name string, a args, fields []string) {
	for i := range a.count() {
		got := width(a[i])
		if got == fields[i] || got == "pointer" && fields[i] == "long" || narrowed[name] == i+1 {
			continue
		}
		t.Errorf("%s, argument %d: the kernel takes %s, the table %s", name, i, fields[i], got)
	}
}

// width is how much of an argument a kind looks at.
func width(k kind) string {
	switch k {
	case mode, nodeMode:
		return "short"
	case long, ulong, hexLong, size, off:
		return "long"
	case fd, dirfd, num, unum, hex, dev, pid, uid, gid, sig, cloneFlags:
		return "int"
	}
	if s := known().sets[k]; s != nil {
		if s.bits == 64 {
			return "long"
		}
		return "int"
	}
	return "pointer"
}

var (
	// The argument, counted from 1, of which a call takes more than it uses: it goes on to a function with a narrower one.
	narrowed = map[string]int{
		"clone": 1, "mmap": 5, "preadv": 1, "preadv2": 1, "ptrace": 2, "pwritev": 1, "pwritev2": 1, "readv": 1, "umask": 1,
		"writev": 1,
	}
	// Calls whose later arguments are what an earlier one makes of them.
	freeForm = map[string]bool{"fcntl": true, "ioctl": true, "prctl": true, "ptrace": true, "futex": true, "semctl": true}
)
