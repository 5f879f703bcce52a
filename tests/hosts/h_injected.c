/*
 * Fault injection, the second part: what h_faults cannot, since the library listens to calls itself. Under callbacks, path rules, traces and
 * learning each system call that the library makes in the host fails once, at its first, second ... occurrence, with each plausible errno. A run
 * then fails with a clear error, or the program is told of one, or all is right; never does it get what a callback or the rules keep
 * from it; nothing is leaked, nothing hangs, and the next run is fine.
 *
 * Usage: h_injected [SCENE [CALL]]
 */
#include "again.h"
#include "trap.h"

#include <sys/ioctl.h>

#define MANY 5 /* occurrences tried */
#define FUTEX_SLEEP 137 /* FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG */

static const struct fault {
    const char *scene, *name;
    long nr;
    int in_c; /* made by the library's C code */
    unsigned argument;
    uint64_t value; /* only calls with this argument; TRAP_ANY: all */
    int errors[6];
} faults[] = {
#define CALL(scene, name, ...) {scene, #name, SYS_##name, 0, 0, TRAP_ANY, {__VA_ARGS__}}
#define WITH(scene, name, argument, value, ...) {scene, #name, SYS_##name, 0, argument, value, {__VA_ARGS__}}
#define IN_C(scene, name, argument, value, ...) {scene, #name, SYS_##name, 1, argument, value, {__VA_ARGS__}}
    CALL("decided", eventfd2, EMFILE, ENOMEM),
    CALL("decided", pidfd_getfd, EMFILE, EPERM, ENOSYS, ESRCH),
    CALL("decided", tgkill, EPERM, EAGAIN),
    CALL("decided", ptrace, EPERM, EIO),
    CALL("decided", openat, EMFILE, ENOMEM, EACCES),
    CALL("decided", read, EINTR, EIO),
    CALL("decided", write, EINTR),
    CALL("decided", process_vm_readv, EPERM, ENOMEM, ENOSYS),
    CALL("decided", waitid, EINTR, EINVAL),
    WITH("decided", futex, 1, FUTEX_SLEEP, EINTR, EAGAIN, ENOMEM),
    WITH("decided", ioctl, 1, SECCOMP_IOCTL_NOTIF_SEND, EINTR, ENOMEM, EPERM, EINVAL),
    WITH("decided", ioctl, 1, SECCOMP_IOCTL_NOTIF_ADDFD, EINTR, EMFILE, ENOMEM, EPERM, EINVAL),
    WITH("decided", ioctl, 1, SECCOMP_IOCTL_NOTIF_ID_VALID, EINTR, ENOMEM, EPERM),
    IN_C("decided", ioctl, 1, SECCOMP_IOCTL_NOTIF_RECV, EINTR, ENOENT, ENOMEM, EPERM),
    IN_C("decided", ioctl, 1, SECCOMP_IOCTL_NOTIF_SEND, EINTR, ENOMEM, EPERM, EINVAL),
    IN_C("decided", ppoll, 0, TRAP_ANY, EINTR, ENOMEM),
    CALL("task", eventfd2, EMFILE, ENOMEM),
    CALL("task", ppoll, EINTR, ENOMEM),
    CALL("task", fcntl, EMFILE, EPERM),
    CALL("task", waitid, EINTR, EINVAL),
    WITH("task", futex, 1, FUTEX_SLEEP, EINTR, EAGAIN),
    WITH("task", ioctl, 1, SECCOMP_IOCTL_NOTIF_RECV, EINTR, ENOENT, ENOMEM, EPERM),
    WITH("task", ioctl, 1, SECCOMP_IOCTL_NOTIF_SEND, EINTR, ENOMEM, EPERM, EINVAL),
    CALL("files", eventfd2, EMFILE, ENOMEM),
    CALL("files", pidfd_getfd, EMFILE, EPERM),
    CALL("files", unshare, EPERM, ENOMEM),
    CALL("files", landlock_create_ruleset, EMFILE, ENOMEM, ENOSYS, EOPNOTSUPP),
    CALL("files", landlock_add_rule, ENOMEM, EINVAL),
    CALL("files", openat, EMFILE, ENFILE, ENOMEM, EACCES),
    CALL("files", openat2, EMFILE, ENOMEM, EINTR, EAGAIN, ENOSYS),
    CALL("files", fstat, ENOMEM, EIO),
    CALL("files", newfstatat, ENOMEM, EACCES),
    CALL("files", readlinkat, ENOMEM, EACCES),
    CALL("files", mkdirat, ENOMEM, EINTR),
    CALL("files", renameat2, ENOMEM, EINTR),
    CALL("files", unlinkat, ENOMEM, EINTR),
    CALL("files", faccessat2, ENOMEM, ENOSYS),
    CALL("files", process_vm_readv, EPERM, ENOMEM, EFAULT),
    CALL("files", process_vm_writev, EPERM, ENOMEM, EFAULT),
    CALL("files", ppoll, EINTR, ENOMEM),
    CALL("files", read, EINTR, EIO),
    CALL("files", ptrace, EPERM, EIO),
    WITH("files", futex, 1, FUTEX_SLEEP, EINTR, EAGAIN),
    WITH("files", ioctl, 1, SECCOMP_IOCTL_NOTIF_RECV, EINTR, ENOENT, ENOMEM, EPERM),
    WITH("files", ioctl, 1, SECCOMP_IOCTL_NOTIF_SEND, EINTR, ENOMEM, EPERM),
    WITH("files", ioctl, 1, SECCOMP_IOCTL_NOTIF_ADDFD, EINTR, EMFILE, ENOMEM, EPERM),
    WITH("files", ioctl, 1, SECCOMP_IOCTL_NOTIF_ID_VALID, EINTR, ENOMEM),
    CALL("learn", openat, EMFILE, EACCES),
    CALL("learn", openat2, EMFILE, ENOMEM),
    CALL("learn", readlinkat, ENOMEM),
    CALL("learn", process_vm_readv, EPERM, ENOMEM),
    CALL("learn", ptrace, EPERM, EIO),
    CALL("trace", ptrace, EPERM, EIO),
    CALL("trace", process_vm_readv, EPERM, ENOMEM),
    CALL("trace", openat, EMFILE, EACCES),
    CALL("trace", mmap, ENOMEM),
    CALL("trace", mprotect, ENOMEM),
};
enum { FAULTS = sizeof faults / sizeof *faults };

static const struct fault *fault;
static int armed, error_now, which_now, seen;

static long inject(long nr, const uint64_t args[6])
{
    (void)args;
    if (!__atomic_load_n(&armed, __ATOMIC_SEQ_CST) || nr != fault->nr)
        return 0;
    return __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST) == which_now ? -error_now : 0;
}

/* ---------------------------------------------------------------- scenes */

static char directory[] = "/tmp/gosandbox-injected-XXXXXX";

static int given = -1; /* what was given to the program last */

static void take_back(void)
{
    if (given >= 0)
        close(given);
    given = -1;
}

static void decide(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    char path[300];
    (void)payload;
    take_back();
    switch (call->nr) {
    case SYS_getuid:
        *out = GOSANDBOX_ERRNO(EPERM);
        return;
    case SYS_getgid:
        gosandbox_event_set_return(event, 4712);
        *out = GOSANDBOX_RETURN;
        return;
    case SYS_getppid:
        gosandbox_event_set_return(event, 4711);
        *out = call->phase == GOSANDBOX_PHASE_EXIT ? GOSANDBOX_RETURN : GOSANDBOX_INSPECT;
        return;
    case SYS_dup:
        if (call->args[0] == 77)
            gosandbox_event_set_arg(event, 0, 0);
        *out = GOSANDBOX_ALLOW;
        return;
    case SYS_openat:
        *out = GOSANDBOX_ERRNO(EIO);
        if (gosandbox_event_read_path(event, 0, 1, path, sizeof path) < 0)
            return;
        given = open("/dev/null", O_RDONLY | O_CLOEXEC);
        gosandbox_event_set_fd(event, given, O_CLOEXEC);
        *out = GOSANDBOX_OPENED;
        return;
    }
}

static gosandbox_config *scene(const char *name)
{
    static const char *const asked[] = {"getuid", "getgid", "getppid", "dup", "openat"};
    const int decided = strcmp(name, "decided") == 0 || strcmp(name, "task") == 0;
    gosandbox_config *c = config_for(fixture("told"), decided ? "decided" : "files", directory, NULL);
    int bad = gosandbox_config_set_fd(c, 0, 0) | gosandbox_config_set_fd(c, 2, 2); /* or the child would open files before exec */
    bad |= gosandbox_config_capture(c, 1, 4000);
    bad |= gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 5 * SECOND);
    bad |= gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 8 * SECOND);
    if (decided) {
        bad |= gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW);
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
            bad |= gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, asked[i], GOSANDBOX_NOTIFY, 0, NULL);
        bad |= gosandbox_config_set_callback(c, decide, NULL);
    } else if (strcmp(name, "files") == 0) {
        char own[64];
        snprintf(own, sizeof own, "%s/", directory);
        bad |= gosandbox_config_add_path(c, own, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE);
        bad |= gosandbox_config_add_path(c, "/etc", GOSANDBOX_PATH_STAT);
        bad |= gosandbox_config_set_path_action(c, GOSANDBOX_ERRNO(EACCES));
    } else {
        bad |= gosandbox_config_set_trace(c, GOSANDBOX_TRACE_TEXT, 1 << 20);
    }
    CHECK_EQ(bad, 0);
    return c;
}

/* A run of the scene; `faulty`: anything but a lie will do. */
static void play(const char *name, int faulty)
{
    gosandbox_config *c = scene(name);
    gosandbox_result *r = NULL;
    gosandbox_task *task = NULL;
    const int as_task = strcmp(name, "task") == 0, learns = strcmp(name, "learn") == 0, traced = strcmp(name, "trace") == 0;
    gosandbox_learner *learner = NULL;
    for (const char *file = "one"; file; file = strcmp(file, "one") == 0 ? "two" : NULL) { /* of a program that could not remove them */
        char path[100];
        snprintf(path, sizeof path, "%s/%s", directory, file);
        remove(path);
    }
    if (learns) {
        CHECK_EQ(gosandbox_learner_new(&learner), 0);
        CHECK_EQ(gosandbox_config_set_learner(c, learner), 0);
    }
    __atomic_store_n(&armed, faulty, __ATOMIC_SEQ_CST);
    int code = as_task ? gosandbox_start(c, &task) : gosandbox_run(c, &r);
    if (code == 0 && as_task)
        code = gosandbox_task_wait(task, 20 * SECOND, &r);
    struct gosandbox_error error = *gosandbox_last_error();
    gosandbox_task_free(task);
    __atomic_store_n(&armed, 0, __ATOMIC_SEQ_CST);
    struct gosandbox_stats s;
    memset(&s, 0, sizeof s);
    if (r)
        s = stats_of(r);
    /* The programs of traces and learning are free to do as they like, and find that out. */
    const int ended = learns || traced ? 4 : 0;
    if (code == 0)
        CHECK_SAY(s.status == GOSANDBOX_STATUS_EXITED && (s.exit_code == ended || (faulty && s.exit_code == 3)), "%s: %s, exit %d (%s): %s", name,
                  gosandbox_status_name(s.status), s.exit_code, gosandbox_result_message(r), output_of(r));
    else if (CHECK_SAY(faulty, "%s, without a fault: %d (%s)", name, code, error.message)) {
        const int looked_up = code == GOSANDBOX_EINVAL && error.sys_errno != 0; /* the path of a rule cannot be */
        CHECK_SAY(code == GOSANDBOX_ESETUP || code == GOSANDBOX_ENOMEM || code == GOSANDBOX_EUNSUPPORTED || code == GOSANDBOX_EINTERNAL || looked_up,
                  "%s gave %d (%s)", name, code, error.message);
        CHECK_SAY(error.code == code && strlen(error.message) > 10 && (error.sys_errno != 0 || error.step != 0), "%s gave %d: code %d, errno %d, \"%s\"",
                  name, code, error.code, error.sys_errno, error.message);
        if (r) {
            CHECK_SAY(s.status == GOSANDBOX_STATUS_SETUP_FAILED || s.status == GOSANDBOX_STATUS_INTERNAL, "%s: %s (%s)", name,
                      gosandbox_status_name(s.status), gosandbox_result_message(r));
            CHECK_SAY(strstr(output_of(r), "was") == NULL && strstr(output_of(r), "returned what") == NULL, "%s: %s", name, output_of(r));
        }
    }
    if (getenv("VERBOSE"))
        printf("   %d, %s, exit %d: %s\n", code, gosandbox_status_name(s.status), s.exit_code, code ? error.message : output_of(r));
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    gosandbox_learner_free(learner);
    take_back();
    CHECK_NO_CHILDREN();
}

/* ---------------------------------------------------------------- hosts */

/* Role: "host ROW:ERROR:WHICH:WARM:DIRECTORY". Exit 50: there are not so many calls; 51: the addresses will not do. */
static int host(const char *text)
{
    int row = 0, warm = 0;
    char folder[100] = "";
    if (sscanf(text, "%d:%d:%d:%d:%99s", &row, &error_now, &which_now, &warm, folder) != 5)
        return 9;
    memcpy(directory, folder, sizeof directory);
    fault = &faults[row];
    trap_ask = inject;
    if (!trap_prepare() || (fault->in_c ? trap_c(fault->nr, fault->argument, fault->value)
                                       : trap_from(fault->nr, fault->argument, fault->value, trap_place, trap_place)) != 0)
        return 51;
    if (warm)
        play(fault->scene, 0);
    const int open = count_descriptors(200);
    play(fault->scene, 1);
    CHECK_EQ(count_descriptors(200), open);
    const int reached = seen >= which_now;
    play(fault->scene, 0);
    FULL_RUN();
    CHECK_EQ(count_descriptors(200), open);
    return checks_failed ? 1 : reached ? 0 : 50;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "host") == 0)
        return host(argv[2]);
    if (!CHECK(mkdtemp(directory) != NULL) || !CHECK_EQ(chmod(directory, 0777), 0))
        return check_summary();
    int tried = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (int i = 0; i < FAULTS; i++) {
        if ((argc > 1 && strcmp(argv[1], faults[i].scene) != 0) || (argc > 2 && strcmp(argv[2], faults[i].name) != 0))
            continue;
        int reached = 0;
        for (int k = 0; k < 6 && faults[i].errors[k]; k++)
            for (int warm = 0; warm < 2; warm++)
                for (int which = 1, more = 1; which <= MANY && more; which++) {
                    char text[200];
                    int status = 0;
                    snprintf(text, sizeof text, "%d:%d:%d:%d:%s", i, faults[i].errors[k], which, warm, directory);
                    for (int again_for_addresses = 0; again_for_addresses < 5; again_for_addresses++) {
                        status = again("host", text, NULL, 30);
                        if (!WIFEXITED(status) || WEXITSTATUS(status) != 51)
                            break;
                    }
                    tried++;
                    more = status == 0;
                    reached += more;
                    CHECK_SAY(status == 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 50),
                              "%s: %s%s number %d fails with %s, %s run: the host's status is %#x%s", faults[i].scene, faults[i].name,
                              faults[i].in_c ? " (in C)" : "", which, strerror(faults[i].errors[k]), warm ? "second" : "first", (unsigned)status,
                              status == -1 ? ": it hangs" : "");
                    int left = 0;
                    for (int n = 0; n < 1000 && (left = waitpid(-1, NULL, WNOHANG)) >= 0; n++)
                        if (left == 0)
                            nap_ms(1);
                    CHECK_SAY(left < 0, "%s: %s: processes are left", faults[i].scene, faults[i].name);
                }
        CHECK_SAY(reached > 0, "%s: %s is never called: a row that tests nothing", faults[i].scene, faults[i].name);
    }
    CHECK_EQ(rmdir(directory), 0);
    printf("%d faults\n", tried);
    return check_summary();
}
