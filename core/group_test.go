package core

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dialogue is a solution that doubles numbers and an interactor that asks three and prints its verdict to a capture.
func dialogue(solution, interactor string) *Group {
	return &Group{
		Members: []*Config{shell(solution), shell(interactor, Capture(2, 4096))},
		Pipes:   []Pipe{{From: 0, FromFD: 1, To: 1, ToFD: 0}, {From: 1, FromFD: 1, To: 0, ToFD: 0}},
	}
}

const (
	doubler = `while read n; do echo $((2 * n)); done`
	asker   = `for i in 1 5 7; do echo $i; read r || exit 3; [ $r = $((2 * i)) ] || exit 1; done; echo right >&2`
)

func runGroup(t *testing.T, g *Group) []*Result {
	t.Helper()
	var all []*Result
	var err error
	within(t, 60*time.Second, func() { all, err = RunGroup(context.Background(), g) })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLiveGroupDialogue(t *testing.T) {
	for _, transcript := range []uint64{0, 1 << 16} {
		g := dialogue(doubler, asker)
		g.Transcript = transcript
		all := runGroup(t, g)
		for i, r := range all {
			if r.Status != StatusExited || r.ExitCode != 0 || r.Membership.Index != i {
				t.Fatalf("member %d: %s %+v", i, r.Message, r.Membership.Group)
			}
		}
		if got := string(all[1].Output[2]); got != "right\n" {
			t.Errorf("verdict %q", got)
		}
		s := all[0].Membership.Group
		if s.FirstOut != 1 || s.Pipes[0].First() != HangUpReader && s.Pipes[1].First() != HangUpWriter {
			t.Errorf("the interactor hung up first: %+v", s)
		}
		said := [2]string{}
		for _, p := range s.Dialogue {
			said[p.Pipe] += string(p.Bytes)
		}
		if transcript > 0 && said != [2]string{"2\n10\n14\n", "1\n5\n7\n"} {
			t.Errorf("dialogue %q", said)
		}
		if transcript == 0 && len(s.Dialogue) > 0 {
			t.Errorf("a transcript that nobody asked for")
		}
	}
}

func TestLiveGroupDeadlock(t *testing.T) {
	for _, transcript := range []uint64{0, 1 << 16} {
		g := dialogue("read n", "read r")
		g.Transcript, g.Wall = transcript, 50*time.Second
		begun := time.Now()
		all := runGroup(t, g)
		for i, r := range all {
			if r.Status != StatusWallLimit || r.Cause != CauseDeadlock || r.Membership.Waiting != WaitingRead || r.Membership.WaitingPipe != 1-i {
				t.Errorf("%s %v %+v", r.Message, r.Cause, r.Membership)
			}
		}
		if time.Since(begun) > 40*time.Second {
			t.Error("it was left to the wall limit")
		}
		if want := "deadlock: waited for member 1 to write what it reads from descriptor 0"; all[0].Message != want {
			t.Errorf("%q", all[0].Message)
		}
	}
}

// What looks like a deadlock and is none: a pause, a timer, a child that computes, a third member that still works.
func TestLiveGroupNoDeadlock(t *testing.T) {
	for name, g := range map[string]*Group{
		"sleep":  dialogue("read n; echo $n", "sleep 1; echo 4; read n"),
		"child":  dialogue("read n; echo $n", "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo 4'; read n"),
		"python": {Members: []*Config{shell("read n; echo $n"), {Args: []string{"/usr/bin/python3", "-c", "import signal,sys,os\nsignal.signal(signal.SIGALRM, lambda *a: os.write(1, b'4\\n'))\nsignal.alarm(1)\nsys.stdin.readline()"}}}, Pipes: dialogue("", "").Pipes},
		"third": {Members: []*Config{shell("read n; echo $n"), shell("read n"), shell("sleep 1; echo 3")},
			Pipes: []Pipe{{From: 0, FromFD: 1, To: 1, ToFD: 0}, {From: 1, FromFD: 1, To: 0, ToFD: 5}, {From: 2, FromFD: 1, To: 0, ToFD: 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g.Wall = 50 * time.Second
			for _, r := range runGroup(t, g) {
				if r.Status != StatusExited {
					t.Errorf("%s %v", r.Message, r.Cause)
				}
			}
		})
	}
}

func TestLiveGroupPatience(t *testing.T) {
	g := dialogue("read n", "read r")
	g.Patient, g.Wall = true, time.Second
	for _, r := range runGroup(t, g) {
		const late = 20 * time.Millisecond // a member's own time begins a little after that of the group
		if r.Cause != CauseDeadlock || r.Wall < time.Second-late {
			t.Errorf("%s %v", r.Message, r.Wall)
		}
	}
}

func TestLiveGroupWall(t *testing.T) {
	g := dialogue("while :; do :; done", "read r")
	g.Wall = time.Second
	all := runGroup(t, g)
	if r := all[0]; r.Status != StatusWallLimit || r.Membership.Waiting != WaitingNot || !strings.Contains(r.Message, "the limit of the group is 1 s") {
		t.Errorf("%s %+v", r.Message, r.Membership)
	}
	if r := all[1]; r.Status != StatusWallLimit || r.Membership.Waiting != WaitingRead || r.Membership.WaitingPipe != 0 {
		t.Errorf("%s %+v", r.Message, r.Membership)
	}
}

func TestLiveGroupBrokenPipe(t *testing.T) {
	for _, transcript := range []uint64{0, 1 << 16} {
		g := dialogue("while echo 1; do :; done", "read r; exec <&-; sleep 0.2")
		g.Transcript = transcript
		all := runGroup(t, g)
		r, s := all[0], all[0].Membership.Group
		if r.Status != StatusSignaled || r.Signal != unix.SIGPIPE || !strings.HasSuffix(r.Message, "it wrote to member 1, which had hung up") {
			t.Errorf("%s", r.Message)
		}
		if s.FirstOut != 1 || s.Pipes[0].First() != HangUpReader || s.Pipes[0].ReaderOrder != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// A stalled pipe holds what it can, and the writer waits.
func TestLiveGroupFullPipe(t *testing.T) {
	for _, transcript := range []uint64{0, 4096} {
		g := dialogue("while echo 1234567; do :; done", "while echo 1234567; do :; done")
		g.Transcript = transcript
		for i, r := range runGroup(t, g) {
			if r.Cause != CauseDeadlock || r.Membership.Waiting != WaitingWrite || r.Membership.WaitingPipe != i {
				t.Errorf("%s %+v", r.Message, r.Membership)
			}
			if transcript > 0 && r.Membership.Group.Dropped == 0 {
				t.Error("nothing was dropped from a short transcript")
			}
		}
	}
}

func TestLiveGroupEnding(t *testing.T) {
	g := dialogue("sleep 60", "exit 5")
	g.Ending, g.Grace = EndingFirst, 50*time.Millisecond
	all := runGroup(t, g)
	if r := all[0]; r.Status != StatusCancelled || r.Cause != CauseGroup || r.Message != "killed with the group, when member 1 had ended" {
		t.Errorf("%s %v", r.Message, r.Cause)
	}
	if r := all[1]; r.ExitCode != 5 {
		t.Errorf("%s", r.Message)
	}
	g = dialogue("exit 6", "sleep 0.3; exit 5")
	g.Ending, g.Member = EndingMember, 1
	all = runGroup(t, g)
	if all[0].ExitCode != 6 || all[1].ExitCode != 5 {
		t.Errorf("%s, %s", all[0].Message, all[1].Message)
	}
}

func TestLiveGroupMemberMissing(t *testing.T) {
	mark := t.TempDir() + "/mark"
	g := dialogue("echo ran > "+mark, "")
	g.Members[1] = &Config{Args: []string{"/nowhere"}}
	var all []*Result
	var err error
	within(t, 60*time.Second, func() { all, err = RunGroup(context.Background(), g) })
	var failed *Error
	if !errors.As(err, &failed) || failed.Code != CodeESETUP || failed.Step != StepExec || !strings.HasPrefix(failed.Message, "member 1: exec: No such file") {
		t.Fatalf("%v", err)
	}
	if all[1].Status != StatusSetupFailed || all[0].Status != StatusCancelled || all[0].Message != "not run: member 1 of the group could not be started" {
		t.Errorf("%s, %s", all[0].Message, all[1].Message)
	}
	if unix.Access(mark, unix.F_OK) == nil {
		t.Error("the other member has run")
	}
}

func TestSimGroupRefused(t *testing.T) {
	two := []*Config{shell(""), shell("", Capture(1, 5))}
	for want, g := range map[string]*Group{
		"a group of 0 members":            {},
		"leads from member 1 to itself":   {Members: two, Pipes: []Pipe{{From: 1, FromFD: 4, To: 1, ToFD: 5}}},
		"there is no member 2":            {Members: two, Pipes: []Pipe{{From: 0, To: 2}}},
		"there is no member -1":           {Members: two, Pipes: []Pipe{{From: -1, To: 1}}},
		"descriptor 1024 is out of range": {Members: two, Pipes: []Pipe{{From: 0, FromFD: 1024, To: 1}}},
		"bound to another pipe already":   {Members: two, Pipes: []Pipe{{From: 0, FromFD: 1, To: 1}, {From: 0, FromFD: 1, To: 1, ToFD: 3}}},
		"says something else":             {Members: two, Pipes: []Pipe{{From: 1, FromFD: 1, To: 0}}},
		"a capacity of -1 bytes":          {Members: two, Pipes: []Pipe{{From: 0, FromFD: 1, To: 1, Capacity: -1}}},
		"unknown ending 3":                {Members: two, Ending: 3},
		"end with member 2":               {Members: two, Ending: EndingMember, Member: 2},
		"a negative time":                 {Members: two, Grace: -1},
		"member 1: no program":            {Members: []*Config{shell(""), {}}},
	} {
		all, err := RunGroup(context.Background(), g)
		if all != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestLiveGroupCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	within(t, 60*time.Second, func() {
		all, err := RunGroup(ctx, dialogue("sleep 60", "sleep 60"))
		if err != nil || all[0].Status != StatusCancelled || all[1].Status != StatusCancelled || all[1].Cause != CauseCancelled {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestLiveGroupTask(t *testing.T) {
	task, err := StartGroup(dialogue(doubler, asker))
	if err != nil {
		t.Fatal(err)
	}
	within(t, 60*time.Second, func() {
		all, err, _ := task.Wait(-1)
		if err != nil || len(all) != 2 || all[0].ExitCode != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		task.Close()
	})
	task, err = StartGroup(dialogue("sleep 60", "sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	within(t, 60*time.Second, task.Close)
}

// Callbacks of all members come one at a time.
func TestLiveGroupCallbacks(t *testing.T) {
	g := dialogue(doubler, asker)
	running, calls := 0, [2]int{}
	for i, c := range g.Members {
		c.Policy, _ = NewPolicy("permissive", ActionAllow)
		if err := c.Policy.Add(ArchNative, "read", ActionNotify); err != nil {
			t.Fatal(err)
		}
		c.Callback = func(*Event) Action {
			running++
			if running != 1 {
				t.Error("two callbacks at once")
			}
			calls[i]++
			running--
			return ActionAllow
		}
	}
	all := runGroup(t, g)
	if all[0].ExitCode != 0 || all[1].ExitCode != 0 || calls[0] == 0 || calls[1] == 0 {
		t.Errorf("%s, %s, %v", all[0].Message, all[1].Message, calls)
	}
}
