/* minimal: runs `/bin/echo hello`, or the command line it is given, under limits and tells what happened. */
#include <gosandbox/sandbox.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *hello[] = {"/bin/echo", "hello"};
    struct gosandbox_stats stats = {.size = sizeof stats};
    gosandbox_config *config = NULL;
    gosandbox_result *result = NULL;
    size_t n = 0;
    int failed = gosandbox_config_new(&config)
        || (argc > 1 ? gosandbox_config_set_argv(config, (size_t)argc - 1, (const char *const *)argv + 1)
                     : gosandbox_config_set_argv(config, 2, hello))
        || gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_CPU, 1000000000u)    /* 1 s */
        || gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_WALL, 3000000000u)   /* 3 s */
        || gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_MEMORY, 256u << 20)  /* 256 MiB */
        || gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_PROCESSES, 1)
        || gosandbox_config_capture(config, 1, 1u << 20)
        || gosandbox_run(config, &result)
        || gosandbox_result_stats(result, &stats);
    if (failed) {
        fprintf(stderr, "minimal: %s\n", gosandbox_last_error()->message);
    } else {
        const void *output = gosandbox_result_output(result, 1, &n);
        printf("%s: %s\ncpu %.6f s, output %zu bytes:\n", gosandbox_status_name(stats.status),
               gosandbox_result_message(result), (double)stats.cpu / 1e9, n);
        fwrite(output, 1, n, stdout);
    }
    gosandbox_result_free(result); /* also after a failure: free accepts NULL */
    gosandbox_config_free(config);
    return failed ? 1 : 0;
}
