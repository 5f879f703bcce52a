/* run_trace.c: the calls of one run, as counts or as lines. */
#define _GNU_SOURCE /* fopen with "e" */
#include "run_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* All counts, to be freed; *n of them. */
static struct gosandbox_call_count *counts(const gosandbox_result *result, int *n)
{
    struct gosandbox_call_count *list;

    *n = gosandbox_result_syscalls(result, NULL, 0);
    if (*n <= 0 || !(list = calloc((size_t)*n, sizeof *list))) {
        *n = 0;
        return NULL;
    }
    *n = gosandbox_result_syscalls(result, list, (size_t)*n);
    return list;
}

void count_text(FILE *to, const gosandbox_result *result)
{
    int n, i;
    struct gosandbox_call_count *list = counts(result, &n);

    for (i = 0; i < n; i++) {
        const char *name = gosandbox_syscall_name(list[i].arch, list[i].nr);
        if (name)
            fprintf(to, "%s", name);
        else
            fprintf(to, "syscall %" PRId64, list[i].nr);
        fprintf(to, ": %" PRIu64 " calls, %" PRIu64 " errors\n", list[i].calls, list[i].errors);
    }
    free(list);
}

void count_json(FILE *to, const gosandbox_result *result)
{
    int n, i;
    struct gosandbox_call_count *list = counts(result, &n);

    putc('[', to);
    for (i = 0; i < n; i++) {
        const char *name = gosandbox_syscall_name(list[i].arch, list[i].nr);
        fprintf(to, "%s{\"syscall\": ", i ? ", " : "");
        if (name)
            fprintf(to, "\"%s\"", name);
        else
            fputs("null", to);
        fprintf(to, ", \"arch\": %" PRIu32 ", \"nr\": %" PRId64 ", \"calls\": %" PRIu64 ", \"errors\": %" PRIu64 "}", list[i].arch, list[i].nr,
                list[i].calls, list[i].errors);
    }
    putc(']', to);
    free(list);
}

int write_trace(const char *path, const gosandbox_result *result)
{
    size_t n = 0;
    uint64_t dropped = 0;
    const char *text = gosandbox_result_trace(result, &n, &dropped);
    FILE *file = fopen(path, "we");
    int error = 0;

    if (!file)
        return errno;
    if (fwrite(text, 1, n, file) != n || fflush(file) != 0)
        error = errno;
    if (fclose(file) != 0 && !error)
        error = errno;
    if (dropped)
        fprintf(stderr, "run: %" PRIu64 " lines of the trace did not fit\n", dropped);
    return error;
}
