/*
 * judge.h: the parts of the example judge.
 *
 *   judge.c       command line, threads, order of the work
 *   table.c       the verdicts as a table or as JSON
 *   problem.c     reading a problem folder
 *   languages.c   reading the table of languages
 *   submission.c  reading one submission, judging it
 *   build.c       compiling a source
 *   testing.c     the tests of one submission and their verdict
 *   interactive.c the same where a submission talks to an interactor
 *   sandboxed.c   running one command in gosandbox
 *   cores.c       which CPUs each job gets
 *   reach.c       what it may do and reach
 *   compare.c     is the answer right?
 *   workdir.c     temporary folders that strangers write to
 *   text.c units.c  strings and numbers; shared with run
 */
#ifndef EXAMPLES_JUDGE_H
#define EXAMPLES_JUDGE_H

#include <gosandbox/sandbox.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SHORT_TEXT 256 /* room for a detail or a message, cut where it is longer */

/* ---------------------------------------------------------------- languages.c */

#define MOST_COMMANDS 4
#define MOST_PATHS 8

struct limits {
    uint64_t cpu, wall;                        /* ns */
    uint64_t memory, stack, output, processes; /* bytes; number */
};

/* One section of languages.conf, which tells what they mean. Lists end with NULL. */
struct language {
    char **words; /* the name, and the endings of files */
    char *source, *package;
    char **compile[MOST_COMMANDS + 1], **run;
    char *read[MOST_PATHS + 1];
    uint64_t cpu;    /* in thousandths */
    uint64_t memory; /* bytes */
};

struct languages {
    struct language *list;
    size_t count;
};

/* Reads languages.conf in the problem's folder, or in the one above; where there is none, a small table of its own. Returns 0, or -1
 * with one sentence in error. Free it in both cases. */
int languages_read(struct languages *languages, const char *dir, char error[SHORT_TEXT]);
void languages_free(struct languages *languages);
/* The language of a file; NULL when it is in none. */
const struct language *languages_find(const struct languages *languages, const char *file);
/* A command that is not installed; NULL when all are. */
const char *language_missing(const struct language *language);
/* What a submission in this language may use. */
void language_limits(const struct language *language, const struct limits *problem, struct limits *own);
/* How it is run: new memory, NULL when there is none left. */
char **language_command(const struct language *language, const struct limits *problem, const char *program,
                        const char *source);
void command_free(char **command);

/* ---------------------------------------------------------------- problem.c */

enum checker { CHECKER_TOKENS, CHECKER_EXACT };

struct test {
    char *name, *input, *answer; /* "01", and the paths of 01.in and 01.out, which is not there with an interactor */
};

struct problem {
    char *title;
    struct limits limits;
    enum checker checker;
    int has_checker; /* the settings say which */
    struct test *tests;
    size_t test_count;
    char *submission_dir;
    char **submissions; /* file names */
    size_t submission_count;
    struct languages languages;
    char *interactor; /* the path of its source; NULL: answers are compared */
};

/* Reads the folder; only submissions whose name contains `filter` (NULL: all). Returns 0, or -1 with one sentence in
 * error. Free it in both cases. */
int problem_read(struct problem *problem, const char *dir, const char *filter, char error[SHORT_TEXT]);
void problem_free(struct problem *problem);

/* dir/name in new memory; NULL when there is none left. */
char *join_path(const char *dir, const char *name);
/* Cuts white space off both ends, in place. */
char *trim(char *text);

/* ---------------------------------------------------------------- compare.c */

enum match { MATCH_RIGHT, MATCH_WRONG, MATCH_SPACING /* right but for white space */, MATCH_UNREADABLE };

/* Compares an answer in memory with the file of the right one, reading the file piece by piece. `detail` tells where they
 * differ first, or why the file cannot be read. */
enum match compare(enum checker checker, const char *answer, size_t n, const char *path, char detail[SHORT_TEXT]);

/* ---------------------------------------------------------------- workdir.c */

/* Makes a folder of our own under TMPDIR or /tmp; its path is new memory. NULL with errno on failure. */
char *workdir_new(void);
/* Removes everything in the folder and, when `all` is set, the folder. Follows no links, and copes with folders of any
 * depth and mode: a submission may have left anything. Returns 0, or -1 with errno. */
int workdir_clear(const char *path, int all);

/* ---------------------------------------------------------------- sandboxed.c */

/* One command to be run in gosandbox. */
struct command {
    const char *const *argv; /* ends with NULL */
    const char *cwd;
    const char *stdin_path;  /* NULL: /dev/null */
    uint64_t stdout_max, stderr_max; /* bytes kept */
    struct limits limits;
    const char *program; /* the file that it may execute besides those of the system; NULL: a compiler, which executes what it makes */
    char *const *read;   /* what else it may read: paths that may have a * in them, then NULL */
    const char *test;    /* an interactor's: a file that it finds on descriptor 3 */
};

/* Runs the command. Returns what gosandbox_run would have, also when a signal told the judge to stop (then the status is
 * CANCELLED). Free *result in all cases. */
int sandboxed_run(const struct command *command, gosandbox_result **result);

/* The same for a submission and an interactor that talk to each other, under a wall limit for both and not those of the commands; the
 * submission has `grace` ns left when the interactor has ended. Free both results in all cases. */
int sandboxed_talk(const struct command *submission, const struct command *interactor, uint64_t wall, uint64_t grace,
                   gosandbox_result *results[2]);

/* Is this judge root's? Then submissions run as `nobody`. Returns 1 or 0, or -1 when root cannot change ids. */
int sandboxed_as_nobody(void);
#define NOBODY 65534u
#define INTERACTOR 65533u /* who interactors run as then: submissions must not reach their files and processes */

/* Makes SIGINT, SIGTERM and SIGHUP end all runs, present and future. Returns 0, or -1 with errno. */
int stop_on_signals(void);
/* The signal that has arrived, 0 when none. */
int stop_signal(void);

/* ---------------------------------------------------------------- cores.c */

struct cores {
    int cpus[1024];     /* one of each core that this process may use */
    size_t count, each; /* how many there are, and how many each job gets: 0: they share all */
};

/* Shares the cores out among so many jobs. */
void cores_take(struct cores *cores, size_t jobs);
/* Binds the calling thread, and all that it starts from now on, to those of a job. */
void cores_enter(const struct cores *cores, size_t job);

/* ---------------------------------------------------------------- reach.c */

/* A submission reads the system's programs and libraries, executes these and itself, and writes in its folder alone: no file of the
 * judge's, no other submission and no test can be opened. The same goes for compilers, which strangers steer. Returns 0 or a code
 * of the library. */
int allow_reach(gosandbox_config *config, const struct command *command);

/* ---------------------------------------------------------------- testing.c */

enum verdict {
    VERDICT_AC,  /* accepted */
    VERDICT_WA,  /* wrong answer */
    VERDICT_PE,  /* presentation error: right but for white space (checker=exact) */
    VERDICT_TLE, /* CPU time limit */
    VERDICT_WTL, /* wall time limit: it slept or waited */
    VERDICT_MLE, /* memory limit */
    VERDICT_OLE, /* output limit */
    VERDICT_RTE, /* run-time error: a signal, or an exit code other than 0 */
    VERDICT_PLE, /* process limit */
    VERDICT_SV,  /* security violation: a forbidden system call */
    VERDICT_CE,  /* compile error */
    VERDICT_SE,  /* system error: not the submission's fault */
    VERDICT_SKIPPED, /* not judged */
    VERDICT_COUNT
};

struct report {
    enum verdict verdict;
    int has_expectation, as_expected;
    char expected[16]; /* what the submission's first line says, "" when it says nothing */
    size_t passed;
    uint64_t cpu, wall, memory; /* the largest of all tests */
    int has_cpu, has_wall, has_memory; /* was it measured at all? */
    char detail[SHORT_TEXT];
};

const char *verdict_name(enum verdict verdict);
/* Writes verdict and detail (as printf does) into the report. */
void decide(struct report *report, enum verdict verdict, const char *format, ...);
/* Runs the command. Returns 0 with *result and *stats when the program has run to some end; else the report says what
 * happened. Free *result in both cases. */
int run_command(struct report *report, const struct command *command, gosandbox_result **result,
                struct gosandbox_stats *stats);
/* How a program has failed by itself, "exit code 3: ..." with its last words. Returns 0 when it has not. */
int crashed(const gosandbox_result *result, const struct gosandbox_stats *stats, char text[SHORT_TEXT]);
/* The verdict about a status that a limit or a rule has brought; VERDICT_SE for all others. */
enum verdict verdict_of(uint32_t status);
/* Runs the tests in order, the command with the input of each, until one fails, or all of them. The verdict is that of the
 * first failed one. With an interactor the command talks to that. */
void run_tests(struct report *report, const struct problem *problem, const struct command *command,
               const struct command *interactor, int all_tests);

/* ---------------------------------------------------------------- interactive.c */

/*
 * An interactor is a program of the problem. Its standard output is the submission's standard input and the other way round; descriptor 3 is
 * the test, open for reading. It ends with exit code 42 when the submission is right, with 43 when it is wrong, and the last line that it
 * has written to stderr says why. Whatever else becomes of it is not the submission's fault (SE): a crash looks like neither.
 */
void run_interactive(struct report *report, const struct problem *problem, const struct command *submission,
                     const struct command *interactor, const struct test *test, struct gosandbox_stats *stats);

/* ---------------------------------------------------------------- build.c */

#define LONGEST_SOURCE (1 << 20)

/* A program that can be run. */
struct program {
    struct command command;
    char **argv;
    char *source, *work, *built, *file; /* `built` is where compilers leave it, `file` where it is kept */
};

/* Compiles a source, to be run under `limits`, in the folder scratch, which is still empty. Returns 0, or -1 with the report saying why. Free it
 * in both cases. */
int program_build(struct report *report, const struct limits *limits, const struct language *language, const char *source,
                  size_t n, const char *scratch, struct program *program);
void program_free(struct program *program);
/* Makes a folder that programs of that user can write to. Returns 0, or -1 with errno. */
int make_work(const char *path, uint32_t user);
/* Reads a whole file; NULL with errno, EFBIG when it is longer than `most`. */
char *read_file(const char *path, size_t most, size_t *n);

/* ---------------------------------------------------------------- submission.c */

/* Judges one submission. `scratch` is a folder of its own, still empty. `interactor` is NULL where the problem has none. */
void submission_judge(struct report *report, const struct problem *problem, const struct program *interactor, const char *file,
                      const char *scratch, int all_tests);

/* ---------------------------------------------------------------- table.c */

struct count {
    size_t as_expected, unexpected, without, skipped;
};

void table_begin(FILE *to, const struct problem *problem, int json);
void table_row(FILE *to, const struct problem *problem, const char *file, const struct report *report, int json,
               int is_first);
void table_end(FILE *to, const struct count *count, int json);

#endif
