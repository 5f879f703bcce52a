/* What contest programs do, and what hostile ones try; ../README.md has the list. */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t seed = 42;
static uint64_t next(void) { return seed = seed * 48271 % 2147483647; }

static void input(void)
{
    long n, v, sum = 0, max = 0;
    if (scanf("%ld", &n) != 1)
        exit(2);
    for (long i = 0; i < n; i++) {
        if (scanf("%ld", &v) != 1)
            exit(2);
        sum += v;
        if (v > max)
            max = v;
    }
    printf("%ld %ld %ld\n", n, sum, max);
}

static int __attribute__((noinline)) deep(volatile int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
static void recursion(void) { printf("%d\n", deep(100000)); }

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;
static void *add(void *which)
{
    long sum = 0;
    for (long k = 1; k <= 10000; k++)
        sum += k * (long)(intptr_t)which;
    pthread_mutex_lock(&lock);
    total += sum;
    pthread_mutex_unlock(&lock);
    return NULL;
}
static void threads(void)
{
    pthread_t t[4];
    for (intptr_t i = 0; i < 4; i++)
        if (pthread_create(&t[i], NULL, add, (void *)i) != 0)
            exit(2);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    printf("%ld\n", total);
}

static sigjmp_buf back;
static void caught(int signal) { siglongjmp(back, signal); }
static void exceptions(void)
{
    volatile int count = 0;
    signal(SIGSEGV, caught);
    signal(SIGABRT, caught);
    for (volatile int i = 0; i < 1000; i++)
        if (sigsetjmp(back, 1) == 0)
            raise(i % 2 ? SIGSEGV : SIGABRT);
        else
            count++;
    printf("%d\n", count);
}

static void regular(void)
{
    regex_t re;
    regmatch_t m;
    int count = 0, digits = 0;
    if (regcomp(&re, "[a-z][0-9]+", REG_EXTENDED) != 0)
        exit(2);
    for (int i = 0; i < 100; i++) {
        const char *at = "a1 b22 c333 d4444 ";
        while (regexec(&re, at, 1, &m, 0) == 0) {
            count++;
            digits += m.rm_eo - m.rm_so - 1;
            at += m.rm_eo;
        }
    }
    regfree(&re);
    printf("%d %d\n", count, digits);
}

static void bignum(void)
{
    int d[302] = {1}, sum = 0;
    for (int i = 0; i < 1000; i++)
        for (int j = 0, carry = 0; j < 302; j++) {
            carry += 2 * d[j];
            d[j] = carry % 10;
            carry /= 10;
        }
    for (int j = 0; j < 302; j++)
        sum += d[j];
    printf("%d\n", sum);
}

static void timing(void)
{
    struct timespec a, b, pause = {0, 20000000};
    time_t now = time(NULL);
    clock_gettime(CLOCK_MONOTONIC, &a);
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double took = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    puts(took >= 0.02 && took < 60 && clock() >= 0 && localtime(&now) ? "ok" : "wrong");
}

static void random_numbers(void)
{
    unsigned s, different = 0;
    if (getentropy(&s, sizeof s) != 0)
        exit(2);
    srand(s ^ (unsigned)time(NULL));
    int first = rand();
    for (int i = 0; i < 1000; i++)
        different += rand() != first;
    puts(different > 900 ? "ok" : "wrong");
}

static int ascending(const void *a, const void *b) { return (*(const uint64_t *)a > *(const uint64_t *)b) - (*(const uint64_t *)a < *(const uint64_t *)b); }
static void sort(void)
{
    static uint64_t v[100000];
    for (int i = 0; i < 100000; i++)
        v[i] = next();
    qsort(v, 100000, sizeof *v, ascending);
    printf("%lu %lu %lu\n", (unsigned long)v[0], (unsigned long)v[50000], (unsigned long)v[99999]);
}

static void hash(void)
{
    enum { SLOTS = 4096 };
    static struct { uint64_t key; int count; } slots[SLOTS];
    int keys = 0, most = 0;
    for (int i = 0; i < 100000; i++) {
        uint64_t key = next() % 1000, at = key * 2654435761u % SLOTS;
        while (slots[at].count && slots[at].key != key)
            at = (at + 1) % SLOTS;
        keys += slots[at].count == 0;
        slots[at].key = key;
        if (++slots[at].count > most)
            most = slots[at].count;
    }
    printf("%d %d\n", keys, most);
}

static void output(void)
{
    for (int i = 1; i <= 20000; i++) {
        printf("%d\n", i);
        if (i % 1000 == 0)
            fflush(stdout);
    }
}

static void answer(long result) { puts(result < 0 ? "refused" : "made it"); }

static void try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        sleep(1);
        _exit(0);
    }
    answer(pid);
}
static void try_kernel(void) { answer(syscall(SYS_bpf, 0, 0, 0)); }
static void try_mount(void) { answer(mount("none", "/", "tmpfs", 0, NULL)); }
static void try_namespace(void) { answer(syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0)); }
static void try_ptrace(void) { answer(ptrace(PTRACE_ATTACH, getppid(), 0, 0)); }
static void try_ring(void) { answer(syscall(SYS_io_uring_setup, 8, NULL)); }
static void try_shell(void) { answer(system("echo escaped")); }
static void try_socket(void) { answer(socket(AF_INET, SOCK_STREAM, 0)); }
static void try_unknown(void) { answer(syscall(1000) < 0 && errno == ENOSYS ? -1 : 0); }
static void try_everybody(void) { answer(kill(-1, 0)); }
static void try_type(void)
{
    char c = 'x';
    answer(syscall(SYS_ioctl, 0, 0x5412, &c) < 0 && errno == ENOTTY ? -1 : 0);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*run)(void); } topics[] = {
        {"input", input}, {"recursion", recursion}, {"threads", threads}, {"exceptions", exceptions}, {"regex", regular},
        {"bignum", bignum}, {"timing", timing}, {"random", random_numbers}, {"sort", sort}, {"hash", hash}, {"output", output},
        {"fork", try_fork}, {"kernel", try_kernel}, {"mount", try_mount}, {"namespace", try_namespace}, {"ptrace", try_ptrace},
        {"ring", try_ring}, {"shell", try_shell}, {"socket", try_socket}, {"unknown", try_unknown}, {"everybody", try_everybody},
        {"type", try_type},
    };
    for (size_t i = 0; argc > 1 && i < sizeof topics / sizeof *topics; i++)
        if (strcmp(argv[1], topics[i].name) == 0) {
            topics[i].run();
            return 0;
        }
    return 2;
}
