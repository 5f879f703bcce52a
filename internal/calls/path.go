package calls

// Path is a path among the arguments of a call: its index, and that of the directory descriptor that it starts from, which is -1
// where the call has none.
type Path struct{ Index, Dirfd int8 }

// PathArguments are the paths that a call of the machine's own architecture takes, none for any other call. The caller must
// not change them. What symlink puts into a link is not a path here, nor is a socket's address.
func PathArguments(arch uint32, nr int64) []Path {
	e := lookup(arch, nr)
	if e == nil {
		return nil
	}
	return e.paths[:e.pathsEnd:e.pathsEnd]
}
