package core

import (
	"strings"

	"golang.org/x/sys/unix"
)

// etcNames are what loaders, C libraries and language runtimes need of /etc; a trailing * stands for any end. Nothing that tells about
// the host's users, network or services is among them.
var etcNames = []string{
	"ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld-musl-*", "alternatives", "localtime", "nsswitch.conf", "protocols", "services",
	"java*", "python*", "perl", "php", "mono", "ghc*", "fonts", "fpc*", "rustc*", "mime.types",
}

// etcFiles are those of /etc that are not the host's.
var etcFiles = map[string]string{
	"passwd": "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
	"group":  "root:x:0:\nnogroup:x:65534:\n",
	"hosts":  "127.0.0.1 localhost\n::1 localhost\n",
}

// JudgeRoot gives the parts of a plain Linux system, from what this host has.
func JudgeRoot() []Mount {
	mounts := []Mount{{Kind: MountBind, Source: "/usr", Target: "/usr", Flags: MountExec}}
	for _, name := range []string{"bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec"} {
		var st unix.Stat_t
		if unix.Lstat("/"+name, &st) != nil {
			continue
		}
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFLNK: // into /usr, on hosts of today
			var text [unix.PathMax]byte
			if n, err := unix.Readlink("/"+name, text[:]); err == nil {
				mounts = append(mounts, Mount{Kind: MountSymlink, Source: string(text[:n]), Target: "/" + name})
			}
		case unix.S_IFDIR:
			mounts = append(mounts, Mount{Kind: MountBind, Source: "/" + name, Target: "/" + name, Flags: MountExec})
		}
	}
	mounts = append(mounts, Mount{Kind: MountDir, Target: "/etc"})
	for _, name := range namesIn("/etc") {
		if wanted(name) {
			mounts = append(mounts, fromEtc(name))
		}
	}
	for _, name := range []string{"passwd", "group", "hosts"} {
		mounts = append(mounts, Mount{Kind: MountFile, Target: "/etc/" + name, Bytes: []byte(etcFiles[name])})
	}
	return append(mounts,
		Mount{Kind: MountTmpfs, Target: "/tmp", Mode: 0o1777, Flags: MountReadWrite},
		Mount{Kind: MountDev, Target: "/dev"},
		Mount{Kind: MountProc, Target: "/proc"},
	)
}

// fromEtc shows a directory as it is, and copies a small file: that is several times as fast for every run.
func fromEtc(name string) Mount {
	const small = 256 << 10
	source := "/etc/" + name
	bind := Mount{Kind: MountBind, Source: source, Target: source, Flags: MountOptional}
	fd, err := unix.Open(source, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return bind
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size > small {
		return bind
	}
	content := make([]byte, st.Size)
	if n, err := unix.Read(fd, content); err != nil || n != len(content) {
		return bind
	}
	return Mount{Kind: MountFile, Target: source, Bytes: content}
}

func wanted(name string) bool {
	for _, pattern := range etcNames {
		prefix, any := strings.CutSuffix(pattern, "*")
		if name == pattern || any && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// namesIn lists a directory; what cannot be read is empty.
func namesIn(dir string) (names []string) {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var block [8192]byte
	for {
		n, err := unix.ReadDirent(fd, block[:])
		if err != nil || n <= 0 {
			return names
		}
		_, _, names = unix.ParseDirent(block[:n], -1, names)
	}
}
