package paths

import "strings"

// Access is what a rule allows or a call needs. The values are those of GOSANDBOX_PATH_ in sandbox.h.
type Access uint32

// The kinds of access. A rule for one of the first three gives Stat as well.
const (
	Read  Access = 1
	Write Access = 2
	Exec  Access = 4
	Stat  Access = 8

	all = Read | Write | Exec | Stat
)

// Rule allows access to a path, in the notation of gosandbox_config_add_path.
type Rule struct {
	Path   string
	Access Access
}

// Scope is how far a compiled rule reaches from its path.
type Scope uint8

const (
	One     Scope = iota // the file alone
	Level                // the directory and its entries
	Subtree              // the directory and all beneath
)

// Compiled is a rule whose path is canonical: absolute, free of links, without a trailing slash.
type Compiled struct {
	Path   string
	Access Access
	Scope  Scope
	Exists bool // when it was compiled
	Dir    bool // it was a directory then
}

// Rules answers what is allowed. It is only read after Compile, by any number of threads.
type Rules struct {
	list []Compiled
	at   map[string]*grants
}

// grants is what rules about one path allow.
type grants struct {
	itself  Access // for the path
	entries Access // for its entries too
	beneath Access // for all beneath too
}

func newRules(list []Compiled) *Rules {
	r := &Rules{list: list, at: map[string]*grants{}}
	for i := range list {
		c := &list[i]
		if c.Access != 0 {
			c.Access |= Stat
		}
		g := r.at[c.Path]
		if g == nil {
			g = &grants{}
			r.at[c.Path] = g
		}
		switch c.Scope {
		case One:
			g.itself |= c.Access
		case Level:
			g.entries |= c.Access
		case Subtree:
			g.beneath |= c.Access
		}
	}
	return r
}

// List is the compiled rules, for those who express them otherwise.
func (r *Rules) List() []Compiled { return r.list }

// Allowed is what the rules allow for a canonical path.
func (r *Rules) Allowed(path string) (a Access) {
	if g := r.at[path]; g != nil {
		a = g.itself | g.entries | g.beneath
	}
	for depth := 1; path != "/"; depth++ {
		path = Above(path)
		if g := r.at[path]; g != nil {
			a |= g.beneath
			if depth == 1 {
				a |= g.entries
			}
		}
	}
	return a
}

// reach is what the rules allow at least for everything that may lie beneath a path, and at most for something there.
func (r *Rules) reach(path string) (least, most Access) {
	for up := path; ; up = Above(up) {
		if g := r.at[up]; g != nil {
			least |= g.beneath
		}
		if up == "/" {
			break
		}
	}
	most = least
	if g := r.at[path]; g != nil {
		most |= g.entries
	}
	inside := strings.TrimSuffix(path, "/") + "/"
	for i := range r.list {
		if strings.HasPrefix(r.list[i].Path, inside) {
			most |= r.list[i].Access
		}
	}
	return least, most
}

// gains tells whether something, were it a directory even, would be open to more access by its new name than by its old one.
func (r *Rules) gains(old, new string) bool {
	least, _ := r.reach(old)
	_, most := r.reach(new)
	return r.Allowed(new)&^r.Allowed(old) != 0 || most&^least != 0
}

// pinned tells a path that must not get another name: a directory that a rule is for, or one that lies above a rule's path. Landlock
// keeps rules by inode, so they would go with it to names that the rules do not allow, and let through what is moved there.
func (r *Rules) pinned(path string) bool {
	inside := strings.TrimSuffix(path, "/") + "/"
	for i := range r.list {
		c := &r.list[i]
		if strings.HasPrefix(c.Path, inside) || c.Path == path && (c.Dir || c.Scope != One) {
			return true
		}
	}
	return false
}

// Above is the path of the directory that holds a canonical path.
func Above(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

// join is the canonical path of a directory's entry.
func join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

// Own tells a rule about the directory in /proc of whichever process makes the call.
func (c *Compiled) Own() bool {
	rest, ok := strings.CutPrefix(c.Path, ownProcess)
	return ok && (rest == "" || rest[0] == '/')
}
