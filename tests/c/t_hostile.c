/*
 * One table of hostile programs, each run in every kind of isolation there is, as root and as an ordinary user, beside another run that they
 * go for as well. Whatever they try fails, and afterwards mounts, groups, processes, IPC objects and temporary files are as before.
 * Each that goes for a thing of the host is first run without any sandbox, where it must get there.
 *
 * Root makes namespaces for the test, so that nothing that others do on the machine is mistaken for a trace; what the programs
 * are kept from is what is in there.
 */
#include "hostile.h"

/* What a row is told as arguments. */
enum target { NOTHING, FILES, HELD, PROCESSES, SOCKETS, OBJECTS, TERMINAL, GIVEN, WORKDIR };

static const struct row {
    const char *class, *program;
    enum target target;
    uint32_t status;
    int value; /* exit code or signal */
    int once;  /* takes long: in the first kind only */
} rows[] = {
    {"files of the host, by path, link, .., /proc and handle", "hostile_files", FILES, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"files of the host, by an open descriptor", "hostile_files", HELD, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"files of the host that every system has", "isolate_files", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"writing", "isolate_write", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"mounting, remounting, other roots", "isolate_mount", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"devices and set-user-ID programs", "hostile_setuid", GIVEN, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"namespaces: unshare, setns, clone, clone3", "isolate_namespaces", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"capabilities and ids", "isolate_privileges", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"processes of the host and of another run", "hostile_kill", PROCESSES, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"processes, all of them", "isolate_processes", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"sockets: tcp, udp, abstract, files, vsock, netlink", "hostile_sockets", SOCKETS, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"System V, POSIX, keys, locks, inotify", "hostile_objects", OBJECTS, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"objects of its own", "isolate_ipc", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"/dev/shm, tmpfs, sparse files, files, a deep tree", "isolate_fill", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 1},
    {"a fork bomb", "processes_bomb", NOTHING, GOSANDBOX_STATUS_PROCESS_LIMIT, 0, 0},
    {"a fork bomb of daemons", "processes_bomb_daemons", NOTHING, GOSANDBOX_STATUS_PROCESS_LIMIT, 0, 0},
    {"rabbits", "hostile_rabbits", NOTHING, GOSANDBOX_STATUS_WALL_LIMIT, 0, 0},
    {"daemons left behind", "isolate_daemons", NOTHING, GOSANDBOX_STATUS_EXITED, 5, 0},
    {"core dumps", "isolate_abort", WORKDIR, GOSANDBOX_STATUS_SIGNALED, SIGABRT, 0},
    {"typing into a terminal", "hostile_terminal", TERMINAL, GOSANDBOX_STATUS_EXITED, 0, 0},
    {"sysfs, procfs, clocks, hostname", "hostile_clock", NOTHING, GOSANDBOX_STATUS_EXITED, 0, 0},
};

/* The kinds of isolation. */
static const struct kind {
    const char *name;
    uint32_t flags;
    uint32_t id; /* of the program; 0: as it comes */
    int loopback, groups, root;
} kinds[] = {
    {"all", GOSANDBOX_ISOLATE_ALL, 0, 0, 0, 0},
    {"all, loopback", GOSANDBOX_ISOLATE_ALL, 0, 1, 0, 0},
    {"all, groups", GOSANDBOX_ISOLATE_ALL, 0, 0, 1, 1},
    {"all but users, another id", GOSANDBOX_ISOLATE_ALL & ~GOSANDBOX_ISOLATE_USER, 61044, 0, 0, 1},
};

static void bind_part(gosandbox_config *c, const char *source, const char *target, uint32_t flags)
{
    struct gosandbox_mount m;
    memset(&m, 0, sizeof m);
    m.size = sizeof m;
    m.kind = GOSANDBOX_MOUNT_BIND;
    m.flags = flags;
    m.source = source;
    m.target = target;
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
}

/* A config for a program in a judge root of this kind. */
static gosandbox_config *hostile(const struct kind *kind, const char *program, size_t n, const char **argv)
{
    gosandbox_config *c = NULL;
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_EQ(gosandbox_config_use_judge_root(c), 0);
    CHECK_EQ(gosandbox_config_set_isolation(c, kind->flags, NULL), 0);
    bind_part(c, fixture(program), "/fixture", GOSANDBOX_MOUNT_EXEC);
    argv[0] = "/fixture";
    CHECK_EQ(gosandbox_config_set_argv(c, n, argv), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, strcmp(program, "hostile_rabbits") == 0 ? SECOND : 60 * SECOND), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 40), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 1 << 16), 0);
    CHECK_EQ(gosandbox_config_set_loopback(c, kind->loopback), 0);
    if (kind->id)
        CHECK_EQ(gosandbox_config_set_ids(c, kind->id, kind->id), 0);
    if (kind->groups)
        CHECK_EQ(gosandbox_config_set_cgroup(c, NULL), 0);
    return c;
}

/* The arguments of a row; returns their number, with argv[0]. The first `own` of them are things of the host, which a program without a
 * sandbox reaches. */
static size_t targets(enum target target, const char *sibling, const char **argv, size_t *own)
{
    size_t n = 1;
    *own = 1;
    switch (target) {
    case FILES: argv[n++] = host.secret; break;
    case HELD: argv[n++] = host.held; break;
    case PROCESSES:
        argv[n++] = host.victim_pid;
        *own = 1;
        argv[n++] = host.pid;
        argv[n++] = sibling;
        return n;
    case SOCKETS:
        argv[n++] = host.tcp_name;
        argv[n++] = host.udp_name;
        argv[n++] = host.abstract_name;
        argv[n++] = host.path_name;
        *own = 4;
        argv[n++] = "tcp:20022";
        argv[n++] = "abstract:" NAME;
        argv[n++] = "path:/tmp/" NAME ".sock";
        return n;
    case OBJECTS:
        argv[n++] = host.key_name;
        argv[n++] = host.object_name;
        *own = 2;
        return n;
    case GIVEN: argv[n++] = "/given"; break;
    case TERMINAL: return n;
    default: *own = 0;
    }
    return n;
}

/* Without a sandbox it gets there: else the row would show nothing. */
static void control(const struct row *row)
{
    const char *argv[20];
    size_t own = 0, n = targets(row->target, host.pid, argv, &own);
    (void)n;
    if (row->target == GIVEN)
        return; /* as root it would be harm, and else no_new_privs and the like play no part */
    for (size_t i = 1; i <= own; i++) {
        int ends[2], status = 0;
        char text[200] = "";
        CHECK_EQ(pipe(ends), 0);
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            dup2(ends[1], 1);
            if (row->target == TERMINAL)
                dup2(host.slave, 0);
            execl(fixture(row->program), row->program, "outside", row->target == TERMINAL ? NULL : argv[i], (char *)NULL);
            _exit(97);
        }
        close(ends[1]);
        ssize_t got = read(ends[0], text, sizeof text - 1);
        text[got > 0 ? got : 0] = 0;
        close(ends[0]);
        CHECK_EQ(waitpid(pid, &status, 0), pid);
        CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 42, "%s: %s is out of reach without a sandbox: %#x, %s", row->class,
                  row->target == TERMINAL ? "the terminal" : argv[i], status, text);
    }
    /* What it did is taken back. */
    char rest[64];
    for (int fd; (fd = accept(host.tcp, NULL, NULL)) >= 0 || (fd = accept(host.abstract, NULL, NULL)) >= 0 || (fd = accept(host.path, NULL, NULL)) >= 0;)
        close(fd);
    while (recv(host.udp, rest, sizeof rest, 0) > 0)
        ;
    tcflush(host.slave, TCIOFLUSH);
    fcntl(host.master, F_SETFL, O_NONBLOCK);
    while (read(host.master, rest, sizeof rest) > 0)
        ;
}

static void attack(const struct kind *kind, const struct row *row, const char *sibling, int alone)
{
    static char before[1 << 20], after[1 << 20];
    const char *argv[20];
    char who[200];
    size_t own, n = targets(row->target, sibling, argv, &own);
    snprintf(who, sizeof who, "%s: %s (%s)", kind->name, row->class, row->program);
    gosandbox_config *c = hostile(kind, row->program, n, argv);
    if (row->target == TERMINAL) {
        CHECK_EQ(gosandbox_config_set_fd(c, 0, host.slave), 0);
    }
    if (row->target == GIVEN || row->target == WORKDIR) {
        if (!host.given[0]) {
            gosandbox_config_free(c);
            return;
        }
        bind_part(c, host.given, "/given", GOSANDBOX_MOUNT_READ_WRITE | GOSANDBOX_MOUNT_EXEC);
        CHECK_EQ(gosandbox_config_set_cwd(c, "/given"), 0);
    }
    look(before, sizeof before, alone);
    gosandbox_result *r = RUN(c);
    struct gosandbox_stats s = stats_of(r);
    CHECK_SAY(s.status == row->status && (s.status != GOSANDBOX_STATUS_EXITED || s.exit_code == row->value) &&
                  (s.status != GOSANDBOX_STATUS_SIGNALED || s.signal == row->value),
              "%s: %s; it says \"%.200s\"", who, gosandbox_result_message(r), output_of(r));
    gosandbox_result_free(r);
    for (int i = 0; i < 200; i++) { /* the kernel may still be at it */
        look(after, sizeof after, alone);
        if (strcmp(before, after) == 0)
            break;
        nap_ms(25);
    }
    check_same(before, after, who);
    check_host(who);
}

/* All rows in one kind of isolation, with another run of the same kind beside them. */
static void attacks(const struct kind *kind, int alone, const char *only)
{
    static const char object[] = "24589";
    const char *argv[4] = {NULL, NAME, object};
    char sibling[16];
    int input[2], output[2];
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    gosandbox_config *c = hostile(kind, "hostile_victim", 3, argv);
    CHECK_EQ(pipe2(input, O_CLOEXEC), 0);
    CHECK_EQ(pipe2(output, O_CLOEXEC), 0);
    CHECK_EQ(gosandbox_config_set_fd(c, 0, input[0]), 0);
    CHECK_EQ(gosandbox_config_set_fd(c, 1, output[1]), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 300 * SECOND), 0);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    close(input[0]);
    close(output[1]);
    char line[200] = "";
    ssize_t n = read(output[0], line, sizeof line - 1);
    line[n > 0 ? n : 0] = 0;
    CHECK_SAY(strcmp(line, "ready\n") == 0, "%s: the other run says \"%s\"", kind->name, line);
    snprintf(sibling, sizeof sibling, "%d", gosandbox_task_pid(task));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((!only || strcmp(only, rows[i].program) == 0) && (!rows[i].once || kind == kinds))
            attack(kind, &rows[i], sibling, alone);
    close(input[1]);
    n = read(output[0], line, sizeof line - 1);
    line[n > 0 ? n : 0] = 0;
    gosandbox_task_wait(task, -1, &r);
    CHECK_EXITED(r, 0);
    CHECK_SAY(n == 0, "%s: the other run says \"%s\"", kind->name, line);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    close(output[0]);
}

static int table(const char *given, const char *only)
{
    int alone = given[0] != 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* who gets away becomes a child */
    make_host(given);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!only || strcmp(only, rows[i].program) == 0)
            control(&rows[i]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (geteuid() == 0 || !kinds[i].root)
            attacks(&kinds[i], alone, only);
    end_host();
    CHECK_NO_CHILDREN();
    printf("%s: ", geteuid() == 0 ? "root" : "an ordinary user");
    return check_summary();
}

/* What only root can make: a folder with a set-user-ID program and a device that anybody may read. */
static void make_given(const char *given)
{
    char path[100], block[4096];
    CHECK(mkdir(given, 0777) == 0 && chmod(given, 0777) == 0);
    snprintf(path, sizeof path, "%s/zero", given);
    CHECK(mknod(path, S_IFCHR | 0666, 0x105) == 0 && chmod(path, 0666) == 0);
    snprintf(path, sizeof path, "%s/setuid", given);
    FILE *from = fopen(fixture("hostile_setuid"), "r"), *to = fopen(path, "w");
    for (size_t n; from && to && (n = fread(block, 1, sizeof block, from)) > 0;)
        CHECK(fwrite(block, 1, n, to) == n);
    CHECK(from && to && fclose(from) == 0 && fclose(to) == 0 && chmod(path, 06755) == 0);
}

/* Runs the table once more as a program, as root or as a user that exists nowhere else. */
static void as(uid_t user, const char *self, const char *given, const char *only)
{
    int status = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (user && (setgid(user) != 0 || setuid(user) != 0))
            _exit(98);
        execl(self, self, "table", given, only, (char *)NULL);
        _exit(97);
    }
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "as %d: status %#x", (int)user, status);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        check_that(0, __FILE__, __LINE__, "something got away from user %d", (int)user);
}

/* The first process of the namespaces of the test. */
static int first(const char *self, const char *only)
{
    static const char *const fresh[] = {"/tmp", "/var/tmp", "/dev/shm"};
    char build[4000], again[64];
    snprintf(build, sizeof build, "%s", self); /* what is built may lie in /tmp */
    for (int i = 0; i < 2; i++)
        *strrchr(build, '/') = 0;
    int fd = open(build, O_PATH | O_DIRECTORY | O_CLOEXEC);
    CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(mount("tmpfs", fresh[i], "tmpfs", 0, "mode=1777") == 0);
    if (access(build, F_OK) != 0) {
        for (char *slash = build; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
            *slash = 0;
            mkdir(build, 0755);
        }
        mkdir(build, 0755);
        snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
        CHECK_SAY(mount(again, build, NULL, MS_BIND, NULL) == 0, "%s: %s", build, strerror(errno));
    }
    close(fd);
    make_given("/tmp/given");
    as(0, self, "/tmp/given", only);
    as(61043, self, "/tmp/given", only);
    return check_summary();
}

int main(int argc, char **argv)
{
    static char self[4000];
    const char *only = argc == 2 ? argv[1] : argc > 3 ? argv[3] : NULL;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = 0;
    if (argc > 2 && strcmp(argv[1], "table") == 0)
        return table(argv[2], only);
    if (geteuid() != 0) { /* half of it; what continuous integration runs is both */
        CHECK_SAY(getenv("CI") == NULL, "not root: half of the table is left out");
        return table("", only);
    }
    pid_t user = 0;
    int status = 0;
    if (!CHECK(unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUTS) == 0) || (user = fork()) == 0)
        return user == 0 && checks_failed == 0 ? first(self, only) : check_summary();
    CHECK_EQ(waitpid(user, &status, 0), user);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the table: status %#x", status);
    return check_summary();
}
