package main

import (
	"fmt"
	"strings"
)

// A group is a family of constants that share a prefix: GOSANDBOX_STATUS_... and so on.
type group struct {
	prefix string // what follows GOSANDBOX_, up to the member's own name
	goType string // the Go type, or "" for untyped constants
	goName string // prefix of the Go names
	pyEnum string // the Python IntEnum, or "" for plain module constants
	above  string // describes the group where the header has no comment above it
	words  bool   // String gives lower-case words instead of the C name
	has    func(name string) bool
}

// groups is searched in order: the first that fits a constant takes it.
var groups = []*group{
	{prefix: "VERSION", goName: "Version", above: "The version of the interface."},
	{prefix: "STATUS_", goType: "Status", goName: "Status", pyEnum: "Status"},
	{prefix: "CAUSE_", goType: "Cause", goName: "Cause", pyEnum: "Cause"},
	{prefix: "DETAIL_", goType: "Detail", goName: "Detail", pyEnum: "Detail"},
	{prefix: "STEP_", goType: "Step", goName: "Step", pyEnum: "Step", words: true},
	{prefix: "LIMIT_", goType: "Limit", goName: "Limit", pyEnum: "Limit"},
	{prefix: "WALL_", goType: "Wall", goName: "Wall", pyEnum: "Wall", above: "Walls that need no privilege."},
	{prefix: "COUNTER_", goType: "Counter", goName: "Counter", pyEnum: "Counter"},
	{prefix: "STACK_", goName: "Stack", above: "How large a stack may be, other than in bytes."},
	{prefix: "SOURCE_", goType: "Source", goName: "Source", pyEnum: "Source"},
	{prefix: "FIGURE_", goType: "Figure", goName: "Figure", pyEnum: "Figure"},
	{prefix: "FEATURE_", goType: "Feature", goName: "Feature", pyEnum: "Feature"},
	{prefix: "ISOLATE_", goType: "Isolate", goName: "Isolate", pyEnum: "Isolate"},
	{prefix: "MOUNT_", goName: "Mount", above: "The parts of a root file system, and what a part may be used for."},
	{prefix: "MAP_", goName: "Map", above: "Which ids are mapped."},
	{prefix: "ARCH_", goName: "Arch", pyEnum: "Arch"},
	{prefix: "CMP_", goName: "Cmp", pyEnum: "Op"},
	{prefix: "PHASE_", goName: "Phase", pyEnum: "Phase", above: "When a system call was seen."},
	{prefix: "PATH_", goName: "Path", pyEnum: "PathAccess", above: "What a path rule allows."},
	{prefix: "TRACE_", goName: "Trace", above: "What a trace tells."},
	{prefix: "PIPE_", goName: "Pipe", above: "How the pipes of a group are."},
	{prefix: "GROUP_", goName: "Group", above: "How a group runs."},
	{prefix: "ENDING_", goType: "Ending", goName: "Ending", pyEnum: "Ending", above: "When a group ends."},
	{prefix: "WAITING_", goType: "Waiting", goName: "Waiting", pyEnum: "Waiting", above: "What a member waited for."},
	{prefix: "HANGUP_", goType: "HangUp", goName: "HangUp", pyEnum: "HangUp", above: "Who hung up first."},
	{prefix: "FILE_", goType: "FileStatus", goName: "File", pyEnum: "FileStatus", above: "What became of a file that was to be collected."},
	{prefix: "COLLECT_", goName: "Collect", above: "How files are collected."},
	{prefix: "LOG_", goName: "Log", pyEnum: "LogLevel", above: "How grave a line of the log is."},
	{goType: "Action", goName: "Action", above: "What is done about a system call; 0 is the fail-closed value.", has: isAction},
	{goName: "Code", pyEnum: "Code", above: "Error codes.", has: isCode},
}

func isAction(name string) bool {
	switch name {
	case "KILL", "ALLOW", "NOTIFY", "RETURN", "INSPECT", "DEFER", "OPENED":
		return true
	}
	return false
}

func isCode(name string) bool {
	return name == "OK" || strings.HasPrefix(name, "E") && !strings.Contains(name, "_")
}

// groupOf finds the group of a constant and its name inside that group.
func groupOf(name string) (*group, string, error) {
	for _, g := range groups {
		if !strings.HasPrefix(name, g.prefix) || g.has != nil && !g.has(name) {
			continue
		}
		return g, strings.TrimPrefix(strings.TrimPrefix(name, g.prefix), "_"), nil
	}
	return nil, "", fmt.Errorf("GOSANDBOX_%s belongs to no group: add one to internal/generate/groups.go", name)
}

// goNames are the parts of a C name that are not simply capitalised in Go.
var goNames = map[string]string{
	"CPU": "CPU", "IDS": "IDs", "EQ": "EQ", "NE": "NE", "LT": "LT", "LE": "LE", "GT": "GT", "GE": "GE", "OK": "OK", "JSON": "JSON",
	"OOM": "OOM", "ID": "ID", "PID": "PID", "UID": "UID", "GID": "GID", "IPC": "IPC", "UTS": "UTS",
}

// camel turns CPU_LIMIT into CPULimit; an underscore between digits stays.
func camel(name string) string {
	var out strings.Builder
	for _, part := range strings.Split(name, "_") {
		if part == "" {
			continue
		}
		if s := out.String(); s != "" && isDigit(s[len(s)-1]) && isDigit(part[0]) {
			out.WriteByte('_')
		}
		if special, ok := goNames[part]; ok {
			out.WriteString(special)
		} else {
			out.WriteString(part[:1] + strings.ToLower(part[1:]))
		}
	}
	return out.String()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// words turns DEATH_SIGNAL into "death signal"; the kernel's own name for a thing stays as it is.
func words(name string) string {
	if name == "NO_NEW_PRIVS" {
		return "no_new_privs"
	}
	return strings.ToLower(strings.ReplaceAll(name, "_", " "))
}

// wrap breaks a comment into lines of at most 112 columns, each after the first begun with prefix.
func wrap(text, prefix string) string {
	var out strings.Builder
	column := len(prefix)
	for i, word := range strings.Fields(text) {
		if i > 0 && column+1+len(word) > 112 {
			out.WriteString("\n" + prefix)
			column = len(prefix)
		} else if i > 0 {
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}
