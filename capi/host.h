/* What the library does to stay unnoticed in the host's process. Not installed. */
#ifndef GOSANDBOX_HOST_H
#define GOSANDBOX_HOST_H

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>

/* Whether this process is a forked child of the one that loaded the library. */
int host_forked(void);

/* The host's limit on open files as it was before Go's start raised it; 0: unknown. */
int host_open_files(struct rlimit *limit);

/* Blocks the signals that handlers of the host may be for, on the calling thread: Go code runs on small stacks, which such a
 * handler would overrun. */
void host_quiet(sigset_t *before);
void host_loud(const sigset_t *before);

/* Gives the host's SIGCHLD handler, if it has one, the flag SA_ONSTACK, as Go does at load with all that are there: the kernel
 * may run it on one of Go's threads, which keep SIGCHLD open, and it would overrun the small stack that it finds there. */
void host_move_sigchld(void);

/* Makes sure that Go gets the threads that it may want, the process being near its limits or not. 0, or an errno. */
int host_reserve(void);

/* Makes sure that room is kept for Go's heap. 0, or an errno. */
int host_room(void);
int host_room_kept(void);

/* How many threads Go may want at the most, those from before load included. */
void host_threads_bound(int bound);

/* How many threads of this process are Go's or the library's, at the least; and how many have ended, a moment before they do. */
int host_own_threads(uint32_t *ended);

/* Whether the calling thread is one of the library's own, or it is not known. */
int host_own_thread(void);

/* Runs boundaryThread(handle) on a thread of its own. 0, or an errno. */
int host_thread(uintptr_t handle);

/* Puts the disposition of SIGPIPE back to what it was, unless the host has set its own meanwhile. */
void host_restore_sigpipe(void);

#endif
