/* What the library does to stay unnoticed in the host's process. Not installed. */
#ifndef GOSANDBOX_HOST_H
#define GOSANDBOX_HOST_H

#include <sys/resource.h>

/* Whether this process is a forked child of the one that loaded the library. */
int host_forked(void);

/* The host's limit on open files as it was before Go's start raised it; 0: unknown. */
int host_open_files(struct rlimit *limit);

/* Puts the disposition of SIGPIPE back to what it was, unless the host has set its own meanwhile. */
void host_restore_sigpipe(void);

#endif
