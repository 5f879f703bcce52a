/* The public functions about traces. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_config_set_trace(gosandbox_config *config, uint32_t flags, uint64_t max)
{
    ENTER_TO_KEEP(boundarySetTrace(HANDLE(config), flags, max, thread_slot()));
}

PUBLIC int gosandbox_result_syscalls(const gosandbox_result *result, struct gosandbox_call_count *out, size_t n)
{
    ENTER(boundaryResultSyscalls(HANDLE(result), out, n, thread_slot()));
}

PUBLIC const char *gosandbox_result_trace(const gosandbox_result *result, size_t *n, uint64_t *dropped)
{
    size_t length = 0;
    uint64_t more = 0;
    const char *text = NULL;
    ENTER_QUIETLY(text = boundaryResultTrace(HANDLE(result), &length, &more));
    if (n)
        *n = length;
    if (dropped)
        *dropped = more;
    return text ? text : "";
}
