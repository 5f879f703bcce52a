/* interactive.c: the test of a submission that talks to an interactor. */
#include "judge.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

enum { RIGHT = 42, WRONG = 43 };
#define GRACE UINT64_C(1000000000) /* ns that a submission has left when the interactor has ended */

/* What became of one of the two. */
struct side {
    const gosandbox_result *result;
    struct gosandbox_stats stats;
    struct gosandbox_member member;
};

static int read_side(struct side *side, const gosandbox_result *result)
{
    int code;

    memset(side, 0, sizeof *side);
    side->result = result;
    side->stats.size = sizeof side->stats;
    side->member.size = sizeof side->member;
    code = gosandbox_result_stats(result, &side->stats);
    return code ? code : gosandbox_result_member(result, &side->member);
}

/* The last line that the interactor has written to stderr. */
static void decide_wrong(struct report *report, const struct side *interactor)
{
    size_t n = 0, start;
    const char *text = gosandbox_result_output(interactor->result, 2, &n);

    while (n > 0 && strchr(" \t\r\n", text[n - 1])) /* also a NUL: no end is shown where nothing is to be seen */
        n--;
    for (start = n; start > 0 && text[start - 1] != '\n'; start--)
        ;
    if (n == 0)
        decide(report, VERDICT_WA, "the interactor says so");
    else
        decide(report, VERDICT_WA, "%.*s", (int)(n - start < 200 ? n - start : 200), text + start);
}

static void decide_broken(struct report *report, const struct side *interactor)
{
    char text[SHORT_TEXT];

    if (!crashed(interactor->result, &interactor->stats, text))
        snprintf(text, sizeof text, "%s", gosandbox_result_message(interactor->result));
    decide(report, VERDICT_SE, "the interactor: %.200s", text);
}

static void decide_waited(struct report *report, const struct side *submission, const struct side *interactor)
{
    uint32_t mine = submission->member.waiting, others = interactor->member.waiting;

    if (submission->stats.cause == GOSANDBOX_CAUSE_DEADLOCK)
        decide(report, VERDICT_WTL, "deadlock, it and the interactor wait for each other%s",
               mine == GOSANDBOX_WAITING_READ && others == GOSANDBOX_WAITING_READ ? ": was the output flushed?" : "");
    else if (mine != GOSANDBOX_WAITING_NOT && others == GOSANDBOX_WAITING_NOT)
        decide(report, VERDICT_SE, "the interactor did not answer in time");
    else
        decide(report, VERDICT_WTL, "%s", gosandbox_result_message(submission->result));
}

/* What came first counts: a submission that crashes because the interactor has hung up was wrong before. */
static void decide_talk(struct report *report, uint64_t output, const struct side *submission, const struct side *interactor,
                        const struct gosandbox_hangup *said)
{
    int interactor_left_first = said->first == GOSANDBOX_HANGUP_READER;
    int answer = interactor->stats.status == GOSANDBOX_STATUS_EXITED ? interactor->stats.exit_code : -1;
    uint32_t status = submission->stats.status;
    char text[SHORT_TEXT];

    if (status == GOSANDBOX_STATUS_CANCELLED && submission->stats.cause != GOSANDBOX_CAUSE_GROUP)
        decide(report, VERDICT_SKIPPED, "stopped");
    else if (status == GOSANDBOX_STATUS_VIOLATION)
        decide(report, VERDICT_SV, "%s", gosandbox_result_message(submission->result));
    else if (answer == WRONG && interactor_left_first)
        decide_wrong(report, interactor);
    else if (said->bytes > output)
        decide(report, VERDICT_OLE, "wrote %" PRIu64 " bytes, limit %" PRIu64, said->bytes, output);
    else if (status == GOSANDBOX_STATUS_WALL_LIMIT)
        decide_waited(report, submission, interactor);
    else if (verdict_of(status) != VERDICT_SE)
        decide(report, verdict_of(status), "%s", gosandbox_result_message(submission->result));
    else if (answer != RIGHT && answer != WRONG && interactor_left_first)
        decide_broken(report, interactor);
    else if (crashed(submission->result, &submission->stats, text))
        decide(report, VERDICT_RTE, "%s", text);
    else if (answer == WRONG)
        decide_wrong(report, interactor);
    else if (answer == RIGHT && status == GOSANDBOX_STATUS_CANCELLED)
        decide(report, VERDICT_WTL, "did not end within 1 s of the dialogue");
    else if (answer == RIGHT)
        decide(report, VERDICT_AC, "%s", "");
    else if (interactor->stats.status == GOSANDBOX_STATUS_SIGNALED && interactor->stats.signal == SIGPIPE)
        decide(report, VERDICT_WA, "hung up before the interactor had said all");
    else
        decide_broken(report, interactor);
}

void run_interactive(struct report *report, const struct problem *problem, const struct command *submission,
                     const struct command *interactor, const struct test *test, struct gosandbox_stats *stats)
{
    struct command other = *interactor;
    gosandbox_result *results[2] = {NULL, NULL};
    struct side sides[2];
    struct gosandbox_hangup said;
    int code;

    memset(&said, 0, sizeof said);
    said.size = sizeof said;
    other.test = test->input;
    code = sandboxed_talk(submission, &other, submission->limits.wall, GRACE, results);
    if (code == 0)
        code = read_side(&sides[0], results[0]);
    if (code == 0)
        code = read_side(&sides[1], results[1]);
    if (code == 0) /* of the pipe from the submission to the interactor */
        code = gosandbox_result_hangup(results[0], 0, &said);
    if (code != 0) {
        decide(report, VERDICT_SE, "%s", gosandbox_last_error()->message);
    } else {
        *stats = sides[0].stats;
        decide_talk(report, problem->limits.output, &sides[0], &sides[1], &said);
    }
    gosandbox_result_free(results[0]);
    gosandbox_result_free(results[1]);
}
