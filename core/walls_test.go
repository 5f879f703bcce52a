package core

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// What an older Landlock lacks is told, with what to do.
func TestSimOlderLandlock(t *testing.T) {
	for _, test := range []struct {
		f            Feature
		has, version int
		missing      bool
	}{
		{FeatureLandlockTcp, 3, sys.LandlockTCP, true}, {FeatureLandlockTcp, 4, sys.LandlockTCP, false},
		{FeatureLandlockScope, 5, sys.LandlockScope, true}, {FeatureLandlockScope, 7, sys.LandlockScope, false},
	} {
		err := olderLandlock(test.f, test.has, test.version, "remedy")
		if (err != nil) != test.missing {
			t.Errorf("%v with version %d: %v", test.f, test.has, err)
		}
		if err != nil && !strings.Contains(err.Error(), test.f.String()) {
			t.Errorf("%v", err)
		}
	}
	if _, err := sys.NewLandlock(5, 1, sys.LandlockWalls{Abstract: true}); err != unix.EOPNOTSUPP {
		t.Errorf("a wall that version 5 does not have: %v", err)
	}
	if _, err := sys.NewLandlock(3, 1, sys.LandlockWalls{Net: 1}); err != unix.EOPNOTSUPP {
		t.Errorf("a wall that version 3 does not have: %v", err)
	}
}
