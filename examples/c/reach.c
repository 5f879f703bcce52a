/* reach.c: what compilers and submissions may do, and which files they may reach. */
#define _GNU_SOURCE /* strdup, glob */
#include "judge.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/*
 * What nobody here needs. Each of these kills, so that the verdict says what was tried. A list of forbidden calls is a net below
 * the path rules, the limits and the other user, not a wall.
 */
static const char *const forbidden[] = {
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", /* other processes */
    "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "mount_setattr", /* the file tree */
    "unshare", "setns", /* namespaces */
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", /* kernel surface that programs of contests never use */
    "init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon", "swapoff", "acct", "quotactl",
    "add_key", "request_key", "keyctl", "sethostname", "setdomainname", "settimeofday", "clock_settime",
};

/* A submission and a compiler read the system's programs and libraries, and execute them. */
static const char *const programs[] = {"/usr", "/bin", "/lib", "/lib64", "/etc/alternatives"};
static const char *const readable[] = {
    "/etc/ld.so.cache", "/etc/localtime", "/proc/self/**", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/filesystems", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/osrelease", "/sys/devices/system/cpu",
    "/sys/kernel/mm", "/dev/urandom",
};
static const char *const devices[] = {"/dev/null", "/dev/full", "/dev/zero"};

static int rule(gosandbox_config *config, const char *name, gosandbox_action action, const struct gosandbox_cmp *condition)
{
    return gosandbox_config_add_rule(config, GOSANDBOX_ARCH_NATIVE, name, action, condition ? 1 : 0, condition);
}

static int forbid_calls(gosandbox_config *config, int is_compiler)
{
    /* The C library asks local services (nscd) for user names and goes on when it cannot: that is no crime. socket's
     * first argument is an int, hence the 32-bit comparison. Some compilers make other sockets and go on, too. */
    static const struct gosandbox_cmp is_local = {0, GOSANDBOX_CMP_EQ_32, AF_UNIX, 0};
    /* A negative process id means groups, and -1 everybody of the same user: other submissions at work. */
    static const struct gosandbox_cmp is_group = {0, GOSANDBOX_CMP_MASKED_EQ_32, 0x80000000u, 0x80000000u};
    size_t i;
    int code = gosandbox_config_set_policy(config, "permissive", GOSANDBOX_ALLOW);

    for (i = 0; code == 0 && i < sizeof forbidden / sizeof *forbidden; i++)
        code = rule(config, forbidden[i], GOSANDBOX_KILL, NULL);
    if (code == 0)
        code = rule(config, "socket", is_compiler ? GOSANDBOX_ERRNO(EACCES) : GOSANDBOX_KILL, NULL);
    if (code == 0) /* the rule added last decides */
        code = rule(config, "socket", GOSANDBOX_ERRNO(EACCES), &is_local);
    return code ? code : rule(config, "kill", GOSANDBOX_KILL, &is_group);
}

static int add_paths(gosandbox_config *config, const char *const *paths, size_t n, uint32_t access)
{
    size_t i;
    int code = 0;

    for (i = 0; code == 0 && i < n; i++)
        code = gosandbox_config_add_path(config, paths[i], access);
    return code;
}

/* Interpreters look at each folder on the way to the source. "/x/" is a folder and its entries, "/./" the topmost one. */
static int show_way(gosandbox_config *config, const char *path)
{
    int code = gosandbox_config_add_path(config, "/./", GOSANDBOX_PATH_STAT);
    const char *at = path;

    while (code == 0 && (at = strchr(at + 1, '/'))) {
        char *parent = strndup(path, (size_t)(at - path) + 1);
        code = parent ? gosandbox_config_add_path(config, parent, GOSANDBOX_PATH_STAT) : GOSANDBOX_ENOMEM;
        free(parent);
    }
    return code;
}

static int add_pattern(gosandbox_config *config, const char *pattern)
{
    glob_t found;
    int code = 0;

    if (glob(pattern, 0, NULL, &found) == 0)
        code = add_paths(config, (const char *const *)found.gl_pathv, found.gl_pathc, GOSANDBOX_PATH_READ);
    globfree(&found);
    return code;
}

int allow_reach(gosandbox_config *config, const struct command *command)
{
    uint32_t own = GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE;
    int is_compiler = command->program == NULL;
    char *const *path;
    int code = forbid_calls(config, is_compiler);

    if (code == 0)
        code = add_paths(config, programs, sizeof programs / sizeof *programs, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
    if (code == 0)
        code = add_paths(config, readable, sizeof readable / sizeof *readable, GOSANDBOX_PATH_READ);
    if (code == 0)
        code = add_paths(config, devices, sizeof devices / sizeof *devices, own);
    for (path = command->read; code == 0 && *path; path++)
        code = add_pattern(config, *path);
    if (code == 0) /* the working directory is the only place to write in */
        code = gosandbox_config_add_path(config, command->cwd, own | (is_compiler ? GOSANDBOX_PATH_EXEC : 0));
    if (code == 0 && !is_compiler)
        code = gosandbox_config_add_path(config, command->program, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
    return code || is_compiler ? code : show_way(config, command->program);
}
