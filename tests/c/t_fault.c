/*
 * Faults of the library itself, made on purpose in a build of its own: each must become an error for the caller, and the
 * next run must be fine. Also what Go's runtime does behind a busy heap.
 */
#include "check.h"

/* As in internal/fault/places.go. */
enum { SUPERVISOR, WATCH, ATTEND, COLLECT, STEP, QUIET, THREADS, SCAVENGING };

int gosandbox_fault(int place, int times);

static char before[20000], after[20000];

/* Go's scavenger must not find anything to do: it would sleep on a timer, which opens two descriptors. */
static void test_no_scavenger(void)
{
    int had = open_descriptors(before, sizeof before);
    CHECK_EQ(gosandbox_fault(SCAVENGING, 1), 0);
    for (int i = 0; i < 10; i++)
        nap_ms(50);
    int has = open_descriptors(after, sizeof after);
    CHECK_SAY(has == had, "descriptors were\n%sand are\n%s", before, after);
}

int main(void)
{
    gosandbox_result *r = RUN(PROBE("exit", "3"));
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
    test_no_scavenger();
    return check_summary();
}
