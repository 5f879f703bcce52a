/*
 * A panic at every entry into the library: each function of the interface that is given a handle gives EINTERNAL and works the next time; each
 * kind of thread of the library turns it into a run that is INTERNAL. The log gets a stack, and the host lives. In a build of its own.
 * tests/house.sh sees to it that no function is forgotten here.
 */
#include "check.h"

/* As in internal/fault/places.go. */
enum { GONE = 8, EXPORT = 10, SERVE, LATER, READ };

int gosandbox_fault(int place, int times);

static char said[8192]; /* the last text that the log was given */

static void note(uint32_t level, const char *text, void *payload)
{
    (void)level, (void)payload;
    snprintf(said, sizeof said, "%s", text);
}

/* The call fails for a panic in it. */
#define FAULTY(call)                                                                                        \
    do {                                                                                                    \
        said[0] = 0;                                                                                        \
        gosandbox_fault(EXPORT, 1);                                                                         \
        long long gave = (long long)(call);                                                                 \
        CHECK_SAY(gosandbox_fault(EXPORT, 0) == 0, "%s: the fault was not reached", #call);                 \
        CHECK_SAY(gave == GOSANDBOX_EINTERNAL, "%s gave %lld", #call, gave);                                \
        CHECK_SAY(strstr(gosandbox_last_error()->message, "fault at place"), "%s: \"%s\"", #call,           \
                  gosandbox_last_error()->message);                                                         \
        CHECK_SAY(strstr(said, "goroutine "), "%s: no stack in the log", #call);                            \
    } while (0)

static void configs(void)
{
    gosandbox_config *c = PROBE("exit", "0");
    const char *text[] = {"a"};
    uint32_t cpus[] = {0};
    struct gosandbox_mount mount;
    struct gosandbox_syscall call;
    struct gosandbox_collect collect;
    gosandbox_action action = 0;
    gosandbox_learner *learner = NULL;
    char buffer[100];
    memset(&mount, 0, sizeof mount);
    memset(&call, 0, sizeof call);
    memset(&collect, 0, sizeof collect);
    collect.size = sizeof collect;
    collect.pattern = "a";
    mount.size = sizeof mount;
    mount.kind = GOSANDBOX_MOUNT_TMPFS;
    mount.target = "/t";
    call.size = sizeof call;
    CHECK_EQ(gosandbox_learner_new(&learner), 0);
    FAULTY(gosandbox_config_set_argv(c, 1, text));
    FAULTY(gosandbox_config_set_env(c, 1, text));
    FAULTY(gosandbox_config_set_cwd(c, "/"));
    FAULTY(gosandbox_config_set_exec_fd(c, 0));
    FAULTY(gosandbox_config_set_stdin_bytes(c, "a", 1));
    FAULTY(gosandbox_config_set_fd(c, 4, 0));
    FAULTY(gosandbox_config_open_fd(c, 4, "/dev/null", O_RDONLY, 0));
    FAULTY(gosandbox_config_dup_fd(c, 4, 1));
    FAULTY(gosandbox_config_capture(c, 1, 10));
    FAULTY(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, SECOND));
    FAULTY(gosandbox_config_set_process_action(c, GOSANDBOX_ERRNO(EAGAIN)));
    FAULTY(gosandbox_config_set_rlimit(c, RLIMIT_NOFILE, 30, 30));
    FAULTY(gosandbox_config_set_ids(c, 1, 1));
    FAULTY(gosandbox_config_set_umask(c, 022));
    FAULTY(gosandbox_config_set_affinity(c, 1, cpus));
    FAULTY(gosandbox_config_set_nice(c, 1));
    FAULTY(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_IPC, NULL));
    FAULTY(gosandbox_config_add_id_map(c, GOSANDBOX_MAP_UID, 0, 0, 1));
    FAULTY(gosandbox_config_add_mount(c, &mount));
    FAULTY(gosandbox_config_use_judge_root(c));
    FAULTY(gosandbox_config_put_bytes(c, "a", "b", 1, 0));
    FAULTY(gosandbox_config_put_file(c, "a", "/etc/hostname", 0));
    FAULTY(gosandbox_config_put_fd(c, "a", 0, 0));
    FAULTY(gosandbox_config_set_workspace(c, NULL));
    FAULTY(gosandbox_config_collect(c, &collect));
    FAULTY(gosandbox_config_set_hostname(c, "a"));
    FAULTY(gosandbox_config_set_walls(c, 0));
    FAULTY(gosandbox_config_open_port(c, 1, GOSANDBOX_WALL_TCP_BIND));
    FAULTY(gosandbox_config_set_loopback(c, 1));
    FAULTY(gosandbox_config_require(c, GOSANDBOX_FEATURE_PTRACE));
    FAULTY(gosandbox_config_set_cgroup(c, NULL));
    FAULTY(gosandbox_config_set_cgroup_bandwidth(c, 10000000, 100000000));
    FAULTY(gosandbox_config_set_cgroup_cpus(c, 1, cpus));
    FAULTY(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW));
    FAULTY(gosandbox_config_load_policy(c, "{}", 2));
    FAULTY(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "acct", GOSANDBOX_KILL, 0, NULL));
    FAULTY(gosandbox_config_add_rule_number(c, GOSANDBOX_ARCH_NATIVE, 1, GOSANDBOX_KILL, 0, NULL));
    FAULTY(gosandbox_config_add_path(c, "/", GOSANDBOX_PATH_READ));
    FAULTY(gosandbox_config_set_path_action(c, GOSANDBOX_KILL));
    FAULTY(gosandbox_config_set_callback(c, NULL, NULL));
    FAULTY(gosandbox_config_set_interrupt(c, NULL, NULL));
    FAULTY(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_COUNT, 0));
    FAULTY(gosandbox_config_set_record(c, NULL));
    FAULTY(gosandbox_config_set_learner(c, learner));
    FAULTY(gosandbox_policy_json(c, buffer, sizeof buffer));
    FAULTY(gosandbox_policy_dump(c, buffer, sizeof buffer));
    FAULTY(gosandbox_policy_evaluate(c, &call, &action));
    FAULTY(gosandbox_policy_learn(c, learner, GOSANDBOX_KILL, 0));
    gosandbox_learner_free(learner);
    gosandbox_template *template = NULL;
    FAULTY(gosandbox_template_new(c, &template));
    CHECK(template == NULL);
    FAULTY(gosandbox_config_set_template(c, NULL));
    gosandbox_result *r = RUN(c); /* as if none of that had been */
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
}

static void runs(void)
{
    struct gosandbox_stats stats;
    struct gosandbox_syscall call;
    struct gosandbox_file file = {.size = sizeof file};
    struct gosandbox_call_count counts[2];
    char path[100];
    gosandbox_config *c = PROBE("exit", "6");
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    memset(&stats, 0, sizeof stats);
    memset(&call, 0, sizeof call);
    memset(counts, 0, sizeof counts);
    stats.size = sizeof stats;
    call.size = sizeof call;
    FAULTY(gosandbox_run(c, &r));
    FAULTY(gosandbox_start(c, &task));
    CHECK(r == NULL && task == NULL);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    FAULTY(gosandbox_task_wait(task, -1, &r));
    FAULTY(gosandbox_task_pid(task));
    FAULTY(gosandbox_task_poll_fd(task));
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    FAULTY(gosandbox_task_kill(task));
    FAULTY(gosandbox_result_stats(r, &stats));
    FAULTY(gosandbox_result_file(r, 0, &file));
    FAULTY(gosandbox_result_violation(r, &call, path, sizeof path));
    FAULTY(gosandbox_result_syscalls(r, counts, 2));
    struct gosandbox_sample sample = {.size = sizeof sample};
    struct gosandbox_process process = {.size = sizeof process};
    FAULTY(gosandbox_result_sample(r, 0, &sample));
    FAULTY(gosandbox_result_process(r, 0, &process));
    size_t n = 0;
    gosandbox_fault(EXPORT, 1);
    CHECK_TEXT(gosandbox_result_trace(r, &n, NULL), "");
    CHECK_EQ(gosandbox_fault(EXPORT, 0), 0);
    CHECK_EXITED(r, 6);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    gosandbox_config_free(c);
}

/* Two members, the first of which writes to the second: both end with 6. */
static void groups(void)
{
    gosandbox_config *c = PROBE("exit", "6");
    const gosandbox_config *members[] = {c, c};
    struct gosandbox_group how;
    struct gosandbox_pipe pipe;
    struct gosandbox_member member;
    struct gosandbox_hangup hangup;
    struct gosandbox_piece piece;
    gosandbox_result *r[2] = {NULL, NULL};
    gosandbox_task *task = NULL;
    memset(&how, 0, sizeof how);
    memset(&pipe, 0, sizeof pipe);
    memset(&member, 0, sizeof member);
    memset(&hangup, 0, sizeof hangup);
    memset(&piece, 0, sizeof piece);
    how.size = sizeof how;
    pipe.size = sizeof pipe;
    pipe.from = 0, pipe.from_fd = 1, pipe.to = 1, pipe.to_fd = 0;
    member.size = sizeof member;
    hangup.size = sizeof hangup;
    piece.size = sizeof piece;
    FAULTY(gosandbox_run_group(2, members, &pipe, 1, r));
    FAULTY(gosandbox_run_group_with(&how, 2, members, &pipe, 1, r));
    FAULTY(gosandbox_start_group(&how, 2, members, &pipe, 1, &task));
    CHECK(r[0] == NULL && r[1] == NULL && task == NULL);
    CHECK_EQ(gosandbox_start_group(&how, 2, members, &pipe, 1, &task), 0);
    FAULTY(gosandbox_task_member_pid(task, 0));
    FAULTY(gosandbox_task_wait_group(task, -1, 2, r));
    CHECK_EQ(gosandbox_task_wait_group(task, -1, 2, r), 0);
    FAULTY(gosandbox_result_member(r[0], &member));
    FAULTY(gosandbox_result_hangup(r[0], 0, &hangup));
    FAULTY(gosandbox_result_piece(r[0], 0, &piece));
    for (int i = 0; i < 2; i++) {
        CHECK_EXITED(r[i], 6);
        gosandbox_result_free(r[i]);
    }
    gosandbox_task_free(task);
    gosandbox_config_free(c);
}

/* In a callback: a panic in what it asks is its own error, the run goes on. */
static void decide(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    char text[100];
    (void)call;
    FAULTY(gosandbox_event_read(event, 0, text, 1));
    FAULTY(gosandbox_event_read_string(event, 0, text, sizeof text));
    FAULTY(gosandbox_event_read_path(event, -1, 0, text, sizeof text));
    FAULTY(gosandbox_event_write(event, 0, text, 1));
    CHECK_EQ(gosandbox_event_set_return(event, 1), 0); /* these three do not enter Go */
    CHECK_EQ(gosandbox_event_set_fd(event, 0, 0), 0);
    CHECK_EQ(gosandbox_event_set_arg(event, 0, 1), 0);
    *out = GOSANDBOX_ERRNO(EPERM);
    ++*(int *)payload;
}

static void callbacks(void)
{
    int asked = 0;
    gosandbox_config *c = config_for(fixture("called"), "ppid", "2", NULL);
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "getppid", GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_callback(c, decide, &asked), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_EQ(asked, 2);
    gosandbox_result_free(r);
}

/* ---------------------------------------------------------------- threads */

static char directory[] = "/tmp/gosandbox-entries-XXXXXX";

static gosandbox_config *under_paths(const char *what)
{
    char own[100];
    snprintf(own, sizeof own, "%s/", directory);
    gosandbox_config *c = config_for(fixture("told"), what, directory, NULL);
    CHECK_EQ(gosandbox_config_add_path(c, "/", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC), 0);
    CHECK_EQ(gosandbox_config_add_path(c, own, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE), 0);
    CHECK_EQ(gosandbox_config_set_path_action(c, GOSANDBOX_ERRNO(EACCES)), 0);
    return c;
}

static gosandbox_config *traced(void)
{
    gosandbox_config *c = config_for(fixture("told"), "files", directory, NULL);
    CHECK_EQ(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_TEXT, 1 << 16), 0);
    return c;
}

static void thread(const char *what, int place, gosandbox_config *c)
{
    gosandbox_result *r = NULL;
    double begin = now();
    said[0] = 0;
    gosandbox_fault(place, 1);
    int code = gosandbox_run(c, &r);
    CHECK_SAY(code == GOSANDBOX_EINTERNAL, "%s: it gave %d (%s)", what, code, gosandbox_last_error()->message);
    CHECK_SAY(strstr(gosandbox_last_error()->message, "fault at place"), "%s: \"%s\"", what, gosandbox_last_error()->message);
    CHECK_SAY(strstr(said, "goroutine "), "%s: no stack in the log", what);
    CHECK_SAY(gosandbox_fault(place, 0) == 0, "%s: the fault was not reached", what);
    CHECK_SAY(now() - begin < 12, "%s: not when it failed, but at a limit", what);
    if (r)
        CHECK_STATUS(r, GOSANDBOX_STATUS_INTERNAL);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    CHECK_NO_CHILDREN();
    r = RUN(PROBE("exit", "3"));
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
}

/* Somebody takes the events that the end of a failed run waits for. */
static int finished;

static void *thief(void *unused)
{
    static const struct timespec moment = {0, 20000};
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        int status;
        if (waitpid(-1, &status, WNOHANG | __WALL) <= 0)
            nanosleep(&moment, NULL);
    }
    return unused;
}

int main(void)
{
    pthread_t it;
    CHECK_EQ(gosandbox_set_log(GOSANDBOX_LOG_ERROR, note, NULL), 0);
    configs();
    runs();
    groups();
    callbacks();
    if (!CHECK(mkdtemp(directory) != NULL))
        return check_summary();
    thread("the thread that serves path rules", SERVE, under_paths("files"));
    thread("a call that waits", LATER, under_paths("fifo"));
    char path[100];
    snprintf(path, sizeof path, "%s/fifo", directory);
    CHECK_EQ(unlink(path), 0);
    thread("the reader of memory", READ, traced());
    CHECK_EQ(pthread_create(&it, NULL, thief, NULL), 0);
    for (int i = 0; i < 5; i++)
        thread("a supervisor beside a thief", GONE, PROBE("bereaved", "15000"));
    __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
    pthread_join(it, NULL);
    for (const char *name = "one"; name; name = strcmp(name, "one") == 0 ? "two" : NULL) {
        snprintf(path, sizeof path, "%s/%s", directory, name); /* of programs that were killed */
        remove(path);
    }
    CHECK_EQ(rmdir(directory), 0);
    CHECK_NO_CHILDREN();
    return check_summary();
}
