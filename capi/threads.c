/*
 * Threads, where making one may fail. The library's own are made here, and a failure is an error of the run. Go's runtime makes
 * threads of its own as well, at moments of its choosing, and ends the process when it cannot: its calls of pthread_create come
 * here (-Wl,--wrap), and a few threads are kept parked for the time when the host is at its limits. Go runs as many threads as it
 * has processors, apart from those that are blocked, and those are the library's; it never ends one. So there is a bound.
 */
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "boundary.h"
#include "_cgo_export.h"

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument);

enum { STACK = 256 << 10, WORK = 16 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    int bound;  /* threads that Go may ever want */
    int made;   /* and has got */
    int parked;
    int serving; /* threads of the library's own */
    uint32_t ended; /* how often one of those has */
    size_t stack;            /* size of the parked threads' stacks */
    int waiting;             /* pieces of work for the parked threads that wake */
    struct {
        void *(*body)(void *);
        void *argument;
    } work[WORK];
} reserve = {.lock = PTHREAD_MUTEX_INITIALIZER, .wanted = PTHREAD_COND_INITIALIZER, .bound = 5 /* for the start of the runtime */};

/* The thread takes no signals but those of its own doing: a host may answer system calls of its threads by SIGSYS, and the kernel ends the
 * process where that is blocked. */
static int detached(const pthread_attr_t *attributes, void *(*body)(void *), void *argument)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
    pthread_t thread;
    sigset_t others, before;
    sigfillset(&others);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&others, own[i]);
    pthread_sigmask(SIG_SETMASK, &others, &before);
    int error = __real_pthread_create(&thread, attributes, body, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void *park(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&reserve.lock);
    while (reserve.waiting == 0)
        pthread_cond_wait(&reserve.wanted, &reserve.lock);
    reserve.waiting--;
    void *(*body)(void *) = reserve.work[reserve.waiting].body;
    void *argument = reserve.work[reserve.waiting].argument;
    pthread_mutex_unlock(&reserve.lock);
    return body(argument);
}

void host_threads_bound(int bound)
{
    __atomic_store_n(&reserve.bound, bound, __ATOMIC_RELAXED);
}

/* How many threads are to be parked. */
static int missing(void)
{
    return __atomic_load_n(&reserve.bound, __ATOMIC_RELAXED) - __atomic_load_n(&reserve.made, __ATOMIC_RELAXED) -
           __atomic_load_n(&reserve.parked, __ATOMIC_RELAXED);
}

int host_reserve(void)
{
    int error = 0;
    if (missing() <= 0)
        return 0;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return ENOMEM;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_mutex_lock(&reserve.lock);
    while (error == 0 && missing() > 0) {
        pthread_attr_getstacksize(&attributes, &reserve.stack);
        if ((error = detached(&attributes, park, NULL)) == 0)
            __atomic_add_fetch(&reserve.parked, 1, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&reserve.lock);
    pthread_attr_destroy(&attributes);
    return error;
}

/* Gives the work to a parked thread, if there is one with a stack of the size that Go counts on. */
static int unpark(size_t stack, void *(*body)(void *), void *argument)
{
    int done = 0;
    pthread_mutex_lock(&reserve.lock);
    if (reserve.parked > 0 && reserve.waiting < WORK && reserve.stack >= stack) {
        __atomic_sub_fetch(&reserve.parked, 1, __ATOMIC_RELAXED);
        reserve.work[reserve.waiting].body = body;
        reserve.work[reserve.waiting].argument = argument;
        reserve.waiting++;
        pthread_cond_signal(&reserve.wanted);
        done = 1;
    }
    pthread_mutex_unlock(&reserve.lock);
    return done;
}

/* For Go's runtime, whose threads are detached: it uses neither *thread nor the error, but to end the process. So there is no
 * error: were the bound wrong, it would wait until there is room again. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument)
{
    size_t stack = SIZE_MAX;
    if (attributes != NULL)
        pthread_attr_getstacksize(attributes, &stack);
    for (;;) {
        if (unpark(stack, body, argument) || __real_pthread_create(thread, attributes, body, argument) == 0) {
            __atomic_add_fetch(&reserve.made, 1, __ATOMIC_RELAXED);
            return 0;
        }
        static const struct timespec pause = {0, 2000000};
        nanosleep(&pause, NULL);
    }
}

static pthread_key_t own_key;
static pthread_once_t own_once = PTHREAD_ONCE_INIT;
static int own_known;

static void make_own_key(void) { own_known = pthread_key_create(&own_key, NULL) == 0; }

int host_own_thread(void)
{
    pthread_once(&own_once, make_own_key);
    return !own_known || pthread_getspecific(own_key) != NULL;
}

int host_own_threads(uint32_t *ended)
{
    *ended = __atomic_load_n(&reserve.ended, __ATOMIC_SEQ_CST);
    return __atomic_load_n(&reserve.made, __ATOMIC_RELAXED) + __atomic_load_n(&reserve.parked, __ATOMIC_RELAXED) +
           __atomic_load_n(&reserve.serving, __ATOMIC_RELAXED);
}

/* Counts itself, at the start and before the end: a thread that was counted and is not there would hide one of the host's, which may
 * steal events. */
static void *serve(void *handle)
{
    pthread_once(&own_once, make_own_key);
    if (own_known)
        pthread_setspecific(own_key, &reserve);
    __atomic_add_fetch(&reserve.serving, 1, __ATOMIC_SEQ_CST);
    boundaryThread((uintptr_t)handle);
    __atomic_sub_fetch(&reserve.serving, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&reserve.ended, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

int host_thread(uintptr_t handle)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0)
        return error;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK);
    error = detached(&attributes, serve, (void *)handle);
    pthread_attr_destroy(&attributes);
    return error;
}
