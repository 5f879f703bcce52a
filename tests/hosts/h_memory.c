/*
 * Address space: a host under `ulimit -v`, hosts that run out of it, of data or of mappings, between runs and amid them, threads with an alternate signal stack.
 */
#include "again.h"

#include <sys/mman.h>

static void limited_space(void)
{
    struct rlimit limit = {2048ull << 20, 2048ull << 20};
    setrlimit(RLIMIT_AS, &limit);
}

/* Role "limited": loaded under a limit of 2 GiB, which is plenty for what the library uses. */
static int limited(void)
{
    for (int i = 0; i < 10; i++)
        FULL_RUN();
    return checks_failed != 0;
}

static long address_space(void) { return status_number("VmSize:") * 1024; }

/* Role "exhausted N": the host has N KiB of address space left, its programs too. */
static int exhausted(long more)
{
    struct rlimit before, low;
    for (int i = 0; i < 5; i++)
        FULL_RUN();
    getrlimit(RLIMIT_AS, &before);
    low = before;
    low.rlim_cur = (rlim_t)(address_space() + more * 1024);
    const int open = count_descriptors(400);
    setrlimit(RLIMIT_AS, &low);
    for (int i = 0; i < 5; i++) {
        gosandbox_result *r = NULL;
        gosandbox_config *c = PROBE("exit", "0"); /* it has the low limit as well: a static program starts with little */
        int code = c ? gosandbox_run(c, &r) : GOSANDBOX_ENOMEM;
        CHECK_SAY(code == 0 || code == GOSANDBOX_ENOMEM || code == GOSANDBOX_ESETUP, "with %ld KiB: %d (%s)", more, code,
                  gosandbox_last_error()->message);
        if (code != 0)
            CHECK_SAY(gosandbox_last_error()->message[0] != 0, "with %ld KiB: an error without a word", more);
        gosandbox_result_free(r);
        gosandbox_config_free(c);
    }
    setrlimit(RLIMIT_AS, &before);
    CHECK_EQ(count_descriptors(400), open);
    for (int i = 0; i < 3; i++)
        FULL_RUN();
    CHECK_NO_CHILDREN();
    return checks_failed != 0;
}

/* Role "capture N": with N KiB left, a program prints more than there is room for. Go ends the process when its heap cannot grow, so the library asks
 * before it lets it. */
static int captured(long more)
{
    struct rlimit before, low;
    FULL_RUN();
    getrlimit(RLIMIT_AS, &before);
    low = before;
    low.rlim_cur = (rlim_t)(address_space() + more * 1024);
    gosandbox_config *c = PROBE("print", "300000000");
    gosandbox_config_capture(c, 1, 300000000);
    gosandbox_config_set_rlimit(c, RLIMIT_AS, UINT64_MAX, UINT64_MAX);
    const int open = count_descriptors(400);
    setrlimit(RLIMIT_AS, &low);
    gosandbox_result *r = NULL;
    int code = gosandbox_run(c, &r);
    CHECK_SAY(code == GOSANDBOX_EINTERNAL || code == GOSANDBOX_ENOMEM, "with %ld KiB: %d (%s)", more, code, gosandbox_last_error()->message);
    CHECK_EQ(gosandbox_last_error()->sys_errno, ENOMEM);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    setrlimit(RLIMIT_AS, &before);
    CHECK_EQ(count_descriptors(400), open);
    FULL_RUN();
    CHECK_NO_CHILDREN();
    return checks_failed != 0;
}

/* Role "full WHAT": a host that keeps nothing for others. Go's heap has no arena left, takes the room that was kept for it, and then
 * whatever makes or keeps something is refused, until there is room again. What has been begun goes on to its end. */
static void take_space(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = (rlim_t)address_space();
    setrlimit(RLIMIT_AS, &limit);
}

/* A host may take back more than it has left: then the kernel gives nothing, whatever is given back to it. */
static void take_more(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_AS, &limit);
}

static void take_data(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = (rlim_t)status_number("VmData:") * 1024;
    setrlimit(RLIMIT_DATA, &limit);
}

enum { MAPPINGS = 1 << 20 };
static char *mappings[MAPPINGS];

static void take_mappings(void)
{
    long page = sysconf(_SC_PAGESIZE);
    for (int i = 0; i < MAPPINGS; i++) /* with another protection than the one before, so that they are not joined */
        if ((mappings[i] = (char *)mmap(NULL, (size_t)page, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) == MAP_FAILED)
            break;
}

static void give_back(const struct rlimit *space, const struct rlimit *data)
{
    setrlimit(RLIMIT_AS, space);
    setrlimit(RLIMIT_DATA, data);
    for (int i = 0; i < MAPPINGS && mappings[i] != NULL && mappings[i] != MAP_FAILED; i++)
        munmap(mappings[i], (size_t)sysconf(_SC_PAGESIZE));
}

static int full(const char *what)
{
    enum { MOST = 20000, BYTES = 100000 };
    static gosandbox_config *kept[MOST];
    static char bytes[BYTES];
    struct rlimit space, data;
    gosandbox_task *task = NULL, *another = NULL;
    gosandbox_result *r = NULL;
    FULL_RUN();
    getrlimit(RLIMIT_AS, &space);
    getrlimit(RLIMIT_DATA, &data);
    gosandbox_config *c = PROBE("print", "500000"), *sleeper = PROBE("sleep", "300");
    gosandbox_config_capture(c, 1, 500000);
    for (int i = 0; i < 2; i++) {
        gosandbox_config_set_rlimit(i ? c : sleeper, RLIMIT_AS, UINT64_MAX, UINT64_MAX);
        gosandbox_config_set_rlimit(i ? c : sleeper, RLIMIT_DATA, UINT64_MAX, UINT64_MAX);
    }
    const int open = count_descriptors(400);
    CHECK_EQ(gosandbox_start(sleeper, &task), 0);
    static const struct {
        const char *what;
        void (*take)(void);
    } ways[] = {{"space", take_space}, {"more", take_more}, {"data", take_data}, {"mappings", take_mappings}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].what, what) == 0)
            ways[i].take();
    int n = 0, code = 0;
    while (n < MOST && (code = gosandbox_config_new(&kept[n])) == 0 && (code = gosandbox_config_set_stdin_bytes(kept[n], bytes, BYTES)) == 0) {
        n++;
        if (n % 100 != 0)
            continue;
        int ran = gosandbox_run(c, &r);
        CHECK_SAY(ran == 0 || ran == GOSANDBOX_ENOMEM || ran == GOSANDBOX_EINTERNAL, "%s: a run gave %d (%s)", what, ran, gosandbox_last_error()->message);
        gosandbox_result_free(r);
        r = NULL;
    }
    CHECK_SAY(code == GOSANDBOX_ENOMEM, "%s: after %d configs %d (%s)", what, n, code, gosandbox_last_error()->message);
    CHECK_EQ(gosandbox_last_error()->sys_errno, ENOMEM);
    CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_ENOMEM);
    CHECK_REFUSED(gosandbox_start(c, &another), GOSANDBOX_ENOMEM);
    CHECK_EQ(gosandbox_task_wait(task, 10 * SECOND, &r), 0);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    give_back(&space, &data);
    for (int i = 0; i <= n && i < MOST; i++)
        gosandbox_config_free(kept[i]);
    CHECK_EQ(count_descriptors(400), open);
    for (int i = 0; i < 3; i++)
        FULL_RUN();
    gosandbox_config_free(c);
    gosandbox_config_free(sleeper);
    CHECK_NO_CHILDREN();
    return checks_failed != 0;
}

/* A thread with an alternate stack for its signals, as crash reporters and other runtimes have it, keeps it. */
static volatile sig_atomic_t on_alternate, handled;
static char *alternate;
enum { ALTERNATE = 64 << 10 };

static void look_where(int signal)
{
    char here;
    (void)signal;
    handled++;
    on_alternate += &here >= alternate && &here < alternate + ALTERNATE;
}

static void *with_alternate_stack(void *unused)
{
    stack_t mine, after;
    struct sigaction action, old;
    memset(&mine, 0, sizeof mine);
    memset(&action, 0, sizeof action);
    alternate = (char *)malloc(ALTERNATE);
    mine.ss_sp = alternate;
    mine.ss_size = ALTERNATE;
    CHECK_EQ(sigaltstack(&mine, NULL), 0);
    action.sa_handler = look_where;
    action.sa_flags = SA_ONSTACK | SA_RESTART;
    sigaction(SIGCHLD, &action, &old);
    for (int i = 0; i < 50; i++)
        FULL_RUN();
    CHECK_EQ(sigaltstack(NULL, &after), 0);
    CHECK_SAY(after.ss_sp == mine.ss_sp && after.ss_size == mine.ss_size && !(after.ss_flags & SS_DISABLE),
              "the thread's alternate stack was %p and is %p", mine.ss_sp, after.ss_sp);
    pthread_kill(pthread_self(), SIGCHLD);
    CHECK_SAY(on_alternate > 0, "%d signals, none on the alternate stack", (int)handled);
    sigaction(SIGCHLD, &old, NULL);
    mine.ss_flags = SS_DISABLE;
    sigaltstack(&mine, NULL);
    free(alternate);
    return unused;
}

static void alternate_stacks(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    for (int i = 0; i < 4; i++)
        if (CHECK(pthread_create(&thread, &attributes, with_alternate_stack, NULL) == 0))
            pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    with_alternate_stack(NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "limited") == 0)
        return limited();
    if (argc > 2 && strcmp(argv[1], "exhausted") == 0)
        return exhausted(atol(argv[2]));
    if (argc > 2 && strcmp(argv[1], "capture") == 0)
        return captured(atol(argv[2]));
    if (argc > 2 && strcmp(argv[1], "full") == 0)
        return full(argv[2]);
    alternate_stacks();
    CHECK_AGAIN("limited", NULL, limited_space, 30);
    static const char *const left[] = {"512", "4096", "65536", "131072", "262144"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        CHECK_AGAIN("exhausted", left[i], NULL, 30);
        for (int j = 0; j < 8; j++) /* the first arena of Go's heap begins at a random place, so how much of it is left is chance */
            CHECK_AGAIN("capture", left[i], NULL, 30);
    }
    static const char *const what[] = {"space", "more", "data", "mappings"};
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        for (int j = 0; j < 4; j++)
            CHECK_AGAIN("full", what[i], NULL, 60);
    return check_summary();
}
