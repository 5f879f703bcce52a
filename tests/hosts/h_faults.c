/*
 * Fault injection, see h_injected as well: each system call that the library makes in the host, and in a child before it executes the program, fails once,
 * at its first, second, third ... occurrence, with each plausible errno. A run must then fail with a clear error or be right all
 * the same; nothing is leaked, nothing hangs, the host lives, and its next run is fine.
 *
 * A host in a role puts a seccomp filter on itself that hands the call to this program, which answers. Left out are calls that Go's
 * runtime makes itself and ends the process for, as documented of it: futex, mmap, munmap, rt_sigprocmask, clone3 for a thread. And those
 * that only callbacks make: they listen themselves, and the kernel lets nobody listen below a listener. With isolation a fault must not
 * make a run that is less isolated, and where the machine gives no control groups or namespaces these scenes are not played.
 *
 * Usage: h_faults [SCENE [CALL]]
 */
#include "again.h"
#include "left.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define MANY 6         /* occurrences tried */
#define MANY_APART 120 /* where whole lists of calls are made; by growing steps */
enum scene { PLAIN, APART, GROUPED };
static const char *const scenes[] = {"plain", "apart", "grouped"};
#define FLAGS (SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH)

static const struct fault {
    enum scene scene;
    const char *name;
    long nr;
    int child; /* only what a child does before exec: the host's runtime makes the same call */
    int errors[6];
} faults[] = {
#define CALL(name, ...) {PLAIN, #name, SYS_##name, 0, {__VA_ARGS__}}
#define IN_CHILD(name, ...) {PLAIN, #name, SYS_##name, 1, {__VA_ARGS__}}
#define APART(name, ...) {APART, #name, SYS_##name, 0, {__VA_ARGS__}}
#define GROUPED(name, ...) {GROUPED, #name, SYS_##name, 0, {__VA_ARGS__}}
    CALL(eventfd2, EMFILE, ENFILE, ENOMEM),
    CALL(pipe2, EMFILE, ENFILE),
    CALL(memfd_create, EMFILE, ENFILE, ENOMEM, ENOSYS),
    CALL(fcntl, EPERM, EINVAL),
    CALL(write, EINTR, ENOSPC, ENOMEM),
    CALL(read, EINTR, EIO),
    CALL(openat, EMFILE, ENFILE, ENOMEM, EINTR, EACCES, ENOENT),
    CALL(clone, EAGAIN, ENOMEM, EPERM, ENOSYS),
    CALL(ptrace, EPERM, ESRCH, EIO, ENOSYS),
    CALL(waitid, EINTR, EINVAL),
    CALL(prctl, EINVAL, EPERM),
    CALL(seccomp, EINVAL, ENOMEM, EACCES),
    CALL(sched_getaffinity, EINVAL, EPERM),
    CALL(sched_setaffinity, EINVAL, EPERM),
    CALL(pidfd_send_signal, EPERM, ENOSYS),
    CALL(prlimit64, EPERM, EINVAL),
    CALL(ppoll, EINTR, ENOMEM),
    CALL(clock_gettime, EINVAL), /* of a process; the clocks of the machine do not fail */
    CALL(newfstatat, EACCES, ENOMEM),
    CALL(setsid, EPERM),
    CALL(dup3, EMFILE, EBUSY, EINTR),
    CALL(close_range, EINVAL, ENOSYS, EMFILE),
    CALL(chdir, EACCES, ENOMEM),
    CALL(setpriority, EACCES, EPERM),
    CALL(execve, ENOMEM, EACCES, E2BIG, EAGAIN, ETXTBSY),
    IN_CHILD(rt_sigaction, EINVAL),
    IN_CHILD(rt_sigprocmask, EINVAL),
    APART(clone, ENOSPC, EPERM, EUSERS),
    APART(pidfd_open, EMFILE, ENOSYS),
    APART(waitid, EINTR),
    APART(openat, EMFILE, EACCES),
    APART(write, ENOSPC, EPERM),
    APART(mount, EPERM, ENOMEM),
    APART(umount2, EBUSY),
    APART(pivot_root, EINVAL, EPERM),
    APART(unshare, EPERM, ENOSPC),
    APART(mkdirat, ENOSPC, EACCES),
    APART(mknodat, ENOSPC, EPERM),
    APART(symlinkat, ENOSPC),
    APART(fsopen, ENOMEM, ENOSYS),
    APART(fsconfig, ENOMEM, EINVAL),
    APART(fsmount, EMFILE, ENOMEM),
    APART(open_tree, EMFILE, EPERM),
    APART(move_mount, ENOMEM, EINVAL),
    APART(mount_setattr, EPERM, ENOSYS),
    APART(memfd_create, EMFILE, ENOMEM),
    APART(fcntl, EMFILE, EINVAL),
    APART(fstat, ENOMEM),
    APART(socket, EMFILE, EPERM),
    APART(ioctl, EPERM),
    APART(sethostname, EPERM),
    APART(setresuid, EAGAIN, EPERM),
    APART(setresgid, EPERM),
    APART(setgroups, EPERM, ENOMEM),
    APART(capset, EPERM),
    APART(prctl, EINVAL, EPERM),
    APART(keyctl, EDQUOT, ENOSYS),
    APART(execveat, ENOMEM, EACCES),
    APART(close_range, EINVAL),
    APART(fchdir, EACCES),
    APART(chdir, EACCES),
    APART(ppoll, EINTR, ENOMEM),
    APART(pidfd_send_signal, EPERM),
    GROUPED(openat, EMFILE, ENOMEM, EACCES, ENOENT),
    GROUPED(mkdirat, ENOSPC, EACCES, ENOMEM),
    GROUPED(unlinkat, EBUSY),
    GROUPED(write, EINTR, EBUSY, EACCES, ENOMEM),
    GROUPED(read, EINTR, EIO, ENODEV),
    GROUPED(getdents64, EINTR, EIO),
    GROUPED(clone3, ENOSYS, EPERM, EAGAIN, EBUSY, ENOSPC),
};
enum { FAULTS = sizeof faults / sizeof *faults };

/* What host and injector share: descriptor 8. */
struct shared {
    int listener, armed;
};

static struct shared *map_shared(void)
{
    void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, 8, 0);
    return p == MAP_FAILED ? NULL : (struct shared *)p;
}

/* ---------------------------------------------------------------- the host */

/* From now on the call is answered by the injector. */
static int listen_for(long nr)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, FLAGS, &program);
}

/* A judge's root with the fixture in it. */
static gosandbox_config *apart(void)
{
    struct gosandbox_mount program;
    gosandbox_config *c = config_for("/fixture", "apart", NULL);
    memset(&program, 0, sizeof program);
    program.size = sizeof program;
    program.kind = GOSANDBOX_MOUNT_BIND;
    program.flags = GOSANDBOX_MOUNT_EXEC;
    program.source = fixture("told");
    program.target = "/fixture";
    CHECK_EQ(gosandbox_config_use_judge_root(c), 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &program), 0);
    CHECK_EQ(gosandbox_config_set_hostname(c, "box"), 0);
    CHECK_EQ(gosandbox_config_set_loopback(c, 1), 0);
    return c;
}

static gosandbox_config *everything(enum scene scene)
{
    gosandbox_config *c = scene == APART ? apart() : PROBE("cat");
    if (scene == GROUPED) { /* a filter of its own: the shared one, which the supervising thread carries, knows no clone3 */
        CHECK_EQ(gosandbox_config_set_cgroup(c, NULL), 0);
        CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
        CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "acct", GOSANDBOX_ERRNO(EPERM), 0, NULL), 0);
    }
    gosandbox_config_set_stdin_bytes(c, "round trip", 10);
    gosandbox_config_capture(c, 1, 100);
    gosandbox_config_capture(c, 2, 100);
    gosandbox_config_open_fd(c, 3, "/dev/null", O_RDONLY, 0);
    gosandbox_config_set_cwd(c, "/");
    gosandbox_config_set_nice(c, 5);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 5 * SECOND);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 4 * SECOND);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 4);
    return c;
}

/* A run with the fault in it. `warm`: after one without. */
static int host(long nr, int warm, int as_task, enum scene scene)
{
    struct shared *s = map_shared();
    const int killed = scene == PLAIN && nr == SYS_pidfd_send_signal;           /* made in no other run */
    gosandbox_config *c = killed ? PROBE("sleep", "15000") : everything(scene); /* and the runtime has started */
    gosandbox_result *r = NULL;
    gosandbox_task *task = NULL;
    if (killed)
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, SECOND); /* the second chance to kill it */
    as_task |= killed;
    if (!s || !CHECK((s->listener = listen_for(nr)) >= 0))
        return 1;
    if (warm)
        FULL_RUN();
    const int open = count_descriptors(200), mounts = lines_of("/proc/self/mountinfo");
    __atomic_store_n(&s->armed, 1, __ATOMIC_SEQ_CST);
    int code = as_task ? gosandbox_start(c, &task) : gosandbox_run(c, &r);
    if (code == 0 && as_task && killed) {
        nap_ms(30);
        CHECK_EQ(gosandbox_task_kill(task), 0);
    }
    if (code == 0 && as_task)
        code = gosandbox_task_wait(task, 10 * SECOND, &r);
    struct gosandbox_error error = *gosandbox_last_error();
    gosandbox_task_free(task);
    __atomic_store_n(&s->armed, 0, __ATOMIC_SEQ_CST);
    if (code == 0 && killed) {
        CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    } else if (code == 0) {
        CHECK_EXITED(r, 0);
        CHECK_TEXT(output_of(r), "round trip");
    } else {
        CHECK_SAY(code == GOSANDBOX_ESETUP || code == GOSANDBOX_ENOMEM || code == GOSANDBOX_EUNSUPPORTED || code == GOSANDBOX_EINTERNAL,
                  "it gave %d (%s)", code, error.message);
        CHECK_SAY(error.code == code && strlen(error.message) > 10, "it gave %d and said %d \"%s\"", code, error.code, error.message);
        CHECK_SAY(error.sys_errno != 0 || error.step != 0, "neither errno nor step: %s", error.message);
        if (code == GOSANDBOX_ESETUP)
            CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
        if (code == GOSANDBOX_EINTERNAL)
            CHECK_STATUS(r, GOSANDBOX_STATUS_INTERNAL);
    }
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    CHECK_NO_CHILDREN();
    if (scene != PLAIN) {
        c = everything(scene); /* and what one run could not remove, the next one does */
        r = RUN(c);
        CHECK_EXITED(r, 0);
        CHECK_TEXT(output_of(r), "round trip");
        gosandbox_result_free(r);
        CHECK_EQ(lines_of("/proc/self/mountinfo"), mounts);
        CHECK_EQ(groups_left(), 0);
        CHECK_NO_CHILDREN();
    } else {
        CHECK_EQ(count_descriptors(200), open);
    }
    FULL_RUN();
    CHECK_SAY(count_descriptors(200) <= open + (scene == GROUPED ? 8 : 0), "%d descriptors were open and %d are", open, count_descriptors(200));
    return checks_failed != 0;
}

/* ---------------------------------------------------------------- the injector */

/* Whether the caller executes this program's file still; else it is the program in the sandbox. */
static int library_calls(pid_t tid, pid_t host_pid, int child_only)
{
    static char self[4096];
    char path[64], exe[4096] = "", line[200];
    int group = 0;
    if (!self[0] && readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/exe", tid);
    if (readlink(path, exe, sizeof exe - 1) < 0 || strcmp(exe, self) != 0)
        return 0;
    if (!child_only)
        return 1;
    snprintf(path, sizeof path, "/proc/%d/status", tid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Tgid: %d", &group) == 1)
            break;
    if (f)
        fclose(f);
    return group != host_pid;
}

/* Whether clone3 is asked for a process in a control group; else it is for a thread. */
static int into_group(pid_t tid, uint64_t address)
{
    uint64_t flags = 0;
    struct iovec ours = {&flags, sizeof flags}, theirs = {(void *)(uintptr_t)address, sizeof flags};
    return process_vm_readv(tid, &ours, 1, &theirs, 1, 0) == sizeof flags && flags & 0x200000000ull;
}

/* Answers the host's calls until it ends: the one numbered `which` fails. Gives how many there were; -1: the host was bad. */
static int inject(const struct fault *f, int error, int which, int warm, int as_task)
{
    char nr[16], mode[4] = {(char)('0' + warm), (char)('0' + as_task), (char)('0' + (int)f->scene), 0};
    int memory = memfd_create("shared", 0), seen = 0, status = 0, listener = -1;
    if (ftruncate(memory, 4096) != 0 || dup2(memory, 8) < 0)
        return -1;
    close(memory);
    struct shared *s = map_shared();
    s->listener = -1;
    snprintf(nr, sizeof nr, "%ld", f->nr);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/proc/self/exe", "host", "host", nr, mode, (char *)NULL);
        _exit(126);
    }
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    double end = now() + 15;
    for (; now() < end && waitpid(pid, &status, WNOHANG) == 0;) {
        if (listener < 0) {
            int theirs = __atomic_load_n(&s->listener, __ATOMIC_SEQ_CST);
            if (theirs >= 0)
                listener = (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
        }
        struct pollfd p[2] = {{pidfd, POLLIN, 0}, {listener, POLLIN, 0}};
        if (poll(p, 2, listener < 0 ? 1 : 20) <= 0 || !(p[1].revents & POLLIN))
            continue;
        struct seccomp_notif n;
        memset(&n, 0, sizeof n);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) != 0)
            continue;
        struct seccomp_notif_resp answer = {n.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE};
        const int exempt = (f->nr == SYS_clock_gettime && (int32_t)n.data.args[0] >= 0) ||
                           (f->nr == SYS_clone3 && !into_group((pid_t)n.pid, n.data.args[0]));
        if (!exempt && __atomic_load_n(&s->armed, __ATOMIC_SEQ_CST) && library_calls((pid_t)n.pid, pid, f->child) && ++seen == which) {
            answer.flags = 0;
            answer.error = -error;
        }
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
    const int late = now() >= end;
    if (late) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    close(listener);
    close(pidfd);
    close(8);
    munmap(s, sizeof *s);
    /* This process is a subreaper: what the host has left behind comes to it. */
    for (int i = 0; i < 1000 && waitpid(-1, NULL, WNOHANG) == 0; i++)
        nap_ms(1);
    int left = waitpid(-1, NULL, WNOHANG) == 0;
    int ok = CHECK_SAY(!late && status == 0 && !left, "%s number %d fails with %s, %s, %s: %s%#x%s", f->name, which, strerror(error),
                       warm ? "second run" : "first run", as_task ? "task" : "run", late ? "it hangs; " : "the host's status is ",
                       (unsigned)status, left ? "; processes are left" : "");
    return ok ? seen : -1;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "host") == 0)
        return host(atol(argv[2]), argv[3][0] == '1', argv[3][1] == '1', (enum scene)(argv[3][2] - '0'));
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    int tried = 0;
    const int can[] = {1, gosandbox_feature(GOSANDBOX_FEATURE_PID_NAMESPACE) == 1 && gosandbox_feature(GOSANDBOX_FEATURE_MOUNT_NAMESPACE) == 1,
                       gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 1};
    for (int i = 0; i < 3; i++)
        if (!can[i])
            printf("not run: scene \"%s\", this machine does not give what it needs\n", scenes[i]);
    for (int i = 0; i < FAULTS; i++) {
        const struct fault *f = &faults[i];
        if (!can[f->scene] || (argc > 1 && strcmp(argv[1], scenes[f->scene]) != 0) || (argc > 2 && strcmp(argv[2], f->name) != 0))
            continue;
        int failed = 0; /* calls that did fail, in all these hosts */
        for (int k = 0; k < 6 && f->errors[k]; k++)
            for (int warm = 0; warm < 2; warm++) {
                const int many = f->scene == PLAIN ? MANY : warm ? MANY_APART : 1;
                for (int which = 1, seen = which; which <= many && seen >= which; which += f->scene == PLAIN ? 1 : 1 + which / 4, tried++)
                    failed += (seen = inject(f, f->errors[k], which, warm, which % 3 == 0)) >= which;
            }
        CHECK_SAY(failed > 0, "%s: %s is never called: a row that tests nothing", scenes[f->scene], f->name);
    }
    printf("%d faults\n", tried);
    return check_summary();
}
