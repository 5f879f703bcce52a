/*
 * A soak: runs of every kind from 8 threads for some minutes, a third of them cancelled. What the process holds must be the same in the
 * last minute as in the first. Usage: soak [MINUTES], 1 unless given; it may be a fraction.
 */
#include "again.h"

enum { THREADS = 8, MOST = 2000 };
static int finished;
static long runs, cancelled, late;

struct sample {
    double minute;
    int descriptors, zombies, mounts;
    long runs, cancelled, threads, rss;
};
static struct sample samples[MOST];

/* One run of a kind; told by a task that another thread could kill, or by a blocking run. */
static void one(unsigned random)
{
    static const char *const names[] = {"exit_1", "signal_abort", "memory_populate", "processes_sequential", "left_daemon", "threads_64",
                                        "exec_chain", "guard_x32", "output_children", "cpu_busy", "wall_sleep", "left_zombies"};
    const char *name = names[random % (sizeof names / sizeof *names)];
    gosandbox_config *c = config_for(fixture(name), NULL);
    gosandbox_result *r = NULL;
    gosandbox_task *task = NULL;
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 50 * MS);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, random & 1024 ? 50 * MS : 300 * MS);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 32 * MIB);
    gosandbox_config_capture(c, 1, 4096);
    gosandbox_config_set_stdin_bytes(c, "soak", 4);
    const int cancel = random / 16 % 3 == 0;
    int code;
    if (cancel) {
        code = gosandbox_start(c, &task);
        if (random & 2048)
            nap_ms(random >> 12 & 7);
        if (random & 4096)
            gosandbox_task_poll_fd(task);
        if (random & 8192 && code == 0)
            code = gosandbox_task_kill(task), code = code ? code : gosandbox_task_wait(task, 20 * SECOND, &r);
        gosandbox_task_free(task); /* kills it when that was not done */
        __atomic_add_fetch(&cancelled, 1, __ATOMIC_RELAXED);
    } else {
        code = gosandbox_run(c, &r);
    }
    /* A machine with more to do than CPUs may not get round to an exec within the second that it has: told as such, and counted. */
    const int timed_out = code == GOSANDBOX_ESETUP && gosandbox_last_error()->sys_errno == ETIMEDOUT;
    __atomic_add_fetch(&late, timed_out, __ATOMIC_RELAXED);
    CHECK_SAY(code == 0 || timed_out, "%s: %d (%s)", name, code, gosandbox_last_error()->message);
    if (r && !timed_out)
        CHECK_SAY(stats_of(r).status < GOSANDBOX_STATUS_SETUP_FAILED, "%s: %s", name, gosandbox_result_message(r));
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    __atomic_add_fetch(&runs, 1, __ATOMIC_RELAXED);
}

static void *soaker(void *seed)
{
    unsigned random = (unsigned)(intptr_t)seed * 2654435761u;
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        random = random * 1103515245u + 12345u;
        one(random >> 4);
    }
    return NULL;
}

static int lines_of(const char *path)
{
    int n = 0, c;
    FILE *f = fopen(path, "r");
    while (f && (c = getc(f)) != EOF)
        n += c == '\n';
    if (f)
        fclose(f);
    return n;
}

/* All threads rest meanwhile, so that what is there belongs to no run. */
static void take(int i, double minute)
{
    char text[20000];
    struct sample *s = &samples[i];
    s->minute = minute;
    s->descriptors = open_descriptors(text, sizeof text);
    s->zombies = children(text, sizeof text);
    s->mounts = lines_of("/proc/self/mountinfo") * 1000 + lines_of("/proc/self/cgroup");
    s->threads = status_number("Threads:");
    s->rss = status_number("VmRSS:");
    s->runs = runs;
    s->cancelled = cancelled;
    printf("%7.2f %9ld %9ld %11d %8ld %8d %9ld %7d\n", minute, s->runs, s->cancelled, s->descriptors, s->threads, s->zombies, s->rss,
           s->mounts / 1000);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const double minutes = argc > 1 ? atof(argv[1]) : 1, begin = now();
    const double step = minutes < 10 ? minutes / 10 : 1;
    if (minutes <= 0 || minutes / step + 1 > MOST) {
        fprintf(stderr, "usage: soak [MINUTES]\n");
        return 2;
    }
    printf("%7s %9s %9s %11s %8s %8s %9s %7s\n", "minute", "runs", "cancelled", "descriptors", "threads", "children", "RSS/kB", "mounts");
    int n = 0;
    for (double at = 0; at < minutes - step / 2 || n < 2; at += step) {
        pthread_t threads[THREADS];
        __atomic_store_n(&finished, 0, __ATOMIC_RELEASE);
        for (intptr_t i = 0; i < THREADS; i++)
            pthread_create(&threads[i], NULL, soaker, (void *)(i + 1 + n * THREADS));
        for (double end = begin + (at + step) * 60; now() < end;)
            nap_ms(20);
        __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        nap_ms(300); /* threads that end leave the count a moment later */
        take(n++, (now() - begin) / 60);
    }
    const struct sample *first = &samples[n > 2 ? 1 : 0], *last = &samples[n - 1];
    CHECK_SAY(last->descriptors <= first->descriptors + 2, "descriptors: %d, then %d", first->descriptors, last->descriptors);
    CHECK_EQ(last->zombies, 0);
    CHECK_EQ(last->mounts, first->mounts);
    CHECK_SAY(last->threads <= first->threads + 8, "threads: %ld, then %ld", first->threads, last->threads);
    CHECK_SAY(last->rss <= first->rss + 8192, "RSS: %ld kB, then %ld", first->rss, last->rss);
    CHECK(last->runs > first->runs && last->cancelled > 0);
    printf("%ld runs whose start took longer than a second\n", late);
    CHECK_SAY(late * 500 <= last->runs, "%ld of %ld starts took longer than a second", late, last->runs);
    return check_summary();
}
