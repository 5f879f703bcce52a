package seccomp

import "slices"

// Nearest is the name among candidates that one most likely meant: it differs in a third of its letters at most. "" when
// there is none.
func Nearest(name string, candidates []string) string {
	const longest = 40 // no call has a longer name
	if len(name) > longest {
		return ""
	}
	best, least := "", min(len(name)/3, 3)+1
	for _, c := range candidates {
		if d := distance(name, c); d < least || d == least && best != "" && c < best {
			best, least = c, d
		}
	}
	return best
}

// Names are the names of all calls of an architecture, sorted.
func Names(a Arch) []string {
	t := table(a)
	if t == nil {
		return nil
	}
	var names []string
	for name := range t.SyscallNames {
		names = append(names, name)
	}
	for _, m := range missing {
		if m.arch == 0 || m.arch == a {
			names = append(names, m.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// distance is the number of letters to insert, remove, replace or swap with their neighbour, to get from a to b.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
