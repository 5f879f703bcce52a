/*
 * run: runs one program under limits and reports what became of it. `run --help` tells the options.
 *
 * Exit status: 0 the program ended by itself with exit code 0; 1 it ended in any other way; 2 the command line is wrong;
 * 3 the program could not be started, or the library or this machine failed.
 *
 * Sources: run.c run_files.c run_options.c run_report.c run_trace.c text.c units.c
 */
#define _GNU_SOURCE /* pipe2, and fopen with "e" */
#include <gosandbox/sandbox.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run_options.h"
#include "run_report.h"
#include "run_trace.h"
#include "text.h"

static int signal_pipe[2];

/* All that a handler may safely do: it leaves a byte in a pipe that the loop below watches. */
static void on_signal(int number)
{
    int saved = errno;
    ssize_t ignored = write(signal_pipe[1], "", 1);

    (void)number;
    (void)ignored; /* a full pipe is readable as well */
    errno = saved;
}

static int watch_signals(void)
{
    static const int watched[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    size_t i;

    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK; /* the library's Go threads have small stacks: always SA_ONSTACK */
    for (i = 0; i < sizeof watched / sizeof *watched; i++)
        if (sigaction(watched[i], &action, NULL) != 0)
            return -1;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0; /* a report that nobody reads must not kill us */
}

/* Runs to the end, or kills when a signal arrives. Returns what gosandbox_run would have. */
static int run_until_signal(const gosandbox_config *config, gosandbox_result **result)
{
    gosandbox_task *task = NULL;
    struct pollfd fds[2];
    int code = gosandbox_start(config, &task);

    *result = NULL;
    if (code != 0)
        return code;
    fds[0].fd = gosandbox_task_poll_fd(task);
    fds[1].fd = signal_pipe[0];
    fds[0].events = fds[1].events = POLLIN;
    if (fds[0].fd < 0) {
        code = fds[0].fd;
    } else {
        do {
            fds[0].revents = fds[1].revents = 0;
            if (poll(fds, 2, -1) < 0 && errno != EINTR)
                break;
        } while (!fds[0].revents && !fds[1].revents);
        if (!fds[0].revents)
            gosandbox_task_kill(task); /* wait then answers with the status CANCELLED */
        code = gosandbox_task_wait(task, -1, result);
    }
    gosandbox_task_free(task);
    return code;
}

/* A command started with one of these closed would open its own files in their place: /dev/null holds it. */
static int fill_standard_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= 2);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

static int report(const struct options *options, FILE *to, int code, const gosandbox_result *result)
{
    struct gosandbox_stats stats = {.size = sizeof stats};

    if (!result) {
        fputs("run: ", stderr);
        put_printable(stderr, gosandbox_last_error()->message);
        putc('\n', stderr);
        if (options->json)
            report_json_error(to, gosandbox_last_error(), options->argc, options->argv);
    } else if ((options->json ? report_json(to, result, options->argc, options->argv)
                              : report_text(to, result)) != 0) {
        fprintf(stderr, "run: %s\n", gosandbox_last_error()->message);
        return EXIT_LIBRARY;
    }
    if (fflush(to) != 0 || ferror(to)) {
        fprintf(stderr, "run: cannot write the report: %s\n", strerror(errno));
        return EXIT_LIBRARY;
    }
    if (code != 0 || gosandbox_result_stats(result, &stats) != 0)
        return EXIT_LIBRARY;
    return stats.status == GOSANDBOX_STATUS_EXITED && stats.exit_code == 0 ? EXIT_PROGRAM_GOOD : EXIT_PROGRAM_BAD;
}

int main(int argc, char **argv)
{
    struct options options;
    gosandbox_result *result = NULL;
    FILE *to = stderr;
    int code, status;

    if (fill_standard_descriptors() != 0) {
        perror("run: /dev/null");
        return EXIT_LIBRARY;
    }
    setvbuf(stderr, NULL, _IOFBF, BUFSIZ); /* one write for the report */
    read_options(&options, argc, argv);
    if (options.report_path && !(to = fopen(options.report_path, "we"))) {
        int error = errno;
        fputs("run: --report ", stderr);
        put_printable(stderr, options.report_path);
        fprintf(stderr, ": %s\n", strerror(error));
        gosandbox_config_free(options.config);
        return EXIT_LIBRARY;
    }
    if (watch_signals() != 0) {
        perror("run: signals");
        return EXIT_LIBRARY;
    }
    code = run_until_signal(options.config, &result);
    status = report(&options, to, code, result);
    if (options.trace_path && result) {
        int error = write_trace(options.trace_path, result);
        if (error) {
            fputs("run: --trace ", stderr);
            put_printable(stderr, options.trace_path);
            fprintf(stderr, ": %s\n", strerror(error));
            status = EXIT_LIBRARY;
        }
    }

    gosandbox_result_free(result);
    gosandbox_config_free(options.config);
    if (to != stderr && fclose(to) != 0) {
        perror("run: --report");
        status = EXIT_LIBRARY;
    }
    return status;
}
