/* A program of somebody who has installed the library: includes as they do, and needs the mask and limits that it began with. */
#include <gosandbox/sandbox.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static sigset_t mask_at_start;
static struct rlimit files_at_start;

/* Before every constructor of a library. */
static void look(void)
{
    sigprocmask(SIG_SETMASK, NULL, &mask_at_start);
    getrlimit(RLIMIT_NOFILE, &files_at_start);
}
__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = look;

int main(void)
{
    const char *const argv[] = {"/bin/echo", "consumed"};
    gosandbox_config *config = NULL;
    gosandbox_result *result = NULL;
    sigset_t mask;
    struct rlimit files;
    if (gosandbox_config_new(&config) || gosandbox_config_set_argv(config, 2, argv) || gosandbox_config_capture(config, 1, 100) ||
        gosandbox_run(config, &result)) {
        printf("%s\n", gosandbox_last_error()->message);
        return 1;
    }
    printf("%s", (const char *)gosandbox_result_output(result, 1, NULL));
    gosandbox_result_free(result);
    gosandbox_config_free(config);
    sigprocmask(SIG_SETMASK, NULL, &mask);
    getrlimit(RLIMIT_NOFILE, &files);
    if (memcmp(&mask, &mask_at_start, 8) != 0)
        return puts("the signal mask changed"), 1;
    if (files.rlim_cur != files_at_start.rlim_cur)
        return puts("RLIMIT_NOFILE changed"), 1;
    return 0;
}
