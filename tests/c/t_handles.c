/*
 * Handles that are none, of another type, freed, freed twice; what last_error says and to whom; and the sizes of structs.
 */
#include "check.h"

#include <stdint.h>

static const char *const one[] = {"/bin/true"};

/* Pointers that are no handles. The library must not look behind them: the first three are not even mapped. */
static void *bad_handles[12];
static int bad_count;

static gosandbox_config *config;
static gosandbox_result *result;
static gosandbox_task *task;

static void collect_bad_handles(void)
{
    static long on_stack_like[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    gosandbox_config *freed = NULL;
    gosandbox_config_new(&freed);
    gosandbox_config_free(freed);
    bad_handles[bad_count++] = NULL;
    bad_handles[bad_count++] = (void *)1;
    bad_handles[bad_count++] = (void *)(uintptr_t)0xdeadbeefcafeull;
    bad_handles[bad_count++] = (void *)UINTPTR_MAX;
    bad_handles[bad_count++] = (void *)on_stack_like;
    bad_handles[bad_count++] = (void *)freed;
    bad_handles[bad_count++] = (void *)(uintptr_t)gosandbox_version;
}

/* Every function that takes a config, with h in its place; all other arguments are good. */
static void config_calls(void *h)
{
    gosandbox_config *c = (gosandbox_config *)h;
    gosandbox_result *r = (gosandbox_result *)&r;
    gosandbox_task *t = (gosandbox_task *)&t;
    const char *const env[] = {"A=b"};
    const uint32_t cpu = 0;
    CHECK_REFUSED(gosandbox_config_set_argv(c, 1, one), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_env(c, 1, env), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_cwd(c, "/"), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_exec_fd(c, 0), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_stdin_bytes(c, "x", 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_fd(c, 1, 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_open_fd(c, 0, "/dev/null", 0, 0), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_dup_fd(c, 2, 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_capture(c, 1, 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_process_action(c, GOSANDBOX_KILL), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_rlimit(c, RLIMIT_CORE, 0, 0), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_ids(c, 1, 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_umask(c, 022), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_add_path(c, "/", 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_path_action(c, GOSANDBOX_KILL), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_affinity(c, 1, &cpu), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_nice(c, 0), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_policy(c, NULL, GOSANDBOX_ALLOW), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_add_rule(c, 0, "socket", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EBADF);
    CHECK_SAY(r == NULL, "*out was not set to NULL by a failed run");
    CHECK_REFUSED(gosandbox_start(c, &t), GOSANDBOX_EBADF);
    CHECK_SAY(t == NULL, "*out was not set to NULL by a failed start");
}

static void result_calls(void *h)
{
    const gosandbox_result *r = (const gosandbox_result *)h;
    struct gosandbox_stats stats;
    struct gosandbox_syscall call;
    size_t n = 77;
    stats.size = sizeof stats;
    call.size = sizeof call;
    CHECK_REFUSED(gosandbox_result_stats(r, &stats), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_result_violation(r, &call, NULL, 0), GOSANDBOX_EBADF);
    CHECK_TEXT(gosandbox_result_message(r), "");
    CHECK(gosandbox_result_output(r, 1, &n) == NULL);
    CHECK_EQ(n, 0);
    CHECK(gosandbox_result_output(r, 1, NULL) == NULL);
    CHECK(gosandbox_result_error(r) == NULL);
}

static void task_calls(void *h)
{
    gosandbox_task *t = (gosandbox_task *)h;
    gosandbox_result *r = (gosandbox_result *)&r;
    CHECK_REFUSED(gosandbox_task_wait(t, 0, &r), GOSANDBOX_EBADF);
    CHECK(r == NULL);
    CHECK_REFUSED(gosandbox_task_kill(t), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_task_poll_fd(t), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_task_pid(t), GOSANDBOX_EBADF);
}

static void handles(void)
{
    long on_stack[4] = {0, 0, 0, 0};
    for (int i = 0; i < bad_count; i++) {
        config_calls(bad_handles[i]);
        result_calls(bad_handles[i]);
        task_calls(bad_handles[i]);
        gosandbox_config_free((gosandbox_config *)bad_handles[i]);
        gosandbox_result_free((gosandbox_result *)bad_handles[i]);
        gosandbox_task_free((gosandbox_task *)bad_handles[i]);
    }
    config_calls(on_stack);
    result_calls(on_stack);
    task_calls(on_stack);

    /* Live handles of another type. Freeing them as the wrong type must not harm them. */
    config_calls(result);
    config_calls(task);
    result_calls(config);
    result_calls(task);
    task_calls(config);
    task_calls(result);
    gosandbox_config_free((gosandbox_config *)result);
    gosandbox_config_free((gosandbox_config *)task);
    gosandbox_result_free((gosandbox_result *)config);
    gosandbox_result_free((gosandbox_result *)task);
    gosandbox_task_free((gosandbox_task *)config);
    gosandbox_task_free((gosandbox_task *)result);
    CHECK_EQ(gosandbox_config_set_argv(config, 1, one), 0);
    CHECK_EXITED(result, 0);
    CHECK(gosandbox_task_pid(task) >= 0);

    /* Freed twice, and used after it, with new handles made in between: a number is not given to another too soon. */
    gosandbox_config *a = NULL, *b = NULL;
    CHECK_EQ(gosandbox_config_new(&a), 0);
    gosandbox_config_free(a);
    for (int i = 0; i < 1000; i++) {
        CHECK_EQ(gosandbox_config_new(&b), 0);
        if (b == a) {
            CHECK_SAY(0, "a freed handle was given out again after %d others", i);
            break;
        }
        gosandbox_config_free(a);
        if (i % 100 == 0)
            CHECK_REFUSED(gosandbox_config_set_cwd(a, "/"), GOSANDBOX_EBADF);
        CHECK_EQ(gosandbox_config_set_cwd(b, "/"), 0);
        gosandbox_config_free(b);
    }
    gosandbox_result *r = RUN(PROBE("exit", "4"));
    CHECK_EXITED(r, 4);
    gosandbox_result_free(r);
    gosandbox_result_free(r);
    result_calls(r);

    CHECK_REFUSED(gosandbox_config_new(NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_run(config, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_start(config, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_task_wait(task, 0, NULL), GOSANDBOX_EINVAL);
}

static void *other_thread(void *unused)
{
    const struct gosandbox_error *error = gosandbox_last_error();
    CHECK(error != NULL && error->message != NULL);
    CHECK_EQ(error->code, 0);
    CHECK_EQ(error->size, sizeof *error);
    CHECK_REFUSED(gosandbox_config_set_cwd(NULL, "/"), GOSANDBOX_EBADF);
    return unused;
}

static void last_error(void)
{
    char before[400];
    pthread_t thread;
    CHECK_REFUSED(gosandbox_config_set_limit(config, 1000, 1), GOSANDBOX_EINVAL);
    const struct gosandbox_error *error = gosandbox_last_error();
    CHECK_EQ(error->size, sizeof *error);
    CHECK_EQ(error->step, GOSANDBOX_STEP_NONE);
    CHECK_EQ(error->sys_errno, 0);
    snprintf(before, sizeof before, "%s", error->message);
    /* Success leaves it alone, and so do functions that cannot fail and other threads. */
    CHECK_EQ(gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_CPU, SECOND), 0);
    CHECK_EQ(gosandbox_config_set_cwd(config, "/"), 0);
    gosandbox_version();
    gosandbox_status_name(77);
    gosandbox_config_free(NULL);
    gosandbox_result *r = RUN(PROBE("exit", "0"));
    gosandbox_result_free(r);
    pthread_create(&thread, NULL, other_thread, NULL);
    pthread_join(thread, NULL);
    CHECK_EQ(gosandbox_last_error()->code, GOSANDBOX_EINVAL);
    CHECK_TEXT(gosandbox_last_error()->message, before);
    /* A failure overwrites it. */
    CHECK_REFUSED(gosandbox_config_set_cwd(NULL, "/"), GOSANDBOX_EBADF);
    CHECK(strcmp(gosandbox_last_error()->message, before) != 0);
}

/* Structs that only grow: the library writes no more than the caller's size. */
static void sizes(void)
{
    union {
        struct gosandbox_stats stats;
        unsigned char bytes[sizeof(struct gosandbox_stats) + 64];
    } u;
    union {
        struct gosandbox_syscall call;
        unsigned char bytes[sizeof(struct gosandbox_syscall) + 64];
    } v;
    for (uint32_t size = 0; size <= sizeof(struct gosandbox_stats); size += 4) {
        memset(&u, 0xa5, sizeof u);
        u.stats.size = size;
        int code = gosandbox_result_stats(result, &u.stats);
        CHECK_SAY(code == (size < 8 ? GOSANDBOX_EINVAL : 0), "stats with size %u gave %d", size, code);
        int touched = 0;
        for (size_t i = size < 4 ? 4 : size; i < sizeof u; i++)
            touched += u.bytes[i] != 0xa5;
        CHECK_SAY(touched == 0, "stats with size %u: %d bytes beyond it were written", size, touched);
        if (code == 0)
            CHECK_EQ(u.stats.status, GOSANDBOX_STATUS_EXITED);
    }
    CHECK_REFUSED(gosandbox_result_stats(result, NULL), GOSANDBOX_EINVAL);
    memset(&v, 0xa5, sizeof v);
    v.call.size = sizeof v.call;
    CHECK_EQ(gosandbox_result_violation(result, &v.call, NULL, 0), 0);
    for (size_t i = sizeof v.call; i < sizeof v; i++)
        CHECK(v.bytes[i] == 0xa5);
    CHECK_REFUSED(gosandbox_result_violation(result, NULL, NULL, 0), GOSANDBOX_EINVAL);
}

int main(void)
{
    collect_bad_handles();
    CHECK_EQ(gosandbox_last_error()->code, 0);
    CHECK(gosandbox_last_error()->message != NULL);
    CHECK_EQ(gosandbox_config_new(&config), 0);
    result = RUN(PROBE("exit", "0"));
    CHECK_EXITED(result, 0);
    gosandbox_config *sleeper = PROBE("sleep", "15000");
    CHECK_EQ(gosandbox_start(sleeper, &task), 0);
    gosandbox_config_free(sleeper);

    handles();
    last_error();
    sizes();

    gosandbox_task_free(task);
    gosandbox_task_free(task);
    gosandbox_result_free(result);
    gosandbox_config_free(config);
    CHECK_NO_CHILDREN();
    return check_summary();
}
