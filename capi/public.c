/*
 * The public functions: each checks that the process has not been forked, then enters Go with the calling thread's error
 * slot. Go code must not run in a forked child: the runtime's other threads are not there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boundary.h"
#include "enter.h"
#include "_cgo_export.h"

/*
 * A pointer only: Go makes the whole library's thread-local memory static, and dlopen has little room for that.
 */
static __thread struct boundary_error *slot;
static pthread_key_t slot_key;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&slot_key, free); }

struct boundary_error *thread_slot(void)
{
    static struct boundary_error without_memory; /* shared by threads for which there is none */
    if (slot == NULL) {
        struct boundary_error *s = calloc(1, sizeof *s);
        pthread_once(&slot_once, make_key);
        if (s != NULL && pthread_setspecific(slot_key, s) == 0)
            slot = s;
        else
            free(s), s = NULL;
        if (s == NULL)
            s = &without_memory;
        s->error.size = sizeof s->error;
        s->error.index = -1;
        s->error.message = s->message;
        strcpy(s->message, "no error");
        return s;
    }
    return slot;
}

static int refuse_at(uint32_t step, int code, int sys_errno, const char *why)
{
    struct boundary_error *s = thread_slot();
    s->error.code = code;
    s->error.sys_errno = sys_errno;
    s->error.step = step;
    s->error.index = -1;
    strcpy(s->message, why);
    return code;
}

int refuse(int code, const char *why) { return refuse_at(GOSANDBOX_STEP_NONE, code, 0, why); }

int refuse_forked(void)
{
    return refuse(GOSANDBOX_EFORKED, "this process was forked after gosandbox was loaded; "
                  "execute a new program first, or load the library only in the child (Python: the spawn start method)");
}

static int refuse_reserve(int sys_errno)
{
    return refuse_at(GOSANDBOX_STEP_PREPARE, GOSANDBOX_ENOMEM, sys_errno,
                     "prepare: a thread: the host is at its limit of threads or memory");
}

int have_room(void)
{
    int error = host_room();
    return error == 0 ? 0
                      : refuse_at(GOSANDBOX_STEP_NONE, GOSANDBOX_ENOMEM, error, "the host is at its limit of memory or mappings");
}

/* What Go may want for something that is to be done: threads and memory. */
static int have_all(void)
{
    int error = host_reserve();
    return error == 0 ? have_room() : refuse_reserve(error);
}

int begin_run(void)
{
    host_move_sigchld();
    return have_all();
}

PUBLIC uint32_t gosandbox_version(void) { return GOSANDBOX_VERSION; }

#define PART(x) ((char)('0' + (x)))

PUBLIC const char *gosandbox_version_string(void)
{
    static const char text[] = {PART(GOSANDBOX_VERSION_MAJOR), '.', PART(GOSANDBOX_VERSION_MINOR), '.',
                                PART(GOSANDBOX_VERSION_PATCH), 0};
    return text;
}

PUBLIC const struct gosandbox_error *gosandbox_last_error(void) { return &thread_slot()->error; }

PUBLIC const char *gosandbox_syscall_name(uint32_t arch, int64_t nr)
{
    const char *name = NULL;
    ENTER_QUIETLY(name = boundarySyscallName(arch, nr));
    return name;
}

PUBLIC const char *gosandbox_profile_name(size_t index)
{
    const char *name = NULL;
    ENTER_QUIETLY(name = boundaryProfileName(index));
    return name;
}

static int feature(uint32_t which)
{
    int code = have_all();
    return code == 0 ? boundaryFeature(which, thread_slot()) : code;
}

PUBLIC int gosandbox_feature(uint32_t which) { ENTER(feature(which)); }

PUBLIC int gosandbox_set_log(uint32_t level, gosandbox_log_cb callback, void *payload)
{
    ENTER(boundarySetLog(level, callback, payload, thread_slot()));
}

PUBLIC int gosandbox_config_new(gosandbox_config **out)
{
    ENTER_TO_KEEP(boundaryConfigNew((uintptr_t *)out, thread_slot()));
}

PUBLIC void gosandbox_config_free(gosandbox_config *config)
{
    if (config)
        ENTER_QUIETLY(boundaryConfigFree(HANDLE(config)));
}

PUBLIC int gosandbox_config_set_argv(gosandbox_config *config, size_t n, const char *const *argv)
{
    ENTER_TO_KEEP(boundarySetArgv(HANDLE(config), n, (char **)argv, thread_slot()));
}

PUBLIC int gosandbox_config_set_env(gosandbox_config *config, size_t n, const char *const *env)
{
    ENTER_TO_KEEP(boundarySetEnv(HANDLE(config), n, (char **)env, thread_slot()));
}

PUBLIC int gosandbox_config_set_cwd(gosandbox_config *config, const char *path)
{
    ENTER_TO_KEEP(boundarySetCwd(HANDLE(config), (char *)path, thread_slot()));
}

PUBLIC int gosandbox_config_set_exec_fd(gosandbox_config *config, int host_fd)
{
    ENTER_TO_KEEP(boundarySetExecFd(HANDLE(config), host_fd, thread_slot()));
}

PUBLIC int gosandbox_config_set_stdin_bytes(gosandbox_config *config, const void *bytes, size_t n)
{
    ENTER_TO_KEEP(boundarySetStdinBytes(HANDLE(config), (void *)bytes, n, thread_slot()));
}

PUBLIC int gosandbox_config_set_fd(gosandbox_config *config, int child, int host_fd)
{
    ENTER_TO_KEEP(boundarySetFd(HANDLE(config), child, host_fd, thread_slot()));
}

PUBLIC int gosandbox_config_open_fd(gosandbox_config *config, int child, const char *path, int flags, uint32_t mode)
{
    ENTER_TO_KEEP(boundaryOpenFd(HANDLE(config), child, (char *)path, flags, mode, thread_slot()));
}

PUBLIC int gosandbox_config_dup_fd(gosandbox_config *config, int child, int other)
{
    ENTER_TO_KEEP(boundaryDupFd(HANDLE(config), child, other, thread_slot()));
}

PUBLIC int gosandbox_config_capture(gosandbox_config *config, int child, uint64_t max)
{
    ENTER_TO_KEEP(boundaryCapture(HANDLE(config), child, max, thread_slot()));
}

PUBLIC int gosandbox_config_set_limit(gosandbox_config *config, uint32_t limit, uint64_t value)
{
    ENTER_TO_KEEP(boundarySetLimit(HANDLE(config), limit, value, thread_slot()));
}

PUBLIC int gosandbox_config_set_process_action(gosandbox_config *config, gosandbox_action action)
{
    ENTER_TO_KEEP(boundarySetProcessAction(HANDLE(config), action, thread_slot()));
}

PUBLIC int gosandbox_config_set_rlimit(gosandbox_config *config, int resource, uint64_t soft, uint64_t hard)
{
    ENTER_TO_KEEP(boundarySetRlimit(HANDLE(config), resource, soft, hard, thread_slot()));
}

PUBLIC int gosandbox_config_set_ids(gosandbox_config *config, uint32_t uid, uint32_t gid)
{
    ENTER_TO_KEEP(boundarySetIds(HANDLE(config), uid, gid, thread_slot()));
}

PUBLIC int gosandbox_config_add_path(gosandbox_config *config, const char *path, uint32_t access)
{
    ENTER_TO_KEEP(boundaryAddPath(HANDLE(config), (char *)path, access, thread_slot()));
}

PUBLIC int gosandbox_config_set_path_action(gosandbox_config *config, gosandbox_action action)
{
    ENTER_TO_KEEP(boundarySetPathAction(HANDLE(config), action, thread_slot()));
}

PUBLIC int gosandbox_config_set_umask(gosandbox_config *config, uint32_t mask)
{
    ENTER_TO_KEEP(boundarySetUmask(HANDLE(config), mask, thread_slot()));
}

PUBLIC int gosandbox_config_set_affinity(gosandbox_config *config, size_t n, const uint32_t *cpus)
{
    ENTER_TO_KEEP(boundarySetAffinity(HANDLE(config), n, (uint32_t *)cpus, thread_slot()));
}

PUBLIC int gosandbox_config_set_nice(gosandbox_config *config, int nice)
{
    ENTER_TO_KEEP(boundarySetNice(HANDLE(config), nice, thread_slot()));
}

PUBLIC int gosandbox_config_set_cgroup(gosandbox_config *config, const char *parent)
{
    ENTER_TO_KEEP(boundarySetCgroup(HANDLE(config), (char *)parent, thread_slot()));
}

PUBLIC int gosandbox_config_set_cgroup_bandwidth(gosandbox_config *config, uint64_t quota, uint64_t period)
{
    ENTER_TO_KEEP(boundarySetCgroupBandwidth(HANDLE(config), quota, period, thread_slot()));
}

PUBLIC int gosandbox_config_set_cgroup_cpus(gosandbox_config *config, size_t n, const uint32_t *cpus)
{
    ENTER_TO_KEEP(boundarySetCgroupCPUs(HANDLE(config), n, (uint32_t *)cpus, thread_slot()));
}

PUBLIC int gosandbox_config_set_policy(gosandbox_config *config, const char *profile, gosandbox_action fallback)
{
    ENTER_TO_KEEP(boundarySetPolicy(HANDLE(config), (char *)profile, fallback, thread_slot()));
}

PUBLIC int gosandbox_config_add_rule(gosandbox_config *config, uint32_t arch, const char *name, gosandbox_action action,
                                     size_t n, const struct gosandbox_cmp *conditions)
{
    ENTER_TO_KEEP(boundaryAddRule(HANDLE(config), arch, (char *)name, action, n, (struct gosandbox_cmp *)conditions,
                                 thread_slot()));
}

PUBLIC int gosandbox_config_add_rule_number(gosandbox_config *config, uint32_t arch, int64_t nr, gosandbox_action action,
                                            size_t n, const struct gosandbox_cmp *conditions)
{
    ENTER_TO_KEEP(boundaryAddRuleNumber(HANDLE(config), arch, nr, action, n, (struct gosandbox_cmp *)conditions, thread_slot()));
}

PUBLIC int gosandbox_config_load_policy(gosandbox_config *config, const char *json, size_t n)
{
    ENTER_TO_KEEP(boundaryLoadPolicy(HANDLE(config), (char *)json, n, thread_slot()));
}

PUBLIC int gosandbox_policy_json(const gosandbox_config *config, char *buffer, size_t n)
{ ENTER_TO_KEEP(boundaryPolicyJson(HANDLE(config), buffer, n, thread_slot())); }

PUBLIC int gosandbox_policy_dump(const gosandbox_config *config, char *buffer, size_t n)
{ ENTER_TO_KEEP(boundaryPolicyDump(HANDLE(config), buffer, n, thread_slot())); }

PUBLIC int gosandbox_policy_evaluate(const gosandbox_config *config, const struct gosandbox_syscall *call, gosandbox_action *out)
{ ENTER_TO_KEEP(boundaryPolicyEvaluate(HANDLE(config), (struct gosandbox_syscall *)call, out, thread_slot())); }

void wait_to_end(struct boundary_wait *wait, const sigset_t *before)
{
    while (wait->idle || !boundaryWaitStep(wait)) {
        boundary_sleep(wait, before);
        boundary_answer(wait, before);
        if (wait->interrupt && boundary_interrupted(wait)) {
            if (boundaryWaitCancel(wait))
                break;
            wait->interrupt = NULL;
            wait->idle = 0;
        }
    }
}

static int finish(struct boundary_wait *wait, uintptr_t *out, const sigset_t *before)
{
    wait_to_end(wait, before);
    return boundaryWaitEnd(wait, out, thread_slot());
}

static int run(const gosandbox_config *config, uintptr_t *out, const sigset_t *before)
{
    struct boundary_wait wait = {0};
    int code = begin_run();
    if (code != 0)
        return code;
    code = boundaryRunBegin(HANDLE(config), out, &wait, thread_slot());
    return code == 0 && wait.handle != 0 ? finish(&wait, out, before) : code;
}

static int task_wait(gosandbox_task *task, int64_t timeout_ns, uintptr_t *out, const sigset_t *before)
{
    struct boundary_wait wait = {0};
    int code = boundaryTaskWaitBegin(HANDLE(task), timeout_ns, out, &wait, thread_slot());
    return code == 0 ? finish(&wait, out, before) : code;
}

PUBLIC int gosandbox_run(const gosandbox_config *config, gosandbox_result **out)
{
    if (out)
        *out = NULL;
    ENTER(run(config, (uintptr_t *)out, &before));
}

static int start(const gosandbox_config *config, uintptr_t *out)
{
    int code = begin_run();
    return code == 0 ? boundaryStart(HANDLE(config), out, thread_slot()) : code;
}

PUBLIC int gosandbox_start(const gosandbox_config *config, gosandbox_task **out)
{
    if (out)
        *out = NULL;
    ENTER(start(config, (uintptr_t *)out));
}

PUBLIC int gosandbox_task_wait(gosandbox_task *task, int64_t timeout_ns, gosandbox_result **out)
{
    if (out)
        *out = NULL;
    ENTER(task_wait(task, timeout_ns, (uintptr_t *)out, &before));
}

PUBLIC int gosandbox_task_kill(gosandbox_task *task) { ENTER(boundaryTaskKill(HANDLE(task), thread_slot())); }

PUBLIC int gosandbox_task_poll_fd(gosandbox_task *task)
{
    ENTER(boundaryTaskPollFd(HANDLE(task), thread_slot()));
}

PUBLIC int gosandbox_task_pid(gosandbox_task *task) { ENTER(boundaryTaskPid(HANDLE(task), thread_slot())); }

PUBLIC void gosandbox_task_free(gosandbox_task *task)
{
    if (task)
        ENTER_QUIETLY(boundaryTaskFree(HANDLE(task)));
}

#ifdef GOSANDBOX_FAULT
/* For tests of a library that was built with the tag "fault"; the released one has no such function. */
PUBLIC int gosandbox_fault(int place, int times);
PUBLIC int gosandbox_fault(int place, int times) { ENTER(boundaryFault(place, times)); }
#endif
