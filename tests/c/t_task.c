/*
 * Tasks: start, wait with and without patience, kill, the poll descriptor, many side by side.
 */
#include "check.h"

#include <poll.h>

static gosandbox_task *start(gosandbox_config *config)
{
    gosandbox_task *task = NULL;
    CHECK_EQ(gosandbox_start(config, &task), 0);
    gosandbox_config_free(config); /* the snapshot is taken */
    return task;
}

static int readable(int fd, int timeout_ms)
{
    struct pollfd p = {fd, POLLIN, 0};
    return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLIN) != 0;
}

static void wait_and_again(void)
{
    gosandbox_task *task = start(PROBE("exit", "6"));
    gosandbox_result *a = NULL, *b = NULL;
    CHECK_EQ(gosandbox_task_wait(task, -1, &a), 0);
    CHECK_EXITED(a, 6);
    CHECK_EQ(gosandbox_task_wait(task, -1, &b), 0);
    CHECK_EXITED(b, 6);
    CHECK(a != b);
    gosandbox_result_free(a);
    CHECK_EXITED(b, 6); /* each is a handle of its own */
    CHECK_EQ(gosandbox_task_wait(task, 0, &a), 0);
    CHECK_EXITED(a, 6);
    CHECK_EQ(gosandbox_task_kill(task), 0); /* no effect any more */
    gosandbox_task_free(task);
    CHECK_EXITED(a, 6); /* a result outlives its task */
    CHECK_EXITED(b, 6);
    gosandbox_result_free(a);
    gosandbox_result_free(b);
    a = (gosandbox_result *)&a;
    CHECK_REFUSED(gosandbox_task_wait(task, 0, &a), GOSANDBOX_EBADF);
    CHECK(a == NULL);
}

static void result_outlives_task(void)
{
    gosandbox_config *c = PROBE("text", "1", "some output");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_task *task = start(c);
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_task_wait(task, 10 * SECOND, &r), 0);
    const char *message = gosandbox_result_message(r), *output = output_of(r);
    char copy[300];
    snprintf(copy, sizeof copy, "%s", message);
    gosandbox_task_free(task);
    for (int i = 0; i < 20; i++) { /* make the library use its memory again */
        gosandbox_result *other = RUN(PROBE("exit", "1"));
        gosandbox_result_free(other);
    }
    CHECK_TEXT(output, "some output");
    CHECK_TEXT(message, copy);
    CHECK(gosandbox_result_message(r) == message);
    CHECK(output_of(r) == output);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
}

static void timeouts(void)
{
    gosandbox_task *task = start(PROBE("sleep", "800"));
    gosandbox_result *r = (gosandbox_result *)&r;
    double t = now();
    CHECK_REFUSED(gosandbox_task_wait(task, 0, &r), GOSANDBOX_ETIMEDOUT);
    CHECK_SAY(now() - t < 0.2, "a wait of 0 took %.3f s", now() - t);
    CHECK(r == NULL);
    t = now();
    CHECK_REFUSED(gosandbox_task_wait(task, 100 * MS, &r), GOSANDBOX_ETIMEDOUT);
    CHECK_SAY(now() - t >= 0.099 && now() - t < 0.4, "a wait of 0.1 s took %.3f s", now() - t);
    CHECK_REFUSED(gosandbox_task_wait(task, 1, &r), GOSANDBOX_ETIMEDOUT);
    t = now();
    CHECK_EQ(gosandbox_task_wait(task, INT64_MAX, &r), 0);
    CHECK_SAY(now() - t < 3, "it took %.3f s", now() - t);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    gosandbox_task_free(task);

    task = start(PROBE("sleep", "50"));
    CHECK_EQ(gosandbox_task_wait(task, INT64_MIN, &r), 0); /* negative: for ever */
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
}

static void killing(void)
{
    gosandbox_task *task = start(PROBE("sleep", "15000"));
    gosandbox_result *r = NULL;
    nap_ms(50);
    int pid = gosandbox_task_pid(task);
    CHECK(pid > 0 && kill(pid, 0) == 0);
    double t = now();
    CHECK_EQ(gosandbox_task_kill(task), 0);
    CHECK_EQ(gosandbox_task_kill(task), 0);
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_SAY(now() - t < 1, "kill and wait took %.3f s", now() - t);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    CHECK_EQ(stats_of(r).cause, GOSANDBOX_CAUSE_CANCELLED);
    CHECK_EQ(stats_of(r).signal, 0);
    CHECK_EQ(stats_of(r).exit_code, -1);
    CHECK(kill(pid, 0) == -1 && errno == ESRCH);
    gosandbox_result_free(r);
    gosandbox_task_free(task);

    /* At any moment of the start. */
    for (int i = 0; i < 200; i++) {
        task = start(PROBE("sleep", "15000"));
        for (volatile int spin = 0; spin < i * 1000; spin++)
            ;
        CHECK_EQ(gosandbox_task_kill(task), 0);
        CHECK_EQ(gosandbox_task_wait(task, 10 * SECOND, &r), 0);
        CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
    }

    /* Free alone kills too, and waits until all of them are gone, daemons included. */
    for (int i = 0; i < 20; i++) {
        gosandbox_config *c = config_for(fixture(i & 1 ? "cpu_threads" : "wall_child"), NULL);
        task = start(c);
        nap_ms(i * 3);
        pid = gosandbox_task_pid(task);
        t = now();
        gosandbox_task_free(task);
        CHECK_SAY(now() - t < 2, "free took %.3f s", now() - t);
        CHECK(pid == 0 || (kill(pid, 0) == -1 && errno == ESRCH));
        CHECK_REFUSED(gosandbox_task_kill(task), GOSANDBOX_EBADF);
    }
    CHECK_NO_CHILDREN();
}

/* A stopped tree, and one in the middle of a vfork, die like any other. */
static void killing_odd_ones(void)
{
    static const char *const names[] = {"stop_self", "stop_child_left", "wall_vfork", "wall_leader_gone", "wall_sigsuspend",
                                        "stop_threads", "cpu_ignore_signals", "processes_churn", "threads_churn", "cpu_exec_thread"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        gosandbox_result *r = NULL;
        gosandbox_task *task = start(config_for(fixture(names[i]), NULL));
        nap_ms(60);
        double t = now();
        CHECK_EQ(gosandbox_task_kill(task), 0);
        CHECK_EQ(gosandbox_task_wait(task, 5 * SECOND, &r), 0);
        CHECK_SAY(now() - t < 2, "%s: killing took %.3f s", names[i], now() - t);
        uint32_t status = stats_of(r).status;
        CHECK_SAY(status == GOSANDBOX_STATUS_CANCELLED || status == GOSANDBOX_STATUS_EXITED, "%s: status %s", names[i],
                  gosandbox_status_name(status));
        gosandbox_result_free(r);
        gosandbox_task_free(task);
    }
    CHECK_NO_CHILDREN();
}

static void poll_descriptor(void)
{
    gosandbox_task *task = start(PROBE("sleep", "300"));
    gosandbox_result *r = NULL;
    int fd = gosandbox_task_poll_fd(task);
    CHECK(fd >= 0);
    CHECK_EQ(gosandbox_task_poll_fd(task), fd);
    CHECK_SAY((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "the poll descriptor is not close-on-exec");
    CHECK(!readable(fd, 0));
    CHECK(readable(fd, 5000));
    CHECK_EQ(gosandbox_task_wait(task, 0, &r), 0); /* readable means: no waiting left */
    CHECK_EXITED(r, 0);
    CHECK(readable(fd, 0)); /* and stays so */
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    CHECK_SAY(fcntl(fd, F_GETFD) == -1, "the poll descriptor outlives its task");

    task = start(PROBE("exit", "2")); /* asked for when it has long ended */
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    gosandbox_result_free(r);
    fd = gosandbox_task_poll_fd(task);
    CHECK(fd >= 0 && readable(fd, 1000));
    gosandbox_task_free(task);

    task = start(PROBE("sleep", "15000")); /* a kill makes it readable */
    fd = gosandbox_task_poll_fd(task);
    CHECK_EQ(gosandbox_task_kill(task), 0);
    CHECK(readable(fd, 3000));
    gosandbox_task_free(task);

    gosandbox_config *c = config_for("/no/such/program", NULL); /* a failed start is an end as well */
    task = start(c);
    fd = gosandbox_task_poll_fd(task);
    CHECK(fd >= 0 && readable(fd, 3000));
    gosandbox_task_free(task);
}

static void failed_start(void)
{
    gosandbox_task *task = start(config_for("/no/such/program", NULL));
    for (int i = 0; i < 3; i++) {
        gosandbox_result *r = NULL;
        CHECK_REFUSED(gosandbox_task_wait(task, 5 * SECOND, &r), GOSANDBOX_ESETUP);
        CHECK_EQ(gosandbox_last_error()->step, GOSANDBOX_STEP_EXEC);
        CHECK_EQ(gosandbox_last_error()->sys_errno, ENOENT);
        CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
        gosandbox_result_free(r);
    }
    gosandbox_task_free(task);
}

static void process_id(void)
{
    gosandbox_config *c = PROBE("pid");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_task *task = start(c);
    gosandbox_result *r = NULL;
    int before = gosandbox_task_pid(task);
    CHECK(before >= 0);
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    if (before > 0)
        CHECK_EQ(atoi(output_of(r)), before);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
}

/* The host closes what it has given as soon as start has returned, and opens other files under the same numbers. */
static void closed_at_once(void)
{
    for (int i = 0; i < 20; i++) {
        int in[2], out[2];
        char text[20] = "";
        CHECK_EQ(pipe2(in, O_CLOEXEC), 0);
        CHECK_EQ(pipe2(out, O_CLOEXEC), 0);
        int exec_fd = open(fixture("probe"), O_RDONLY | O_CLOEXEC);
        gosandbox_config *c = PROBE("cat");
        CHECK_EQ(gosandbox_config_set_fd(c, 0, in[0]), 0);
        CHECK_EQ(gosandbox_config_set_fd(c, 1, out[1]), 0);
        CHECK_EQ(gosandbox_config_set_exec_fd(c, exec_fd), 0);
        gosandbox_task *task = start(c);
        close(in[0]);
        close(out[1]);
        close(exec_fd);
        int others[3];
        for (int k = 0; k < 3; k++)
            others[k] = open("/dev/null", O_RDWR | O_CLOEXEC);
        CHECK_EQ(write(in[1], "through", 7), 7);
        close(in[1]);
        size_t n = 0;
        for (ssize_t m; (m = read(out[0], text + n, sizeof text - 1 - n)) > 0;)
            n += (size_t)m; /* up to the end: nobody else holds the pipe */
        CHECK_TEXT(text, "through");
        gosandbox_result *r = NULL;
        CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
        close(out[0]);
        for (int k = 0; k < 3; k++)
            close(others[k]);
    }
}

/* What is not open is reported by its number, and nothing else is taken for it. */
static void never_open(void)
{
    for (int exec = 0; exec < 2; exec++) {
        gosandbox_config *c = PROBE("cat");
        CHECK_EQ(exec ? gosandbox_config_set_exec_fd(c, 777) : gosandbox_config_set_fd(c, 0, 777), 0);
        gosandbox_task *task = start(c);
        gosandbox_result *r = NULL;
        CHECK_REFUSED(gosandbox_task_wait(task, -1, &r), GOSANDBOX_ESETUP);
        CHECK_EQ(gosandbox_last_error()->sys_errno, EBADF);
        CHECK_SAY(strstr(gosandbox_last_error()->message, "777"), "it says \"%s\"", gosandbox_last_error()->message);
        CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
    }
}

/* A task that nobody waits for ends by its own limits all the same. */
static void unattended(void)
{
    gosandbox_config *c = PROBE("sleep", "15000");
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 200 * MS);
    gosandbox_task *task = start(c);
    gosandbox_result *r = NULL;
    nap_ms(600);
    CHECK_EQ(gosandbox_task_wait(task, 0, &r), 0);
    CHECK_STATUS(r, GOSANDBOX_STATUS_WALL_LIMIT);
    CHECK_SAY(stats_of(r).wall < 400 * (uint64_t)MS, "wall %.3f s", (double)stats_of(r).wall / 1e9);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
}

static void side_by_side(void)
{
    enum { COUNT = 60 };
    static gosandbox_task *tasks[COUNT];
    double t = now();
    for (int i = 0; i < COUNT; i++)
        tasks[i] = start(PROBE("sleep", "500"));
    for (int i = 0; i < COUNT; i++) {
        gosandbox_result *r = NULL;
        CHECK_EQ(gosandbox_task_wait(tasks[i], -1, &r), 0);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
        gosandbox_task_free(tasks[i]);
    }
    CHECK_SAY(now() - t < 5, "%d sleepers of half a second side by side took %.1f s", COUNT, now() - t);
}

int main(void)
{
    wait_and_again();
    result_outlives_task();
    timeouts();
    killing();
    killing_odd_ones();
    poll_descriptor();
    failed_start();
    process_id();
    closed_at_once();
    never_open();
    unattended();
    side_by_side();
    gosandbox_task_free(NULL);
    CHECK_NO_CHILDREN();
    return check_summary();
}
