/*
 * Hostile programs and careless callbacks: storms of signals around calls that are decided about, memory that never arrives, answers of every
 * value and with every kind of descriptor, many runs at once, and a host that gets signals all the time.
 */
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>

static gosandbox_config *asked(const char *name, const char *a, const char *call, gosandbox_syscall_cb callback, void *payload)
{
    gosandbox_config *c = config_for(fixture(name), a, (char *)NULL);
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, call, GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_callback(c, callback, payload), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 4096), 0);
    return c;
}

/* Decides in turn in every way that leaves the program a result. */
static void in_turn(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    char block[64];
    unsigned turn = __atomic_add_fetch((unsigned *)payload, 1, __ATOMIC_RELAXED);
    gosandbox_event_read(event, call->ip, block, sizeof block);
    *out = GOSANDBOX_ALLOW;
    if (call->phase == GOSANDBOX_PHASE_EXIT)
        return;
    if (turn % 4 == 1)
        *out = GOSANDBOX_INSPECT;
    else if (turn % 4 == 2)
        gosandbox_event_set_arg(event, 3, turn); /* getppid has no such argument */
    else if (turn % 4 == 3)
        *out = GOSANDBOX_ERRNO(EPERM);
}

static void *storm(void *payload)
{
    gosandbox_result *r = RUN(asked("attack_signals", NULL, "getppid", in_turn, payload));
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "done\n");
    gosandbox_result_free(r);
    return NULL;
}

static void storms(void)
{
    static char before[20000], after[20000];
    pthread_t threads[16];
    unsigned turns = 0;
    storm(&turns);
    int had = open_descriptors(before, sizeof before);
    for (int i = 0; i < 16; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, storm, &turns), 0);
    for (int i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    CHECK(turns > 1000);
    int have = open_descriptors(after, sizeof after);
    CHECK_SAY(have == had, "%d descriptors, %d before:\n%s", have, had, after);
    CHECK_NO_CHILDREN();
}

static void read_path(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    char path[100];
    int64_t n = gosandbox_event_read_string(event, call->args[1], path, sizeof path);
    if (n < 0)
        *(int64_t *)payload = n;
    *out = GOSANDBOX_ALLOW;
}

/* Reading such a page ends with the program, at its wall limit, and not later. */
static void pages(void)
{
    static const char *const whose[] = {NULL, "child"};
    for (int i = 0; i < 4; i++) {
        int64_t failed = 0;
        gosandbox_config *c = asked("attack_pages", whose[i % 2], "openat", read_path, &failed);
        CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 600 * MS), 0);
        if (i >= 2) /* the library reads it */
            CHECK_EQ(gosandbox_config_add_path(c, fixture("attack_pages"), GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC), 0);
        gosandbox_result *r = RUN(c);
        CHECK_STATUS(r, GOSANDBOX_STATUS_WALL_LIMIT);
        CHECK_SAY(failed == GOSANDBOX_EGONE || strstr(output_of(r), "no userfaultfd") != NULL, "%lld, %s", (long long)failed, output_of(r));
        gosandbox_result_free(r);
    }
    CHECK_NO_CHILDREN();
}

static void give(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call;
    CHECK_EQ(gosandbox_event_set_fd(event, *(int *)payload, 0), 0);
    *out = GOSANDBOX_OPENED;
}

static void descriptors(void)
{
    int pair[2], ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0 && pipe2(ends, O_CLOEXEC) == 0);
    int all[] = {pair[0], ends[0], ends[1], open("/tmp", O_DIRECTORY | O_CLOEXEC), epoll_create1(EPOLL_CLOEXEC), eventfd(0, EFD_CLOEXEC),
                 timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), inotify_init1(IN_CLOEXEC), (int)syscall(SYS_memfd_create, "m", 1),
                 (int)syscall(434 /* pidfd_open */, getpid(), 0), pair[1]};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        gosandbox_result *r = RUN(asked("called", "getpid", "getpid", give, &all[i]));
        CHECK_SAY(stats_of(r).status == GOSANDBOX_STATUS_EXITED, "descriptor %zu: %s", i, gosandbox_result_message(r));
        gosandbox_result_free(r);
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        CHECK_EQ(close(all[i]), 0); /* the host's own are untouched */
    int none[] = {open("/dev/null", O_PATH | O_CLOEXEC), 1000000};
    for (int i = 0; i < 2; i++) { /* neither can be given to anybody */
        gosandbox_result *r = RUN_EXPECT(asked("called", "getpid", "getpid", give, &none[i]), GOSANDBOX_EINTERNAL);
        CHECK_EQ(stats_of(r).cause, GOSANDBOX_CAUSE_CALLBACK);
        gosandbox_result_free(r);
    }
    close(none[0]);
}

static void kill_own(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event;
    gosandbox_task *task;
    while ((task = __atomic_load_n((gosandbox_task **)payload, __ATOMIC_ACQUIRE)) == NULL)
        nap_ms(1);
    CHECK_EQ(gosandbox_task_kill(task), 0);
    *out = GOSANDBOX_ALLOW;
}

static void killed_inside(void)
{
    gosandbox_task *task = NULL, *started = NULL;
    gosandbox_result *r = NULL;
    gosandbox_config *c = asked("attack_signals", NULL, "getppid", kill_own, &task);
    CHECK_EQ(gosandbox_start(c, &started), 0);
    __atomic_store_n(&task, started, __ATOMIC_RELEASE);
    CHECK_EQ(gosandbox_task_wait(started, 20 * SECOND, &r), 0);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    gosandbox_result_free(r);
    gosandbox_task_free(started);
    gosandbox_config_free(c);
}

static void nothing(int signal) { (void)signal; }

static volatile int over;

static void *pester(void *thread)
{
    while (!over) {
        pthread_kill(*(pthread_t *)thread, SIGUSR2);
        for (volatile int i = 0; i < 2000; i++)
            ;
    }
    return NULL;
}

/* Every answer arrives although the thread that gives it, and the process, get signals all the time. */
static void pestered(void)
{
    struct sigaction act = {.sa_handler = nothing};
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    pthread_t thread, self = pthread_self();
    unsigned turns = 0;
    sigaction(SIGUSR2, &act, NULL);
    sigaction(SIGALRM, &act, NULL);
    CHECK_EQ(pthread_create(&thread, NULL, pester, &self), 0);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 3; i++)
        storm(&turns);
    setitimer(ITIMER_REAL, &never, NULL);
    over = 1;
    pthread_join(thread, NULL);
}

int main(void)
{
    storms();
    pages();
    descriptors();
    killed_inside();
    pestered();
    return check_summary();
}
