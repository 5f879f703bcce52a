/* A host whose log callback crashes, two calls deep. The library logs a fault of its own when it is given a list
 * that lies in no memory. */
#include <gosandbox/sandbox.h>
#include <stdint.h>

__attribute__((noinline)) static void deep_in_the_callback(volatile int *nowhere)
{
    *nowhere = 1; /* the line to be named */
}

static void on_log(uint32_t level, const char *text, void *payload)
{
    (void)level, (void)text;
    deep_in_the_callback(payload);
}

int main(void)
{
    const char *const *nowhere = (const char *const *)8;
    gosandbox_config *config = 0;
    gosandbox_set_log(GOSANDBOX_LOG_DEBUG, on_log, 0);
    if (gosandbox_config_new(&config))
        return 1;
    gosandbox_config_set_argv(config, 1, nowhere);
    return 2; /* nothing was logged */
}
