/*
 * What is recorded of a tree: the timeline, the table of processes, bytes in and out, and the counts of all processes, with and
 * without a control group. As root and once more as an ordinary user.
 */
#include "left.h"

#define SHELL(script) config_for("/bin/sh", "-c", script, (char *)NULL)

static int grouped; /* runs have a control group */

static gosandbox_result *recorded(gosandbox_config *c, struct gosandbox_record record)
{
    gosandbox_result *r = NULL;
    record.size = sizeof record;
    CHECK_EQ(gosandbox_config_set_record(c, &record), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    if (grouped)
        CHECK_EQ(gosandbox_config_set_cgroup(c, NULL), 0);
    CHECK_SAY(gosandbox_run(c, &r) == 0, "%s", gosandbox_last_error()->message);
    gosandbox_config_free(c);
    return r;
}

/* A program that fills 64 MiB in half a second of CPU time and then makes a child. */
static void timeline(void)
{
    struct gosandbox_sample s = {.size = sizeof s}, last = {.size = sizeof last};
    gosandbox_result *r = recorded(config_for(fixture("record"), "fill", (char *)NULL), (struct gosandbox_record){.samples = 1000, .interval = 2 * MS});
    CHECK_EXITED(r, 0);
    size_t n = 0, with_child = 0, rising = 1;
    uint64_t most = 0;
    for (; gosandbox_result_sample(r, n, &s) == 1; n++) {
        CHECK_SAY(n == 0 ? s.at == 0 : s.at > last.at, "sample %zu at %llu after %llu", n, (unsigned long long)s.at, (unsigned long long)last.at);
        rising = rising && s.cpu >= last.cpu;
        most = s.memory > most ? s.memory : most;
        with_child += s.processes == 2;
        last = s;
    }
    struct gosandbox_stats stats = stats_of(r);
    CHECK_SAY(n > 10, "%zu samples in %llu ns", n, (unsigned long long)stats.wall);
    CHECK(rising);
    CHECK_SAY(most >= 64 * MIB && most < 80 * MIB, "most memory %llu", (unsigned long long)most);
    CHECK_SAY(with_child > 0, "%zu samples with the child", with_child);
    CHECK_EQ(last.processes, 0);
    CHECK_EQ(last.memory, 0);
    CHECK_SAY(last.at >= stats.wall && last.cpu <= stats.cpu + 1000000, "the last at %llu of %llu", (unsigned long long)last.at, (unsigned long long)stats.wall);
    CHECK_EQ(gosandbox_result_process(r, 0, &(struct gosandbox_process){.size = sizeof(struct gosandbox_process)}), 0);
    gosandbox_result_free(r);

    /* As many as fit: the interval grows. */
    r = recorded(config_for(fixture("record"), "fill", (char *)NULL), (struct gosandbox_record){.samples = 8, .interval = MS});
    for (n = 0, last.at = 0, last.cpu = 0; gosandbox_result_sample(r, n, &s) == 1; n++) {
        CHECK(n == 0 ? s.at == 0 : s.at > last.at && s.cpu >= last.cpu);
        last = s;
    }
    CHECK_SAY(n >= 4 && n <= 8, "%zu samples", n);
    CHECK_EQ(last.processes, 0);
    CHECK(last.at >= stats_of(r).wall);
    gosandbox_result_free(r);
}

static struct gosandbox_process row(gosandbox_result *r, size_t i)
{
    struct gosandbox_process p = {.size = sizeof p};
    CHECK_EQ(gosandbox_result_process(r, i, &p), 1);
    return p;
}

/* A first process with a child that it waits for, one that it does not, an orphan, threads, and one that is killed at the end. */
static void table(int isolated)
{
    gosandbox_config *c = config_for(fixture("record"), "family", (char *)NULL);
    if (isolated)
        CHECK_EQ(gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_USER | GOSANDBOX_ISOLATE_PID, NULL), 0);
    gosandbox_result *r = recorded(c, (struct gosandbox_record){.processes = 10, .bytes = 1});
    CHECK_EXITED(r, 3);
    struct gosandbox_stats stats = stats_of(r);
    CHECK_EQ(stats.processes, 6);
    CHECK((stats.measured & 1u << GOSANDBOX_FIGURE_PROCESSES) && (stats.measured & 1u << GOSANDBOX_FIGURE_BYTES_READ));
    CHECK_EQ(stats.source[GOSANDBOX_FIGURE_BYTES_WRITTEN], GOSANDBOX_SOURCE_PROC_IO);
    struct gosandbox_process first = row(r, 0), waited = row(r, 1), left = row(r, 2), middle = row(r, 3), orphan = row(r, 4), killed = row(r, 5);
    CHECK_EQ(gosandbox_result_process(r, 6, &first), 0);
    CHECK_EQ(first.parent, 0);
    CHECK_EQ(first.start, 0);
    CHECK_EQ(first.exit_code, 3);
    CHECK_EQ(first.threads, 3);
    CHECK_TEXT(first.name, "record");
    CHECK_EQ(waited.parent, first.pid);
    CHECK_EQ(waited.exit_code, 7);
    CHECK_TEXT(waited.name, "a) R 1 2 3");
    CHECK_SAY(waited.cpu > 30 * MS && waited.cpu < SECOND, "the child that burns 40 ms: %llu", (unsigned long long)waited.cpu);
    CHECK_SAY(first.cpu < waited.cpu, "the first one: %llu, without its children's", (unsigned long long)first.cpu);
    CHECK_SAY(waited.memory_peak > 8 * MIB && waited.memory_peak < 10 * MIB, "the child that fills 8 MiB: %llu", (unsigned long long)waited.memory_peak);
    CHECK_SAY(waited.faults > 2000 && waited.faults < 3000, "its faults: %llu", (unsigned long long)waited.faults);
    CHECK_SAY(first.faults < 1000, "the first one's faults: %llu, without its children's", (unsigned long long)first.faults);
    CHECK_EQ(left.exit_code, 8);
    CHECK_EQ(left.bytes_written, 100000);
    CHECK_EQ(left.bytes_read, 50000);
    CHECK_EQ(middle.exit_code, 0);
    CHECK_EQ(orphan.parent, middle.pid);
    CHECK_EQ(orphan.exit_code, 9);
    CHECK_EQ(killed.signal, SIGKILL);
    CHECK_EQ(killed.exit_code, -1);
    CHECK_SAY(killed.context_switches >= 20, "the one that sleeps 20 times has %llu switches", (unsigned long long)killed.context_switches);
    for (size_t i = 0; i < 6; i++) {
        struct gosandbox_process p = row(r, i);
        CHECK_SAY(p.end >= p.start && p.pid > 0 && p.user + p.sys == p.cpu, "row %zu", i);
        CHECK_SAY(isolated ? p.inner_pid == (int)(i == 0 ? 2 : 4 + i) : p.inner_pid == p.pid, "row %zu: inner pid %d of %d", i, p.inner_pid, p.pid);
    }
    uint64_t read = 0, written = 0, switches = 0, faults = 0, cpu = 0;
    for (size_t i = 0; i < 6; i++) {
        struct gosandbox_process p = row(r, i);
        read += p.bytes_read;
        written += p.bytes_written;
        switches += p.context_switches;
        faults += p.faults;
        cpu += p.cpu;
    }
    CHECK_EQ(stats.bytes_read, read);
    CHECK_EQ(stats.bytes_written, written);
    CHECK_EQ(stats.context_switches, switches);
    CHECK_EQ(stats.faults, faults);
    CHECK_SAY(stats.cpu + 5 * MS > cpu && cpu + 20 * MS + cpu / 10 > stats.cpu, "%llu ns of CPU in the table, %llu in all", (unsigned long long)cpu,
              (unsigned long long)stats.cpu);
    gosandbox_result_free(r);

    /* A table that is too small holds the first ones; without any the sums are the same. */
    r = recorded(config_for(fixture("record"), "family", (char *)NULL), (struct gosandbox_record){.processes = 2});
    CHECK_EQ(stats_of(r).processes, 6);
    CHECK_EQ(row(r, 1).exit_code, 7);
    CHECK_EQ(gosandbox_result_process(r, 2, &first), 0);
    CHECK_EQ(stats_of(r).bytes_read, 0);
    CHECK_EQ(stats_of(r).measured & 1u << GOSANDBOX_FIGURE_BYTES_READ, 0);
    gosandbox_result_free(r);
    r = recorded(config_for(fixture("record"), "family", (char *)NULL), (struct gosandbox_record){.processes = 0});
    CHECK_SAY(stats_of(r).faults + 300 > faults && faults + 300 > stats_of(r).faults, "faults without a table: %llu, with it %llu",
              (unsigned long long)stats_of(r).faults, (unsigned long long)faults);
    CHECK(stats_of(r).context_switches >= 20);
    gosandbox_result_free(r);
}

/* A counter of the kernel's, by software, which every machine has, and of the processor's, which not every machine gives. */
static void counter(void)
{
    static const char *const ways[] = {"family", "fill"};
    for (size_t i = 0; i < 2; i++) {
        gosandbox_result *r = recorded(config_for(fixture("record"), ways[i], (char *)NULL), (struct gosandbox_record){.counter = GOSANDBOX_COUNTER_TASK_CLOCK});
        struct gosandbox_stats s = stats_of(r);
        CHECK_EQ(s.source[GOSANDBOX_FIGURE_COUNTER], GOSANDBOX_SOURCE_PERF_EVENT);
        CHECK_EQ(s.counter_enabled, s.counter_running);
        uint64_t apart = s.counter > s.cpu ? s.counter - s.cpu : s.cpu - s.counter;
        CHECK_SAY(apart < (uint64_t)(10 * MS) + s.cpu / 10, "%s: counted %llu ns, CPU time %llu", ways[i], (unsigned long long)s.counter, (unsigned long long)s.cpu);
        gosandbox_result_free(r);
    }
    /* Killed with all that it made. */
    gosandbox_config *c = SHELL("while :; do :; done & while :; do :; done");
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 200 * MS), 0);
    gosandbox_result *r = recorded(c, (struct gosandbox_record){.counter = GOSANDBOX_COUNTER_TASK_CLOCK});
    CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_CPU_LIMIT);
    CHECK_SAY(stats_of(r).counter > 190 * MS, "counted %llu of a killed tree", (unsigned long long)stats_of(r).counter);
    gosandbox_result_free(r);

    struct gosandbox_record hardware = {.size = sizeof hardware, .counter = GOSANDBOX_COUNTER_INSTRUCTIONS};
    int there = gosandbox_feature(GOSANDBOX_FEATURE_INSTRUCTIONS);
    if (there == 1) {
        uint64_t counts[2];
        for (int i = 0; i < 2; i++) {
            r = recorded(config_for(fixture("exit_0"), (char *)NULL), hardware);
            struct gosandbox_stats s = stats_of(r);
            counts[i] = s.counter;
            CHECK(s.counter > 1000 || s.counter_running < s.counter_enabled);
            gosandbox_result_free(r);
        }
        uint64_t apart = counts[0] > counts[1] ? counts[0] - counts[1] : counts[1] - counts[0];
        CHECK_SAY(apart <= counts[0] / 100 + 100, "%llu and %llu instructions", (unsigned long long)counts[0], (unsigned long long)counts[1]);
    } else {
        CHECK_SAY(there == 0 && strlen(gosandbox_last_error()->message) > 60, "feature: %d, %s", there, gosandbox_last_error()->message);
        c = config_for(fixture("exit_0"), (char *)NULL);
        r = NULL;
        CHECK_EQ(gosandbox_config_set_record(c, &hardware), 0);
        CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EUNSUPPORTED);
        CHECK_SAY(strstr(gosandbox_last_error()->message, "INSTRUCTIONS") != NULL, "%s", gosandbox_last_error()->message);
        CHECK_EQ(r == NULL, 1);
        gosandbox_config_free(c);
    }
    char before[4096], after[4096];
    open_descriptors(before, sizeof before);
    c = config_for("/no/such/program", (char *)NULL);
    CHECK_EQ(gosandbox_config_set_record(c, &(struct gosandbox_record){.size = sizeof hardware, .counter = GOSANDBOX_COUNTER_TASK_CLOCK}), 0);
    r = NULL;
    CHECK(gosandbox_run(c, &r) < 0);
    CHECK_EQ(stats_of(r).measured & 1u << GOSANDBOX_FIGURE_COUNTER, 0);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    open_descriptors(after, sizeof after);
    CHECK_TEXT(after, before);
}

/* Many short processes: the table stays as large as it may be. */
static void many(void)
{
    gosandbox_result *r = recorded(SHELL("i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done"),
                                   (struct gosandbox_record){.processes = 100, .samples = 10, .interval = MS / 10, .bytes = 1});
    CHECK_EXITED(r, 0);
    CHECK_EQ(stats_of(r).processes, 301);
    CHECK_TEXT(row(r, 99).name, "true");
    CHECK_EQ(gosandbox_result_process(r, 100, &(struct gosandbox_process){.size = sizeof(struct gosandbox_process)}), 0);
    gosandbox_result_free(r);
}

static void refused(void)
{
    static const struct gosandbox_record bad[] = {
        {.size = 8},
        {.size = sizeof bad[0], .samples = 1},
        {.size = sizeof bad[0], .samples = 65537},
        {.size = sizeof bad[0], .samples = 0xffffffff},
        {.size = sizeof bad[0], .interval = MS},
        {.size = sizeof bad[0], .samples = 2, .interval = 99999},
        {.size = sizeof bad[0], .samples = 2, .interval = 1000000000001},
        {.size = sizeof bad[0], .samples = 2, .interval = UINT64_MAX},
        {.size = sizeof bad[0], .processes = 65537},
        {.size = sizeof bad[0], .bytes = 2},
        {.size = sizeof bad[0], .counter = 3},
        {.size = sizeof bad[0], .counter = UINT32_MAX},
    };
    gosandbox_config *c = config_for(fixture("exit_0"), (char *)NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_REFUSED(gosandbox_config_set_record(c, &bad[i]), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_record(NULL, NULL), GOSANDBOX_EBADF);
    CHECK_EQ(gosandbox_config_set_record(c, &(struct gosandbox_record){.size = sizeof bad[0], .samples = 2}), 0);
    CHECK_EQ(gosandbox_config_set_record(c, NULL), 0);
    gosandbox_result *r = NULL;
    struct gosandbox_sample s = {.size = sizeof s};
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EQ(gosandbox_result_sample(r, 0, &s), 0);
    CHECK_REFUSED(gosandbox_result_sample(r, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_result_process(r, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_result_sample(NULL, 0, &s), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_result_process(NULL, 0, NULL), GOSANDBOX_EBADF);
    gosandbox_result_free(r);
    gosandbox_config_free(c);

    /* A program that could not be started has no figures. */
    r = NULL;
    c = config_for("/no/such/program", (char *)NULL);
    CHECK_EQ(gosandbox_config_set_record(c, &(struct gosandbox_record){.size = sizeof bad[0], .samples = 2, .processes = 2, .bytes = 1}), 0);
    CHECK(gosandbox_run(c, &r) < 0);
    CHECK_EQ(gosandbox_result_sample(r, 0, &s), 0);
    CHECK_EQ(stats_of(r).measured & 1u << GOSANDBOX_FIGURE_BYTES_READ, 0);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc == 1 && geteuid() == 0)
        again_as_user(argv[0], 61045);
    refused();
    for (grouped = 0; grouped <= (gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 1); grouped++) {
        timeline();
        table(0);
        table(1);
        counter();
        many();
    }
    CHECK_NO_CHILDREN();
    return check_summary();
}
