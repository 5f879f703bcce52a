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

static int add_limits(gosandbox_config *config, const struct limits *limits)
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
        code = gosandbox_config_set_limit(config, all[i].limit, all[i].value);
    return code;
}

static int configure(gosandbox_config *config, const struct command *command)
{
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
    if (code == 0 && command->stdin_path) /* opened with our rights: the submission needs none on the tests */
        code = gosandbox_config_open_fd(config, 0, command->stdin_path, O_RDONLY, 0);
    if (code == 0)
        code = gosandbox_config_capture(config, 1, command->stdout_max);
    if (code == 0)
        code = gosandbox_config_capture(config, 2, command->stderr_max);
    if (code == 0)
        code = add_limits(config, &command->limits);
    if (code == 0)
        code = allow_reach(config, command);
    if (code == 0 && sandboxed_as_nobody())
        code = gosandbox_config_set_ids(config, NOBODY, NOBODY);
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

static int wait_or_stop(gosandbox_task *task, gosandbox_result **result)
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
            break; /* cannot happen with good arguments; wait below is bounded by the wall limit anyway */
    } while (!fds[0].revents && !fds[1].revents);
    if (fds[1].revents && !fds[0].revents)
        gosandbox_task_kill(task);
    return gosandbox_task_wait(task, -1, result);
}

int sandboxed_run(const struct command *command, gosandbox_result **result)
{
    gosandbox_config *config = NULL;
    gosandbox_task *task = NULL;
    int code = gosandbox_config_new(&config);

    *result = NULL;
    if (code == 0)
        code = configure(config, command);
    if (code == 0)
        code = gosandbox_start(config, &task);
    gosandbox_config_free(config); /* the task has a snapshot */
    if (code == 0)
        code = wait_or_stop(task, result);
    gosandbox_task_free(task);
    return code;
}
