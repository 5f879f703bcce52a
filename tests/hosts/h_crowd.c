/*
 * A crowd: 64 threads that run at once, and tasks that 8 threads wait for, kill, look at and free in any order they like.
 */
#include "again.h"

enum { THREADS = 64, EACH = 4 };
static pthread_barrier_t together;

static void *caller(void *number)
{
    pthread_barrier_wait(&together);
    for (int i = 0; i < EACH; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", (int)(intptr_t)number * EACH + i);
        gosandbox_config *c = PROBE("text", "1", text);
        gosandbox_config_capture(c, 1, 100);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        CHECK_TEXT(output_of(r), text); /* its own, not a neighbour's */
        gosandbox_result_free(r);
        /* Each thread has its own last error. */
        gosandbox_config_free(NULL);
        c = PROBE("exit", "0");
        CHECK_REFUSED(gosandbox_config_set_umask(c, 01000u + (uint32_t)i), GOSANDBOX_EINVAL);
        gosandbox_config_free(c);
    }
    return NULL;
}

static void all_at_once(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&together, NULL, THREADS);
    for (intptr_t i = 0; i < THREADS; i++)
        if (!CHECK(pthread_create(&threads[i], NULL, caller, (void *)i) == 0))
            exit(1);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&together);
}

/* ---------------------------------------------------------------- tasks that nobody owns */

enum { TASKS = 16, RACERS = 8 };
static gosandbox_task *slots[TASKS];
static gosandbox_config *shared;
static int finished;
static long done[5];

static void *racer(void *seed)
{
    unsigned random = (unsigned)(intptr_t)seed * 2654435761u;
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        random = random * 1103515245u + 12345u;
        gosandbox_task **slot = &slots[random >> 8 & (TASKS - 1)];
        gosandbox_task *task = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        gosandbox_result *r = NULL;
        const unsigned what = random >> 16 & 7;
        int code = 0;
        if (task == NULL || what == 0) { /* start one; the handle that was there is freed by whoever takes it out */
            gosandbox_task *fresh = NULL;
            if (!CHECK_EQ(gosandbox_start(shared, &fresh), 0))
                break;
            gosandbox_task_free(__atomic_exchange_n(slot, fresh, __ATOMIC_ACQ_REL));
            __atomic_add_fetch(&done[0], 1, __ATOMIC_RELAXED);
        } else if (what == 1) {
            gosandbox_task_free(task); /* still in the slot: others go on with a handle that is freed */
            __atomic_add_fetch(&done[1], 1, __ATOMIC_RELAXED);
        } else if (what < 4) {
            code = gosandbox_task_kill(task);
            __atomic_add_fetch(&done[2], 1, __ATOMIC_RELAXED);
        } else if (what < 6) {
            code = gosandbox_task_wait(task, (int64_t)(random >> 20 & 7) * MS, &r);
            __atomic_add_fetch(&done[3], 1, __ATOMIC_RELAXED);
        } else {
            code = what == 6 ? gosandbox_task_pid(task) : gosandbox_task_poll_fd(task);
            code = code > 0 ? 0 : code;
            __atomic_add_fetch(&done[4], 1, __ATOMIC_RELAXED);
        }
        CHECK_SAY(code == 0 || code == GOSANDBOX_EBADF || code == GOSANDBOX_ETIMEDOUT, "call %u gave %d (%s)", what, code,
                  gosandbox_last_error()->message);
        if (r) {
            uint32_t status = stats_of(r).status;
            CHECK_SAY(status == GOSANDBOX_STATUS_CANCELLED || status == GOSANDBOX_STATUS_EXITED, "status %s (%s)",
                      gosandbox_status_name(status), gosandbox_result_message(r));
            gosandbox_result_free(r);
        }
    }
    return NULL;
}

static void racing(void)
{
    pthread_t threads[RACERS];
    shared = PROBE("sleep", "5");
    gosandbox_config_set_limit(shared, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
    for (intptr_t i = 0; i < RACERS; i++)
        pthread_create(&threads[i], NULL, racer, (void *)(i + 1));
    nap_ms(4000);
    __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < RACERS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < TASKS; i++)
        gosandbox_task_free(slots[i]);
    gosandbox_config_free(shared);
    printf("%ld started, %ld freed, %ld killed, %ld waited for, %ld asked\n", done[0], done[1], done[2], done[3], done[4]);
    for (int i = 0; i < 5; i++)
        CHECK(done[i] > 0);
}

int main(void)
{
    FULL_RUN();
    const int open = count_descriptors(400);
    all_at_once();
    racing();
    CHECK_NO_CHILDREN();
    CHECK_SAY(count_descriptors(400) <= open + 2, "%d descriptors were open and %d are", open, count_descriptors(400));
    FULL_RUN();
    return check_summary();
}
