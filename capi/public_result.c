/* The public functions about results. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_result_stats(const gosandbox_result *result, struct gosandbox_stats *out)
{
    ENTER(boundaryResultStats(HANDLE(result), out, thread_slot()));
}

PUBLIC int gosandbox_result_violation(const gosandbox_result *result, struct gosandbox_syscall *out, char *path, size_t n)
{
    ENTER(boundaryResultViolation(HANDLE(result), out, path, n, thread_slot()));
}

PUBLIC const char *gosandbox_result_message(const gosandbox_result *result)
{
    const char *text = NULL;
    ENTER_QUIETLY(text = boundaryResultMessage(HANDLE(result)));
    return text ? text : "";
}

PUBLIC const void *gosandbox_result_output(const gosandbox_result *result, int child, size_t *n)
{
    size_t length = 0;
    const void *bytes = NULL;
    ENTER_QUIETLY(bytes = boundaryResultOutput(HANDLE(result), child, &length));
    if (n)
        *n = length;
    return bytes;
}

PUBLIC const struct gosandbox_error *gosandbox_result_error(const gosandbox_result *result)
{
    const struct gosandbox_error *error = NULL;
    ENTER_QUIETLY(error = boundaryResultError(HANDLE(result)));
    return error;
}

PUBLIC void gosandbox_result_free(gosandbox_result *result)
{
    if (result)
        ENTER_QUIETLY(boundaryResultFree(HANDLE(result)));
}
