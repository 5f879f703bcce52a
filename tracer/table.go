package tracer

// table maps task ids to entries: open addressing with linear probing, no allocation except to grow. The zero value is
// empty. A pointer into it is good until the next put or remove.
type table[V any] struct {
	slots []slot[V]
	count int
}

type slot[V any] struct {
	id    int32 // 0: free
	value V
}

func (t *table[V]) home(id int32) int {
	return int(uint32(id)*2654435769>>7) & (len(t.slots) - 1)
}

func (t *table[V]) get(id int32) *V {
	if t.count == 0 {
		return nil
	}
	for i := t.home(id); t.slots[i].id != 0; i = (i + 1) & (len(t.slots) - 1) {
		if t.slots[i].id == id {
			return &t.slots[i].value
		}
	}
	return nil
}

// put returns the entry of id, new and zero unless it was there.
func (t *table[V]) put(id int32) *V {
	if v := t.get(id); v != nil {
		return v
	}
	if t.count*2 >= len(t.slots) {
		old := t.slots
		t.slots = make([]slot[V], max(16, 2*len(old)))
		t.count = 0
		for i := range old {
			if old[i].id != 0 {
				*t.insert(old[i].id) = old[i].value
			}
		}
	}
	return t.insert(id)
}

func (t *table[V]) insert(id int32) *V {
	i := t.home(id)
	for t.slots[i].id != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i].id = id
	t.count++
	return &t.slots[i].value
}

// remove frees the entry and moves up those that were pushed beyond it.
func (t *table[V]) remove(id int32) {
	if t.get(id) == nil {
		return
	}
	mask := len(t.slots) - 1
	hole := t.home(id)
	for t.slots[hole].id != id {
		hole = (hole + 1) & mask
	}
	t.count--
	for i := (hole + 1) & mask; t.slots[i].id != 0; i = (i + 1) & mask {
		if (i-t.home(t.slots[i].id))&mask >= (i-hole)&mask {
			t.slots[hole] = t.slots[i]
			hole = i
		}
	}
	t.slots[hole] = slot[V]{}
}

// clear empties the table and keeps a small one's memory.
func (t *table[V]) clear() {
	if len(t.slots) > 1024 {
		t.slots = nil
	}
	clear(t.slots)
	t.count = 0
}
