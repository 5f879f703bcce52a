/* table.c: the verdicts as a table or as JSON. */
#include "judge.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

/* Columns that a name takes; see put_printable. */
static size_t name_width(const struct problem *problem)
{
    size_t i, widest = strlen("submission");

    for (i = 0; i < problem->submission_count; i++) {
        size_t columns = put_printable(NULL, problem->submissions[i]);
        if (columns > widest)
            widest = columns;
    }
    return widest < 60 ? widest : 60;
}

static void spaces(FILE *to, size_t n)
{
    while (n-- > 0)
        putc(' ', to);
}

/* ---------------------------------------------------------------- table */

static void seconds(FILE *to, uint64_t ns, int has)
{
    if (has)
        fprintf(to, " %5" PRIu64 ".%03" PRIu64 " s", ns / 1000000000u, ns % 1000000000u / 1000000u);
    else
        fprintf(to, " %11s", "-");
}

static void text_row(FILE *to, const struct problem *problem, const char *file, const struct report *report)
{
    size_t width = name_width(problem), columns = put_printable(to, file);
    const char *expected = !report->has_expectation ? "-" : *report->expected ? report->expected : "?";
    const char *mark = report->has_expectation && !report->as_expected && report->verdict != VERDICT_SKIPPED ? " !" : "";
    char passed[48];

    spaces(to, columns < width ? width - columns : 0);
    snprintf(passed, sizeof passed, "%zu/%zu", report->passed, problem->test_count);
    fprintf(to, "  %-7s  %s%s%*s %7s", verdict_name(report->verdict), expected, mark,
            (int)(10 - strlen(mark) > strlen(expected) ? 10 - strlen(mark) - strlen(expected) : 1), "", passed);
    seconds(to, report->cpu, report->has_cpu);
    seconds(to, report->wall, report->has_wall);
    if (report->has_memory)
        fprintf(to, " %8" PRIu64 " KiB", report->memory >> 10);
    else
        fprintf(to, " %12s", "-");
    if (*report->detail) {
        fputs("  ", to);
        put_printable(to, report->detail);
    }
    putc('\n', to);
}

/* ---------------------------------------------------------------- JSON */

static void json_figure(FILE *to, const char *name, uint64_t value, int has)
{
    if (has)
        fprintf(to, "\"%s\": %" PRIu64 ", ", name, value);
    else
        fprintf(to, "\"%s\": null, ", name);
}

static void json_row(FILE *to, const struct problem *problem, const char *file, const struct report *report)
{
    fputs("    {\"submission\": ", to);
    put_json(to, file);
    fprintf(to, ", \"verdict\": \"%s\", \"expected\": ", verdict_name(report->verdict));
    if (report->has_expectation)
        put_json(to, report->expected);
    else
        fputs("null", to);
    fprintf(to, ", \"as_expected\": %s, ", !report->has_expectation || report->verdict == VERDICT_SKIPPED ? "null"
            : report->as_expected ? "true" : "false");
    fprintf(to, "\"passed\": %zu, \"tests\": %zu, ", report->passed, problem->test_count);
    json_figure(to, "max_cpu_ns", report->cpu, report->has_cpu);
    json_figure(to, "max_wall_ns", report->wall, report->has_wall);
    json_figure(to, "max_memory_bytes", report->memory, report->has_memory);
    fputs("\"detail\": ", to);
    put_json(to, report->detail);
    putc('}', to);
}

/* ---------------------------------------------------------------- both */

void table_begin(FILE *to, const struct problem *problem, int json)
{
    if (json) {
        fputs("{\n  \"problem\": ", to);
        put_json(to, problem->title);
        fputs(",\n  \"results\": [\n", to);
        return;
    }
    put_printable(to, problem->title);
    fprintf(to, ": %zu tests, cpu %" PRIu64 ".%03" PRIu64 " s, memory %" PRIu64 " MiB\n\n", problem->test_count,
            problem->limits.cpu / 1000000000u, problem->limits.cpu % 1000000000u / 1000000u,
            problem->limits.memory >> 20);
    fputs("submission", to);
    spaces(to, name_width(problem) - strlen("submission"));
    fprintf(to, "  %-7s  %-10s %7s %11s %11s %12s  %s\n", "verdict", "expected", "tests", "max cpu", "max wall",
            "max memory", "detail");
    fflush(to);
}

void table_row(FILE *to, const struct problem *problem, const char *file, const struct report *report, int json,
               int is_first)
{
    if (json) {
        fputs(is_first ? "" : ",\n", to);
        json_row(to, problem, file, report);
    } else {
        text_row(to, problem, file, report);
    }
    fflush(to);
}

void table_end(FILE *to, const struct count *count, int json)
{
    if (json) {
        fprintf(to, "\n  ],\n  \"as_expected\": %zu,\n  \"unexpected\": %zu,\n  \"without_expectation\": %zu,\n"
                "  \"skipped\": %zu\n}\n", count->as_expected, count->unexpected, count->without, count->skipped);
        return;
    }
    fprintf(to, "\n%zu as expected, %zu not as expected", count->as_expected, count->unexpected);
    if (count->without)
        fprintf(to, ", %zu without an expectation", count->without);
    if (count->skipped)
        fprintf(to, ", %zu skipped", count->skipped);
    putc('\n', to);
}
