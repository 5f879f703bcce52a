/*
 * The ways to limit memory that a caller can choose: how much a process may ask for beyond what it may use, address space, and a stack
 * that is as large as the memory.
 */
#include "left.h"

struct choice {
    uint64_t memory, grace, space, stack; /* UINT64_MAX: not set */
};

static gosandbox_result *limited(struct choice how, const char *program, const char *argument)
{
    gosandbox_result *r = NULL;
    gosandbox_config *c = config_for(fixture(program), argument, (char *)NULL);
    const struct {
        uint32_t limit;
        uint64_t value;
    } set[] = {{GOSANDBOX_LIMIT_MEMORY, how.memory}, {GOSANDBOX_LIMIT_MEMORY_GRACE, how.grace}, {GOSANDBOX_LIMIT_ADDRESS_SPACE, how.space}, {GOSANDBOX_LIMIT_STACK, how.stack}};
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        if (set[i].value != UINT64_MAX)
            CHECK_EQ(gosandbox_config_set_limit(c, set[i].limit, set[i].value), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 1 << 16), 0);
    CHECK_SAY(gosandbox_run(c, &r) == 0, "%s %s: %s", program, argument ? argument : "", gosandbox_last_error()->message);
    gosandbox_config_free(c);
    return r;
}

#define NOT UINT64_MAX

/* What comes of a program that asks for memory in pieces of 32 MiB until it is refused, without using it, and leaves with 1. */
static void asks(struct choice how, uint32_t status, uint64_t least, uint64_t most)
{
    gosandbox_result *r = limited(how, "memory_asks", NULL);
    struct gosandbox_stats s = stats_of(r);
    size_t n = 0;
    uint64_t got = strtoull((const char *)gosandbox_result_output(r, 1, &n), NULL, 10);
    CHECK_SAY(s.status == status, "%s: %s, got %llu MiB", gosandbox_status_name(s.status), gosandbox_result_message(r), (unsigned long long)got);
    CHECK_SAY(got >= least && got <= most, "got %llu MiB, expected %llu to %llu", (unsigned long long)got, (unsigned long long)least, (unsigned long long)most);
    if (status == GOSANDBOX_STATUS_MEMORY_LIMIT) {
        CHECK_EQ(s.detail, GOSANDBOX_DETAIL_REFUSED);
        CHECK_EQ(s.cause, GOSANDBOX_CAUSE_NONE);
        CHECK_SAY(strstr(gosandbox_result_message(r), "was refused memory") != NULL, "%s", gosandbox_result_message(r));
    }
    gosandbox_result_free(r);
}

static void grace(void)
{
    const uint32_t mle = GOSANDBOX_STATUS_MEMORY_LIMIT, exited = GOSANDBOX_STATUS_EXITED;
    asks((struct choice){256 * MIB, 0, NOT, NOT}, mle, 192, 256);
    asks((struct choice){256 * MIB, 512 * MIB, NOT, NOT}, mle, 704, 768);
    asks((struct choice){256 * MIB, NOT, NOT, NOT}, mle, 1216, 1280);
    asks((struct choice){2048 * MIB, NOT, NOT, NOT}, mle, 4032, 4096);
    asks((struct choice){NOT, NOT, NOT, NOT}, exited, 8192, 8192); /* its own bound */
    asks((struct choice){NOT, NOT, 1024 * MIB, NOT}, mle, 928, 1024);
    asks((struct choice){256 * MIB, NOT, 512 * MIB, NOT}, mle, 416, 512);

    /* What cannot be used counts for the address space alone. */
    gosandbox_result *reserves = limited((struct choice){NOT, NOT, 1024 * MIB, NOT}, "memory_asks", "reserve");
    CHECK_EQ(stats_of(reserves).status, mle);
    CHECK_TEXT(gosandbox_result_message(reserves), "was refused memory, limit of the address space 1024 MiB");
    gosandbox_result_free(reserves);
    reserves = limited((struct choice){256 * MIB, 0, NOT, NOT}, "memory_asks", "reserve");
    CHECK_EXITED(reserves, 0);
    gosandbox_result_free(reserves);

    /* A small grace changes nothing for what is used. */
    gosandbox_result *r = limited((struct choice){64 * MIB, 512 * MIB, NOT, NOT}, "memory_malloc", NULL);
    CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_MEMORY_LIMIT);
    gosandbox_result_free(r);
    r = limited((struct choice){64 * MIB, 0, NOT, NOT}, "exit_0", NULL);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);

    /* Without a limit there is nothing to be beyond. */
    gosandbox_config *c = config_for(fixture("exit_0"), (char *)NULL);
    r = NULL;
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY_GRACE, MIB), 0);
    CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EINVAL);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

static void stack(void)
{
    const struct choice as_memory = {256 * MIB, NOT, NOT, GOSANDBOX_STACK_AS_MEMORY};
    gosandbox_result *r = limited(as_memory, "limit_stack_large", NULL); /* 100 MiB */
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    r = limited((struct choice){NOT, NOT, NOT, GOSANDBOX_STACK_AS_MEMORY}, "limit_stack_large", NULL);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    for (int i = 0; i < 5; i++) {
        r = limited((struct choice){64 * MIB, NOT, NOT, GOSANDBOX_STACK_AS_MEMORY}, "stack_overflow", "deep");
        CHECK_SAY(stats_of(r).status == GOSANDBOX_STATUS_MEMORY_LIMIT, "%s: %s", gosandbox_status_name(stats_of(r).status), gosandbox_result_message(r));
        gosandbox_result_free(r);
    }
    r = limited((struct choice){64 * MIB, NOT, NOT, 8 * MIB}, "stack_overflow", "deep");
    CHECK_EQ(stats_of(r).signal, SIGSEGV);
    gosandbox_result_free(r);
    r = limited(as_memory, "threads_64", NULL); /* each has a stack of 256 MiB */
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc == 1 && geteuid() == 0)
        again_as_user(argv[0], 61046);
    grace();
    stack();
    CHECK_NO_CHILDREN();
    return check_summary();
}
