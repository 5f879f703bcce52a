/* A native addon for node: run(probe, code) blocks and gives the exit code; runLater(probe, code) does it on a thread of node's pool, as a promise. */
#define NAPI_VERSION 3
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox.h"

struct job {
    char probe[4096], code[16];
    int got; /* exit code, or negative */
    napi_deferred promise;
    napi_async_work work;
};

static int run(const char *probe, const char *code)
{
    const char *argv[] = {probe, "exit", code};
    struct gosandbox_stats stats;
    gosandbox_config *config = NULL;
    gosandbox_result *result = NULL;
    int error = gosandbox_config_new(&config);
    if (error == 0)
        error = gosandbox_config_set_argv(config, 3, argv);
    if (error == 0)
        error = gosandbox_run(config, &result);
    memset(&stats, 0, sizeof stats);
    stats.size = sizeof stats;
    if (error == 0)
        error = gosandbox_result_stats(result, &stats);
    gosandbox_result_free(result);
    gosandbox_config_free(config);
    return error != 0 ? error : stats.status == GOSANDBOX_STATUS_EXITED ? stats.exit_code : -1000 - (int)stats.status;
}

static int arguments(napi_env env, napi_callback_info info, struct job *job)
{
    napi_value given[2];
    size_t n = 2;
    return napi_get_cb_info(env, info, &n, given, NULL, NULL) == napi_ok && n == 2 &&
           napi_get_value_string_utf8(env, given[0], job->probe, sizeof job->probe, NULL) == napi_ok &&
           napi_get_value_string_utf8(env, given[1], job->code, sizeof job->code, NULL) == napi_ok;
}

static napi_value run_here(napi_env env, napi_callback_info info)
{
    struct job job;
    napi_value code = NULL;
    if (arguments(env, info, &job))
        napi_create_int32(env, run(job.probe, job.code), &code);
    return code;
}

static void execute(napi_env env, void *data)
{
    struct job *job = data;
    (void)env;
    job->got = run(job->probe, job->code);
}

static void complete(napi_env env, napi_status status, void *data)
{
    struct job *job = data;
    napi_value code;
    napi_create_int32(env, status == napi_ok ? job->got : -2000, &code);
    napi_resolve_deferred(env, job->promise, code);
    napi_delete_async_work(env, job->work);
    free(job);
}

static napi_value run_later(napi_env env, napi_callback_info info)
{
    struct job *job = calloc(1, sizeof *job);
    napi_value promise = NULL, name;
    if (job == NULL || !arguments(env, info, job) || napi_create_promise(env, &job->promise, &promise) != napi_ok ||
        napi_create_string_utf8(env, "run", NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_create_async_work(env, NULL, name, execute, complete, job, &job->work) != napi_ok || napi_queue_async_work(env, job->work) != napi_ok)
        abort();
    return promise;
}

NAPI_MODULE_INIT()
{
    napi_value f;
    napi_create_function(env, "run", NAPI_AUTO_LENGTH, run_here, NULL, &f);
    napi_set_named_property(env, exports, "run", f);
    napi_create_function(env, "runLater", NAPI_AUTO_LENGTH, run_later, NULL, &f);
    napi_set_named_property(env, exports, "runLater", f);
    return exports;
}
