/*
 * What programs read and write: bytes in, bytes out, counted exactly, at and around every cap and limit.
 */
#include "check.h"

/* Bytes that tell their position. */
static unsigned char pattern(size_t i) { return (unsigned char)((i * 2654435761u) >> 13); }

static void stdin_bytes(void)
{
    static const size_t sizes[] = {0, 1, 4096, 65537, 10u << 20};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t size = sizes[k], got = 0;
        unsigned char *bytes = (unsigned char *)malloc(size + 1);
        for (size_t i = 0; i < size; i++)
            bytes[i] = pattern(i);
        gosandbox_config *c = config_for(fixture("stdin_cat"), NULL);
        CHECK_EQ(gosandbox_config_set_stdin_bytes(c, bytes, size), 0);
        CHECK_EQ(gosandbox_config_capture(c, 1, 20u << 20), 0);
        memset(bytes, 0, size);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        const unsigned char *out = (const unsigned char *)gosandbox_result_output(r, 1, &got);
        CHECK_EQ(got, size);
        size_t wrong = 0;
        for (size_t i = 0; i < size && i < got; i++)
            wrong += out[i] != pattern(i);
        CHECK_EQ(wrong, 0);
        CHECK(out != NULL && out[got] == 0);
        CHECK_EQ(stats_of(r).output_bytes, size);
        gosandbox_result_free(r);
        free(bytes);
    }

    /* Never read, and read by many runs of one config: each begins at the start. */
    char *big = (char *)calloc(1, 10u << 20);
    gosandbox_config *c = PROBE("exit", "0");
    CHECK_EQ(gosandbox_config_set_stdin_bytes(c, big, 10u << 20), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    free(big);
    c = PROBE("cat");
    gosandbox_config_set_stdin_bytes(c, "again", 5);
    gosandbox_config_capture(c, 1, 100);
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(gosandbox_run(c, &r), 0);
        CHECK_TEXT(output_of(r), "again");
        gosandbox_result_free(r);
    }
    gosandbox_config_free(c);
}

static void capture_caps(void)
{
    struct {
        const char *print;
        uint64_t cap, kept;
    } table[] = {{"0", 10, 0}, {"10", 0, 0}, {"1", 1, 1}, {"2", 1, 1}, {"99999", 100000, 99999}, {"100000", 100000, 100000},
                 {"100001", 100000, 100000}, {"5000000", 100000, 100000}, {"65536", 65536, 65536}, {"65537", 65536, 65536},
                 {"3000000", 1ull << 40, 3000000}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        gosandbox_config *c = PROBE("print", table[i].print);
        size_t n = 99;
        CHECK_EQ(gosandbox_config_capture(c, 1, table[i].cap), 0);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        const char *out = (const char *)gosandbox_result_output(r, 1, &n);
        CHECK_EQ(n, table[i].kept);
        CHECK_SAY(out != NULL, "a captured descriptor gave NULL");
        if (out)
            CHECK_EQ(out[n], 0);
        for (size_t k = 0; out && k < n; k++)
            if (out[k] != 'p') {
                CHECK_SAY(0, "byte %zu of %s is wrong", k, table[i].print);
                break;
            }
        CHECK_EQ(stats_of(r).output_bytes, atoll(table[i].print));
        n = 99;
        CHECK(gosandbox_result_output(r, 2, &n) == NULL && n == 0); /* not captured */
        CHECK(gosandbox_result_output(r, -1, &n) == NULL && n == 0);
        CHECK(gosandbox_result_output(r, 100000, &n) == NULL && n == 0);
        gosandbox_result_free(r);
    }
}

/* Exactly the output limit passes, one byte more does not, whatever the cap. */
static void output_limit(void)
{
    static const uint64_t caps[] = {0, 10, 100000, 1u << 20};
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
        gosandbox_config *c = PROBE("print", "100000");
        gosandbox_config_capture(c, 1, caps[i]);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 100000);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
        c = PROBE("print", "100001");
        gosandbox_config_capture(c, 1, caps[i]);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 100000);
        r = RUN(c);
        CHECK_STATUS(r, GOSANDBOX_STATUS_OUTPUT_LIMIT); /* killed for it, or found to have been over at the end */
        gosandbox_result_free(r);
    }
    gosandbox_config *c = PROBE("print", "1"); /* none at all */
    gosandbox_config_capture(c, 1, 10);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 0);
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_OUTPUT_LIMIT);
    gosandbox_result_free(r);
    c = PROBE("exit", "0");
    gosandbox_config_capture(c, 1, 10);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 0);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    /* Two captured descriptors count together. */
    c = PROBE("text", "1", "123456", "2", "123456");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_config_capture(c, 2, 100);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 11);
    r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_OUTPUT_LIMIT);
    gosandbox_result_free(r);
}

static void several(void)
{
    gosandbox_config *c = PROBE("text", "1", "out", "2", "err", "9", "nine", "1", "+");
    size_t n = 0;
    gosandbox_config_capture(c, 1, 100);
    gosandbox_config_capture(c, 2, 2);
    gosandbox_config_capture(c, 9, 100);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "out+");
    CHECK_TEXT((const char *)gosandbox_result_output(r, 2, &n), "er");
    CHECK_EQ(n, 2);
    CHECK_TEXT((const char *)gosandbox_result_output(r, 9, NULL), "nine");
    CHECK_EQ(stats_of(r).output_bytes, 11);
    gosandbox_result_free(r);

    c = PROBE("text", "1", "a", "2", "b", "1", "c"); /* 2>&1: one stream, in order */
    gosandbox_config_capture(c, 1, 100);
    CHECK_EQ(gosandbox_config_dup_fd(c, 2, 1), 0);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "abc");
    CHECK(gosandbox_result_output(r, 2, NULL) == NULL);
    gosandbox_result_free(r);

    c = PROBE("text", "1", "a", "2", "b", "1", "c"); /* the other way round */
    gosandbox_config_capture(c, 2, 100);
    CHECK_EQ(gosandbox_config_dup_fd(c, 1, 2), 0);
    r = RUN(c);
    CHECK_TEXT((const char *)gosandbox_result_output(r, 2, NULL), "abc");
    gosandbox_result_free(r);

    c = PROBE("text", "1", "x"); /* the last word about a descriptor counts */
    gosandbox_config_set_fd(c, 1, 2);
    gosandbox_config_dup_fd(c, 1, 2);
    gosandbox_config_capture(c, 1, 100);
    r = RUN(c);
    CHECK_TEXT(output_of(r), "x");
    gosandbox_result_free(r);
}

/* All bytes of the parent come, and the run does not wait for a grandchild that keeps the pipe open. */
static void held_open(void)
{
    for (int i = 0; i < 10; i++) {
        gosandbox_config *c = config_for(fixture("left_grandchild_stdout"), NULL);
        gosandbox_config_capture(c, 1, 100);
        double start = now();
        gosandbox_result *r = RUN(c);
        CHECK_SAY(now() - start < 2, "it took %.1f s", now() - start);
        CHECK_EXITED(r, 0);
        CHECK_TEXT(output_of(r), "done\n");
        gosandbox_result_free(r);
    }
}

/* A gigabyte through a cap of one megabyte costs the host one megabyte. */
static void gigabyte(void)
{
    gosandbox_config *c = PROBE("print", "67108864");
    gosandbox_config_capture(c, 1, MIB);
    gosandbox_result *r = RUN(c); /* warm up */
    gosandbox_result_free(r);
    long before = status_number("VmRSS:");
    c = PROBE("print", "1073741824");
    gosandbox_config_capture(c, 1, MIB);
    double start = now();
    gosandbox_task *task = NULL;
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    long most = 0;
    r = NULL;
    while (gosandbox_task_wait(task, 5 * MS, &r) == GOSANDBOX_ETIMEDOUT && now() - start < 60) {
        long rss = status_number("VmRSS:");
        if (rss > most)
            most = rss;
    }
    CHECK_EXITED(r, 0);
    CHECK_SAY(most - before < 8 * 1024, "the host grew by %ld kB", most - before);
    CHECK_EQ(stats_of(r).output_bytes, 1073741824);
    size_t n = 0;
    CHECK(gosandbox_result_output(r, 1, &n) != NULL);
    CHECK_EQ(n, MIB);
    printf("1 GiB in %.2f s, host RSS +%ld kB\n", now() - start, most - before);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
}

int main(void)
{
    gigabyte(); /* first: the host is small now, and its growth can be seen */
    stdin_bytes();
    capture_caps();
    output_limit();
    several();
    held_open();
    CHECK_NO_CHILDREN();
    return check_summary();
}
