/*
 * What a container by Docker, containerd or podman puts around a host that has no capability of its own asked for: a filter that is, call by
 * call, as strict as their default profile, and the capabilities that are left to root. The profile is a list of what is allowed; here
 * stands what of this architecture is not: with EPERM, but clone3 with ENOSYS, so that libraries fall back to clone.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include "deny.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>

static const long container_refused[] = {
    /* for CAP_SYS_ADMIN */
    SYS_bpf, SYS_fanotify_init, SYS_fsconfig, SYS_fsmount, SYS_fsopen, SYS_fspick, SYS_lookup_dcookie, SYS_mount, SYS_mount_setattr, SYS_move_mount,
    SYS_open_tree, SYS_perf_event_open, SYS_quotactl, SYS_quotactl_fd, SYS_setdomainname, SYS_sethostname, SYS_setns, SYS_syslog, SYS_umount2, SYS_unshare,
    /* for other capabilities */
    SYS_acct, SYS_clock_settime, SYS_delete_module, SYS_finit_module, SYS_get_mempolicy, SYS_init_module, SYS_kcmp, SYS_mbind, SYS_open_by_handle_at,
    SYS_pidfd_getfd, SYS_process_madvise, SYS_reboot, SYS_set_mempolicy, SYS_settimeofday, SYS_vhangup,
    /* for nobody */
    SYS_add_key, SYS_keyctl, SYS_kexec_file_load, SYS_kexec_load, SYS_migrate_pages, SYS_move_pages, SYS_nfsservctl, SYS_pivot_root, SYS_request_key,
    SYS_swapoff, SYS_swapon, SYS_userfaultfd,
#ifdef __x86_64__
    SYS__sysctl, SYS_create_module, SYS_get_kernel_syms, SYS_ioperm, SYS_iopl, SYS_query_module, SYS_sysfs, SYS_uselib, SYS_ustat,
#endif
};

/* The capabilities that are left to root. */
static const int container_kept[] = {
    CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FSETID,           CAP_FOWNER,  CAP_MKNOD,      CAP_NET_RAW,     CAP_SETGID,
    CAP_SETUID,  CAP_SETFCAP,      CAP_SETPCAP,          CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_KILL, CAP_AUDIT_WRITE,
};

enum { CONTAINER_NEWER = 450, CONTAINER_X32 = 0x40000000, CONTAINER_NAMESPACES = 0x7e020000 };

/* As long as the profile: calls that are newer than it are refused as well, so a program must not count on one. */
static inline int container_filter(void)
{
    enum { N = sizeof container_refused / sizeof *container_refused };
    struct sock_filter code[40 + 2 * N];
    size_t n = 0;
#define OP(...) code[n++] = (struct sock_filter)__VA_ARGS__
#define REFUSE(error) OP(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error)))
    OP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1));
    REFUSE(ENOSYS);
    for (size_t i = 0; i < N; i++) {
        OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)container_refused[i], 0, 1));
        REFUSE(EPERM);
    }
    OP(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CONTAINER_NEWER, 0, 2)); /* those for x32 are allowed to run where the kernel has them */
    OP(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CONTAINER_X32, 1, 0));
    REFUSE(EPERM);
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
    OP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)));
    OP(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CONTAINER_NAMESPACES, 0, 1));
    REFUSE(EPERM);
    OP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3)); /* AF_VSOCK */
    OP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 40, 0, 1));
    REFUSE(EPERM);
    OP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_personality, 0, 7));
    OP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 5, 0));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 8, 4, 0));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x20000, 3, 0));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x20008, 2, 0));
    OP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0));
    REFUSE(EPERM);
    OP(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
#undef OP
#undef REFUSE
    struct sock_fprog program = {(unsigned short)n, code};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* Enters it: root keeps root's capabilities of a container, a user none. Between fork and exec. */
static inline int container_enter(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
    if (geteuid() == 0) {
        for (int cap = 0; cap <= CAP_LAST_CAP; cap++) {
            int kept = 0;
            for (size_t i = 0; i < sizeof container_kept / sizeof *container_kept; i++)
                kept |= container_kept[i] == cap;
            if (kept)
                data[cap / 32].effective |= 1u << cap % 32;
            else if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EINVAL)
                return -1;
        }
        for (int i = 0; i < 2; i++)
            data[i].permitted = data[i].effective;
        if (syscall(SYS_capset, &header, data) != 0)
            return -1;
    }
    /* Docker loads it as root does, without no_new_privs; here the capability for that is gone by now. */
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? container_filter() : -1;
}

#endif
