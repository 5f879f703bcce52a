/*
 * A host that has to be in an odd state, or that may end badly, is a process of its own: this program starts itself again in a
 * role, with the odd state made between fork and exec, so that the library is loaded in it.
 */
#ifndef AGAIN_H
#define AGAIN_H

#include "check.h"

#include <poll.h>
#include <sys/prctl.h>

/* What becomes of this program in a role, within `seconds`; as waitpid tells it. -1: it had to be killed. */
static inline int again(const char *role, const char *argument, void (*odd)(void), int seconds)
{
    int status = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (odd)
            odd();
        execl("/proc/self/exe", "host", role, argument, (char *)NULL);
        _exit(126);
    }
    for (double end = now() + seconds; now() < end; nap_ms(2))
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static inline int check_again(const char *file, int line, const char *role, const char *argument, void (*odd)(void), int seconds)
{
    int status = again(role, argument, odd, seconds);
    return check_that(status == 0, file, line, "a host in the role \"%s %s\": %s %d", role, argument ? argument : "",
                      status == -1          ? "does not end, after s"
                      : WIFSIGNALED(status) ? "ended by signal"
                                            : "exit",
                      status == -1 ? seconds : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}
#define CHECK_AGAIN(role, argument, odd, seconds) check_again(__FILE__, __LINE__, role, argument, odd, seconds)

/* A run with everything that needs a descriptor or a thread, which must be as it should. */
static inline int full_run(const char *file, int line)
{
    gosandbox_result *r = NULL;
    gosandbox_config *c = PROBE("cat");
    gosandbox_config_set_stdin_bytes(c, "round trip", 10);
    gosandbox_config_capture(c, 1, 100);
    gosandbox_config_capture(c, 2, 100);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 10 * SECOND);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 256 * MIB);
    int code = gosandbox_run(c, &r);
    int ok = check_that(code == 0, file, line, "a run gave %d (%s)", code, gosandbox_last_error()->message) &&
             check_exited(r, 0, file, line) && check_text(output_of(r), "round trip", file, line, "output");
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    return ok;
}
#define FULL_RUN() full_run(__FILE__, __LINE__)

/* Open descriptors below `end`, counted without a descriptor of its own. */
static inline int count_descriptors(int end)
{
    int n = 0;
    for (int fd = 0; fd < end; fd++) {
        struct pollfd p = {fd, 0, 0};
        if (poll(&p, 1, 0) >= 0 && !(p.revents & POLLNVAL))
            n++;
    }
    return n;
}

#endif
