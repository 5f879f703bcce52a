/* run_trace.h: the calls of one run, as counts or as lines. */
#ifndef EXAMPLES_RUN_TRACE_H
#define EXAMPLES_RUN_TRACE_H

#include <gosandbox/sandbox.h>
#include <stdio.h>

/* How often each call was made, one on a line: "getppid: 5 calls, 0 errors". */
void count_text(FILE *to, const gosandbox_result *result);
/* The same as the value of a JSON field: [{"syscall": "getppid", "arch": 3221225534, "nr": 110, "calls": 5, "errors": 0}, ...]. */
void count_json(FILE *to, const gosandbox_result *result);
/* Writes the trace to a file. Returns 0, or the errno of what failed. */
int write_trace(const char *path, const gosandbox_result *result);

#endif
