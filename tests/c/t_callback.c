/*
 * Callbacks: every action at entry and exit, the readers, who is called where, and answers that mean nothing.
 */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

struct script {
    gosandbox_action answer, at_exit;
    int64_t value;
    int fd, misuse;
    unsigned calls, exits, foreign;
    int64_t shown, length;
    pthread_t thread;
    char path[300], text[64];
    gosandbox_event *event;
};

static void decide(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    struct script *s = (struct script *)payload;
    CHECK_EQ(*out, GOSANDBOX_KILL);
    CHECK_EQ(call->size, sizeof *call);
    CHECK(call->pid > 0 && call->tid > 0 && call->ip != 0);
    s->event = event;
    s->foreign += !pthread_equal(s->thread, pthread_self());
    if (call->phase == GOSANDBOX_PHASE_EXIT) {
        s->exits++;
        s->shown = call->ret;
        CHECK_REFUSED(gosandbox_event_set_arg(event, 0, 0), GOSANDBOX_EINVAL);
        gosandbox_event_set_return(event, s->value);
        *out = s->at_exit;
        return;
    }
    CHECK_EQ(call->phase, GOSANDBOX_PHASE_ENTRY);
    CHECK_EQ(call->ret, 0);
    s->calls++;
    if (call->nr == SYS_openat)
        s->length = gosandbox_event_read_path(event, 0, 1, s->path, sizeof s->path);
    if (s->fd >= 0)
        CHECK_EQ(gosandbox_event_set_fd(event, s->fd, O_CLOEXEC), 0);
    gosandbox_event_set_return(event, s->value);
    if (s->misuse) {
        char b[8];
        CHECK_REFUSED(gosandbox_event_read(event, 1, b, 8), GOSANDBOX_EFAULT);
        CHECK_REFUSED(gosandbox_event_read_string(event, 1, b, 8), GOSANDBOX_EFAULT);
        CHECK_REFUSED(gosandbox_event_write(event, 1, b, 8), GOSANDBOX_EFAULT);
        CHECK_REFUSED(gosandbox_event_read(event, call->ip, NULL, 8), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_event_read_path(event, 9, 1, b, 8), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_event_read_path(event, 0, -1, b, 8), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_event_set_fd(event, -1, 0), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_event_set_fd(event, 0, O_APPEND), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_event_set_arg(event, 6, 0), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_event_read((gosandbox_event *)s, 1, b, 8), GOSANDBOX_EBADF);
        CHECK_EQ(gosandbox_event_read(event, call->ip, NULL, 0), 0);
        CHECK_EQ(gosandbox_event_read(event, call->ip, b, 8), 8);
        if (call->nr == SYS_openat) {
            CHECK_REFUSED(gosandbox_event_read_string(event, call->args[1], b, 4), GOSANDBOX_ETOOLONG);
            CHECK_REFUSED(gosandbox_event_read_path(event, 0, 1, b, 4), GOSANDBOX_ETOOLONG);
            int64_t n = gosandbox_event_read_string(event, call->args[1], s->text, sizeof s->text);
            CHECK_EQ(n, strlen(s->text));
        }
    }
    *out = s->answer;
}

static struct script script(gosandbox_action answer)
{
    struct script s;
    memset(&s, 0, sizeof s);
    s.answer = answer;
    s.at_exit = GOSANDBOX_ALLOW;
    s.fd = -1;
    s.thread = pthread_self();
    return s;
}

static gosandbox_config *asking(struct script *s, const char *call, const char *what, const char *value, const char *more)
{
    gosandbox_config *c = NULL;
    const char *argv[] = {fixture("called"), what, value, more};
    CHECK_EQ(gosandbox_config_new(&c), 0);
    gosandbox_config_set_argv(c, more ? 4 : value ? 3 : 2, argv);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 30 * SECOND);
    gosandbox_config_capture(c, 1, 4096);
    gosandbox_config_set_policy(c, NULL, GOSANDBOX_ALLOW);
    CHECK_EQ(gosandbox_config_add_rule(c, 0, call, GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_callback(c, decide, s), 0);
    return c;
}

static gosandbox_result *ask(struct script *s, const char *call, const char *what, const char *value)
{
    gosandbox_config *c = asking(s, call, what, value, NULL);
    gosandbox_result *r = RUN(c);
    if (s->calls)
        CHECK_EQ(s->foreign, 0);
    return r;
}

static void actions(void)
{
    struct script s = script(GOSANDBOX_ALLOW);
    gosandbox_result *r = ask(&s, "getppid", "getppid", NULL);
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.calls, 1);
    CHECK_EQ(stats_of(r).notifications, 1);
    CHECK(atoi(output_of(r)) == getpid());
    gosandbox_result_free(r);

    s = script(GOSANDBOX_ERRNO(EXDEV));
    r = ask(&s, "getppid", "getppid", NULL);
    CHECK_TEXT(output_of(r), "-1 errno 18\n");
    gosandbox_result_free(r);

    s = script(GOSANDBOX_RETURN);
    s.value = 4711;
    r = ask(&s, "getppid", "getppid", NULL);
    CHECK_TEXT(output_of(r), "4711 errno 0\n");
    gosandbox_result_free(r);

    s = script(GOSANDBOX_RETURN);
    s.value = -EPERM;
    r = ask(&s, "getppid", "getppid", NULL);
    CHECK_TEXT(output_of(r), "-1 errno 1\n");
    gosandbox_result_free(r);

    s = script(GOSANDBOX_DEFER); /* the default action is ALLOW */
    r = ask(&s, "getppid", "getppid", NULL);
    CHECK(atoi(output_of(r)) == getpid());
    gosandbox_result_free(r);

    s = script(GOSANDBOX_KILL);
    r = ask(&s, "getppid", "getppid", NULL);
    struct gosandbox_stats stats = stats_of(r);
    struct gosandbox_syscall call = {.size = sizeof call};
    CHECK_EQ(stats.status, GOSANDBOX_STATUS_VIOLATION);
    CHECK_EQ(stats.cause, GOSANDBOX_CAUSE_VIOLATION);
    CHECK_EQ(gosandbox_result_violation(r, &call, NULL, 0), 1);
    CHECK_EQ(call.nr, SYS_getppid);
    gosandbox_result_free(r);

    /* What is no action, or none at this moment. */
    static const gosandbox_action nonsense[] = {1, GOSANDBOX_NOTIFY, 0x10000, 0x11000, 0xffffffff, 0x7fff0001};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        s = script(nonsense[i]);
        gosandbox_config *c = asking(&s, "getppid", "getppid", NULL, NULL);
        r = NULL;
        CHECK_EQ(gosandbox_run(c, &r), GOSANDBOX_EINTERNAL);
        CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_INTERNAL);
        CHECK_EQ(stats_of(r).cause, GOSANDBOX_CAUSE_CALLBACK);
        CHECK_SAY(strstr(gosandbox_result_message(r), "getppid") != NULL, "%s", gosandbox_result_message(r));
        gosandbox_result_free(r);
        gosandbox_config_free(c);
    }
    s = script(GOSANDBOX_OPENED); /* with a descriptor that is not open */
    s.fd = 999;
    gosandbox_config *c = asking(&s, "openat", "open", "/dev/null", NULL);
    CHECK_EQ(gosandbox_run(c, &r), GOSANDBOX_EINTERNAL);
    CHECK_EQ(stats_of(r).cause, GOSANDBOX_CAUSE_CALLBACK);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

static void opened(void)
{
    struct script s = script(GOSANDBOX_OPENED);
    int fd = memfd_create("content", MFD_CLOEXEC);
    CHECK_EQ(write(fd, "instead", 7), 7);
    lseek(fd, 0, SEEK_SET);
    s.fd = fd;
    gosandbox_result *r = ask(&s, "openat", "open", "/etc/shadow");
    CHECK_TEXT(output_of(r), "fd 3 cloexec 1: instead\n");
    CHECK_TEXT(s.path, "/etc/shadow");
    CHECK_EQ(s.length, 11);
    gosandbox_result_free(r);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC); /* still ours */
    close(fd);

    s = script(GOSANDBOX_ALLOW); /* relative, of a child, with all misuse of the readers */
    s.misuse = 1;
    gosandbox_config *c = asking(&s, "openat", "child", "dir/../no such file", NULL);
    gosandbox_config_set_cwd(c, "/usr/lib");
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(s.path, "/usr/lib/dir/../no such file");
    CHECK_TEXT(s.text, "dir/../no such file");
    CHECK_TEXT(output_of(r), "errno 2\n");
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    char b[8];
    CHECK_REFUSED(gosandbox_event_read(s.event, 1, b, 8), GOSANDBOX_EBADF); /* over */
    CHECK_REFUSED(gosandbox_event_set_return(s.event, 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_event_set_return(NULL, 1), GOSANDBOX_EBADF);
}

static void inspected(void)
{
    struct script s = script(GOSANDBOX_INSPECT);
    gosandbox_result *r = ask(&s, "getppid", "getppid", NULL);
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.calls, 1);
    CHECK_EQ(s.exits, 1);
    CHECK_EQ(s.shown, getpid());
    CHECK(atoi(output_of(r)) == getpid());
    gosandbox_result_free(r);

    s = script(GOSANDBOX_INSPECT);
    s.at_exit = GOSANDBOX_RETURN;
    s.value = 99;
    r = ask(&s, "getppid", "getppid", NULL);
    CHECK_TEXT(output_of(r), "99 errno 0\n");
    gosandbox_result_free(r);

    s = script(GOSANDBOX_INSPECT);
    s.at_exit = GOSANDBOX_ERRNO(ENOSPC);
    r = ask(&s, "openat", "open", "/dev/null");
    CHECK_TEXT(output_of(r), "errno 28\n");
    CHECK_EQ(s.shown, 3);
    gosandbox_result_free(r);

    s = script(GOSANDBOX_INSPECT);
    s.at_exit = GOSANDBOX_KILL;
    r = ask(&s, "getppid", "getppid", NULL);
    CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_VIOLATION);
    gosandbox_result_free(r);

    s = script(GOSANDBOX_INSPECT);
    s.at_exit = GOSANDBOX_INSPECT;
    gosandbox_config *c = asking(&s, "getppid", "getppid", NULL, NULL);
    CHECK_EQ(gosandbox_run(c, &r), GOSANDBOX_EINTERNAL);
    CHECK_EQ(stats_of(r).cause, GOSANDBOX_CAUSE_CALLBACK);
    gosandbox_result_free(r);
    gosandbox_config_free(c);

    s = script(GOSANDBOX_INSPECT); /* fork itself; its children get their own events */
    r = ask(&s, "getppid", "fork", "20");
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.calls, 20);
    CHECK_EQ(s.exits, 20);
    gosandbox_result_free(r);
    s = script(GOSANDBOX_INSPECT);
    r = ask(&s, "clone", "fork", "20");
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.exits, 20);
    CHECK(s.shown > 0);
    gosandbox_result_free(r);
    s = script(GOSANDBOX_INSPECT);
    r = ask(&s, "execve", "exec", fixture("probe"));
    CHECK_EXITED(r, 7);
    CHECK_EQ(s.calls, 1); /* the library's own is not asked about */
    CHECK_EQ(s.exits, 1);
    CHECK_EQ(s.shown, 0);
    gosandbox_result_free(r);

    s = script(GOSANDBOX_INSPECT); /* signals in between */
    s.at_exit = GOSANDBOX_RETURN;
    s.value = 4711;
    r = ask(&s, "getppid", "interrupted", "300");
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "1\n");
    CHECK(s.calls >= 300 && s.exits == 300);
    gosandbox_result_free(r);
}

/* Changes the length of a write, in the program's registers. */
static void shorten(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    CHECK_EQ(call->args[2], 6);
    CHECK_EQ(gosandbox_event_set_arg(event, 2, 3), 0);
    *out = *(gosandbox_action *)payload;
}

static void rewrite(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)payload;
    CHECK_EQ(gosandbox_event_write(event, call->args[1], "CHANGE", 6), 6);
    *out = GOSANDBOX_ALLOW;
}

static void changed(void)
{
    gosandbox_action answer = GOSANDBOX_ALLOW;
    struct script s = script(answer);
    gosandbox_config *c = asking(&s, "write", "write", "abcdef", NULL);
    gosandbox_config_set_callback(c, shorten, &answer);
    gosandbox_result *r = RUN(c);
    CHECK_TEXT(output_of(r), "abc");
    gosandbox_result_free(r);
    c = asking(&s, "write", "write", "abcdef", NULL);
    gosandbox_config_set_callback(c, rewrite, &answer);
    r = RUN(c);
    CHECK_TEXT(output_of(r), "CHANGE");
    gosandbox_result_free(r);
}

static void *many(void *unused)
{
    struct script s = script(GOSANDBOX_RETURN);
    gosandbox_config *c = asking(&s, "getppid", "threads", "16", "200");
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.calls, 3200);
    CHECK_EQ(s.foreign, 0);
    CHECK_EQ(stats_of(r).notifications, 3200);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    return unused;
}

static void crowds(void)
{
    pthread_t threads[6];
    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, many, NULL);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    struct script s = script(GOSANDBOX_INSPECT);
    gosandbox_config *c = asking(&s, "getppid", "threads", "32", "20");
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.exits, 640);
    gosandbox_result_free(r);
}

/* A callback that takes its time: the wall limit kills the program meanwhile. */
static void dawdle(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    char b[8];
    (void)payload;
    usleep(700000);
    CHECK_REFUSED((int)gosandbox_event_read(event, call->ip, b, 8), GOSANDBOX_EGONE);
    *out = GOSANDBOX_ALLOW;
}

/* A callback that starts a run of its own. */
static void nest(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event, (void)payload;
    gosandbox_result *r = RUN(PROBE("exit", "5"));
    CHECK_EXITED(r, 5);
    gosandbox_result_free(r);
    *out = GOSANDBOX_ALLOW;
}

static void odd(void)
{
    struct script s = script(GOSANDBOX_ALLOW);
    gosandbox_config *c = asking(&s, "getppid", "getppid", NULL, NULL);
    gosandbox_config_set_callback(c, dawdle, NULL);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 200 * MS);
    gosandbox_result *r = RUN(c);
    CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_WALL_LIMIT);
    gosandbox_result_free(r);
    c = asking(&s, "getppid", "ppid", "5", NULL);
    gosandbox_config_set_callback(c, nest, NULL);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);

    /* Without anybody to ask it is not even started. */
    c = asking(&s, "getppid", "getppid", NULL, NULL);
    CHECK_EQ(gosandbox_config_set_callback(c, NULL, NULL), 0);
    CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EINVAL);
    gosandbox_config_free(c);
    CHECK_REFUSED(gosandbox_config_set_callback(NULL, decide, NULL), GOSANDBOX_EBADF);
    c = PROBE("exit", "0");
    CHECK_REFUSED(gosandbox_config_set_policy(c, NULL, GOSANDBOX_NOTIFY), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_policy(c, NULL, GOSANDBOX_RETURN), GOSANDBOX_EINVAL);
    gosandbox_config_free(c);

    /* The program that cannot be executed, and the one that is found at the second place. */
    s = script(GOSANDBOX_ALLOW);
    c = asking(&s, "getppid", "x", NULL, NULL);
    const char *nothing = "/no/such/program";
    gosandbox_config_set_argv(c, 1, &nothing);
    CHECK_EQ(gosandbox_run(c, &r), GOSANDBOX_ESETUP);
    CHECK_EQ(gosandbox_result_error(r)->sys_errno, ENOENT);
    gosandbox_result_free(r);
    const char *argv[] = {"sh", "-c", "exit 3"}, *path = "PATH=/no/such/place:/bin";
    gosandbox_config_set_argv(c, 3, argv);
    gosandbox_config_set_env(c, 1, &path);
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

/* For a task the callback comes on a thread of the library. */
static void tasks(void)
{
    struct script s = script(GOSANDBOX_RETURN);
    gosandbox_config *c = asking(&s, "getppid", "ppid", "100", NULL);
    gosandbox_task *t = NULL;
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_start(c, &t), 0);
    CHECK_EQ(gosandbox_task_wait(t, -1, &r), 0);
    CHECK_EXITED(r, 0);
    CHECK_EQ(s.calls, 100);
    CHECK_EQ(s.foreign, 100);
    gosandbox_result_free(r);
    gosandbox_task_free(t);
    gosandbox_config_free(c);
}

/* In a process that somebody listens to already: no callbacks, said so, and all else as ever. */
static int listened(void)
{
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {1, &allow};
    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) >= 0);
    struct script s = script(GOSANDBOX_ALLOW);
    gosandbox_result *r = NULL;
    gosandbox_config *c = asking(&s, "getppid", "getppid", NULL, NULL);
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_NOTIFY), 0);
    CHECK_SAY(strstr(gosandbox_last_error()->message, "another supervisor") != NULL, "%s", gosandbox_last_error()->message);
    CHECK_EQ(gosandbox_run(c, &r), GOSANDBOX_ESETUP);
    CHECK_EQ(gosandbox_result_error(r)->step, GOSANDBOX_STEP_SECCOMP);
    CHECK_EQ(gosandbox_result_error(r)->sys_errno, EBUSY);
    CHECK_SAY(strstr(gosandbox_result_message(r), "another supervisor") != NULL, "%s", gosandbox_result_message(r));
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    r = RUN(PROBE("exit", "4"));
    CHECK_EXITED(r, 4);
    gosandbox_result_free(r);
    return checks_failed != 0;
}

static void listened_to(void)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "t_callback", "listened", (char *)NULL);
        _exit(127);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "listened") == 0)
        return listened();
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_NOTIFY), 1);
    char text[4000];
    int descriptors;
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    descriptors = open_descriptors(text, sizeof text);
    actions();
    opened();
    inspected();
    changed();
    crowds();
    odd();
    tasks();
    listened_to();
    CHECK_EQ(open_descriptors(text, sizeof text), descriptors);
    CHECK_NO_CHILDREN();
    return check_summary();
}
