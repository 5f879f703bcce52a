/*
 * judge: compiles and judges a folder of submissions and prints a table. `judge --help` tells the options, judge.h which
 * file does what.
 *
 * Exit status: 0 every verdict is the expected one; 1 some verdict is not; 2 the command line or the problem folder is
 * wrong; 3 the library or this machine failed, or nothing could be judged; 128 + N stopped by signal N.
 *
 * Sources: judge.c table.c problem.c languages.c submission.c build.c testing.c interactive.c sandboxed.c cores.c reach.c compare.c workdir.c text.c units.c
 */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"
#include "units.h"

enum { EXIT_ALL_EXPECTED, EXIT_UNEXPECTED, EXIT_USAGE, EXIT_LIBRARY };

static const char help[] =
    "usage: judge [--jobs N] [--filter NAME] [--all-tests] [--json] PROBLEM_DIR\n"
    "\n"
    "Compiles every file in PROBLEM_DIR/submissions and runs it on every NAME.in in PROBLEM_DIR/tests, under the limits\n"
    "in PROBLEM_DIR/problem.conf. The answer must be that in NAME.out.\n"
    "\n"
    "  --jobs N        submissions judged at the same time (1), each on cores of its own where there are enough\n"
    "  --filter NAME   only submissions with NAME in their file name\n"
    "  --all-tests     go on after a failed test\n"
    "  --json          a JSON object instead of a table\n"
    "  --help\n"
    "\n"
    "The first line of a submission may name the verdict it should get, as in '// expect: WA'.\n"
    "AC accepted, WA wrong answer, PE right but for white space, TLE CPU time, WTL wall time, MLE memory, OLE output,\n"
    "PLE processes, RTE signal or exit code, SV forbidden system call, CE compile error, SE system error.\n"
    "\n"
    "Exit status: 0 every verdict as expected (skipped ones do not count), 1 some not, 2 usage or a wrong problem folder,\n"
    "3 the library failed or nothing was judged, 128+N stopped by signal N.\n";

struct options {
    const char *problem_dir, *filter;
    uint64_t jobs;
    int json, all_tests;
};

/* The work of all threads. A report is written by the one thread that took its number, and read after `done` is set. */
struct work {
    const struct problem *problem;
    const struct options *options;
    const char *root; /* the temporary folder */
    struct program *interactor; /* NULL: the problem has none */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next;            /* under the lock */
    size_t working;         /* threads that have begun; under the lock */
    struct cores cores;
    unsigned char *done;    /* under the lock */
    struct report *reports;
    int dirty;              /* errno of a folder that could not be removed; under the lock */
};

static int complain(int status, const char *what, const char *why)
{
    fputs("judge: ", stderr);
    put_printable(stderr, what);
    if (why) {
        fputs(": ", stderr);
        put_printable(stderr, why);
    }
    putc('\n', stderr);
    return status;
}

/* ---------------------------------------------------------------- threads */

/* Judges one submission in a folder of its own, which is gone afterwards. Returns the errno when it is not. */
static int judge_one(struct work *work, size_t i)
{
    struct report *report = &work->reports[i];
    char name[32], *scratch;
    int error = 0;

    snprintf(name, sizeof name, "%zu", i);
    scratch = join_path(work->root, name);
    if (!scratch) {
        decide(report, VERDICT_SE, "no memory left");
    } else if (mkdir(scratch, 0755) != 0) {
        decide(report, VERDICT_SE, "%s: %s", scratch, strerror(errno));
    } else {
        submission_judge(report, work->problem, work->interactor, work->problem->submissions[i], scratch,
                         work->options->all_tests);
        if (workdir_clear(scratch, 1) != 0)
            error = errno;
    }
    free(scratch);
    return error;
}

static void *worker(void *payload)
{
    struct work *work = payload;

    pthread_mutex_lock(&work->lock);
    cores_enter(&work->cores, work->working++);
    while (work->next < work->problem->submission_count) {
        size_t i = work->next++;
        int error = 0;

        pthread_mutex_unlock(&work->lock);
        if (stop_signal())
            decide(&work->reports[i], VERDICT_SKIPPED, "stopped");
        else
            error = judge_one(work, i);
        pthread_mutex_lock(&work->lock);
        if (error)
            work->dirty = error;
        work->done[i] = 1;
        pthread_cond_broadcast(&work->changed);
    }
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

/* Prints the reports in the order of the names, each as soon as it is there. */
static void print_reports(struct work *work, struct count *count)
{
    const struct problem *problem = work->problem;
    size_t i;

    table_begin(stdout, problem, work->options->json);
    for (i = 0; i < problem->submission_count; i++) {
        const struct report *report = &work->reports[i];

        pthread_mutex_lock(&work->lock);
        while (!work->done[i])
            pthread_cond_wait(&work->changed, &work->lock);
        pthread_mutex_unlock(&work->lock);
        table_row(stdout, problem, problem->submissions[i], report, work->options->json, i == 0);
        if (report->verdict == VERDICT_SKIPPED)
            count->skipped++;
        else if (!report->has_expectation)
            count->without++;
        else if (report->as_expected)
            count->as_expected++;
        else
            count->unexpected++;
    }
    table_end(stdout, count, work->options->json);
}

/* ---------------------------------------------------------------- the whole */

static int judge_in(struct work *work)
{
    size_t n = work->problem->submission_count, wanted = (size_t)work->options->jobs, started = 0, i;
    struct count count = {0, 0, 0, 0};
    pthread_t *threads;
    int error = 0;

    if (wanted > n)
        wanted = n;
    cores_take(&work->cores, wanted);
    threads = calloc(wanted, sizeof *threads);
    work->done = calloc(n, 1);
    work->reports = calloc(n, sizeof *work->reports);
    if (!threads || !work->done || !work->reports)
        error = ENOMEM;
    while (!error && started < wanted && !(error = pthread_create(&threads[started], NULL, worker, work)))
        started++;
    if (started > 0) { /* fewer threads than wanted do the same work */
        error = 0;
        print_reports(work, &count);
    }
    for (i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    free(work->done);
    free(work->reports);

    if (error)
        return complain(EXIT_LIBRARY, "threads", strerror(error));
    if (work->dirty)
        return complain(EXIT_LIBRARY, work->root, strerror(work->dirty));
    if (fflush(stdout) != 0 || ferror(stdout))
        return complain(EXIT_LIBRARY, "the table could not be written", NULL);
    if (stop_signal())
        return 128 + stop_signal();
    if (count.as_expected + count.unexpected + count.without == 0)
        return complain(EXIT_LIBRARY, "nothing was judged", NULL);
    return count.unexpected ? EXIT_UNEXPECTED : EXIT_ALL_EXPECTED;
}

/* Compiles the interactor in a folder below that of all. Returns 0 or an exit status. */
static int build_interactor(struct work *work, struct program *program)
{
    static const struct limits limits = {
        .cpu = UINT64_C(10000000000), .memory = 256u << 20, .stack = 64u << 20, .output = 16u << 20, .processes = 16,
    };
    const char *path = work->problem->interactor;
    const struct language *language = languages_find(&work->problem->languages, path);
    char *scratch = join_path(work->root, "interactor"), *source = NULL;
    struct report report;
    size_t n = 0;
    int failed = -1;

    memset(&report, 0, sizeof report);
    if (!language)
        decide(&report, VERDICT_SE, "a file of this kind is in no language that is known here");
    else if (language_missing(language))
        decide(&report, VERDICT_SE, "%s not found", language_missing(language));
    else if (!scratch || mkdir(scratch, 0755) != 0 || !(source = read_file(path, LONGEST_SOURCE, &n)))
        decide(&report, VERDICT_SE, "%s", strerror(errno));
    else
        failed = program_build(&report, &limits, language, source, n, scratch, program);
    free(source);
    free(scratch);
    work->interactor = program;
    return failed ? complain(EXIT_USAGE, path, report.detail) : 0;
}

static int judge(const struct options *options, const struct problem *problem)
{
    struct work work = {.problem = problem, .options = options, .lock = PTHREAD_MUTEX_INITIALIZER,
                        .changed = PTHREAD_COND_INITIALIZER};
    struct program interactor = {0};
    char *root;
    int status;

    if (sandboxed_as_nobody() < 0)
        return complain(EXIT_LIBRARY, "submissions must not run as root, and the user cannot be changed here",
                        gosandbox_last_error()->message);
    umask(022);
    if (stop_on_signals() != 0)
        return complain(EXIT_LIBRARY, "signals", strerror(errno));
    root = workdir_new();
    if (!root)
        return complain(EXIT_LIBRARY, "no temporary folder", strerror(errno));
    work.root = root;
    /* Submissions of another user must get through to their own folder, but may not list what is there. */
    if (sandboxed_as_nobody() && chmod(root, 0711) != 0)
        status = complain(EXIT_LIBRARY, root, strerror(errno));
    else if (!problem->interactor || (status = build_interactor(&work, &interactor)) == 0)
        status = judge_in(&work);
    program_free(&interactor);
    if (workdir_clear(root, 1) != 0)
        status = complain(EXIT_LIBRARY, root, strerror(errno));
    free(root);
    return status;
}

/* Returns 0, or -1 with the exit status of the command in *status. */
static int read_options(struct options *options, int argc, char **argv, int *status)
{
    static const struct option long_options[] = {
        {"jobs", required_argument, NULL, 'j'}, {"filter", required_argument, NULL, 'f'},
        {"all-tests", no_argument, NULL, 'a'},  {"json", no_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0},
    };
    const char *reason;
    int option;

    *status = EXIT_USAGE;
    memset(options, 0, sizeof *options);
    options->jobs = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case 'j':
            reason = parse_count(optarg, 1, 64, &options->jobs);
            if (reason) {
                complain(EXIT_USAGE, "--jobs must be a number from 1 to 64", optarg);
                return -1;
            }
            break;
        case 'f':
            options->filter = optarg;
            break;
        case 'a':
            options->all_tests = 1;
            break;
        case 'o':
            options->json = 1;
            break;
        case 'h':
            fputs(help, stdout);
            *status = fflush(stdout) == 0 ? 0 : EXIT_LIBRARY;
            return -1;
        default: /* getopt_long has said what is wrong */
            fputs("judge: try 'judge --help'\n", stderr);
            return -1;
        }
    }
    if (argc - optind != 1) {
        complain(EXIT_USAGE, "name one problem folder; try 'judge --help'", NULL);
        return -1;
    }
    options->problem_dir = argv[optind];
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    struct problem problem;
    char error[SHORT_TEXT];
    int status;

    if (read_options(&options, argc, argv, &status) != 0)
        return status;
    if (problem_read(&problem, options.problem_dir, options.filter, error) != 0)
        status = complain(EXIT_USAGE, error, NULL);
    else
        status = judge(&options, &problem);
    problem_free(&problem);
    return status;
}
