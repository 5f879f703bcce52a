/*
 * Templates: what a run gets from one, that nothing of a run is there for the next or for one beside it, and that nothing is left of
 * any. As root and once more as an ordinary user.
 */
#include "left.h"

#include <pthread.h>
#include <sys/prctl.h>

#define SHELL(script) config_for("/bin/sh", "-c", script, (char *)NULL)

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

/* The judge root, with the fixture, a directory to write in, a file and a program in it. */
static gosandbox_template *judge_with(int loopback)
{
    gosandbox_template *made = NULL;
    gosandbox_config *c = NULL;
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_EQ(gosandbox_config_use_judge_root(c), 0);
    struct gosandbox_mount m = part(GOSANDBOX_MOUNT_BIND, fixture("template_trace"), "/fixture", GOSANDBOX_MOUNT_EXEC);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    m = part(GOSANDBOX_MOUNT_TMPFS, NULL, "/box", GOSANDBOX_MOUNT_READ_WRITE);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    m = part(GOSANDBOX_MOUNT_FILE, NULL, "/box/given", 0);
    m.bytes = "given\n";
    m.n = 6;
    m.mode = 0666;
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    m = part(GOSANDBOX_MOUNT_BIND, fixture("exit_0"), "/box/bin/zero", GOSANDBOX_MOUNT_EXEC);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    m = part(GOSANDBOX_MOUNT_MASK, NULL, "/proc/version", 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    CHECK_EQ(gosandbox_config_set_hostname(c, "box"), 0);
    CHECK_EQ(gosandbox_config_set_loopback(c, loopback), 0);
    CHECK_SAY(gosandbox_template_new(c, &made) == 0, "template_new: %s", gosandbox_last_error()->message);
    gosandbox_config_free(c);
    return made;
}

static gosandbox_template *judge(void) { return judge_with(1); }

static gosandbox_config *in(gosandbox_template *t, gosandbox_config *c)
{
    CHECK_EQ(gosandbox_config_set_template(c, t), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 1 << 16), 0);
    return c;
}

static void prints(gosandbox_config *config, const char *expected, const char *what)
{
    gosandbox_result *r = RUN(config);
    CHECK_STATUS(r, GOSANDBOX_STATUS_EXITED);
    CHECK_SAY(r && strcmp(output_of(r), expected) == 0, "%s: printed \"%.300s\", expected \"%s\"", what, r ? output_of(r) : "", expected);
    gosandbox_result_free(r);
}

static void refused(void)
{
    gosandbox_template *t = (gosandbox_template *)1;
    gosandbox_config *c = PROBE("exit", "0");
    CHECK_REFUSED(gosandbox_template_new(c, &t), GOSANDBOX_EINVAL); /* no isolation */
    CHECK(t == NULL);
    CHECK_REFUSED(gosandbox_template_new(c, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_template_new(NULL, &t), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_template(c, (gosandbox_template *)c), GOSANDBOX_EBADF);
    CHECK_EQ(gosandbox_config_set_hostname(c, "box"), 0);
    CHECK_EQ(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_USER, NULL), 0);
    CHECK_REFUSED(gosandbox_template_new(c, &t), GOSANDBOX_EINVAL); /* a hostname without UTS */
    CHECK_EQ(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_ALL, NULL), 0);
    gosandbox_template *good = NULL;
    CHECK_EQ(gosandbox_template_new(c, &good), 0);
    CHECK_EQ(gosandbox_config_set_template(c, good), 0);
    CHECK_REFUSED(gosandbox_template_new(c, &t), GOSANDBOX_EINVAL); /* of a template */
    CHECK(RUN_EXPECT(c, GOSANDBOX_EINVAL) == NULL);                 /* and isolation of its own */
    gosandbox_template_free(good);

    /* What is wrong with the root comes out here, whether it is built once or for each run. */
    static const char *const sources[] = {"/no/such/source", "/no/such/source", "/usr"};
    static const char *const targets[] = {"/a", "/t/a", "/l/a"};
    static const int errnos[] = {ENOENT, ENOENT, ELOOP};
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(gosandbox_config_new(&c), 0);
        CHECK_EQ(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_ALL, NULL), 0);
        struct gosandbox_mount m = part(GOSANDBOX_MOUNT_TMPFS, NULL, "/t", GOSANDBOX_MOUNT_READ_WRITE);
        CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
        m = part(GOSANDBOX_MOUNT_SYMLINK, "t", "/l", 0);
        CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
        m = part(GOSANDBOX_MOUNT_BIND, sources[i], targets[i], 0);
        CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
        CHECK_REFUSED(gosandbox_template_new(c, &t), GOSANDBOX_ESETUP);
        const struct gosandbox_error *e = gosandbox_last_error();
        CHECK_SAY(e->step == GOSANDBOX_STEP_MOUNT && e->index == 2 && e->sys_errno == errnos[i] && strstr(e->message, targets[i]),
                  "%s: step %u, index %d, errno %d: %s", targets[i], e->step, e->index, e->sys_errno, e->message);
        gosandbox_config_free(c);
    }
    gosandbox_template_free(NULL);
    gosandbox_template_free((gosandbox_template *)1);
    CHECK_NO_CHILDREN();
}

/* What the root and the namespaces of a run are like, and what is the run's own. */
static void gets(gosandbox_template *t)
{
    for (int i = 0; i < 3; i++) {
        prints(in(t, SHELL("uname -n; pwd; cat /box/given; echo changed > /box/given; cat /box/given; ls /box; echo x > /tmp/x; echo y > /dev/shm/y;"
                           "ls /tmp /dev/shm; (echo > /usr/x) 2>/dev/null || echo refused; (echo > /x) 2>/dev/null || echo refused;"
                           "cat /proc/version; /box/bin/zero && echo zero; ls -d /home /root /var 2>/dev/null; ls /proc | grep -c '^[0-9]'" /* process 1 is not shown */)),
               "box\n/\ngiven\nchanged\nbin\ngiven\n/dev/shm:\ny\n\n/tmp:\nx\nrefused\nrefused\nzero\n3\n", "the root");
        prints(in(t, SHELL("grep ^Cap /proc/self/status | grep -c 0000000000000000")), "5\n", "capabilities");
    }
    gosandbox_config *c = in(t, SHELL("pwd; cat; cat <&5"));
    CHECK_EQ(gosandbox_config_set_cwd(c, "/usr"), 0);
    CHECK_EQ(gosandbox_config_set_stdin_bytes(c, "in\n", 3), 0);
    CHECK_EQ(gosandbox_config_open_fd(c, 5, "/proc/self/comm", O_RDONLY, 0), 0); /* the host's, as are all paths of open_fd */
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_SAY(r && strncmp(output_of(r), "/usr\nin\n", 8) == 0 && strstr(output_of(r), "t_template"), "printed %s", r ? output_of(r) : "");
    gosandbox_result_free(r);

    c = in(t, config_for("/no/such/program", (char *)NULL));
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK(r && gosandbox_result_error(r)->step == GOSANDBOX_STEP_EXEC);
    gosandbox_result_free(r);
    c = in(t, SHELL("exit 0"));
    CHECK_EQ(gosandbox_config_open_fd(c, 5, "/no/such/file", O_RDONLY, 0), 0);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK(r && gosandbox_result_error(r)->step == GOSANDBOX_STEP_OPEN && gosandbox_result_error(r)->index == 5);
    gosandbox_result_free(r);
    char name[] = "/tmp/t_template_XXXXXX", pipe[64];
    CHECK(mkdtemp(name) != NULL);
    snprintf(pipe, sizeof pipe, "%s/pipe", name);
    CHECK_EQ(mkfifo(pipe, 0600), 0);
    c = in(t, SHELL("exit 0"));
    CHECK_EQ(gosandbox_config_open_fd(c, 5, pipe, O_RDONLY, 0), 0);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP); /* nobody to wait for */
    CHECK(strstr(gosandbox_last_error()->message, "descriptor") != NULL);
    gosandbox_result_free(r);
    unlink(pipe);
    rmdir(name);

    c = in(t, SHELL("exec sleep 20"));
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 50 * MS), 0);
    r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_WALL_LIMIT);
    gosandbox_result_free(r);
    c = in(t, SHELL("uname"));
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "uname", GOSANDBOX_KILL, 0, NULL), 0);
    r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_VIOLATION);
    gosandbox_result_free(r);
    prints(in(t, SHELL("kill -9 1 2>/dev/null; echo $$; exec /box/bin/zero")), "2\n", "process 1");
}

/* Deaths are the same in a template as outside. */
static void deaths(gosandbox_template *t)
{
    static const int signals[] = {SIGABRT, SIGTERM, SIGKILL, SIGPIPE};
    char script[60];
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        snprintf(script, sizeof script, "kill -9 1 2>/dev/null; kill -%d $$", signals[i]);
        gosandbox_result *r = RUN(in(t, SHELL(script)));
        CHECK_STATUS(r, GOSANDBOX_STATUS_SIGNALED);
        CHECK_EQ(stats_of(r).signal, signals[i]);
        gosandbox_result_free(r);
    }
}

static gosandbox_config *trace(gosandbox_template *t, const char *how) { return in(t, config_for("/fixture", how, (char *)NULL)); }

/* What one run leaves is not there for the next. */
static void one_after_the_other(gosandbox_template *t)
{
    for (int i = 0; i < 4; i++) {
        prints(trace(t, "leave"), "left\n", "leave");
        prints(trace(t, "look"), "", "found after a run");
    }
}

/* Nor for one beside it. */
static void beside(gosandbox_template *t)
{
    int ends[2];
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    gosandbox_config *c = config_for("/fixture", "hold", (char *)NULL);
    int out[2];
    char word[6] = "";
    CHECK_EQ(pipe2(out, O_CLOEXEC), 0);
    CHECK_EQ(gosandbox_config_set_template(c, t), 0);
    CHECK_EQ(gosandbox_config_set_fd(c, 0, ends[0]), 0);
    CHECK_EQ(gosandbox_config_set_fd(c, 1, out[1]), 0);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    close(out[1]);
    CHECK(read(out[0], word, 5) == 5 && strcmp(word, "left\n") == 0);
    for (int i = 0; i < 3; i++)
        prints(trace(t, "look"), "", "found beside a run");
    close(ends[1]);
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    gosandbox_config_free(c);
    close(ends[0]);
    close(out[0]);
}

static void *runs(void *t)
{
    for (int i = 0; i < 10; i++)
        prints(trace(t, i % 2 ? "look" : "leave"), i % 2 ? "" : "left\n", "side by side");
    return NULL;
}

static void side_by_side(gosandbox_template *t)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, runs, t), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

/* A network namespace is another run's later only if nothing was done in it: what it counts would be seen. */
static void networks(void)
{
    gosandbox_template *t = judge_with(0);
    for (int i = 0; i < 40; i++) {
        int does = i % 4 == 1;
        prints(in(t, config_for("/box/bin/zero", (char *)NULL)), "", "a program without sockets");
        prints(trace(t, does ? "count" : "look"), does ? "counted\n" : "", does ? "count" : "found after a run that was counted");
    }
    gosandbox_template_free(t);
}

/* Two hundred runs, some of them interrupted, with a template in between and without: all is as before. */
static void leftovers(void)
{
    char before[4000], after[4000];
    int grouped = gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 1 && geteuid() == 0;
    long threads = 0;
    char *mounts = file_text("/proc/self/mountinfo");
    CHECK(geteuid() != 0 || grouped || gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 0);
    for (int round = 0; round < 3; round++) {
        gosandbox_template *t = judge();
        gosandbox_config *c = in(t, SHELL("sleep 10 & : > /tmp/left; exit 3"));
        if (grouped) {
            CHECK_EQ(gosandbox_config_set_cgroup(c, NULL), 0);
            CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 256 * MIB), 0);
        }
        for (int i = 0; i < 67; i++) {
            gosandbox_task *task = NULL;
            gosandbox_result *r = NULL;
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
        gosandbox_config_free(c);
        gosandbox_template_free(t);
        nap_ms(100);
        if (round == 0) {
            open_descriptors(before, sizeof before);
            threads = status_number("Threads:");
        }
    }
    /* The processes of the last cells end a little after the template. */
    for (int i = 0; i < 100; i++) {
        open_descriptors(after, sizeof after);
        if (strcmp(after, before) == 0)
            break;
        nap_ms(50);
    }
    CHECK_TEXT(after, before);
    CHECK_SAY(status_number("Threads:") <= threads + 4, "threads %ld, were %ld", status_number("Threads:"), threads);
    CHECK_TEXT(file_text("/proc/self/mountinfo"), mounts);
    CHECK(access("/tmp/left", F_OK) != 0);
    CHECK_EQ(groups_left(), 0);
    CHECK_NO_CHILDREN();
}

/* A template may go while a run is in it, which ends as it would have; what names it later is told. */
static void freed(void)
{
    gosandbox_template *t = judge();
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    int ends[2];
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    gosandbox_config *c = in(t, SHELL("read x; echo $x; exit 6"));
    CHECK_EQ(gosandbox_config_set_fd(c, 0, ends[0]), 0);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_template_free(t);
    gosandbox_template_free(t);
    CHECK_EQ(write(ends[1], "word\n", 5), 5);
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_EXITED(r, 6);
    CHECK_TEXT(output_of(r), "word\n");
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    CHECK(RUN_EXPECT(c, GOSANDBOX_EBADF) == NULL);
    close(ends[0]);
    close(ends[1]);
}

/* A host may wait for all of its children, ignore their end, fork and leave in the fork. */
static void hosts(gosandbox_template *t)
{
    errno = 0;
    CHECK(wait(NULL) == -1 && errno == ECHILD);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        gosandbox_template_free(t);
        exit(5);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    prints(in(t, SHELL("echo there")), "there\n", "after a fork");
    signal(SIGCHLD, SIG_IGN);
    prints(in(t, SHELL("echo there")), "there\n", "ignored children");
    signal(SIGCHLD, SIG_DFL);
}

/* A host that is killed leaves nothing alive: what it had made becomes a child of this process, and ends. */
static void killed(const char *self)
{
    int ends[2];
    char byte;
    CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    CHECK_EQ(pipe(ends), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", ends[1]);
        execl(self, self, "host", number, (char *)NULL);
        _exit(97);
    }
    close(ends[1]);
    CHECK_EQ(read(ends[0], &byte, 1), 1); /* a run is in the template, and cells are ready or being made */
    kill(pid, SIGKILL);
    CHECK_EQ(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    double end = now() + 30;
    pid_t left;
    while ((left = waitpid(-1, NULL, __WALL | WNOHANG)) >= 0 && now() < end)
        if (left == 0)
            nap_ms(5);
    CHECK_SAY(left == -1 && errno == ECHILD, "something outlives a host that was killed");
    CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

static int be_host(int fd)
{
    gosandbox_template *t = judge();
    gosandbox_config *c = in(t, SHELL("(sleep 30 &) ; printf x >&7; sleep 30"));
    gosandbox_config_set_fd(c, 7, fd);
    gosandbox_result_free(RUN(c));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "host") == 0)
        return be_host(atoi(argv[2]));
    if (argc == 1 && geteuid() == 0)
        again_as_user(argv[0], 61044);
    refused();
    gosandbox_template *t = judge();
    gets(t);
    deaths(t);
    one_after_the_other(t);
    beside(t);
    side_by_side(t);
    networks();
    hosts(t);
    gosandbox_template_free(t);
    freed();
    leftovers();
    killed("/proc/self/exe");
    CHECK_NO_CHILDREN();
    return check_summary();
}
