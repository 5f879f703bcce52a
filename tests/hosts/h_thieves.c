/*
 * Hosts in which somebody waits for any child, as init systems, shells and old servers do, while runs come and go: whoever it is and whenever
 * they begin with it, every run ends as it should. A run that is not told of its own events would never end, so each host is given up after
 * a while. Usage: h_thieves [ROUNDS], 1 unless given.
 */
#include "again.h"

static int finished;
static long stolen;

/* A thread that did nothing but yield would keep others from the CPUs for seconds, on a kernel as of Linux 6.18. */
static void breathe(void)
{
    static const struct timespec moment = {0, 20000};
    nanosleep(&moment, NULL);
}

/* Blocks in waitpid, or does not; where there is no child it looks again and again. */
static void *thief(void *flags)
{
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        int status;
        if (waitpid(-1, &status, (int)(intptr_t)flags) > 0)
            __atomic_add_fetch(&stolen, 1, __ATOMIC_RELAXED);
        else
            breathe();
    }
    return NULL;
}

/* One run of a kind, by the calling thread, that waits for its end. */
static int one(int i)
{
    static const struct {
        const char *fixture;
        uint32_t status;
        int code;
    } kinds[] = {{"probe", GOSANDBOX_STATUS_EXITED, 21},  {"signal_abort", GOSANDBOX_STATUS_SIGNALED, -1},
                 {"exec_chain", GOSANDBOX_STATUS_EXITED, 50}, {"processes_sequential", GOSANDBOX_STATUS_EXITED, 0},
                 {"threads_64", GOSANDBOX_STATUS_EXITED, 0},  {"left_daemon", GOSANDBOX_STATUS_EXITED, 0}};
    const size_t k = (size_t)i % (sizeof kinds / sizeof *kinds);
    gosandbox_config *c = k == 0 ? PROBE("exit", "21") : config_for(fixture(kinds[k].fixture), NULL);
    gosandbox_result *r = RUN(c);
    struct gosandbox_stats s = stats_of(r);
    int ok = CHECK_SAY(s.status == kinds[k].status && (kinds[k].code < 0 || s.exit_code == kinds[k].code), "run %d, %s: %s, exit %d (%s)", i,
                       kinds[k].fixture, gosandbox_status_name(s.status), s.exit_code, gosandbox_result_message(r));
    gosandbox_result_free(r);
    return ok;
}

static void *some(void *first)
{
    for (int i = 0; i < 40; i++)
        one((int)(intptr_t)first + i);
    return NULL;
}

/* Role "beside CALLERS FLAGS": one thread steals, the others run programs. */
static int beside(int callers, int flags)
{
    pthread_t threads[8], it;
    CHECK_EQ(pthread_create(&it, NULL, thief, (void *)(intptr_t)flags), 0);
    pthread_detach(it); /* it may be blocked for good, if there is no child any more */
    for (intptr_t i = 1; i < callers; i++)
        pthread_create(&threads[i], NULL, some, (void *)i);
    some((void *)0);
    for (int i = 1; i < callers; i++)
        pthread_join(threads[i], NULL);
    __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
    return checks_failed != 0;
}

/* Role "later": there is no thief when the library is used for the first time, nor while its threads come and go. */
static int later(void)
{
    for (int round = 0; round < 10; round++) {
        pthread_t it;
        one(round);
        nap_ms(round % 3 * 60); /* threads of the library that are idle end meanwhile, or not */
        __atomic_store_n(&finished, 0, __ATOMIC_RELEASE);
        CHECK_EQ(pthread_create(&it, NULL, thief, (void *)(intptr_t)(round % 2 ? WNOHANG : WNOHANG | __WALL)), 0);
        for (int i = 0; i < 4; i++)
            one(i);
        __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
        pthread_join(it, NULL);
    }
    return checks_failed != 0;
}

/* Role "callback": the only other thread of the host steals, and the one that runs a program is the library's: a callback of a task does. */
static void run_another(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event;
    for (int i = 0; i < 6; i++)
        if (!one(i))
            return;
    *out = GOSANDBOX_ALLOW;
    __atomic_store_n((int *)payload, 1, __ATOMIC_RELEASE);
}

static int callback(void)
{
    for (int round = 0; round < 5; round++) {
        int done = 0;
        gosandbox_task *task = NULL;
        gosandbox_result *r = NULL;
        gosandbox_config *c = config_for(fixture("called"), "ppid", "1", NULL);
        CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
        CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "getppid", GOSANDBOX_NOTIFY, 0, NULL), 0);
        CHECK_EQ(gosandbox_config_set_callback(c, run_another, &done), 0);
        CHECK_EQ(gosandbox_start(c, &task), 0);
        gosandbox_config_free(c);
        while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
            int status;
            if (waitpid(-1, &status, round % 2 ? __WALL : WNOHANG) <= 0)
                breathe();
        }
        CHECK_EQ(gosandbox_task_wait(task, 20 * SECOND, &r), 0);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
    }
    return checks_failed != 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "beside") == 0)
        return beside(argv[2][0] - '0', argv[2][1] == 'w' ? __WALL : argv[2][1] == 'n' ? WNOHANG : 0);
    if (argc > 1 && strcmp(argv[1], "later") == 0)
        return later();
    if (argc > 1 && strcmp(argv[1], "callback") == 0)
        return callback();
    const int rounds = argc > 1 ? atoi(argv[1]) : 1;
    for (int round = 0; round < rounds; round++) {
        static const char *const kinds[] = {"1", "1w", "1n", "4", "4w", "4n"};
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            CHECK_AGAIN("beside", kinds[i], NULL, 60);
        CHECK_AGAIN("later", NULL, NULL, 60);
        CHECK_AGAIN("callback", NULL, NULL, 60);
        if (rounds > 1) {
            printf("round %d: %d passed, %d failed\n", round + 1, checks_passed, checks_failed);
            fflush(stdout);
        }
    }
    return check_summary();
}
