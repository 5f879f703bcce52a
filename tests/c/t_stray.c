/*
 * Descriptor numbers are given out again at once. A close or a write that the library does too late, on a number that it no
 * longer owns, hits somebody else: another run, or the host. So the host opens and closes all the time while runs come and go.
 */
#include "check.h"

#include <sys/mman.h>

static int finished;
static long opened;

/* A file that nobody else knows of stays empty and open until it is closed here. */
static void *come_and_go(void *seed)
{
    unsigned random = (unsigned)(intptr_t)seed;
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        struct stat s;
        int fd = memfd_create("mine", MFD_CLOEXEC);
        if (!CHECK_SAY(fd >= 0, "memfd_create: %s", strerror(errno)))
            return NULL;
        random = random * 1103515245u + 12345u;
        struct timespec a_while = {0, random >> 16 & 0xffff};
        nanosleep(&a_while, NULL);
        if (fstat(fd, &s) != 0)
            CHECK_SAY(0, "somebody else closed a descriptor of the host: %s", strerror(errno));
        else if (s.st_size != 0)
            CHECK_SAY(0, "somebody else wrote %lld bytes to a file of the host", (long long)s.st_size);
        if (close(fd) != 0)
            CHECK_SAY(0, "somebody else closed a descriptor of the host: close: %s", strerror(errno));
        __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* Bytes through a run: nothing lost, nothing added. */
static void through(int i)
{
    static char bytes[4096];
    size_t size = i % 2 ? 1 : sizeof bytes, got = 0;
    memset(bytes, 'q', sizeof bytes);
    gosandbox_config *c = PROBE("cat");
    gosandbox_config_set_stdin_bytes(c, bytes, size);
    gosandbox_config_capture(c, 1, 1 << 20);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    const void *out = gosandbox_result_output(r, 1, &got);
    CHECK_SAY(got == size && memcmp(out, bytes, size) == 0, "%zu bytes went in, %zu came out, or others", size, got);
    gosandbox_result_free(r);
}

static void a_task(int i)
{
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    gosandbox_config *c = PROBE("print", "100000");
    gosandbox_config_capture(c, 1, 1000);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    if (i % 3 == 0)
        CHECK(gosandbox_task_poll_fd(task) >= 0);
    if (i % 5 == 0)
        gosandbox_task_kill(task);
    if (i % 2)
        while (gosandbox_task_wait(task, 2 * MS, &r) == GOSANDBOX_ETIMEDOUT)
            ;
    gosandbox_result_free(r);
    gosandbox_task_free(task);
}

static void failing(int i)
{
    gosandbox_config *c = i % 2 ? config_for("/no/such/program", NULL) : PROBE("exit", "0");
    if (i % 2 == 0)
        gosandbox_config_open_fd(c, 5, "/no/such/file", O_RDONLY, 0);
    gosandbox_config_set_stdin_bytes(c, "x", 1);
    gosandbox_config_capture(c, 1, 10);
    gosandbox_config_capture(c, 2, 10);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_ESETUP));
}

static void rounds(double seconds)
{
    double end = now() + seconds;
    int i = 0;
    for (; now() < end && checks_failed < 20; i++) {
        a_task(i);
        for (int k = 0; k < 4; k++)
            through(k);
        failing(i);
    }
    printf("%d rounds, %ld descriptors of the host came and went\n", i, __atomic_load_n(&opened, __ATOMIC_RELAXED));
}

int main(void)
{
    pthread_t threads[3];
    rounds(4);
    for (intptr_t i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, come_and_go, (void *)(i + 1));
    rounds(6);
    __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    CHECK_NO_CHILDREN();
    return check_summary();
}
