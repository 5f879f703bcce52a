/*
 * Starting: what could not be started says where and why; what could finds itself in the surroundings that were asked for.
 */
#include "check.h"

static char folder[] = "/tmp/gosandbox-t_start-XXXXXX";

/* A path inside the test's folder; up to four at a time. */
static const char *inside(const char *name)
{
    static char paths[4][300];
    static int next;
    char *path = paths[next++ & 3];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    if (f) {
        fputs(text, f);
        fclose(f);
    }
    CHECK_EQ(chmod(path, mode), 0);
}

/* A run that cannot be started: the code, and in result and last_error the same step and errno. */
static void setup_fails(gosandbox_config *config, uint32_t step, int sys_errno, const char *word, const char *file, int line)
{
    gosandbox_result *r = NULL;
    int code = gosandbox_run(config, &r);
    const struct gosandbox_error *told = gosandbox_last_error();
    check_that(code == GOSANDBOX_ESETUP, file, line, "run gave %d, expected ESETUP", code);
    if (!check_that(r != NULL, file, line, "no result")) {
        gosandbox_config_free(config);
        return;
    }
    struct gosandbox_stats s = stats_of(r);
    check_that(s.status == GOSANDBOX_STATUS_SETUP_FAILED && s.exit_code == -1 && s.signal == 0, file, line,
               "status %s, exit %d, signal %d", gosandbox_status_name(s.status), s.exit_code, s.signal);
    const struct gosandbox_error *error = gosandbox_result_error(r);
    check_that(error && error->size == sizeof *error && error->code == GOSANDBOX_ESETUP && error->step == step && error->sys_errno == sys_errno,
               file, line, "error: code %d, step %s, errno %d (%s); expected step %s, errno %d", error ? error->code : 0,
               gosandbox_step_name(error ? error->step : 0), error ? error->sys_errno : 0, error ? error->message : "",
               gosandbox_step_name(step), sys_errno);
    check_that(told->code == GOSANDBOX_ESETUP && told->step == step && told->sys_errno == sys_errno, file, line,
               "last_error: code %d, step %s, errno %d", told->code, gosandbox_step_name(told->step), told->sys_errno);
    check_that(strstr(gosandbox_result_message(r), word) != NULL, file, line, "message \"%s\" does not tell \"%s\"",
               gosandbox_result_message(r), word);
    check_that(strstr(gosandbox_result_message(r), gosandbox_step_name(step)) != NULL, file, line,
               "message \"%s\" does not name the step \"%s\"", gosandbox_result_message(r), gosandbox_step_name(step));
    gosandbox_result_free(r);
    gosandbox_config_free(config);
}
#define SETUP_FAILS(config, step, error, word) setup_fails((config), (step), (error), (word), __FILE__, __LINE__)

static void not_started(void)
{
    gosandbox_config *c;
    write_file(inside("script"), "#!/no/such/interpreter\n", 0755);
    write_file(inside("plain"), "#!/bin/sh\nexit 3\n", 0644);
    write_file(inside("junk"), "\177ELFjunk", 0755);
    write_file(inside("empty"), "", 0755);
    CHECK_EQ(symlink("loop", inside("loop")), 0);

    SETUP_FAILS(config_for(inside("missing"), NULL), GOSANDBOX_STEP_EXEC, ENOENT, "No such file or directory");
    SETUP_FAILS(config_for(inside("missing"), NULL), GOSANDBOX_STEP_EXEC, ENOENT, "missing");
    SETUP_FAILS(config_for(inside("missing/deeper"), NULL), GOSANDBOX_STEP_EXEC, ENOENT, "deeper");
    SETUP_FAILS(config_for(inside("plain/deeper"), NULL), GOSANDBOX_STEP_EXEC, ENOTDIR, "Not a directory");
    SETUP_FAILS(config_for("no-such-program-in-path", NULL), GOSANDBOX_STEP_EXEC, ENOENT, "no-such-program-in-path");
    SETUP_FAILS(config_for(inside("script"), NULL), GOSANDBOX_STEP_EXEC, ENOENT, "script");
    SETUP_FAILS(config_for(inside("plain"), NULL), GOSANDBOX_STEP_EXEC, EACCES, "Permission denied");
    SETUP_FAILS(config_for(folder, NULL), GOSANDBOX_STEP_EXEC, EACCES, "Permission denied");
    SETUP_FAILS(config_for(inside("junk"), NULL), GOSANDBOX_STEP_EXEC, ENOEXEC, "junk");
    SETUP_FAILS(config_for(inside("empty"), NULL), GOSANDBOX_STEP_EXEC, ENOEXEC, "empty");
    SETUP_FAILS(config_for(inside("loop"), NULL), GOSANDBOX_STEP_EXEC, ELOOP, "loop");

    c = PROBE("exit", "0");
    gosandbox_config_set_cwd(c, inside("nowhere"));
    SETUP_FAILS(c, GOSANDBOX_STEP_CWD, ENOENT, "nowhere");
    c = PROBE("exit", "0");
    gosandbox_config_set_cwd(c, inside("plain"));
    SETUP_FAILS(c, GOSANDBOX_STEP_CWD, ENOTDIR, "Not a directory");

    c = PROBE("exit", "0");
    gosandbox_config_open_fd(c, 5, inside("nothing"), O_RDONLY, 0);
    SETUP_FAILS(c, GOSANDBOX_STEP_OPEN, ENOENT, "nothing");
    c = PROBE("exit", "0");
    gosandbox_config_open_fd(c, 5, folder, O_WRONLY, 0);
    SETUP_FAILS(c, GOSANDBOX_STEP_OPEN, EISDIR, folder);
    c = PROBE("exit", "0");
    gosandbox_config_open_fd(c, 7, inside("plain"), O_WRONLY | O_CREAT | O_EXCL, 0600);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_EQ(gosandbox_result_error(r)->step, GOSANDBOX_STEP_OPEN);
    CHECK_EQ(gosandbox_result_error(r)->index, 7);
    CHECK_EQ(gosandbox_result_error(r)->sys_errno, EEXIST);
    gosandbox_result_free(r);

    /* A descriptor of the host that is not open. Which of the two steps notices it is the library's affair. */
    c = PROBE("exit", "0");
    gosandbox_config_set_fd(c, 6, 9999);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
    if (r) {
        CHECK_EQ(gosandbox_result_error(r)->sys_errno, EBADF);
        CHECK_EQ(gosandbox_result_error(r)->index, 6);
    }
    gosandbox_result_free(r);
    c = PROBE("exit", "0");
    gosandbox_config_set_exec_fd(c, 9999);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
    if (r)
        CHECK_EQ(gosandbox_result_error(r)->sys_errno, EBADF);
    gosandbox_result_free(r);

    /* A fifo that nobody opens at the other end. */
    CHECK_EQ(mkfifo(inside("fifo"), 0600), 0);
    c = PROBE("exit", "0");
    gosandbox_config_open_fd(c, 0, inside("fifo"), O_RDONLY, 0);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 300 * MS);
    double start = now();
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_SAY(now() - start < 13, "a fifo without a writer took %.1f s", now() - start);
    CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
    if (r)
        CHECK_EQ(gosandbox_result_error(r)->step, GOSANDBOX_STEP_OPEN);
    gosandbox_result_free(r);

    /* And the counterpart: a program that does exit with 127 and complains is no failed setup. */
    r = RUN(PROBE("exit", "127"));
    CHECK_EXITED(r, 127);
    CHECK_EQ(gosandbox_result_error(r)->code, 0);
    gosandbox_result_free(r);
}

/* What only root can do fails with its step for others. */
static void privileged(void)
{
    gosandbox_config *c = PROBE("ids");
    gosandbox_result *r;
    gosandbox_config_capture(c, 1, 200);
    gosandbox_config_set_ids(c, 12345, 54321);
    if (gosandbox_feature(GOSANDBOX_FEATURE_CHANGE_IDS) == 1) {
        if (access(fixture("probe"), X_OK) == 0) {
            r = RUN(c);
            CHECK_EXITED(r, 0);
            CHECK_TEXT(output_of(r), "12345 12345 54321 54321 0");
            gosandbox_result_free(r);
        }
    } else {
        r = NULL;
        int code = gosandbox_run(c, &r);
        CHECK_SAY(code == GOSANDBOX_ESETUP || code == GOSANDBOX_EUNSUPPORTED, "set_ids without the right gave %d", code);
        if (r && code == GOSANDBOX_ESETUP)
            CHECK_EQ(gosandbox_result_error(r)->step, GOSANDBOX_STEP_IDS);
        gosandbox_result_free(r);
        gosandbox_config_free(c);
    }
    c = PROBE("ids"); /* its own ids: always allowed */
    gosandbox_config_capture(c, 1, 200);
    gosandbox_config_set_ids(c, getuid(), getgid());
    r = RUN(c);
    CHECK_EXITED(r, 0);
    char expected[100];
    snprintf(expected, sizeof expected, "%d %d %d %d ", (int)getuid(), (int)getuid(), (int)getgid(), (int)getgid());
    CHECK_SAY(strncmp(output_of(r), expected, strlen(expected)) == 0, "ids: %s, expected %s", output_of(r), expected);
    gosandbox_result_free(r);

    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    c = PROBE("exit", "0");
    gosandbox_config_set_rlimit(c, RLIMIT_NICE, 3, 30);
    r = NULL;
    int code = gosandbox_run(c, &r);
    if (gosandbox_feature(GOSANDBOX_FEATURE_RAISE_LIMITS) == 1) {
        CHECK_EQ(code, 0);
    } else {
        CHECK_SAY(code == GOSANDBOX_ESETUP || code == GOSANDBOX_EUNSUPPORTED, "a hard limit above the host's gave %d", code);
        if (r && code == GOSANDBOX_ESETUP) {
            CHECK_EQ(gosandbox_result_error(r)->step, GOSANDBOX_STEP_RLIMIT);
            CHECK_EQ(gosandbox_result_error(r)->index, RLIMIT_NICE);
        }
    }
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

/* One run of the probe with stdout captured; the config may be changed by the caller before. */
static void says(gosandbox_config *config, const char *expected, const char *file, int line)
{
    gosandbox_config_capture(config, 1, 100000);
    gosandbox_result *r = run_and_free(config, 0, file, line);
    check_exited(r, 0, file, line);
    check_text(output_of(r), expected, file, line, "output");
    gosandbox_result_free(r);
}
#define SAYS(config, expected) says((config), (expected), __FILE__, __LINE__)

static void surroundings(void)
{
    static const char *const env[] = {"B=2", "A=1", "A=again"};
    char expected[5000], expected_path[400];
    const char *const path_env[] = {expected_path};
    gosandbox_config *c;
    uint32_t cpu;
    cpu_set_t set;
    struct rlimit limit;

    snprintf(expected, sizeof expected, "[%s][argv][a b][][*]", fixture("probe"));
    SAYS(PROBE("argv", "a b", "", "*"), expected);
    SAYS(PROBE("env"), "");
    c = PROBE("env");
    gosandbox_config_set_env(c, 3, env);
    SAYS(c, "[B=2][A=1][A=again]");

    CHECK(getcwd(expected, sizeof expected) != NULL);
    SAYS(PROBE("cwd"), expected);
    c = PROBE("cwd");
    gosandbox_config_set_cwd(c, folder);
    SAYS(c, folder);

    /* argv[0] relative to the working directory that was set, and searched in PATH without a slash. */
    CHECK_EQ(symlink(fixture("probe"), inside("linked")), 0);
    c = config_for("./linked", "argv", NULL);
    gosandbox_config_set_cwd(c, folder);
    SAYS(c, "[./linked][argv]");
    snprintf(expected_path, sizeof expected_path, "PATH=/no/such:%s", folder);
    c = config_for("linked", "argv", NULL);
    gosandbox_config_set_env(c, 1, path_env);
    SAYS(c, "[linked][argv]");
    c = config_for("true", NULL);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);

    c = PROBE("umask");
    gosandbox_config_set_umask(c, 027);
    SAYS(c, "27");
    mode_t old = umask(0);
    umask(old);
    snprintf(expected, sizeof expected, "%o", (unsigned)old);
    SAYS(PROBE("umask"), expected);

    c = PROBE("nice");
    gosandbox_config_set_nice(c, 7);
    SAYS(c, "7");

    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    expected[0] = 0;
    cpu = 0;
    for (uint32_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set)) {
            cpu = i;
            snprintf(expected + strlen(expected), 8, "%u ", i);
        }
    SAYS(PROBE("cpus"), expected);
    c = PROBE("cpus");
    gosandbox_config_set_affinity(c, 1, &cpu);
    snprintf(expected, sizeof expected, "%u ", cpu);
    SAYS(c, expected);
    cpu = 4000;
    c = PROBE("exit", "0");
    gosandbox_config_set_affinity(c, 1, &cpu);
    SETUP_FAILS(c, GOSANDBOX_STEP_AFFINITY, EINVAL, "Invalid argument");

    /* rlimits: those of the host unless set; RLIMIT_NOFILE is the host's, not what a runtime made of it. */
    getrlimit(RLIMIT_NPROC, &limit);
    char number[16];
    snprintf(number, sizeof number, "%d", RLIMIT_NPROC);
    snprintf(expected, sizeof expected, "%llu %llu", (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    SAYS(PROBE("limit", number), expected);
    snprintf(number, sizeof number, "%d", RLIMIT_NOFILE);
    getrlimit(RLIMIT_NOFILE, &limit);
    snprintf(expected, sizeof expected, "%llu %llu", (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    SAYS(PROBE("limit", number), expected);
    c = PROBE("limit", number);
    gosandbox_config_set_rlimit(c, RLIMIT_NOFILE, 50, 60);
    SAYS(c, "50 60");
    c = PROBE("limit", number);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OPEN_FILES, 40);
    SAYS(c, "40 40");
    c = PROBE("limit", number); /* an rlimit wins over what a limit implies */
    gosandbox_config_set_rlimit(c, RLIMIT_NOFILE, 50, 60);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OPEN_FILES, 40);
    SAYS(c, "50 60");
    snprintf(number, sizeof number, "%d", RLIMIT_CORE);
    struct rlimit host;
    getrlimit(RLIMIT_CORE, &host);
    SAYS(PROBE("limit", number), host.rlim_max == 0 ? "0 0" : "1 1");
}

/* By descriptor: the file may have no name any more. */
static void by_descriptor(void)
{
    const char *copy = inside("copy");
    char block[65536];
    int from = open(fixture("probe"), O_RDONLY), to = open(copy, O_WRONLY | O_CREAT | O_EXCL, 0755);
    ssize_t n;
    CHECK(from >= 0 && to >= 0);
    while ((n = read(from, block, sizeof block)) > 0)
        CHECK(write(to, block, (size_t)n) == n);
    close(from);
    close(to);
    int fd = open(copy, O_RDONLY | O_CLOEXEC);
    CHECK_EQ(unlink(copy), 0);
    gosandbox_config *c = config_for("any-name", "argv", NULL);
    CHECK_EQ(gosandbox_config_set_exec_fd(c, fd), 0);
    SAYS(c, "[any-name][argv]");
    c = config_for("any-name", "fds", NULL);
    CHECK_EQ(gosandbox_config_set_exec_fd(c, fd), 0);
    SAYS(c, "0 1 2 ");
    close(fd);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    not_started();
    privileged();
    surroundings();
    by_descriptor();
    CHECK_NO_CHILDREN();

    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(folder);
    return check_summary();
}
