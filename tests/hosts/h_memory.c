/*
 * Address space: a host under `ulimit -v`, one that runs out of it between runs, threads with an alternate signal stack.
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
    alternate_stacks();
    CHECK_AGAIN("limited", NULL, limited_space, 30);
    static const char *const left[] = {"512", "4096", "65536", "131072", "262144"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        CHECK_AGAIN("exhausted", left[i], NULL, 30);
        CHECK_AGAIN("capture", left[i], NULL, 30);
    }
    return check_summary();
}
