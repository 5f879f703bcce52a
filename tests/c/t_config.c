/*
 * Building a config: every setter with good values and with values that mean nothing. A refused value must leave the config as
 * it was, and must be told by last_error.
 */
#include "check.h"

#include <stdint.h>

static const char *const one[] = {"/bin/true"};

static gosandbox_config *config;

static void arguments(void)
{
    const char *const null_inside[] = {"/bin/true", NULL, "x"}, *const empty_first[] = {"", "x"}, *const empty_later[] = {"/bin/true", ""};
    CHECK_REFUSED(gosandbox_config_set_argv(config, 0, one), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(config, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(config, 1, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(config, 3, null_inside), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(config, 2, empty_first), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_argv(config, 2, empty_later), 0);
    /* Numbers whose size in bytes overflows: the library must not begin to read. */
    CHECK_REFUSED(gosandbox_config_set_argv(config, SIZE_MAX, one), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(config, SIZE_MAX / sizeof(char *) + 1, one), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(config, (size_t)-1 / 2, one), GOSANDBOX_EINVAL);

    const char *const good[] = {"A=b", "EMPTY=", "B==", "SPACE= x y"}, *const no_equals[] = {"A=b", "A"}, *const no_name[] = {"=x"},
                      *const null_env[] = {NULL}, *const empty_env[] = {""};
    CHECK_EQ(gosandbox_config_set_env(config, 4, good), 0);
    CHECK_REFUSED(gosandbox_config_set_env(config, 2, no_equals), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_env(config, 1, no_name), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_env(config, 1, null_env), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_env(config, 1, empty_env), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_env(config, 1, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_env(config, SIZE_MAX, good), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_env(config, 0, NULL), 0);

    char *far = (char *)malloc(6000);
    memset(far, 'a', 5999);
    far[5999] = 0;
    CHECK_EQ(gosandbox_config_set_cwd(config, "/"), 0);
    CHECK_REFUSED(gosandbox_config_set_cwd(config, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cwd(config, ""), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cwd(config, far), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_open_fd(config, 3, far, O_RDONLY, 0), GOSANDBOX_EINVAL);
    free(far);
    CHECK_REFUSED(gosandbox_config_set_exec_fd(config, -1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_exec_fd(config, INT32_MIN), GOSANDBOX_EINVAL);
}

static void descriptors(void)
{
    static const int bad[] = {-1, 1024, 1025, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_REFUSED(gosandbox_config_set_fd(config, bad[i], 0), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_open_fd(config, bad[i], "/dev/null", O_RDONLY, 0), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_dup_fd(config, bad[i], 1), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_dup_fd(config, 1, bad[i]), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_capture(config, bad[i], 1), GOSANDBOX_EINVAL);
    }
    CHECK_REFUSED(gosandbox_config_set_fd(config, 1, -1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_dup_fd(config, 1, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_open_fd(config, 1, NULL, O_RDONLY, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_open_fd(config, 1, "", O_RDONLY, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_capture(config, 1, (1ull << 40) + 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_capture(config, 1, UINT64_MAX), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_capture(config, 1, 1ull << 40), 0);
    CHECK_EQ(gosandbox_config_capture(config, 1, 0), 0);
    CHECK_EQ(gosandbox_config_capture(config, 1023, 10), 0);
    CHECK_EQ(gosandbox_config_set_fd(config, 1023, 0), 0);

    CHECK_EQ(gosandbox_config_set_stdin_bytes(config, "abc", 3), 0);
    CHECK_EQ(gosandbox_config_set_stdin_bytes(config, "", 0), 0);
    CHECK_EQ(gosandbox_config_set_stdin_bytes(config, NULL, 0), 0);
    CHECK_REFUSED(gosandbox_config_set_stdin_bytes(config, NULL, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_stdin_bytes(config, "abc", SIZE_MAX), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_stdin_bytes(config, "abc", SIZE_MAX / 2 + 1), GOSANDBOX_EINVAL);
}

static void limits(void)
{
    for (uint32_t i = 0; i < GOSANDBOX_LIMIT_COUNT; i++) {
        CHECK_REFUSED(gosandbox_config_set_limit(config, i, (uint64_t)-1), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_set_limit(config, i, (uint64_t)-1000000000ll), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_set_limit(config, i, 1ull << 63), GOSANDBOX_EINVAL);
        CHECK_EQ(gosandbox_config_set_limit(config, i, (1ull << 63) - 1), 0);
        if (i == GOSANDBOX_LIMIT_OUTPUT || i == GOSANDBOX_LIMIT_MEMORY_GRACE)
            CHECK_EQ(gosandbox_config_set_limit(config, i, 0), 0);
        else
            CHECK_REFUSED(gosandbox_config_set_limit(config, i, 0), GOSANDBOX_EINVAL);
        CHECK_EQ(gosandbox_config_set_limit(config, i, 1), 0);
    }
    CHECK_REFUSED(gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_COUNT, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_limit(config, UINT32_MAX, 1), GOSANDBOX_EINVAL);

    CHECK_EQ(gosandbox_config_set_rlimit(config, RLIMIT_CORE, 0, 0), 0);
    CHECK_EQ(gosandbox_config_set_rlimit(config, RLIMIT_CPU, 5, UINT64_MAX), 0);
    CHECK_EQ(gosandbox_config_set_rlimit(config, RLIMIT_CPU, UINT64_MAX, UINT64_MAX), 0);
    CHECK_REFUSED(gosandbox_config_set_rlimit(config, RLIMIT_CPU, 6, 5), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_rlimit(config, RLIMIT_CPU, UINT64_MAX, 5), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_rlimit(config, -1, 1, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_rlimit(config, 16, 1, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_rlimit(config, INT32_MAX, 1, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_rlimit(config, INT32_MIN, 1, 1), GOSANDBOX_EINVAL);

    CHECK_EQ(gosandbox_config_set_process_action(config, GOSANDBOX_KILL), 0);
    CHECK_EQ(gosandbox_config_set_process_action(config, GOSANDBOX_ERRNO(EAGAIN)), 0);
    CHECK_EQ(gosandbox_config_set_process_action(config, GOSANDBOX_ERRNO(4095)), 0);
    CHECK_REFUSED(gosandbox_config_set_process_action(config, GOSANDBOX_ERRNO(0)), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_process_action(config, GOSANDBOX_ERRNO(4096)), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_process_action(config, GOSANDBOX_ALLOW), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_process_action(config, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_process_action(config, UINT32_MAX), GOSANDBOX_EINVAL);
}

static void identity(void)
{
    uint32_t cpus[3] = {0, 0, 4095}, far = 4096;
    CHECK_REFUSED(gosandbox_config_set_ids(config, UINT32_MAX, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_ids(config, 1, UINT32_MAX), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_ids(config, 0, UINT32_MAX - 1), 0);
    CHECK_EQ(gosandbox_config_add_path(config, "/a/b/", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_STAT), 0);
    CHECK_EQ(gosandbox_config_add_path(config, "relative", 15), 0);
    CHECK_REFUSED(gosandbox_config_add_path(config, "/a", 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(config, "/a", 16), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(config, "", 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(config, NULL, 1), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_path_action(config, GOSANDBOX_KILL), 0);
    CHECK_EQ(gosandbox_config_set_path_action(config, GOSANDBOX_ERRNO(ENOENT)), 0);
    CHECK_REFUSED(gosandbox_config_set_path_action(config, GOSANDBOX_ERRNO(0)), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_path_action(config, GOSANDBOX_ALLOW), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_umask(config, 0), 0);
    CHECK_EQ(gosandbox_config_set_umask(config, 0777), 0);
    CHECK_REFUSED(gosandbox_config_set_umask(config, 01000), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_umask(config, UINT32_MAX), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_nice(config, 19), 0);
    CHECK_EQ(gosandbox_config_set_nice(config, -20), 0);
    CHECK_REFUSED(gosandbox_config_set_nice(config, 20), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_nice(config, -21), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_nice(config, INT32_MIN), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_set_affinity(config, 3, cpus), 0);
    CHECK_REFUSED(gosandbox_config_set_affinity(config, 0, cpus), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_affinity(config, 1, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_affinity(config, 1, &far), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_affinity(config, SIZE_MAX, cpus), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_affinity(config, SIZE_MAX / 4 + 1, cpus), GOSANDBOX_EINVAL);
}

static void policy(void)
{
    static const gosandbox_action bad_actions[] = {1, 0x10000u, GOSANDBOX_ERRNO(4096), 0x20001u, 0x7fff0001u, 0x7fffffffu, UINT32_MAX};
    struct gosandbox_cmp condition = {0, GOSANDBOX_CMP_EQ, 1, 0}, many[65];
    for (size_t i = 0; i < 65; i++) {
        many[i] = condition;
        many[i].op = GOSANDBOX_CMP_NE;
        many[i].a = i;
    }
    CHECK_EQ(gosandbox_config_set_policy(config, NULL, GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_set_policy(config, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_REFUSED(gosandbox_config_set_policy(config, "no such profile", GOSANDBOX_ALLOW), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_policy(config, "", GOSANDBOX_ALLOW), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_policy(config, "PERMISSIVE", GOSANDBOX_ALLOW), GOSANDBOX_EINVAL);
    for (size_t i = 0; i < sizeof bad_actions / sizeof *bad_actions; i++) {
        CHECK_REFUSED(gosandbox_config_set_policy(config, NULL, bad_actions[i]), GOSANDBOX_EINVAL);
        CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", bad_actions[i], 0, NULL), GOSANDBOX_EINVAL);
    }

    CHECK_EQ(gosandbox_config_add_rule(config, GOSANDBOX_ARCH_NATIVE, "socket", GOSANDBOX_ERRNO(EACCES), 0, NULL), 0);
    CHECK_EQ(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, &condition), 0);
    CHECK_EQ(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_ALLOW, 64, many), 0);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "clone3", GOSANDBOX_ALLOW, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 65, many), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, SIZE_MAX, many), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, NULL, GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "no_such_call", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "SOCKET", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 12345, "socket", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "execve", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "execve", GOSANDBOX_ERRNO(EPERM), 0, NULL), GOSANDBOX_EINVAL);
    condition.arg = 6;
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, &condition), GOSANDBOX_EINVAL);
    condition.arg = UINT32_MAX;
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, &condition), GOSANDBOX_EINVAL);
    condition.arg = 5;
    static const uint32_t bad_ops[] = {0, 8, 16, 24, 255, UINT32_MAX};
    for (size_t i = 0; i < sizeof bad_ops / sizeof *bad_ops; i++) {
        condition.op = bad_ops[i];
        CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, &condition), GOSANDBOX_EINVAL);
    }
    for (uint32_t op = 1; op <= 7; op++) {
        condition.op = op;
        CHECK_EQ(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, &condition), 0);
        condition.op = op + 16;
        CHECK_EQ(gosandbox_config_add_rule(config, 0, "socket", GOSANDBOX_KILL, 1, &condition), 0);
    }
}

/* What was refused must not have changed anything: the program still runs as configured before. */
static void refused_changes_nothing(void)
{
    static const char *const bad_env[] = {"A=1", "B"};
    static const char *const env[] = {"KEPT=yes"};
    static const char *const bad_argv[] = {"/bin/false", NULL};
    gosandbox_config *c = PROBE("env");
    CHECK_EQ(gosandbox_config_set_env(c, 1, env), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 1000), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 1000), 0);
    CHECK_REFUSED(gosandbox_config_set_env(c, 2, bad_env), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_argv(c, 2, bad_argv), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_capture(c, 1, UINT64_MAX), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, UINT64_MAX), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_rlimit(c, RLIMIT_NOFILE, 2, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_policy(c, "nonsense", GOSANDBOX_KILL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_dup_fd(c, 1, 1), GOSANDBOX_EINVAL);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "[KEPT=yes]");
    gosandbox_result_free(r);
}

/* Inputs are copied: what the caller does with its memory afterwards does not matter. */
static void inputs_are_copied(void)
{
    char path[4200], argument[] = "env", variable[] = "A=original", in[] = "input";
    char *argv[2] = {path, argument}, *env[1] = {variable};
    gosandbox_config *c = NULL;
    snprintf(path, sizeof path, "%s", fixture("probe"));
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_EQ(gosandbox_config_set_argv(c, 2, (const char *const *)argv), 0);
    CHECK_EQ(gosandbox_config_set_env(c, 1, (const char *const *)env), 0);
    CHECK_EQ(gosandbox_config_set_stdin_bytes(c, in, 5), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 100), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    memset(path, 'x', sizeof path - 1);
    memset(variable, 'x', sizeof variable);
    memset(argument, 'x', sizeof argument);
    memset(in, 'x', sizeof in);
    argv[0] = argv[1] = env[0] = NULL;
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "[A=original]");
    gosandbox_result_free(r);
}

static void log_line(uint32_t level, const char *text, void *payload)
{
    CHECK(level >= GOSANDBOX_LOG_ERROR && level <= GOSANDBOX_LOG_DEBUG && text != NULL && text[0] != 0 && payload == NULL);
}

static void features_and_log(void)
{
    CHECK_REFUSED(gosandbox_feature(0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_feature(1000), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_feature(UINT32_MAX), GOSANDBOX_EINVAL);
    for (uint32_t i = GOSANDBOX_FEATURE_PTRACE; i <= GOSANDBOX_FEATURE_NEGATIVE_NICE; i++) {
        int has = gosandbox_feature(i);
        CHECK(has == 0 || has == 1);
        if (has == 0)
            CHECK_SAY(gosandbox_last_error()->message[0] != 0, "feature %u: no reason", i);
    }
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_PTRACE), 1);
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_SECCOMP), 1);
    CHECK_REFUSED(gosandbox_set_log(0, log_line, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_set_log(4, log_line, NULL), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_set_log(GOSANDBOX_LOG_DEBUG, log_line, NULL), 0);
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    CHECK_EQ(gosandbox_set_log(GOSANDBOX_LOG_DEBUG, NULL, NULL), 0);
}

static void contradictions(void)
{
    gosandbox_config *c = NULL;
    gosandbox_result *r = (gosandbox_result *)&r;
    gosandbox_task *t = (gosandbox_task *)&t;
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EINVAL); /* no argv */
    CHECK(r == NULL);
    CHECK_REFUSED(gosandbox_start(c, &t), GOSANDBOX_EINVAL);
    CHECK(t == NULL);
    gosandbox_config_free(c);

    r = RUN_EXPECT((c = PROBE("exit", "0"), gosandbox_config_dup_fd(c, 5, 6), c), GOSANDBOX_EINVAL); /* 6 is not set */
    CHECK(r == NULL);
    r = RUN_EXPECT((c = PROBE("exit", "0"), gosandbox_config_dup_fd(c, 5, 6), gosandbox_config_dup_fd(c, 6, 5), c), GOSANDBOX_EINVAL);
    CHECK(r == NULL);
    c = PROBE("exit", "0"); /* a chain is followed */
    gosandbox_config_dup_fd(c, 2, 1);
    gosandbox_config_dup_fd(c, 3, 2);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
}

int main(void)
{
    CHECK_EQ(gosandbox_config_new(&config), 0);
    arguments();
    descriptors();
    limits();
    identity();
    policy();
    refused_changes_nothing();
    inputs_are_copied();
    features_and_log();
    contradictions();
    gosandbox_config_free(config);
    CHECK_NO_CHILDREN();
    return check_summary();
}
