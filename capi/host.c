/*
 * Constructors that keep the host as it was: the signal mask of Go's threads, the limit on open files, and the guard
 * against forked children.
 */
#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static struct rlimit open_files;
static int open_files_known;
static sigset_t host_mask;
static struct sigaction sigpipe;
static int sigpipe_known;

/* Set in a child by fork(); a child of a bare clone() is seen by the page, which the kernel wipes. */
static volatile int forked;
static const volatile char *unforked_page;

static void note_fork(void) { forked = 1; }

int host_forked(void) { return forked || (unforked_page && !*unforked_page); }

int host_open_files(struct rlimit *limit)
{
    *limit = open_files;
    return open_files_known;
}

void host_quiet(sigset_t *before)
{
    static const int kept[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGURG, SIGPROF};
    sigset_t mask;
    sigfillset(&mask);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        sigdelset(&mask, kept[i]);
    pthread_sigmask(SIG_BLOCK, &mask, before);
}

void host_loud(const sigset_t *before) { pthread_sigmask(SIG_SETMASK, before, NULL); }

void host_move_sigchld(void)
{
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN &&
        !(action.sa_flags & SA_ONSTACK)) {
        action.sa_flags |= SA_ONSTACK;
        sigaction(SIGCHLD, &action, NULL);
    }
}

/* Go's handler is there for programs that write with package os, which the library does not use. */
void host_restore_sigpipe(void)
{
    struct sigaction now;
    Dl_info handler, library;
    if (sigpipe_known && sigaction(SIGPIPE, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
        dladdr((void *)now.sa_sigaction, &handler) && dladdr((void *)host_restore_sigpipe, &library) &&
        handler.dli_fbase == library.dli_fbase)
        sigaction(SIGPIPE, &sigpipe, NULL);
}

/*
 * Runs before the constructor that starts the Go runtime. Its threads inherit this thread's mask for good: with all
 * asynchronous signals blocked there, a signal sent to the process goes to a thread of the host, or stays pending when the
 * host blocks it, as if the library were not there. SIGURG and SIGPROF are for the runtime itself.
 */
__attribute__((constructor(101))) static void before_runtime(void)
{
    host_quiet(&host_mask);
    sigpipe_known = sigaction(SIGPIPE, NULL, &sigpipe) == 0;
    open_files_known = getrlimit(RLIMIT_NOFILE, &open_files) == 0;

    long size = sysconf(_SC_PAGESIZE);
    char *page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) {
        *page = 1;
        if (madvise(page, (size_t)size, MADV_WIPEONFORK) == 0)
            unforked_page = page;
        else
            munmap(page, (size_t)size);
    }
    pthread_atfork(NULL, NULL, note_fork);
    host_reserve(); /* what cannot be had now, Go waits for */
    host_room();
}

/* Runs after it: the thread that loads the library gets its mask back. */
__attribute__((constructor)) static void after_runtime(void)
{
    host_loud(&host_mask);
}
