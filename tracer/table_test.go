package tracer

import (
	"math/rand/v2"
	"testing"
)

// agrees checks the whole table against a map, and that its slots can be found from their homes.
func agrees(t *testing.T, table *table[int], want map[int32]int) {
	t.Helper()
	if table.count != len(want) {
		t.Fatalf("count %d, want %d", table.count, len(want))
	}
	used := 0
	for i := range table.slots {
		if id := table.slots[i].id; id != 0 {
			used++
			if got := table.get(id); got != &table.slots[i].value {
				t.Fatalf("%d lies where it is not found", id)
			}
		} else if table.slots[i].value != 0 {
			t.Fatalf("a free slot keeps %d", table.slots[i].value)
		}
	}
	if used != len(want) || used*2 > len(table.slots) {
		t.Fatalf("%d slots of %d used, want %d", used, len(table.slots), len(want))
	}
	for id, value := range want {
		if got := table.get(id); got == nil || *got != value {
			t.Fatalf("%d: %v, want %d", id, got, value)
		}
	}
}

func TestSimTableAgainstMap(t *testing.T) {
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		var table table[int]
		want := map[int32]int{}
		spread := int32(8) << (seed % 12) // from crowded to sparse
		for step := range 3000 {
			id := 1 + random.Int32N(spread)
			switch random.IntN(5) {
			case 0, 1:
				if got := table.put(id); *got != want[id] {
					t.Fatalf("seed %d: put(%d) gives %d, want %d", seed, id, *got, want[id])
				} else {
					*got = step + 1
				}
				want[id] = step + 1
			case 2, 3:
				table.remove(id)
				delete(want, id)
			case 4:
				if got := table.get(id); (got != nil) != (want[id] != 0) {
					t.Fatalf("seed %d: get(%d) = %v, want %d", seed, id, got, want[id])
				}
			}
			if step%100 == 0 {
				agrees(t, &table, want)
			}
		}
		agrees(t, &table, want)
		table.clear()
		agrees(t, &table, map[int32]int{})
	}
}

// Runs of entries that lie beyond their homes, also around the end of the slots.
func TestSimTableRemovalInWrappedRuns(t *testing.T) {
	var probe table[int]
	probe.put(1)
	probe.clear()
	byHome := map[int][]int32{}
	for id := int32(1); id < 2000; id++ {
		byHome[probe.home(id)] = append(byHome[probe.home(id)], id)
	}
	size := len(probe.slots)
	for home := range size {
		for next := range 3 {
			other := (home + next) % size
			ids := append(append([]int32{}, byHome[home][:4]...), byHome[other][4:7]...)
			for victim := range ids {
				var table table[int]
				want := map[int32]int{}
				for i, id := range ids {
					*table.put(id) = i + 1
					want[id] = i + 1
				}
				if len(table.slots) != size {
					t.Fatalf("%d slots, want %d", len(table.slots), size)
				}
				for i := range ids {
					id := ids[(victim+i)%len(ids)]
					table.remove(id)
					delete(want, id)
					agrees(t, &table, want)
				}
			}
		}
	}
}

func TestSimTableEmpty(t *testing.T) {
	var table table[int]
	table.remove(5)
	table.clear()
	if table.get(5) != nil {
		t.Error("found in an empty table")
	}
}

func TestSimTableClearKeepsLittle(t *testing.T) {
	var table table[int]
	for id := int32(1); id <= 400; id++ {
		table.put(id)
	}
	if table.clear(); len(table.slots) != 1024 {
		t.Errorf("%d slots are kept, want 1024", len(table.slots))
	}
	for id := int32(1); id <= 600; id++ {
		table.put(id)
	}
	if table.clear(); table.slots != nil {
		t.Errorf("%d slots are kept, want none", len(table.slots))
	}
}

func TestSimTableDoesNotAllocate(t *testing.T) {
	var table table[task]
	for id := int32(1); id <= 100; id++ {
		table.put(id)
	}
	if n := testing.AllocsPerRun(100, func() {
		for id := int32(1); id <= 100; id++ {
			table.get(id).process++
			table.remove(id)
			table.put(id).process = 7
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
