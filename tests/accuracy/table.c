/* The table of one setting: every row so many times, the worst that was seen, and whether that is good enough. */
#include "accuracy.h"

#define EXITED GOSANDBOX_STATUS_EXITED
#define KILLED GOSANDBOX_STATUS_SIGNALED
#define MLE GOSANDBOX_STATUS_MEMORY_LIMIT
#define CLE GOSANDBOX_STATUS_CPU_LIMIT

/* What the program itself takes: data, stack, page tables. */
#define OWN (96ll << 10)

static const struct row rows[] = {
    /* mode, amount, status in groups and without, peak in groups and without, limits of CPU, wall and memory, reads a file */
    {"thread", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"threads8", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"processes8", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"orphans", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"unwaited", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"ignored", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"syscalls", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"killed", 200 * MS, KILLED, KILLED, -1, -1, 0, 0, 0, 0},
    {"killed8", 200 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"endless", 0, CLE, CLE, -1, -1, 200 * MS, 0, 0, 0},
    {"endless8", 0, CLE, CLE, -1, -1, 200 * MS, 0, 0, 0},
    {"endless8p", 0, CLE, CLE, -1, -1, 200 * MS, 0, 0, 0},
    {"sleep", 60 * MS, EXITED, EXITED, -1, -1, 0, 0, 0, 0},
    {"sleep", 2 * SECOND, GOSANDBOX_STATUS_WALL_LIMIT, GOSANDBOX_STATUS_WALL_LIMIT, -1, -1, 0, 60 * MS, 0, 0},
    {"malloc", 64 * MIB, EXITED, EXITED, 64 * MIB, 64 * MIB, 0, 0, 0, 0},
    {"shared", 64 * MIB, EXITED, EXITED, 64 * MIB, 64 * MIB, 0, 0, 0, 0},
    {"memfd_mapped", 64 * MIB, EXITED, EXITED, 64 * MIB, 64 * MIB, 0, 0, 0, 0},
    {"memfd_written", 64 * MIB, EXITED, EXITED, 64 * MIB, 0, 0, 0, 0, 0}, /* in no process's memory: only a group sees it */
    {"stack", 64 * MIB, EXITED, EXITED, 64 * MIB, 64 * MIB, 0, 0, 0, 0},
    {"freed", 64 * MIB, EXITED, EXITED, 64 * MIB, 64 * MIB, 0, 0, 0, 0},
    {"at_once", 64 * MIB, EXITED, EXITED, 64 * MIB + 5 * OWN, 16 * MIB + OWN, 0, 0, 0, 0},
    {"in_sequence", 64 * MIB, EXITED, EXITED, 16 * MIB + 2 * OWN, 16 * MIB + OWN, 0, 0, 0, 0},
    {"killed_at_peak", 64 * MIB, KILLED, KILLED, 64 * MIB, 64 * MIB, 0, 0, 0, 0},
    {"file_read", 0, EXITED, EXITED, OWN + (256 << 10), OWN + (256 << 10), 0, 0, 32 * MIB, 1},
    {"file_mapped", 0, EXITED, EXITED, OWN, OWN, 0, 0, 32 * MIB, 1},
    {"file_unmapped", 0, EXITED, EXITED, OWN, OWN, 0, 0, 32 * MIB, 1},
    {"malloc", 64 * MIB, MLE, MLE, -1, -1, 0, 0, 48 * MIB, 0},
    {"shared", 64 * MIB, MLE, MLE, -1, -1, 0, 0, 48 * MIB, 0},
    {"at_once", 128 * MIB, MLE, EXITED, -1, -1, 0, 0, 48 * MIB, 0}, /* of the tree, and of a process */
};

/* The worst of a row. */
struct worst {
    int right, alive, broken;
    double cpu_ms, cpu_percent, memory_kib, memory_percent, wall_ms;
    char first[400]; /* what was wrong first */
};

static double larger(double a, double b) { return a > b ? a : b; }
static double size_of(double x) { return x < 0 ? -x : x; }

static void wrong(struct worst *w, const struct row *row, const struct sight *s, const char *what)
{
    if (!w->first[0])
        snprintf(w->first, sizeof w->first, "%s: %s; %s, cpu %.3f ms of %.3f, memory %.0f KiB, wall %.3f ms: %s", row->mode, what,
                 gosandbox_status_name(s->stats.status), (double)s->stats.cpu / 1e6, (double)s->cpu / 1e6,
                 (double)s->stats.memory_peak / 1024, (double)s->stats.wall / 1e6, s->message);
}

/* Within 1 ms or 1 %, and 512 KiB or 1 %. */
static void judge(struct worst *w, const struct row *row, const struct setting *setting, const struct sight *s, int code)
{
    uint32_t status = setting->cgroup ? row->status : row->alone;
    if (code != 0 || s->stats.status != status)
        wrong(w, row, s, "the verdict");
    else
        w->right++;
    if (s->alive)
        w->alive++, wrong(w, row, s, "something is left");
    if (s->cpu >= 0) {
        double off = size_of((double)s->stats.cpu - (double)s->cpu) / 1e6, percent = 100 * off / ((double)s->cpu / 1e6);
        if (off > 1 && percent > 1)
            w->broken++, wrong(w, row, s, "CPU time");
        w->cpu_ms = larger(w->cpu_ms, off);
        w->cpu_percent = larger(w->cpu_percent, percent);
    }
    long long memory = setting->cgroup ? row->memory : row->largest;
    if (memory >= 0) {
        double off = size_of((double)s->stats.memory_peak - (double)memory) / 1024;
        double percent = memory ? 100 * off / ((double)memory / 1024) : 0;
        if (off > 512 && (percent > 1 || !memory))
            w->broken++, wrong(w, row, s, "memory");
        w->memory_kib = larger(w->memory_kib, off);
        w->memory_percent = larger(w->memory_percent, percent);
    }
    if (!strcmp(row->mode, "sleep")) { /* it lasts as long as it sleeps, and no longer than it was seen from outside */
        long long least = row->limit_wall ? row->limit_wall : row->amount;
        if ((long long)s->stats.wall < least || (long long)s->stats.wall > s->outside)
            w->broken++, wrong(w, row, s, "wall time");
        w->wall_ms = larger(w->wall_ms, (double)((long long)s->stats.wall - least) / 1e6);
    }
}

/* What a program uses that it cannot tell: before and after main, and with children also their beginning and their end. The median of a few that do
 * nothing else. */
static long long hidden_in(const char *mode, const struct setting *setting)
{
    const struct row nothing = {mode, 0, EXITED, EXITED, -1, -1, 0, 0, 0, 0};
    long long seen[9];
    for (int i = 0; i < 9; i++) {
        struct sight s;
        seen[i] = look(&nothing, setting, &s) == 0 && s.cpu >= 0 ? (long long)s.stats.cpu - s.cpu : 0;
        for (int j = i; j > 0 && seen[j] < seen[j - 1]; j--) {
            long long t = seen[j];
            seen[j] = seen[j - 1], seen[j - 1] = t;
        }
    }
    return seen[4];
}

static int has_children(const struct row *row)
{
    static const char *const modes[] = {"processes8", "orphans", "unwaited", "ignored", "killed8", "endless8p"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (!strcmp(row->mode, modes[i]))
            return 1;
    return 0;
}

/* Prints the table of a setting; returns how many rows are not good enough. */
int one_setting(int number, int tries, const char *parent)
{
    struct setting setting = setting_of(number);
    enum { LARGE = 1 << 30 };
    char *ballast = NULL;
    int bad = 0;
    group_parent = parent;
    if (setting.large) {
        ballast = malloc(LARGE);
        memset(ballast, 1, LARGE);
    }
    long long start = hidden_in("sleep", &setting), with_children = hidden_in("processes8", &setting);
    printf("%s, %s, %s machine, host of %s: %d tries each; a program that does nothing takes %.3f ms, with seven children %.3f ms\n", setting.cgroup ? "control groups" : "no control group",
           setting.user ? "ordinary user" : "root", setting.load ? "loaded" : "idle", setting.large ? "1 GiB" : "a few MiB", tries,
           (double)start / 1e6, (double)with_children / 1e6);
    printf("  %-16s %-14s %9s %15s %17s %9s\n", "program", "status", "verdicts", "CPU off by", "memory off by", "wall +");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct worst w;
        /* With few tries the machine's own doing can spoil one, and says nothing about the next. */
        for (int rounds = tries < 10 ? 3 : 1; rounds > 0; rounds--) {
            memset(&w, 0, sizeof w);
            for (int t = 0; t < tries; t++) {
                struct sight s;
                int code = look(row, &setting, &s);
                if (s.cpu >= 0)
                    s.cpu += has_children(row) ? with_children : start;
                judge(&w, row, &setting, &s, code);
            }
            if (w.right < tries || w.alive || !w.broken)
                break; /* what is wrong beyond a figure is wrong */
        }
        char cpu[40] = "", memory[40] = "", wall[40] = "";
        if (w.cpu_ms > 0)
            snprintf(cpu, sizeof cpu, "%.3f ms %5.2f %%", w.cpu_ms, w.cpu_percent);
        if (w.memory_kib > 0)
            snprintf(memory, sizeof memory, "%.0f KiB %5.2f %%", w.memory_kib, w.memory_percent);
        if (w.wall_ms > 0)
            snprintf(wall, sizeof wall, "%.2f ms", w.wall_ms);
        int good = w.right == tries && !w.alive && !w.broken;
        printf("  %-16s %-14s %4d/%-4d %16s %17s %9s%s\n", row->mode,
               gosandbox_status_name(setting.cgroup ? row->status : row->alone), w.right, tries, cpu, memory, wall, good ? "" : "  WRONG");
        if (!good)
            printf("    %d verdicts wrong, %d figures off, %d times something left; first %s\n", tries - w.right, w.broken, w.alive, w.first);
        fflush(stdout);
        bad += !good;
    }
    free(ballast);
    return bad;
}
