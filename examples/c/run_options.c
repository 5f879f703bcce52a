/* run_options.c: the command line of run. */
#include "run_options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_files.h"
#include "text.h"
#include "units.h"

static const char help[] =
    "usage: run [options] [--] PROGRAM [ARGUMENT...]\n"
    "\n"
    "Runs PROGRAM under the given limits and writes a report to stderr. A limit that is not given is not enforced.\n"
    "\n"
    "limits\n"
    "  --cpu TIME          CPU time, user and system, of all processes together\n"
    "  --wall TIME         time on the clock\n"
    "  --memory SIZE       memory in use, per process\n"
    "  --stack SIZE        stack of the main thread\n"
    "  --output SIZE       size of any one file written; a pipe has no size\n"
    "  --processes N       processes alive at once, the first one included\n"
    "  --open-files N      descriptors per process\n"
    "  --fork-fails        at the process limit fork fails with EAGAIN, instead of killing the program\n"
    "                      TIME is in seconds: 2, 0.5, or 500ms, 250us. SIZE is in bytes: 65536, or 64k, 256m, 1g.\n"
    "what the program gets\n"
    "  --stdin FILE        instead of this command's own stdin\n"
    "  --stdout FILE       instead of this command's own stdout; made or emptied\n"
    "  --stderr FILE       instead of this command's own stderr; made or emptied\n"
    "  --stderr-to-stdout  one stream for both\n"
    "  --cwd DIR           working directory\n"
    "  --workspace         a new, empty working directory, removed after the run; PROGRAM is looked up from there\n"
    "  --in NAME=FILE      a copy of FILE, as NAME in the working directory; repeat for more\n"
    "  --out GLOB          files to take from there when all processes are dead; repeat for more; needs --out-dir\n"
    "  --out-dir DIR       where they go; nothing there is replaced\n"
    "  --env NAME=VALUE    one environment variable; repeat for more (there are none by default)\n"
    "  --user UID:GID      user and group, as numbers (needs root)\n"
    "  --nice N            nice value, -20 to 19\n"
    "  --affinity LIST     CPUs to run on, for example 0,2-3\n"
    "system calls\n"
    "  --deny NAME[:ERRNO] this call fails with ERRNO, a name or a number (EPERM unless given)\n"
    "  --kill NAME         this call kills the program. Where rules fit the same call, the last one decides.\n"
    "report\n"
    "  --json              as a JSON object\n"
    "  --report FILE       to a file instead of stderr\n"
    "  --count             with how often each system call was made\n"
    "  --trace FILE        every system call, to a file, 64 MiB of lines at most; with --json as JSON objects\n"
    "\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 the program exited with code 0, 1 it ended in another way, 2 usage, 3 it could not be started or\n"
    "the library failed. SIGINT, SIGTERM and SIGHUP kill the program; the report is still written.\n";

/* Says what is wrong with the command line and ends the command. The message may hold anything; see put_printable. */
static void usage_error(const char *format, ...)
{
    char message[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    fputs("run: ", stderr);
    put_printable(stderr, message);
    fputs("\nrun: try 'run --help'\n", stderr);
    exit(EXIT_USAGE);
}

/* For what the library answered. A value of an option that it refuses is a wrong command line. */
static void check(int code, const char *option, const char *value)
{
    if (code == 0)
        return;
    if (code == GOSANDBOX_EINVAL)
        usage_error("%s%s%s: %s", option, *value ? " " : "", value, gosandbox_last_error()->message);
    fprintf(stderr, "run: %s: %s\n", option, gosandbox_last_error()->message);
    exit(EXIT_LIBRARY);
}

/* For what units.h answered. */
static void check_value(const char *reason, const char *option, const char *value)
{
    if (reason)
        usage_error("%s %s: %s", option, value, reason);
}

static void set_user(gosandbox_config *config, const char *value)
{
    char copy[64];
    char *colon;
    uint64_t uid = 0, gid = 0;

    if (strlen(value) >= sizeof copy)
        usage_error("--user %s: too long", value);
    strcpy(copy, value);
    colon = strchr(copy, ':');
    if (!colon)
        usage_error("--user %s: write it as UID:GID", value);
    else {
        *colon = '\0';
        check_value(parse_count(copy, 0, UINT32_MAX - 1, &uid), "--user", value);
        check_value(parse_count(colon + 1, 0, UINT32_MAX - 1, &gid), "--user", value);
        check(gosandbox_config_set_ids(config, (uint32_t)uid, (uint32_t)gid), "--user", value);
    }
}

static void set_nice(gosandbox_config *config, const char *value)
{
    int negative = *value == '-';
    uint64_t amount = 0;

    if (parse_count(value + negative, 0, negative ? 20 : 19, &amount))
        usage_error("--nice %s: must be a number from -20 to 19", value);
    check(gosandbox_config_set_nice(config, negative ? -(int)amount : (int)amount), "--nice", value);
}

/* "0,2-3" is the CPUs 0, 2 and 3. */
static void set_affinity(gosandbox_config *config, const char *value)
{
    static uint32_t cpus[4096];
    size_t n = 0;
    const char *at = value;

    for (;;) {
        size_t length = strcspn(at, ",");
        char item[32], *dash;
        uint64_t first = 0, last = 0;

        if (length >= sizeof item)
            usage_error("--affinity %s: not a list of CPUs such as 0,2-3", value);
        memcpy(item, at, length);
        item[length] = '\0';
        dash = strchr(item, '-');
        if (dash)
            *dash = '\0';
        check_value(parse_count(item, 0, 4095, &first), "--affinity", value);
        check_value(parse_count(dash ? dash + 1 : item, first, 4095, &last), "--affinity", value);
        for (; first <= last; first++) {
            if (n == sizeof cpus / sizeof *cpus)
                usage_error("--affinity %s: too many CPUs", value);
            cpus[n++] = (uint32_t)first;
        }
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    check(gosandbox_config_set_affinity(config, n, cpus), "--affinity", value);
}

/* An errno by number, or by one of the names that make sense as the answer of a forbidden call. */
static int parse_errno(const char *text)
{
    static const struct { const char *name; int number; } names[] = {
        {"EPERM", EPERM}, {"EACCES", EACCES}, {"ENOSYS", ENOSYS}, {"ENOENT", ENOENT}, {"EAGAIN", EAGAIN},
        {"EINVAL", EINVAL}, {"ENOMEM", ENOMEM}, {"EIO", EIO}, {"EBADF", EBADF}, {"EROFS", EROFS}, {"EBUSY", EBUSY},
        {"EMFILE", EMFILE}, {"ENOTSUP", ENOTSUP}, {"EAFNOSUPPORT", EAFNOSUPPORT}, {"ENETUNREACH", ENETUNREACH},
        {"ECONNREFUSED", ECONNREFUSED},
    };
    uint64_t number;
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            return names[i].number;
    return parse_count(text, 1, 4095, &number) ? 0 : (int)number;
}

static void add_rule(gosandbox_config *config, const char *option, const char *value)
{
    gosandbox_action action = GOSANDBOX_KILL;
    char name[64];
    size_t length = strlen(value);

    if (strcmp(option, "--deny") == 0) {
        const char *colon = strchr(value, ':');
        int number = colon ? parse_errno(colon + 1) : EPERM;
        if (number == 0)
            usage_error("--deny %s: the errno must be a name such as EACCES, or 1 to 4095", value);
        action = GOSANDBOX_ERRNO(number);
        length = strcspn(value, ":");
    }
    if (length >= sizeof name)
        usage_error("%s %s: no such system call", option, value);
    memcpy(name, value, length);
    name[length] = '\0';
    check(gosandbox_config_add_rule(config, GOSANDBOX_ARCH_NATIVE, name, action, 0, NULL), option, value);
}

enum {
    OPT_CPU = 1, OPT_WALL, OPT_MEMORY, OPT_STACK, OPT_OUTPUT, OPT_PROCESSES, OPT_OPEN_FILES, OPT_FORK_FAILS,
    OPT_STDIN, OPT_STDOUT, OPT_STDERR, OPT_STDERR_TO_STDOUT, OPT_CWD, OPT_ENV, OPT_USER, OPT_NICE, OPT_AFFINITY,
    OPT_DENY, OPT_KILL, OPT_JSON, OPT_REPORT, OPT_COUNT, OPT_TRACE, OPT_WORKSPACE, OPT_IN, OPT_OUT,
    OPT_OUT_DIR, OPT_HELP, OPT_VERSION
};

static const struct option long_options[] = {
    {"cpu", required_argument, NULL, OPT_CPU},
    {"wall", required_argument, NULL, OPT_WALL},
    {"memory", required_argument, NULL, OPT_MEMORY},
    {"stack", required_argument, NULL, OPT_STACK},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"processes", required_argument, NULL, OPT_PROCESSES},
    {"open-files", required_argument, NULL, OPT_OPEN_FILES},
    {"fork-fails", no_argument, NULL, OPT_FORK_FAILS},
    {"stdin", required_argument, NULL, OPT_STDIN},
    {"stdout", required_argument, NULL, OPT_STDOUT},
    {"stderr", required_argument, NULL, OPT_STDERR},
    {"stderr-to-stdout", no_argument, NULL, OPT_STDERR_TO_STDOUT},
    {"cwd", required_argument, NULL, OPT_CWD},
    {"workspace", no_argument, NULL, OPT_WORKSPACE},
    {"in", required_argument, NULL, OPT_IN},
    {"out", required_argument, NULL, OPT_OUT},
    {"out-dir", required_argument, NULL, OPT_OUT_DIR},
    {"env", required_argument, NULL, OPT_ENV},
    {"user", required_argument, NULL, OPT_USER},
    {"nice", required_argument, NULL, OPT_NICE},
    {"affinity", required_argument, NULL, OPT_AFFINITY},
    {"deny", required_argument, NULL, OPT_DENY},
    {"kill", required_argument, NULL, OPT_KILL},
    {"json", no_argument, NULL, OPT_JSON},
    {"report", required_argument, NULL, OPT_REPORT},
    {"count", no_argument, NULL, OPT_COUNT},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

struct parse {
    struct options *options;
    const char **env, **out; /* room for as many as there are arguments */
    size_t env_count, out_count;
    const char *out_dir;
    int fork_fails, processes_limited;
};

static void take_option(struct parse *parse, int option, const char *name, const char *value)
{
    struct options *options = parse->options;
    gosandbox_config *config = options->config;
    const int make = O_WRONLY | O_CREAT | O_TRUNC;
    uint64_t number = 0;

    switch (option) {
    case OPT_CPU:
    case OPT_WALL:
        check_value(parse_duration(value, &number), name, value);
        check(gosandbox_config_set_limit(config, option == OPT_CPU ? GOSANDBOX_LIMIT_CPU : GOSANDBOX_LIMIT_WALL,
                                         number), name, value);
        break;
    case OPT_MEMORY:
    case OPT_STACK:
    case OPT_OUTPUT:
        check_value(parse_size(value, &number), name, value);
        check(gosandbox_config_set_limit(config, option == OPT_MEMORY ? GOSANDBOX_LIMIT_MEMORY
                                         : option == OPT_STACK ? GOSANDBOX_LIMIT_STACK : GOSANDBOX_LIMIT_OUTPUT,
                                         number), name, value);
        break;
    case OPT_PROCESSES:
        check_value(parse_count(value, 1, 1000000, &number), name, value);
        check(gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_PROCESSES, number), name, value);
        parse->processes_limited = 1;
        break;
    case OPT_OPEN_FILES:
        check_value(parse_count(value, 1, 1 << 30, &number), name, value);
        check(gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_OPEN_FILES, number), name, value);
        break;
    case OPT_FORK_FAILS:
        check(gosandbox_config_set_process_action(config, GOSANDBOX_ERRNO(EAGAIN)), name, "");
        parse->fork_fails = 1;
        break;
    case OPT_STDIN:
        check(gosandbox_config_open_fd(config, 0, value, O_RDONLY, 0), name, value);
        break;
    case OPT_STDOUT:
        check(gosandbox_config_open_fd(config, 1, value, make, 0666), name, value);
        break;
    case OPT_STDERR:
        check(gosandbox_config_open_fd(config, 2, value, make, 0666), name, value);
        break;
    case OPT_STDERR_TO_STDOUT:
        check(gosandbox_config_dup_fd(config, 2, 1), name, "");
        break;
    case OPT_CWD:
        check(gosandbox_config_set_cwd(config, value), name, value);
        break;
    case OPT_WORKSPACE:
        check(gosandbox_config_set_workspace(config, NULL), name, "");
        break;
    case OPT_IN:
        check(put_file(config, value), name, value);
        break;
    case OPT_OUT:
        parse->out[parse->out_count++] = value;
        break;
    case OPT_OUT_DIR:
        parse->out_dir = value;
        break;
    case OPT_ENV:
        if (!strchr(value, '=') || *value == '=')
            usage_error("--env %s: write it as NAME=VALUE", value);
        parse->env[parse->env_count++] = value;
        break;
    case OPT_USER:
        set_user(config, value);
        break;
    case OPT_NICE:
        set_nice(config, value);
        break;
    case OPT_AFFINITY:
        set_affinity(config, value);
        break;
    case OPT_DENY:
    case OPT_KILL:
        add_rule(config, name, value);
        break;
    case OPT_JSON:
        options->json = 1;
        break;
    case OPT_REPORT:
        options->report_path = value;
        break;
    case OPT_COUNT:
        options->count = 1;
        break;
    case OPT_TRACE:
        options->trace_path = value;
        break;
    case OPT_HELP:
        fputs(help, stdout);
        exit(fflush(stdout) == 0 ? 0 : EXIT_LIBRARY);
    case OPT_VERSION:
        printf("run, with gosandbox %s\n", gosandbox_version_string());
        exit(fflush(stdout) == 0 ? 0 : EXIT_LIBRARY);
    default: /* getopt_long has said what is wrong */
        fputs("run: try 'run --help'\n", stderr);
        exit(EXIT_USAGE);
    }
}

void read_options(struct options *options, int argc, char **argv)
{
    struct parse parse = {.options = options};
    int option, child, position = 0;
    size_t out;

    memset(options, 0, sizeof *options);
    parse.env = calloc((size_t)argc + 1, sizeof *parse.env);
    parse.out = calloc((size_t)argc + 1, sizeof *parse.out);
    if (!parse.env || !parse.out) {
        perror("run");
        exit(EXIT_LIBRARY);
    }
    check(gosandbox_config_new(&options->config), "config", "");
    for (child = 0; child < 3; child++)
        check(gosandbox_config_set_fd(options->config, child, child), "descriptors", "");
    while ((option = getopt_long(argc, argv, "+", long_options, &position)) != -1) {
        char name[32];
        snprintf(name, sizeof name, "--%s", long_options[position].name);
        take_option(&parse, option, name, optarg);
    }
    if (optind == argc)
        usage_error("no program is given");
    if (parse.fork_fails && !parse.processes_limited)
        usage_error("--fork-fails needs --processes");
    if ((parse.out_count > 0) != (parse.out_dir != NULL))
        usage_error("--out and --out-dir need each other");
    for (out = 0; out < parse.out_count; out++)
        check(take_files(options->config, parse.out[out], parse.out_dir), "--out", parse.out[out]);
    free(parse.out);
    check(gosandbox_config_set_trace(options->config,
                                     (options->count ? GOSANDBOX_TRACE_COUNT : 0) |
                                     (!options->trace_path ? 0 : options->json ? GOSANDBOX_TRACE_JSON : GOSANDBOX_TRACE_TEXT),
                                     options->trace_path ? 64u << 20 : 0), "--trace", "");
    check(gosandbox_config_set_env(options->config, parse.env_count, parse.env), "--env", "");
    free(parse.env);
    options->argv = (const char *const *)argv + optind;
    options->argc = (size_t)(argc - optind);
    check(gosandbox_config_set_argv(options->config, options->argc, options->argv), "PROGRAM", options->argv[0]);
}
