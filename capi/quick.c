/*
 * The short way of a decision: a call is received, the host's callback asked, and a plain answer given, without entering Go. After
 * each change to the program and back Go's code is cold, and entering it would cost as much as all the rest.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "boundary.h"
#include "host.h"

#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1
#endif

static int control(int listener, unsigned long request, void *argument)
{
    int result;
    do
        result = ioctl(listener, request, argument);
    while (result < 0 && errno == EINTR);
    return result;
}

/* Fills a plain answer; 0: it is not one. The same as lower in core/decide.go says. */
static int plain(const struct boundary_call *c, struct seccomp_notif_resp *reply)
{
    gosandbox_action action = c->action;
    if (action == GOSANDBOX_ALLOW && !c->changed)
        reply->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (action > GOSANDBOX_ERRNO(0) && action <= GOSANDBOX_ERRNO(4095))
        reply->error = -(int)(action - GOSANDBOX_ERRNO(0));
    else if (action == GOSANDBOX_RETURN)
        reply->val = c->value;
    else
        return 0;
    return 1;
}

/* Serves one call; 0: Go must go on with it; -1: it must try for itself. */
static int serve(struct boundary_quick *q, int listener)
{
    struct boundary_call *c = q->call;
    struct seccomp_notif *n = &q->taken;
    memset(n, 0, sizeof *n);
    if (control(listener, SECCOMP_IOCTL_NOTIF_RECV, n) != 0)
        return errno == ENOENT ? 1 /* killed meanwhile */ : -1;
    if (__atomic_load_n(q->inspects, __ATOMIC_ACQUIRE) != 0 || __atomic_load_n(q->thread, __ATOMIC_ACQUIRE) != (int32_t)n->pid) {
        q->state = QUICK_TAKEN;
        return 0;
    }
    memset(&c->call, 0, sizeof c->call);
    c->call.size = sizeof c->call;
    c->call.phase = GOSANDBOX_PHASE_ENTRY;
    c->call.arch = n->data.arch;
    c->call.pid = *q->owner;
    c->call.tid = (int32_t)n->pid;
    c->call.nr = n->data.nr;
    memcpy(c->call.args, n->data.args, sizeof c->call.args);
    c->call.ip = n->data.instruction_pointer;
    c->action = GOSANDBOX_KILL;
    c->value = 0;
    c->fd = -1;
    c->fd_flags = 0;
    c->changed = 0;
    q->state = QUICK_ASKING;
    boundary_decide(q->callback, c, q->payload);
    struct seccomp_notif_resp reply = {.id = n->id};
    if (!plain(c, &reply)) {
        q->state = QUICK_DECIDED;
        return 0;
    }
    if (control(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply) != 0 && errno != ENOENT) {
        q->state = QUICK_DECIDED; /* answered once more, and the run ends if that fails as well */
        return 0;
    }
    q->state = QUICK_NOTHING;
    q->served++;
    return 1;
}

void boundary_answer(struct boundary_wait *wait, const sigset_t *before)
{
    struct boundary_quick *q = wait->quick;
    while (q != NULL && q->on && !wait->interrupted && wait->n > 1 && wait->fds[1].revents == POLLIN) {
        for (size_t i = 0; i < wait->n; i++)
            if (i != 1 && wait->fds[i].revents != 0)
                return;
        wait->fds[1].revents = 0; /* served here */
        int served = serve(q, wait->fds[1].fd);
        if (served < 0)
            wait->fds[1].revents = POLLIN;
        if (served <= 0)
            return;
        boundary_sleep(wait, before);
    }
}
