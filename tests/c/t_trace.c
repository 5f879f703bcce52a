/*
 * Traces and counts of calls: exact where that is possible, capped, refused where they mean nothing.
 */
#include "check.h"

static gosandbox_config *traced(uint32_t flags, uint64_t max, const char *what, const char *a, const char *b)
{
    const char *argv[] = {fixture("traced"), what, a, b};
    gosandbox_config *c = NULL;
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_EQ(gosandbox_config_set_argv(c, b ? 4 : a ? 3 : 2, argv), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND), 0);
    CHECK_EQ(gosandbox_config_set_trace(c, flags, max), 0);
    return c;
}

static struct gosandbox_call_count count_of(gosandbox_result *r, const char *name)
{
    struct gosandbox_call_count list[100], none = {0, 0, 0, 0, 0};
    int n = gosandbox_result_syscalls(r, list, 100);
    CHECK(n > 0 && n < 100);
    for (int i = 0; i < n; i++) {
        const char *is = gosandbox_syscall_name(list[i].arch, list[i].nr);
        if (is && strcmp(is, name) == 0)
            return list[i];
    }
    return none;
}

static size_t times(const char *text, const char *what)
{
    size_t n = 0;
    while ((text = strstr(text, what)) != NULL)
        n++, text += strlen(what);
    return n;
}

static void counts(void)
{
    static const struct {
        const char *what, *a, *b;
        uint64_t calls;
    } table[] = {{"threads", "1", "1000", 1000}, {"threads", "64", "10", 640}, {"fork", "20", NULL, 200}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        gosandbox_result *r = RUN(traced(GOSANDBOX_TRACE_COUNT, 0, table[i].what, table[i].a, table[i].b));
        CHECK_EXITED(r, 0);
        CHECK_EQ(count_of(r, "getppid").calls, table[i].calls);
        CHECK_EQ(count_of(r, "getppid").errors, 0);
        CHECK_EQ(count_of(r, "execve").calls, 0);
        size_t n = 1;
        uint64_t dropped = 1;
        CHECK_TEXT(gosandbox_result_trace(r, &n, &dropped), "");
        CHECK(n == 0 && dropped == 0);

        /* The first ones are the most frequent; no more than there is room for. */
        struct gosandbox_call_count some[3];
        memset(some, 0x55, sizeof some);
        int all = gosandbox_result_syscalls(r, some, 2);
        CHECK(all > 5);
        CHECK_EQ(some[0].calls, table[i].calls);
        CHECK(some[0].calls >= some[1].calls && some[1].calls > 0);
        CHECK_EQ(some[2].calls, 0x5555555555555555ll);
        CHECK_EQ(gosandbox_result_syscalls(r, NULL, 0), all);
        CHECK_REFUSED(gosandbox_result_syscalls(r, NULL, 1), GOSANDBOX_EINVAL);
        gosandbox_result_free(r);
        CHECK_REFUSED(gosandbox_result_syscalls(r, some, 2), GOSANDBOX_EBADF);
    }
}

static void lines(void)
{
    size_t n = 0;
    uint64_t dropped = 1;
    gosandbox_result *r = RUN(traced(GOSANDBOX_TRACE_COUNT | GOSANDBOX_TRACE_TEXT, 1 << 20, "calls", NULL, NULL));
    CHECK_EXITED(r, 3);
    const char *text = gosandbox_result_trace(r, &n, &dropped);
    CHECK_EQ(strlen(text), n);
    CHECK_EQ(dropped, 0);
    CHECK_EQ(times(text, "/nonexistent/\\\"a\\n\\x01\xc3\xa4\\xff\", O_RDWR|O_CREAT, 0640) = -1 ENOENT (No such file or directory)\n"), 1);
    CHECK_EQ(times(text, " openat(AT_FDCWD, \"/dev/zero\", O_RDONLY|O_CLOEXEC) = 3\n"), 1);
    CHECK_EQ(times(text, " read(3, 0x10, 4) = -1 EFAULT (Bad address)\n"), 1);
    CHECK_EQ(times(text, " exit_group(3) = ?\n"), 1);
    CHECK_EQ(times(text, " +++ exited with 3 +++\n"), 1);
    CHECK_EQ(count_of(r, "openat").calls, 3);
    CHECK_EQ(count_of(r, "openat").errors, 2);
    CHECK_EQ(count_of(r, "exit_group").calls, 1);
    gosandbox_result_free(r);

    gosandbox_config *c = traced(GOSANDBOX_TRACE_TEXT, 1 << 20, "calls", NULL, NULL);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "openat", GOSANDBOX_KILL, 0, NULL), 0);
    r = RUN(c);
    CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_VIOLATION);
    text = gosandbox_result_trace(r, NULL, NULL);
    CHECK_EQ(times(text, "O_RDWR|O_CREAT, 0640) = ?\n"), 1);
    CHECK_EQ(times(text, "+++ killed by SIGKILL +++\n"), 1);
    CHECK_EQ(gosandbox_result_syscalls(r, NULL, 0), 0);
    gosandbox_result_free(r);
    CHECK_TEXT(gosandbox_result_trace(r, &n, &dropped), "");

    r = RUN(traced(GOSANDBOX_TRACE_JSON, 1 << 20, "signal", NULL, NULL));
    text = gosandbox_result_trace(r, NULL, NULL);
    CHECK_EQ(text[0], '{');
    CHECK_EQ(times(text, "\"signal\":\"SIGSEGV\",\"code\":1,\"addr\":\"0x10\"}\n"), 1);
    CHECK_EQ(times(text, "\"killed\":\"SIGSEGV\"}\n"), 1);
    gosandbox_result_free(r);
}

static void caps(void)
{
    gosandbox_result *r = RUN(traced(GOSANDBOX_TRACE_TEXT, 1 << 20, "threads", "1", "500"));
    const char *text = gosandbox_result_trace(r, NULL, NULL);
    size_t all = times(text, "\n"), n = 0;
    gosandbox_result_free(r);
    for (uint64_t max = 1; max < 20000; max *= 3) {
        uint64_t dropped = 0;
        r = RUN(traced(GOSANDBOX_TRACE_TEXT, max, "threads", "1", "500"));
        CHECK_EXITED(r, 0);
        text = gosandbox_result_trace(r, &n, &dropped);
        CHECK(n <= max && strlen(text) == n && (n == 0 || text[n - 1] == '\n'));
        CHECK_SAY(times(text, "\n") + dropped + 5 >= all && times(text, "\n") + dropped <= all + 5, "%zu and %llu lines of %zu",
                  times(text, "\n"), (unsigned long long)dropped, all);
        gosandbox_result_free(r);
    }
}

/* One config for runs with and without. */
static void refused(void)
{
    gosandbox_config *c = traced(GOSANDBOX_TRACE_COUNT, 0, "threads", "1", "5");
    CHECK_REFUSED(gosandbox_config_set_trace(c, 8, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_TEXT | GOSANDBOX_TRACE_JSON, 100), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_TEXT, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_JSON, (1ull << 30) + 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_trace(c, GOSANDBOX_TRACE_COUNT, 100), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_trace(NULL, 0, 0), GOSANDBOX_EBADF);
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EQ(count_of(r, "getppid").calls, 5);
    gosandbox_result_free(r);
    CHECK_EQ(gosandbox_config_set_trace(c, 0, 0), 0);
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EQ(gosandbox_result_syscalls(r, NULL, 0), 0);
    CHECK_SAY(stats_of(r).stops < 30, "%llu stops", (unsigned long long)stats_of(r).stops);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

int main(void)
{
    counts();
    lines();
    caps();
    refused();
    CHECK_NO_CHILDREN();
    return check_summary();
}
