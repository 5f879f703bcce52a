/* run_options.h: the command line of run. */
#ifndef EXAMPLES_RUN_OPTIONS_H
#define EXAMPLES_RUN_OPTIONS_H

#include <gosandbox/sandbox.h>

/* The exit status of run. */
enum { EXIT_PROGRAM_GOOD, EXIT_PROGRAM_BAD, EXIT_USAGE, EXIT_LIBRARY };

struct options {
    gosandbox_config *config;  /* what to run and how */
    const char *const *argv;   /* the program and its arguments */
    size_t argc;
    const char *report_path;   /* NULL: stderr */
    const char *trace_path;    /* NULL: none */
    int json, count;
};

/* Reads the command line into *options. Does not return when it is wrong (EXIT_USAGE), when the library fails
 * (EXIT_LIBRARY), or after --help and --version (0). The config is the caller's to free. */
void read_options(struct options *options, int argc, char **argv);

#endif
