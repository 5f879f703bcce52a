/*
 * Tasks used from many threads at once: waiting, killing, asking and freeing in every order.
 */
#include "check.h"

static gosandbox_task *start(gosandbox_config *config)
{
    gosandbox_task *task = NULL;
    CHECK_EQ(gosandbox_start(config, &task), 0);
    gosandbox_config_free(config); /* the snapshot is taken */
    return task;
}

/* Many waiters for one task: all come back, each with a result of its own. */
static gosandbox_task *shared_task;
static gosandbox_result *shared_results[8];

static void *wait_shared(void *slot)
{
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_task_wait(shared_task, -1, &r), 0);
    CHECK_EXITED(r, 0);
    shared_results[(intptr_t)slot] = r;
    return NULL;
}

static void many_waiters(void)
{
    pthread_t threads[8];
    shared_task = start(PROBE("sleep", "200"));
    for (intptr_t i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, wait_shared, (void *)i);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < i; j++)
            CHECK(shared_results[i] != shared_results[j]);
        gosandbox_result_free(shared_results[i]);
    }
    gosandbox_task_free(shared_task);
}

/* Waiters come back at once with EBADF when the task is freed under them. */
static void *wait_for_free(void *unused)
{
    gosandbox_result *r = (gosandbox_result *)&r;
    double t = now();
    int code = gosandbox_task_wait(shared_task, -1, &r);
    CHECK_SAY(now() - t < 3, "a wait went on for %.3f s after the task was freed", now() - t);
    /* The end of the program, killed by free, may be seen first. */
    if (code == 0)
        CHECK_STATUS(r, GOSANDBOX_STATUS_CANCELLED);
    else
        CHECK_EQ(code, GOSANDBOX_EBADF);
    if (code == 0)
        gosandbox_result_free(r);
    else
        CHECK(r == NULL);
    return unused;
}

static void freed_under_waiters(void)
{
    for (int round = 0; round < 30; round++) {
        pthread_t threads[4];
        shared_task = start(PROBE("sleep", "15000"));
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, wait_for_free, NULL);
        nap_ms(round % 4 * 5);
        gosandbox_task_free(shared_task);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    }
}

/* Everything at once: start in one thread; kill, wait, ask and free in others. */
static void *harass(void *argument)
{
    intptr_t what = (intptr_t)argument;
    gosandbox_result *r = NULL;
    gosandbox_task *task = __atomic_load_n(&shared_task, __ATOMIC_ACQUIRE);
    int code = 0;
    for (int i = 0; i < 20; i++) {
        switch (what) {
        case 0:
            code = gosandbox_task_kill(task);
            break;
        case 1:
            code = gosandbox_task_wait(task, 5 * MS, &r);
            if (r) {
                uint32_t status = stats_of(r).status;
                CHECK_SAY(status == GOSANDBOX_STATUS_CANCELLED || status == GOSANDBOX_STATUS_EXITED, "status %s",
                          gosandbox_status_name(status));
                gosandbox_result_free(r);
                r = NULL;
            }
            break;
        case 2:
            code = gosandbox_task_poll_fd(task);
            if (code > 0)
                code = 0;
            break;
        case 3:
            code = gosandbox_task_pid(task);
            if (code > 0)
                code = 0;
            break;
        default:
            nap_ms(2);
            gosandbox_task_free(task);
            return NULL;
        }
        CHECK_SAY(code == 0 || code == GOSANDBOX_EBADF || code == GOSANDBOX_ETIMEDOUT, "call %d gave %d", (int)what, code);
    }
    return NULL;
}

static void races(void)
{
    for (int round = 0; round < 150; round++) {
        pthread_t threads[10];
        shared_task = start(PROBE(round % 3 ? "sleep" : "exit", round % 3 ? "10000" : "0"));
        for (intptr_t i = 0; i < 10; i++)
            pthread_create(&threads[i], NULL, harass, (void *)(i % 5));
        for (int i = 0; i < 10; i++)
            pthread_join(threads[i], NULL);
    }
    CHECK_NO_CHILDREN();
}

/* The thread that starts a task may end: the program must not die with it. */
static void *start_and_leave(void *unused)
{
    shared_task = start(PROBE("sleep", "300"));
    return unused;
}

static void starter_leaves(void)
{
    pthread_t thread;
    gosandbox_result *r = NULL;
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, start_and_leave, NULL);
        pthread_join(thread, NULL);
        CHECK_EQ(gosandbox_task_wait(shared_task, -1, &r), 0);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
        gosandbox_task_free(shared_task);
    }
}

int main(void)
{
    many_waiters();
    freed_under_waiters();
    races();
    starter_leaves();
    CHECK_NO_CHILDREN();
    return check_summary();
}
