/* How far a limit is overshot, on a machine that is idle but for this. */
#include "accuracy.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints how far limits are overshot; with `strict` returns how many programs overshoot by more than 5 ms of CPU or 10 ms of wall
 * time at the median or something is left of, else how many get a wrong verdict. */
int enforcement(int tries, const char *parent, int strict)
{
    static const struct {
        struct row row;
        double most; /* ms */
    } programs[] = {
        {{"endless", 0, 0, 0, 0, 0, 100 * MS, 0, 0, 0}, 5},
        {{"endless8", 0, 0, 0, 0, 0, 100 * MS, 0, 0, 0}, 5},
        {{"endless8p", 0, 0, 0, 0, 0, 100 * MS, 0, 0, 0}, 5},
        {{"sleep", 2 * SECOND, 0, 0, 0, 0, 0, 50 * MS, 0, 0}, 10},
        {{"endless", 0, 0, 0, 0, 0, 0, 50 * MS, 0, 0}, 10},
    };
    int bad = 0;
    double *over = calloc((size_t)tries, sizeof *over);
    group_parent = parent;
    printf("limits, on an idle machine: %d tries each\n  %-12s %-12s %-16s %9s %9s %9s\n", tries, "program", "limit", "groups", "median", "95 %",
           "worst");
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        for (int cgroup = 0; cgroup < (gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 1 ? 2 : 1); cgroup++) {
            const struct row *row = &programs[i].row;
            struct setting setting = {cgroup, 0, 0, 0};
            int wrong = 0;
            for (int t = 0; t < tries; t++) {
                struct sight s;
                int code = look(row, &setting, &s);
                uint32_t expected = row->limit_cpu ? GOSANDBOX_STATUS_CPU_LIMIT : GOSANDBOX_STATUS_WALL_LIMIT;
                wrong += code != 0 || s.stats.status != expected || s.alive;
                over[t] = ((double)(row->limit_cpu ? s.stats.cpu : s.stats.wall) - (double)(row->limit_cpu ? row->limit_cpu : row->limit_wall)) / 1e6;
            }
            qsort(over, (size_t)tries, sizeof *over, ascending);
            int late = over[tries * 95 / 100] > programs[i].most;
            printf("  %-12s %-12s %-16s %6.2f ms %6.2f ms %6.2f ms%s%s\n", row->mode, row->limit_cpu ? "100 ms CPU" : "50 ms wall",
                   cgroup ? "control groups" : "none", over[tries / 2], over[tries * 95 / 100], over[tries - 1], wrong ? "  WRONG" : "",
                   late ? "  LATE" : "");
            fflush(stdout);
            bad += wrong || (strict && late);
        }
    free(over);
    return bad;
}
