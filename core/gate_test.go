package core

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// leaked runs f and checks that descriptors, children and threads of this process are back at the baseline after it. Two
// supervising threads of each kind, the watch and some of the Go runtime stay: f runs once before, and a few are allowed.
func leaked(t *testing.T, f func()) {
	t.Helper()
	const moreThreads = 25
	f()
	time.Sleep(20 * time.Millisecond)
	before := census(t)
	f()
	var after inventory
	for range 100 { // threads end a little after the runs
		after = census(t)
		if after.children == before.children && slices.Equal(after.descriptors, before.descriptors) && after.threads <= before.threads+moreThreads {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("leaked:\nbefore %+v\nafter  %+v", before, after)
}

type inventory struct {
	descriptors []string
	children    int
	threads     int
}

func census(t *testing.T) (i inventory) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && !strings.HasPrefix(target, fmt.Sprintf("/proc/%d/fd", os.Getpid())) {
			i.descriptors = append(i.descriptors, e.Name()+" "+target)
		}
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	i.threads = len(tasks)
	for _, task := range tasks {
		text, _ := os.ReadFile("/proc/self/task/" + task.Name() + "/children")
		i.children += len(strings.Fields(string(text)))
	}
	return i
}
