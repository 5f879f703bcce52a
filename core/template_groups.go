package core

import "sync"

// keptGroups are control groups that no run has used yet, like those of the run before: most runs of a judge ask for the same.
type keptGroups struct {
	mu    sync.Mutex
	key   groupKey
	known bool // somebody has asked
	ready []*groups
	stale []*groups // to be removed
	bad   bool      // they cannot be made; the next run will be told
}

// takeGroups gives the groups of a run.
func (t *Template) takeGroups(key groupKey) (*groups, error) {
	k := &t.groups
	k.mu.Lock()
	k.bad = false
	if k.known && k.key == key {
		if n := len(k.ready); n > 0 {
			g := k.ready[n-1]
			k.ready = k.ready[:n-1]
			k.mu.Unlock()
			return g, nil
		}
	} else {
		k.stale = append(k.stale, k.ready...)
		k.ready, k.key, k.known = nil, key, true
	}
	k.mu.Unlock()
	return newGroups(key)
}

// makeGroups makes one ahead if there are too few; true: it has.
func (t *Template) makeGroups() bool {
	t.mu.Lock()
	want := t.want()
	t.mu.Unlock()
	k := &t.groups
	k.mu.Lock()
	key, few := k.key, k.known && !k.bad && len(k.ready) < want
	stale := k.stale
	k.stale = nil
	for len(k.ready) > want {
		stale = append(stale, k.ready[len(k.ready)-1])
		k.ready = k.ready[:len(k.ready)-1]
	}
	k.mu.Unlock()
	for _, g := range stale {
		g.Remove()
	}
	if !few {
		return false
	}
	g, err := newGroups(key)
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err != nil:
		k.bad = true
	case k.key != key:
		k.stale = append(k.stale, g)
	default:
		k.ready = append(k.ready, g)
	}
	return err == nil
}

// drop removes all.
func (k *keptGroups) drop() {
	k.mu.Lock()
	all := append(k.ready, k.stale...)
	k.ready, k.stale = nil, nil
	k.mu.Unlock()
	for _, g := range all {
		g.Remove()
	}
}
