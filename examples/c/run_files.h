/* run_files.h: files that a run is given, and those that it leaves. */
#ifndef EXAMPLES_RUN_FILES_H
#define EXAMPLES_RUN_FILES_H

#include <gosandbox/sandbox.h>
#include <stdio.h>

/* "NAME=FILE" of --in. Returns what the library does; GOSANDBOX_EINVAL without a word of it when that is not its form. */
int put_file(gosandbox_config *config, const char *value);
/* A file of a pattern goes into the directory. Returns what the library does. */
int take_files(gosandbox_config *config, const char *pattern, const char *directory);
/* What became of each file, one on a line: "file: COLLECTED a.out (12 bytes)". */
void files_text(FILE *to, const gosandbox_result *result);
/* The same as the value of a JSON field: [{"name": "a.out", "status": "COLLECTED", "bytes": 12}, ...]. */
void files_json(FILE *to, const gosandbox_result *result);

#endif
