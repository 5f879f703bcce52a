/* For bindings/python/bench_callback.py: a callback that costs nothing. */
#include "../include/sandbox.h"

void allow(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload);

void allow(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event, (void)payload;
    *out = GOSANDBOX_ALLOW;
}
