/* languages.c: reading the table of languages, languages.conf. */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "units.h"

/* Where neither the problem's folder nor the one above it has a table. */
static const char built_in[] =
    "[C .c]\nsource=main.c\ncompile=cc -O2 -o program main.c -lm\nrun={program}\npackage=gcc\n"
    "[C++ .cpp .cc]\nsource=main.cpp\ncompile=c++ -std=c++17 -O2 -o program main.cpp\nrun={program}\npackage=g++\n"
    "[Python .py]\nsource=main.py\nrun=python3 {source}\npackage=python3\n"
    "[Shell .sh]\nsource=main.sh\nrun=sh {source}\npackage=dash\n"
    "[Perl .pl]\nsource=main.pl\nrun=perl {source}\nread=/etc/perl\npackage=perl\n";

static int fail(char error[SHORT_TEXT], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, SHORT_TEXT, format, arguments);
    va_end(arguments);
    return -1;
}

/* Cuts the text into words; NULL when there are none, or no memory. */
static char **split(const char *text)
{
    char **words = calloc(strlen(text) / 2 + 2, sizeof *words);
    size_t n = 0, length;

    for (text += strspn(text, " \t"); words && *text; text += length, text += strspn(text, " \t")) {
        length = strcspn(text, " \t");
        if (!(words[n++] = strndup(text, length)))
            break;
    }
    if (n > 0)
        return words;
    free(words);
    return NULL;
}

static void free_list(char **list)
{
    size_t i;

    for (i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

/* ---------------------------------------------------------------- one line */

/* A factor such as 2 or 1.5, in thousandths. */
static const char *parse_factor(const char *text, uint64_t *out)
{
    uint64_t ns;
    const char *reason = parse_duration(text, &ns); /* digits with a point, as seconds are */

    if (reason || strspn(text, "0123456789.") != strlen(text) || ns < 100000000u || ns > UINT64_C(100000000000))
        return "must be a number from 0.1 to 100";
    *out = ns / 1000000u;
    return NULL;
}

/* The text is kept in *place, which must be free. */
static const char *keep(char **place, const char *text)
{
    if (*place)
        return "is there twice";
    *place = strdup(text);
    return *place ? NULL : "no memory left";
}

/* In the first free place of a list that ends with NULL. */
static const char *keep_next(char *list[MOST_PATHS + 1], const char *text)
{
    size_t n = 0;

    while (list[n])
        n++;
    return n == MOST_PATHS ? "is there too often" : keep(&list[n], text);
}

static const char *take_setting(struct language *language, const char *key, const char *value)
{
    if (strcmp(key, "source") == 0)
        return strpbrk(value, "/ \t") || *value == '.' || !*value ? "must be a plain file name"
                                                                 : keep(&language->source, value);
    if (strcmp(key, "package") == 0)
        return keep(&language->package, value);
    if (strcmp(key, "cpu") == 0)
        return parse_factor(value, &language->cpu);
    if (strcmp(key, "memory") == 0)
        return parse_size(value, &language->memory);
    if (strcmp(key, "read") == 0)
        return *value != '/' ? "must be an absolute path" : keep_next(language->read, value);
    if (strcmp(key, "compile") == 0) {
        size_t n = 0;
        while (language->compile[n])
            n++;
        return n == MOST_COMMANDS ? "is there too often" : (language->compile[n] = split(value)) ? NULL : "is empty";
    }
    if (strcmp(key, "run") == 0)
        return language->run ? "is there twice" : (language->run = split(value)) ? NULL : "is empty";
    return "is no setting";
}

/* "[C++ .cpp .cc]" begins a language. */
static const char *begin(struct languages *languages, char *line)
{
    size_t n = strlen(line), i;
    struct language *more;
    char **words;

    if (line[n - 1] != ']')
        return "is not [NAME .ending]";
    line[n - 1] = '\0';
    words = split(line + 1);
    for (i = 1; words && words[0] && words[i] && words[i][0] == '.'; i++)
        ;
    more = !words || !words[0] || i == 1 || words[i] ? NULL
         : realloc(languages->list, (languages->count + 1) * sizeof *more);
    if (!more) {
        free_list(words);
        return "is not [NAME .ending]";
    }
    languages->list = more;
    more += languages->count++;
    memset(more, 0, sizeof *more);
    more->words = words;
    more->cpu = 1000;
    return NULL;
}

static int finished(const struct languages *languages)
{
    const struct language *last = languages->list + languages->count - 1;

    return languages->count == 0 || (last->source && last->run);
}

static const char *take_line(struct languages *languages, char *line)
{
    char *value;

    line = trim(line);
    if (*line == '\0' || *line == '#')
        return NULL;
    if (*line == '[')
        return finished(languages) ? begin(languages, line) : "begins before the one above has source and run";
    value = strchr(line, '=');
    if (!value || languages->count == 0)
        return "is not key=value in a section";
    *value++ = '\0';
    return take_setting(&languages->list[languages->count - 1], trim(line), trim(value));
}

/* ---------------------------------------------------------------- all of it */

static int read_from(struct languages *languages, FILE *file, const char *path, char error[SHORT_TEXT])
{
    const char *reason = NULL;
    char line[1024];
    unsigned number;

    for (number = 1; !reason && fgets(line, sizeof line, file); number++) {
        if (strlen(line) == sizeof line - 1)
            return fail(error, "%s: line %u is too long", path, number);
        reason = take_line(languages, line);
    }
    if (reason)
        return fail(error, "%s: line %u %s", path, number - 1, reason);
    if (ferror(file))
        return fail(error, "%s: %s", path, strerror(errno));
    if (languages->count == 0 || !finished(languages))
        return fail(error, "%s ends before there is a language with source and run", path);
    return 0;
}

int languages_read(struct languages *languages, const char *dir, char error[SHORT_TEXT])
{
    static const char *const places[] = {"languages.conf", "../languages.conf"};
    FILE *file = NULL;
    char *path = NULL;
    size_t i;
    int code;

    memset(languages, 0, sizeof *languages);
    for (i = 0; !file && i < sizeof places / sizeof *places; i++) {
        free(path);
        if (!(path = join_path(dir, places[i])))
            return fail(error, "no memory left");
        file = fopen(path, "r");
        if (!file && errno != ENOENT) {
            code = fail(error, "%s: %s", path, strerror(errno));
            free(path);
            return code;
        }
    }
    if (!file)
        file = fmemopen((void *)(uintptr_t)built_in, sizeof built_in - 1, "r");
    code = file ? read_from(languages, file, path, error) : fail(error, "%s", strerror(errno));
    if (file)
        fclose(file);
    free(path);
    return code;
}

void languages_free(struct languages *languages)
{
    size_t i, j;

    for (i = 0; i < languages->count; i++) {
        struct language *language = &languages->list[i];
        for (j = 0; j < MOST_COMMANDS; j++)
            free_list(language->compile[j]);
        for (j = 0; j < MOST_PATHS; j++)
            free(language->read[j]);
        free_list(language->words);
        free_list(language->run);
        free(language->source);
        free(language->package);
    }
    free(languages->list);
    memset(languages, 0, sizeof *languages);
}

const struct language *languages_find(const struct languages *languages, const char *file)
{
    const char *ending = strrchr(file, '.');
    size_t i, j;

    for (i = 0; ending && i < languages->count; i++)
        for (j = 1; languages->list[i].words[j]; j++)
            if (strcmp(languages->list[i].words[j], ending) == 0)
                return &languages->list[i];
    return NULL;
}

/* Is there such a command for submissions, whose PATH this is (see sandboxed.c)? */
static int is_installed(const char *name)
{
    static const char *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};
    size_t i;

    for (i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0)
            return 1;
    }
    return *name == '{'; /* the program itself */
}

const char *language_missing(const struct language *language)
{
    size_t i;

    for (i = 0; language->compile[i]; i++)
        if (!is_installed(language->compile[i][0]))
            return language->compile[i][0];
    return is_installed(language->run[0]) ? NULL : language->run[0];
}

void language_limits(const struct language *language, const struct limits *problem, struct limits *own)
{
    *own = *problem;
    own->memory += language->memory;
    own->cpu = problem->cpu / 1000 * language->cpu;
    if (language->cpu > 1000)
        own->wall = problem->wall / 1000 * language->cpu;
}

char **language_command(const struct language *language, const struct limits *problem, const char *program,
                        const char *source)
{
    char memory[24], stack[24], **command;
    const struct { const char *name, *value; } places[] = {
        {"{program}", program}, {"{source}", source}, {"{memory}", memory}, {"{stack}", stack},
    };
    size_t i, j, count = 0;

    snprintf(memory, sizeof memory, "%" PRIu64, problem->memory >> 20);
    snprintf(stack, sizeof stack, "%" PRIu64, problem->stack >> 20 ? problem->stack >> 20 : 1);
    while (language->run[count])
        count++;
    command = calloc(count + 1, sizeof *command);
    for (i = 0; command && i < count; i++) {
        char word[4096];
        const char *at = language->run[i];
        size_t n = 0;

        while (*at && n < sizeof word) {
            for (j = 0; j < sizeof places / sizeof *places; j++)
                if (strncmp(at, places[j].name, strlen(places[j].name)) == 0)
                    break;
            if (j < sizeof places / sizeof *places) {
                n += (size_t)snprintf(word + n, sizeof word - n, "%s", places[j].value);
                at += strlen(places[j].name);
            } else {
                word[n++] = *at++;
            }
        }
        if (n >= sizeof word || !(command[i] = strndup(word, n))) {
            command_free(command);
            return NULL;
        }
    }
    return command;
}

void command_free(char **command)
{
    free_list(command);
}
