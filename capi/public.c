/*
 * The public functions: each checks that the process has not been forked, then enters Go with the calling thread's error
 * slot. Go code must not run in a forked child: the runtime's other threads are not there.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "boundary.h"
#include "host.h"
#include "_cgo_export.h"

#define PUBLIC __attribute__((visibility("default")))

/*
 * A pointer only: Go makes the whole library's thread-local memory static, and dlopen has little room for that.
 */
static __thread struct boundary_error *slot;
static pthread_key_t slot_key;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&slot_key, free); }

static struct boundary_error *thread_slot(void)
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

static int refuse_forked(void)
{
    struct boundary_error *s = thread_slot();
    s->error.code = GOSANDBOX_EFORKED;
    s->error.sys_errno = 0;
    s->error.step = GOSANDBOX_STEP_NONE;
    s->error.index = -1;
    strcpy(s->message, "this process was forked after gosandbox was loaded; "
                       "execute a new program first, or load the library only in the child (Python: the spawn start method)");
    return GOSANDBOX_EFORKED;
}

#define ENTER(call) (host_forked() ? refuse_forked() : (int)(call))
#define HANDLE(h) ((uintptr_t)(h))

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
    return host_forked() ? NULL : boundarySyscallName(arch, nr);
}

PUBLIC int gosandbox_feature(uint32_t feature) { return ENTER(boundaryFeature(feature, thread_slot())); }

PUBLIC int gosandbox_set_log(uint32_t level, gosandbox_log_cb callback, void *payload)
{
    return ENTER(boundarySetLog(level, callback, payload, thread_slot()));
}

PUBLIC int gosandbox_config_new(gosandbox_config **out)
{
    return ENTER(boundaryConfigNew((uintptr_t *)out, thread_slot()));
}

PUBLIC void gosandbox_config_free(gosandbox_config *config)
{
    if (config && !host_forked())
        boundaryConfigFree(HANDLE(config));
}

PUBLIC int gosandbox_config_set_argv(gosandbox_config *config, size_t n, const char *const *argv)
{
    return ENTER(boundarySetArgv(HANDLE(config), n, (char **)argv, thread_slot()));
}

PUBLIC int gosandbox_config_set_env(gosandbox_config *config, size_t n, const char *const *env)
{
    return ENTER(boundarySetEnv(HANDLE(config), n, (char **)env, thread_slot()));
}

PUBLIC int gosandbox_config_set_cwd(gosandbox_config *config, const char *path)
{
    return ENTER(boundarySetCwd(HANDLE(config), (char *)path, thread_slot()));
}

PUBLIC int gosandbox_config_set_exec_fd(gosandbox_config *config, int host_fd)
{
    return ENTER(boundarySetExecFd(HANDLE(config), host_fd, thread_slot()));
}

PUBLIC int gosandbox_config_set_stdin_bytes(gosandbox_config *config, const void *bytes, size_t n)
{
    return ENTER(boundarySetStdinBytes(HANDLE(config), (void *)bytes, n, thread_slot()));
}

PUBLIC int gosandbox_config_set_fd(gosandbox_config *config, int child, int host_fd)
{
    return ENTER(boundarySetFd(HANDLE(config), child, host_fd, thread_slot()));
}

PUBLIC int gosandbox_config_open_fd(gosandbox_config *config, int child, const char *path, int flags, uint32_t mode)
{
    return ENTER(boundaryOpenFd(HANDLE(config), child, (char *)path, flags, mode, thread_slot()));
}

PUBLIC int gosandbox_config_dup_fd(gosandbox_config *config, int child, int other)
{
    return ENTER(boundaryDupFd(HANDLE(config), child, other, thread_slot()));
}

PUBLIC int gosandbox_config_capture(gosandbox_config *config, int child, uint64_t max)
{
    return ENTER(boundaryCapture(HANDLE(config), child, max, thread_slot()));
}

PUBLIC int gosandbox_config_set_limit(gosandbox_config *config, uint32_t limit, uint64_t value)
{
    return ENTER(boundarySetLimit(HANDLE(config), limit, value, thread_slot()));
}

PUBLIC int gosandbox_config_set_process_action(gosandbox_config *config, gosandbox_action action)
{
    return ENTER(boundarySetProcessAction(HANDLE(config), action, thread_slot()));
}

PUBLIC int gosandbox_config_set_rlimit(gosandbox_config *config, int resource, uint64_t soft, uint64_t hard)
{
    return ENTER(boundarySetRlimit(HANDLE(config), resource, soft, hard, thread_slot()));
}

PUBLIC int gosandbox_config_set_ids(gosandbox_config *config, uint32_t uid, uint32_t gid)
{
    return ENTER(boundarySetIds(HANDLE(config), uid, gid, thread_slot()));
}

PUBLIC int gosandbox_config_set_umask(gosandbox_config *config, uint32_t mask)
{
    return ENTER(boundarySetUmask(HANDLE(config), mask, thread_slot()));
}

PUBLIC int gosandbox_config_set_affinity(gosandbox_config *config, size_t n, const uint32_t *cpus)
{
    return ENTER(boundarySetAffinity(HANDLE(config), n, (uint32_t *)cpus, thread_slot()));
}

PUBLIC int gosandbox_config_set_nice(gosandbox_config *config, int nice)
{
    return ENTER(boundarySetNice(HANDLE(config), nice, thread_slot()));
}

PUBLIC int gosandbox_config_set_policy(gosandbox_config *config, const char *profile, gosandbox_action fallback)
{
    return ENTER(boundarySetPolicy(HANDLE(config), (char *)profile, fallback, thread_slot()));
}

PUBLIC int gosandbox_config_add_rule(gosandbox_config *config, uint32_t arch, const char *name, gosandbox_action action,
                                     size_t n, const struct gosandbox_cmp *conditions)
{
    return ENTER(boundaryAddRule(HANDLE(config), arch, (char *)name, action, n, (struct gosandbox_cmp *)conditions,
                                 thread_slot()));
}

PUBLIC int gosandbox_run(const gosandbox_config *config, gosandbox_result **out)
{
    if (out)
        *out = NULL;
    return ENTER(boundaryRun(HANDLE(config), (uintptr_t *)out, thread_slot()));
}

PUBLIC int gosandbox_start(const gosandbox_config *config, gosandbox_task **out)
{
    if (out)
        *out = NULL;
    return ENTER(boundaryStart(HANDLE(config), (uintptr_t *)out, thread_slot()));
}

PUBLIC int gosandbox_task_wait(gosandbox_task *task, int64_t timeout_ns, gosandbox_result **out)
{
    if (out)
        *out = NULL;
    return ENTER(boundaryTaskWait(HANDLE(task), timeout_ns, (uintptr_t *)out, thread_slot()));
}

PUBLIC int gosandbox_task_kill(gosandbox_task *task) { return ENTER(boundaryTaskKill(HANDLE(task), thread_slot())); }

PUBLIC int gosandbox_task_poll_fd(gosandbox_task *task)
{
    return ENTER(boundaryTaskPollFd(HANDLE(task), thread_slot()));
}

PUBLIC int gosandbox_task_pid(gosandbox_task *task) { return ENTER(boundaryTaskPid(HANDLE(task), thread_slot())); }

PUBLIC void gosandbox_task_free(gosandbox_task *task)
{
    if (task && !host_forked())
        boundaryTaskFree(HANDLE(task));
}

PUBLIC int gosandbox_result_stats(const gosandbox_result *result, struct gosandbox_stats *out)
{
    return ENTER(boundaryResultStats(HANDLE(result), out, thread_slot()));
}

PUBLIC int gosandbox_result_violation(const gosandbox_result *result, struct gosandbox_syscall *out, char *path, size_t n)
{
    return ENTER(boundaryResultViolation(HANDLE(result), out, path, n, thread_slot()));
}

PUBLIC const char *gosandbox_result_message(const gosandbox_result *result)
{
    const char *text = host_forked() ? NULL : boundaryResultMessage(HANDLE(result));
    return text ? text : "";
}

PUBLIC const void *gosandbox_result_output(const gosandbox_result *result, int child, size_t *n)
{
    size_t length = 0;
    const void *bytes = host_forked() ? NULL : boundaryResultOutput(HANDLE(result), child, &length);
    if (n)
        *n = length;
    return bytes;
}

PUBLIC const struct gosandbox_error *gosandbox_result_error(const gosandbox_result *result)
{
    return host_forked() ? NULL : boundaryResultError(HANDLE(result));
}

PUBLIC void gosandbox_result_free(gosandbox_result *result)
{
    if (result && !host_forked())
        boundaryResultFree(HANDLE(result));
}
