/* Programs that stay just below a limit or pass it by a little: whatever is decided, status and figures agree. */
#include "accuracy.h"

enum { CPU, WALL, MEMORY, OUTPUT, PROCESSES, KINDS };

static const struct {
    const char *name, *mode;
    long long limit;
    uint32_t which, status;
} kinds[KINDS] = {
    [CPU] = {"CPU time", "thread", 60 * MS, GOSANDBOX_LIMIT_CPU, GOSANDBOX_STATUS_CPU_LIMIT},
    [WALL] = {"wall time", "sleep", 60 * MS, GOSANDBOX_LIMIT_WALL, GOSANDBOX_STATUS_WALL_LIMIT},
    [MEMORY] = {"memory", "malloc", 64 * MIB, GOSANDBOX_LIMIT_MEMORY, GOSANDBOX_STATUS_MEMORY_LIMIT},
    [OUTPUT] = {"output", "write", 100000, GOSANDBOX_LIMIT_OUTPUT, GOSANDBOX_STATUS_OUTPUT_LIMIT},
    [PROCESSES] = {"processes", "fork", 50, GOSANDBOX_LIMIT_PROCESSES, GOSANDBOX_STATUS_PROCESS_LIMIT},
};

/* The figure that a limit is about. */
static uint64_t figure_of(int kind, const struct gosandbox_stats *s)
{
    switch (kind) {
    case CPU: return s->cpu;
    case WALL: return s->wall;
    case MEMORY: return s->memory_peak;
    case OUTPUT: return s->output_bytes;
    }
    return s->processes_peak;
}

/* One run at 98 or 102 % of a limit. Above it the verdict must be that of the limit. Below it the figure decides: the start of a program,
 * or a sleep on a busy machine, may have brought it over, and then the verdict has to say so. */
static int border(int kind, int above, int cgroup)
{
    char amount[32];
    const char *argv[3] = {work_path, kinds[kind].mode, amount};
    gosandbox_config *c = NULL;
    gosandbox_result *r = NULL;
    snprintf(amount, sizeof amount, "%lld", kinds[kind].limit * (above ? 102 : 98) / 100);
    gosandbox_config_new(&c);
    gosandbox_config_set_argv(c, 3, argv);
    gosandbox_config_capture(c, 1, 1 << 20);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
    gosandbox_config_set_limit(c, kinds[kind].which, (uint64_t)kinds[kind].limit);
    if (cgroup)
        gosandbox_config_set_cgroup(c, NULL);
    int code = gosandbox_run(c, &r);
    struct gosandbox_stats s = r ? stats_of(r) : (struct gosandbox_stats){.status = 999};
    uint64_t figure = figure_of(kind, &s), limit = (uint64_t)kinds[kind].limit;
    int over = kind == CPU || kind == WALL ? figure >= limit : figure > limit;
    int limited = s.status == kinds[kind].status, good = code == 0 && (limited || s.status == GOSANDBOX_STATUS_EXITED);
    if (limited != over && !(limited && kind == MEMORY && cgroup)) /* the kernel's own memory is charged to a group, too */
        good = 0;
    if (above && !limited)
        good = 0;
    if (!above && limited && (kind == OUTPUT || kind == PROCESSES || kind == MEMORY))
        good = 0;
    if (!good)
        printf("  %s at %s %%%s: run gave %d, %s, figure %llu, limit %llu: %s\n", kinds[kind].name, above ? "102" : "98",
               cgroup ? " in groups" : "", code, gosandbox_status_name(s.status), (unsigned long long)figure, (unsigned long long)limit,
               r ? gosandbox_result_message(r) : gosandbox_last_error()->message);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    return !good;
}

/* Makes so many runs and returns how many were wrong. */
int borderline(int runs)
{
    int bad = 0, groups = gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 1;
    for (int i = 0; i < runs; i++)
        bad += border(i % KINDS, i / KINDS & 1, groups && i / KINDS / 2 & 1);
    printf("%d borderline runs%s, %d contradict themselves\n", runs, groups ? ", half of them in control groups" : "", bad);
    return bad;
}
