/* submission.c: reading one submission, judging it. */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Takes the verdict after "expect:" in the first line, or in the second when the first is the interpreter's (#!). */
static void read_expectation(struct report *report, const char *source)
{
    const char *end = strchr(source, '\n'), *at;
    size_t n;

    if (strncmp(source, "#!", 2) == 0 && end) {
        source = end + 1;
        end = strchr(source, '\n');
    }
    at = strstr(source, "expect:");
    if (!at || (end && at > end))
        return;
    at += strlen("expect:");
    at += strspn(at, " \t");
    n = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    report->has_expectation = 1; /* a word that is no verdict is never fulfilled, and so does not go unnoticed */
    if (n >= sizeof report->expected)
        n = sizeof report->expected - 1;
    memcpy(report->expected, at, n);
    report->expected[n] = '\0';
}

/* Compiles and tests it; with an interactor, that has a folder beside. */
static void judge_source(struct report *report, const struct problem *problem, const struct program *interactor,
                         const struct language *language, const char *source, size_t n, const char *scratch, int all_tests)
{
    struct program program;
    struct command other;
    char *work = join_path(scratch, "other");

    if (program_build(report, &problem->limits, language, source, n, scratch, &program) == 0) {
        if (interactor) {
            other = interactor->command;
            other.cwd = work;
        }
        if (!work)
            decide(report, VERDICT_SE, "no memory left");
        else if (interactor && make_work(work, INTERACTOR) != 0)
            decide(report, VERDICT_SE, "%s: %s", work, strerror(errno));
        else
            run_tests(report, problem, &program.command, interactor ? &other : NULL, all_tests);
    }
    program_free(&program);
    free(work);
}

void submission_judge(struct report *report, const struct problem *problem, const struct program *interactor, const char *file,
                      const char *scratch, int all_tests)
{
    const struct language *language = languages_find(&problem->languages, file);
    char *path = join_path(problem->submission_dir, file), *source = NULL;
    size_t n = 0;

    memset(report, 0, sizeof *report);
    if (path)
        source = read_file(path, LONGEST_SOURCE, &n);
    if (source)
        read_expectation(report, source);
    if (!language) {
        decide(report, VERDICT_SKIPPED, "a file of this kind is in no language that is known here");
    } else if (!source) {
        int too_long = path && errno == EFBIG;
        decide(report, too_long ? VERDICT_CE : VERDICT_SE, "%s", too_long ? "the source is longer than 1 MiB"
               : path ? strerror(errno) : "no memory left");
    } else {
        const char *missing = language_missing(language);
        if (missing)
            decide(report, VERDICT_SKIPPED, "%s not found (Debian package %s)", missing, language->package ? language->package : "?");
        else
            judge_source(report, problem, interactor, language, source, n, scratch, all_tests);
    }
    if (report->has_expectation)
        report->as_expected = strcmp(report->expected, verdict_name(report->verdict)) == 0;
    free(source);
    free(path);
}
