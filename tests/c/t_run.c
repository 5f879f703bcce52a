/*
 * Running: exit codes and signals come through untouched, verdicts have their cause and a sentence, figures are plausible.
 */
#include "check.h"

static void exit_codes(void)
{
    for (int code = 0; code < 256; code++) {
        char text[8];
        snprintf(text, sizeof text, "%d", code);
        gosandbox_result *r = RUN(PROBE("exit", text));
        CHECK_EXITED(r, code);
        if (code == 127)
            CHECK_EQ(gosandbox_result_error(r)->code, 0);
        gosandbox_result_free(r);
    }
}

static void signals(void)
{
    for (int signal = 1; signal < 65; signal++) {
        char text[8];
        snprintf(text, sizeof text, "%d", signal);
        if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU || signal == 32 || signal == 33)
            continue; /* stops: see the fixtures; 32 and 33 belong to the C library */
        gosandbox_result *r = RUN(PROBE("signal", text));
        if (signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH) {
            CHECK_EXITED(r, 200); /* ignored by default */
        } else {
            struct gosandbox_stats s = stats_of(r);
            CHECK_SAY(s.status == GOSANDBOX_STATUS_SIGNALED && s.signal == signal && s.exit_code == -1 && s.cause == GOSANDBOX_CAUSE_NONE,
                      "signal %d: status %s, signal %d, exit %d (%s)", signal, gosandbox_status_name(s.status), s.signal, s.exit_code,
                      gosandbox_result_message(r));
        }
        gosandbox_result_free(r);
    }
}

/* A config is a recipe: used again, changed afterwards, by many runs at once. */
static void *use(void *config)
{
    for (int i = 0; i < 20; i++) {
        gosandbox_result *r = NULL;
        CHECK_EQ(gosandbox_run((const gosandbox_config *)config, &r), 0);
        CHECK_EXITED(r, 0);
        CHECK_TEXT(output_of(r), "x");
        gosandbox_result_free(r);
    }
    return NULL;
}

static void reuse(void)
{
    pthread_t threads[6];
    gosandbox_config *c = PROBE("text", "1", "x");
    gosandbox_config_capture(c, 1, 10);
    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, use, c);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    gosandbox_config_free(c);
}

/* Figures that a judge prints: plausible, and marked as measured. */
static void figures(void)
{
    static const uint32_t must[] = {GOSANDBOX_FIGURE_CPU, GOSANDBOX_FIGURE_USER, GOSANDBOX_FIGURE_SYS, GOSANDBOX_FIGURE_WALL,
                                    GOSANDBOX_FIGURE_SETUP, GOSANDBOX_FIGURE_MEMORY_PEAK, GOSANDBOX_FIGURE_PROCESSES_PEAK};
    gosandbox_config *c = PROBE("burn", "200");
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 10 * SECOND);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 256 * MIB);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 1);
    double start = now();
    gosandbox_result *r = RUN(c);
    double took = now() - start;
    struct gosandbox_stats s = stats_of(r);
    CHECK_EXITED(r, 0);
    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        CHECK_SAY(s.measured >> must[i] & 1 && s.source[must[i]] != GOSANDBOX_SOURCE_NONE, "figure %u was not measured", must[i]);
    for (uint32_t i = 0; i < GOSANDBOX_FIGURE_COUNT; i++)
        CHECK_SAY((s.measured >> i & 1) == (s.source[i] != GOSANDBOX_SOURCE_NONE), "figure %u: measured and source disagree", i);
    CHECK_SAY(s.cpu >= 199000000 && s.cpu < 300000000, "cpu %.3f s, expected 0.2", (double)s.cpu / 1e9);
    CHECK_SAY(s.user + s.sys >= s.cpu - 20000000 && s.user + s.sys <= s.cpu + 20000000, "user %llu + sys %llu is not cpu %llu",
              (unsigned long long)s.user, (unsigned long long)s.sys, (unsigned long long)s.cpu);
    CHECK_SAY(s.wall >= s.cpu && (double)s.wall / 1e9 <= took, "wall %.3f s, cpu %.3f s, the call took %.3f s", (double)s.wall / 1e9,
              (double)s.cpu / 1e9, took);
    CHECK_SAY(s.setup > 0 && (double)(s.setup + s.wall) / 1e9 <= took * 1.01, "setup %.6f s", (double)s.setup / 1e9);
    CHECK_SAY(s.memory_peak > 16384 && s.memory_peak < 4 * MIB, "memory peak %llu of a small static program",
              (unsigned long long)s.memory_peak);
    CHECK_EQ(s.processes_peak, 1);
    gosandbox_result_free(r);

    c = PROBE("print", "123456");
    gosandbox_config_capture(c, 1, 1000);
    r = RUN(c);
    s = stats_of(r);
    CHECK_EQ(s.output_bytes, 123456);
    CHECK(s.measured >> GOSANDBOX_FIGURE_OUTPUT_BYTES & 1);
    gosandbox_result_free(r);
}

/* The verdict of each limit has its cause and a sentence. */
static void verdicts(void)
{
    struct {
        const char *fixture;
        uint32_t limit;
        uint64_t value;
        uint32_t status, cause;
        const char *word;
    } table[] = {
        {"cpu_busy", GOSANDBOX_LIMIT_CPU, 200 * MS, GOSANDBOX_STATUS_CPU_LIMIT, GOSANDBOX_CAUSE_CPU, "CPU"},
        {"wall_sleep", GOSANDBOX_LIMIT_WALL, 200 * MS, GOSANDBOX_STATUS_WALL_LIMIT, GOSANDBOX_CAUSE_WALL, "0.2 s"},
        {"memory_shared", GOSANDBOX_LIMIT_MEMORY, 32 * MIB, GOSANDBOX_STATUS_MEMORY_LIMIT, GOSANDBOX_CAUSE_MEMORY, "memory"},
        {"processes_single", GOSANDBOX_LIMIT_PROCESSES, 1, GOSANDBOX_STATUS_PROCESS_LIMIT, GOSANDBOX_CAUSE_PROCESSES, "process"},
        {"output_endless", GOSANDBOX_LIMIT_OUTPUT, MIB, GOSANDBOX_STATUS_OUTPUT_LIMIT, GOSANDBOX_CAUSE_OUTPUT, ""},
        {"guard_x32", GOSANDBOX_LIMIT_WALL, 5 * SECOND, GOSANDBOX_STATUS_VIOLATION, GOSANDBOX_CAUSE_VIOLATION, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        gosandbox_config *c = config_for(fixture(table[i].fixture), NULL);
        gosandbox_config_set_limit(c, table[i].limit, table[i].value);
        gosandbox_config_capture(c, 1, 100);
        gosandbox_result *r = RUN(c);
        struct gosandbox_stats s = stats_of(r);
        CHECK_SAY(s.status == table[i].status && s.cause == table[i].cause && s.exit_code == -1 && s.signal == 0,
                  "%s: status %s, cause %s, exit %d, signal %d", table[i].fixture, gosandbox_status_name(s.status),
                  gosandbox_cause_name(s.cause), s.exit_code, s.signal);
        CHECK_SAY(strstr(gosandbox_result_message(r), table[i].word) != NULL, "%s: message \"%s\" lacks \"%s\"", table[i].fixture,
                  gosandbox_result_message(r), table[i].word);
        CHECK(gosandbox_result_message(r)[0] != 0);
        CHECK_EQ(gosandbox_result_error(r)->code, 0);
        gosandbox_result_free(r);
    }
}

/* How far beyond a limit a program gets. Loose bounds: the machine may be busy. */
static void promptness(void)
{
    struct {
        const char *fixture;
        uint32_t limit;
        int threads;
    } table[] = {{"cpu_busy", GOSANDBOX_LIMIT_CPU, 1}, {"cpu_getppid", GOSANDBOX_LIMIT_CPU, 1}, {"cpu_threads", GOSANDBOX_LIMIT_CPU, 4},
                 {"wall_sleep", GOSANDBOX_LIMIT_WALL, 0}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        gosandbox_config *c = config_for(fixture(table[i].fixture), NULL);
        gosandbox_config_set_limit(c, table[i].limit, 250 * MS);
        gosandbox_result *r = RUN(c);
        struct gosandbox_stats s = stats_of(r);
        uint64_t used = table[i].limit == GOSANDBOX_LIMIT_CPU ? s.cpu : s.wall;
        CHECK_SAY(used >= 250 * MS && used < 350 * MS, "%s: ended after %.3f s, limit 0.25 s", table[i].fixture, (double)used / 1e9);
        gosandbox_result_free(r);
    }
}

int main(void)
{
    exit_codes();
    signals();
    reuse();
    figures();
    verdicts();
    promptness();
    CHECK_NO_CHILDREN();
    return check_summary();
}
