/* How a caller waits in C. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "boundary.h"
#include "host.h"

/* Sleeps until a step is due or a signal was handled: on the caller's own stack, where handlers of the host belong, and with its
 * signals open, as they were before, only meanwhile. */
void boundary_sleep(const struct boundary_wait *wait, const sigset_t *before)
{
    struct timespec time = {wait->timeout / 1000000000, wait->timeout % 1000000000};
    const struct timespec *timeout = wait->timeout < 0 ? NULL : &time;
    sigset_t ignored;
    if (wait->n == 0) {
        host_loud(before);
        syscall(SYS_futex, wait->word, FUTEX_WAIT_PRIVATE, 0, timeout, NULL, 0);
        host_quiet(&ignored);
    } else if (ppoll(wait->fds, wait->n, timeout, before) < 0) {
        for (size_t i = 0; i < wait->n; i++)
            wait->fds[i].revents = 0;
        /* A host that is at its limits: looking now and then will do until it is not. */
        static const struct timespec pause = {0, 2000000};
        if (errno != EINTR)
            nanosleep(&pause, NULL);
    }
}
