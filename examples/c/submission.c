/* submission.c: compiling and testing one submission. */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_SOURCE (1 << 20)
#define LOG_MAX (16 << 10) /* bytes of what a compiler says */

/* Where everything of one submission is:
 *     scratch/program or scratch/main.*    what is run; not writable by submissions when the judge is root's
 *     scratch/work/                        the working directory of the compiler and of the program, theirs to write to */
struct place {
    char *source, *program, *work, *built;
};

static const struct limits compiler_limits = {
    .cpu = UINT64_C(20000000000), .wall = UINT64_C(120000000000),
    .memory = UINT64_C(1) << 30, .stack = 64u << 20, .output = 64u << 20, .processes = 64,
};

/* ---------------------------------------------------------------- files */

/* Reads a whole file; NULL with errno, EFBIG when it is longer than `most`. */
static char *read_file(const char *path, size_t most, size_t *n)
{
    FILE *file = fopen(path, "r");
    char *bytes = NULL;
    int error = 0;

    if (!file)
        return NULL;
    if (!(bytes = malloc(most + 1))) {
        error = ENOMEM;
    } else {
        *n = fread(bytes, 1, most + 1, file);
        if (ferror(file))
            error = errno ? errno : EIO;
        else if (*n > most)
            error = EFBIG;
    }
    fclose(file);
    if (error) {
        free(bytes);
        errno = error;
        return NULL;
    }
    bytes[*n] = '\0';
    return bytes;
}

static int write_file(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int error = 0;

    if (fd < 0)
        return -1;
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            error = errno;
            break;
        }
        bytes += written;
        n -= (size_t)written;
    }
    if (close(fd) != 0 && !error)
        error = errno;
    errno = error;
    return error ? -1 : 0;
}

/* ---------------------------------------------------------------- the source */

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

/* ---------------------------------------------------------------- compiling */

static int tells_error(const char *line, size_t n)
{
    for (; n >= 5; line++, n--)
        if (strncasecmp(line, "error", 5) == 0)
            return 1;
    return 0;
}

/* The first line that tells an error, or else the first one; compilers begin with "In function ..." or "# package". */
static void first_error(const char *text, size_t size, char line[SHORT_TEXT])
{
    const char *end = text + size, *found = NULL;
    size_t n, length = 0;

    for (; text < end && !(found && tells_error(found, length)); text += n + 1) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        n = (size_t)((newline ? newline : end) - text);
        if (n > 0 && *text != '#' && (!found || tells_error(text, n))) {
            found = text;
            length = n;
        }
    }
    snprintf(line, SHORT_TEXT, "%.*s", (int)(length < SHORT_TEXT ? length : SHORT_TEXT - 1), found ? found : "");
}

/* Takes the program away from the folder where submissions can write. */
static int take_program(const struct place *place)
{
    struct stat status;
    int fd, failed;

    /* Moved first and looked at then: from here on nobody can exchange it. It is not copied, because a program
     * that is open for writing in any process cannot be started, and a child made by another thread in the middle of
     * the copying would hold such a descriptor for a moment. */
    if (rename(place->built, place->program) != 0)
        return -1;
    fd = open(place->program, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    errno = EINVAL; /* for what is no file */
    failed = fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1
        || (sandboxed_as_nobody() && fchown(fd, 0, 0) != 0) || fchmod(fd, 0555) != 0;
    close(fd);
    return failed ? -1 : 0;
}

/* Runs one command of the compiler. Returns 0 when it has done its part. */
static int compile_step(struct report *report, const struct language *language, char **argv, const struct place *place)
{
    struct command command = {(const char *const *)argv, place->work, NULL, LOG_MAX, LOG_MAX, compiler_limits, NULL, language->read};
    struct gosandbox_stats stats;
    gosandbox_result *result = NULL;
    int failed = run_command(report, &command, &result, &stats);

    if (!failed && stats.status != GOSANDBOX_STATUS_EXITED) {
        decide(report, VERDICT_CE, "compiler: %s", gosandbox_result_message(result));
        failed = -1;
    } else if (!failed && stats.exit_code != 0) {
        char line[SHORT_TEXT];
        size_t n = 0;
        const char *text = gosandbox_result_output(result, 2, &n);
        if (n == 0) /* some write their errors here */
            text = gosandbox_result_output(result, 1, &n);
        first_error(text, n, line);
        decide(report, VERDICT_CE, "%s", *line ? line : gosandbox_result_message(result));
        failed = -1;
    }
    gosandbox_result_free(result);
    return failed;
}

/* Returns 0 when there is a program. */
static int compile(struct report *report, const struct language *language, const struct place *place)
{
    size_t i;

    for (i = 0; language->compile[i]; i++)
        if (compile_step(report, language, language->compile[i], place) != 0)
            return -1;
    if (take_program(place) != 0) {
        if (errno == ENOENT)
            decide(report, VERDICT_CE, "the compiler made no program");
        else
            decide(report, VERDICT_SE, "the compiler's program: %s", strerror(errno));
        return -1;
    }
    return 0;
}

/* ---------------------------------------------------------------- all of it */

/* Makes the folders and the source file in them. */
static int prepare(const struct place *place, const char *bytes, size_t n)
{
    if (mkdir(place->work, 0700) != 0 || write_file(place->source, bytes, n) != 0)
        return -1;
    return sandboxed_as_nobody() ? chown(place->work, NOBODY, NOBODY) : 0;
}

/* Runs the tests of what is there now. */
static void test_it(struct report *report, const struct problem *problem, const struct language *language,
                    const struct place *place, int all_tests)
{
    char **argv = language_command(language, &problem->limits, place->program, place->source);
    struct command command = {(const char *const *)argv, place->work, NULL, 0, 4096, problem->limits, NULL, language->read};

    command.program = language->compile[0] ? place->program : place->source;
    language_limits(language, &problem->limits, &command.limits);
    if (argv)
        run_tests(report, problem, &command, all_tests);
    else
        decide(report, VERDICT_SE, "no memory left");
    command_free(argv);
}

static void judge_source(struct report *report, const struct problem *problem, const struct language *language,
                         const char *source, size_t n, const char *scratch, int all_tests)
{
    struct place place = {NULL, NULL, NULL, NULL};
    int compiled = language->compile[0] != NULL;

    place.work = join_path(scratch, "work");
    place.program = join_path(scratch, "program");
    if (place.work) {
        place.built = join_path(place.work, "program");
        place.source = join_path(compiled ? place.work : scratch, language->source);
    }
    if (!place.work || !place.program || !place.built || !place.source)
        decide(report, VERDICT_SE, "no memory left");
    else if (prepare(&place, source, n) != 0)
        decide(report, VERDICT_SE, "%s: %s", place.work, strerror(errno));
    else if (!compiled || compile(report, language, &place) == 0)
        test_it(report, problem, language, &place, all_tests);
    free(place.source);
    free(place.program);
    free(place.work);
    free(place.built);
}

void submission_judge(struct report *report, const struct problem *problem, const char *file, const char *scratch,
                      int all_tests)
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
            judge_source(report, problem, language, source, n, scratch, all_tests);
    }
    if (report->has_expectation)
        report->as_expected = strcmp(report->expected, verdict_name(report->verdict)) == 0;
    free(source);
    free(path);
}
