/*
 * Groups: hostile members against ordinary ones, straight and with a transcript. After each the process is as it was before.
 */
#include "check.h"
#include <sys/syscall.h>

static const struct gosandbox_pipe both_ways[2] = {
    {.size = sizeof(struct gosandbox_pipe), .from = 0, .from_fd = 1, .to = 1, .to_fd = 0},
    {.size = sizeof(struct gosandbox_pipe), .from = 1, .from_fd = 1, .to = 0, .to_fd = 0},
};

static gosandbox_result *results[2];
static uint64_t transcript; /* of the groups that follow */

static gosandbox_config *member(const char *how, const char *argument)
{
    gosandbox_config *c = config_for(fixture("dialogue"), how, argument, (char *)NULL);
    CHECK_EQ(gosandbox_config_capture(c, 2, 4096), 0);
    return c;
}

static void free_results(void)
{
    for (int i = 0; i < 2; i++) {
        gosandbox_result_free(results[i]);
        results[i] = NULL;
    }
}

/* Runs two members and frees their configs. */
static int pair_as(struct gosandbox_group how, gosandbox_config *a, gosandbox_config *b)
{
    const gosandbox_config *configs[2] = {a, b};
    how.size = sizeof how;
    how.transcript = transcript;
    if (how.wall == 0)
        how.wall = 30 * SECOND;
    free_results();
    int code = gosandbox_run_group_with(&how, 2, configs, both_ways, 2, results);
    gosandbox_config_free(a);
    gosandbox_config_free(b);
    return code;
}

static int pair(const char *a, const char *b)
{
    return pair_as((struct gosandbox_group){0}, member(a, NULL), member(b, NULL));
}

static struct gosandbox_member of(int i)
{
    struct gosandbox_member m = {.size = sizeof m};
    CHECK_EQ(gosandbox_result_member(results[i], &m), 0);
    return m;
}

static struct gosandbox_hangup hangup(size_t pipe)
{
    struct gosandbox_hangup h = {.size = sizeof h};
    CHECK_EQ(gosandbox_result_hangup(results[0], pipe, &h), 0);
    return h;
}

#define CHECK_CAUSE(i, status, why)                                       \
    do {                                                                  \
        struct gosandbox_stats s_ = stats_of(results[i]);                 \
        CHECK_STATUS(results[i], status);                                 \
        CHECK_SAY(s_.cause == (why), "cause %s (%s)", gosandbox_cause_name(s_.cause), gosandbox_result_message(results[i])); \
    } while (0)

static void dialogue(void)
{
    CHECK_EQ(pair_as((struct gosandbox_group){0}, member("echo", NULL), member("ask", "200")), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
    CHECK_EQ(of(0).first_out, 1);
    CHECK_EQ(of(1).index, 1);
    CHECK_EQ(of(1).members, 2);
    /* a process closes its descriptors in their order: 0 before 1. A relay notices in the order of the pipes. */
    CHECK(hangup(0).first == GOSANDBOX_HANGUP_READER || hangup(1).first == GOSANDBOX_HANGUP_WRITER);
    struct gosandbox_piece piece = {.size = sizeof piece};
    size_t said[2] = {0, 0}, n = 0;
    uint64_t last = 0;
    for (; gosandbox_result_piece(results[1], n, &piece) == 1; n++) {
        said[piece.pipe] += piece.n;
        CHECK_SAY(piece.at >= last, "the times of the transcript go back");
        last = piece.at;
    }
    CHECK_EQ(n, of(0).pieces);
    CHECK_EQ(said[1], transcript ? 10 * 2 + 90 * 3 + 100 * 4 : 0);
    CHECK_EQ(said[0], said[1]);
    CHECK_EQ(hangup(1).bytes, said[1]);
}

/* The one that floods is told by SIGPIPE; the other one by the end of the file. */
static void floods(void)
{
    CHECK_EQ(pair("flood", "hang-up"), 0);
    CHECK_STATUS(results[0], GOSANDBOX_STATUS_SIGNALED);
    CHECK_EQ(stats_of(results[0]).signal, SIGPIPE);
    CHECK(strstr(gosandbox_result_message(results[0]), "which had hung up") != NULL);
    CHECK_EXITED(results[1], 0);
    CHECK_EQ(of(0).first_out, 1);
    CHECK_EQ(hangup(0).first, GOSANDBOX_HANGUP_READER);

    CHECK_EQ(pair("read", "hang-up"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EQ(hangup(1).first, GOSANDBOX_HANGUP_WRITER);

    gosandbox_config *a = member("flood-ignoring", NULL);
    gosandbox_config_set_limit(a, GOSANDBOX_LIMIT_CPU, 200 * MS);
    CHECK_EQ(pair_as((struct gosandbox_group){0}, a, member("hang-up", NULL)), 0);
    CHECK_STATUS(results[0], GOSANDBOX_STATUS_CPU_LIMIT);
    CHECK_EXITED(results[1], 0);

    CHECK_EQ(pair("flood", "abort"), 0);
    CHECK_STATUS(results[1], GOSANDBOX_STATUS_SIGNALED);
    CHECK_EQ(stats_of(results[1]).signal, SIGABRT);
    CHECK_EQ(stats_of(results[0]).signal, SIGPIPE);

    CHECK_EQ(pair("bytes", "read"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
}

static void deadlocks(void)
{
    static const char *const stuck[][2] = {{"read", "read"}, {"read", "threads"}, {"child-waits", "read"}, {"flood", "flood"}, {"exec", "read"}};
    for (size_t i = 0; i < sizeof stuck / sizeof *stuck; i++) {
        double begin = now();
        CHECK_EQ(pair(stuck[i][0], stuck[i][1]), 0);
        CHECK_CAUSE(0, GOSANDBOX_STATUS_WALL_LIMIT, GOSANDBOX_CAUSE_DEADLOCK);
        CHECK_CAUSE(1, GOSANDBOX_STATUS_WALL_LIMIT, GOSANDBOX_CAUSE_DEADLOCK);
        CHECK_EQ(of(0).waiting, i == 3 ? GOSANDBOX_WAITING_WRITE : GOSANDBOX_WAITING_READ);
        CHECK_EQ(of(0).waiting_pipe, i == 3 ? 0 : 1);
        CHECK_EQ(of(0).first_out, -1);
        CHECK_SAY(now() - begin < 15, "%s, %s: left to the wall limit", stuck[i][0], stuck[i][1]);
    }
    /* none: one thread does something else, one wakes itself, one is stopped */
    struct gosandbox_group shortly = {.wall = SECOND};
    CHECK_EQ(pair_as(shortly, member("one-sleeps", NULL), member("read", NULL)), 0);
    CHECK_CAUSE(0, GOSANDBOX_STATUS_WALL_LIMIT, GOSANDBOX_CAUSE_WALL);
    CHECK_EQ(of(0).waiting, GOSANDBOX_WAITING_NOT);
    CHECK_EQ(of(1).waiting, GOSANDBOX_WAITING_READ);
    CHECK_EQ(pair_as(shortly, member("stop", NULL), member("read", NULL)), 0);
    CHECK_CAUSE(1, GOSANDBOX_STATUS_WALL_LIMIT, GOSANDBOX_CAUSE_WALL);
    CHECK_EQ(pair("alarm", "echo"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
}

/* A process that a member leaves behind dies with it, and with it the pipes' ends. */
static void leavings(void)
{
    CHECK_EQ(pair("daemon", "read"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
    CHECK_EQ(of(0).first_out, 0);

    gosandbox_config *a = member("bomb", NULL);
    gosandbox_config_set_limit(a, GOSANDBOX_LIMIT_PROCESSES, 8);
    CHECK_EQ(pair_as((struct gosandbox_group){0}, a, member("read", NULL)), 0);
    CHECK_STATUS(results[0], GOSANDBOX_STATUS_PROCESS_LIMIT);
    CHECK_EXITED(results[1], 0);
}

/* What a member does to its own ends does nothing to the others, nor to what is told. */
static void ends(void)
{
    CHECK_EQ(pair("own-input", "read"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);

    CHECK_EQ(pair_as((struct gosandbox_group){0}, member("reopen", NULL), member("ask", "1")), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
    CHECK_EQ(hangup(0).bytes, transcript ? 2 : 0);
    CHECK_EQ(of(0).first_out, 1); /* that it closed what it had opened again was no hang-up */

    CHECK_EQ(pair("flags", "read"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);

    CHECK_EQ(pair("gift", "read"), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
    CHECK_EQ(hangup(0).bytes, transcript ? 16000 : 0);
}

static void endings(void)
{
    struct gosandbox_group first = {.ending = GOSANDBOX_ENDING_FIRST, .grace = 50 * MS};
    CHECK_EQ(pair_as(first, member("hang-up-spin", NULL), member("nothing", NULL)), 0);
    CHECK_CAUSE(0, GOSANDBOX_STATUS_CANCELLED, GOSANDBOX_CAUSE_GROUP);
    CHECK_EXITED(results[1], 0);
    struct gosandbox_group second = {.ending = GOSANDBOX_ENDING_MEMBER, .member = 1};
    CHECK_EQ(pair_as(second, member("nothing", NULL), member("hang-up", NULL)), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
}

static void cannot_start(void)
{
    gosandbox_config *a = member("echo", NULL), *b = config_for("/no/such/program", (char *)NULL);
    CHECK_REFUSED(pair_as((struct gosandbox_group){0}, a, b), GOSANDBOX_ESETUP);
    CHECK(strncmp(gosandbox_last_error()->message, "member 1: exec: ", 16) == 0);
    CHECK_STATUS(results[1], GOSANDBOX_STATUS_SETUP_FAILED);
    CHECK_CAUSE(0, GOSANDBOX_STATUS_CANCELLED, GOSANDBOX_CAUSE_GROUP);
}

static void refused(void)
{
    gosandbox_config *a = member("echo", NULL), *b = member("ask", "3");
    const gosandbox_config *configs[2] = {a, b};
    gosandbox_result *room[2];
    struct gosandbox_pipe wrong[2];
#define REFUSE(change)                                                                                  \
    do {                                                                                                \
        memcpy(wrong, both_ways, sizeof wrong);                                                         \
        change;                                                                                         \
        room[0] = room[1] = (gosandbox_result *)a;                                                      \
        CHECK_REFUSED(gosandbox_run_group(2, configs, wrong, 2, room), GOSANDBOX_EINVAL);               \
        CHECK(room[0] == NULL && room[1] == NULL);                                                      \
    } while (0)
    REFUSE(wrong[0].to = 0);
    REFUSE(wrong[0].to = 2);
    REFUSE(wrong[0].from = UINT32_MAX);
    REFUSE(wrong[1].from_fd = -1);
    REFUSE(wrong[1].from_fd = 1024);
    REFUSE(wrong[1].from_fd = 2); /* captured */
    REFUSE((wrong[1].to_fd = 1, wrong[1].size = sizeof wrong[1])); /* bound by the first */
    REFUSE(wrong[0].size = 4);
    REFUSE(wrong[1].size = 4);
    REFUSE(wrong[0].flags = 2);
    REFUSE(wrong[0].capacity = UINT64_MAX);
    struct gosandbox_group how = {.size = sizeof how, .flags = 2};
    CHECK_REFUSED(gosandbox_run_group_with(&how, 2, configs, both_ways, 2, room), GOSANDBOX_EINVAL);
    how.flags = 0, how.ending = 3;
    CHECK_REFUSED(gosandbox_run_group_with(&how, 2, configs, both_ways, 2, room), GOSANDBOX_EINVAL);
    how.ending = GOSANDBOX_ENDING_MEMBER, how.member = 2;
    CHECK_REFUSED(gosandbox_run_group_with(&how, 2, configs, both_ways, 2, room), GOSANDBOX_EINVAL);
    how.ending = 0, how.wall = UINT64_MAX;
    CHECK_REFUSED(gosandbox_run_group_with(&how, 2, configs, both_ways, 2, room), GOSANDBOX_EINVAL);
    how.wall = 0, how.transcript = UINT64_MAX;
    CHECK_REFUSED(gosandbox_run_group_with(&how, 2, configs, both_ways, 2, room), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_run_group(0, configs, NULL, 0, room), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_run_group(65, configs, NULL, 0, room), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_run_group(2, NULL, NULL, 0, room), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_run_group(2, configs, NULL, 2, room), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_run_group(2, configs, both_ways, 2, NULL), GOSANDBOX_EINVAL);
    const gosandbox_config *stale[2] = {a, NULL};
    CHECK_REFUSED(gosandbox_run_group(2, stale, both_ways, 2, room), GOSANDBOX_EBADF);
    struct gosandbox_member m = {.size = sizeof m};
    CHECK_REFUSED(gosandbox_result_member(NULL, &m), GOSANDBOX_EBADF);
    struct gosandbox_piece piece = {.size = sizeof piece};
    CHECK_REFUSED(gosandbox_result_piece(NULL, 0, &piece), GOSANDBOX_EBADF);
    struct gosandbox_hangup h = {.size = sizeof h};
    CHECK_REFUSED(gosandbox_result_hangup(results[0], 2, &h), GOSANDBOX_EINVAL);

    /* a result without a group says so */
    gosandbox_result *alone = NULL;
    CHECK_EQ(gosandbox_run(a, &alone), 0);
    CHECK_EQ(gosandbox_result_member(alone, &m), 0);
    CHECK(m.members == 0 && m.first_out == -1 && m.waiting_pipe == -1);
    CHECK_EQ(gosandbox_result_piece(alone, 0, &piece), 0);
    CHECK_REFUSED(gosandbox_result_hangup(alone, 0, &h), GOSANDBOX_EINVAL);
    gosandbox_result_free(alone);
    gosandbox_config_free(a);
    gosandbox_config_free(b);
}

static int ask_no_more(void *payload)
{
    ++*(int *)payload;
    return 1;
}

static void handled(int signal) { (void)signal; }

static void *signals(void *thread)
{
    nap_ms(300);
    pthread_kill(*(pthread_t *)thread, SIGUSR1);
    return NULL;
}

static void interrupted(void)
{
    int asked = 0;
    pthread_t self = pthread_self(), other;
    struct sigaction action = {.sa_handler = handled, .sa_flags = SA_ONSTACK}, before;
    gosandbox_config *b = member("sleep", NULL);
    CHECK_EQ(gosandbox_config_set_interrupt(b, ask_no_more, &asked), 0);
    sigaction(SIGUSR1, &action, &before);
    pthread_create(&other, NULL, signals, &self);
    CHECK_EQ(pair_as((struct gosandbox_group){0}, member("sleep", NULL), b), 0);
    pthread_join(other, NULL);
    sigaction(SIGUSR1, &before, NULL);
    CHECK_CAUSE(0, GOSANDBOX_STATUS_CANCELLED, GOSANDBOX_CAUSE_CANCELLED);
    CHECK_CAUSE(1, GOSANDBOX_STATUS_CANCELLED, GOSANDBOX_CAUSE_CANCELLED);
    CHECK_EQ(asked, 1);
}

static void tasks(void)
{
    gosandbox_config *a = member("echo", NULL), *b = member("ask", "50");
    const gosandbox_config *configs[2] = {a, b};
    struct gosandbox_group how = {.size = sizeof how, .transcript = transcript};
    gosandbox_task *task = NULL;
    gosandbox_result *one = NULL;
    free_results();
    CHECK_EQ(gosandbox_start_group(&how, 2, configs, both_ways, 2, &task), 0);
    CHECK_REFUSED(gosandbox_task_wait(task, -1, &one), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_task_pid(task), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_task_member_pid(task, 2), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_task_wait_group(task, -1, 1, results), GOSANDBOX_EINVAL);
    CHECK(gosandbox_task_poll_fd(task) >= 0);
    CHECK_EQ(gosandbox_task_wait_group(task, -1, 2, results), 0);
    CHECK_EXITED(results[0], 0);
    CHECK_EXITED(results[1], 0);
    gosandbox_task_free(task);
    free_results();
    gosandbox_config_free(b);
    configs[1] = b = member("sleep", NULL);
    CHECK_EQ(gosandbox_start_group(&how, 2, configs, both_ways, 2, &task), 0);
    CHECK_REFUSED(gosandbox_task_wait_group(task, 100 * MS, 2, results), GOSANDBOX_ETIMEDOUT);
    CHECK(gosandbox_task_member_pid(task, 1) > 0);
    CHECK_EQ(gosandbox_task_kill(task), 0);
    CHECK_EQ(gosandbox_task_wait_group(task, -1, 2, results), 0);
    CHECK_STATUS(results[0], GOSANDBOX_STATUS_CANCELLED);
    CHECK_STATUS(results[1], GOSANDBOX_STATUS_CANCELLED);
    gosandbox_task_free(task);
    CHECK_EQ(gosandbox_start_group(&how, 2, configs, both_ways, 2, &task), 0);
    gosandbox_task_free(task);
    CHECK_EQ(gosandbox_start(a, &task), 0);
    CHECK_REFUSED(gosandbox_task_wait_group(task, -1, 1, &one), GOSANDBOX_EBADF);
    gosandbox_task_free(task);
    gosandbox_config_free(a);
    gosandbox_config_free(b);
}

/* A member gets at the other one by no way: the interactor knows the answers. */
static void theft(void)
{
    int fds[2], back[2];
    char text[40] = "";
    gosandbox_task *task = NULL;
    if (gosandbox_feature(GOSANDBOX_FEATURE_LANDLOCK) != 1)
        return; /* nothing keeps apart who has the same ids */
    CHECK(pipe2(fds, O_CLOEXEC) == 0 && pipe2(back, O_CLOEXEC) == 0);
    gosandbox_config *a = config_for(fixture("dialogue"), "steal", (char *)NULL), *b = member("sleep", NULL);
    const gosandbox_config *configs[2] = {a, b};
    struct gosandbox_pipe aside = {.size = sizeof aside, .from = 1, .from_fd = 5, .to = 0, .to_fd = 5};
    gosandbox_config_set_fd(a, 0, fds[0]);
    gosandbox_config_set_fd(a, 1, back[1]);
    CHECK_EQ(gosandbox_start_group(NULL, 2, configs, &aside, 1, &task), 0);
    close(fds[0]);
    close(back[1]);
    double end = now() + 30;
    while (gosandbox_task_member_pid(task, 1) == 0 && now() < end)
        nap_ms(5);
    int n = snprintf(text, sizeof text, "%d\n", gosandbox_task_member_pid(task, 1));
    CHECK(write(fds[1], text, (size_t)n) == n);
    memset(text, 0, sizeof text);
    CHECK(read(back[0], text, sizeof text - 1) > 0);
    CHECK_TEXT(text, "nothing\n");
    gosandbox_task_free(task);
    close(fds[1]);
    close(back[0]);
    gosandbox_config_free(a);
    gosandbox_config_free(b);
}

int main(void)
{
    char before[8000], after[8000];
    static const uint64_t kept[] = {0, 1 << 20};
    pair("nothing", "nothing"); /* what is made once is there now */
    open_descriptors(before, sizeof before);
    for (size_t i = 0; i < 2; i++) {
        transcript = kept[i];
        dialogue();
        floods();
        deadlocks();
        leavings();
        ends();
        endings();
        cannot_start();
        interrupted();
        tasks();
    }
    refused();
    theft();
    free_results();
    open_descriptors(after, sizeof after);
    CHECK_TEXT(after, before);
    CHECK_NO_CHILDREN();
    sigset_t pending;
    sigpending(&pending);
    CHECK_SAY(!sigismember(&pending, SIGPIPE), "a SIGPIPE is pending");
    return check_summary();
}
