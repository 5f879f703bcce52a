/*
 * Descriptors: a host without standard ones, one that closes all between runs, and one that has none left, at every step of a run.
 */
#include "again.h"

/* ---------------------------------------------------------------- closed ones */

static void close_standard(void)
{
    dup2(1, 9); /* for the report */
    close(0);
    close(1);
    close(2);
}

/* The library must not use numbers 0 to 2 for itself in a way that a program sees, nor put them into the program. */
static int without_standard(void)
{
    for (int i = 0; i < 5; i++) {
        FULL_RUN();
        gosandbox_config *c = config_for(fixture("check_fds"), NULL);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
    }
    CHECK_EQ(fcntl(0, F_GETFD), -1);
    CHECK_EQ(fcntl(1, F_GETFD), -1);
    CHECK_EQ(fcntl(2, F_GETFD), -1);
    dup2(9, 1);
    return checks_failed != 0;
}

/* A daemon closes everything, whoever opened it. Each run after that must be as good as the first. */
static int closing_all(void)
{
    for (int i = 0; i < 20; i++) {
        FULL_RUN();
        if (i % 3 == 0)
            gosandbox_feature(GOSANDBOX_FEATURE_SECCOMP);
        for (int fd = 3; fd < 200; fd++)
            close(fd);
    }
    CHECK_EQ(count_descriptors(200), 3);
    return checks_failed != 0;
}

/* ---------------------------------------------------------------- none left */

/* One more descriptor is allowed each time, so that each step of a start is the one that fails once. */
static void at_each_step(int as_task)
{
    struct rlimit before, low;
    int refused = 0, done = 0;
    getrlimit(RLIMIT_NOFILE, &before);
    const int open = count_descriptors(400);
    for (int more = 0; more < 24; more++) {
        gosandbox_config *c = PROBE("cat");
        gosandbox_result *r = NULL;
        gosandbox_task *task = NULL;
        gosandbox_config_set_stdin_bytes(c, "bytes", 5);
        gosandbox_config_capture(c, 1, 100);
        gosandbox_config_capture(c, 2, 100);
        gosandbox_config_open_fd(c, 5, "/dev/null", O_RDONLY, 0);
        low = before;
        low.rlim_cur = (rlim_t)(open + more);
        setrlimit(RLIMIT_NOFILE, &low);
        int code = as_task ? gosandbox_start(c, &task) : gosandbox_run(c, &r);
        if (code == 0 && as_task)
            code = gosandbox_task_wait(task, -1, &r);
        struct gosandbox_error error = *gosandbox_last_error();
        setrlimit(RLIMIT_NOFILE, &before);
        /* The program has the low limit too, and lives with it or not: no verdict about it is asked for here. */
        if (code == 0) {
            done++;
        } else {
            refused++;
            CHECK_SAY(code == GOSANDBOX_ENOMEM || code == GOSANDBOX_ESETUP, "with %d more: %d (%s)", more, code, error.message);
            CHECK_SAY(error.sys_errno == EMFILE, "with %d more: errno %d (%s)", more, error.sys_errno, error.message);
            CHECK_SAY(strstr(error.message, "open files") != NULL, "with %d more: it says \"%s\"", more, error.message);
        }
        gosandbox_result_free(r);
        gosandbox_task_free(task);
        gosandbox_config_free(c);
        int left = count_descriptors(400);
        CHECK_SAY(left == open, "with %d more: %d descriptors were open and %d are", more, open, left);
        FULL_RUN();
    }
    CHECK_SAY(refused >= 3 && done >= 3, "%d refused, %d done: the limit was not where it should be", refused, done);
    CHECK_NO_CHILDREN();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "standard") == 0)
        return without_standard();
    if (argc > 1 && strcmp(argv[1], "closing") == 0)
        return closing_all();
    CHECK_AGAIN("standard", NULL, close_standard, 30);
    CHECK_AGAIN("closing", NULL, NULL, 30);
    FULL_RUN();
    at_each_step(0);
    at_each_step(1);
    return check_summary();
}
