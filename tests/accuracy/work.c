/*
 * A program that knows what it uses: `work MODE AMOUNT [FILE]`. Each process writes lines "cpu NS" and "memory BYTES" to standard
 * output as the last thing it does, by its own clock and by what it has touched; the suite adds up the times and compares.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long clock_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long long own_cpu(void) { return clock_of(CLOCK_PROCESS_CPUTIME_ID); }

static void tell(const char *what, long long value)
{
    char line[64];
    int n = snprintf(line, sizeof line, "%s %lld\n", what, value);
    if (write(1, line, (size_t)n) != n)
        _exit(99);
}

/* ---------------------------------------------------------------- CPU */

static void burn_on(clockid_t clock, long long until)
{
    volatile unsigned sink = 0;
    while (clock_of(clock) < until)
        for (int i = 0; i < 2000; i++)
            sink += (unsigned)i;
}

static void burn(long long until) { burn_on(CLOCK_PROCESS_CPUTIME_ID, until); }

static long long before; /* what the process had used at the start of main: the start of the program, and of the library's child */

static void *burn_thread(void *amount)
{
    burn_on(CLOCK_THREAD_CPUTIME_ID, *(long long *)amount);
    return NULL;
}

static void burn_in_threads(int n, long long amount)
{
    pthread_t threads[64];
    long long each = amount / n;
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, burn_thread, &each) != 0)
            _exit(99);
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

static void burn_syscalls(long long until)
{
    while (own_cpu() < until)
        for (int i = 0; i < 500; i++)
            syscall(SYS_getppid);
}

static void last_words(long long from)
{
    tell("cpu", own_cpu() - from);
}

/* A child burns and tells; its clock began at 0. */
static void child_burns(long long amount)
{
    burn(amount);
    last_words(0);
    _exit(0);
}

static pid_t forked(void)
{
    pid_t pid = fork();
    if (pid < 0)
        _exit(99);
    return pid;
}

/* Sleeps until everybody who inherited the other end of a pipe is gone, without waiting for a child. */
static int ends[2];
static void open_line(void)
{
    if (pipe(ends) != 0)
        _exit(99);
}
static void hear_the_end(void)
{
    char c;
    close(ends[1]);
    if (read(ends[0], &c, 1) != 0)
        _exit(99);
}

static void children(int n, long long amount, int wait_for)
{
    open_line();
    for (int i = 0; i < n; i++)
        if (forked() == 0)
            child_burns(amount / n);
    hear_the_end();
    for (int i = 0; wait_for && i < n; i++)
        wait(NULL);
}

static void orphans(int n, long long amount)
{
    open_line();
    pid_t middle = forked();
    if (middle == 0) {
        for (int i = 0; i < n; i++)
            if (forked() == 0) {
                setsid();
                child_burns(amount / n);
            }
        last_words(0);
        _exit(0);
    }
    waitpid(middle, NULL, 0);
    hear_the_end();
}

static int cpu_mode(const char *mode, long long amount)
{
    if (!strcmp(mode, "thread"))
        burn(before + amount);
    else if (!strcmp(mode, "threads8"))
        burn_in_threads(8, amount);
    else if (!strcmp(mode, "processes8"))
        children(8, amount, 1);
    else if (!strcmp(mode, "unwaited"))
        children(4, amount, 0);
    else if (!strcmp(mode, "ignored")) {
        signal(SIGCHLD, SIG_IGN);
        children(4, amount, 0);
    } else if (!strcmp(mode, "orphans"))
        orphans(4, amount);
    else if (!strcmp(mode, "syscalls"))
        burn_syscalls(before + amount);
    else if (!strcmp(mode, "killed")) {
        burn(before + amount);
        last_words(before);
        kill(getpid(), SIGKILL);
    } else if (!strcmp(mode, "killed8")) {
        if (forked() == 0)
            burn_in_threads(8, amount), last_words(0), kill(getpid(), SIGKILL);
        wait(NULL);
    } else
        return 0;
    last_words(before);
    return 1;
}

/* Runs until it is killed, and keeps its clock in a page that the suite shares with it as descriptor 3: what it had used is known to the
 * moment of its death. One slot for each process or thread. */
static volatile long long *slots;
static void *forever(void *slot)
{
    for (;;)
        *(volatile long long *)slot = clock_of(CLOCK_THREAD_CPUTIME_ID);
    return NULL;
}

static int limit_mode(const char *mode)
{
    int threads = !strcmp(mode, "endless8"), processes = !strcmp(mode, "endless8p");
    if (!threads && !processes && strcmp(mode, "endless"))
        return 0;
    slots = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
    if (slots == MAP_FAILED)
        _exit(99);
    for (int i = 1; i < 8; i++) {
        pthread_t t;
        if (threads && pthread_create(&t, NULL, forever, (void *)&slots[i]) != 0)
            _exit(99);
        if (processes && forked() == 0)
            forever((void *)&slots[i]);
    }
    for (;;)
        slots[0] = clock_of(CLOCK_THREAD_CPUTIME_ID) - before;
}

/* ---------------------------------------------------------------- memory */

static void touch(volatile char *p, long long bytes)
{
    for (long long i = 0; i < bytes; i += 4096)
        p[i] = 1;
}

static char *map(long long bytes, int flags, int fd)
{
    char *p = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (p == MAP_FAILED)
        _exit(98);
    return p;
}

static void allocate(long long bytes)
{
    char *p = malloc((size_t)bytes);
    if (!p)
        _exit(98);
    touch(p, bytes);
}

static __attribute__((noinline)) void recurse(long long bytes)
{
    volatile char frame[64 << 10];
    touch(frame, sizeof frame);
    if (bytes > (long long)sizeof frame)
        recurse(bytes - (long long)sizeof frame);
    __asm__ volatile("" ::: "memory");
}

static int memory_file(long long bytes)
{
    int fd = memfd_create("work", 0);
    if (fd < 0 || ftruncate(fd, bytes) != 0)
        _exit(99);
    return fd;
}

static void write_memory_file(long long bytes)
{
    int fd = memory_file(0);
    char *block = calloc(1, 64 << 10);
    for (long long i = 0; i < bytes; i += 64 << 10)
        if (write(fd, block, 64 << 10) != 64 << 10)
            _exit(98);
}

/* In children that all hold theirs at the same time. */
static void at_once(int n, long long bytes)
{
    int ready[2], go[2];
    char c = 0;
    if (pipe(ready) != 0 || pipe(go) != 0)
        _exit(99);
    for (int i = 0; i < n; i++)
        if (forked() == 0) {
            close(go[1]);
            allocate(bytes / n);
            if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 0)
                _exit(99);
            _exit(0);
        }
    for (int i = 0; i < n; i++)
        if (read(ready[0], &c, 1) != 1)
            _exit(99);
    close(go[1]);
    while (wait(NULL) > 0)
        ;
}

static void in_sequence(int n, long long bytes)
{
    for (int i = 0; i < n; i++) {
        pid_t pid = forked();
        if (pid == 0) {
            allocate(bytes / n);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
}

static void read_file(const char *path, int mapped, int given_back)
{
    int fd = open(path, O_RDONLY);
    off_t size = lseek(fd, 0, SEEK_END);
    if (fd < 0 || size <= 0 || lseek(fd, 0, SEEK_SET) != 0)
        _exit(99);
    if (mapped) {
        volatile char *p = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED)
            _exit(98);
        for (off_t i = 0; i < size; i += 4096)
            (void)p[i];
        if (given_back)
            munmap((void *)p, (size_t)size);
        return;
    }
    char *block = malloc(256 << 10);
    while (read(fd, block, 256 << 10) > 0)
        ;
}

static int memory_mode(const char *mode, long long amount, const char *path)
{
    if (!strcmp(mode, "malloc"))
        allocate(amount);
    else if (!strcmp(mode, "shared"))
        touch(map(amount, MAP_SHARED | MAP_ANONYMOUS, -1), amount);
    else if (!strcmp(mode, "memfd_mapped"))
        touch(map(amount, MAP_SHARED, memory_file(amount)), amount);
    else if (!strcmp(mode, "memfd_written"))
        write_memory_file(amount);
    else if (!strcmp(mode, "stack"))
        recurse(amount);
    else if (!strcmp(mode, "freed")) {
        char *p = map(amount, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        touch(p, amount);
        munmap(p, (size_t)amount);
        allocate(amount / 4);
    } else if (!strcmp(mode, "at_once"))
        at_once(4, amount);
    else if (!strcmp(mode, "in_sequence"))
        in_sequence(4, amount);
    else if (!strcmp(mode, "killed_at_peak")) {
        allocate(amount);
        kill(getpid(), SIGKILL);
    } else if (!strncmp(mode, "file_", 5))
        read_file(path, mode[5] != 'r', mode[5] == 'u');
    else
        return 0;
    return 1;
}

/* ---------------------------------------------------------------- limits */

static int border_mode(const char *mode, long long amount)
{
    if (!strcmp(mode, "sleep")) {
        struct timespec t = {amount / 1000000000, amount % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
        last_words(before);
    } else if (!strcmp(mode, "write")) {
        char *block = calloc(1, 4096);
        for (long long left = amount; left > 0; left -= 4096)
            if (write(1, block, (size_t)(left < 4096 ? left : 4096)) < 0)
                _exit(99);
    } else if (!strcmp(mode, "fork")) { /* so many processes at once, this one included */
        open_line();
        for (long long i = 1; i < amount; i++)
            if (forked() == 0) {
                close(ends[1]);
                char c;
                _exit(read(ends[0], &c, 1) != 0);
            }
        close(ends[1]);
        while (wait(NULL) > 0)
            ;
    } else
        return 0;
    return 1;
}

int main(int argc, char **argv)
{
    before = own_cpu();
    if (argc < 3)
        return 99;
    long long amount = atoll(argv[2]);
    if (limit_mode(argv[1]) || cpu_mode(argv[1], amount) || border_mode(argv[1], amount) ||
        memory_mode(argv[1], amount, argc > 3 ? argv[3] : NULL))
        return 0;
    return 99;
}
