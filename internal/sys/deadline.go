package sys

import "math"

// Never is a monotonic time that no clock reaches.
const Never = math.MaxInt64

// Later is a time that is so many ns after another one and not before it, however large the duration; Never at the most. Neither
// is negative.
func Later(time, duration int64) int64 {
	if duration > Never-time {
		return Never
	}
	return time + duration
}

// After is the monotonic time that is so many ns from now.
func After(duration int64) int64 { return Later(Monotonic(), duration) }

// Until is how many ns there are until a monotonic time; negative when it has passed.
func Until(time int64) int64 { return time - Monotonic() }
