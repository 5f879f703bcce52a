/* build.c: compiling a source that a stranger wrote. */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MAX (16 << 10) /* bytes of what a compiler says */

/* Where everything of one program is:
 *     scratch/program or scratch/main.*    what is run; not writable by submissions when the judge is root's
 *     scratch/work/                        the working directory of the compiler and of the program, theirs to write to */

static const struct limits compiler_limits = {
    .cpu = UINT64_C(20000000000), .wall = UINT64_C(120000000000),
    .memory = UINT64_C(1) << 30, .stack = 64u << 20, .output = 64u << 20, .processes = 64,
};

/* ---------------------------------------------------------------- files */

char *read_file(const char *path, size_t most, size_t *n)
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

int make_work(const char *path, uint32_t user)
{
    if (mkdir(path, 0700) != 0)
        return -1;
    return sandboxed_as_nobody() ? chown(path, user, user) : 0;
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
static int take_program(const struct program *program)
{
    struct stat status;
    int fd, failed;

    /* Moved first and looked at then: from here on nobody can exchange it. It is not copied, because a program
     * that is open for writing in any process cannot be started, and a child made by another thread in the middle of
     * the copying would hold such a descriptor for a moment. */
    if (rename(program->built, program->file) != 0)
        return -1;
    fd = open(program->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    errno = EINVAL; /* for what is no file */
    failed = fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1
        || (sandboxed_as_nobody() && fchown(fd, 0, 0) != 0) || fchmod(fd, 0555) != 0;
    close(fd);
    return failed ? -1 : 0;
}

/* Runs one command of the compiler. Returns 0 when it has done its part. */
static int compile_step(struct report *report, const struct language *language, char **argv, const struct program *program)
{
    struct command command = {(const char *const *)argv, program->work, NULL, LOG_MAX, LOG_MAX, compiler_limits, NULL, language->read,
                              NULL};
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
static int compile(struct report *report, const struct language *language, const struct program *program)
{
    size_t i;

    for (i = 0; language->compile[i]; i++)
        if (compile_step(report, language, language->compile[i], program) != 0)
            return -1;
    if (take_program(program) != 0) {
        if (errno == ENOENT)
            decide(report, VERDICT_CE, "the compiler made no program");
        else
            decide(report, VERDICT_SE, "the compiler's program: %s", strerror(errno));
        return -1;
    }
    return 0;
}

/* ---------------------------------------------------------------- all of it */

int program_build(struct report *report, const struct limits *limits, const struct language *language, const char *source,
                  size_t n, const char *scratch, struct program *program)
{
    int compiled = language->compile[0] != NULL;

    memset(program, 0, sizeof *program);
    program->work = join_path(scratch, "work");
    program->file = join_path(scratch, "program");
    if (program->work)
        program->built = join_path(program->work, "program");
    if (program->built)
        program->source = join_path(compiled ? program->work : scratch, language->source);
    if (program->source && program->file)
        program->argv = language_command(language, limits, program->file, program->source);
    if (!program->argv) {
        decide(report, VERDICT_SE, "no memory left");
        return -1;
    }
    if (make_work(program->work, NOBODY) != 0 || write_file(program->source, source, n) != 0) {
        decide(report, VERDICT_SE, "%s: %s", program->work, strerror(errno));
        return -1;
    }
    if (compiled && compile(report, language, program) != 0)
        return -1;
    program->command.argv = (const char *const *)program->argv;
    program->command.cwd = program->work;
    program->command.stderr_max = 4096;
    program->command.program = compiled ? program->file : program->source;
    program->command.read = language->read;
    language_limits(language, limits, &program->command.limits);
    return 0;
}

void program_free(struct program *program)
{
    command_free(program->argv);
    free(program->source);
    free(program->work);
    free(program->built);
    free(program->file);
}
