/*
 * A soak: runs of every kind from 8 threads for some minutes, a third of them cancelled. What the process holds must be the same in the
 * last minute as in the first. Usage: soak [MINUTES], 1 unless given; it may be a fraction.
 */
#include "again.h"
#include "left.h"

enum { THREADS = 8, MOST = 2000 };
static int finished;
static long runs, cancelled, played[16]; /* by kind, see embellish; the others are plain */

struct sample {
    double minute;
    int descriptors, zombies, mounts;
    long runs, cancelled, threads, rss;
};
static struct sample samples[MOST];

static int groups, namespaces; /* whether this machine gives them */

static void decide(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)payload;
    gosandbox_event_set_return(event, 4711);
    *out = call->phase == GOSANDBOX_PHASE_EXIT || call->args[0] % 2 ? GOSANDBOX_RETURN : GOSANDBOX_INSPECT;
}

/* What is asked of a run besides: callbacks, path rules, a trace, learning, control groups, namespaces. */
static void embellish(gosandbox_config *c, unsigned kind, gosandbox_learner **learner)
{
    int bad = 0;
    switch (kind) {
    case 0:
        bad |= gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW);
        bad |= gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "write", GOSANDBOX_NOTIFY, 0, NULL);
        bad |= gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "getppid", GOSANDBOX_NOTIFY, 0, NULL);
        bad |= gosandbox_config_set_callback(c, decide, NULL);
        break;
    case 1:
        bad |= gosandbox_config_add_path(c, "/", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
        bad |= gosandbox_config_add_path(c, "/tmp/", GOSANDBOX_PATH_WRITE);
        bad |= gosandbox_config_set_path_action(c, GOSANDBOX_ERRNO(EACCES));
        break;
    case 2:
        bad |= gosandbox_config_set_trace(c, GOSANDBOX_TRACE_TEXT | GOSANDBOX_TRACE_COUNT, 1 << 16);
        break;
    case 3:
        bad |= gosandbox_learner_new(learner);
        bad |= gosandbox_config_set_learner(c, *learner);
        break;
    case 4:
        bad |= groups ? gosandbox_config_set_cgroup(c, NULL) : 0;
        break;
    case 5:
        bad |= namespaces ? gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_PID | GOSANDBOX_ISOLATE_IPC | GOSANDBOX_ISOLATE_UTS, NULL) : 0;
        break;
    case 6:
        bad |= namespaces ? gosandbox_config_set_isolation(c, GOSANDBOX_ISOLATE_ALL, NULL) : 0;
        break;
    }
    CHECK_SAY(bad == 0, "kind %u: %s", kind, gosandbox_last_error()->message);
}

/* One run of a kind; told by a task that another thread could kill, or by a blocking run. */
static void one(unsigned random)
{
    static const char *const names[] = {"exit_1", "signal_abort", "memory_populate", "processes_sequential", "left_daemon", "threads_64",
                                        "exec_chain", "guard_x32", "output_children", "cpu_busy", "wall_sleep", "left_zombies"};
    const unsigned kind = random >> 14 & 15;
    const char *name = names[random % (sizeof names / sizeof *names)];
    gosandbox_config *c = kind == 0 && random & 1 ? config_for(fixture("called"), "ppid", "20", NULL) : config_for(fixture(name), NULL);
    gosandbox_result *r = NULL;
    gosandbox_task *task = NULL;
    gosandbox_learner *learner = NULL;
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 50 * MS);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, random & 1024 ? 50 * MS : 300 * MS);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 32 * MIB);
    gosandbox_config_capture(c, 1, 4096);
    gosandbox_config_set_stdin_bytes(c, "soak", 4);
    embellish(c, kind, &learner);
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
    CHECK_SAY(code == 0, "%s, kind %u: %d (%s)", name, kind, code, gosandbox_last_error()->message);
    if (r)
        CHECK_SAY(stats_of(r).status < GOSANDBOX_STATUS_SETUP_FAILED, "%s, kind %u: %s", name, kind, gosandbox_result_message(r));
    __atomic_add_fetch(&played[kind], 1, __ATOMIC_RELAXED);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    gosandbox_learner_free(learner);
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
    groups = gosandbox_feature(GOSANDBOX_FEATURE_CGROUP_MEMORY) == 1;
    namespaces = gosandbox_feature(GOSANDBOX_FEATURE_PID_NAMESPACE) == 1 && gosandbox_feature(GOSANDBOX_FEATURE_NET_NAMESPACE) == 1 &&
                 geteuid() == 0;
    if (!groups || !namespaces)
        printf("not run: %s%s\n", groups ? "" : "control groups ", namespaces ? "" : "namespaces");
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
    /* Up to 32 MiB of garbage come and go, so the lowest figure of each half tells. */
    long early = first->rss, late = last->rss;
    for (const struct sample *s = first; s <= last; s++) {
        long *half = s - first <= (last - first) / 2 ? &early : &late;
        *half = s->rss < *half ? s->rss : *half;
    }
    CHECK_SAY(late <= early + 4096, "RSS: at least %ld kB in the first half, %ld in the second", early, late);
    CHECK(last->runs > first->runs && last->cancelled > 0);
    static const char *const kinds[] = {"callbacks", "path rules", "traces", "learning", "control groups", "pid namespaces", "isolation"};
    for (int i = 0; i < 7; i++) {
        printf("%ld with %s%s", played[i], kinds[i], i < 6 ? ", " : "\n");
        CHECK(played[i] > 0);
    }
    CHECK_EQ(groups_left(), 0);
    return check_summary();
}
