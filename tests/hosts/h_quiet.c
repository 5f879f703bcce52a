/*
 * What a host would notice of the library at work: signals, pauses of other threads, and its own size.
 */
#include "again.h"

#include <sys/mman.h>

static int children_signals;
static void count(int signal) { __atomic_add_fetch(&children_signals, signal == SIGCHLD, __ATOMIC_SEQ_CST); }
static int counted(void) { return __atomic_load_n(&children_signals, __ATOMIC_SEQ_CST); }

static void allow(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event;
    __atomic_add_fetch((int *)payload, 1, __ATOMIC_SEQ_CST);
    *out = GOSANDBOX_ERRNO(EPERM);
}

/* Every stop of a traced program sends one SIGCHLD; nothing that is decided in the kernel or by notification does. */
static void few_signals(void)
{
    enum { RUNS = 20, FEW = 12 };
    struct sigaction action, old;
    int asked = 0;
    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    action.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &action, &old);
    for (int i = 0; i < RUNS; i++)
        FULL_RUN();
    CHECK_SAY(counted() <= RUNS * FEW, "%d SIGCHLD in %d runs", counted(), RUNS);
    int before = counted();
    gosandbox_config *c = config_for("/bin/sh", "-c", "i=0; while [ $i -lt 3000 ]; do cd / 2>/dev/null; i=$((i + 1)); done", (char *)NULL);
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "chdir", GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_callback(c, allow, &asked), 0);
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_EXITED);
    gosandbox_result_free(r);
    CHECK_SAY(asked >= 3000, "%d calls were asked about", asked);
    CHECK_SAY(counted() - before <= 2 * FEW, "%d SIGCHLD in a run of %d notifications", counted() - before, asked);
    sigaction(SIGCHLD, &old, NULL);
}

/* Go stops all its threads for a collection, and waits for one that it believes to be at work: so none of the library's may be blocked in a
 * system call behind its back. Were one, collections would take as long as these programs. */
static void no_pauses(void)
{
    enum { TASKS = 8, CALLS = 3000, BYTES = 64 << 10 }; /* six collections */
    static char bytes[BYTES];
    gosandbox_task *tasks[TASKS];
    gosandbox_result *r = NULL;
    for (int i = 0; i < TASKS; i++) {
        gosandbox_config *c = PROBE("sleep", "15000");
        if (i % 2)
            gosandbox_config_capture(c, 1, 100);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB);
        CHECK_EQ(gosandbox_start(c, &tasks[i]), 0);
        gosandbox_config_free(c);
    }
    double longest = 0;
    for (int i = 0; i < CALLS; i++) {
        gosandbox_config *c = NULL;
        double begin = now();
        CHECK_EQ(gosandbox_config_new(&c), 0);
        CHECK_EQ(gosandbox_config_set_stdin_bytes(c, bytes, sizeof bytes), 0);
        gosandbox_config_free(c);
        if (now() - begin > longest)
            longest = now() - begin;
    }
    for (int i = 0; i < TASKS; i++) {
        CHECK_SAY(gosandbox_task_wait(tasks[i], 0, &r) == GOSANDBOX_ETIMEDOUT, "a call took %.1f s, as long as a program", longest);
        gosandbox_result_free(r);
        r = NULL;
        gosandbox_task_free(tasks[i]);
    }
}

/* A start costs the same whatever the size of the host: a fork would copy page tables, 10 ms for this much. */
static double quickest(void)
{
    double least = 100;
    for (int i = 0; i < 30; i++) {
        gosandbox_config *c = PROBE("exit", "0");
        double begin = now();
        gosandbox_result *r = NULL;
        CHECK_EQ(gosandbox_run(c, &r), 0);
        if (now() - begin < least)
            least = now() - begin;
        gosandbox_result_free(r);
        gosandbox_config_free(c);
    }
    return least;
}

static void large(void)
{
    const size_t size = 512ull << 20;
    double small = quickest();
    char *memory = (char *)mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!CHECK(memory != MAP_FAILED))
        return;
    madvise(memory, size, MADV_NOHUGEPAGE); /* as many page table entries as can be */
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    double big = quickest();
    CHECK_SAY(big < small + 0.004, "a run takes %.2f ms in a small host and %.2f ms in a large one", small * 1e3, big * 1e3);
    munmap(memory, size);
}

int main(void)
{
    few_signals();
    large();
    no_pauses();
    CHECK_NO_CHILDREN();
    return check_summary();
}
