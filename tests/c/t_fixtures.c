/*
 * Runs every fixture as its first line asks and compares what comes out. The other suites read the same lines; tests/README.md
 * explains them. Arguments, if any, are names of the fixtures to run; -v tells what each one took, and -i user+pid, say, isolates those that do
 * not say what they are isolated from: nothing else must come out.
 */
#include "check.h"

static const struct {
    const char *name;
    int number;
} errnos[] = {{"EAGAIN", EAGAIN}, {"ENOMEM", ENOMEM}, {"EPERM", EPERM}};

/* "64m" as bytes, "0.3" with unit 1e9 as nanoseconds. */
static uint64_t amount(const char *text, double unit)
{
    char *end;
    double value = strtod(text, &end) * unit;
    if (*end == 'k')
        value *= 1024;
    else if (*end == 'm')
        value *= 1024.0 * 1024;
    else if (*end == 'g')
        value *= 1024.0 * 1024 * 1024;
    return (uint64_t)value;
}

/* Replaces \n, \t, \0 and \\ in place; returns the length. */
static size_t unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\\' && from[1]) {
            from++;
            *to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from == '0' ? 0 : *from;
        } else {
            *to++ = *from;
        }
    }
    *to = 0;
    return (size_t)(to - text);
}

/* What must come out. */
struct expectation {
    char *status;
    char *out;
    char *message;
    size_t out_size;
    int code, signal;
};

/* "user+pid" as flags; 0 when a name means nothing. */
static uint32_t isolation(char *names)
{
    static const char *const known[] = {"user", "pid", "mount", "net", "ipc", "uts", "cgroup", "time"};
    uint32_t flags = 0;
    char *save = NULL;
    for (char *name = strtok_r(names, "+", &save); name; name = strtok_r(NULL, "+", &save)) {
        uint32_t flag = strcmp(name, "all") == 0 ? GOSANDBOX_ISOLATE_ALL : 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strcmp(name, known[i]) == 0)
                flag = 1u << i;
        if (flag == 0)
            return 0;
        flags |= flag;
    }
    return flags;
}

/* The judge root, with the fixture as /fixture. */
static int judge_root(gosandbox_config *config, const char **argv)
{
    struct gosandbox_mount program = {0};
    program.size = sizeof program;
    program.kind = GOSANDBOX_MOUNT_BIND;
    program.flags = GOSANDBOX_MOUNT_EXEC;
    program.source = argv[0];
    program.target = argv[0] = "/fixture";
    int code = gosandbox_config_use_judge_root(config);
    return code ? code : gosandbox_config_add_mount(config, &program);
}

/* One word left of the arrow. */
static int apply(gosandbox_config *config, const char *name, char *key, char *value, const char **argv, size_t *argc)
{
    static const struct {
        const char *key;
        uint32_t limit;
        double unit;
    } limits[] = {{"cpu", GOSANDBOX_LIMIT_CPU, 1e9},       {"wall", GOSANDBOX_LIMIT_WALL, 1e9},
                  {"memory", GOSANDBOX_LIMIT_MEMORY, 1},   {"output", GOSANDBOX_LIMIT_OUTPUT, 1},
                  {"stack", GOSANDBOX_LIMIT_STACK, 1},     {"processes", GOSANDBOX_LIMIT_PROCESSES, 1},
                  {"open_files", GOSANDBOX_LIMIT_OPEN_FILES, 1}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(key, limits[i].key) == 0)
            return gosandbox_config_set_limit(config, limits[i].limit, amount(value, limits[i].unit));
    if (strcmp(key, "capture") == 0)
        return gosandbox_config_capture(config, 1, amount(value, 1));
    if (strcmp(key, "stdin") == 0)
        return gosandbox_config_set_stdin_bytes(config, value, unescape(value));
    if (strcmp(key, "args") == 0) {
        for (char *part = value; part && *argc < 30;) {
            char *comma = strchr(part, ',');
            if (comma)
                *comma++ = 0;
            argv[(*argc)++] = part;
            part = comma;
        }
        return 0;
    }
    if (strcmp(key, "isolate") == 0) {
        uint32_t flags = isolation(value);
        return flags ? gosandbox_config_set_isolation(config, flags, NULL) : -100;
    }
    if (strcmp(key, "root") == 0 && strcmp(value, "judge") == 0)
        return judge_root(config, argv);
    if (strcmp(key, "process_errno") == 0)
        for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++)
            if (strcmp(value, errnos[i].name) == 0)
                return gosandbox_config_set_process_action(config, GOSANDBOX_ERRNO(errnos[i].number));
    printf("%s: \"%s=%s\" means nothing here\n", name, key, value);
    return -100;
}

/* Cuts the first line into a config and an expectation. */
static int parse(char *line, const char *name, gosandbox_config *config, struct expectation *expect)
{
    const char *argv[32] = {fixture(name)};
    size_t argc = 1;
    char *save = NULL;
    int right = 0, walled = 0;
    if (strncmp(line, "// run: ", 8) != 0)
        return -100;
    for (char *word = strtok_r(line + 8, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
        char *value = strchr(word, '=');
        if (strcmp(word, "=>") == 0) {
            right = 1;
            continue;
        }
        if (right && !expect->status) {
            expect->status = word;
            continue;
        }
        if (!value)
            return -100;
        *value++ = 0;
        if (!right) {
            walled |= strcmp(word, "wall") == 0;
            int code = apply(config, name, word, value, argv, &argc);
            if (code != 0)
                return code;
        } else if (strcmp(word, "exit") == 0) {
            expect->code = atoi(value);
        } else if (strcmp(word, "signal") == 0) {
            expect->signal = atoi(value);
        } else if (strcmp(word, "out") == 0) {
            expect->out_size = unescape(value);
            expect->out = value;
        } else if (strcmp(word, "message") == 0) {
            for (char *c = value; *c; c++)
                *c = *c == '+' ? ' ' : *c;
            expect->message = value;
        } else {
            return -100;
        }
    }
    return expect->status && walled ? gosandbox_config_set_argv(config, argc, argv) : -100;
}

static int one_of(const char *name, const char *alternatives)
{
    size_t n = strlen(name);
    for (const char *at = alternatives; at; at = strchr(at, '|'), at = at ? at + 1 : NULL)
        if (strncmp(at, name, n) == 0 && (at[n] == 0 || at[n] == '|'))
            return 1;
    return 0;
}

static void compare(const char *name, const gosandbox_result *r, const struct expectation *expect)
{
    struct gosandbox_stats s = stats_of(r);
    const char *status = gosandbox_status_name(s.status);
    size_t n = 0;
    const char *out = (const char *)gosandbox_result_output(r, 1, &n);
    int ok = one_of(status, expect->status);
    if (s.status == GOSANDBOX_STATUS_EXITED)
        ok = ok && (expect->code < 0 || s.exit_code == expect->code);
    if (s.status == GOSANDBOX_STATUS_SIGNALED)
        ok = ok && s.signal == expect->signal;
    CHECK_SAY(ok, "%s: %s exit %d signal %d cpu %.3f wall %.3f memory %llu k processes %llu (%s); expected %s exit %d signal %d; it says \"%.100s\"",
              name, status, s.exit_code, s.signal, (double)s.cpu / 1e9, (double)s.wall / 1e9, (unsigned long long)s.memory_peak >> 10,
              (unsigned long long)s.processes_peak, gosandbox_result_message(r), expect->status, expect->code, expect->signal,
              out ? out : "");
    if (expect->out && s.status == GOSANDBOX_STATUS_EXITED)
        CHECK_SAY(n == expect->out_size && out && memcmp(out, expect->out, n) == 0, "%s: printed \"%.200s\", expected \"%.200s\"", name,
                  out ? out : "(nothing)", expect->out);
    if (expect->message)
        CHECK_SAY(strstr(gosandbox_result_message(r), expect->message) != NULL, "%s: message \"%s\" lacks \"%s\"", name,
                  gosandbox_result_message(r), expect->message);
}

/* verbose: tells what it took; isolate: what it is cut off from, 0 for what it says itself. */
static void run_fixture(const char *source, const char *name, int verbose, uint32_t isolate)
{
    char first[1000] = "", second[200] = "";
    struct expectation expect = {NULL, NULL, NULL, 0, -1, 0};
    gosandbox_config *config = NULL;
    gosandbox_result *r = NULL;
    FILE *f = fopen(source, "r");
    if (!CHECK_SAY(f != NULL, "%s: %s", source, strerror(errno)))
        return;
    if (!fgets(first, sizeof first, f) || !fgets(second, sizeof second, f))
        first[0] = 0;
    fclose(f);
    if (strstr(first, " isolate=") != NULL)
        isolate = 0;
#if !defined(__x86_64__)
    if (strncmp(second, "// arch: x86_64", 15) == 0)
        return;
#endif
    CHECK_EQ(gosandbox_config_new(&config), 0);
    int code = parse(first, name, config, &expect);
    if (CHECK_SAY(code == 0, "%s: the first line cannot be used (%d): %s", name, code, code == -100 ? "syntax" : gosandbox_last_error()->message)) {
        if (isolate)
            CHECK_EQ(gosandbox_config_set_isolation(config, isolate, NULL), 0);
        double start = now();
        code = gosandbox_run(config, &r);
        CHECK_SAY(code == 0, "%s: run gave %d (%s)", name, code, code ? gosandbox_last_error()->message : "");
        if (r)
            compare(name, r, &expect);
        if (verbose)
            printf("%-32s %6.3f s  %s\n", name, now() - start, r ? gosandbox_result_message(r) : "");
        gosandbox_result_free(r);
    }
    gosandbox_config_free(config);
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

int main(int argc, char **argv)
{
    static char *names[2000];
    char source[5000];
    size_t count = 0;
    int verbose = 0, begin = 1;
    uint32_t isolate = 0;
    for (; begin < argc && argv[begin][0] == '-'; begin++) {
        verbose |= strcmp(argv[begin], "-v") == 0;
        if (strcmp(argv[begin], "-i") == 0 && begin + 1 < argc)
            CHECK_SAY((isolate = isolation(argv[++begin])) != 0, "unknown isolation");
    }
    const char *folder = getenv("GOSANDBOX_FIXTURE_SOURCES");
    if (!folder)
        folder = "tests/fixtures";
    for (int i = begin; i < argc; i++)
        names[count++] = strdup(argv[i]);
    DIR *dir = opendir(folder);
    struct dirent *entry;
    if (!CHECK_SAY(dir != NULL, "%s: %s (set GOSANDBOX_FIXTURE_SOURCES)", folder, strerror(errno)))
        return check_summary();
    while (argc <= begin && (entry = readdir(dir)) != NULL && count < 2000) {
        size_t n = strlen(entry->d_name);
        if (n > 2 && strcmp(entry->d_name + n - 2, ".c") == 0) {
            names[count] = strdup(entry->d_name);
            names[count++][n - 2] = 0;
        }
    }
    closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        snprintf(source, sizeof source, "%s/%s.c", folder, names[i]);
        run_fixture(source, names[i], verbose, isolate);
        CHECK_NO_CHILDREN();
        free(names[i]);
    }
    return check_summary();
}
