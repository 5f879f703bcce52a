/* problem.c: reading a problem folder. */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "units.h"

#define LARGEST_OUTPUT (UINT64_C(1) << 30) /* answers are kept in memory */

static int fail(char error[SHORT_TEXT], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, SHORT_TEXT, format, arguments);
    va_end(arguments);
    return -1;
}

char *join_path(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *path = malloc(n);

    if (path)
        snprintf(path, n, "%s/%s", dir, name);
    return path;
}

/* ---------------------------------------------------------------- problem.conf */

char *trim(char *text)
{
    size_t n;

    text += strspn(text, " \t\r\n");
    for (n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

/* Takes one setting; returns NULL or what is wrong with it. */
static const char *take_setting(struct problem *problem, const char *key, const char *value)
{
    struct limits *limits = &problem->limits;
    const char *reason = NULL;

    if (strcmp(key, "title") == 0) {
        free(problem->title);
        problem->title = strdup(value);
        return problem->title ? NULL : "no memory left";
    }
    if (strcmp(key, "checker") == 0) {
        if (strcmp(value, "exact") != 0 && strcmp(value, "tokens") != 0)
            return "is neither exact nor tokens";
        problem->has_checker = 1;
        problem->checker = *value == 'e' ? CHECKER_EXACT : CHECKER_TOKENS;
        return NULL;
    }
    if (strcmp(key, "interactor") == 0) {
        if (*value == '\0' || *value == '.' || strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-") != strlen(value))
            return "is not the plain name of a file";
        free(problem->interactor);
        problem->interactor = strdup(value);
        return problem->interactor ? NULL : "no memory left";
    }
    if (strcmp(key, "cpu") == 0)
        return parse_duration(value, &limits->cpu);
    if (strcmp(key, "wall") == 0)
        return parse_duration(value, &limits->wall);
    if (strcmp(key, "processes") == 0)
        return parse_count(value, 1, 100000, &limits->processes);
    if (strcmp(key, "memory") == 0)
        reason = parse_size(value, &limits->memory);
    else if (strcmp(key, "stack") == 0)
        reason = parse_size(value, &limits->stack);
    else if (strcmp(key, "output") == 0)
        reason = parse_size(value, &limits->output);
    else
        return "is no setting";
    if (reason)
        return reason;
    if (limits->memory == 0 || limits->stack == 0)
        return "must be more than 0";
    return limits->output > LARGEST_OUTPUT ? "must not be more than 1g" : NULL;
}

static int read_settings(struct problem *problem, const char *path, char error[SHORT_TEXT])
{
    static const struct limits defaults = {
        .cpu = 1000000000u, .memory = 256u << 20, .stack = 64u << 20, .output = 16u << 20, .processes = 1,
    };
    FILE *file = fopen(path, "r");
    char line[1024];
    unsigned number;
    int code = 0;

    if (!file)
        return fail(error, "%s: %s", path, strerror(errno));
    problem->limits = defaults;
    for (number = 1; code == 0 && fgets(line, sizeof line, file); number++) {
        char *key = trim(line), *value;
        const char *reason;

        if (strlen(line) == sizeof line - 1) {
            code = fail(error, "%s: line %u is too long", path, number);
            break;
        }
        if (*key == '\0' || *key == '#')
            continue;
        value = strchr(key, '=');
        if (!value) {
            code = fail(error, "%s: line %u is not key=value", path, number);
            break;
        }
        *value++ = '\0';
        key = trim(key);
        reason = take_setting(problem, key, trim(value));
        if (reason)
            code = fail(error, "%s: line %u: %s: %s", path, number, key, reason);
    }
    if (code == 0 && ferror(file))
        code = fail(error, "%s: %s", path, strerror(errno));
    fclose(file);
    if (problem->limits.wall == 0) /* waiting costs a judge a place, so there is always a limit */
        problem->limits.wall = problem->limits.cpu > (uint64_t)INT64_MAX / 3 ? (uint64_t)INT64_MAX
                                                                             : 3 * problem->limits.cpu;
    return code;
}

/* The setting is a name in the problem's folder. */
static int find_interactor(struct problem *problem, const char *dir, char error[SHORT_TEXT])
{
    char *path;
    struct stat status;

    if (!problem->interactor)
        return 0;
    if (problem->has_checker)
        return fail(error, "%s/problem.conf: an interactor decides, so there is nothing for a checker to do", dir);
    path = join_path(dir, problem->interactor);
    if (!path)
        return fail(error, "no memory left");
    free(problem->interactor);
    problem->interactor = path;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return fail(error, "%s is not a file", path);
    return 0;
}

/* ---------------------------------------------------------------- folders */

/* Orders names as people do: 2 before 10. */
static int compare_names(const void *left, const void *right)
{
    const char *a = *(char *const *)left, *b = *(char *const *)right;
    const char *whole_a = a, *whole_b = b;

    for (;;) {
        size_t digits_a = strspn(a, "0123456789"), digits_b = strspn(b, "0123456789");
        if (digits_a && digits_b) {
            const char *end_a = a + digits_a, *end_b = b + digits_b;
            int order;
            while (*a == '0' && a + 1 < end_a)
                a++;
            while (*b == '0' && b + 1 < end_b)
                b++;
            if (end_a - a != end_b - b)
                return end_a - a < end_b - b ? -1 : 1;
            order = strncmp(a, b, (size_t)(end_a - a));
            if (order)
                return order;
            a = end_a;
            b = end_b;
        } else if (*a == '\0' || *a != *b) {
            if (*a == *b)
                return strcmp(whole_a, whole_b); /* 1 and 01 */
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
}

static void free_names(char **names, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

/* The names in a folder that begin with no dot, sorted. */
static int list(const char *path, char ***names, size_t *n, char error[SHORT_TEXT])
{
    DIR *dir = opendir(path);
    size_t room = 0;
    int code = 0;

    *names = NULL;
    *n = 0;
    if (!dir)
        return fail(error, "%s: %s", path, strerror(errno));
    for (;;) {
        const struct dirent *entry;

        errno = 0;
        entry = readdir(dir);
        if (!entry) {
            if (errno)
                code = fail(error, "%s: %s", path, strerror(errno));
            break;
        }
        if (*entry->d_name == '.')
            continue;
        if (*n == room) {
            char **more = realloc(*names, (room = room * 2 + 16) * sizeof **names);
            if (!more) {
                code = fail(error, "no memory left");
                break;
            }
            *names = more;
        }
        if (!((*names)[*n] = strdup(entry->d_name))) {
            code = fail(error, "no memory left");
            break;
        }
        ++*n;
    }
    closedir(dir);
    if (*n > 1)
        qsort(*names, *n, sizeof **names, compare_names);
    return code;
}

static int has_ending(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);

    return n > m && strcmp(name + n - m, ending) == 0;
}

static int is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Every NAME.in with its NAME.out. */
static int read_tests(struct problem *problem, const char *dir, char error[SHORT_TEXT])
{
    char **names;
    size_t i, n;
    int code = list(dir, &names, &n, error);

    if (code == 0 && n > 0 && !(problem->tests = calloc(n, sizeof *problem->tests)))
        code = fail(error, "no memory left");
    for (i = 0; code == 0 && i < n; i++) {
        struct test *test;
        size_t stem;

        if (!has_ending(names[i], ".in"))
            continue;
        test = &problem->tests[problem->test_count++];
        stem = strlen(names[i]) - strlen(".in");
        test->name = strndup(names[i], stem);
        test->input = join_path(dir, names[i]);
        test->answer = malloc(strlen(dir) + stem + sizeof "/.out");
        if (!test->name || !test->input || !test->answer) {
            code = fail(error, "no memory left");
            break;
        }
        sprintf(test->answer, "%s/%s.out", dir, test->name);
        if (!is_file(test->input))
            code = fail(error, "%s is not a file", test->input);
        else if (!problem->interactor && !is_file(test->answer))
            code = fail(error, "%s has no answer: %s.out is missing", test->input, test->name);
    }
    if (code == 0 && problem->test_count == 0)
        code = fail(error, "%s has no tests: no NAME.in%s", dir, problem->interactor ? "" : " with NAME.out");
    free_names(names, n);
    return code;
}

/* A name that leads nowhere stays in the list, so that the table tells of it. */
static int may_be_file(const char *dir, const char *name)
{
    char *path = join_path(dir, name);
    struct stat status;
    int answer = !path || stat(path, &status) != 0 || S_ISREG(status.st_mode);

    free(path);
    return answer;
}

static int read_submissions(struct problem *problem, const char *filter, char error[SHORT_TEXT])
{
    char **names;
    size_t i, n;
    int code = list(problem->submission_dir, &names, &n, error);

    if (code == 0 && n > 0 && !(problem->submissions = calloc(n, sizeof *problem->submissions)))
        code = fail(error, "no memory left");
    for (i = 0; code == 0 && i < n; i++) {
        if ((filter && !strstr(names[i], filter)) || !may_be_file(problem->submission_dir, names[i]))
            continue;
        problem->submissions[problem->submission_count++] = names[i];
        names[i] = NULL; /* moved */
    }
    if (code == 0 && problem->submission_count == 0)
        code = filter && n > 0 ? fail(error, "%s has no submission with '%s' in its name", problem->submission_dir, filter)
                               : fail(error, "%s has no submissions", problem->submission_dir);
    free_names(names, n);
    return code;
}

int problem_read(struct problem *problem, const char *dir, const char *filter, char error[SHORT_TEXT])
{
    struct stat status;
    char *settings, *tests;
    int code = 0;

    memset(problem, 0, sizeof *problem);
    if (stat(dir, &status) != 0)
        return fail(error, "%s: %s", dir, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return fail(error, "%s is not a folder", dir);
    settings = join_path(dir, "problem.conf");
    tests = join_path(dir, "tests");
    problem->submission_dir = join_path(dir, "submissions");
    problem->title = strdup(dir);
    if (!settings || !tests || !problem->submission_dir || !problem->title)
        code = fail(error, "no memory left");
    if (code == 0)
        code = read_settings(problem, settings, error);
    if (code == 0)
        code = find_interactor(problem, dir, error);
    if (code == 0)
        code = read_tests(problem, tests, error);
    if (code == 0)
        code = read_submissions(problem, filter, error);
    if (code == 0)
        code = languages_read(&problem->languages, dir, error);
    free(settings);
    free(tests);
    return code;
}

void problem_free(struct problem *problem)
{
    size_t i;

    for (i = 0; i < problem->test_count; i++) {
        free(problem->tests[i].name);
        free(problem->tests[i].input);
        free(problem->tests[i].answer);
    }
    free(problem->tests);
    free_names(problem->submissions, problem->submission_count);
    free(problem->submission_dir);
    free(problem->title);
    free(problem->interactor);
    languages_free(&problem->languages);
    memset(problem, 0, sizeof *problem);
}
