/*
 * Isolation: each namespace alone and all together, as root and once more as an ordinary user; what is refused is refused
 * loudly. Run without arguments it starts itself again as another user, where it may.
 */
#include "left.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static gosandbox_config *isolated(gosandbox_config *config, uint32_t flags)
{
    CHECK_EQ(gosandbox_config_set_isolation(config, flags, NULL), 0);
    CHECK_EQ(gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    CHECK_EQ(gosandbox_config_capture(config, 1, 1 << 16), 0);
    return config;
}

/* Runs a shell script and compares what it prints. */
static void prints(gosandbox_config *config, const char *expected, const char *what)
{
    gosandbox_result *r = RUN(config);
    CHECK_STATUS(r, GOSANDBOX_STATUS_EXITED);
    CHECK_SAY(r && strcmp(output_of(r), expected) == 0, "%s: printed \"%.200s\", expected \"%s\"", what, r ? output_of(r) : "", expected);
    gosandbox_result_free(r);
}

#define SHELL(script) config_for("/bin/sh", "-c", script, (char *)NULL)

static void refused(void)
{
    gosandbox_config *c = PROBE("exit", "0");
    CHECK_REFUSED(gosandbox_config_set_isolation(c, 256, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_USER, "/"), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_MOUNT, ""), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_isolation(NULL, 0, NULL), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_add_id_map(c, 2, 0, 0, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_id_map(c, GOSANDBOX_MAP_UID, 0, 0, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_id_map(c, GOSANDBOX_MAP_GID, 1, 0, UINT32_MAX), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_hostname(c, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_hostname(c, ""), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_loopback(c, 2), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_require(c, 9999), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_hostname(c, "box"), 0);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_EINVAL); /* it would be the host's own */
    CHECK(r == NULL);
}

static void namespaces(void)
{
    static const uint32_t flags[] = {GOSANDBOX_ISOLATE_USER, GOSANDBOX_ISOLATE_PID, GOSANDBOX_ISOLATE_MOUNT, GOSANDBOX_ISOLATE_NET,
                                     GOSANDBOX_ISOLATE_IPC, GOSANDBOX_ISOLATE_UTS, GOSANDBOX_ISOLATE_CGROUP, GOSANDBOX_ISOLATE_TIME};
    static const char *const names[] = {"user", "pid", "mnt", "net", "ipc", "uts", "cgroup", "time"};
    char path[100], own[100], script[200];
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_USER_NAMESPACE + (uint32_t)i), 1);
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        ssize_t n = readlink(path, own, sizeof own - 1);
        own[n > 0 ? n : 0] = 0;
        snprintf(script, sizeof script, "[ \"$(readlink /proc/self/ns/%s)\" = '%s' ]; echo $?", names[i], own);
        prints(isolated(SHELL(script), flags[i] | GOSANDBOX_ISOLATE_USER), "1\n", names[i]);
        prints(isolated(SHELL(script), GOSANDBOX_ISOLATE_ALL), "1\n", names[i]);
        if (geteuid() == 0)
            prints(isolated(SHELL(script), flags[i]), "1\n", names[i]);
        prints(isolated(SHELL(script), 0), "0\n", names[i]);
    }
    if (geteuid() != 0) {
        gosandbox_result *r = RUN_EXPECT(isolated(SHELL("exit 0"), GOSANDBOX_ISOLATE_PID), GOSANDBOX_EUNSUPPORTED);
        CHECK(r == NULL && strstr(gosandbox_last_error()->message, "USER") != NULL);
    }
}

static void surroundings(void)
{
    const uint32_t user = GOSANDBOX_ISOLATE_USER;
    gosandbox_config *c = isolated(SHELL("uname -n"), user | GOSANDBOX_ISOLATE_UTS);
    CHECK_EQ(gosandbox_config_set_hostname(c, "box"), 0);
    prints(c, "box\n", "hostname");
    prints(isolated(SHELL("echo $$; kill -9 1 2>/dev/null; exec sleep 0"), user | GOSANDBOX_ISOLATE_PID), "2\n", "process 1");
    for (int up = 0; up < 2; up++) {
        c = isolated(SHELL("grep -c 00000000000000000000000000000001 /proc/net/if_inet6"), GOSANDBOX_ISOLATE_ALL);
        CHECK_EQ(gosandbox_config_set_loopback(c, up), 0);
        prints(c, up ? "1\n" : "0\n", "loopback");
    }
    c = isolated(SHELL("id -u; id -g"), user);
    CHECK_EQ(gosandbox_config_set_ids(c, 4321, 4322), 0);
    prints(c, "4321\n4322\n", "ids");
    c = isolated(SHELL("id -u"), user | GOSANDBOX_ISOLATE_PID);
    CHECK_EQ(gosandbox_config_set_ids(c, 5, 6), 0);
    CHECK_EQ(gosandbox_config_add_id_map(c, GOSANDBOX_MAP_UID, 5, geteuid(), 1), 0);
    prints(c, "5\n", "map");
    c = isolated(SHELL("id -u"), user);
    CHECK_EQ(gosandbox_config_set_ids(c, 5, 6), 0);
    CHECK_EQ(gosandbox_config_add_id_map(c, GOSANDBOX_MAP_UID, 50, geteuid(), 1), 0);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_ESETUP); /* 5 is nobody there */
    CHECK(r && gosandbox_result_error(r)->step == GOSANDBOX_STEP_IDS);
    gosandbox_result_free(r);
    prints(isolated(SHELL("grep ^Cap /proc/self/status | grep -c 0000000000000000"), user), "5\n", "capabilities");
    prints(isolated(SHELL("grep ^Cap /proc/self/status | grep -c 0000000000000000"), GOSANDBOX_ISOLATE_ALL), "5\n", "capabilities");
}

/* The same deaths inside of a pid namespace as outside. */
static void signals(void)
{
    static const struct {
        const char *name;
        int signal;
    } deaths[] = {{"signal_abort", SIGABRT}, {"signal_term", SIGTERM}, {"signal_pipe", SIGPIPE}, {"signal_kill", SIGKILL},
                  {"signal_segv", SIGSEGV}, {"signal_segv_raised", SIGSEGV}, {"signal_usr1", SIGUSR1}, {"signal_xcpu", SIGXCPU}};
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        gosandbox_result *r = RUN(isolated(config_for(fixture(deaths[i].name), (char *)NULL), GOSANDBOX_ISOLATE_USER | GOSANDBOX_ISOLATE_PID));
        CHECK_STATUS(r, GOSANDBOX_STATUS_SIGNALED);
        CHECK_EQ(stats_of(r).signal, deaths[i].signal);
        gosandbox_result_free(r);
    }
}

/* What the fixtures about signals, stops, limits and surroundings show is the same inside: t_fixtures compares. */
static void as_outside(const char *self)
{
    static const char *const kinds[] = {"signal_", "stop_", "check_", "own_rlimit_fsize", "output_file", "cpu_ignore_signals", "exit_from", "left_"};
    static char *argv[200] = {NULL, (char *)"-i", (char *)"user+pid"};
    char path[4200];
    int n = 3, status = 0;
    const char *folder = getenv("GOSANDBOX_FIXTURE_SOURCES");
    DIR *dir = opendir(folder ? folder : "tests/fixtures");
    struct dirent *entry;
    CHECK_SAY(dir != NULL, "the sources of the fixtures are not here (set GOSANDBOX_FIXTURE_SOURCES)");
    while (dir && (entry = readdir(dir)) != NULL && n < 198)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            size_t length = strlen(entry->d_name);
            if (strncmp(entry->d_name, kinds[i], strlen(kinds[i])) == 0 && strcmp(entry->d_name + length - 2, ".c") == 0) {
                argv[n] = strdup(entry->d_name);
                argv[n++][length - 2] = 0;
                break;
            }
        }
    if (dir)
        closedir(dir);
    CHECK_SAY(n > 40, "only %d fixtures found", n - 3);
    ssize_t length = readlink("/proc/self/exe", path, 4000);
    path[length > 0 ? length : 0] = 0;
    strcpy(strrchr(path, '/') + 1, "t_fixtures");
    argv[0] = path;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execv(path, argv);
        _exit(97);
    }
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the fixtures in a pid namespace (%s): status %#x", self, status);
    for (int i = 3; i < n; i++)
        free(argv[i]);
}

static struct gosandbox_mount part(uint32_t kind, const char *source, const char *target, uint32_t flags)
{
    struct gosandbox_mount m;
    memset(&m, 0, sizeof m);
    m.size = sizeof m;
    m.kind = kind;
    m.source = source;
    m.target = target;
    m.flags = flags;
    return m;
}

static void roots(void)
{
    gosandbox_config *c = PROBE("exit", "0");
    struct gosandbox_mount m = part(GOSANDBOX_MOUNT_BIND, "/usr", "/usr", 0);
    CHECK_REFUSED(gosandbox_config_add_mount(c, NULL), GOSANDBOX_EINVAL);
    m.size = 8;
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(99, NULL, "/usr", 0);
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_BIND, NULL, "/usr", 0);
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_TMPFS, "/usr", "/usr", 0);
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_TMPFS, NULL, "usr", 0);
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_TMPFS, NULL, NULL, 0);
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_TMPFS, NULL, "/t", 1u << 30);
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_FILE, NULL, "/t", 0);
    m.n = 5;
    CHECK_REFUSED(gosandbox_config_add_mount(c, &m), GOSANDBOX_EINVAL);
    m = part(GOSANDBOX_MOUNT_TMPFS, NULL, "/t", 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    CHECK(RUN_EXPECT(c, GOSANDBOX_EINVAL) == NULL); /* without MOUNT it would be the host's */

    c = SHELL("pwd; cat /etc/shadow 2>/dev/null; cat /box/a /b; ls /box; id -u");
    CHECK_EQ(gosandbox_config_use_judge_root(c), 0); /* and all isolation with it */
    CHECK_EQ(gosandbox_config_capture(c, 1, 1000), 0);
    CHECK_EQ(gosandbox_config_set_ids(c, 1234, 1234), 0);
    m = part(GOSANDBOX_MOUNT_FILE, NULL, "/box/a", 0);
    m.bytes = "text\n";
    m.n = 5;
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    m = part(GOSANDBOX_MOUNT_SYMLINK, "box/a", "/b", 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    prints(c, "/\ntext\ntext\na\n1234\n", "judge root");

    c = isolated(SHELL("ls /proc/self/exe 2>/dev/null; cd /usr/bin && (echo > gosandbox-test) 2>/dev/null || echo refused"), GOSANDBOX_ISOLATE_ALL);
    CHECK_EQ(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_ALL, "/"), 0);
    m = part(GOSANDBOX_MOUNT_MASK, NULL, "/proc", 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    prints(c, "refused\n", "the host's root, read-only");

    c = isolated(SHELL("exit 0"), GOSANDBOX_ISOLATE_ALL);
    m = part(GOSANDBOX_MOUNT_BIND, "/no/such/source", "/a", 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK(r && gosandbox_result_error(r)->step == GOSANDBOX_STEP_MOUNT && gosandbox_result_error(r)->index == 0);
    CHECK(r && strstr(gosandbox_result_message(r), "/no/such/source at /a") != NULL);
    gosandbox_result_free(r);
}

/* Many runs one after the other, two of them interrupted: nothing of them is left on the host. */
static void leftovers(void)
{
    char before[4000], after[4000];
    char *mounts = file_text("/proc/self/mountinfo");
    gosandbox_config *c = SHELL("sleep 10 & : > /tmp/left; exit 3");
    CHECK_EQ(gosandbox_config_use_judge_root(c), 0);
    for (int i = 0; i < 40; i++) {
        gosandbox_task *task = NULL;
        gosandbox_result *r = NULL;
        if (i == 5) {
            open_descriptors(before, sizeof before);
        }
        CHECK_EQ(gosandbox_start(c, &task), 0);
        if (i % 4 == 3) {
            nap_ms(i % 3);
            CHECK_EQ(gosandbox_task_kill(task), 0);
        }
        gosandbox_task_wait(task, -1, &r);
        if (i % 4 != 3)
            CHECK_EXITED(r, 3);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
    }
    CHECK_TEXT(file_text("/proc/self/mountinfo"), mounts);
    open_descriptors(after, sizeof after);
    CHECK_TEXT(after, before);
    CHECK(access("/tmp/left", F_OK) != 0);
    CHECK_NO_CHILDREN();
    gosandbox_config_free(c);
}

/* A host that ignores SIGCHLD, so that the kernel reaps process 1; and one that is killed takes everything along. */
static void hosts(void)
{
    signal(SIGCHLD, SIG_IGN);
    gosandbox_result *r = RUN(isolated(PROBE("exit", "4"), GOSANDBOX_ISOLATE_ALL));
    CHECK_EXITED(r, 4);
    gosandbox_result_free(r);
    signal(SIGCHLD, SIG_DFL);

    for (int wait = 0; wait < 4; wait++) {
        int ends[2];
        char byte;
        CHECK_EQ(pipe(ends), 0);
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) { /* a new program, because the library does not work in a forked child */
            char number[16];
            snprintf(number, sizeof number, "%d", ends[1]);
            execl("/proc/self/exe", "t_isolation", "host", number, (char *)NULL);
            _exit(97);
        }
        close(ends[1]);
        if (wait > 0)
            CHECK_EQ(read(ends[0], &byte, 1), 1); /* the program runs; else anything may be on its way */
        nap_ms(wait == 0 ? 3 : 0);
        kill(pid, SIGKILL);
        CHECK_EQ(waitpid(pid, NULL, 0), pid);
        CHECK_EQ(read(ends[0], &byte, 1), 0); /* nobody holds the other end any more */
        close(ends[0]);
    }
}

/* Runs a program that holds a pipe and goes on for long. */
static int be_host(int fd)
{
    gosandbox_config *c = isolated(SHELL("(sleep 30 &) ; printf x >&7; sleep 30"), GOSANDBOX_ISOLATE_ALL);
    gosandbox_config_set_fd(c, 7, fd);
    gosandbox_result_free(RUN(c));
    return 0;
}

/* In a process that may make no namespaces, as below a container's filter: said before anything is started, with the reason. */
static void denied(const char *self)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct sock_filter list[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 3, 0),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
            BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7e020000 /* CLONE_NEW... */, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = {sizeof list / sizeof *list, list};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
            _exit(96);
        execl(self, self, "denied", (char *)NULL);
        _exit(97);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "without namespaces: status %#x", status);
}

static int is_denied(void)
{
    for (uint32_t f = GOSANDBOX_FEATURE_USER_NAMESPACE; f <= GOSANDBOX_FEATURE_TIME_NAMESPACE; f++) {
        CHECK_EQ(gosandbox_feature(f), 0);
        CHECK_SAY(strstr(gosandbox_last_error()->message, "seccomp") != NULL, "feature %u: %s", f, gosandbox_last_error()->message);
        gosandbox_config *c = PROBE("exit", "0");
        CHECK_EQ(gosandbox_config_require(c, f), 0);
        CHECK(RUN_EXPECT(c, GOSANDBOX_EUNSUPPORTED) == NULL);
        CHECK(RUN_EXPECT(isolated(PROBE("exit", "0"), 1u << (f - GOSANDBOX_FEATURE_USER_NAMESPACE)), GOSANDBOX_EUNSUPPORTED) == NULL);
        CHECK_SAY(strstr(gosandbox_last_error()->message, "seccomp") != NULL, "feature %u: %s", f, gosandbox_last_error()->message);
    }
    gosandbox_result *r = RUN(PROBE("exit", "7")); /* what asks for nothing goes on */
    CHECK_EXITED(r, 7);
    gosandbox_result_free(r);
    CHECK_NO_CHILDREN();
    return check_summary();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "denied") == 0)
        return is_denied();
    if (argc > 2 && strcmp(argv[1], "host") == 0)
        return be_host(atoi(argv[2]));
    if (argc == 1 && geteuid() == 0)
        again_as_user(argv[0], 61043);
    refused();
    namespaces();
    surroundings();
    signals();
    as_outside(argv[0]);
    roots();
    leftovers();
    hosts();
    denied(argv[0]);
    CHECK_NO_CHILDREN();
    return check_summary();
}
