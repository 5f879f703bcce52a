/*
 * What a blocked run asks after signals: it is asked after handlers, and not without; it cancels; it is heard while the run is busy.
 */
#include "check.h"

#include <sys/time.h>

static int handled; /* by whatever thread */
static void handle(int number) { __atomic_add_fetch(&handled, number > 0, __ATOMIC_SEQ_CST); }
static int were_handled(void) { return __atomic_load_n(&handled, __ATOMIC_SEQ_CST); }
static void forget_handled(void) { __atomic_store_n(&handled, 0, __ATOMIC_SEQ_CST); }

struct asked {
    int answer;
    unsigned calls, foreign, early;
    pthread_t thread;
};

static int ask(void *payload)
{
    struct asked *a = (struct asked *)payload;
    a->calls++;
    a->foreign += !pthread_equal(a->thread, pthread_self());
    a->early += were_handled() == 0;
    return a->answer;
}

/* SIGALRM every so many ms; 0: none any more. The handler restarts calls, which must make no difference. */
static void alarms(long ms)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    struct itimerval timer = {{0, ms * 1000}, {0, ms * 1000}};
    forget_handled();
    if (ms)
        sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static struct asked asked(int answer)
{
    struct asked a = {.answer = answer, .thread = pthread_self()};
    return a;
}

static void asks(void)
{
    struct asked a = asked(0);
    gosandbox_config *c = PROBE("sleep", "1000");
    CHECK_EQ(gosandbox_config_set_interrupt(c, ask, &a), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_SAY(a.calls <= 4, "asked %u times though nothing happened", a.calls); /* after the start */
    gosandbox_result_free(r);

    a = asked(0); /* nothing to cancel for */
    c = PROBE("sleep", "300");
    CHECK_EQ(gosandbox_config_set_interrupt(c, ask, &a), 0);
    alarms(20);
    r = RUN(c);
    alarms(0);
    CHECK_EXITED(r, 0);
    CHECK(a.calls >= 3);
    CHECK_EQ(a.foreign, 0);
    CHECK_EQ(a.early, 0);
    gosandbox_result_free(r);

    a = asked(1); /* taken away */
    c = PROBE("sleep", "200");
    CHECK_EQ(gosandbox_config_set_interrupt(c, ask, &a), 0);
    CHECK_EQ(gosandbox_config_set_interrupt(c, NULL, NULL), 0);
    alarms(20);
    r = RUN(c);
    CHECK(were_handled() > 0);
    alarms(0);
    CHECK_EXITED(r, 0);
    CHECK_EQ(a.calls, 0);
    gosandbox_result_free(r);
    CHECK_REFUSED(gosandbox_config_set_interrupt(NULL, ask, &a), GOSANDBOX_EBADF);
}

/* A signal that another thread has handled while the library worked on this one. */
static void *raise_here(void *thread)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    (void)thread;
    pthread_kill(pthread_self(), SIGUSR1);
    return NULL;
}

static int ask_for_flag(void *payload)
{
    ((struct asked *)payload)->calls++;
    return were_handled() > 0;
}

static void elsewhere(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = 0};
    struct asked a = asked(0);
    pthread_t thread;
    gosandbox_config *c = PROBE("print", "1000000000000");
    gosandbox_config_capture(c, 1, 10);
    gosandbox_config_set_interrupt(c, ask_for_flag, &a);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
    forget_handled();
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&thread, NULL, raise_here, NULL);
    gosandbox_result *r = RUN(c);
    pthread_join(thread, NULL);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    CHECK(a.calls >= 1);
    gosandbox_result_free(r);
}

static void allow(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    (void)call, (void)event, (void)payload;
    *out = GOSANDBOX_ALLOW;
}

/* Whatever the run is doing, it is cancelled at the first signal. */
static void cancels(gosandbox_config *c, const char *what)
{
    struct asked a = asked(1);
    CHECK_EQ(gosandbox_config_set_interrupt(c, ask, &a), 0);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
    alarms(50);
    double before = now();
    gosandbox_result *r = RUN(c);
    alarms(0);
    CHECK_SAY(now() - before < 15, "%s: it took %.3f s", what, now() - before);
    CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    CHECK_EQ(stats_of(r).cause, GOSANDBOX_CAUSE_CANCELLED);
    CHECK_EQ(a.calls, 1);
    gosandbox_result_free(r);
    CHECK_NO_CHILDREN();
}

static void cancel(void)
{
    cancels(PROBE("sleep", "20000"), "sleep");
    gosandbox_config *c = PROBE("sleep", "20000");
    gosandbox_config_capture(c, 1, 10);
    cancels(c, "captured");
    c = PROBE("print", "1000000000000"); /* the pipe is never empty */
    gosandbox_config_capture(c, 1, 10);
    cancels(c, "flood");
    c = config_for(fixture("called"), "ppid", "1000000000", (char *)NULL); /* and here there is always a call to decide about */
    gosandbox_config_add_rule(c, 0, "getppid", GOSANDBOX_NOTIFY, 0, NULL);
    gosandbox_config_set_callback(c, allow, NULL);
    cancels(c, "calls");

    /* Before there is a program at all: only its outcome is told, never a hang. */
    for (int i = 0; i < 20; i++) {
        struct asked a = asked(1);
        c = PROBE("sleep", "100");
        gosandbox_config_add_rule(c, 0, "getppid", GOSANDBOX_NOTIFY, 0, NULL);
        gosandbox_config_set_callback(c, allow, NULL);
        gosandbox_config_set_interrupt(c, ask, &a);
        alarms(1);
        gosandbox_result *r = RUN(c);
        alarms(0);
        CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
        CHECK_EQ(a.calls, 1);
        gosandbox_result_free(r);
    }
}

/* A task is not interrupted, neither while it is started nor while it is waited for. */
static void tasks(void)
{
    struct asked a = asked(1);
    gosandbox_config *c = PROBE("sleep", "200");
    gosandbox_task *t = NULL;
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_config_set_interrupt(c, ask, &a), 0);
    alarms(20);
    CHECK_EQ(gosandbox_start(c, &t), 0);
    gosandbox_config_free(c);
    CHECK_EQ(gosandbox_task_wait(t, -1, &r), 0);
    CHECK(were_handled() > 0);
    alarms(0);
    CHECK_EXITED(r, 0);
    CHECK_EQ(a.calls, 0);
    gosandbox_result_free(r);
    gosandbox_task_free(t);
}

int main(void)
{
    char text[4000];
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    int descriptors = open_descriptors(text, sizeof text);
    asks();
    cancel();
    elsewhere();
    tasks();
    CHECK_EQ(open_descriptors(text, sizeof text), descriptors);
    CHECK_NO_CHILDREN();
    return check_summary();
}
