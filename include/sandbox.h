/*
 * gosandbox: run a program nobody trusts, under limits, and say exactly what happened.
 *
 * This header is the contract. C99 and C++17. Link with -lgosandbox.
 *
 * Rules that hold everywhere
 *
 *   Errors     An int function returns 0 or a negative GOSANDBOX_E... code; the codes a function can
 *              return are listed at it. After a failure gosandbox_last_error() tells, for the calling
 *              thread, the code, the errno, the step and a sentence that names the remedy. Every
 *              function that enters the library can also return GOSANDBOX_EFORKED (called in a child
 *              that was forked after the library was loaded) and GOSANDBOX_EINTERNAL (a fault of the
 *              library, with a stack for the log callback); so can every one that makes or keeps something
 *              GOSANDBOX_ENOMEM. These three are repeated below only where there is more to say.
 *   Handles    Handles are opaque and are never dereferenced by the library. A NULL, freed or foreign
 *              handle gives GOSANDBOX_EBADF. Every ..._free accepts NULL, and a handle freed twice is
 *              ignored the second time.
 *   Memory     Inputs are copied before a function returns. A pointer that the library returns
 *              belongs to the handle it was asked from and lives until that handle is freed. Nobody
 *              ever calls free() on it.
 *   Structs    A public struct begins with `size`, set by the caller to sizeof, and only grows at its
 *              end; the library writes no more than `size` bytes. Where the library hands out a
 *              pointer to a struct, `size` is set by the library.
 *   Threads    Any thread may call anything, except that one config is built by one thread at a time.
 *              run and start take a snapshot, so a config can be changed or freed at once afterwards
 *              and can serve many runs side by side. task_kill, task_wait and task_poll_fd may be
 *              called for one task from many threads at the same time.
 *   Units      Times are nanoseconds, sizes are bytes, both unsigned 64-bit.
 *   The host   The library never prints, exits, aborts, installs a signal handler of its own, reaps a
 *              child of the host, or changes the host's signal mask, limits or descriptors. The Go runtime
 *              in it handles SIGSEGV, SIGBUS, SIGFPE and SIGURG, and the host's handlers, that of SIGCHLD
 *              included, get the flag SA_ONSTACK: without it they could run on a stack too small. During a run
 *              and for 100 ms after it a thread of the library has a seccomp filter of its own, so that
 *              SECCOMP_FILTER_FLAG_TSYNC fails with that thread's id; try again after a moment.
 */
#ifndef GOSANDBOX_SANDBOX_H
#define GOSANDBOX_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOSANDBOX_VERSION_MAJOR 1u
#define GOSANDBOX_VERSION_MINOR 0u
#define GOSANDBOX_VERSION_PATCH 0u
#define GOSANDBOX_VERSION 0x010000u /* major << 16 | minor << 8 | patch, of this header */

/* ---------------------------------------------------------------- error codes */

#define GOSANDBOX_OK 0
#define GOSANDBOX_EINVAL (-1)       /* an argument cannot mean anything; last_error names it */
#define GOSANDBOX_EBADF (-2)        /* a handle is NULL, freed, foreign, or of another type */
#define GOSANDBOX_ENOMEM (-3)       /* no memory, descriptors, threads or processes left for the library */
#define GOSANDBOX_EUNSUPPORTED (-4) /* this machine cannot enforce what was asked for */
#define GOSANDBOX_ESETUP (-5)       /* the program could not be started; the step says where */
#define GOSANDBOX_EINTERNAL (-6)    /* a fault of the library; the run was killed */
#define GOSANDBOX_EFORKED (-7)      /* called in a forked child of the process that loaded the library */
#define GOSANDBOX_ETIMEDOUT (-8)    /* the time given to task_wait has passed; the task goes on */
#define GOSANDBOX_EFAULT (-9)       /* the program has no memory at that address */
#define GOSANDBOX_EGONE (-10)       /* the thread that the event is about was killed meanwhile */
#define GOSANDBOX_ETOOLONG (-11)    /* it does not fit into the buffer */

/* ---------------------------------------------------------------- status of a run */

/* What became of the program. Exactly one, decided once. */
#define GOSANDBOX_STATUS_EXITED 0u        /* ended by itself; exit_code is 0..255 */
#define GOSANDBOX_STATUS_SIGNALED 1u      /* ended by a signal that no limit caused; signal tells which */
#define GOSANDBOX_STATUS_CPU_LIMIT 2u     /* used more CPU time than GOSANDBOX_LIMIT_CPU */
#define GOSANDBOX_STATUS_WALL_LIMIT 3u    /* lived longer than GOSANDBOX_LIMIT_WALL */
#define GOSANDBOX_STATUS_MEMORY_LIMIT 4u  /* used, or was refused, memory beyond GOSANDBOX_LIMIT_MEMORY */
#define GOSANDBOX_STATUS_OUTPUT_LIMIT 5u  /* wrote more than GOSANDBOX_LIMIT_OUTPUT */
#define GOSANDBOX_STATUS_PROCESS_LIMIT 6u /* made more processes than GOSANDBOX_LIMIT_PROCESSES */
#define GOSANDBOX_STATUS_VIOLATION 7u     /* made a system call that the policy kills for */
#define GOSANDBOX_STATUS_CANCELLED 8u     /* killed by task_kill, task_free or the caller's interrupt */
#define GOSANDBOX_STATUS_SETUP_FAILED 9u  /* never started; never confused with an exit code of 127 */
#define GOSANDBOX_STATUS_INTERNAL 10u     /* the library lost sight of the program and killed it */

/* Why the library killed the run; NONE when it did not. */
#define GOSANDBOX_CAUSE_NONE 0u
#define GOSANDBOX_CAUSE_CPU 1u       /* CPU time of the whole tree passed the limit */
#define GOSANDBOX_CAUSE_WALL 2u      /* wall time passed the limit */
#define GOSANDBOX_CAUSE_MEMORY 3u    /* memory of a process passed the limit */
#define GOSANDBOX_CAUSE_OUTPUT 4u    /* captured bytes, or the size of a file, passed the limit */
#define GOSANDBOX_CAUSE_PROCESSES 5u /* one process too many */
#define GOSANDBOX_CAUSE_VIOLATION 6u /* a kill rule, or a callback that answered KILL */
#define GOSANDBOX_CAUSE_CANCELLED 7u /* the caller asked for it */
#define GOSANDBOX_CAUSE_FAULT 8u     /* an operation of the library failed; fail closed */
#define GOSANDBOX_CAUSE_CALLBACK 9u  /* the callback gave an answer that is no action, or a descriptor that is not open */
#define GOSANDBOX_CAUSE_GROUP 10u    /* its group was over: another member ended, or could not be started (status CANCELLED) */
#define GOSANDBOX_CAUSE_DEADLOCK 11u /* all members of its group waited for each other (status WALL_LIMIT) */

/* What is known of the end beyond status and cause. */
#define GOSANDBOX_DETAIL_NONE 0u
#define GOSANDBOX_DETAIL_STACK_OVERFLOW 1u /* SIGNALED: the fatal fault was next to the end of the stack of the thread that made it */
#define GOSANDBOX_DETAIL_OOM_KILL 2u       /* MEMORY_LIMIT: the kernel killed a process at the limit of the run's control group */
#define GOSANDBOX_DETAIL_REFUSED 3u        /* MEMORY_LIMIT: the kernel refused memory at the limit, and the program ended badly */

/* The step of starting a program; the numbers are in order of addition. */
#define GOSANDBOX_STEP_NONE 0u
#define GOSANDBOX_STEP_PREPARE 1u      /* pipes, memory files and threads of the library */
#define GOSANDBOX_STEP_CLONE 2u        /* making the process */
#define GOSANDBOX_STEP_SIGNALS 3u      /* dispositions back to default */
#define GOSANDBOX_STEP_SESSION 4u      /* a session of its own */
#define GOSANDBOX_STEP_OPEN 5u         /* opening a file for a descriptor; index is the descriptor */
#define GOSANDBOX_STEP_DESCRIPTORS 6u  /* placing descriptors, closing all others; index is the descriptor */
#define GOSANDBOX_STEP_CWD 7u          /* changing to the working directory */
#define GOSANDBOX_STEP_RLIMIT 8u       /* a resource limit; index is the resource */
#define GOSANDBOX_STEP_NICE 9u         /* the nice value */
#define GOSANDBOX_STEP_AFFINITY 10u    /* the CPUs it may run on */
#define GOSANDBOX_STEP_IDS 11u         /* groups, gid, uid */
#define GOSANDBOX_STEP_DEATH_SIGNAL 12u /* dying with the host */
#define GOSANDBOX_STEP_TRACE 13u       /* attaching the tracer */
#define GOSANDBOX_STEP_NO_NEW_PRIVS 14u /* giving up setuid programs */
#define GOSANDBOX_STEP_SECCOMP 15u     /* loading the system call filter */
#define GOSANDBOX_STEP_EXEC 16u        /* starting the program */
#define GOSANDBOX_STEP_LANDLOCK 17u    /* entering the Landlock ruleset of the path rules; after NO_NEW_PRIVS */
#define GOSANDBOX_STEP_NAMESPACES 18u  /* making or entering namespaces, loopback; index is the CLONE_NEW... flag or -1 */
#define GOSANDBOX_STEP_ID_MAP 19u      /* the ids of the user namespace; index 0 setgroups, 1 gid_map, 2 uid_map */
#define GOSANDBOX_STEP_MOUNT 20u       /* a mount of the root file system; index is that of add_mount, -1 for the root */
#define GOSANDBOX_STEP_ROOT 21u        /* moving into the root file system */
#define GOSANDBOX_STEP_HOSTNAME 22u    /* the hostname */
#define GOSANDBOX_STEP_CAPABILITIES 23u /* giving up capabilities */
#define GOSANDBOX_STEP_PUT 24u         /* making a file that the program is to find; index is that of put_bytes, put_file and put_fd */
#define GOSANDBOX_STEP_COLLECT 25u     /* opening a directory that files are collected from, or to; index is that of collect */

/* ---------------------------------------------------------------- limits */

/*
 * A limit is a promise: passing it gives the status above. A limit that is not set is not enforced.
 */
#define GOSANDBOX_LIMIT_CPU 0u        /* ns of user + system time, summed over all processes and threads of the run */
#define GOSANDBOX_LIMIT_WALL 1u       /* ns from the start of the program */
#define GOSANDBOX_LIMIT_MEMORY 2u     /* bytes in use, per process: anonymous, shared, huge pages, page tables; not files */
#define GOSANDBOX_LIMIT_STACK 3u      /* bytes of the main thread's stack, or STACK_AS_MEMORY; passing it is SIGSEGV (SIGNALED) */
#define GOSANDBOX_LIMIT_OUTPUT 4u     /* bytes in all captured descriptors together, and size of any one file written */
#define GOSANDBOX_LIMIT_PROCESSES 5u  /* processes alive at once, the first one included; threads do not count */
#define GOSANDBOX_LIMIT_OPEN_FILES 6u /* descriptors per process; passing it is EMFILE, no status of its own */
#define GOSANDBOX_LIMIT_MEMORY_GRACE 7u /* bytes above LIMIT_MEMORY up to which a process gets private writable memory that it does not use;
                                         * needs LIMIT_MEMORY. May be 0; without it, the larger of LIMIT_MEMORY and 1 GiB */
#define GOSANDBOX_LIMIT_ADDRESS_SPACE 8u /* bytes of address space per process, reservations and mapped files included */
#define GOSANDBOX_LIMIT_COUNT 9u
/* For LIMIT_STACK: as much as LIMIT_MEMORY, or no bound without that. C libraries give each thread that asks for no size of its own as much
 * address space, so the default of LIMIT_MEMORY_GRACE leaves room for 64 of these. */
#define GOSANDBOX_STACK_AS_MEMORY 0x7fffffffffffffff

/* ---------------------------------------------------------------- actions */

typedef uint32_t gosandbox_action;            /* 0 is the fail-closed value */
#define GOSANDBOX_KILL 0u                     /* kill the tree, status VIOLATION */
#define GOSANDBOX_ERRNO(e) (0x10000u | (uint32_t)(e)) /* the call fails with e (1..4095) and is not executed */
#define GOSANDBOX_ALLOW 0x7fff0000u           /* execute the call */
#define GOSANDBOX_NOTIFY 0x20000u             /* rules only: ask the callback */
#define GOSANDBOX_RETURN 0x30000u             /* callbacks only: not executed, returns the value of gosandbox_event_set_return */
#define GOSANDBOX_INSPECT 0x40000u            /* callbacks only: execute, then call back in PHASE_EXIT */
#define GOSANDBOX_DEFER 0x50000u              /* callbacks only: what the path rules say, else the policy's default action */
#define GOSANDBOX_OPENED 0x60000u             /* callbacks only: returns a descriptor made from that of gosandbox_event_set_fd */

/* Architectures, as the kernel's AUDIT_ARCH_ numbers. 0 is the machine's own. */
#define GOSANDBOX_ARCH_NATIVE 0u
#define GOSANDBOX_ARCH_X86_64 0xc000003eu
#define GOSANDBOX_ARCH_I386 0x40000003u
#define GOSANDBOX_ARCH_AARCH64 0xc00000b7u

/* Comparisons. The plain ones see all 64 bits of an argument; the _32 ones the low 32, which is all that the
 * kernel reads of an int: compare the domain of socket(2) with EQ_32. */
#define GOSANDBOX_CMP_EQ 1u
#define GOSANDBOX_CMP_NE 2u
#define GOSANDBOX_CMP_LT 3u
#define GOSANDBOX_CMP_LE 4u
#define GOSANDBOX_CMP_GT 5u
#define GOSANDBOX_CMP_GE 6u
#define GOSANDBOX_CMP_MASKED_EQ 7u /* (argument & a) == b */
#define GOSANDBOX_CMP_EQ_32 17u
#define GOSANDBOX_CMP_NE_32 18u
#define GOSANDBOX_CMP_LT_32 19u
#define GOSANDBOX_CMP_LE_32 20u
#define GOSANDBOX_CMP_GT_32 21u
#define GOSANDBOX_CMP_GE_32 22u
#define GOSANDBOX_CMP_MASKED_EQ_32 23u

/* A condition on argument `arg` (0..5): argument `op` a; b is used by the masked ones alone. */
struct gosandbox_cmp {
    uint32_t arg, op;
    uint64_t a, b;
};

/* A system call of the tracee, as it was about to be executed. */
struct gosandbox_syscall {
    uint32_t size;
    uint32_t phase;   /* GOSANDBOX_PHASE_... */
    uint32_t arch;    /* GOSANDBOX_ARCH_... of the call, which need not be that of the machine */
    uint32_t flags;   /* 0 for now */
    int32_t pid, tid; /* process and thread, in the host's pid namespace */
    int64_t nr;       /* number of the call in its architecture */
    int64_t ret;      /* in phase EXIT what the call returned, a negative errno when it failed; else 0 */
    uint64_t args[6];
    uint64_t ip; /* instruction pointer */
};
#define GOSANDBOX_PHASE_ENTRY 1u /* before it is executed */
#define GOSANDBOX_PHASE_EXIT 2u  /* after it was, because the callback answered INSPECT */

/* ---------------------------------------------------------------- version, errors, features */

/* What went wrong in the calling thread's last failed call. */
struct gosandbox_error {
    uint32_t size;
    int32_t code;        /* GOSANDBOX_E..., 0 before the first failure */
    int32_t sys_errno;   /* errno of the kernel, 0 where there is none */
    uint32_t step;       /* GOSANDBOX_STEP_..., NONE outside of a start */
    int32_t index;       /* which one of several, as told at the step; -1 where there is one only */
    uint32_t reserved;
    const char *message; /* UTF-8, one sentence, never NULL */
};

/* Version of the loaded library, as GOSANDBOX_VERSION. Never fails. */
uint32_t gosandbox_version(void);
/* The same as "1.0.0"; static. */
const char *gosandbox_version_string(void);

/* The calling thread's last failure; never NULL, valid until the thread's next failing call; a call that succeeds
 * leaves it alone. */
const struct gosandbox_error *gosandbox_last_error(void);

/* Names such as "CPU_LIMIT", "exec", "CPU", "EINVAL"; "?" for a number without a name. Static. */
const char *gosandbox_status_name(uint32_t status);
const char *gosandbox_cause_name(uint32_t cause);
const char *gosandbox_step_name(uint32_t step);
const char *gosandbox_error_name(int code);
/* Name of a system call ("openat"), static; NULL for a number without a name in that architecture. */
const char *gosandbox_syscall_name(uint32_t arch, int64_t nr);
/* The names that gosandbox_config_set_policy knows, sorted, from index 0 on; static; NULL behind the last. */
const char *gosandbox_profile_name(size_t index);

/* What this machine gives. */
#define GOSANDBOX_FEATURE_PTRACE 1u       /* processes can be traced: needed by every run */
#define GOSANDBOX_FEATURE_SECCOMP 2u      /* system call filters with RET_TRACE: needed by every run */
#define GOSANDBOX_FEATURE_CHANGE_IDS 3u   /* set_ids to another user: root, or CAP_SETUID and CAP_SETGID */
#define GOSANDBOX_FEATURE_RAISE_LIMITS 4u /* hard rlimits above those of the host: CAP_SYS_RESOURCE */
#define GOSANDBOX_FEATURE_NEGATIVE_NICE 5u /* a nice value below the host's: CAP_SYS_NICE or RLIMIT_NICE */
#define GOSANDBOX_FEATURE_NOTIFY 6u       /* callbacks and path rules: seccomp notifications, of which a process has one listener; Linux 5.14 */
#define GOSANDBOX_FEATURE_LANDLOCK 7u     /* path rules at the kernel's speed; without it every open is served by the library */
/* Control groups for a run, with set_cgroup(config, NULL): */
#define GOSANDBOX_FEATURE_CGROUP_MEMORY 20u /* the memory limit and peak of the whole tree */
#define GOSANDBOX_FEATURE_CGROUP_PIDS 21u   /* a bound on processes and threads together */
#define GOSANDBOX_FEATURE_CGROUP_CPU 22u    /* CPU bandwidth */
#define GOSANDBOX_FEATURE_CGROUP_CPUSET 23u /* processors of a group */
#define GOSANDBOX_FEATURE_CGROUP_KILL 24u   /* the whole tree dies by one write (cgroup.kill, Linux 5.14) */
/* Namespaces, each made by this process as it is, where need be together with a user namespace. Found out by trying, in a
 * process that ends at once; what was found is remembered. */
#define GOSANDBOX_FEATURE_USER_NAMESPACE 32u
#define GOSANDBOX_FEATURE_PID_NAMESPACE 33u
#define GOSANDBOX_FEATURE_MOUNT_NAMESPACE 34u
#define GOSANDBOX_FEATURE_NET_NAMESPACE 35u
#define GOSANDBOX_FEATURE_IPC_NAMESPACE 36u
#define GOSANDBOX_FEATURE_UTS_NAMESPACE 37u
#define GOSANDBOX_FEATURE_CGROUP_NAMESPACE 38u
#define GOSANDBOX_FEATURE_TIME_NAMESPACE 39u
#define GOSANDBOX_FEATURE_LANDLOCK_TCP 41u   /* WALL_TCP_BIND, WALL_TCP_CONNECT: Linux 6.7 */
#define GOSANDBOX_FEATURE_LANDLOCK_SCOPE 42u /* WALL_ABSTRACT, WALL_SIGNALS: Linux 6.12 */
#define GOSANDBOX_FEATURE_INSTRUCTIONS 40u /* instructions can be counted: COUNTER_INSTRUCTIONS */
/* 1 when the machine has it, 0 when not (the reason and the remedy stand in last_error), EINVAL for an unknown
 * number. */
int gosandbox_feature(uint32_t feature);

#define GOSANDBOX_LOG_ERROR 1u
#define GOSANDBOX_LOG_WARNING 2u
#define GOSANDBOX_LOG_DEBUG 3u
/* Called with one line of text, valid during the call, from any thread, several at once possible. Must not call back
 * into the library. */
typedef void (*gosandbox_log_cb)(uint32_t level, const char *text, void *payload);
/* Sets the one log callback of the process for messages of `level` and graver; NULL switches it off. Without a callback
 * nothing is logged. A callback that runs at this moment in another thread may still be running on return.
 * Errors: EINVAL (level). */
int gosandbox_set_log(uint32_t level, gosandbox_log_cb callback, void *payload);

/* ---------------------------------------------------------------- config */

typedef struct gosandbox_config gosandbox_config;

/*
 * A new config: no arguments, an empty environment, the host's working directory, descriptors 0, 1 and 2 on /dev/null
 * and no others, no limits, no core files, the guard policy (see set_policy).
 * All setters return EBADF for a bad handle; EINVAL for NULL where a value is needed, a string with a bad length or
 * a number out of range, and leave the config as it was.
 */
int gosandbox_config_new(gosandbox_config **out);
void gosandbox_config_free(gosandbox_config *config);

/* The program and its arguments, n >= 1 of them. argv[0] is also the path that is executed: relative to the working
 * directory set by set_cwd; without a slash it is searched in PATH of the run's own environment, or in
 * /usr/local/bin:/usr/bin:/bin when that has none. Errors: EINVAL (n is 0, a NULL, an empty argv[0]). */
int gosandbox_config_set_argv(gosandbox_config *config, size_t n, const char *const *argv);
/* The whole environment, as "NAME=value"; empty unless set: the host's is never passed on. Errors: EINVAL (no '=', empty name). */
int gosandbox_config_set_env(gosandbox_config *config, size_t n, const char *const *env);
/* The working directory of the program; relative to the host's at the time of the run. */
int gosandbox_config_set_cwd(gosandbox_config *config, const char *path);
/* Executes the file open as `host_fd` instead of argv[0] (execveat): immune to renames. It must be open when the run
 * starts; the program cannot see it. A script cannot be started that way. */
int gosandbox_config_set_exec_fd(gosandbox_config *config, int host_fd);

/*
 * Descriptors of the program. Each of them replaces what was said before about that child descriptor
 * (0 <= child < 1024). All descriptors of the host that are not named here are closed in the program.
 */
/* Bytes for descriptor 0, served from a sealed memory file: the program may read all, some or none of them. Errors: ENOMEM. */
int gosandbox_config_set_stdin_bytes(gosandbox_config *config, const void *bytes, size_t n);
/* The host's open descriptor, which must still be open when the run starts. It stays the host's: it may be closed when
 * gosandbox_run or gosandbox_start has returned. */
int gosandbox_config_set_fd(gosandbox_config *config, int child, int host_fd);
/* A file, opened for each run with open(2)'s flags and mode (O_NOCTTY is added), relative to the host's working
 * directory, with the host's rights, in the umask of the run. A fifo that nobody opens at the other end ends as SETUP_FAILED
 * when the wall limit, or ten seconds if that is longer, has passed. */
int gosandbox_config_open_fd(gosandbox_config *config, int child, const char *path, int flags, uint32_t mode);
/* The same open file as descriptor `other` of the program ("2>&1" is dup_fd(config, 2, 1)). Errors: EINVAL
 * (child == other). An `other` that is not set, or a circle, is reported by run. */
int gosandbox_config_dup_fd(gosandbox_config *config, int child, int other);
/* What the program writes to the descriptor goes to memory: the first `max` bytes are kept, the rest is drained and
 * counted. Read it with gosandbox_result_output. Errors: EINVAL (max > 2^40). */
int gosandbox_config_capture(gosandbox_config *config, int child, uint64_t max);

/* One of GOSANDBOX_LIMIT_...; value > 0 and < 2^63 (a negative number that was cast is refused); OUTPUT and MEMORY_GRACE may be 0.
 * OPEN_FILES and STACK become the rlimits of that name, OUTPUT also becomes RLIMIT_FSIZE.
 *
 * Memory is limited by what is in use: LIMIT_MEMORY kills the run when a process uses more, or the kernel does when the tree does, with
 * set_cgroup. Before that allocations fail when a process asks for LIMIT_MEMORY and MEMORY_GRACE together of private writable memory (RLIMIT_DATA), or
 * for ADDRESS_SPACE of any kind (RLIMIT_AS); a program that then ends with a signal or an exit code other than 0 gets MEMORY_LIMIT. With a small grace a
 * program sees malloc fail at the limit instead of being killed. Java, Go and node reserve what they never use: mostly not as
 * writable memory, so the usual grace is enough for all of them, but they need an ADDRESS_SPACE of some GiB above what they use (docs/figures.md).
 *
 * Errors: EINVAL (unknown limit, value out of range). */
int gosandbox_config_set_limit(gosandbox_config *config, uint32_t limit, uint64_t value);
/* What happens at the process limit: GOSANDBOX_KILL (the default: status PROCESS_LIMIT) or GOSANDBOX_ERRNO(e): fork
 * fails with e (EAGAIN is what programs expect) and the program goes on. */
int gosandbox_config_set_process_action(gosandbox_config *config, gosandbox_action action);
/* A resource limit of the kernel, RLIMIT_* of <sys/resource.h>; UINT64_MAX is RLIM_INFINITY. It wins over the rlimit
 * that a limit implies; the limit itself stays enforced. Unset ones are those of the host, but RLIMIT_CORE is 1:
 * no core files, and no handler that kernel.core_pattern names.
 * Errors: EINVAL (unknown resource, soft > hard). */
int gosandbox_config_set_rlimit(gosandbox_config *config, int resource, uint64_t soft, uint64_t hard);

/* User and group of the program; supplementary groups are dropped. Needs FEATURE_CHANGE_IDS unless they are the
 * host's own. A host without CAP_SYS_PTRACE, as root in a container, cannot look into a program of another user: a
 * callback reads nothing of its memory (EFAULT), path rules are EUNSUPPORTED. Errors: EINVAL (UINT32_MAX). */
int gosandbox_config_set_ids(gosandbox_config *config, uint32_t uid, uint32_t gid);
/* 0..0777; the host's unless set. */
int gosandbox_config_set_umask(gosandbox_config *config, uint32_t mask);
/* The CPUs that the program may run on, n >= 1 numbers below 4096; those of the calling thread unless set. */
int gosandbox_config_set_affinity(gosandbox_config *config, size_t n, const uint32_t *cpus);
/* -20..19; the host's unless set. */
int gosandbox_config_set_nice(gosandbox_config *config, int nice);

/*
 * Control groups, of version 1, 2 or both: every run gets fresh ones, which are removed after it. Those of a host that was killed
 * are removed by the next one that uses the same parent. With them
 *   LIMIT_MEMORY is that of the whole tree, kept by the kernel: a process that it kills there ends the run with MEMORY_LIMIT, also
 *     where the kernel itself has to hold too much for the program. Page cache counts, but is given up before anything is killed.
 *     Swap is off. Without the memory controller a run that has the limit fails with EUNSUPPORTED;
 *   LIMIT_PROCESSES is backed by a bound on processes and threads together, 4096 above it;
 *   cpu, user, sys and memory_peak are those of the groups (SOURCE_CGROUP).
 */
/* Puts the run into groups below `parent`, given as its path from the top of the hierarchies ("/judge") or as its directory; it must
 * exist, in version 2 without processes of its own. NULL or "": where there is room near the host's own group, which is left
 * as it is. What is missing is told by run, as EUNSUPPORTED with the file, the errno and the remedy.
 * Errors: EINVAL (".." in it). */
int gosandbox_config_set_cgroup(gosandbox_config *config, const char *parent);
/* The tree gets `quota` ns of CPU time in each `period` ns and then waits for the next: 50 and 100 ms are half a processor. Nothing
 * of it is a verdict. Implies set_cgroup(config, NULL) unless that was called. Needs FEATURE_CGROUP_CPU.
 * Errors: EINVAL (quota below 1 ms, period outside of 1 ms to 1 s). */
int gosandbox_config_set_cgroup_bandwidth(gosandbox_config *config, uint64_t quota, uint64_t period);
/* Binds the tree to processors, n >= 1 numbers below 4096; unlike set_affinity the program cannot take it back. Implies
 * set_cgroup(config, NULL) unless that was called. Needs FEATURE_CGROUP_CPUSET. Errors: EINVAL (n is 0, a number out of range). */
int gosandbox_config_set_cgroup_cpus(gosandbox_config *config, size_t n, const uint32_t *cpus);

/*
 * The system call policy.
 *
 * Always in force, whatever the policy: calls of a foreign architecture (int 0x80) and of x32 kill; clone with
 * CLONE_UNTRACED fails with EPERM; clone3 fails with ENOSYS, as C libraries expect of a kernel that lacks it; seccomp with
 * SECCOMP_FILTER_FLAG_NEW_LISTENER fails with EBUSY. Each of them would be a way out. Where a policy has rules and allows by default,
 * io_uring_setup fails with ENOSYS unless a rule allows it: what is done through a ring passes no filter.
 *
 * Where the machine has FEATURE_LANDLOCK, no program can trace, look into, take descriptors of, or (Linux 6.12) signal a process that
 * is not of its run, even one of its own user such as the host.
 */
/*
 * Starts the policy from a profile, with the action for calls that no rule names: ALLOW, KILL, ERRNO(e), or DEFER for the profile's
 * own, which is ERRNO(ENOSYS) for all but "permissive". Rules added before are dropped; those added later override the profile's.
 *
 * "permissive" (NULL means the same) forbids nothing but the above. The others are made for programs of a language: "native" (C, C++,
 * Rust, Go, Pascal, D, Zig), "python", "jvm", "node", "dotnet", "mono", "ruby", "perl", "php", "lua", "ocaml", "haskell", and "compiler"
 * for the compilers of these. They let a program compute, use memory, threads and the files that path rules allow; the network and
 * what else libraries try fails softly; ways out, such as ptrace, mount or bpf, kill. gosandbox_policy_dump shows every line with its
 * reason; docs/profiles.md has the limits that go with each.
 *
 * Errors: EINVAL (unknown profile, action).
 */
int gosandbox_config_set_policy(gosandbox_config *config, const char *profile, gosandbox_action fallback);
/*
 * A rule: calls named `name` for which all n conditions hold (n may be 0) get the action: ALLOW, ERRNO(e), KILL or NOTIFY.
 * Where several rules fit a call the one added last decides; one that can never decide any more is dropped.
 *
 * `arch` is GOSANDBOX_ARCH_NATIVE or that of a machine the library runs on: x86_64, aarch64. A rule for the other one is
 * checked and kept, and is not in force here. Rules for i386 and x32 calls are refused: those kill always.
 *
 * The execve that starts the program passes through the policy too, and its addresses are not known before: so no rule may
 * refuse execve, not even under conditions, and with another default action than ALLOW a rule must allow it, without
 * conditions. A program started by set_exec_fd makes execveat instead; that is checked by run and start.
 *
 * Errors: EINVAL: an unknown name (the message has the nearest one), arch, action or op; arg > 5; more than 64
 * conditions; conditions that can never hold together; ALLOW or NOTIFY for clone3; a rule that could stop the execve that
 * starts the program; more than 4096 rules, or a program longer than the kernel's 4096 instructions.
 */
int gosandbox_config_add_rule(gosandbox_config *config, uint32_t arch, const char *name, gosandbox_action action,
                              size_t n, const struct gosandbox_cmp *conditions);
/* The same for the call with number nr, which need not have a name: the kernel may be newer than the library.
 * Errors: also EINVAL for nr < 0 and for numbers of x32 (0x40000000 and above). */
int gosandbox_config_add_rule_number(gosandbox_config *config, uint32_t arch, int64_t nr, gosandbox_action action,
                                     size_t n, const struct gosandbox_cmp *conditions);

/* ---------------------------------------------------------------- policy as text */

/*
 * Replaces the policy by the one in `json`, n bytes of UTF-8 (at most 1 MiB); its path rules, where it has some, too. The
 * form is that of docs/policy.schema.json:
 *
 *   {"default": "KILL", "rules": [
 *     {"call": "execve", "action": "ALLOW"},
 *     {"call": "socket", "action": {"errno": "EACCES"}, "when": [{"arg": 0, "op": "EQ_32", "a": "AF_UNIX"}]}]}
 *
 * A file is read as a whole, so what could only be a mistake is refused: unknown fields, a field that occurs twice, a
 * rule that a later one hides, a policy under which no program can start. The message tells line, column and field:
 * "line 7, column 19: rules[2].when[0].op: unknown comparison \"EQQ\"; did you mean \"EQ\"?".
 * Errors: EINVAL (NULL, or what the message says).
 */
int gosandbox_config_load_policy(gosandbox_config *config, const char *json, size_t n);
/*
 * The policy as such a text. The texts of this and the next function are written to buffer, cut to n - 1 bytes and ended by NUL (nothing is
 * written when n is 0, and buffer may be NULL then). Both return the length of the whole text without the NUL: when it is n or
 * more, the text was cut. Errors: EBADF, EINVAL (buffer is NULL though n is not 0).
 */
int gosandbox_policy_json(const gosandbox_config *config, char *buffer, size_t n);
/* For reviewers: the rules in words and the BPF program that a run of this config would load, with names as comments. The
 * form can change between versions. Errors: also EINVAL (a policy that no run could use). */
int gosandbox_policy_dump(const gosandbox_config *config, char *buffer, size_t n);
/*
 * What the policy does with a call: *out gets ALLOW, KILL, ERRNO(e) or NOTIFY, by the rules, the default action and what is always
 * in force (foreign architectures, x32, clone3, untraced clones, listeners). Read are arch (GOSANDBOX_ARCH_NATIVE is possible), nr,
 * of which the kernel looks at 32 bits, args, and `size`, which must cover args. Path rules and limits are not
 * considered: a fork that the policy allows can still be one too many. Errors: EBADF, EINVAL (NULL, size).
 */
int gosandbox_policy_evaluate(const gosandbox_config *config, const struct gosandbox_syscall *call, gosandbox_action *out);

/*
 * Isolation: what the program is cut off from. Whatever is asked for here holds, or the run fails at its start: with
 * EUNSUPPORTED and a sentence that tells why, and what to do, when this machine does not give it.
 */
#define GOSANDBOX_ISOLATE_USER 1u    /* users: its ids mean nothing outside. What else an ordinary user may isolate needs this */
#define GOSANDBOX_ISOLATE_PID 2u     /* processes: it sees, signals and traces its own only; process 1 is the library's */
#define GOSANDBOX_ISOLATE_MOUNT 4u   /* file systems: see set_isolation's rootfs and add_mount */
#define GOSANDBOX_ISOLATE_NET 8u     /* network: none, abstract sockets included, and no io_uring whatever a rule says; a loopback on request */
#define GOSANDBOX_ISOLATE_IPC 16u    /* System V IPC, POSIX message queues, keys, and watches of files (inotify, fanotify): see set_isolation */
#define GOSANDBOX_ISOLATE_UTS 32u    /* hostname */
#define GOSANDBOX_ISOLATE_CGROUP 64u /* the view of its cgroup's place */
#define GOSANDBOX_ISOLATE_TIME 128u  /* offsets of CLOCK_MONOTONIC and CLOCK_BOOTTIME */
#define GOSANDBOX_ISOLATE_ALL 255u

/*
 * The namespaces that each run gets of its own, GOSANDBOX_ISOLATE_... joined by |, and the directory that becomes the
 * program's root, read-only, with what is mounted below it (NULL: none). They replace what was set before. With any flag the program has no capabilities, and
 * cannot gain any: it makes no user namespace (EPERM), and types nothing into a terminal (TIOCSTI and TIOCLINUX, EPERM).
 * With IPC the calls for keys and for watching files fail with ENOSYS, unless a rule of the policy says otherwise for add_key,
 * request_key, keyctl, inotify_init, inotify_init1 or fanotify_init: no namespace divides what they tell of other programs of the same user, or
 * that use the same files. Locks on files are seen by all who have the same file: give a copy of one that is not to tell anything.
 *
 * With USER the ids of set_ids are those inside; unset they are 65534 for a host that may change ids, else its own. Such a
 * host maps them to the same number outside (0 to 65534); any other host can only map them to its own ids, and
 * the program keeps its supplementary groups. See add_id_map for more.
 * With USER files of open_fd are opened with the host's ids, but without the capabilities by which root passes over file modes.
 * USER and a root of its own cannot be combined with path rules yet: such a run fails with EUNSUPPORTED.
 * Errors: EINVAL (unknown flag, an empty or too long rootfs, a rootfs without MOUNT).
 */
int gosandbox_config_set_isolation(gosandbox_config *config, uint32_t flags, const char *rootfs);
/* The ids first_inside ... + count - 1 of the program's user namespace are first_outside ... on the host, for users (kind
 * GOSANDBOX_MAP_UID) or groups (GOSANDBOX_MAP_GID). Any such call replaces the map that set_isolation chooses for that
 * kind. A host that may not change ids can map one id only: its own. Errors: EINVAL (kind, count is 0, an overflow, more than 340
 * maps of a kind). */
int gosandbox_config_add_id_map(gosandbox_config *config, uint32_t kind, uint32_t first_inside, uint32_t first_outside,
                                uint32_t count);
#define GOSANDBOX_MAP_UID 0u
#define GOSANDBOX_MAP_GID 1u
/*
 * The program's file system, when it is not a directory as it is: put together from parts, in the order of the calls. It needs
 * ISOLATE_MOUNT. Sources are looked up on the host at the time of the run, targets beneath the new root, whatever symbolic links say
 * there; directories that lead to a target are made where they are missing (in a source that is bound READ_WRITE that is on the
 * host). A first part whose target is "/" is the root itself; without one, and without a rootfs, the root is an empty
 * directory, read-only in the end. The program starts in "/" unless set_cwd says otherwise; argv[0] and set_cwd are
 * paths inside, open_fd's are the host's. Nothing of it is left after the run.
 */
#define GOSANDBOX_MOUNT_BIND 0u    /* the host's file or directory `source`, with what is mounted below it */
#define GOSANDBOX_MOUNT_TMPFS 1u   /* an empty directory in memory that belongs to the program, of max_bytes and max_files */
#define GOSANDBOX_MOUNT_PROC 2u    /* /proc with the program's own processes and no keys, read-only without READ_WRITE; needs ISOLATE_PID */
#define GOSANDBOX_MOUNT_DEV 3u     /* null, zero, full, random, urandom, tty, fd, stdin, stdout, stderr, and shm of max_bytes */
#define GOSANDBOX_MOUNT_SYMLINK 4u /* a symbolic link that says `source` */
#define GOSANDBOX_MOUNT_FILE 5u    /* a file that holds the n bytes at `bytes`; it lies in the part that its target is in */
#define GOSANDBOX_MOUNT_MASK 6u    /* hides what is at target: a directory is empty, a file cannot be opened. Nothing there: nothing to hide */
#define GOSANDBOX_MOUNT_DIR 7u     /* an empty directory */

/* A part is read-only, and its set-user-ID programs, programs and device nodes do not work, unless these say otherwise. Set-user-ID
 * never works. */
#define GOSANDBOX_MOUNT_READ_WRITE 1u
#define GOSANDBOX_MOUNT_EXEC 2u     /* programs can be executed, and libraries loaded */
#define GOSANDBOX_MOUNT_DEVICES 4u  /* device nodes work */
#define GOSANDBOX_MOUNT_OPTIONAL 8u /* nothing is done when `source` does not exist */

struct gosandbox_mount {
    uint32_t size;
    uint32_t kind;      /* GOSANDBOX_MOUNT_BIND ... */
    uint32_t flags;     /* GOSANDBOX_MOUNT_READ_WRITE ... joined by | */
    uint32_t mode;      /* of TMPFS, FILE and DIR; 0: 0755, for a FILE 0444 */
    const char *source; /* of BIND and SYMLINK, else NULL */
    const char *target; /* absolute */
    uint64_t max_bytes; /* of TMPFS and of DEV's shm; 0: 64 MiB */
    uint64_t max_files; /* of TMPFS: files, directories and links; 0: 65536 */
    const void *bytes;  /* of FILE */
    uint64_t n;
};
/* Adds a part. The struct and what it points to are copied. Errors: EINVAL (unknown kind or flag, a target that is not absolute,
 * a source missing or too much, a text that is too long, more than 4096 parts). */
int gosandbox_config_add_mount(gosandbox_config *config, const struct gosandbox_mount *mount);
/* Makes the parts those of a plain Linux system for judges, all from the host and read-only: /usr with /bin, /sbin and /lib...,
 * what loaders and runtimes need of /etc (small files as they are at this call), a fresh /tmp of 64 MiB, /dev, /proc. It replaces rootfs and all parts added before;
 * more can be added. When no isolation is set yet, it becomes GOSANDBOX_ISOLATE_ALL. */
int gosandbox_config_use_judge_root(gosandbox_config *config);
/* The program's hostname, at most 64 bytes; needs ISOLATE_UTS at the time of the run. Unset it is the host's. Errors: EINVAL. */
int gosandbox_config_set_hostname(gosandbox_config *config, const char *hostname);
/* 1: the loopback interface of ISOLATE_NET is up. 0, the default: nothing is. Errors: EINVAL (another value). */
int gosandbox_config_set_loopback(gosandbox_config *config, int up);
/*
 * Walls that need no privilege and no namespace: Landlock's. `walls` is an OR of GOSANDBOX_WALL_..., or 0 for none. What stands behind one fails with
 * EACCES (TCP) or EPERM. A run that asks for one that the machine does not give fails at its start with EUNSUPPORTED, and so does one with path rules as
 * well, but for WALL_SIGNALS: those are served outside of the wall. Descriptors that the program is given work whatever they are
 * of; datagrams are not TCP: for UDP, and for anything but these, there is ISOLATE_NET. Errors: EINVAL (unknown wall).
 */
#define GOSANDBOX_WALL_TCP_BIND 1u    /* no port can be bound, and nothing listens, UNIX sockets included, unless port 0 is open; needs FEATURE_LANDLOCK_TCP */
#define GOSANDBOX_WALL_TCP_CONNECT 2u /* nor connected to; the same. With either there is no MPTCP, SMC, TCP_ULP or io_uring */
#define GOSANDBOX_WALL_ABSTRACT 4u    /* no abstract UNIX socket of others than the run's; needs FEATURE_LANDLOCK_SCOPE */
#define GOSANDBOX_WALL_SIGNALS 8u     /* no signal to others; programs have that wherever the machine gives it, so this only makes it a must */
int gosandbox_config_set_walls(gosandbox_config *config, uint32_t walls);
/* A port that stays open in the TCP walls named by `walls`: TCP_BIND, TCP_CONNECT or both. At most 256. Port 0 is, for bind, the ports that
 * the kernel chooses. Errors: EINVAL (port above 65535, another wall, too many). */
int gosandbox_config_open_port(gosandbox_config *config, uint32_t port, uint32_t walls);
/* The run fails at its start with EUNSUPPORTED unless this machine has the feature. Errors: EINVAL (unknown feature). */
int gosandbox_config_require(gosandbox_config *config, uint32_t feature);

/*
 * Isolation that is prepared once for many runs. With set_isolation alone each run makes its namespaces and its root while its caller waits,
 * and that takes several times as long as the rest of a short run. A template builds the root once, and a thread of its own makes
 * namespaces ahead, for the next run while the present one goes on. Every run still gets new ones, with new file systems
 * for what it can write, so nothing that a run leaves is there for the next, or for one beside it: files, System V and POSIX IPC,
 * sockets and their ports, processes, the hostname. Runs of a template share its user namespace, therefore it has no keys: add_key, request_key
 * and keyctl fail with ENOSYS.
 *
 * A part of the root that is bound from the host is the host's: what is written into one that is READ_WRITE stays there, and two runs
 * that both have a file open can lock it against each other.
 *
 * A template keeps one process, and one for each run that it has prepared; none of them is a child that the host would wait for. Two
 * are prepared, or one more than runs were side by side within the last second, up to 8. Control groups are prepared likewise, for runs that ask for the same
 * limits as the run before. All of it ends with the template or the host.
 */
typedef struct gosandbox_template gosandbox_template;
/*
 * A template from what the config says about isolation (set_isolation, add_mount, use_judge_root, add_id_map, set_hostname, set_loopback,
 * require) and set_ids: these are the ids of runs that set none, and the owners of parts of the root. The rest of the config means nothing
 * here. Sources of mounts are looked up now. A part that lies in a writable part or in PROC, or that follows one, must not be reached
 * through a symbolic link (errno ELOOP), and a file there can be masked only where the root has /dev/null.
 *
 * *out is NULL after an error. Errors: EBADF, EINVAL (out is NULL, no isolation, one that cannot mean anything), EUNSUPPORTED (this machine
 * does not give it), ESETUP (the root or a namespace could not be made: the message tells the part, with step, index and errno), ENOMEM.
 */
int gosandbox_template_new(const gosandbox_config *config, gosandbox_template **out);
/* At any time, on any thread: runs in it go on to their end, and what they need goes with the last. Later runs of configs that name it fail
 * with EBADF. NULL is accepted. */
void gosandbox_template_free(gosandbox_template *tmpl);
/*
 * Runs of the config take place in the template; NULL ends that. Then the config must have no isolation of its own: run fails with EINVAL
 * otherwise. All else is the config's: limits, policy, descriptors, working directory, cgroup, and set_ids, with which each run can have ids
 * of its own among those that the template maps. Files of open_fd are opened before the program is there, so one that waits for somebody, a
 * named pipe, is refused (ESETUP): open it, and use set_fd. Path rules do not go with a template that has USER or a root.
 * Errors: EBADF.
 */
int gosandbox_config_set_template(gosandbox_config *config, gosandbox_template *tmpl);

/* ---------------------------------------------------------------- files in, files out */

/*
 * Files that the program finds when it starts. `path` is beneath its working directory; an absolute one is in the program's own root, which
 * it must have (set_isolation's rootfs, add_mount, use_judge_root, or a template with one). Directories that are missing on the way are made.
 * Each run gets its own: they are written by the process that becomes the program, inside of its root, with the program's rights and as its
 * files, so the program's user must be able to write there, and nothing that another run has left there leads anywhere else: a
 * symbolic link on the way, and anything that is there already, makes the start fail at STEP_PUT. `mode` is 0 for 0644, or up to 0777.
 * For what is large, or not to be written, bind it: gosandbox_config_add_mount.
 * Errors of all three: EINVAL (an empty path, "..", a mode above 0777; more than 4096 files), ENOMEM.
 */
/* A file that holds these n bytes. */
int gosandbox_config_put_bytes(gosandbox_config *config, const char *path, const void *bytes, size_t n, uint32_t mode);
/* A copy of the host's regular file `source`, as it is when the run starts; read with the host's rights. */
int gosandbox_config_put_file(gosandbox_config *config, const char *path, const char *source, uint32_t mode);
/* A copy of the regular file that is open as `host_fd` when the run starts, from its first byte on; the offset is neither used nor changed. */
int gosandbox_config_put_fd(gosandbox_config *config, const char *path, int host_fd, uint32_t mode);
/*
 * Makes a new, empty directory for each run, in the host's directory `base` ("/tmp" when that is NULL or ""), its working directory.
 * It belongs to the program alone, path rules allow it to be read and written, and it is removed when the run is over, whatever the
 * program did to it: that takes the time that removing what is in it takes. What cannot be removed is told with FILE_LEFT: what the
 * program has moved there and might not remove itself, and what another run of its user goes on putting there. Not together
 * with set_cwd, nor with a root of its own, where a TMPFS serves (both are EINVAL when the run starts).
 * Errors: EINVAL (a path that is too long).
 */
int gosandbox_config_set_workspace(gosandbox_config *config, const char *base);

#define GOSANDBOX_COLLECT_EXECUTABLE 1u /* with `into`: a file that anybody could execute stays executable */
#define GOSANDBOX_COLLECT_SPARSE 2u     /* files that are mostly holes are taken, too: the host gets all their zeros */

/*
 * What is taken of the files that the program leaves. `pattern` is a name, or a glob, beneath `dir`: each of its components as for
 * path.Match of Go (asterisk, question mark, [a-z], [^a-z], backslash; a leading dot is nothing special), and a component of two
 * asterisks for any number of directories, at the end for all files in them. It is done when every process of the run is dead, whatever the
 * verdict. `dir` is a directory as the program names it when it starts, in its root or relative to its working directory, NULL or ""
 * for that itself; it must be there then. A TMPFS of the run's own is one like any other.
 *
 * Only regular files are taken that have no other name (link), lie on the file system of `dir`, and that the program could read
 * itself. No symbolic link is followed, nothing but a regular file is opened, and a file that changes while it is read is refused. Each
 * file that matches is told of by gosandbox_result_file, taken or not; so is a directory that could not be looked into, and a pattern
 * that nothing matches.
 *
 * Files go to memory, or into the directory `into` of the host, or into the file `into_fd`. In `into` they have the names that they have
 * beneath `dir`, and what is there already is not touched (FILE_EXISTS); they belong to the host's user and have mode 0666, or 0777,
 * less the umask. Names with control characters or invalid UTF-8, or a component that begins with "-", are refused there. `into_fd` is a
 * regular file, open when the run starts, to which all are written at its offset, one after the other.
 */
struct gosandbox_collect {
    uint32_t size;
    uint32_t flags;       /* GOSANDBOX_COLLECT_... */
    const char *pattern;
    const char *dir;      /* NULL: the working directory */
    const char *into;     /* NULL: not into a directory */
    int32_t into_fd;      /* with has_into_fd */
    uint32_t has_into_fd; /* 1: into into_fd; not with `into` */
    uint64_t max_bytes;   /* of one file; 0: 64 MiB */
    uint64_t max_total;   /* of all; 0: 256 MiB */
    uint64_t max_time;    /* ns; 0: 10 s. A file system of the caller's that does not answer is not covered */
    uint32_t max_files;   /* 0: 256. Twice as many are told of one by one; of the rest only how many they are */
    uint32_t max_entries; /* of directories that are looked at; 0: 65536 */
    uint32_t max_depth;   /* directories between dir and a file; 0: 16 */
    uint32_t reserved;    /* 0 */
};
/* Adds a collection, up to 64. Errors: EINVAL (an absolute pattern or one with "..", unknown flags, a bound out of range). */
int gosandbox_config_collect(gosandbox_config *config, const struct gosandbox_collect *what);

/* ---------------------------------------------------------------- callbacks */

typedef struct gosandbox_event gosandbox_event;

/*
 * Decides about one system call for which a rule says NOTIFY, by writing an action to *out, which is GOSANDBOX_KILL on entry: a callback
 * that returns early fails closed. The thread of the program that made the call waits until then.
 *
 * Phase ENTRY: ALLOW, KILL, ERRNO(e), RETURN, INSPECT, DEFER, OPENED. Phase EXIT, after INSPECT: ALLOW leaves the result, ERRNO(e) and
 * RETURN replace it, KILL. Anything else ends the run with status INTERNAL and CAUSE_CALLBACK.
 *
 * Threads: the callbacks of a run come one at a time, on the thread that is blocked in gosandbox_run; for a task on a thread of the library.
 * Those of different runs come at the same time. A callback may call any function of the library but those that wait for its own
 * run. While it works, run does not return and captured output is not drained; past the wall limit the program is killed all the same. The
 * host's signals are held back on the thread.
 *
 * What the callback reads from the program's memory can be changed by another of its threads before the kernel reads it again.
 * So deciding ALLOW by a path or any other content is no protection; ERRNO, RETURN and OPENED are, since nothing is read again.
 * The numbers in call->args cannot change. After an interrupted call the kernel may begin the call anew: then it is asked about anew.
 */
typedef void (*gosandbox_syscall_cb)(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload);
/* Sets the callback; NULL takes it away. A policy with NOTIFY and no callback is refused by run and start. */
int gosandbox_config_set_callback(gosandbox_config *config, gosandbox_syscall_cb callback, void *payload);

/* The functions below take the event of a callback that is running, on its thread; any other gives EBADF. `addr` is an address of the
 * program's. Errors of those that read or write: EFAULT (nothing is there), EGONE (the thread was killed meanwhile), EBADF, EINVAL. */

/* Copies up to n bytes from the program; returns their number, less than n where its memory ends. */
int64_t gosandbox_event_read(gosandbox_event *event, uint64_t addr, void *buf, size_t n);
/* Copies a string with its NUL; returns its length without it. Errors: also ETOOLONG (no NUL in n bytes). */
int64_t gosandbox_event_read_string(gosandbox_event *event, uint64_t addr, char *buf, size_t n);
/* Copies the path that argument number path_arg points to, made absolute by the directory that argument dirfd_arg names, or by the working
 * directory when dirfd_arg is -1. Symbolic links and ".." stand as they are. Returns the length without the NUL. Errors: also ETOOLONG,
 * EBADF (the directory descriptor is not open). */
int64_t gosandbox_event_read_path(gosandbox_event *event, int dirfd_arg, int path_arg, char *buf, size_t n);
/* Copies n bytes to the program; returns how many, less where its memory ends. */
int64_t gosandbox_event_write(gosandbox_event *event, uint64_t addr, const void *buf, size_t n);
/* The value for RETURN; -4095..-1 are errnos to the program. */
int gosandbox_event_set_return(gosandbox_event *event, int64_t value);
/* The host's open descriptor for OPENED: the program gets a duplicate as the lowest free number, with flags O_CLOEXEC or 0. The
 * caller keeps its own and closes it after the callback. Errors: EINVAL (host_fd < 0, flags). */
int gosandbox_event_set_fd(gosandbox_event *event, int host_fd, uint32_t flags);
/* Changes argument i (0..5) for a call that is then executed (ALLOW or INSPECT). Errors: EINVAL (i, or phase EXIT). */
int gosandbox_event_set_arg(gosandbox_event *event, uint32_t i, uint64_t value);

/* ---------------------------------------------------------------- path rules */

/*
 * Which files the program may reach by name. Without a rule: all that its user may reach. With the first rule: nothing but
 * what rules allow. Rules add up: each allows more, none takes away. A program that is executed needs EXEC on itself, on
 * the interpreter that its #! line names and on its dynamic loader, and READ on the libraries that it loads. The program that
 * the run starts needs no rule for itself, nor for interpreters and loaders in /bin, /sbin, /lib*, /usr/bin, /usr/sbin, /usr/lib*.
 *
 * Descriptors that the program is given are not affected, nor are pipes, sockets and memory files that it has open; but to execute
 * a memory file, other than that of set_exec_fd, needs EXEC on "/". A removed file counts by its last name.
 * Looking up a path through a directory needs no rule, so the program can find out whether a file exists. A file can be
 * renamed or linked only to a name that gives no access which its old name lacks (EXDEV, as between file systems). A
 * directory that has a rule of its own, or above the path of one, cannot be renamed (EBUSY, as a mount point).
 * What would go round the rules is refused while there are any: chroot, mounts, user and mount namespaces, swap and
 * accounting files, file handles, io_uring, bpf, perf_event_open, userfaultfd, kernel modules, kexec, I/O ports, and the
 * ioctls that change a file's flags through any descriptor (EPERM), and UNIX datagram sockets (EACCES).
 * Where the host's own seccomp filter forbids unshare and pidfd_getfd, as the default one of containers does, what is made gets no bits of
 * its mode that the host's umask takes away, and connect, bind and inotify_add_watch fail with EPERM.
 */
/* open for reading, list a directory, watch */
#define GOSANDBOX_PATH_READ 1u
/* open for writing, truncate, create, remove, rename, link, change mode, owner, times and attributes, connect, bind */
#define GOSANDBOX_PATH_WRITE 2u
#define GOSANDBOX_PATH_EXEC 4u /* execute */
#define GOSANDBOX_PATH_STAT 8u /* stat, access, readlink, chdir, statfs, O_PATH; the other three imply it */
/*
 * Allows `access`, an OR of the above, for a path:
 *   "/a/b"   that file, which need not exist; when it is a directory at the start of the run all beneath it too
 *   "/a/b/"  the directory and what lies directly in it
 *   "/a/b/" followed by two asterisks: the directory and all beneath it, even if it does not exist at the start
 *   "/"      everything
 * A relative path is taken from the working directory of the run. Symbolic links in it are followed when the run starts:
 * the rule is for what the path names then. "/proc/self" and what lies beneath is that of the process that makes the
 * call. Creating, removing and renaming need WRITE on the file's own path, not on its directory.
 * Errors: EINVAL (an empty path, no or unknown access bits).
 */
int gosandbox_config_add_path(gosandbox_config *config, const char *path, uint32_t access);
/* What happens to a call that the path rules forbid: GOSANDBOX_ERRNO(e), with EACCES by default, or GOSANDBOX_KILL (status
 * VIOLATION). An open or an exec that Landlock refuses always fails with EACCES. Errors: EINVAL (another action). */
int gosandbox_config_set_path_action(gosandbox_config *config, gosandbox_action action);

/* ---------------------------------------------------------------- traces */

/* What a result tells of the calls of the program. */
#define GOSANDBOX_TRACE_COUNT 1u /* how often each was made, and failed */
#define GOSANDBOX_TRACE_TEXT 2u  /* a line for each */
#define GOSANDBOX_TRACE_JSON 4u  /* a JSON object on a line for each; not with TEXT */
/*
 * Asks for a trace; flags is an OR of the above, or 0 for none, and `max` how many bytes of lines are kept: 1 to 2^30 with TEXT or JSON,
 * else 0. The first lines that fit are kept, the others counted.
 *
 * With any of it every thread of the program stops before and after each call, which makes calls about a hundred times slower; the
 * time of the stops is not the program's CPU time, but counts for the wall limit. What came before the program's first instruction is left
 * out. A call has its line when it has returned, so those of several threads do not mix:
 *
 *   1234 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3
 *   1234 exit_group(0) = ?
 *   1234 --- SIGSEGV {si_signo=SIGSEGV, si_code=1, si_addr=0x10} ---
 *   1234 +++ exited with 0 +++
 *   {"pid":1234,"tid":1234,"name":"openat","nr":257,"arch":"x86_64","args":[{"value":"0xffffff9c","text":"AT_FDCWD"},...],"ret":3}
 *   {"pid":1234,"tid":1234,"signal":"SIGSEGV","code":1,"addr":"0x10"}
 *   {"pid":1234,"tid":1234,"exited":0}, or "killed":"SIGKILL"; "stopped":"SIGSTOP" when the process stops
 *
 * The number is the thread's. A call that never returned has "= ?", or no "ret". Strings are read when the call is over, 256 bytes of each at most:
 * another thread can have changed them, so this is for reading, not for deciding. Where memory does not come within 10 ms (userfaultfd,
 * FUSE) the address is shown. All bytes that are not printable UTF-8 are escaped.
 *
 * Errors: EINVAL (unknown flags, TEXT with JSON, max).
 */
int gosandbox_config_set_trace(gosandbox_config *config, uint32_t flags, uint64_t max);

/* What a result tells beyond its stats, on request because it costs something. 0 leaves a part out. */
struct gosandbox_record {
    uint32_t size;
    uint32_t samples;   /* most samples of the timeline, 2 to 65536. When there are more, neighbours are joined and the interval is doubled */
    uint64_t interval;  /* ns between two samples, 100000 (0.1 ms) to 10^12; 0 with samples: 1 ms. Each look takes 10 us a process */
    uint32_t processes; /* most rows of the table of processes, up to 65536: the first ones, the others are counted. 20 us a process or thread */
    uint32_t bytes;     /* 1: bytes_read and bytes_written of the stats. 10 us a process or thread */
    uint32_t counter;   /* GOSANDBOX_COUNTER_...: what `counter` of the stats counts */
    uint32_t reserved;
};
/* What a performance counter of the kernel counts, in all processes and threads, since the start of the program. */
#define GOSANDBOX_COUNTER_NONE 0u
#define GOSANDBOX_COUNTER_INSTRUCTIONS 1u /* that the processor has executed for the program itself, not in the kernel: almost the same figure each time, whatever
                                           * else the machine does. Needs FEATURE_INSTRUCTIONS */
#define GOSANDBOX_COUNTER_TASK_CLOCK 2u   /* ns on a processor: the same by software, for machines without hardware counters */

/* Asks for them; NULL for none. Read with gosandbox_result_sample and gosandbox_result_process. A counter that the machine does not give is told when the
 * run starts. Errors: EINVAL (size below 24, a value out of range, an interval without samples). */
int gosandbox_config_set_record(gosandbox_config *config, const struct gosandbox_record *record);

/* How often a call was made. */
struct gosandbox_call_count {
    uint32_t arch;   /* GOSANDBOX_ARCH_... */
    uint32_t reserved;
    int64_t nr;      /* its number; -1 for those beyond the first thousand that have no name */
    uint64_t calls;  /* begun, also those that never returned; one that a signal interrupted and the kernel began again counts again */
    uint64_t errors; /* returned an error */
};

/* ---------------------------------------------------------------- learning a policy */

/*
 * Watches runs and makes the smallest policy that they would have done with: rules for the calls that were made, dangerous ones (socket, clone,
 * ioctl, prctl, mmap and the like) only with the arguments that were seen, and path rules for the files with the least access.
 * Whoever watches a program that nobody trusts learns what it wants: watch solutions that are known to be good, over all their inputs, and
 * read the policy.
 */
typedef struct gosandbox_learner gosandbox_learner;
/* A learner that knows nothing yet. Errors: EINVAL (out is NULL). */
int gosandbox_learner_new(gosandbox_learner **out);
/* Configs and runs that use it keep it alive. */
void gosandbox_learner_free(gosandbox_learner *learner);
/* Has all runs of the config watched; NULL ends that. Runs of many configs can be, side by side. The policy of a watched run, its path rules and its
 * callback are not in force: everything is allowed but what never is, and what path rules always refuse (see there). It is as slow as with
 * a trace. Errors: EBADF. */
int gosandbox_config_set_learner(gosandbox_config *config, gosandbox_learner *learner);
/*
 * Makes what was learnt from all runs that are over the policy of `config`, in the place of the one it has with its path rules; take the text from
 * gosandbox_policy_json. Calls that were not seen get `fallback`, KILL or ERRNO(e); other files EACCES, or KILL if that is the
 * fallback. execve, exit, the return from signals, futex and what else can happen at any time is allowed always, with that as the reason.
 *
 * Where more than per_directory files lie in one directory a rule for the directory and its entries takes their place (0: never). So it does
 * for files that were written, but not in every run: their names are made up. Watch each input twice, so that such are known. A symbolic link
 * that was looked at gives STAT on its directory, since a rule that names a link is for what it leads to.
 *
 * What path rules do not go with (see there) a watched run does not go with either.
 *
 * Errors: EBADF, EINVAL (fallback; nothing was learnt; more than 65536 files or 16 MiB of names, or a policy longer than the kernel takes).
 */
int gosandbox_policy_learn(gosandbox_config *config, const gosandbox_learner *learner, gosandbox_action fallback,
                           uint32_t per_directory);

/* ---------------------------------------------------------------- run */

typedef struct gosandbox_result gosandbox_result;
typedef struct gosandbox_task gosandbox_task;

/*
 * Asked by gosandbox_run, on the thread that is blocked in it, after a signal handler has run on that thread; one call may stand for
 * several signals. Not 0 cancels the run (status CANCELLED), and it is not asked again. While it works the host's signals are held back on
 * the thread: one that arrives meanwhile leads to another call. It is also asked 20 ms after the library has worked on the thread, as another
 * one may have handled a signal meanwhile; not while nothing happens. It may call any function of the library.
 */
typedef int (*gosandbox_interrupt_cb)(void *payload);
/* Sets it; NULL takes it away. It is for gosandbox_run alone: start ignores it, as a task has task_kill. Errors: EBADF. */
int gosandbox_config_set_interrupt(gosandbox_config *config, gosandbox_interrupt_cb interrupt, void *payload);

/*
 * Runs the program and blocks until it, and every process it made, is gone.
 *
 * 0 for every verdict about the program, whatever it is. ESETUP and EINTERNAL are also told in a result (status
 * SETUP_FAILED or INTERNAL); for other errors *out is NULL. The result belongs to the caller.
 * Errors: EBADF, EINVAL (no argv, a config that contradicts itself), ESETUP, ENOMEM, EUNSUPPORTED, EINTERNAL.
 */
int gosandbox_run(const gosandbox_config *config, gosandbox_result **out);

/* The same without blocking: *out is a task. A program that cannot be started is told by task_wait. Descriptors given by
 * set_fd and set_exec_fd are duplicated before it returns, so the host can close its own at once: the end of a pipe, to see
 * the program hang up. (As with any close, the library's of a duplicate releases this process's POSIX record locks on the file.)
 * Errors: EBADF, EINVAL, ENOMEM. */
int gosandbox_start(const gosandbox_config *config, gosandbox_task **out);
/* Waits for the end, at most timeout_ns (negative: forever, 0: not at all). Returns what run would have. May be called
 * again and by several threads: each gets a result handle of its own. Also returns EBADF at once when another thread
 * frees the task meanwhile. Errors: those of run, ETIMEDOUT, EBADF. */
int gosandbox_task_wait(gosandbox_task *task, int64_t timeout_ns, gosandbox_result **out);
/* Kills the whole tree, status CANCELLED; does not wait; no effect on a task that has ended. Errors: EBADF. */
int gosandbox_task_kill(gosandbox_task *task);
/* A descriptor that becomes readable, and stays so, when the task has ended; for poll, select and epoll. It belongs to
 * the task: do not read or close it. Errors: EBADF, ENOMEM. */
int gosandbox_task_poll_fd(gosandbox_task *task);
/* Process id of the program, 0 while it is not started yet. It stays the program's while the task has not ended.
 * Errors: EBADF. */
int gosandbox_task_pid(gosandbox_task *task);
/* Kills the tree if it still lives, waits until it is gone, and frees. Results taken before stay valid. */
void gosandbox_task_free(gosandbox_task *task);

/* ---------------------------------------------------------------- groups */

/*
 * Runs that are joined by pipes: a solution and an interactor, or players and a referee. Each member is a config of its own, with limits, a
 * policy and a verdict of its own. None of them executes an instruction before all are in place: when one cannot be started (status
 * SETUP_FAILED) the others never run (CANCELLED, CAUSE_GROUP). Wall times count from that common start.
 *
 * A pipe is the kernel's, so a member that hangs up is the end of the file to those that read from it, and SIGPIPE, or EPIPE, to those that write to
 * it. With a transcript the library stands in between and passes that on: bytes that are still on their way to a member that hangs up are
 * lost, as in a pipe, and a write that comes within the same moment can still succeed.
 *
 * Deadlock: when every thread of every living member sleeps in read or write on pipes of the group (or waits for a child, or without
 * a time limit on a futex), none of them can ever be woken. The group is then ended within about 0.2 s, with status WALL_LIMIT
 * and CAUSE_DEADLOCK for all that live. A program that waits in poll, select or epoll, has a timer, handles SIGALRM, or has threads that do
 * anything else is left to the wall limit. An alarm that is meant to kill the program is not seen.
 */
struct gosandbox_pipe {
    uint32_t size;     /* that of all elements of an array must be the same */
    uint32_t flags;    /* GOSANDBOX_PIPE_... joined by | */
    uint32_t from;     /* index of the member that writes */
    int32_t from_fd;   /* to this descriptor of its own, 0..1023 */
    uint32_t to;       /* index of the member that reads; not the same */
    int32_t to_fd;     /* from this descriptor of its own */
    uint64_t capacity; /* bytes that it holds; 0: as the kernel has it, 64 KiB */
};
#define GOSANDBOX_PIPE_UNRECORDED 1u /* what goes through it is not in the transcript */
#define GOSANDBOX_PIPE_MOST 1024u    /* pipes of a group at most; 64 members */

/* How a group runs. All 0 but size: as gosandbox_run_group does it. */
struct gosandbox_group {
    uint32_t size;
    uint32_t flags;      /* GOSANDBOX_GROUP_... joined by | */
    uint32_t ending;     /* GOSANDBOX_ENDING_... */
    uint32_t member;     /* of ENDING_MEMBER */
    uint64_t wall;       /* ns from the common start, for all together; who lives then gets WALL_LIMIT. 0: none, but those of the members */
    uint64_t grace;      /* ns that the others have left when the group ends; 0: none */
    uint64_t transcript; /* bytes of the dialogue that are kept, at most 2^30; each piece takes 16 more. 0: no transcript */
};
#define GOSANDBOX_GROUP_PATIENT 1u  /* a deadlock is left to the wall limit; there it is told by its cause all the same */
#define GOSANDBOX_ENDING_ALL 0u     /* each member ends by itself: the others read the end of the file, and go on */
#define GOSANDBOX_ENDING_FIRST 1u   /* when any member has ended the others are killed after the grace (CANCELLED, CAUSE_GROUP) */
#define GOSANDBOX_ENDING_MEMBER 2u  /* the same when this member has ended */

/*
 * Runs n members and blocks until all of them, and every process they made, are gone. `results` has room for n: it gets the result of each member,
 * all of them or, after an error without results, NULL each. They are independent of each other, and each is freed by the caller.
 *
 * Callbacks of all members come one at a time on the calling thread; while one works, pipes with a transcript stand still. Of the interrupts that
 * the configs have, the first is asked, for the whole group. One config may be a member several times.
 *
 * 0 for every verdict. ESETUP when a member could not be started and EINTERNAL for a fault of the library: both with results, and
 * last_error tells of the first member that it is about. Errors without: EBADF, EINVAL (n is 0 or above 64; a pipe to itself, an index that is no
 * member, a descriptor that is bound twice or that the config says something about; a contradiction in a config, told with "member 1: "),
 * ENOMEM, EUNSUPPORTED (also a capacity above what this machine permits).
 */
int gosandbox_run_group(size_t n, const gosandbox_config *const *configs, const struct gosandbox_pipe *pipes, size_t npipes,
                        gosandbox_result **results);
/* The same with more to say; NULL for `how` says nothing. Errors: also EINVAL (an unknown flag or ending, a number out of range). */
int gosandbox_run_group_with(const struct gosandbox_group *how, size_t n, const gosandbox_config *const *configs,
                             const struct gosandbox_pipe *pipes, size_t npipes, gosandbox_result **results);
/* The same without blocking. kill, poll_fd and free of the task are for the whole group; it is waited for by task_wait_group. Callbacks come on a
 * thread of the library. Errors: EBADF, EINVAL, ENOMEM, EUNSUPPORTED. */
int gosandbox_start_group(const struct gosandbox_group *how, size_t n, const gosandbox_config *const *configs,
                          const struct gosandbox_pipe *pipes, size_t npipes, gosandbox_task **out);
/* task_wait for a task of start_group, with room for its n results. Errors: those of run_group, ETIMEDOUT, EBADF (also another kind of
 * task), EINVAL (n is not the number of members). */
int gosandbox_task_wait_group(gosandbox_task *task, int64_t timeout_ns, size_t n, gosandbox_result **results);
/* task_pid of a member. Errors: EBADF, EINVAL (there is no such member). */
int gosandbox_task_member_pid(gosandbox_task *task, uint32_t member);

/* ---------------------------------------------------------------- results */

/* Where a figure comes from. */
#define GOSANDBOX_SOURCE_NONE 0u         /* not measured */
#define GOSANDBOX_SOURCE_TASK_CLOCK 1u   /* the kernel's exact CPU clock of each process, read when it ended */
#define GOSANDBOX_SOURCE_RUSAGE 2u       /* wait4's rusage */
#define GOSANDBOX_SOURCE_MONOTONIC 3u    /* CLOCK_MONOTONIC of the host */
#define GOSANDBOX_SOURCE_PROC_STATUS 4u  /* high-water mark or counts in /proc/PID/status, read when the process ended */
#define GOSANDBOX_SOURCE_TRACER 5u       /* counted by the tracer */
#define GOSANDBOX_SOURCE_CAPTURE 6u      /* counted while draining captured descriptors */
#define GOSANDBOX_SOURCE_SAMPLED 7u      /* the largest of samples, or the sum of what could be read: a lower bound */
#define GOSANDBOX_SOURCE_CGROUP 8u       /* the control groups of the run */
#define GOSANDBOX_SOURCE_PERF_EVENT 10u  /* a performance counter */
#define GOSANDBOX_SOURCE_PROC_IO 9u      /* /proc/PID/io of each task, read when it had ended */

/* The figures, as indices of source[] and as bits (1 << index) of `measured`. */
#define GOSANDBOX_FIGURE_CPU 0u
#define GOSANDBOX_FIGURE_USER 1u
#define GOSANDBOX_FIGURE_SYS 2u
#define GOSANDBOX_FIGURE_WALL 3u
#define GOSANDBOX_FIGURE_SETUP 4u
#define GOSANDBOX_FIGURE_MEMORY_PEAK 5u
#define GOSANDBOX_FIGURE_PROCESSES_PEAK 6u
#define GOSANDBOX_FIGURE_OUTPUT_BYTES 7u
#define GOSANDBOX_FIGURE_NOTIFICATIONS 8u
#define GOSANDBOX_FIGURE_STOPS 9u
#define GOSANDBOX_FIGURE_CONTEXT_SWITCHES 10u
#define GOSANDBOX_FIGURE_FAULTS 11u
#define GOSANDBOX_FIGURE_PROCESSES 12u
#define GOSANDBOX_FIGURE_BYTES_READ 13u
#define GOSANDBOX_FIGURE_BYTES_WRITTEN 14u
#define GOSANDBOX_FIGURE_COUNTER 15u
#define GOSANDBOX_FIGURE_COUNT 16u /* room to grow */

struct gosandbox_stats {
    uint32_t size;
    uint32_t status;     /* GOSANDBOX_STATUS_... */
    uint32_t cause;      /* GOSANDBOX_CAUSE_... */
    int32_t exit_code;   /* 0..255 with EXITED, else -1 */
    int32_t signal;      /* the signal with SIGNALED, else 0 */
    uint32_t measured;   /* bit 1 << GOSANDBOX_FIGURE_...: the figure was measured; others are 0 */
    uint64_t cpu;        /* ns, user + system of the whole tree since the start of the program */
    uint64_t user;       /* ns; the split of cpu is as coarse as the kernel's tick */
    uint64_t sys;        /* ns */
    uint64_t wall;       /* ns from the start of the program until its end */
    uint64_t setup;      /* ns from the call until the start of the program */
    uint64_t memory_peak; /* bytes, the largest process's peak, counted as for LIMIT_MEMORY; with set_cgroup the tree's */
    uint64_t processes_peak; /* most processes alive at once */
    uint64_t output_bytes; /* bytes written to captured descriptors, dropped ones included */
    uint64_t notifications; /* decisions made by seccomp notification */
    uint64_t stops;      /* ptrace stops served */
    uint64_t context_switches; /* of the tree; voluntary and not */
    uint64_t faults;     /* page faults of the tree, minor and major */
    uint8_t source[GOSANDBOX_FIGURE_COUNT]; /* GOSANDBOX_SOURCE_... per figure */
    uint32_t detail;     /* GOSANDBOX_DETAIL_... */
    uint32_t reserved;
    uint64_t processes;  /* that there were, one after the other or at once */
    uint64_t bytes_read; /* by calls of read's kind from files, pipes, sockets and terminals; not by mappings. With record.bytes */
    uint64_t bytes_written; /* by calls of write's kind, likewise */
    uint64_t counter;    /* with record.counter. Not measured when the counter had to be shared with others: it would be an estimate */
    uint64_t counter_enabled; /* ns that it was to count */
    uint64_t counter_running; /* ns that it has counted: less than that means that it was shared */
};

/* Fills *out, whose `size` the caller has set. Errors: EBADF, EINVAL (out is NULL, size < 8). */
int gosandbox_result_stats(const gosandbox_result *result, struct gosandbox_stats *out);
/* The system call that ended a run with status VIOLATION. *out as for stats; `path`, when not NULL, gets the path
 * argument where there is one, cut to n - 1 bytes, else "". Returns 1 when there is one, 0 when not.
 * Errors: EBADF, EINVAL. */
int gosandbox_result_violation(const gosandbox_result *result, struct gosandbox_syscall *out, char *path, size_t n);
/* One sentence that says what happened, e.g. "used 1.003 s of CPU time, limit 1 s" or "exec: No such file or directory:
 * ./a.out". Never NULL: a bad handle gives "". */
const char *gosandbox_result_message(const gosandbox_result *result);
/* The bytes captured from a descriptor; *n, when n is not NULL, gets their number. Never NULL for a captured
 * descriptor, and a NUL byte that does not count follows them; NULL and 0 for one that was not captured or a bad handle. */
const void *gosandbox_result_output(const gosandbox_result *result, int child, size_t *n);
/* Counts by call, when TRACE_COUNT was asked for: the first n of them go to `out`, the most frequent first. Returns how many there are, also
 * when that is more than n; 0 when none were asked for. Errors: EBADF, EINVAL (out is NULL, but n is not 0). */
int gosandbox_result_syscalls(const gosandbox_result *result, struct gosandbox_call_count *out, size_t n);
/* The lines of the trace, when TRACE_TEXT or TRACE_JSON was asked for; *n, when n is not NULL, gets the number of bytes, and *dropped, when
 * dropped is not NULL, the number of lines that did not fit. A NUL byte that does not count follows. Never NULL: without a trace, or for a bad
 * handle, it is "". */
const char *gosandbox_result_trace(const gosandbox_result *result, size_t *n, uint64_t *dropped);
/* A look at a running tree. Times are ns since the start of the program, sizes bytes. */
struct gosandbox_sample {
    uint32_t size;
    uint32_t processes; /* alive */
    uint32_t threads;   /* of these */
    uint32_t reserved;
    uint64_t at;
    uint64_t cpu;       /* ns, used by the tree until then */
    uint64_t memory;    /* in use by the tree, counted as for LIMIT_MEMORY: with set_cgroup as the group tells, else by the largest process */
};
/* Sample number i of the timeline, in the order of time: the first at the start of the program, the last at its end, when nothing is alive. Where samples were
 * joined, processes, threads and memory are the larger ones. 1, or 0 when there are no more. *out as for stats. Errors: EBADF, EINVAL. */
int gosandbox_result_sample(const gosandbox_result *result, size_t i, struct gosandbox_sample *out);

/* A process of the tree. */
struct gosandbox_process {
    uint32_t size;
    int32_t pid;         /* as the host numbers it */
    int32_t inner_pid;   /* as the program sees it; 0: not known, since it was killed at once */
    int32_t parent;      /* pid of the process that made it; 0: not known, or the first one */
    int32_t exit_code;   /* 0..255 when it exited, else -1 */
    int32_t signal;      /* that killed it, else 0 */
    uint32_t threads;    /* that it has had */
    uint32_t reserved;
    uint64_t start;      /* ns since the start of the program */
    uint64_t end;        /* ns, when it was seen dead */
    uint64_t cpu;        /* ns, its own since the start of the program, without its children's */
    uint64_t user;       /* ns; the split is as coarse as the kernel's tick */
    uint64_t sys;        /* ns */
    uint64_t memory_peak; /* bytes; for one that was killed, the most that was seen */
    uint64_t context_switches;
    uint64_t faults;
    uint64_t bytes_read; /* with record.bytes */
    uint64_t bytes_written;
    char name[16];       /* of its last program, cut to 15 bytes; the program's own choice, so any bytes */
};
/* Row number i of the table, in the order in which they were made. 1, or 0 when there are no more: stats.processes tells how many there were. *out as for stats.
 * Errors: EBADF, EINVAL. */
int gosandbox_result_process(const gosandbox_result *result, size_t i, struct gosandbox_process *out);

/* What a member of a group did there. */
struct gosandbox_member {
    uint32_t size;
    uint32_t index;        /* which member it is */
    uint32_t members;      /* of the group; 0 for a run without one */
    uint32_t pipes;        /* of the group */
    uint32_t waiting;      /* GOSANDBOX_WAITING_...: what all of it did when the group was killed at a wall limit, or in a deadlock */
    int32_t waiting_pipe;  /* on this pipe, -1 with WAITING_NOT */
    int32_t first_out;     /* the member that hung up first, by closing its end of a pipe or by ending; -1: none before the group was killed */
    uint32_t reserved;
    uint64_t pieces;       /* of the transcript */
    uint64_t dropped;      /* bytes that did not fit into the transcript */
};
#define GOSANDBOX_WAITING_NOT 0u   /* it did something else, or that could not be seen */
#define GOSANDBOX_WAITING_READ 1u  /* it waited for another member to write */
#define GOSANDBOX_WAITING_WRITE 2u /* it waited for another member to read */
/* *out as for stats. Errors: EBADF, EINVAL. */
int gosandbox_result_member(const gosandbox_result *result, struct gosandbox_member *out);

/* Who hung up on a pipe. Ends that closed after the group was killed do not count. */
struct gosandbox_hangup {
    uint32_t size;
    uint32_t first;        /* GOSANDBOX_HANGUP_... */
    uint32_t writer_order; /* that the writer's end was closed was the 1st, 2nd, ... hang-up of the group; 0: it was not seen */
    uint32_t reader_order;
    uint64_t writer_at;    /* ns from the common start; when it was noticed */
    uint64_t reader_at;
    uint64_t bytes;        /* that went through, with a transcript; else 0 */
};
#define GOSANDBOX_HANGUP_NONE 0u
#define GOSANDBOX_HANGUP_WRITER 1u /* the reader then reads the end of the file */
#define GOSANDBOX_HANGUP_READER 2u /* a write then fails with EPIPE, and SIGPIPE */
/* Of pipe number `pipe` of the group; the same in all its results. *out as for stats. Errors: EBADF, EINVAL (also no such pipe). */
int gosandbox_result_hangup(const gosandbox_result *result, size_t pipe, struct gosandbox_hangup *out);

/* A piece of the transcript: bytes that went through a pipe, or the end of what was written to it. */
struct gosandbox_piece {
    uint32_t size;
    uint32_t pipe;     /* which one */
    uint64_t at;       /* ns from the common start */
    const void *bytes; /* the result's */
    uint64_t n;        /* 0: the writer has hung up */
};
/* Piece number i, in the order of time; the same in all results of a group. 1, or 0 when there are no more. *out as for stats.
 * Errors: EBADF, EINVAL. */
int gosandbox_result_piece(const gosandbox_result *result, size_t i, struct gosandbox_piece *out);
/* What became of a file that was to be collected. */
#define GOSANDBOX_FILE_COLLECTED 0u   /* it was taken, whole */
#define GOSANDBOX_FILE_MISSING 1u     /* there is nothing of that name, or nothing matches */
#define GOSANDBOX_FILE_SYMLINK 2u     /* it is a symbolic link, or one is on the way */
#define GOSANDBOX_FILE_DIRECTORY 3u   /* it is a directory */
#define GOSANDBOX_FILE_FIFO 4u        /* it is a named pipe */
#define GOSANDBOX_FILE_SOCKET 5u      /* it is a socket */
#define GOSANDBOX_FILE_DEVICE 6u      /* it is a device */
#define GOSANDBOX_FILE_HARD_LINK 7u   /* it has another name, maybe elsewhere */
#define GOSANDBOX_FILE_OTHER_MOUNT 8u /* it lies on another file system than the directory that is collected from */
#define GOSANDBOX_FILE_SPARSE 9u      /* more than 1 MiB, with not even a sixteenth of that on disk; see COLLECT_SPARSE */
#define GOSANDBOX_FILE_TOO_BIG 10u    /* above max_bytes */
#define GOSANDBOX_FILE_NO_ROOM 11u    /* with it there would be more than max_total */
#define GOSANDBOX_FILE_TOO_MANY 12u   /* above max_files; of a directory: max_entries ended the search there; of a pattern: `bytes` more match */
#define GOSANDBOX_FILE_TOO_DEEP 13u   /* below max_depth, or the path is too long */
#define GOSANDBOX_FILE_BAD_NAME 14u   /* a name that is refused in a directory of the host */
#define GOSANDBOX_FILE_UNREADABLE 15u /* the program could not read it either */
#define GOSANDBOX_FILE_CHANGED 16u    /* somebody wrote to it, or replaced it, meanwhile */
#define GOSANDBOX_FILE_EXISTS 17u     /* the directory of the host has something of that name */
#define GOSANDBOX_FILE_TIME_OUT 18u   /* max_time was over; of a directory: so the search ended there */
#define GOSANDBOX_FILE_FAILED 19u     /* reading or writing failed; sys_errno tells why */
#define GOSANDBOX_FILE_LEFT 20u       /* of the workspace: it could not be removed */
/* The constant without its prefix: "COLLECTED"; "?" when unknown. */
const char *gosandbox_file_status_name(uint32_t status);

/* A file that was collected, or why not. */
struct gosandbox_file {
    uint32_t size;
    uint32_t status;     /* GOSANDBOX_FILE_... */
    int32_t collection;  /* which call of collect it belongs to; -1: none, it is what is left of the workspace */
    int32_t sys_errno;   /* 0 when there is none */
    const char *name;    /* beneath the collection's dir, NUL-terminated. The program has chosen it: any bytes but NUL */
    const void *content; /* of a file that was collected into memory, else NULL; a NUL that does not count follows */
    uint64_t bytes;      /* its size, as it was found */
    int64_t mtime;       /* ns since 1970 */
    uint32_t mode;       /* type and permissions, as stat has them; 0: not known */
    uint32_t reserved;   /* 0 */
};
/* File number i: those of each collection, in their order, by name. 1, or 0 when there are no more; a program that was not started has
 * left none. *out as for stats. Errors: EBADF, EINVAL. */
int gosandbox_result_file(const gosandbox_result *result, size_t i, struct gosandbox_file *out);
/* What went wrong for status SETUP_FAILED and INTERNAL, else code 0. NULL for a bad handle. */
const struct gosandbox_error *gosandbox_result_error(const gosandbox_result *result);
void gosandbox_result_free(gosandbox_result *result);

#ifdef __cplusplus
}
#endif

#endif /* GOSANDBOX_SANDBOX_H */
