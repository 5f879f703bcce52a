/*
 * Faults of the library itself, made on purpose in a build of its own: each must become an error for the caller, and the
 * next run must be fine. Also what Go's runtime does behind a busy heap.
 */
#include "check.h"

#include <poll.h>

/* As in internal/fault/places.go. */
enum { SUPERVISOR, WATCH, ATTEND, COLLECT, STEP, QUIET, THREADS, SCAVENGING, GONE, BEGUN };

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

static char said[4096]; /* the last text that the log was given */

static void note(uint32_t level, const char *text, void *payload)
{
    (void)level, (void)payload;
    snprintf(said, sizeof said, "%s", text);
}

static void check_fine(void)
{
    gosandbox_config *c = PROBE("cat");
    gosandbox_config_set_stdin_bytes(c, "abc", 3);
    gosandbox_config_capture(c, 1, 10);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 5 * SECOND);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "abc");
    gosandbox_result_free(r);
    CHECK_NO_CHILDREN();
}

/* The run of c is killed for a fault at `place`, says so in result, error and log, and the next one is fine. */
static void check_fault(const char *what, int place, gosandbox_config *c, int as_task)
{
    gosandbox_result *r = NULL;
    gosandbox_task *task = NULL;
    int had = open_descriptors(before, sizeof before);
    said[0] = 0;
    CHECK_EQ(gosandbox_fault(place, 1), 0);
    if (as_task)
        CHECK_EQ(gosandbox_start(c, &task), 0);
    int code = as_task ? gosandbox_task_wait(task, 15 * SECOND, &r) : gosandbox_run(c, &r);
    CHECK_SAY(code == GOSANDBOX_EINTERNAL, "%s: it gave %d (%s)", what, code, gosandbox_last_error()->message);
    CHECK_SAY(strstr(gosandbox_last_error()->message, "fault at place"), "%s: the error says \"%s\"", what, gosandbox_last_error()->message);
    CHECK_SAY(strstr(said, "goroutine "), "%s: the log has no stack: \"%s\"", what, said);
    CHECK_SAY(gosandbox_fault(place, -1) == 0, "%s: the place was never reached", what);
    gosandbox_fault(place, 0);
    if (CHECK(r != NULL))
        CHECK_STATUS(r, GOSANDBOX_STATUS_INTERNAL);
    if (task) {
        struct pollfd p = {gosandbox_task_poll_fd(task), POLLIN, 0};
        CHECK_EQ(poll(&p, 1, 0), 1);
    }
    gosandbox_task_free(task);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    CHECK_NO_CHILDREN();
    int has = open_descriptors(after, sizeof after);
    CHECK_SAY(has == had, "%s: descriptors were\n%sand are\n%s", what, before, after);
    check_fine();
}

static gosandbox_config *spinning(void)
{
    gosandbox_config *c = PROBE("burn", "15000");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB); /* looked at every few ms */
    return c;
}

/* A wait for a task fails, the task goes on. */
static void test_task_wait(void)
{
    gosandbox_config *c = PROBE("sleep", "15000");
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_fault(STEP, 1);
    CHECK_REFUSED(gosandbox_task_wait(task, 5 * SECOND, &r), GOSANDBOX_EINTERNAL);
    CHECK(r == NULL);
    CHECK_EQ(gosandbox_task_kill(task), 0);
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    gosandbox_config_free(c);
}

/* A limit is served for runs that come after a fault of the thread that serves them all; several fail with it. */
static void test_watch(void)
{
    enum { N = 3 };
    gosandbox_task *tasks[N];
    gosandbox_result *r = NULL;
    for (int i = 0; i < N; i++) {
        gosandbox_config *c = PROBE("sleep", "15000");
        CHECK_EQ(gosandbox_start(c, &tasks[i]), 0);
        gosandbox_config_free(c);
    }
    gosandbox_fault(WATCH, 1);
    gosandbox_config *c = PROBE("burn", "15000");
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 20 * MS);
    CHECK_EQ(gosandbox_run(c, &r), GOSANDBOX_EINTERNAL);
    CHECK_STATUS(r, GOSANDBOX_STATUS_INTERNAL);
    gosandbox_result_free(r);
    for (int i = 0; i < N; i++) {
        CHECK_EQ(gosandbox_task_wait(tasks[i], 10 * SECOND, &r), GOSANDBOX_EINTERNAL);
        CHECK_STATUS(r, GOSANDBOX_STATUS_INTERNAL);
        gosandbox_result_free(r);
        gosandbox_task_free(tasks[i]);
    }
    r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CPU_LIMIT);
    gosandbox_result_free(r);
}

/* Functions that cannot tell an error give what they give for a bad handle. */
#define QUIETLY(statement)                     \
    do {                                       \
        said[0] = 0;                           \
        gosandbox_fault(QUIET, 1);             \
        statement;                             \
        CHECK_EQ(gosandbox_fault(QUIET, 0), 0); \
        CHECK(strstr(said, "fault at place")); \
    } while (0)

static void test_quiet(void)
{
    size_t n = 7;
    gosandbox_task *task = NULL;
    gosandbox_config *c = PROBE("cat");
    gosandbox_config_capture(c, 1, 10);
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    QUIETLY(CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, 1) == NULL));
    QUIETLY(CHECK_TEXT(gosandbox_result_message(r), ""));
    QUIETLY(CHECK(gosandbox_result_error(r) == NULL));
    QUIETLY(CHECK(gosandbox_result_output(r, 1, &n) == NULL && n == 0));
    QUIETLY(gosandbox_result_free(r));
    QUIETLY(gosandbox_config_free(c));
    QUIETLY(gosandbox_task_free(task));
    CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, 1) != NULL);
    gosandbox_task_free(task); /* what has failed can be done again */
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    CHECK_REFUSED(gosandbox_task_kill(task), GOSANDBOX_EBADF);
    CHECK_NO_CHILDREN();
}

/* Without a thread to be had, a run and a task are refused and leave nothing behind. */
static void test_threads(void)
{
    for (int skip = 0; skip < 2; skip++) {
        gosandbox_config *c = PROBE("exit", "0");
        gosandbox_task *task = NULL;
        int had = open_descriptors(before, sizeof before);
        gosandbox_fault(THREADS, 1);
        int code = gosandbox_start(c, &task);
        CHECK_SAY(code == 0 || code == GOSANDBOX_ENOMEM, "start gave %d", code);
        gosandbox_task_free(task);
        gosandbox_fault(THREADS, 0);
        gosandbox_config_free(c);
        CHECK_EQ(open_descriptors(after, sizeof after), had);
        check_fine();
    }
}

int main(void)
{
    CHECK_EQ(gosandbox_set_log(GOSANDBOX_LOG_ERROR, note, NULL), 0);
    gosandbox_result *r = RUN(PROBE("exit", "3"));
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
    check_fault("a supervisor", SUPERVISOR, PROBE("sleep", "15000"), 0);
    double begin = now();
    check_fault("a supervisor, of a tree that is busy", GONE, PROBE("bereaved", "15000"), 0);
    CHECK(now() - begin < 12); /* not when it has ended by itself */
    check_fault("the watch", WATCH, spinning(), 0);
    check_fault("the watch, of a task", WATCH, spinning(), 1);
    check_fault("an attending thread", ATTEND, spinning(), 1);
    check_fault("a caller that is about to wait", BEGUN, spinning(), 0);
    check_fault("a blocked caller", STEP, spinning(), 0);
    test_task_wait();
    test_watch();
    test_quiet();
    test_threads();
    test_no_scavenger();
    return check_summary();
}
