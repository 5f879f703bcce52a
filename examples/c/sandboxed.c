/* sandboxed.c: running one command of the judge in gosandbox. */
#define _GNU_SOURCE /* pipe2 */
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A group has a wall limit for all of it. */
static int add_limits(gosandbox_config *config, const struct limits *limits, int with_wall)
{
    const struct { uint32_t limit; uint64_t value; } all[] = {
        {GOSANDBOX_LIMIT_CPU, limits->cpu},       {GOSANDBOX_LIMIT_WALL, limits->wall},
        {GOSANDBOX_LIMIT_MEMORY, limits->memory}, {GOSANDBOX_LIMIT_STACK, limits->stack},
        {GOSANDBOX_LIMIT_OUTPUT, limits->output}, {GOSANDBOX_LIMIT_PROCESSES, limits->processes},
        {GOSANDBOX_LIMIT_OPEN_FILES, 256},
    };
    size_t i;
    int code = 0;

    for (i = 0; code == 0 && i < sizeof all / sizeof *all; i++)
        if (all[i].limit != GOSANDBOX_LIMIT_WALL || with_wall)
            code = gosandbox_config_set_limit(config, all[i].limit, all[i].value);
    return code;
}

/* Where a command's standard input and output lead: to files and memory, or to another one. */
enum kind { ALONE, TALKING, INTERACTIVE };

static int configure(gosandbox_config *config, const struct command *command, enum kind kind)
{
    uint32_t user = kind == INTERACTIVE ? INTERACTOR : NOBODY;
    char home[4096], temporary[4096];
    const char *env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", home, temporary};
    size_t n = 0;
    int code;

    while (command->argv[n])
        n++;
    snprintf(home, sizeof home, "HOME=%s", command->cwd);
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", command->cwd);
    code = gosandbox_config_set_argv(config, n, command->argv);
    if (code == 0)
        code = gosandbox_config_set_env(config, sizeof env / sizeof *env, env);
    if (code == 0)
        code = gosandbox_config_set_cwd(config, command->cwd);
    if (code == 0 && kind == INTERACTIVE) /* opened with our rights */
        code = gosandbox_config_open_fd(config, 3, command->test, O_RDONLY, 0);
    if (code == 0 && kind == ALONE && command->stdin_path) /* opened with our rights: the submission needs none on the tests */
        code = gosandbox_config_open_fd(config, 0, command->stdin_path, O_RDONLY, 0);
    if (code == 0 && kind == ALONE)
        code = gosandbox_config_capture(config, 1, command->stdout_max);
    if (code == 0)
        code = gosandbox_config_capture(config, 2, command->stderr_max);
    if (code == 0)
        code = add_limits(config, &command->limits, kind == ALONE);
    if (code == 0)
        code = allow_reach(config, command);
    if (code == 0 && sandboxed_as_nobody())
        code = gosandbox_config_set_ids(config, user, user);
    return code;
}

/* ---------------------------------------------------------------- being stopped */

static int stop_pipe[2] = {-1, -1};
static volatile sig_atomic_t stopped_by;

/* The byte stays in the pipe for good, so it wakes every thread that polls, now and later. */
static void on_signal(int number)
{
    int saved = errno;
    ssize_t ignored = write(stop_pipe[1], "", 1);

    (void)ignored; /* a full pipe is readable as well */
    stopped_by = number;
    errno = saved;
}

int stop_on_signals(void)
{
    static const int watched[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    size_t i;

    if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK; /* the library's Go threads have small stacks: always SA_ONSTACK */
    for (i = 0; i < sizeof watched / sizeof *watched; i++)
        if (sigaction(watched[i], &action, NULL) != 0)
            return -1;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0; /* a reader that goes must not keep us from cleaning up */
}

int stop_signal(void)
{
    return (int)stopped_by;
}

/* ---------------------------------------------------------------- running */

int sandboxed_as_nobody(void)
{
    if (geteuid() != 0)
        return 0;
    return gosandbox_feature(GOSANDBOX_FEATURE_CHANGE_IDS) == 1 ? 1 : -1;
}

/* Until the task has ended, or a signal has come and it is killed. Returns 0 or a code of the library. */
static int end_or_stop(gosandbox_task *task)
{
    struct pollfd fds[2];

    fds[0].fd = gosandbox_task_poll_fd(task);
    fds[1].fd = stop_pipe[0];
    fds[0].events = fds[1].events = POLLIN;
    if (fds[0].fd < 0)
        return fds[0].fd;
    do {
        fds[0].revents = fds[1].revents = 0;
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break; /* cannot happen with good arguments; what follows is bounded by the wall limit anyway */
    } while (!fds[0].revents && !fds[1].revents);
    if (fds[1].revents && !fds[0].revents)
        gosandbox_task_kill(task);
    return 0;
}

int sandboxed_run(const struct command *command, gosandbox_result **result)
{
    gosandbox_config *config = NULL;
    gosandbox_task *task = NULL;
    int code = gosandbox_config_new(&config);

    *result = NULL;
    if (code == 0)
        code = configure(config, command, ALONE);
    if (code == 0)
        code = gosandbox_start(config, &task);
    gosandbox_config_free(config); /* the task has a snapshot */
    if (code == 0)
        code = end_or_stop(task);
    if (code == 0)
        code = gosandbox_task_wait(task, -1, result);
    gosandbox_task_free(task);
    return code;
}

int sandboxed_talk(const struct command *submission, const struct command *interactor, uint64_t wall, uint64_t grace,
                   gosandbox_result *results[2])
{
    struct gosandbox_group how = {.size = sizeof how, .ending = GOSANDBOX_ENDING_MEMBER, .member = 1, .wall = wall, .grace = grace,
                                  .transcript = 4096 /* else the bytes would not be counted */};
    struct gosandbox_pipe pipes[2] = {{.from = 0, .from_fd = 1, .to = 1, .to_fd = 0}, {.from = 1, .from_fd = 1, .to = 0, .to_fd = 0}};
    gosandbox_config *configs[2] = {NULL, NULL};
    gosandbox_task *task = NULL;
    int code;

    pipes[0].size = pipes[1].size = sizeof *pipes;
    results[0] = results[1] = NULL;
    code = gosandbox_config_new(&configs[0]);
    if (code == 0)
        code = gosandbox_config_new(&configs[1]);
    if (code == 0)
        code = configure(configs[0], submission, TALKING);
    if (code == 0)
        code = configure(configs[1], interactor, INTERACTIVE);
    if (code == 0)
        code = gosandbox_start_group(&how, 2, (const gosandbox_config *const *)configs, pipes, 2, &task);
    gosandbox_config_free(configs[0]);
    gosandbox_config_free(configs[1]);
    if (code == 0)
        code = end_or_stop(task);
    if (code == 0)
        code = gosandbox_task_wait_group(task, -1, 2, results);
    gosandbox_task_free(task);
    return code;
}
