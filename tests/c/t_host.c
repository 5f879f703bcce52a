/*
 * The host: loading the library and running programs changes nothing of the process it lives in, and its children stay its own.
 *
 * For the state at load this program starts itself again in an odd state (see main): the library is loaded before main runs.
 */
#include "check.h"

#include <sys/prctl.h>

/* ---------------------------------------------------------------- the state that must not change */

struct state {
    struct rlimit limits[16];
    struct sigaction actions[65];
    sigset_t mask;
    cpu_set_t cpus;
    mode_t umask;
    int dumpable, nice, keeps_caps, no_new_privs, subreaper, death_signal, session, group, policy;
    char cwd[4096];
    char descriptors[20000];
};

static void look(struct state *s)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < 16; i++)
        getrlimit((__rlimit_resource_t)i, &s->limits[i]);
    for (int i = 1; i < 65; i++)
        sigaction(i, NULL, &s->actions[i]);
    pthread_sigmask(SIG_SETMASK, NULL, &s->mask);
    sched_getaffinity(0, sizeof s->cpus, &s->cpus);
    s->umask = umask(0);
    umask(s->umask);
    s->dumpable = prctl(PR_GET_DUMPABLE);
    s->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    s->keeps_caps = prctl(PR_GET_KEEPCAPS);
    prctl(PR_GET_CHILD_SUBREAPER, &s->subreaper);
    prctl(PR_GET_PDEATHSIG, &s->death_signal);
    s->nice = getpriority(PRIO_PROCESS, 0);
    s->policy = sched_getscheduler(0);
    s->session = getsid(0);
    s->group = getpgrp();
    if (!getcwd(s->cwd, sizeof s->cwd))
        s->cwd[0] = 0;
    open_descriptors(s->descriptors, sizeof s->descriptors);
}

static void same(const struct state *a, const struct state *b, const char *when)
{
    for (int i = 0; i < 16; i++)
        CHECK_SAY(a->limits[i].rlim_cur == b->limits[i].rlim_cur && a->limits[i].rlim_max == b->limits[i].rlim_max,
                  "%s: rlimit %d was %llu/%llu and is %llu/%llu", when, i, (unsigned long long)a->limits[i].rlim_cur,
                  (unsigned long long)a->limits[i].rlim_max, (unsigned long long)b->limits[i].rlim_cur,
                  (unsigned long long)b->limits[i].rlim_max);
    for (int i = 1; i < 65; i++)
        CHECK_SAY(a->actions[i].sa_handler == b->actions[i].sa_handler && a->actions[i].sa_flags == b->actions[i].sa_flags &&
                      memcmp(&a->actions[i].sa_mask, &b->actions[i].sa_mask, 8) == 0,
                  "%s: the disposition of signal %d changed: handler %p to %p, flags %#x to %#x", when, i,
                  (void *)(uintptr_t)a->actions[i].sa_handler, (void *)(uintptr_t)b->actions[i].sa_handler,
                  (unsigned)a->actions[i].sa_flags, (unsigned)b->actions[i].sa_flags);
    CHECK_SAY(memcmp(&a->mask, &b->mask, 8) == 0, "%s: the signal mask changed", when);
    CHECK_SAY(CPU_EQUAL(&a->cpus, &b->cpus), "%s: the affinity of the calling thread changed", when);
    CHECK_SAY(a->umask == b->umask, "%s: the umask was %o and is %o", when, (unsigned)a->umask, (unsigned)b->umask);
    CHECK_SAY(a->dumpable == b->dumpable, "%s: dumpable was %d and is %d", when, a->dumpable, b->dumpable);
    CHECK_SAY(a->no_new_privs == b->no_new_privs, "%s: no_new_privs changed", when);
    CHECK_SAY(a->keeps_caps == b->keeps_caps, "%s: keepcaps changed", when);
    CHECK_SAY(a->subreaper == b->subreaper, "%s: it became a subreaper", when);
    CHECK_SAY(a->death_signal == b->death_signal, "%s: the parent-death signal changed", when);
    CHECK_SAY(a->nice == b->nice && a->policy == b->policy, "%s: scheduling of the calling thread changed", when);
    CHECK_SAY(a->session == b->session && a->group == b->group, "%s: session or group changed", when);
    CHECK_SAY(strcmp(a->cwd, b->cwd) == 0, "%s: cwd was %s and is %s", when, a->cwd, b->cwd);
    CHECK_SAY(strcmp(a->descriptors, b->descriptors) == 0, "%s: descriptors were\n%sand are\n%s", when, a->descriptors, b->descriptors);
}

/* A bit of everything: verdicts of all kinds, failed starts, other ids, tasks. */
static void exercise(void)
{
    static const char *const names[] = {"exit_1", "signal_abort", "memory_under", "processes_sequential", "guard_x32", "left_daemon",
                                        "clone_parent_left", "threads_64", "exec_chain", "stop_child"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        gosandbox_config *c = config_for(fixture(names[i]), NULL);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 5 * SECOND);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, MIB);
        gosandbox_config_capture(c, 1, 1000);
        gosandbox_config_capture(c, 2, 1000);
        gosandbox_config_set_stdin_bytes(c, "abc", 3);
        gosandbox_config_set_umask(c, 0);
        gosandbox_config_set_nice(c, 5);
        gosandbox_config_set_cwd(c, "/");
        gosandbox_config_set_rlimit(c, RLIMIT_NOFILE, 30, 30);
        if (i % 2 && gosandbox_feature(GOSANDBOX_FEATURE_CHANGE_IDS) == 1)
            gosandbox_config_set_ids(c, 65534, 65534);
        gosandbox_result *r = RUN(c);
        gosandbox_result_free(r);
    }
    gosandbox_result_free(RUN_EXPECT(config_for("/no/such/program", NULL), GOSANDBOX_ESETUP));
    gosandbox_task *task = NULL;
    gosandbox_config *c = PROBE("sleep", "15000");
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    CHECK(gosandbox_task_poll_fd(task) >= 0);
    nap_ms(20);
    gosandbox_task_free(task);
}

static void on_signal(int signal) { (void)signal; }

static void runs_change_nothing(void)
{
    static struct state before, after;
    struct sigaction action;
    struct sigaction old[65];
    sigset_t mask, old_mask;
    struct rlimit limit, old_limit;
    cpu_set_t old_cpus, one;
    mode_t old_umask;

    exercise(); /* what the library makes once is there now */
    look(&before);
    exercise();
    look(&after);
    same(&before, &after, "after runs");

    /* The same from an odd state that the host chose itself. */
    memset(&action, 0, sizeof action);
    for (int i = 1; i < 65; i++) {
        sigaction(i, NULL, &old[i]);
        if (i == SIGKILL || i == SIGSTOP || i == SIGSEGV || i == SIGBUS || i == SIGFPE || i == SIGILL || i == SIGTRAP || i == 32 || i == 33 ||
            i == 34 || i == SIGURG || i == SIGPROF)
            continue;
        action.sa_handler = i % 3 == 0 ? SIG_IGN : i % 3 == 1 ? on_signal : SIG_DFL;
        action.sa_flags = i % 2 ? SA_RESTART : SA_NODEFER;
        sigaction(i, &action, NULL);
    }
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &mask, &old_mask);
    getrlimit(RLIMIT_NOFILE, &old_limit);
    limit = old_limit;
    limit.rlim_cur = 77;
    setrlimit(RLIMIT_NOFILE, &limit);
    old_umask = umask(0135);
    sched_getaffinity(0, sizeof old_cpus, &old_cpus);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &old_cpus))
            CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    look(&before);
    exercise();
    look(&after);
    same(&before, &after, "after runs in an odd state");

    /* And a program of such a host starts in a clean state all the same. */
    static const char *const checks[] = {"check_signals", "check_session", "check_fds", "check_environment", "check_core"};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        gosandbox_config *c = config_for(fixture(checks[i]), NULL);
        gosandbox_config_capture(c, 1, 1000);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        CHECK_TEXT(output_of(r), "");
        gosandbox_result_free(r);
    }
    sched_setaffinity(0, sizeof old_cpus, &old_cpus);
    umask(old_umask);
    setrlimit(RLIMIT_NOFILE, &old_limit);
    pthread_sigmask(SIG_SETMASK, &old_mask, NULL);
    for (int i = 1; i < 65; i++)
        if (i != SIGKILL && i != SIGSTOP && i != 32 && i != 33)
            sigaction(i, &old[i], NULL);
}

/* ---------------------------------------------------------------- children of the host */

static void own_children(void)
{
    for (int i = 0; i < 30; i++) {
        pid_t early = fork();
        if (early == 0)
            _exit(7);
        pid_t late = fork();
        if (late == 0) {
            nap_ms(10);
            _exit(8);
        }
        gosandbox_result *r = RUN(PROBE(i & 1 ? "exit" : "sleep", "20"));
        CHECK_EXITED(r, i & 1 ? 20 : 0);
        gosandbox_result_free(r);
        int status = 0;
        CHECK_SAY(waitpid(early, &status, 0) == early && WIFEXITED(status) && WEXITSTATUS(status) == 7,
                  "the host's child was reaped by somebody else: %s, status %#x", strerror(errno), (unsigned)status);
        CHECK_SAY(waitpid(late, &status, 0) == late && WIFEXITED(status) && WEXITSTATUS(status) == 8,
                  "the host's child was reaped by somebody else: %s, status %#x", strerror(errno), (unsigned)status);
    }
    CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* ---------------------------------------------------------------- state at load */

/* Role "loaded": started by at_load in an odd state, with the library loaded before main. */
static int loaded(void)
{
    struct rlimit limit;
    sigset_t mask;
    gosandbox_config_free(PROBE("exit", "0")); /* the runtime starts in a thread of its own: wait for it */
    getrlimit(RLIMIT_NOFILE, &limit);
    CHECK_EQ(limit.rlim_cur, 123);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK(sigismember(&mask, SIGHUP) == 1 && sigismember(&mask, SIGUSR2) == 1 && sigismember(&mask, SIGTERM) == 0);
    for (int i = 1; i < 32; i++) {
        struct sigaction action;
        if (i == SIGKILL || i == SIGSTOP)
            continue;
        sigaction(i, NULL, &action);
        int ignored = i == SIGPIPE || i == SIGXFSZ || i == SIGUSR1;
        if (ignored)
            CHECK_SAY(action.sa_handler == SIG_IGN, "signal %d was ignored before loading and is not any more", i);
        else if (action.sa_handler != SIG_DFL)
            CHECK_SAY(i == SIGBUS || i == SIGFPE || i == SIGSEGV || i == SIGPIPE || i == SIGURG, "loading set a handler for signal %d", i);
    }
    mode_t mask_now = umask(0);
    CHECK_EQ(mask_now, 0135);
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    char text[5000];
    int n = open_descriptors(text, sizeof text);
    CHECK_SAY(n <= 3, "loading opened descriptors:\n%s", text);
    printf("threads after loading: %ld\n", status_number("Threads:"));
    CHECK_SAY(status_number("Threads:") <= 8, "loading started %ld threads", status_number("Threads:"));
    /* The program gets the host's RLIMIT_NOFILE, whatever the runtime did with it. */
    gosandbox_config *c = PROBE("limit", "7");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_result *r = RUN(c);
    CHECK_SAY(strncmp(output_of(r), "123 ", 4) == 0, "RLIMIT_NOFILE of the program: %s", output_of(r));
    gosandbox_result_free(r);
    return check_summary();
}

static void at_load(void)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit;
        sigset_t mask;
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = 123;
        setrlimit(RLIMIT_NOFILE, &limit);
        for (int i = 1; i < 65; i++)
            signal(i, i == SIGPIPE || i == SIGXFSZ || i == SIGUSR1 ? SIG_IGN : SIG_DFL);
        sigemptyset(&mask);
        sigaddset(&mask, SIGHUP);
        sigaddset(&mask, SIGUSR2);
        sigprocmask(SIG_SETMASK, &mask, NULL);
        umask(0135);
        for (int fd = 3; fd < 256; fd++)
            close(fd);
        execl("/proc/self/exe", "t_host", "loaded", (char *)NULL);
        _exit(1);
    }
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the process in an odd state: status %#x", (unsigned)status);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "loaded") == 0)
        return loaded();
    at_load();
    runs_change_nothing();
    own_children();
    CHECK_NO_CHILDREN();
    return check_summary();
}
