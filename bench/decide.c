/*
 * What a decision about one system call costs: the library's callback against a notification loop written by hand, ptrace
 * written by hand, and the bare call; as ratios, medians of interleaved rounds in one process.
 */
#define _GNU_SOURCE
#include <gosandbox/sandbox.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1
#endif

enum { CALLS = 20000, ROUNDS = 9 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#define OPENED "/etc/hostname"

/* The program under test, in this same binary: so many calls of getppid, or opens. */
static void calls(const char *what, long n)
{
    if (strcmp(what, "calls") == 0)
        for (long i = 0; i < n; i++)
            syscall(SYS_getppid);
    else
        for (long i = 0; i < n; i++)
            close(open(OPENED, O_RDONLY));
}

static int load(int nr, unsigned action, unsigned flags)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void start_again(const char *what, long n)
{
    char text[32];
    snprintf(text, sizeof text, "%ld", n);
    execl("/proc/self/exe", "decide", what, text, (char *)NULL);
    _exit(127);
}

static double unsandboxed(long n, int filtered)
{
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        if (filtered)
            load(-1, SECCOMP_RET_ALLOW, 0);
        start_again("calls", n);
    }
    waitpid(child, NULL, 0);
    return now() - begin;
}

static double bare(long n) { return unsandboxed(n, 0); }
static double filtered(long n) { return unsandboxed(n, 1); }

/* Opens a file on behalf of the program: what cannot be raced. */
static void open_for(int listener, const struct seccomp_notif *event)
{
    char path[4096] = "";
    struct iovec local = {path, sizeof path - 1}, remote = {(void *)event->data.args[1], 256};
    process_vm_readv((pid_t)event->pid, &local, 1, &remote, 1, 0);
    struct open_how how = {.flags = event->data.args[2] | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    struct seccomp_notif_addfd add = {.id = event->id, .flags = SECCOMP_ADDFD_FLAG_SEND};
    int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    if (fd < 0) {
        struct seccomp_notif_resp reply = {.id = event->id, .error = -errno};
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
        return;
    }
    add.srcfd = (unsigned)fd;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
    close(fd);
}

/* A loop as one would write it: receive, answer; with the same flags as the library, which keep signals from repeating a call. The child keeps its listener open for the parent to take. */
static double notify(int nr, const char *what, long n)
{
    int ends[2];
    struct seccomp_notif event;
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        int listener = load(nr, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), ignored;
        dup2(listener, 100);
        if (write(ends[1], "x", 1) != 1 || read(ends[1], &ignored, 1) != 1)
            _exit(1);
        start_again(what, n);
    }
    char byte;
    if (read(ends[0], &byte, 1) != 1)
        exit(1);
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    int listener = (int)syscall(SYS_pidfd_getfd, pidfd, 100, 0);
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    if (write(ends[0], "x", 1) != 1)
        exit(1);
    struct pollfd set = {listener, POLLIN, 0};
    while (poll(&set, 1, -1) == 1 && set.revents == POLLIN) {
        memset(&event, 0, sizeof event);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &event) != 0)
            break;
        if (nr == SYS_openat) {
            open_for(listener, &event);
            continue;
        }
        struct seccomp_notif_resp reply = {.id = event.id, .val = 1};
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
    }
    waitpid(child, NULL, 0);
    close(listener), close(pidfd), close(ends[0]), close(ends[1]);
    return now() - begin;
}

static double notified(long n) { return notify(SYS_getppid, "calls", n); }
static double opened_by_hand(long n) { return notify(SYS_openat, "opens", n); }

/* ptrace as one would write it: a stop, the registers, on. */
static double traced(long n)
{
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        load(SYS_getppid, SECCOMP_RET_TRACE, 0);
        start_again("calls", n);
    }
    int status;
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_CONT, child, 0, 0);
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        char registers[512];
        if (status >> 16 == PTRACE_EVENT_SECCOMP)
            ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof registers, registers);
        ptrace(PTRACE_CONT, child, 0, 0);
    }
    return now() - begin;
}

static void answer(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    ++*(long *)payload;
    (void)call;
    gosandbox_event_set_return(event, 1);
    *out = GOSANDBOX_RETURN;
}

enum rules { NO_PATHS, SUPERVISED, LANDLOCKED };

static double sandboxed(const char *what, long n, gosandbox_action action, enum rules rules)
{
    char text[32];
    const char *argv[] = {"/proc/self/exe", what, text};
    static char self[4096];
    ssize_t length = readlink(argv[0], self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    argv[0] = self;
    snprintf(text, sizeof text, "%ld", n);
    gosandbox_config *config;
    gosandbox_result *result = NULL;
    long seen = 0;
    gosandbox_config_new(&config);
    gosandbox_config_set_argv(config, 3, argv);
    gosandbox_config_set_policy(config, NULL, GOSANDBOX_ALLOW);
    gosandbox_config_add_rule(config, 0, "getppid", action, 0, NULL);
    if (action == GOSANDBOX_NOTIFY)
        gosandbox_config_set_callback(config, answer, &seen);
    if (rules != NO_PATHS) {
        static const char *const readable[] = {"/usr", "/lib", "/lib64", "/etc"};
        for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++)
            gosandbox_config_add_path(config, readable[i], GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
        /* "folder/" means its own entries only: Landlock cannot say that, so all opens are supervised. */
        static char build[4096];
        snprintf(build, sizeof build, "%.*s/..%s", (int)(strrchr(self, '/') - self), self, rules == SUPERVISED ? "/" : "");
        gosandbox_config_add_path(config, build, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
    }
    double begin = now();
    int code = gosandbox_run(config, &result);
    double end = now();
    struct gosandbox_stats stats = {.size = sizeof stats};
    gosandbox_result_stats(result, &stats);
    if (code != 0 || stats.exit_code != 0 || (action == GOSANDBOX_NOTIFY && seen != n)) {
        fprintf(stderr, "bench: %s\n", code ? gosandbox_last_error()->message : gosandbox_result_message(result));
        exit(1);
    }
    gosandbox_result_free(result);
    gosandbox_config_free(config);
    return end - begin;
}

static double allowed(long n) { return sandboxed("calls", n, GOSANDBOX_ALLOW, NO_PATHS); }
static double asked(long n) { return sandboxed("calls", n, GOSANDBOX_NOTIFY, NO_PATHS); }
static double supervised(long n) { return sandboxed("opens", n, GOSANDBOX_ALLOW, SUPERVISED); }
static double landlocked(long n) { return sandboxed("opens", n, GOSANDBOX_ALLOW, LANDLOCKED); }
static double opened(long n) { return sandboxed("opens", n, GOSANDBOX_ALLOW, NO_PATHS); }

/* So many of them at once, each on a thread. */
struct crowd {
    double (*measure)(long);
    long n;
};
static void *one(void *crowd)
{
    struct crowd *c = crowd;
    c->measure(c->n);
    return NULL;
}
static double together(double (*measure)(long), long n)
{
    enum { MANY = 64 };
    pthread_t threads[MANY];
    struct crowd crowd = {measure, n / MANY};
    double begin = now();
    for (int i = 0; i < MANY; i++)
        pthread_create(&threads[i], NULL, one, &crowd);
    for (int i = 0; i < MANY; i++)
        pthread_join(threads[i], NULL);
    return now() - begin;
}
static double notified_together(long n) { return together(notified, n); }
static double traced_together(long n) { return together(traced, n); }
static double asked_together(long n) { return together(asked, n); }

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static const struct {
    const char *name;
    double (*measure)(long);
    long n;
    int floor;
} rows[] = {
    {"the bare call", bare, 100 * CALLS, 0},
    {"the same below a filter that allows all", filtered, 100 * CALLS, 0},
    {"a call that the policy allows", allowed, 100 * CALLS, 0},
    {"notification loop by hand", notified, CALLS, 3},
    {"callback", asked, CALLS, 3},
    {"ptrace by hand", traced, CALLS, 3},
    {"open and close", opened, CALLS, 6},
    {"the same under Landlock rules", landlocked, CALLS, 6},
    {"the same opened for it, by hand", opened_by_hand, CALLS, 8},
    {"the same opened for it", supervised, CALLS, 8},
    {"64 at once: notification by hand", notified_together, CALLS, 10},
    {"64 at once: callback", asked_together, CALLS, 10},
    {"64 at once: ptrace by hand", traced_together, CALLS, 10},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

int main(int argc, char **argv)
{
    static double took[ROWS][ROUNDS];
    if (argc > 2)
        return calls(argv[1], atol(argv[2])), 0;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < ROWS; i++) { /* a run without calls is taken off: it is bench/spawn that measures that */
            double whole = rows[i].measure(rows[i].n), start = rows[i].measure(rows[i].measure == bare || rows[i].measure == filtered || rows[i].measure == allowed ? 0 : 64);
            took[i][round] = (whole - start) / (double)rows[i].n;
        }
    for (int i = 0; i < ROWS; i++)
        qsort(took[i], ROUNDS, sizeof took[i][0], ascending);
    printf("%-40s %10s %8s\n", "per call", "ns", "ratio");
    for (int i = 0; i < ROWS; i++)
        printf("%-40s %10.0f %8.2f\n", rows[i].name, took[i][ROUNDS / 2], took[i][ROUNDS / 2] / took[rows[i].floor][ROUNDS / 2]);
    return 0;
}
