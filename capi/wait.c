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

/*
 * While the thread does not sleep signals are held back on it, and one for the process goes to another thread, of which nothing is
 * seen here. So whoever wants to hear of signals is asked also this long after work, in ns.
 */
#define ASK_AFTER_WORK 20000000

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Handlers of the host run here if signals wait for them. */
static int let_handlers_run(const sigset_t *before)
{
    static const struct timespec none = {0, 0};
    return ppoll(NULL, 0, &none, before) < 0 && errno == EINTR;
}

static void sleep_on_word(const struct boundary_wait *wait, const struct timespec *timeout)
{
    syscall(SYS_futex, wait->word, FUTEX_WAIT_PRIVATE, 0, timeout, NULL, 0);
}

/*
 * Sleeps until a step is due or a signal was handled: on the caller's own stack, where handlers of the host belong, and with its
 * signals open, as they were before, only meanwhile.
 */
void boundary_sleep(struct boundary_wait *wait, const sigset_t *before)
{
    int64_t longest = wait->timeout;
    wait->worked |= !wait->idle;
    int early = wait->interrupt && wait->worked && (longest < 0 || longest > ASK_AFTER_WORK);
    if (early)
        longest = ASK_AFTER_WORK;
    if (wait->interrupt && wait->asked == 0)
        wait->asked = now();
    wait->idle = 0;
    struct timespec time = {longest / 1000000000, longest % 1000000000};
    const struct timespec *timeout = longest < 0 ? NULL : &time;
    /* A signal that is handled between the opening of the mask and the futex ends no sleep. Whoever wants to hear of it waits for
     * a word only while the program is being started. */
    static const struct timespec shortly = {0, 5000000};
    sigset_t ignored;
    if (wait->n == 0 && wait->interrupt) {
        sleep_on_word(wait, timeout && longest < shortly.tv_nsec ? timeout : &shortly);
        wait->interrupted |= let_handlers_run(before);
        return;
    }
    if (wait->n == 0) {
        host_loud(before);
        sleep_on_word(wait, timeout);
        host_quiet(&ignored);
        return;
    }
    int ready = ppoll(wait->fds, wait->n, timeout, before);
    wait->idle = early && ready == 0;
    if (ready < 0) {
        int interrupted = errno == EINTR;
        for (size_t i = 0; i < wait->n; i++)
            wait->fds[i].revents = 0;
        /* A host that is at its limits: looking now and then will do until it is not. */
        static const struct timespec pause = {0, 2000000};
        if (!interrupted)
            nanosleep(&pause, NULL);
        wait->interrupted |= interrupted && wait->interrupt;
    } else if (++wait->rounds % 16 == 0) {
        /* While there is always something to do, the kernel never interrupts the poll. */
        wait->interrupted |= let_handlers_run(before) && wait->interrupt;
    }
}

int boundary_interrupted(struct boundary_wait *wait)
{
    sigset_t ignored;
    if (!wait->interrupted) {
        if (!wait->worked || now() - wait->asked < ASK_AFTER_WORK)
            return 0;
    }
    wait->interrupted = wait->worked = 0;
    wait->asked = now();
    int cancel = wait->interrupt(wait->payload);
    host_quiet(&ignored); /* whatever it has done to the mask: Go comes next */
    return cancel;
}
