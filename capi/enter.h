/* How the public functions enter Go. Not installed. */
#ifndef GOSANDBOX_ENTER_H
#define GOSANDBOX_ENTER_H

#include <signal.h>

#include "boundary.h"
#include "host.h"

#define PUBLIC __attribute__((visibility("default")))
#define HANDLE(h) ((uintptr_t)(h))

/* The calling thread's own, never NULL. */
struct boundary_error *thread_slot(void);
/* Fills it with a constant text, which must be short, and gives the code. */
int refuse(int code, const char *why);
/* The same for a forked child. */
int refuse_forked(void);

/* What comes before anything that starts programs: 0, or the code of a failure that last_error tells of. */
int begin_run(void);
/* The same before anything that is kept: Go may want memory for it. */
int have_room(void);
/* Waits for a run, a group or a task that boundary...Begin has set up; Go is entered only for the steps. */
void wait_to_end(struct boundary_wait *wait, const sigset_t *before);

/* The body of a function that enters Go: not in a forked child, and with the host's signals held back meanwhile. */
#define ENTER(call)                     \
    do {                                \
        sigset_t before;                \
        if (host_forked())              \
            return refuse_forked();     \
        host_quiet(&before);            \
        __typeof__(call) code = (call); \
        host_loud(&before);             \
        return code;                    \
    } while (0)

/* The same for a function that makes something, or keeps what it is given. */
#define ENTER_TO_KEEP(call) ENTER(have_room() != 0 ? GOSANDBOX_ENOMEM : (call))

/* The same for a function without a code: nothing happens in a forked child. */
#define ENTER_QUIETLY(statement)        \
    do {                                \
        sigset_t before;                \
        if (host_forked())              \
            break;                      \
        host_quiet(&before);            \
        statement;                      \
        host_loud(&before);             \
    } while (0)

#endif
