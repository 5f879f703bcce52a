/* The public functions about groups. */
#include <string.h>

#include "enter.h"
#include "_cgo_export.h"

static int run_group(const struct boundary_group *group, uintptr_t *results, const sigset_t *before)
{
    struct boundary_wait wait = {0};
    int code = begin_run();
    if (code == 0)
        code = boundaryGroupBegin((struct boundary_group *)group, &wait, thread_slot());
    if (code != 0 || wait.handle == 0)
        return code;
    wait_to_end(&wait, before);
    return boundaryGroupEnd(&wait, results, thread_slot());
}

static void clear(gosandbox_result **results, size_t n)
{
    if (results && n <= 64)
        memset(results, 0, n * sizeof *results);
}

/* The results must have a place before anything is begun. */
static int without_room(void) { return refuse(GOSANDBOX_EINVAL, "results is NULL"); }

PUBLIC int gosandbox_run_group_with(const struct gosandbox_group *how, size_t n, const gosandbox_config *const *configs,
                                    const struct gosandbox_pipe *pipes, size_t npipes, gosandbox_result **results)
{
    const struct boundary_group group = {how, n, configs, pipes, npipes};
    clear(results, n);
    ENTER(results ? run_group(&group, (uintptr_t *)results, &before) : without_room());
}

PUBLIC int gosandbox_run_group(size_t n, const gosandbox_config *const *configs, const struct gosandbox_pipe *pipes, size_t npipes,
                               gosandbox_result **results)
{
    return gosandbox_run_group_with(NULL, n, configs, pipes, npipes, results);
}

static int start_group(const struct boundary_group *group, uintptr_t *out)
{
    int code = begin_run();
    return code == 0 ? boundaryStartGroup((struct boundary_group *)group, out, thread_slot()) : code;
}

PUBLIC int gosandbox_start_group(const struct gosandbox_group *how, size_t n, const gosandbox_config *const *configs,
                                 const struct gosandbox_pipe *pipes, size_t npipes, gosandbox_task **out)
{
    const struct boundary_group group = {how, n, configs, pipes, npipes};
    if (out)
        *out = NULL;
    ENTER(start_group(&group, (uintptr_t *)out));
}

static int wait_group(gosandbox_task *task, int64_t timeout_ns, size_t n, uintptr_t *results, const sigset_t *before)
{
    struct boundary_wait wait = {0};
    int code = boundaryTaskWaitGroupBegin(HANDLE(task), timeout_ns, n, &wait, thread_slot());
    if (code != 0)
        return code;
    wait_to_end(&wait, before);
    return boundaryGroupEnd(&wait, results, thread_slot());
}

PUBLIC int gosandbox_task_wait_group(gosandbox_task *task, int64_t timeout_ns, size_t n, gosandbox_result **results)
{
    clear(results, n);
    ENTER(results ? wait_group(task, timeout_ns, n, (uintptr_t *)results, &before) : without_room());
}

PUBLIC int gosandbox_task_member_pid(gosandbox_task *task, uint32_t member)
{
    ENTER(boundaryTaskMemberPid(HANDLE(task), member, thread_slot()));
}

PUBLIC int gosandbox_result_member(const gosandbox_result *result, struct gosandbox_member *out)
{
    ENTER(boundaryResultMember(HANDLE(result), out, thread_slot()));
}

PUBLIC int gosandbox_result_hangup(const gosandbox_result *result, size_t pipe, struct gosandbox_hangup *out)
{
    ENTER(boundaryResultHangup(HANDLE(result), pipe, out, thread_slot()));
}

PUBLIC int gosandbox_result_piece(const gosandbox_result *result, size_t i, struct gosandbox_piece *out)
{
    ENTER(boundaryResultPiece(HANDLE(result), i, out, thread_slot()));
}
