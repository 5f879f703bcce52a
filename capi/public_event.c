/*
 * The public functions about callbacks. What sets something does not enter Go: it is what most decisions need.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "enter.h"
#include "_cgo_export.h"

/* The innermost callback that runs on this thread. */
static __thread struct boundary_call *current;

void boundary_decide(gosandbox_syscall_cb callback, struct boundary_call *c, void *payload)
{
    c->outer = current;
    current = c;
    callback(&c->call, (gosandbox_event *)c->event, &c->action, payload);
    current = c->outer;
}

static struct boundary_call *running(const gosandbox_event *event)
{
    struct boundary_call *c = current;
    while (c != NULL && c->event != HANDLE(event))
        c = c->outer;
    return c;
}

#define OVER "the event is of no callback that is running on this thread"

/* Inside of a callback the host's signals are held back already. */
#define ENTER_INSIDE(event, call)                      \
    do {                                               \
        if (host_forked())                             \
            return refuse_forked();                    \
        if (running(event) == NULL)                    \
            return refuse(GOSANDBOX_EBADF, OVER);      \
        return (call);                                 \
    } while (0)

PUBLIC int gosandbox_config_set_callback(gosandbox_config *config, gosandbox_syscall_cb callback, void *payload)
{
    ENTER_TO_KEEP(boundarySetCallback(HANDLE(config), callback, payload, thread_slot()));
}

PUBLIC int gosandbox_event_set_return(gosandbox_event *event, int64_t value)
{
    struct boundary_call *c = running(event);
    if (c == NULL)
        return refuse(GOSANDBOX_EBADF, OVER);
    c->value = value;
    return GOSANDBOX_OK;
}

PUBLIC int gosandbox_event_set_fd(gosandbox_event *event, int host_fd, uint32_t flags)
{
    struct boundary_call *c = running(event);
    if (c == NULL)
        return refuse(GOSANDBOX_EBADF, OVER);
    if (host_fd < 0 || (flags & ~(uint32_t)O_CLOEXEC) != 0)
        return refuse(GOSANDBOX_EINVAL, "the descriptor must be open, and O_CLOEXEC is the only flag");
    c->fd = host_fd;
    c->fd_flags = flags;
    return GOSANDBOX_OK;
}

PUBLIC int gosandbox_event_set_arg(gosandbox_event *event, uint32_t i, uint64_t value)
{
    struct boundary_call *c = running(event);
    if (c == NULL)
        return refuse(GOSANDBOX_EBADF, OVER);
    if (i > 5 || c->call.phase != GOSANDBOX_PHASE_ENTRY)
        return refuse(GOSANDBOX_EINVAL, "only the arguments 0 to 5 can be changed, and only before the call");
    c->call.args[i] = value;
    c->changed = 1;
    return GOSANDBOX_OK;
}

PUBLIC int64_t gosandbox_event_read(gosandbox_event *event, uint64_t addr, void *buf, size_t n)
{
    ENTER_INSIDE(event, boundaryEventRead(HANDLE(event), addr, buf, n, thread_slot()));
}

PUBLIC int64_t gosandbox_event_read_string(gosandbox_event *event, uint64_t addr, char *buf, size_t n)
{
    ENTER_INSIDE(event, boundaryEventReadString(HANDLE(event), addr, buf, n, thread_slot()));
}

PUBLIC int64_t gosandbox_event_read_path(gosandbox_event *event, int dirfd_arg, int path_arg, char *buf, size_t n)
{
    ENTER_INSIDE(event, boundaryEventReadPath(HANDLE(event), dirfd_arg, path_arg, buf, n, thread_slot()));
}

PUBLIC int64_t gosandbox_event_write(gosandbox_event *event, uint64_t addr, const void *buf, size_t n)
{
    ENTER_INSIDE(event, boundaryEventWrite(HANDLE(event), addr, (void *)buf, n, thread_slot()));
}
