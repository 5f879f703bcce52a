/*
 * Control groups through the C interface: limits of the whole tree, figures and their source, nothing left behind. A machine that
 * gives an ordinary user no groups must say so, with a reason, in every way in which it can be asked.
 */
#include "left.h"

static gosandbox_config *grouped(gosandbox_config *c)
{
    CHECK_EQ(gosandbox_config_set_cgroup(c, NULL), 0);
    return c;
}

static void arguments(void)
{
    gosandbox_config *c = PROBE("exit", "0");
    CHECK_REFUSED(gosandbox_config_set_cgroup(NULL, NULL), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_cgroup(c, "/a/../b"), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup(c, ".."), GOSANDBOX_EINVAL);
    uint32_t cpus[] = {0, 4096};
    CHECK_REFUSED(gosandbox_config_set_cgroup_cpus(c, 0, cpus), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup_cpus(c, 1, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup_cpus(c, 2, cpus), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup_cpus(NULL, 1, cpus), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_cgroup_bandwidth(c, 0, 100 * MS), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup_bandwidth(c, MS - 1, 100 * MS), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup_bandwidth(c, MS, SECOND + 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_cgroup_bandwidth(c, UINT64_MAX, 100 * MS), GOSANDBOX_EINVAL);
    gosandbox_result *r = RUN(c); /* as it was: without groups */
    CHECK_EXITED(r, 0);
    CHECK_EQ(stats_of(r).source[GOSANDBOX_FIGURE_CPU], GOSANDBOX_SOURCE_TASK_CLOCK);
    gosandbox_result_free(r);

    c = PROBE("exit", "0");
    CHECK_EQ(gosandbox_config_set_cgroup(c, "/no/such/group"), 0);
    r = RUN_EXPECT(c, GOSANDBOX_EUNSUPPORTED);
    CHECK(r == NULL);
    CHECK_EQ(gosandbox_last_error()->sys_errno, ENOENT);
    CHECK(strstr(gosandbox_last_error()->message, "/no/such/group") != NULL);
}

static int supported(void)
{
    int all = 1;
    for (uint32_t f = GOSANDBOX_FEATURE_CGROUP_MEMORY; f <= GOSANDBOX_FEATURE_CGROUP_KILL; f++) {
        int has = gosandbox_feature(f);
        CHECK(has == 0 || has == 1);
        if (!has) {
            all = 0;
            const struct gosandbox_error *e = gosandbox_last_error();
            CHECK_EQ(e->code, GOSANDBOX_EUNSUPPORTED);
            CHECK_SAY(e->sys_errno != 0 && strncmp(e->message, "CGROUP_", 7) == 0 && strchr(e->message, '('), "no remedy: %s", e->message);
        }
    }
    CHECK_SAY(all || geteuid() != 0, "root has no groups: %s", gosandbox_last_error()->message);
    return all;
}

/* Not root, not delegated: the run is refused, it does not go on without the groups. */
static void refused(void)
{
    gosandbox_config *c = grouped(config_for(fixture("memory_under"), NULL));
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB), 0);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_EUNSUPPORTED);
    CHECK(r == NULL);
    CHECK(gosandbox_last_error()->sys_errno != 0);
    CHECK(strchr(gosandbox_last_error()->message, '(') != NULL);
}

static void figures(void)
{
    gosandbox_config *c = grouped(PROBE("burn", "50"));
    for (int i = 0; i < 3; i++) { /* fresh groups each time: nothing is left from the last run */
        gosandbox_result *r = NULL;
        CHECK_EQ(gosandbox_run(c, &r), 0);
        CHECK_EXITED(r, 0);
        struct gosandbox_stats s = stats_of(r);
        CHECK_EQ(s.source[GOSANDBOX_FIGURE_CPU], GOSANDBOX_SOURCE_CGROUP);
        CHECK_EQ(s.source[GOSANDBOX_FIGURE_MEMORY_PEAK], GOSANDBOX_SOURCE_CGROUP);
        CHECK_SAY(s.cpu >= 50 * MS && s.cpu < 80 * MS, "burnt 50 ms, shown %llu ns", (unsigned long long)s.cpu);
        CHECK_EQ(s.user + s.sys, s.cpu);
        CHECK_SAY(s.memory_peak > 0 && s.memory_peak < 2 * MIB, "peak %llu", (unsigned long long)s.memory_peak);
        gosandbox_result_free(r);
    }
    gosandbox_config_free(c);
}

/* Parent and two children of 40 MiB each: the limit is that of all. */
static void memory_of_the_tree(void)
{
    for (int i = 0; i < 2; i++) {
        gosandbox_config *c = config_for(fixture("memory_per_process"), NULL);
        CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, (i ? 64 : 200) * MIB), 0);
        gosandbox_result *r = RUN(grouped(c));
        struct gosandbox_stats s = stats_of(r);
        if (i) {
            CHECK_STATUS(r, GOSANDBOX_STATUS_MEMORY_LIMIT);
            CHECK_SAY(s.memory_peak > 64 * MIB, "peak %llu", (unsigned long long)s.memory_peak);
        } else {
            CHECK_EXITED(r, 0);
            CHECK_SAY(s.memory_peak >= 120 * MIB && s.memory_peak < 122 * MIB, "peak %llu", (unsigned long long)s.memory_peak);
        }
        gosandbox_result_free(r);
    }
}

/* A tenth of a processor; and bound to one, which the program cannot undo. */
static void bandwidth(void)
{
    gosandbox_config *c = PROBE("burn", "40");
    uint32_t cpu = 0;
    CHECK_EQ(gosandbox_config_set_cgroup_bandwidth(c, 5 * MS, 50 * MS), 0);
    CHECK_EQ(gosandbox_config_set_cgroup_cpus(c, 1, &cpu), 0);
    CHECK_EQ(gosandbox_config_set_cgroup(c, ""), 0); /* keeps them */
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    struct gosandbox_stats s = stats_of(r);
    CHECK_SAY(s.wall >= 5 * s.cpu && s.cpu >= 20 * MS, "%llu ns of CPU time in %llu", (unsigned long long)s.cpu, (unsigned long long)s.wall);
    gosandbox_result_free(r);
}

static void bomb(void)
{
    gosandbox_config *c = config_for(fixture("processes_bomb_daemons"), NULL);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 20), 0);
    gosandbox_result *r = RUN(grouped(c));
    CHECK_STATUS(r, GOSANDBOX_STATUS_PROCESS_LIMIT);
    gosandbox_result_free(r);
}

static void *runs(void *arg)
{
    for (int i = 0; i < 10; i++) {
        gosandbox_result *r = RUN(grouped(PROBE("exit", "3")));
        CHECK_EXITED(r, 3);
        gosandbox_result_free(r);
    }
    return arg;
}

static void side_by_side(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, runs, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static void killed(void)
{
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    gosandbox_config *c = grouped(PROBE("sleep", "15000"));
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    nap_ms(20);
    CHECK_EQ(gosandbox_task_kill(task), 0);
    CHECK_EQ(gosandbox_task_wait(task, -1, &r), 0);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    gosandbox_result_free(r);
    gosandbox_task_free(task);

    /* A program that is not there. */
    r = RUN_EXPECT(grouped(config_for("/no/such/program", NULL)), GOSANDBOX_ESETUP);
    CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
    CHECK_EQ(gosandbox_last_error()->step, GOSANDBOX_STEP_EXEC);
    gosandbox_result_free(r);
}

int main(void)
{
    arguments();
    if (supported()) {
        figures();
        memory_of_the_tree();
        bandwidth();
        bomb();
        side_by_side();
        killed();
    } else {
        refused();
    }
    CHECK_EQ(groups_left(), 0);
    return check_summary();
}
