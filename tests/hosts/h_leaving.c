/*
 * Leaving in the middle: the host exits, or one of its threads does, while programs run. Nothing crashes, nothing hangs, and no
 * program outlives the host.
 */
#include "again.h"

/* Every way out of a process. The programs hold a copy of descriptor 9, so its other end tells when the last is gone. */
static int leave(const char *way)
{
    static const char *const names[] = {"wall_sleep", "cpu_busy", "wall_child", "cpu_ignore_signals"};
    for (int i = 0; i < 12; i++) {
        gosandbox_task *task = NULL;
        gosandbox_config *c = config_for(fixture(names[i % 4]), NULL);
        gosandbox_config_set_fd(c, 9, 9);
        gosandbox_config_capture(c, 1, 100);
        if (gosandbox_start(c, &task) != 0)
            return 1;
        gosandbox_config_free(c);
    }
    if (strcmp(way, "later") == 0)
        nap_ms(200);
    if (strcmp(way, "_exit") == 0)
        _exit(7);
    if (strcmp(way, "quick") == 0)
        quick_exit(7);
    if (strcmp(way, "term") == 0)
        raise(SIGTERM);
    if (strcmp(way, "exec") == 0)
        execl("/bin/sh", "sh", "-c", "exec 9>&-; exit 7", (char *)NULL);
    exit(7);
}

static void *blocked_in_run(void *unused)
{
    gosandbox_result *r = NULL;
    gosandbox_config *c = config_for(fixture("wall_sleep"), NULL);
    gosandbox_config_set_fd(c, 9, 9);
    gosandbox_run(c, &r);
    return unused;
}

/* Threads are blocked in gosandbox_run when another one exits. */
static int leave_blocked(void)
{
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, blocked_in_run, NULL);
    nap_ms(100);
    exit(7);
}

/* A callback that is being asked when the host goes. */
static int asked;

static void slow(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event, (void)payload;
    __atomic_add_fetch(&asked, 1, __ATOMIC_RELEASE);
    nap_ms(20000);
    *out = GOSANDBOX_ALLOW;
}

/* Role "amid": by exit or by SIGKILL, amid 64 programs, some in pid namespaces where there are any, and callbacks that are being asked. */
static int leave_amid(const char *way)
{
    const int namespaces = gosandbox_feature(GOSANDBOX_FEATURE_PID_NAMESPACE) == 1 && geteuid() == 0;
    gosandbox_task *task = NULL;
    for (int i = 0; i < 64; i++) {
        gosandbox_config *c = i % 4 == 0 ? config_for(fixture("called"), "ppid", "5", NULL) : config_for(fixture(i % 4 == 1 ? "wall_sleep" : "wall_child"), NULL);
        gosandbox_config_set_fd(c, 9, 9);
        if (i % 4 == 0) {
            gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW);
            gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "getppid", GOSANDBOX_NOTIFY, 0, NULL);
            gosandbox_config_set_callback(c, slow, NULL);
        } else if (namespaces && i % 4 == 3) {
            gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_PID, NULL);
        }
        if (gosandbox_start(c, &task) != 0)
            return 1;
        gosandbox_config_free(c);
    }
    for (int i = 0; i < 10000 && __atomic_load_n(&asked, __ATOMIC_ACQUIRE) < 16; i++)
        nap_ms(1);
    if (__atomic_load_n(&asked, __ATOMIC_ACQUIRE) < 16)
        return 2;
    if (strcmp(way, "kill") == 0)
        raise(SIGKILL);
    exit(7);
}

/* Role "handler": a handler of the host's interrupts the end of tasks again and again, then ends the host. */
static volatile sig_atomic_t handled;
static void on_term(int signal) { handled += signal > 0; }

static void *terminate(void *thread)
{
    for (int i = 0; i < 400; i++) {
        pthread_kill(*(pthread_t *)thread, SIGTERM);
        nap_ms(1);
    }
    return NULL;
}

static int handler(void)
{
    pthread_t self = pthread_self(), other;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_term; /* without SA_RESTART and SA_ONSTACK */
    sigaction(SIGTERM, &action, NULL);
    pthread_create(&other, NULL, terminate, &self);
    for (int i = 0; handled < 100 && i < 5000; i++) {
        gosandbox_task *task = NULL;
        gosandbox_config *c = config_for(fixture(i % 2 ? "wall_child" : "wall_sleep"), NULL);
        CHECK_EQ(gosandbox_start(c, &task), 0);
        gosandbox_config_free(c);
        gosandbox_task_free(task);
    }
    pthread_join(other, NULL);
    CHECK(handled >= 100);
    CHECK_NO_CHILDREN();
    FULL_RUN();
    exit(checks_failed ? 9 : 7);
}

static void at_exit(void)
{
    gosandbox_result *r = NULL;
    gosandbox_config *c = PROBE("exit", "5");
    if (gosandbox_run(c, &r) != 0 || stats_of(r).exit_code != 5)
        _exit(8);
}

/* A run from a handler of exit(). */
static int run_at_exit(void)
{
    FULL_RUN();
    atexit(at_exit);
    exit(checks_failed ? 9 : 7);
}

static void leaves(const char *role, const char *way, int by_signal)
{
    int p[2];
    char byte;
    CHECK_EQ(pipe(p), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(p[1], 9);
        close(p[0]);
        close(p[1]);
        execl("/proc/self/exe", "host", role, way, (char *)NULL);
        _exit(126);
    }
    close(p[1]);
    int status = 0;
    double start = now();
    for (; now() - start < 20 && waitpid(pid, &status, WNOHANG) == 0; nap_ms(1))
        ;
    CHECK_SAY(by_signal ? WIFSIGNALED(status) && WTERMSIG(status) == by_signal : WIFEXITED(status) && WEXITSTATUS(status) == 7,
              "leaving by %s %s: status %#x after %.1f s", role, way, (unsigned)status, now() - start);
    kill(pid, SIGKILL);
    struct pollfd end = {p[0], POLLIN, 0};
    CHECK_SAY(poll(&end, 1, 1000) == 1 && read(p[0], &byte, 1) == 0, "leaving by %s %s: a program outlived the host by a second",
              role, way);
    close(p[0]);
}

/* ---------------------------------------------------------------- threads that leave */

static gosandbox_task *tasks[64];

static void *start_and_exit(void *slot)
{
    gosandbox_config *c = PROBE("exit", "6");
    gosandbox_start(c, &tasks[(intptr_t)slot]);
    gosandbox_config_free(c);
    pthread_exit(NULL);
}

/* The thread that asked for a program is gone before the program is there. */
static void starters_leave(void)
{
    for (int round = 0; round < 4; round++) {
        pthread_t threads[16];
        for (intptr_t i = 0; i < 16; i++)
            pthread_create(&threads[i], NULL, start_and_exit, (void *)i);
        for (int i = 0; i < 16; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < 16; i++) {
            gosandbox_result *r = NULL;
            CHECK_EQ(gosandbox_task_wait(tasks[i], 20 * SECOND, &r), 0);
            CHECK_EXITED(r, 6);
            gosandbox_result_free(r);
            gosandbox_task_free(tasks[i]);
        }
    }
}

static void *after_main(void *unused)
{
    nap_ms(100);
    for (int i = 0; i < 5; i++)
        FULL_RUN();
    if (unused || checks_failed)
        exit(9);
    exit(7);
}

/* The first thread is gone, its zombie is what /proc/self shows; the others go on. */
static int main_thread_leaves(void)
{
    pthread_t thread;
    char folder[4200];
    snprintf(folder, sizeof folder, "%s", fixture(""));
    setenv("GOSANDBOX_FIXTURES", folder, 1); /* /proc/self/exe goes as well */
    FULL_RUN();
    pthread_create(&thread, NULL, after_main, NULL);
    pthread_exit(NULL);
}

/* A thread that is cancelled while it waits: the library holds no lock then, so all goes on. */
static void *wait_long(void *task)
{
    gosandbox_result *r = NULL;
    gosandbox_task_wait((gosandbox_task *)task, -1, &r);
    return NULL;
}

static void cancelled_waiter(void)
{
    for (int i = 0; i < 5; i++) {
        gosandbox_task *task = NULL;
        gosandbox_result *r = NULL;
        pthread_t thread;
        gosandbox_config *c = PROBE("sleep", "10000");
        CHECK_EQ(gosandbox_start(c, &task), 0);
        gosandbox_config_free(c);
        pthread_create(&thread, NULL, wait_long, task);
        nap_ms(20);
        pthread_cancel(thread);
        gosandbox_task_kill(task);
        pthread_join(thread, NULL);
        CHECK_EQ(gosandbox_task_wait(task, 10 * SECOND, &r), 0);
        CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
        FULL_RUN();
    }
}

int main(int argc, char **argv)
{
    const char *role = argc > 1 ? argv[1] : "";
    if (strcmp(role, "leave") == 0)
        return leave(argv[2]);
    if (strcmp(role, "blocked") == 0)
        return leave_blocked();
    if (strcmp(role, "atexit") == 0)
        return run_at_exit();
    if (strcmp(role, "amid") == 0)
        return leave_amid(argv[2]);
    if (strcmp(role, "handler") == 0)
        return handler();
    if (strcmp(role, "main-thread") == 0)
        return main_thread_leaves();
    static const char *const ways[] = {"exit", "later", "_exit", "quick", "exec"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        leaves("leave", ways[i], 0);
    leaves("leave", "term", SIGTERM);
    leaves("blocked", NULL, 0);
    leaves("atexit", NULL, 0);
    leaves("amid", "exit", 0);
    leaves("amid", "kill", SIGKILL);
    leaves("handler", NULL, 0);
    leaves("main-thread", NULL, 0);
    starters_leave();
    cancelled_waiter();
    CHECK_NO_CHILDREN();
    return check_summary();
}
