/*
 * A judge in a container: the filter and the capabilities of Docker's default profile (container.h), as root in it and as an ordinary user.
 * What needs no privilege works: limits, policies, callbacks, path rules, traces, groups, another user's id. What a container does not give is
 * refused, as a feature and as a run, with the reason.
 */
#include "again.h"
#include "container.h"
#include "left.h"

#include <sys/mman.h>

static void enter_as_user(void)
{
    if (setgroups(0, NULL) != 0 || setresgid(4242, 4242, 4242) != 0 || setresuid(4242, 4242, 4242) != 0 || container_enter() != 0)
        _exit(97);
}

static void enter(void)
{
    if (container_enter() != 0)
        _exit(97);
}

static gosandbox_config *shell(const char *script)
{
    gosandbox_config *c = config_for("/bin/sh", "-c", script, (char *)NULL);
    const char *path = "PATH=/usr/bin:/bin";
    gosandbox_config_set_env(c, 1, &path);
    gosandbox_config_capture(c, 1, 4096);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND);
    return c;
}

static void says(gosandbox_config *c, const char *text)
{
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), text);
    gosandbox_result_free(r);
}

static void ends(gosandbox_config *c, uint32_t status)
{
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, status);
    gosandbox_result_free(r);
}

/* The container is one: otherwise nothing here means anything. */
static void surroundings(void)
{
    CHECK_EQ(syscall(SYS_unshare, CLONE_NEWNS), -1);
    CHECK_EQ(errno, EPERM);
    CHECK_EQ(syscall(SYS_pidfd_getfd, -1, 0, 0), -1);
    CHECK_EQ(errno, EPERM);
    CHECK_EQ(syscall(SYS_clone3, NULL, 0), -1);
    CHECK_EQ(errno, ENOSYS);
}

static void limits(void)
{
    gosandbox_config *c = config_for(fixture("cpu_busy"), (char *)NULL);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 100 * MS);
    ends(c, GOSANDBOX_STATUS_CPU_LIMIT);
    c = PROBE("sleep", "15000");
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 50 * MS);
    ends(c, GOSANDBOX_STATUS_WALL_LIMIT);
    c = config_for(fixture("memory_malloc"), (char *)NULL);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 32 * MIB);
    ends(c, GOSANDBOX_STATUS_MEMORY_LIMIT);
    c = shell("exec yes");
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 100000);
    ends(c, GOSANDBOX_STATUS_OUTPUT_LIMIT);
    c = shell("true & wait; /bin/true");
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 1);
    ends(c, GOSANDBOX_STATUS_PROCESS_LIMIT);
}

static void policies(void)
{
    gosandbox_config *c = shell("mkdir /tmp/a/b/c 2>/dev/null; echo $?; uname");
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "uname", GOSANDBOX_KILL, 0, NULL), 0);
    struct gosandbox_syscall call = {.size = sizeof call};
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_VIOLATION);
    CHECK_EQ(gosandbox_result_violation(r, &call, NULL, 0), 1);
    CHECK_EQ(call.nr, SYS_uname);
    gosandbox_result_free(r);
    c = PROBE("cat");
    CHECK_EQ(gosandbox_config_set_policy(c, "native", GOSANDBOX_KILL), 0);
    gosandbox_config_set_stdin_bytes(c, "abc", 3);
    gosandbox_config_capture(c, 1, 10);
    says(c, "abc");
}

/* By notification, though the call by which the listener is taken elsewhere is forbidden. */
struct asked {
    unsigned calls;
    int fd;
    unsigned read; /* paths */
    int code;      /* where that failed */
};

static void answer(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    struct asked *a = (struct asked *)payload;
    char path[300];
    a->calls++;
    *out = GOSANDBOX_ALLOW;
    if (call->nr == SYS_uname)
        *out = GOSANDBOX_ERRNO(EACCES);
    else if (call->nr == SYS_openat) {
        int64_t n = gosandbox_event_read_path(event, 0, 1, path, sizeof path);
        if (n < 0)
            a->code = (int)n;
        else if (++a->read && strcmp(path, "/no/such/file") == 0) {
            CHECK_EQ(gosandbox_event_set_fd(event, a->fd, 0), 0);
            *out = GOSANDBOX_OPENED;
        }
    }
}

static void callbacks(void)
{
    struct asked asked = {0, memfd_create("given", MFD_CLOEXEC), 0, 0};
    CHECK_EQ(write(asked.fd, "given\n", 6), 6);
    for (int by_descriptor = 0; by_descriptor < 2; by_descriptor++) {
        CHECK_EQ(lseek(asked.fd, 0, SEEK_SET), 0);
        gosandbox_config *c = shell("uname 2>/dev/null || echo refused; cat /no/such/file; ls -d /proc/self/fd/[3-9] 2>/dev/null; exit 0");
        int sh = open("/bin/sh", O_RDONLY | O_CLOEXEC);
        if (by_descriptor)
            CHECK_EQ(gosandbox_config_set_exec_fd(c, sh), 0);
        CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
        CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "uname", GOSANDBOX_NOTIFY, 0, NULL), 0);
        CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "openat", GOSANDBOX_NOTIFY, 0, NULL), 0);
        CHECK_EQ(gosandbox_config_set_callback(c, answer, &asked), 0);
        says(c, "refused\ngiven\n");
        close(sh);
    }
    CHECK(asked.calls > 4);
    close(asked.fd);
    /* A policy that forbids the very call by which the listener is sent, and a program that has hardly room for descriptors. */
    struct asked none = {0, -1, 0, 0};
    gosandbox_config *c = PROBE("exit", "3");
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "sendmsg", GOSANDBOX_KILL, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "getppid", GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_callback(c, answer, &none), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OPEN_FILES, 16), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
}

/* What is served is what Landlock alone cannot say: "dir/". */
static gosandbox_config *rules(gosandbox_config *c, int served)
{
    static const char *const readable[] = {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"};
    if (served)
        CHECK_EQ(gosandbox_config_add_path(c, "/etc/default/", GOSANDBOX_PATH_READ), 0);
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++)
        CHECK_EQ(gosandbox_config_add_path(c, readable[i], GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC), 0);
    CHECK_EQ(gosandbox_config_add_path(c, "/dev/null", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE), 0);
    return c;
}

static void paths(void)
{
    for (int served = 0; served < 2; served++) {
        gosandbox_config *c = rules(shell("cat /etc/passwd 2>/dev/null || echo no; cat /etc/hostname > /dev/null && echo yes"), served);
        CHECK_EQ(gosandbox_config_add_path(c, "/etc/hostname", GOSANDBOX_PATH_READ), 0);
        says(c, "no\nyes\n");
    }
}

/* What a served program makes gets the modes that it asks for, below both umasks. */
static void made(void)
{
    char top[] = "/tmp/container.XXXXXX", script[600];
    if (!CHECK(mkdtemp(top) != NULL))
        return;
    snprintf(script, sizeof script,
             "cd %s; umask 077; echo a > a; mkdir d; umask 022; echo b > b; mkdir e; chmod 600 b; cp -p b c; ln -s a l; mv a f;"
             "for i in b c d e f; do stat -c '%%n %%a' $i; done; cat l 2>/dev/null || echo gone; rm b c f l; rmdir d e; ls",
             top);
    gosandbox_config *c = rules(shell(script), 1);
    gosandbox_config_add_path(c, top, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE);
    says(c, "b 600\nc 600\nd 700\ne 755\nf 600\ngone\n");
    mode_t mask = umask(022);
    umask(mask);
    CHECK_SAY(mask == 022, "the host's umask is %o", mask);
    CHECK_EQ(rmdir(top), 0);
}

static void traces(void)
{
    gosandbox_config *c = PROBE("exit", "0");
    size_t n = 0;
    uint64_t dropped = 0;
    CHECK_EQ(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_TEXT, 1 << 20), 0);
    gosandbox_result *r = RUN(c);
    const char *text = gosandbox_result_trace(r, &n, &dropped);
    CHECK(text != NULL && n > 0 && strstr(text, "exit_group(0)") != NULL);
    gosandbox_result_free(r);
}

/* Two that talk. */
static void groups(void)
{
    gosandbox_config *members[2] = {config_for("/bin/sh", "-c", "echo hello", (char *)NULL), shell("read line; echo \"$line back\"")};
    struct gosandbox_pipe pipe = {.size = sizeof pipe, .from = 0, .from_fd = 1, .to = 1, .to_fd = 0};
    gosandbox_result *results[2] = {NULL, NULL};
    int code = gosandbox_run_group(2, (const gosandbox_config *const *)members, &pipe, 1, results);
    CHECK_SAY(code == 0, "a group: %d (%s)", code, gosandbox_last_error()->message);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
    CHECK_TEXT(output_of(results[1]), "hello back\n");
    for (int i = 0; i < 2; i++) {
        gosandbox_result_free(results[i]);
        gosandbox_config_free(members[i]);
    }
}

/* Root of a container can still run programs as somebody else. */
static void others(void)
{
    if (gosandbox_feature(GOSANDBOX_FEATURE_CHANGE_IDS) != 1) {
        CHECK_SAY(geteuid() != 0, "root cannot change ids: %s", gosandbox_last_error()->message);
        CHECK(strstr(gosandbox_last_error()->message, "CAP_SETUID") != NULL);
        return;
    }
    gosandbox_config *c = shell("id -u; uname 2>/dev/null || echo refused");
    struct asked asked = {0, -1, 0, 0};
    CHECK_EQ(gosandbox_config_set_ids(c, 65534, 65534), 0);
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "uname", GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_callback(c, answer, &asked), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "openat", GOSANDBOX_NOTIFY, 0, NULL), 0);
    says(c, "65534\nrefused\n");
    CHECK_EQ(asked.read, 0); /* memory of somebody else's: only with CAP_SYS_PTRACE */
    CHECK_EQ(asked.code, GOSANDBOX_EFAULT);
    c = rules(shell("exit 0"), 1);
    CHECK_EQ(gosandbox_config_set_ids(c, 65534, 65534), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_EUNSUPPORTED));
    CHECK_SAY(strstr(gosandbox_last_error()->message, "CAP_SYS_PTRACE") != NULL, "it says \"%s\"", gosandbox_last_error()->message);
    c = config_for(fixture("cpu_busy"), (char *)NULL);
    CHECK_EQ(gosandbox_config_set_ids(c, 65534, 65534), 0);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 100 * MS);
    ends(c, GOSANDBOX_STATUS_CPU_LIMIT);
}

static void missing(void)
{
    static const struct {
        uint32_t feature, isolate;
    } rows[] = {
        {GOSANDBOX_FEATURE_USER_NAMESPACE, GOSANDBOX_ISOLATE_USER},   {GOSANDBOX_FEATURE_PID_NAMESPACE, GOSANDBOX_ISOLATE_PID},
        {GOSANDBOX_FEATURE_MOUNT_NAMESPACE, GOSANDBOX_ISOLATE_MOUNT}, {GOSANDBOX_FEATURE_NET_NAMESPACE, GOSANDBOX_ISOLATE_NET},
        {GOSANDBOX_FEATURE_IPC_NAMESPACE, GOSANDBOX_ISOLATE_IPC},     {GOSANDBOX_FEATURE_UTS_NAMESPACE, GOSANDBOX_ISOLATE_UTS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_EQ(gosandbox_feature(rows[i].feature), 0);
        CHECK_EQ(gosandbox_last_error()->code, GOSANDBOX_EUNSUPPORTED);
        const char *why = gosandbox_last_error()->message;
        CHECK_SAY(strstr(why, "container") || strstr(why, "seccomp") || strstr(why, "CAP_SYS_ADMIN"), "it says \"%s\"", why);
        gosandbox_config *c = PROBE("exit", "0");
        CHECK_EQ(gosandbox_config_set_isolation(c, rows[i].isolate, NULL), 0);
        gosandbox_result *r = NULL;
        int code = gosandbox_run(c, &r);
        CHECK_SAY(code == GOSANDBOX_EUNSUPPORTED, "a run with namespace %#x: %d (%s)", rows[i].isolate, code, gosandbox_last_error()->message);
        gosandbox_result_free(r);
        gosandbox_config_free(c);
        c = PROBE("exit", "0");
        CHECK_EQ(gosandbox_config_require(c, rows[i].feature), 0);
        gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_EUNSUPPORTED));
    }
    for (uint32_t f = GOSANDBOX_FEATURE_CGROUP_MEMORY; f <= GOSANDBOX_FEATURE_CGROUP_KILL; f++) {
        if (gosandbox_feature(f) != 1) {
            CHECK_SAY(gosandbox_last_error()->message[0] != 0, "feature %u: no reason", f);
            continue;
        }
        gosandbox_config *c = PROBE("exit", "0"); /* where root may make groups they work, without clone3 too */
        CHECK_EQ(gosandbox_config_set_cgroup(c, NULL), 0);
        CHECK_EQ(gosandbox_config_require(c, f), 0);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
    }
}

static int inside(void)
{
    static const uint32_t there[] = {GOSANDBOX_FEATURE_PTRACE, GOSANDBOX_FEATURE_SECCOMP, GOSANDBOX_FEATURE_NOTIFY, GOSANDBOX_FEATURE_LANDLOCK};
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* which changing the user took away */
    surroundings();
    static char had[20000], has[20000];
    gosandbox_config_free(PROBE("exit", "0")); /* the runtime has started */
    const int open = open_descriptors(had, sizeof had);
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        CHECK_SAY(gosandbox_feature(there[i]) == 1, "feature %u: %s", there[i], gosandbox_last_error()->message);
    for (int i = 0; i < 3; i++)
        FULL_RUN();
    limits();
    policies();
    callbacks();
    umask(022);
    paths();
    made();
    traces();
    groups();
    others();
    missing();
    CHECK_SAY(open_descriptors(has, sizeof has) == open, "descriptors were\n%sand are\n%s", had, has);
    CHECK_EQ(groups_left(), 0);
    CHECK_NO_CHILDREN();
    return check_summary();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "inside") == 0)
        return inside();
    CHECK_AGAIN("inside", NULL, enter, 90);
    if (geteuid() == 0)
        CHECK_AGAIN("inside", "user", enter_as_user, 90);
    else
        printf("not run: only root can become another user\n");
    return check_summary();
}
