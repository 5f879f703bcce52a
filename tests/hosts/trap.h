/*
 * Brings system calls that the library makes, on whatever thread of this process, before a function that can let them fail: by a seccomp
 * filter that raises SIGSYS, and only for calls made at one place, Go's own way into the kernel. So neither the host's calls nor those of Go's
 * runtime are touched, nor the programs'. Unlike a listener that leaves listening to the library.
 *
 * A child that has not executed its program yet uses the same place, and SIGSYS would be its end: for calls that it makes use a listener.
 */
#ifndef TRAP_H
#define TRAP_H

#include "check.h"

#include <link.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* Asked of each call; a negative errno is what it returns then, unexecuted; 0 lets it be made. On the thread that makes it. */
static long (*trap_ask)(long nr, const uint64_t args[6]);
static uint64_t trap_place; /* the address behind the instruction */

static inline long trap_call(long nr, const uint64_t a[6])
{
#if defined(__x86_64__)
    long result;
    register uint64_t r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
#else
    register uint64_t x8 __asm__("x8") = (uint64_t)nr, x0 __asm__("x0") = a[0], x1 __asm__("x1") = a[1], x2 __asm__("x2") = a[2];
    register uint64_t x3 __asm__("x3") = a[3], x4 __asm__("x4") = a[4], x5 __asm__("x5") = a[5];
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return (long)x0;
#endif
}

static void trap_handle(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    (void)number;
    trap_place = (uint64_t)(uintptr_t)info->si_call_addr;
#if defined(__x86_64__)
    greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uint64_t args[6] = {(uint64_t)g[REG_RDI], (uint64_t)g[REG_RSI], (uint64_t)g[REG_RDX],
                              (uint64_t)g[REG_R10], (uint64_t)g[REG_R8],  (uint64_t)g[REG_R9]};
#else
    __u64 *g = ((ucontext_t *)context)->uc_mcontext.regs;
    const uint64_t args[6] = {g[0], g[1], g[2], g[3], g[4], g[5]};
#endif
    long result = trap_ask ? trap_ask(info->si_syscall, args) : 0;
    if (result == 0)
        result = trap_call(info->si_syscall, args);
#if defined(__x86_64__)
    g[REG_RAX] = result;
#else
    g[0] = (uint64_t)result;
#endif
    errno = saved;
}

#define TRAP_ANY UINT64_MAX

/* Call `nr` made from behind an address in [low, high], in one block of 4 GiB, is trapped: on all threads, from now on. With a value that is not
 * TRAP_ANY only where the low half of this argument is that. */
static inline int trap_from(long nr, unsigned argument, uint64_t value, uint64_t low, uint64_t high)
{
    const int any = value == TRAP_ANY;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 8),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * argument),
        BPF_JUMP(BPF_JMP | (any ? BPF_JGE : BPF_JEQ) | BPF_K, any ? 0 : (uint32_t)value, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(low >> 32), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)low, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)high, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (low >> 32 != high >> 32)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
}

struct trap_range {
    const char *name;
    uint64_t low, high;
};

static int trap_find(struct dl_phdr_info *info, size_t size, void *payload)
{
    struct trap_range *r = (struct trap_range *)payload;
    (void)size;
    for (int i = 0; strstr(info->dlpi_name, r->name) && i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
            r->low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            r->high = r->low + info->dlpi_phdr[i].p_memsz;
        }
    return 0;
}

/* Before any run: finds the place. 1: done; 0: try again, in another process. */
static inline int trap_prepare(void)
{
    struct sigaction action;
    struct trap_range library = {"libgosandbox", 0, 0};
    memset(&action, 0, sizeof action);
    action.sa_sigaction = trap_handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER; /* on the small stack of a goroutine there is no room */
    sigaction(SIGSYS, &action, NULL);
    dl_iterate_phdr(trap_find, &library);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (gosandbox_feature(GOSANDBOX_FEATURE_LANDLOCK) < 0 || trap_from(SYS_landlock_create_ruleset, 0, TRAP_ANY, library.low, library.high) != 0)
        return 0;
    gosandbox_feature(GOSANDBOX_FEATURE_LANDLOCK); /* makes the one call, on this thread */
    return trap_place != 0;
}

/* Where the library's C code makes its calls. */
static inline int trap_c(long nr, unsigned argument, uint64_t value)
{
    struct trap_range libc = {"libc.so", 0, 0};
    dl_iterate_phdr(trap_find, &libc);
    return trap_from(nr, argument, value, libc.low, libc.high);
}

#endif
