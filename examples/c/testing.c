/* testing.c: the tests of one submission and their verdict. */
#include "judge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "text.h"

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {"AC", "WA", "PE", "TLE", "WTL", "MLE", "OLE", "RTE", "PLE", "SV",
                                                     "CE", "SE", "SKIPPED"};
    return (unsigned)verdict < VERDICT_COUNT ? names[verdict] : "?";
}

void decide(struct report *report, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    report->verdict = verdict;
    va_start(arguments, format);
    vsnprintf(report->detail, sizeof report->detail, format, arguments);
    va_end(arguments);
}

int run_command(struct report *report, const struct command *command, gosandbox_result **result,
                struct gosandbox_stats *stats)
{
    int code;

    memset(stats, 0, sizeof *stats);
    stats->size = sizeof *stats;
    code = sandboxed_run(command, result);
    if (code != 0 || (code = gosandbox_result_stats(*result, stats)) != 0) {
        decide(report, VERDICT_SE, "%s", *result ? gosandbox_result_message(*result) : gosandbox_last_error()->message);
        return -1;
    }
    if (stats->status == GOSANDBOX_STATUS_CANCELLED) {
        decide(report, VERDICT_SKIPPED, "stopped");
        return -1;
    }
    return 0;
}

static int tells_error(const char *line, size_t n)
{
    static const char *const words[] = {"rror", "xception", "XCEPTION", "panic"};
    size_t i, j;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        for (j = 0; j + strlen(words[i]) <= n; j++)
            if (memcmp(line + j, words[i], strlen(words[i])) == 0)
                return 1;
    return 0;
}

/* What the program said on stderr: the last line that tells an error ("ValueError: ..." of Python, 'Exception in thread "main"' of Java),
 * or else the last one ("Assertion ... failed" of C). */
static void last_words(const gosandbox_result *result, char line[SHORT_TEXT])
{
    size_t n = 0, start, length, found = 0, found_length = 0;
    const char *text = gosandbox_result_output(result, 2, &n);

    for (; n > 0 && !(found_length && tells_error(text + found, found_length)); n = start) {
        while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
            n--;
        for (start = n; start > 0 && text[start - 1] != '\n'; start--)
            ;
        length = n - start;
        if (length > 0 && (found_length == 0 || tells_error(text + start, length))) {
            found = start;
            found_length = length;
        }
    }
    line[0] = '\0';
    if (found_length > 0)
        snprintf(line, SHORT_TEXT, ": %.*s", (int)(found_length < 100 ? found_length : 100), text + found);
}

int crashed(const gosandbox_result *result, const struct gosandbox_stats *stats, char text[SHORT_TEXT])
{
    char line[SHORT_TEXT];

    text[0] = '\0';
    if (stats->status != GOSANDBOX_STATUS_SIGNALED && (stats->status != GOSANDBOX_STATUS_EXITED || stats->exit_code == 0))
        return 0;
    last_words(result, line);
    if (stats->status == GOSANDBOX_STATUS_SIGNALED)
        snprintf(text, SHORT_TEXT, "signal %" PRId32 " (%s)%.150s", stats->signal, signal_name(stats->signal), line);
    else
        snprintf(text, SHORT_TEXT, "exit code %" PRId32 "%.150s", stats->exit_code, line);
    return 1;
}

enum verdict verdict_of(uint32_t status)
{
    static const enum verdict of_status[] = {
        [GOSANDBOX_STATUS_CPU_LIMIT] = VERDICT_TLE,     [GOSANDBOX_STATUS_WALL_LIMIT] = VERDICT_WTL,
        [GOSANDBOX_STATUS_MEMORY_LIMIT] = VERDICT_MLE,  [GOSANDBOX_STATUS_OUTPUT_LIMIT] = VERDICT_OLE,
        [GOSANDBOX_STATUS_PROCESS_LIMIT] = VERDICT_PLE, [GOSANDBOX_STATUS_VIOLATION] = VERDICT_SV,
    };

    return status < sizeof of_status / sizeof *of_status && of_status[status] != VERDICT_AC ? of_status[status] : VERDICT_SE;
}

static void decide_test(struct report *report, const struct problem *problem, const struct test *test,
                        const gosandbox_result *result, const struct gosandbox_stats *stats)
{
    static const enum verdict of_match[] = {
        [MATCH_RIGHT] = VERDICT_AC, [MATCH_WRONG] = VERDICT_WA, [MATCH_SPACING] = VERDICT_PE,
        [MATCH_UNREADABLE] = VERDICT_SE,
    };
    char text[SHORT_TEXT];

    if (crashed(result, stats, text)) {
        decide(report, VERDICT_RTE, "%s", text);
    } else if (stats->status == GOSANDBOX_STATUS_EXITED) {
        size_t n = 0;
        const char *answer = gosandbox_result_output(result, 1, &n);
        enum match match = compare(problem->checker, answer, n, test->answer, text);
        decide(report, of_match[match], "%s", text);
    } else {
        decide(report, verdict_of(stats->status), "%s", gosandbox_result_message(result));
    }
}

static void run_test(struct report *report, const struct problem *problem, const struct command *submission,
                     const struct test *test, struct gosandbox_stats *stats)
{
    struct command command = *submission;
    gosandbox_result *result = NULL;

    command.stdin_path = test->input;
    command.stdout_max = problem->limits.output;
    if (run_command(report, &command, &result, stats) == 0)
        decide_test(report, problem, test, result, stats);
    gosandbox_result_free(result);
}

static void keep_largest(uint64_t *largest, int *has, uint64_t value, uint32_t measured, unsigned figure)
{
    if (!(measured >> figure & 1u))
        return;
    *has = 1;
    if (value > *largest)
        *largest = value;
}

void run_tests(struct report *report, const struct problem *problem, const struct command *submission,
               const struct command *interactor, int all_tests)
{
    enum verdict verdict = VERDICT_AC; /* of the first failed test */
    char detail[SHORT_TEXT] = "";
    size_t i;

    for (i = 0; i < problem->test_count; i++) {
        const struct test *test = &problem->tests[i];
        struct gosandbox_stats stats;

        memset(&stats, 0, sizeof stats);
        if (workdir_clear(submission->cwd, 0) != 0) /* no test finds what the one before has left */
            decide(report, VERDICT_SE, "%s: %s", submission->cwd, strerror(errno));
        else if (interactor && workdir_clear(interactor->cwd, 0) != 0)
            decide(report, VERDICT_SE, "%s: %s", interactor->cwd, strerror(errno));
        else if (interactor)
            run_interactive(report, problem, submission, interactor, test, &stats);
        else
            run_test(report, problem, submission, test, &stats);
        keep_largest(&report->cpu, &report->has_cpu, stats.cpu, stats.measured, GOSANDBOX_FIGURE_CPU);
        keep_largest(&report->wall, &report->has_wall, stats.wall, stats.measured, GOSANDBOX_FIGURE_WALL);
        keep_largest(&report->memory, &report->has_memory, stats.memory_peak, stats.measured, GOSANDBOX_FIGURE_MEMORY_PEAK);
        if (report->verdict == VERDICT_AC) {
            report->passed++;
            continue;
        }
        if (verdict == VERDICT_AC) {
            verdict = report->verdict;
            snprintf(detail, sizeof detail, "test %.32s: %.200s", test->name, report->detail);
        }
        if (!all_tests || report->verdict == VERDICT_SE || report->verdict == VERDICT_SKIPPED)
            break;
    }
    decide(report, verdict, "%s", detail);
}
