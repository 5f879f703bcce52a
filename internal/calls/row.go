package calls

import (
	"sync"

	"gosandbox/internal/seccomp"
)

// args are the kinds of a call's arguments, none where it takes no more.
type args [6]kind

func (a *args) count() int {
	for i, k := range a {
		if k == none {
			return i
		}
	}
	return len(a)
}

// row is one call of the 64-bit architectures..
type row struct {
	name string
	args args
}

var tables = [...][]row{fileRows, pathRows, processRows, systemRows}

// variant replaces a row's kinds where an argument, or the bits of it in mask, has a value.
type variant struct {
	name  string
	arg   uint8
	mask  uint32
	value uint32
	args  args
}

// entry is what is known of a call.
type entry struct {
	row      *row
	variants []variant
	returns  kind // none: a plain number
	paths    [2]Path
	pathsEnd uint8
}

const highest = 512 // above every number of the 64-bit architectures

// index finds the entries by the machine's own call numbers, and the sets by their kind.
type index struct {
	calls [highest]*entry
	sets  [kindCount]*set
}

// known is made when it is first needed: a run that violates nothing never does.
var known = sync.OnceValue(func() *index {
	x := &index{}
	for _, table := range [...][]set{
		filesSets, watchSets, mountsSets, memorySets, processesSets, signalsSets, socketsSets, systemSets,
	} {
		for i := range table {
			x.sets[table[i].of] = &table[i]
		}
	}
	for _, table := range tables {
		for i := range table {
			nr, ok := seccomp.Number(seccomp.Native(), table[i].name)
			if ok && nr < highest && (x.calls[nr] == nil || seccomp.Name(seccomp.Native(), nr) == table[i].name) {
				x.calls[nr] = newEntry(&table[i])
			}
		}
	}
	return x
})

func newEntry(r *row) *entry {
	e := &entry{row: r, variants: variantsOf(r.name)}
	for _, other := range returns {
		if other.name == r.name {
			e.returns = other.kind
		}
	}
	for i, k := range r.args {
		if k == path {
			p := Path{Index: int8(i), Dirfd: -1}
			if i > 0 && r.args[i-1] == dirfd {
				p.Dirfd = int8(i - 1)
			}
			e.paths[e.pathsEnd] = p
			e.pathsEnd++
		}
	}
	return e
}

func variantsOf(name string) []variant {
	for i := range variants {
		if variants[i].name == name {
			end := i
			for end < len(variants) && variants[end].name == name {
				end++
			}
			return variants[i:end]
		}
	}
	return nil
}

// pick is the kinds for these arguments.
func (e *entry) pick(values *[6]uint64) *args {
	for i := range e.variants {
		v := &e.variants[i]
		if uint32(values[v.arg])&v.mask == v.value {
			return &v.args
		}
	}
	return &e.row.args
}

// lookup is nil for a call of another architecture, of x32 or without a row.
func lookup(arch uint32, nr int64) *entry {
	if arch != uint32(seccomp.Native()) || nr < 0 || nr >= highest {
		return nil
	}
	return known().calls[nr]
}
