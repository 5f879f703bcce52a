/* run_report.c: what became of one run, as text or as JSON. */
#include "run_report.h"

#include <inttypes.h>

#include "run_files.h"
#include "run_trace.h"
#include "text.h"

static const char *arch_name(uint32_t arch)
{
    switch (arch) {
    case GOSANDBOX_ARCH_X86_64: return "x86_64";
    case GOSANDBOX_ARCH_I386: return "i386";
    case GOSANDBOX_ARCH_AARCH64: return "aarch64";
    default: return "unknown";
    }
}

static int is_measured(const struct gosandbox_stats *stats, unsigned figure)
{
    return (stats->measured >> figure & 1u) != 0;
}

/* ---------------------------------------------------------------- text */

static void text_seconds(FILE *to, const char *name, uint64_t ns, int measured)
{
    if (measured)
        fprintf(to, "%s: %" PRIu64 ".%06" PRIu64 " s\n", name, ns / 1000000000u, ns % 1000000000u / 1000u);
    else
        fprintf(to, "%s: not measured\n", name);
}

static void text_count(FILE *to, const char *name, uint64_t count, const char *unit, int measured)
{
    if (measured)
        fprintf(to, "%s: %" PRIu64 "%s\n", name, count, unit);
    else
        fprintf(to, "%s: not measured\n", name);
}

static void text_violation(FILE *to, const struct gosandbox_syscall *call, const char *path)
{
    const char *name = gosandbox_syscall_name(call->arch, call->nr);
    int i;

    if (name)
        fprintf(to, "violation: %s(", name);
    else
        fprintf(to, "violation: call %" PRId64 "(", call->nr);
    for (i = 0; i < 6; i++)
        fprintf(to, "%s0x%" PRIx64, i ? ", " : "", call->args[i]);
    fprintf(to, ") %s, process %" PRId32, arch_name(call->arch), call->pid);
    if (*path) {
        fputs(", path ", to);
        put_printable(to, path);
    }
    putc('\n', to);
}

int report_text(FILE *to, const gosandbox_result *result)
{
    struct gosandbox_stats stats = {.size = sizeof stats};
    struct gosandbox_syscall call = {.size = sizeof call};
    char path[4096] = "";
    int violated;

    if (gosandbox_result_stats(result, &stats) != 0)
        return -1;
    violated = gosandbox_result_violation(result, &call, path, sizeof path);
    if (violated < 0)
        return -1;

    fprintf(to, "status: %s\n", gosandbox_status_name(stats.status));
    if (stats.status == GOSANDBOX_STATUS_EXITED)
        fprintf(to, "exit code: %" PRId32 "\n", stats.exit_code);
    if (stats.status == GOSANDBOX_STATUS_SIGNALED)
        fprintf(to, "signal: %" PRId32 " (%s)\n", stats.signal, signal_name(stats.signal));
    text_seconds(to, "cpu", stats.cpu, is_measured(&stats, GOSANDBOX_FIGURE_CPU));
    text_seconds(to, "user", stats.user, is_measured(&stats, GOSANDBOX_FIGURE_USER));
    text_seconds(to, "sys", stats.sys, is_measured(&stats, GOSANDBOX_FIGURE_SYS));
    text_seconds(to, "wall", stats.wall, is_measured(&stats, GOSANDBOX_FIGURE_WALL));
    text_count(to, "memory", stats.memory_peak, " bytes", is_measured(&stats, GOSANDBOX_FIGURE_MEMORY_PEAK));
    text_count(to, "processes", stats.processes_peak, "", is_measured(&stats, GOSANDBOX_FIGURE_PROCESSES_PEAK));
    fputs("message: ", to);
    put_printable(to, gosandbox_result_message(result));
    putc('\n', to);
    if (violated)
        text_violation(to, &call, path);
    files_text(to, result);
    count_text(to, result);
    return 0;
}

/* ---------------------------------------------------------------- JSON */

static void json_figure(FILE *to, const char *name, uint64_t value, int measured)
{
    if (measured)
        fprintf(to, "  \"%s\": %" PRIu64 ",\n", name, value);
    else
        fprintf(to, "  \"%s\": null,\n", name);
}

static void json_argv(FILE *to, size_t n, const char *const *argv)
{
    size_t i;

    fputs("  \"argv\": [", to);
    for (i = 0; i < n; i++) {
        if (i)
            fputs(", ", to);
        put_json(to, argv[i]);
    }
    fputs("]", to);
}

static void json_error(FILE *to, const struct gosandbox_error *error)
{
    if (!error || error->code == 0) {
        fputs("  \"error\": null,\n", to);
        return;
    }
    fprintf(to, "  \"error\": {\"code\": \"%s\", \"errno\": %" PRId32 ", \"step\": \"%s\", \"index\": %" PRId32
            ", \"message\": ", gosandbox_error_name(error->code), error->sys_errno,
            gosandbox_step_name(error->step), error->index);
    put_json(to, error->message);
    fputs("},\n", to);
}

static void json_violation(FILE *to, const struct gosandbox_syscall *call, const char *path)
{
    const char *name = gosandbox_syscall_name(call->arch, call->nr);
    int i;

    fputs("  \"violation\": {\"syscall\": ", to);
    if (name)
        put_json(to, name);
    else
        fputs("null", to);
    fprintf(to, ", \"nr\": %" PRId64 ", \"arch\": \"%s\", \"pid\": %" PRId32 ", \"tid\": %" PRId32 ", \"args\": [",
            call->nr, arch_name(call->arch), call->pid, call->tid);
    for (i = 0; i < 6; i++) /* strings: a JSON number does not hold 64 bits everywhere */
        fprintf(to, "%s\"0x%" PRIx64 "\"", i ? ", " : "", call->args[i]);
    fputs("], \"path\": ", to);
    put_json(to, path);
    fputs("},\n", to);
}

int report_json(FILE *to, const gosandbox_result *result, size_t n, const char *const *argv)
{
    struct gosandbox_stats stats = {.size = sizeof stats};
    struct gosandbox_syscall call = {.size = sizeof call};
    char path[4096] = "";
    int violated;

    if (gosandbox_result_stats(result, &stats) != 0)
        return -1;
    violated = gosandbox_result_violation(result, &call, path, sizeof path);
    if (violated < 0)
        return -1;

    fprintf(to, "{\n  \"status\": \"%s\",\n", gosandbox_status_name(stats.status));
    fprintf(to, "  \"cause\": \"%s\",\n", gosandbox_cause_name(stats.cause));
    if (stats.status == GOSANDBOX_STATUS_EXITED)
        fprintf(to, "  \"exit_code\": %" PRId32 ",\n", stats.exit_code);
    else
        fputs("  \"exit_code\": null,\n", to);
    if (stats.status == GOSANDBOX_STATUS_SIGNALED)
        fprintf(to, "  \"signal\": %" PRId32 ",\n  \"signal_name\": \"%s\",\n", stats.signal,
                signal_name(stats.signal));
    else
        fputs("  \"signal\": null,\n  \"signal_name\": null,\n", to);
    json_figure(to, "cpu_ns", stats.cpu, is_measured(&stats, GOSANDBOX_FIGURE_CPU));
    json_figure(to, "user_ns", stats.user, is_measured(&stats, GOSANDBOX_FIGURE_USER));
    json_figure(to, "sys_ns", stats.sys, is_measured(&stats, GOSANDBOX_FIGURE_SYS));
    json_figure(to, "wall_ns", stats.wall, is_measured(&stats, GOSANDBOX_FIGURE_WALL));
    json_figure(to, "setup_ns", stats.setup, is_measured(&stats, GOSANDBOX_FIGURE_SETUP));
    json_figure(to, "memory_bytes", stats.memory_peak, is_measured(&stats, GOSANDBOX_FIGURE_MEMORY_PEAK));
    json_figure(to, "processes", stats.processes_peak, is_measured(&stats, GOSANDBOX_FIGURE_PROCESSES_PEAK));
    fputs("  \"message\": ", to);
    put_json(to, gosandbox_result_message(result));
    fputs(",\n", to);
    if (violated)
        json_violation(to, &call, path);
    else
        fputs("  \"violation\": null,\n", to);
    fputs("  \"files\": ", to);
    files_json(to, result);
    fputs(",\n  \"syscalls\": ", to);
    count_json(to, result);
    fputs(",\n", to);
    json_error(to, gosandbox_result_error(result));
    json_argv(to, n, argv);
    fputs("\n}\n", to);
    return 0;
}

void report_json_error(FILE *to, const struct gosandbox_error *error, size_t n, const char *const *argv)
{
    fputs("{\n  \"status\": null,\n  \"message\": ", to);
    put_json(to, error->message);
    fputs(",\n", to);
    json_error(to, error);
    json_argv(to, n, argv);
    fputs("\n}\n", to);
}
