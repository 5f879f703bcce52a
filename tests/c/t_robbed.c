/*
 * A host that reaps everything there is: with a SIGCHLD handler around waitpid(-1), as servers of the old school have it, or
 * with a thread that does nothing else. It takes stops and ends of traced programs away from the library, which must get the
 * verdicts right all the same, and must never hang.
 */
#include "check.h"

static int thief_stops;
static long stolen;

static void *thief(void *flags)
{
    static const struct timespec moment = {0, 20000}; /* sched_yield in a loop keeps others from the CPUs, as of Linux 6.18 */
    while (!__atomic_load_n(&thief_stops, __ATOMIC_ACQUIRE)) {
        int status;
        if (waitpid(-1, &status, WNOHANG | (int)(intptr_t)flags) > 0)
            __atomic_add_fetch(&stolen, 1, __ATOMIC_RELAXED);
        else
            nanosleep(&moment, NULL);
    }
    return NULL;
}

static void reap_all(int signal)
{
    int saved = errno, status;
    (void)signal;
    while (waitpid(-1, &status, WNOHANG) > 0)
        __atomic_add_fetch(&stolen, 1, __ATOMIC_RELAXED);
    errno = saved;
}

/* One run; 1 when its end was the right one. A run that hangs is left alone, for freeing it would hang as well. */
static int ends_well(int i, const char *how)
{
    static const struct {
        const char *fixture;
        uint32_t status;
        int code;
    } table[] = {{"probe", GOSANDBOX_STATUS_EXITED, -1},      {"signal_abort", GOSANDBOX_STATUS_SIGNALED, -1},
                 {"probe", GOSANDBOX_STATUS_EXITED, -1},      {"processes_sequential", GOSANDBOX_STATUS_EXITED, 0},
                 {"cpu_busy", GOSANDBOX_STATUS_CPU_LIMIT, -1}, {"left_daemon", GOSANDBOX_STATUS_EXITED, 0},
                 {"exec_chain", GOSANDBOX_STATUS_EXITED, 50}, {"guard_x32", GOSANDBOX_STATUS_VIOLATION, -1},
                 {"threads_64", GOSANDBOX_STATUS_EXITED, 0},  {"wall_sleep", GOSANDBOX_STATUS_WALL_LIMIT, -1}};
    const size_t row = (size_t)i % (sizeof table / sizeof *table);
    int expected = table[row].code;
    char code[8];
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    gosandbox_config *c;
    if (strcmp(table[row].fixture, "probe") == 0) {
        expected = i % 256;
        snprintf(code, sizeof code, "%d", expected);
        c = PROBE("exit", code);
    } else {
        c = config_for(fixture(table[row].fixture), NULL);
    }
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, row == 9 ? 200 * MS : 8 * SECOND);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 200 * MS);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    if (gosandbox_task_wait(task, 16 * SECOND, &r) == GOSANDBOX_ETIMEDOUT) {
        CHECK_SAY(0, "%s, run %d, %s: it hangs, long after its wall limit", how, i, table[row].fixture);
        return 0;
    }
    struct gosandbox_stats s = stats_of(r);
    int ok = CHECK_SAY(s.status == table[row].status && (s.status != GOSANDBOX_STATUS_EXITED || s.exit_code == expected) &&
                           (s.status != GOSANDBOX_STATUS_SIGNALED || s.signal == SIGABRT),
                       "%s, run %d, %s: status %s, exit %d, signal %d (%s); expected %s %d", how, i, table[row].fixture,
                       gosandbox_status_name(s.status), s.exit_code, s.signal, gosandbox_result_message(r),
                       gosandbox_status_name(table[row].status), expected);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    return ok;
}

static void many(const char *how)
{
    double start = now();
    int wrong = 0, i;
    __atomic_store_n(&stolen, 0, __ATOMIC_RELAXED);
    for (i = 0; i < 100 && wrong < 2 && now() - start < 12; i++)
        wrong += !ends_well(i, how);
    printf("%s: %d runs in %.1f s, %d wrong, %ld events stolen\n", how, i, now() - start, wrong, __atomic_load_n(&stolen, __ATOMIC_RELAXED));
    fflush(stdout);
}

static void by_thread(const char *how, int flags)
{
    pthread_t thread;
    thief_stops = 0;
    CHECK_EQ(pthread_create(&thread, NULL, thief, (void *)(intptr_t)flags), 0);
    many(how);
    __atomic_store_n(&thief_stops, 1, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
}

int main(void)
{
    struct sigaction action, old;
    memset(&action, 0, sizeof action);
    many("nobody steals");
    action.sa_handler = reap_all;
    action.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &action, &old);
    many("a SIGCHLD handler");
    sigaction(SIGCHLD, &old, NULL);
    by_thread("a reaping thread", 0);
    by_thread("a reaping thread, __WALL", __WALL);
    return check_summary();
}
