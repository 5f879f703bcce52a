/* A stack that has run out is told from a wild pointer. */
#include "check.h"

static void ends(const char *mode, uint32_t detail)
{
    gosandbox_config *c = config_for(fixture("stack_overflow"), mode, NULL);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_STACK, 8 * MIB), 0);
    gosandbox_result *r = RUN(c);
    struct gosandbox_stats s = stats_of(r);
    CHECK_SAY(s.status == GOSANDBOX_STATUS_SIGNALED && s.signal == SIGSEGV, "%s: %s", mode, gosandbox_result_message(r));
    CHECK_SAY(s.detail == detail, "%s: detail %u, expected %u", mode, s.detail, detail);
    CHECK_SAY((strstr(gosandbox_result_message(r), "the stack overflowed") != NULL) == (detail != 0), "%s: %s", mode,
              gosandbox_result_message(r));
    gosandbox_result_free(r);
}

int main(void)
{
    static const char *const overflows[] = {"deep", "array", "thread", "handled_default", "handled_without_stack"};
    static const char *const others[] = {"wild", "null", "below", "above", "raise", "code", "guard", "thread_wild", "handled_wild"};
    for (size_t i = 0; i < sizeof overflows / sizeof *overflows; i++)
        ends(overflows[i], GOSANDBOX_DETAIL_STACK_OVERFLOW);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ends(others[i], GOSANDBOX_DETAIL_NONE);

    gosandbox_config *c = config_for(fixture("stack_overflow"), "refused", NULL);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB), 0);
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_MEMORY_LIMIT);
    CHECK_EQ(stats_of(r).detail, GOSANDBOX_DETAIL_REFUSED);
    gosandbox_result_free(r);

    struct { uint32_t size, rest[100]; } old = {.size = 152, .rest = {[99] = 7}}; /* a caller that knows no detail */
    r = RUN(PROBE("exit", "0"));
    CHECK_EQ(gosandbox_result_stats(r, (struct gosandbox_stats *)(void *)&old), 0);
    CHECK_EQ(old.rest[152 / 4 - 1], 0);
    gosandbox_result_free(r);
    return check_summary();
}
