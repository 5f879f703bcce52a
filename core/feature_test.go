package core

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What privileges give is told to be missing without them, with the remedy, and a config that requires it fails at start.
func TestLivePrivilegesMissing(t *testing.T) {
	runtime.LockOSThread() // capabilities and the answer are of the thread, which ends with the test
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		t.Fatal(err)
	}
	sets[0].Effective, sets[1].Effective = 0, 0
	if err := unix.Capset(&header, &sets[0]); err != nil {
		t.Fatal(err)
	}
	for f, remedy := range map[Feature]string{
		FeatureChangeIDs:    "CAP_SETUID and CAP_SETGID",
		FeatureRaiseLimits:  "CAP_SYS_RESOURCE",
		FeatureNegativeNice: "RLIMIT_NICE",
	} {
		var l unix.Rlimit
		if f == FeatureNegativeNice && unix.Prlimit(0, unix.RLIMIT_NICE, nil, &l) == nil && l.Cur > 20 {
			if err := Supports(f); err != nil {
				t.Errorf("%v with RLIMIT_NICE %d: %v", f, l.Cur, err)
			}
			continue
		}
		for _, err := range []error{Supports(f), require([]Feature{FeatureSeccomp, f})} {
			var missing *Error
			if !errors.As(err, &missing) || missing.Code != CodeEUNSUPPORTED || missing.Errno != unix.EPERM ||
				!strings.Contains(missing.Message, f.String()) || !strings.Contains(missing.Message, remedy) {
				t.Errorf("%v: %v, want EPERM and %q", f, err, remedy)
			}
		}
	}
}
