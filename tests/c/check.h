/*
 * What the C tests share: counted checks, short ways to configure and run, and a look at the state of this process.
 * A test is a program: exit 0 when all checks passed, its last line is "N passed, N failed". Valid C11 and C++17.
 */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000ll          /* in nanoseconds */
#define SECOND 1000000000ll
#define MIB (1024ll * 1024ll)

static int checks_passed, checks_failed;

/* Counts one check; says where and what when it failed. Safe from any thread. */
__attribute__((format(printf, 4, 5))) static inline int check_that(int ok, const char *file, int line, const char *format, ...)
{
    if (ok) {
        __atomic_add_fetch(&checks_passed, 1, __ATOMIC_RELAXED);
        return 1;
    }
    int n = __atomic_add_fetch(&checks_failed, 1, __ATOMIC_RELAXED);
    if (n <= 60) {
        char text[700];
        va_list list;
        va_start(list, format);
        vsnprintf(text, sizeof text, format, list);
        va_end(list);
        const char *base = strrchr(file, '/');
        printf("FAIL %s:%d: %s\n", base ? base + 1 : file, line, text);
        fflush(stdout);
    }
    return 0;
}

#define CHECK(condition) check_that((condition) ? 1 : 0, __FILE__, __LINE__, "%s", #condition)
/* The same with more to say than the condition. */
#define CHECK_SAY(condition, ...) check_that((condition) ? 1 : 0, __FILE__, __LINE__, __VA_ARGS__)
#define CHECK_EQ(is, should) check_equal((long long)(is), (long long)(should), __FILE__, __LINE__, #is, #should)
#define CHECK_TEXT(is, should) check_text((is), (should), __FILE__, __LINE__, #is)
/* A call that must be refused with this code, and say so in last_error. */
#define CHECK_REFUSED(call, error) check_refused((call), (error), __FILE__, __LINE__, #call)

static inline int check_equal(long long is, long long should, const char *file, int line, const char *left, const char *right)
{
    return check_that(is == should, file, line, "%s is %lld, expected %s = %lld", left, is, right, should);
}

static inline int check_text(const char *is, const char *should, const char *file, int line, const char *left)
{
    return check_that(is && strcmp(is, should) == 0, file, line, "%s is \"%.200s\", expected \"%.200s\"", left, is ? is : "(null)", should);
}

static inline int check_refused(int is, int should, const char *file, int line, const char *call)
{
    const struct gosandbox_error *error = gosandbox_last_error();
    if (!check_that(is == should, file, line, "%s gave %d, expected %d", call, is, should))
        return 0;
    return check_that(error && error->code == should && error->message && error->message[0], file, line,
                      "%s: last_error has code %d, message \"%s\"", call, error ? error->code : 0,
                      error && error->message ? error->message : "(null)");
}

static inline int check_summary(void)
{
    printf("%d passed, %d failed\n", checks_passed, checks_failed);
    return checks_failed != 0;
}

/* ---------------------------------------------------------------- time */

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void nap_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

/* ---------------------------------------------------------------- programs */

/* Path of a fixture: $GOSANDBOX_FIXTURES, or ../fixtures beside the folder of this test. Up to eight at a time. */
static inline const char *fixture(const char *name)
{
    static __thread char paths[8][4200];
    static __thread int next;
    char *path = paths[next++ & 7];
    const char *folder = getenv("GOSANDBOX_FIXTURES");
    if (folder) {
        snprintf(path, sizeof paths[0], "%s/%s", folder, name);
        return path;
    }
    char self[4000] = "";
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = 0;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(self, '/');
        if (slash)
            *slash = 0;
    }
    snprintf(path, sizeof paths[0], "%s/fixtures/%s", self, name);
    return path;
}

/* A config that runs `path` with the arguments that follow, up to a NULL; wall limit 20 s, so that no test hangs. */
static inline gosandbox_config *config_for(const char *path, ...)
{
    gosandbox_config *config = NULL;
    const char *argv[40] = {path};
    size_t n = 1;
    va_list list;
    va_start(list, path);
    for (const char *a = va_arg(list, const char *); a && n < 40; a = va_arg(list, const char *))
        argv[n++] = a;
    va_end(list);
    if (gosandbox_config_new(&config) != 0 || gosandbox_config_set_argv(config, n, argv) != 0 ||
        gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_WALL, 20 * SECOND) != 0) {
        printf("cannot make a config: %s\n", gosandbox_last_error()->message);
        check_that(0, __FILE__, __LINE__, "config_for %s", path);
    }
    return config;
}

/* config_for the fixture "probe" with these arguments. */
#define PROBE(...) config_for(fixture("probe"), __VA_ARGS__, (char *)NULL)

static inline struct gosandbox_stats stats_of(const gosandbox_result *result)
{
    struct gosandbox_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = sizeof stats;
    if (gosandbox_result_stats(result, &stats) != 0)
        stats.status = 999;
    return stats;
}

static inline int check_exited(const gosandbox_result *result, int code, const char *file, int line)
{
    struct gosandbox_stats s = stats_of(result);
    return check_that(s.status == GOSANDBOX_STATUS_EXITED && s.exit_code == code && s.cause == GOSANDBOX_CAUSE_NONE && s.signal == 0,
                      file, line, "status %s, cause %s, exit %d, signal %d (%s); expected EXITED %d", gosandbox_status_name(s.status),
                      gosandbox_cause_name(s.cause), s.exit_code, s.signal, gosandbox_result_message(result), code);
}
#define CHECK_EXITED(result, code) check_exited((result), (code), __FILE__, __LINE__)

static inline int check_status(const gosandbox_result *result, uint32_t status, const char *file, int line)
{
    struct gosandbox_stats s = stats_of(result);
    return check_that(s.status == status, file, line, "status %s, cause %s, exit %d, signal %d (%s); expected %s",
                      gosandbox_status_name(s.status), gosandbox_cause_name(s.cause), s.exit_code, s.signal,
                      gosandbox_result_message(result), gosandbox_status_name(status));
}
#define CHECK_STATUS(result, status) check_status((result), (status), __FILE__, __LINE__)

/* Runs and frees the config; run must return `expected`. The result may be NULL. */
static inline gosandbox_result *run_and_free(gosandbox_config *config, int expected, const char *file, int line)
{
    gosandbox_result *result = NULL;
    int code = gosandbox_run(config, &result);
    check_that(code == expected, file, line, "gosandbox_run gave %d (%s), expected %d", code,
               code ? gosandbox_last_error()->message : "", expected);
    gosandbox_config_free(config);
    return result;
}
#define RUN(config) run_and_free((config), 0, __FILE__, __LINE__)
#define RUN_EXPECT(config, code) run_and_free((config), (code), __FILE__, __LINE__)

/* Captured stdout, as a string. */
static inline const char *output_of(const gosandbox_result *result)
{
    const void *bytes = gosandbox_result_output(result, 1, NULL);
    return bytes ? (const char *)bytes : "(not captured)";
}

/* ---------------------------------------------------------------- this process */

/* A number from /proc/self/status, e.g. "VmRSS:" in kB, "Threads:", or a "Sig...:" mask; -1 when it is not there. */
static inline long status_number(const char *key)
{
    char line[256];
    long value = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            value = (long)strtoull(line + strlen(key), NULL, strncmp(key, "Sig", 3) == 0 ? 16 : 10);
    if (f)
        fclose(f);
    return value;
}

/* The open descriptors and what they are, one "fd target" a line, into text; returns their number. */
static inline int open_descriptors(char *text, size_t size)
{
    int count = 0;
    size_t used = 0;
    DIR *dir = opendir("/proc/self/fd");
    text[0] = 0;
    if (!dir)
        return -1;
    for (int fd = 0; fd < 4096; fd++) {
        char path[64], target[200] = "";
        if (fd == dirfd(dir) || fcntl(fd, F_GETFD) < 0)
            continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = 0;
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%d %s\n", fd, target);
        count++;
    }
    closedir(dir);
    return count;
}

/* Children of this process in any state, found by their parent id; own ones that the test made count too. */
static inline int children(char *text, size_t size)
{
    int count = 0;
    size_t used = 0;
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    text[0] = 0;
    while (dir && (entry = readdir(dir)) != NULL) {
        char path[300], line[600];
        int parent = 0;
        char state = 0;
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
            continue;
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *f = fopen(path, "r");
        if (!f)
            continue;
        size_t n = fread(line, 1, sizeof line - 1, f);
        fclose(f);
        line[n] = 0;
        char *end = strrchr(line, ')'); /* the name may hold anything, a ')' included */
        if (end && sscanf(end + 1, " %c %d", &state, &parent) == 2 && parent == getpid()) {
            count++;
            if (used < size)
                used += (size_t)snprintf(text + used, size - used, "%.120s\n", line);
        }
    }
    if (dir)
        closedir(dir);
    return count;
}

static inline void check_no_children(const char *file, int line)
{
    char text[2000];
    int n = children(text, sizeof text);
    check_that(n == 0, file, line, "%d children left:\n%s", n, text);
}
#define CHECK_NO_CHILDREN() check_no_children(__FILE__, __LINE__)

#endif
