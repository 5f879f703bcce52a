/* What the C side and the Go side of the boundary share. Not installed. */
#ifndef GOSANDBOX_BOUNDARY_H
#define GOSANDBOX_BOUNDARY_H

#include "../include/sandbox.h"

#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>

/* Where a call writes its failure: the calling thread's slot, or a result's. */
struct boundary_error {
    struct gosandbox_error error;
    char message[2048];
};

/* The strings and structs of a result, allocated together on the C side. */
struct boundary_result {
    struct gosandbox_error error;
    char *message;
};

/* What a call that makes a group is given. */
struct boundary_group {
    const struct gosandbox_group *how; /* may be NULL */
    size_t n;
    const gosandbox_config *const *configs;
    const struct gosandbox_pipe *pipes;
    size_t npipes;
};

/* What a blocked caller waits for, made and freed by Go. */
struct boundary_wait {
    uintptr_t handle;      /* of the waiter */
    const uint32_t *word;  /* futex, not 0 when it is over; for n == 0 */
    struct pollfd *fds;    /* else one of these becomes readable */
    size_t n;
    int64_t timeout;       /* ns until the next step at the latest, negative: for ever */
    gosandbox_interrupt_cb interrupt; /* of a run; NULL: there is none */
    void *payload;
    int interrupted;       /* it is to be asked: a signal was handled */
    int64_t asked;         /* when it was, monotonic ns */
    int worked;            /* since then the thread has done something else than to sleep */
    int idle;              /* it was woken for that question alone: no step is due */
    unsigned rounds;       /* how often it has slept */

    struct boundary_quick *quick; /* NULL: all calls of the program are left to Go */
};

/* What a callback is given and sets; kept by Go from one call to the next. */
struct boundary_call {
    struct gosandbox_syscall call;
    gosandbox_action action;
    uintptr_t event; /* its handle */
    int64_t value;   /* what the setters were given */
    int fd;
    uint32_t fd_flags;
    uint32_t changed;           /* the arguments were */
    struct boundary_call *outer; /* a callback of this thread can run programs with callbacks of their own */
};

/* The calls of a program that are received and answered here, in fds[1] of the wait. What is not plain goes to Go. */
struct boundary_quick {
    int on;
    const int32_t *thread, *owner, *inspects; /* Go's, see tracer/quick.go */
    gosandbox_syscall_cb callback;
    void *payload;
    struct boundary_call *call; /* of the event that the callback is given */
    struct seccomp_notif taken;
    int state;       /* QUICK_... of taken, for Go */
    uint64_t served; /* answered here */
};
#define QUICK_NOTHING 0
#define QUICK_ASKING 1  /* its callback is running */
#define QUICK_TAKEN 2   /* received, nobody was asked */
#define QUICK_DECIDED 3 /* the callback has answered what only Go can do */

/* Answers calls until something else is due. */
void boundary_answer(struct boundary_wait *wait, const sigset_t *before);

/* Calls the host's callback on the calling thread. */
void boundary_decide(gosandbox_syscall_cb callback, struct boundary_call *c, void *payload);

/* Asks the host when that is due; not 0: cancel. */
int boundary_interrupted(struct boundary_wait *wait);
void boundary_sleep(struct boundary_wait *wait, const sigset_t *before);

static inline void boundary_log(gosandbox_log_cb callback, uint32_t level, const char *text, void *payload)
{
    callback(level, text, payload);
}

#endif
