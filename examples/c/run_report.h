/* run_report.h: what became of one run, as text or as JSON. */
#ifndef EXAMPLES_RUN_REPORT_H
#define EXAMPLES_RUN_REPORT_H

#include <gosandbox/sandbox.h>
#include <stdio.h>

/* Each returns 0, or -1 when the result cannot be read (see gosandbox_last_error). Whether everything could be written
 * is for the caller to ask of the stream. */
int report_text(FILE *to, const gosandbox_result *result);
int report_json(FILE *to, const gosandbox_result *result, size_t n, const char *const *argv);

/* A failure of the library that left no result, as a JSON object with "status": null. */
void report_json_error(FILE *to, const struct gosandbox_error *error, size_t n, const char *const *argv);

#endif
