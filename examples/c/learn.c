/*
 * learn: makes a policy of what a program does. It runs the program on every input, twice, writes the smallest policy that allows all
 * that, and runs the program under it to see that nothing has changed.
 *
 *     learn [-o policy.json] [-k] [-w SECONDS] -- program arguments... < input
 *     learn [-o policy.json] [-i INPUT]... -- program arguments...
 *
 * -i names an input file and can be given several times; without it there is one input, stdin. -k kills for what was not seen; else it fails with
 * EPERM, or EACCES for files. -w is the wall limit of each run, 10 seconds by default.
 *
 * Watch only programs that are known to be good, and read the policy before it is used. Exit status: 0 the policy is written and holds,
 * 1 a run under it is different, 2 the command line is wrong, 3 a run could not be watched.
 */
#define _GNU_SOURCE
#include <gosandbox/sandbox.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum { MAX_INPUTS = 1000, MAX_CAPTURE = 64 << 20, PER_DIRECTORY = 8 };

struct input {
    char *bytes;
    size_t size;
};

extern char **environ;

static void die(int status, const char *what)
{
    fputs("learn: ", stderr);
    put_printable(stderr, what);
    putc('\n', stderr);
    exit(status);
}

static void must(int code)
{
    if (code < 0)
        die(3, gosandbox_last_error()->message);
}

static struct input read_input(FILE *file)
{
    struct input input = {NULL, 0};
    size_t room = 0, n;

    do {
        if (input.size == room && !(input.bytes = realloc(input.bytes, room = room ? 2 * room : 65536)))
            die(3, "no memory for the input");
        n = fread(input.bytes + input.size, 1, room - input.size, file);
        input.size += n;
    } while (n > 0);
    if (ferror(file))
        die(3, "an input cannot be read");
    return input;
}

/* A config without a policy. The program gets this command's environment: what it does depends on that. */
static gosandbox_config *configure(char **argv, const struct input *input, double wall)
{
    gosandbox_config *config = NULL;
    size_t n = 0;

    must(gosandbox_config_new(&config));
    while (argv[n])
        n++;
    must(gosandbox_config_set_argv(config, n, (const char *const *)argv));
    for (n = 0; environ[n];)
        n++;
    if (n > 0)
        must(gosandbox_config_set_env(config, n, (const char *const *)environ));
    must(gosandbox_config_set_stdin_bytes(config, input->bytes, input->size));
    must(gosandbox_config_capture(config, 1, MAX_CAPTURE));
    must(gosandbox_config_capture(config, 2, MAX_CAPTURE));
    must(gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_WALL, (uint64_t)(wall * 1e9)));
    return config;
}

static gosandbox_result *run(gosandbox_config *config)
{
    gosandbox_result *result = NULL;

    must(gosandbox_run(config, &result));
    return result;
}

static int same_output(const gosandbox_result *a, const gosandbox_result *b, int fd)
{
    size_t n, m;
    const void *left = gosandbox_result_output(a, fd, &n), *right = gosandbox_result_output(b, fd, &m);

    return n == m && memcmp(left, right, n) == 0;
}

static int same(const gosandbox_result *a, const gosandbox_result *b)
{
    struct gosandbox_stats s = {.size = sizeof s}, t = {.size = sizeof t};

    must(gosandbox_result_stats(a, &s));
    must(gosandbox_result_stats(b, &t));
    return s.status == t.status && s.exit_code == t.exit_code && s.signal == t.signal && same_output(a, b, 1) && same_output(a, b, 2);
}

static void write_policy(const gosandbox_config *config, const char *path)
{
    int n = gosandbox_policy_json(config, NULL, 0);
    char *text;
    FILE *file = path ? fopen(path, "we") : stdout;

    must(n);
    if (!file)
        die(3, strerror(errno));
    if (!(text = malloc((size_t)n + 1)))
        die(3, "no memory for the policy");
    must(gosandbox_policy_json(config, text, (size_t)n + 1));
    fputs(text, file);
    free(text);
    if (fflush(file) != 0 || ferror(file) || (path && fclose(file) != 0))
        die(3, "the policy cannot be written");
}

int main(int argc, char **argv)
{
    static struct input inputs[MAX_INPUTS];
    gosandbox_action fallback = GOSANDBOX_ERRNO(EPERM);
    gosandbox_learner *learner = NULL;
    const char *output = NULL;
    double wall = 10;
    size_t n = 0, i;
    int option, differ = 0;

    while ((option = getopt(argc, argv, "+o:i:w:k")) != -1) {
        FILE *file;
        if (option == 'o') {
            output = optarg;
        } else if (option == 'k') {
            fallback = GOSANDBOX_KILL;
        } else if (option == 'w' && (wall = atof(optarg)) > 0 && wall < 1e6) {
            continue;
        } else if (option == 'i' && n < MAX_INPUTS && (file = fopen(optarg, "re"))) {
            inputs[n++] = read_input(file);
            fclose(file);
        } else {
            fputs("usage: learn [-o policy.json] [-i INPUT]... [-k] [-w SECONDS] -- program arguments...\n", stderr);
            return 2;
        }
    }
    if (optind == argc)
        die(2, "no program is given");
    if (n == 0)
        inputs[n++] = read_input(stdin);

    must(gosandbox_learner_new(&learner));
    for (i = 0; i < n; i++) {
        gosandbox_config *config = configure(argv + optind, &inputs[i], wall);
        must(gosandbox_config_set_learner(config, learner));
        for (int twice = 0; twice < 2; twice++)
            gosandbox_result_free(run(config));
        gosandbox_config_free(config);
    }
    for (i = 0; i < n; i++) {
        gosandbox_config *config = configure(argv + optind, &inputs[i], wall);
        gosandbox_result *before = run(config), *after;
        must(gosandbox_policy_learn(config, learner, fallback, PER_DIRECTORY));
        if (i == 0)
            write_policy(config, output);
        after = run(config);
        if (!same(before, after)) {
            fprintf(stderr, "learn: input %zu: ", i + 1);
            put_printable(stderr, gosandbox_result_message(before));
            fputs(" without the policy; with it: ", stderr);
            put_printable(stderr, gosandbox_result_message(after));
            fputs(same_output(before, after, 1) ? "\n" : "; the output differs\n", stderr);
            differ = 1;
        }
        gosandbox_result_free(before);
        gosandbox_result_free(after);
        gosandbox_config_free(config);
        free(inputs[i].bytes);
    }
    gosandbox_learner_free(learner);
    return differ;
}
