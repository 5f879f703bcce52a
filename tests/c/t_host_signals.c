/*
 * The host's signals, callers with little room, fork in the host, and the death of the host.
 *
 * Some of it can be the end of a process, so it is done in one of its own: this program starts itself again in a role.
 */
#include "check.h"

#include <spawn.h>
#include <sys/time.h>

static void on_signal(int signal) { (void)signal; }

/* ---------------------------------------------------------------- fork in the host */

static void forked_child(void)
{
    gosandbox_config *config = NULL;
    gosandbox_result *old = RUN(PROBE("exit", "3"));
    gosandbox_config *made_before = PROBE("exit", "0");
    gosandbox_task *task = NULL;
    CHECK_EQ(gosandbox_start(made_before, &task), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        gosandbox_result *r = (gosandbox_result *)&r;
        gosandbox_task *t = NULL;
        struct gosandbox_stats stats;
        const char *const argv[] = {"/bin/true"};
        int failed = 0, step = 0;
        alarm(20);
        stats.size = sizeof stats;
#define FORKED(call) (step++, (call) == GOSANDBOX_EFORKED && gosandbox_last_error()->code == GOSANDBOX_EFORKED && \
                              gosandbox_last_error()->message[0] ? 0 : (printf("in a forked child: %s\n", #call), failed++))
        FORKED(gosandbox_config_new(&config));
        FORKED(gosandbox_config_set_argv(made_before, 1, argv));
        FORKED(gosandbox_config_set_limit(made_before, GOSANDBOX_LIMIT_CPU, 1));
        FORKED(gosandbox_run(made_before, &r));
        FORKED(gosandbox_start(made_before, &t));
        FORKED(gosandbox_task_wait(task, -1, &r));
        FORKED(gosandbox_task_kill(task));
        FORKED(gosandbox_task_pid(task));
        FORKED(gosandbox_task_poll_fd(task));
        FORKED(gosandbox_result_stats(old, &stats));
        FORKED(gosandbox_feature(GOSANDBOX_FEATURE_PTRACE));
        FORKED(gosandbox_set_log(GOSANDBOX_LOG_ERROR, NULL, NULL));
        if (gosandbox_result_message(old) == NULL)
            failed++;
        gosandbox_result_output(old, 1, NULL);
        gosandbox_result_error(old);
        gosandbox_task_free(task); /* nothing happens, and nothing hangs */
        gosandbox_result_free(old);
        gosandbox_config_free(made_before);
        if (gosandbox_version() != GOSANDBOX_VERSION)
            failed++;
        fflush(stdout);
        _exit(failed ? 1 : 0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the forked child: status %#x", (unsigned)status);
    /* Here all goes on. */
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    CHECK_EXITED(old, 3);
    gosandbox_result_free(old);
    gosandbox_config_free(made_before);
}

/* ---------------------------------------------------------------- callers */

static void *small_stack(void *unused)
{
    gosandbox_config *c = PROBE("text", "1", "small");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, SECOND);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "small");
    gosandbox_result_free(r);
    return unused;
}

static void small_stacks(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    CHECK_EQ(pthread_attr_setstacksize(&attributes, 64 << 10), 0);
    for (int i = 0; i < 20; i++) {
        if (CHECK(pthread_create(&thread, &attributes, small_stack, NULL) == 0))
            pthread_join(thread, NULL);
    }
    pthread_attr_destroy(&attributes);
}

/* Signals to the host while a run goes on reach the host's handler, and neither end nor disturb the run. */
static volatile sig_atomic_t usr1;
static void count_usr1(int signal) { (void)signal, usr1++; }

static void interrupted(void)
{
    struct sigaction action, old;
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_usr1; /* no SA_RESTART: system calls of the host are interrupted */
    sigaction(SIGUSR1, &action, &old);
    gosandbox_config *c = PROBE("sleep", "300");
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    for (int i = 0; i < 50; i++) {
        kill(getpid(), SIGUSR1);
        nap_ms(2);
    }
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_EXITED(r, 0);
    CHECK_SAY(usr1 > 0, "no signal reached the host");
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    sigaction(SIGUSR1, &old, NULL);
}

/* A signal that every thread of the host blocks must not end it: the library's threads must not take it. */
static void blocked_signals(void)
{
    sigset_t set, old;
    siginfo_t info;
    struct timespec soon = {2, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGHUP);
    nap_ms(20);
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    for (int i = 0; i < 3; i++)
        CHECK_SAY(sigtimedwait(&set, &info, &soon) > 0, "a blocked signal was taken by a thread of the library");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* ---------------------------------------------------------------- signals on the caller's thread */

/* A C host's handlers do not ask for an alternate stack (SA_ONSTACK). They interrupt a thread that is inside the library all
 * the same, SIGCHLD at every stop of a traced program, and must not find themselves on a stack of a few kilobytes. */
static volatile sig_atomic_t handled;

static void greedy(int signal)
{
    volatile char room[4096];
    memset((void *)room, signal, sizeof room);
    handled += room[4095] == signal;
}

/* Roles "alarms" and "children": in a process of its own since it may be the end of it. */
static int stormed(int signal)
{
    struct sigaction action;
    struct itimerval often = {{0, 500}, {0, 500}};
    memset(&action, 0, sizeof action);
    action.sa_handler = greedy;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, NULL);
    if (signal == SIGALRM)
        setitimer(ITIMER_REAL, &often, NULL);
    double start = now();
    while (now() - start < 3) {
        gosandbox_config *c = PROBE("exit", "5");
        gosandbox_config_capture(c, 1, 100);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 5);
        gosandbox_result_free(r);
    }
    CHECK_SAY(handled > 100, "only %d signals were handled", (int)handled);
    return check_summary();
}

/* Starts this program again in a role, and expects it to succeed. */
static void in_role(const char *role)
{
    extern char **environ;
    char self[] = "/proc/self/exe", *argv[] = {self, (char *)(uintptr_t)role, NULL};
    int status = 0;
    pid_t pid;
    fflush(stdout);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0); /* a dying runtime says a lot */
    CHECK_EQ(posix_spawn(&pid, self, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a host in the role \"%s\": %s %d", role,
              WIFSIGNALED(status) ? "ended by signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* Role "ignored": the kernel reaps the host's children at once. */
static int ignored_sigchld(void)
{
    struct sigaction ignore, old;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    for (int variant = 0; variant < 2; variant++) {
        if (variant == 1) {
            ignore.sa_handler = on_signal;
            ignore.sa_flags = SA_NOCLDWAIT;
        }
        sigaction(SIGCHLD, &ignore, &old);
        for (int i = 0; i < 40; i++) {
            char code[8];
            snprintf(code, sizeof code, "%d", i);
            gosandbox_result *r = RUN(PROBE("exit", code));
            CHECK_EXITED(r, i);
            gosandbox_result_free(r);
        }
        gosandbox_result *r = RUN(PROBE("signal", "11"));
        CHECK_STATUS(r, GOSANDBOX_STATUS_SIGNALED);
        CHECK_EQ(stats_of(r).signal, 11);
        gosandbox_result_free(r);
        gosandbox_config *c = config_for(fixture("cpu_orphans"), NULL);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 300 * MS);
        r = RUN(c);
        CHECK_STATUS(r, GOSANDBOX_STATUS_CPU_LIMIT);
        gosandbox_result_free(r);
        sigaction(SIGCHLD, &old, NULL);
    }
    CHECK_NO_CHILDREN();
    return check_summary();
}

/* ---------------------------------------------------------------- death of the host */

/* The host is killed while programs run: they die with it. Role "victim" of this program. */
static int victim(void)
{
    static const char *const names[] = {"wall_sleep", "cpu_busy", "left_subreaper", "wall_child", "cpu_ignore_signals"};
    gosandbox_task *task = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        gosandbox_config *c = config_for(fixture(names[i]), NULL);
        gosandbox_config_set_fd(c, 9, 1); /* a copy of our stdout, the pipe that the test watches */
        if (gosandbox_start(c, &task) != 0)
            return 1;
        gosandbox_config_free(c);
    }
    nap_ms(200);
    if (write(1, "up", 2) != 2)
        return 1;
    nap_ms(15000);
    return 0;
}

static void killed_host(void)
{
    extern char **environ;
    int p[2];
    char text[8] = "", self[] = "/proc/self/exe", role[] = "victim";
    char *argv[] = {self, role, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    CHECK_EQ(pipe2(p, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, p[1], 1);
    CHECK_EQ(posix_spawn(&pid, self, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(p[1]);
    CHECK_EQ(read(p[0], text, 2), 2);
    CHECK_TEXT(text, "up");
    CHECK_EQ(kill(pid, SIGKILL), 0);
    waitpid(pid, NULL, 0);
    double start = now();
    CHECK_EQ(read(p[0], text, 1), 0); /* the end: nobody holds the pipe any more */
    CHECK_SAY(now() - start < 1, "the programs outlived their killed host by %.1f s", now() - start);
    close(p[0]);
}

int main(int argc, char **argv)
{
    const char *role = argc > 1 ? argv[1] : "";
    if (strcmp(role, "victim") == 0)
        return victim();
    if (strcmp(role, "alarms") == 0)
        return stormed(SIGALRM);
    if (strcmp(role, "children") == 0)
        return stormed(SIGCHLD);
    if (strcmp(role, "ignored") == 0)
        return ignored_sigchld();
    small_stacks();
    interrupted();
    blocked_signals();
    forked_child();
    killed_host();
    in_role("ignored");
    in_role("alarms");
    in_role("children");
    CHECK_NO_CHILDREN();
    return check_summary();
}
