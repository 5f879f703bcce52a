package calls

import "gosandbox/internal/seccomp"

// foreignArity is how many arguments those calls of i386 take that the 64-bit architectures lack, or have another number for.
var foreignArity = [...]struct {
	name  string
	arity int
}{
	{"_llseek", 5}, {"_newselect", 5}, {"fadvise64", 5}, {"fadvise64_64", 6}, {"fallocate", 6}, {"fanotify_mark", 6},
	{"fcntl64", 3}, {"fstat64", 2}, {"fstatat64", 4}, {"fstatfs64", 3}, {"ftruncate64", 3}, {"getegid32", 0},
	{"geteuid32", 0}, {"getgid32", 0}, {"getuid32", 0}, {"ipc", 6}, {"lstat64", 2}, {"mmap", 1}, {"mmap2", 6}, {"nice", 1},
	{"pread64", 5}, {"pwrite64", 5}, {"readahead", 4}, {"select", 1}, {"sendfile64", 4}, {"setgid32", 1}, {"setuid32", 1},
	{"sigaction", 3}, {"signal", 2}, {"sigprocmask", 3}, {"sigreturn", 0}, {"socketcall", 2}, {"stat64", 2},
	{"statfs64", 3}, {"stime", 1}, {"sync_file_range", 6}, {"truncate64", 3}, {"ugetrlimit", 2}, {"umount", 1}, {"waitpid", 3},
}

// arity is how many arguments a call takes whose arguments are shown as they are. All six when that is not known.
func arity(arch uint32, name string) int {
	if seccomp.Arch(arch) == seccomp.I386 {
		for i := range foreignArity {
			if foreignArity[i].name == name {
				return foreignArity[i].arity
			}
		}
	}
	for _, table := range tables {
		for i := range table {
			if table[i].name == name {
				return most(&table[i])
			}
		}
	}
	return 6
}

// most is how many arguments the call takes at most.
func most(r *row) int {
	n := r.args.count()
	for _, v := range variantsOf(r.name) {
		n = max(n, v.args.count())
	}
	return n
}
