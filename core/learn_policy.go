package core

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/paths"
	"gosandbox/internal/seccomp"
)

// always are calls that a program can come to make at any time, by a signal, by the clock or by how its threads happen to meet.
var always = []string{
	"execve", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "futex", "sched_yield", "clock_gettime", "gettimeofday", "time", "getcpu",
	"brk", "munmap",
}

// Policy is the smallest policy under which the runs that were watched would have been the same: rules for the calls that were made, dangerous ones
// only with the arguments that were seen, and path rules for the files. All other calls get the fallback, KILL or ERRNO(e); KILL is also
// what happens to other files then. Where more than perDirectory files lie in one directory the rule is for the directory and its
// entries (0: never), and so it is for files that were changed, but not in every run: their names are made up.
func (l *Learner) Policy(fallback Action, perDirectory int) (*Policy, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.runs == 0 || len(l.calls) == 0 {
		return nil, invalid("nothing was learnt: no run was watched")
	}
	if fallback != ActionKill && (fallback <= ActionErrno(0) || fallback > ActionErrno(4095)) {
		return nil, invalid("action %#x for calls that were not seen: only KILL and ERRNO(1..4095) are possible", uint32(fallback))
	}
	if l.full() {
		return nil, invalid("more than %d files were used, or names of %d bytes together", maxLearntFiles, maxLearntNames)
	}
	p, err := NewPolicy("permissive", fallback)
	if err != nil {
		return nil, err
	}
	p.Comment = fmt.Sprintf("learnt from %d runs", l.runs)
	if fallback == ActionKill {
		p.PathAction = &fallback
	}
	for _, nr := range slices.Sorted(maps.Keys(l.calls)) {
		if err := p.learn(nr, l.calls[nr]); err != nil {
			return nil, err
		}
	}
	for _, name := range always {
		if err := p.allowAlways(name, l.calls); err != nil {
			return nil, err
		}
	}
	if l.exec {
		if err := p.allowAlways("execveat", l.calls); err != nil {
			return nil, err
		}
	}
	l.spread()
	p.Paths = l.rules(perDirectory)
	return p, nil
}

func (p *Policy) allowAlways(name string, seen map[int64]*learnt) error {
	nr, ok := seccomp.Number(seccomp.Native(), name)
	if !ok || seen[int64(nr)] != nil {
		return nil
	}
	return p.append(seccomp.Native(), int64(nr), ActionAllow, nil, "always")
}

// learn allows a call as it was seen.
func (p *Policy) learn(nr int64, k *learnt) error {
	arch := seccomp.Native()
	name := callName(arch, nr)
	switch {
	case name == "clone3":
		return nil // never allowed, and it fails as it did
	case k.any && k.values != nil:
		return p.append(arch, nr, ActionAllow, nil, fmt.Sprintf("with more than %d values of argument %d", maxLearntValues, narrowed[name]))
	case k.any:
		return p.append(arch, nr, ActionAllow, nil, "")
	case protects(name):
		return p.learnProtection(nr, k, narrowed[name])
	}
	for _, value := range slices.Sorted(maps.Keys(k.values)) {
		if err := p.append(arch, nr, ActionAllow, []Cmp{{Arg: narrowed[name], Op: CmpEQ32, A: value}}, ""); err != nil {
			return err
		}
	}
	return nil
}

// learnProtection allows memory that cannot be executed, and such as can be only as it was seen: also written to, or not.
func (p *Policy) learnProtection(nr int64, k *learnt, argument uint32) error {
	const both = unix.PROT_WRITE | unix.PROT_EXEC
	if k.values[both] {
		return p.append(seccomp.Native(), nr, ActionAllow, nil, "makes memory that can be written and executed")
	}
	when := []Cmp{{Arg: argument, Op: CmpMaskedEQ32, A: unix.PROT_EXEC}}
	if err := p.append(seccomp.Native(), nr, ActionAllow, when, "no code"); err != nil {
		return err
	}
	if !k.values[unix.PROT_EXEC] {
		return nil
	}
	when = []Cmp{{Arg: argument, Op: CmpMaskedEQ32, A: both, B: unix.PROT_EXEC}}
	return p.append(seccomp.Native(), nr, ActionAllow, when, "code that cannot be written")
}

// rules are the path rules, merged by directory.
func (l *Learner) rules(perDirectory int) []PathRule {
	inside := map[string]int{}
	for name := range l.files {
		inside[paths.Above(name)]++
	}
	merged := map[string]paths.Access{}
	for name, f := range l.files {
		switch above := paths.Above(name); {
		case f.scope == paths.Subtree:
			merged[name+"/**"] |= f.access
		case f.scope == paths.Level:
			merged[level(name)] |= f.access
		case f.changed && f.runs < l.runs, perDirectory > 0 && inside[above] > perDirectory && above != "/":
			merged[level(above)] |= f.access
		default:
			merged[name] |= f.access
		}
	}
	var list []PathRule
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		access := merged[name]
		if access != paths.Stat {
			access &^= paths.Stat // implied
		}
		if around, is := merged[level(paths.Above(name))]; is && !strings.HasSuffix(name, "/") && !strings.HasSuffix(name, "*") {
			if covered := around | paths.Stat; access&^covered == 0 {
				continue
			}
		}
		list = append(list, PathRule{Path: name, Access: uint32(access)})
	}
	return list
}

// level is the notation for a directory and its entries. "/" alone would be everything.
func level(directory string) string {
	if directory == "/" {
		return "/./"
	}
	return directory + "/"
}
