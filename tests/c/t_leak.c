/*
 * Leaks: after a thousand runs, and after rounds of two hundred side by side, descriptors, threads, children and memory are
 * what they were.
 */
#include "check.h"

struct figures {
    int descriptors, children;
    long threads, rss;
};

static char first_descriptors[20000];

static struct figures take(const char *when)
{
    static char text[20000];
    struct figures f;
    nap_ms(100); /* threads of the host that were joined just now leave the count a moment later */
    f.descriptors = open_descriptors(text, sizeof text);
    f.children = children(text, sizeof text);
    f.threads = status_number("Threads:");
    f.rss = status_number("VmRSS:");
    printf("%-28s descriptors %d, children %d, threads %ld, RSS %ld kB\n", when, f.descriptors, f.children, f.threads, f.rss);
    fflush(stdout);
    return f;
}

/* Every kind of end in turn. */
static void one_run(int i)
{
    gosandbox_config *c;
    gosandbox_result *r = NULL;
    int expected = 0;
    switch (i % 10) {
    case 0:
        c = PROBE("exit", "1");
        break;
    case 1:
        c = PROBE("signal", "9");
        break;
    case 2:
        c = PROBE("print", "200000");
        gosandbox_config_capture(c, 1, 100000);
        gosandbox_config_capture(c, 2, 100000);
        break;
    case 3:
        c = PROBE("cat");
        gosandbox_config_set_stdin_bytes(c, "0123456789", 10);
        gosandbox_config_capture(c, 1, 100);
        break;
    case 4:
        c = config_for("/no/such/program", NULL);
        gosandbox_config_capture(c, 1, 100);
        expected = GOSANDBOX_ESETUP;
        break;
    case 5:
        c = config_for(fixture("left_daemon"), NULL);
        break;
    case 6:
        c = config_for(fixture("clone_parent_left"), NULL);
        break;
    case 7:
        c = config_for(fixture("guard_x32"), NULL);
        break;
    case 8:
        c = PROBE("exit", "0");
        gosandbox_config_open_fd(c, 5, "/no/such/file", O_RDONLY, 0);
        expected = GOSANDBOX_ESETUP;
        break;
    default:
        c = config_for(fixture("memory_populate"), NULL);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 16 * MIB);
        break;
    }
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 10 * SECOND);
    int code = gosandbox_run(c, &r);
    CHECK_SAY(code == expected, "run %d gave %d (%s)", i, code, code ? gosandbox_last_error()->message : "");
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

static void *some_runs(void *first)
{
    for (int i = 0; i < 3; i++)
        one_run((int)(intptr_t)first + i);
    return NULL;
}

/* Two hundred callers at once. */
static void side_by_side(void)
{
    enum { COUNT = 200 };
    static pthread_t threads[COUNT];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    for (intptr_t i = 0; i < COUNT; i++)
        if (!CHECK(pthread_create(&threads[i], &attributes, some_runs, (void *)i) == 0))
            threads[i] = 0;
    for (int i = 0; i < COUNT; i++)
        if (threads[i])
            pthread_join(threads[i], NULL);
    pthread_attr_destroy(&attributes);
}

/* Tasks that are started and thrown away in every state. */
static void tasks(int count)
{
    for (int i = 0; i < count; i++) {
        gosandbox_task *task = NULL;
        gosandbox_result *r = NULL;
        gosandbox_config *c = PROBE(i % 2 ? "sleep" : "exit", i % 2 ? "5000" : "0");
        CHECK_EQ(gosandbox_start(c, &task), 0);
        gosandbox_config_free(c);
        if (i % 3 == 0)
            gosandbox_task_poll_fd(task);
        if (i % 4 == 0)
            gosandbox_task_wait(task, 5 * MS, &r);
        if (i % 5 == 0)
            gosandbox_task_kill(task);
        if (i % 6 == 0)
            nap_ms(1);
        gosandbox_result_free(r);
        gosandbox_task_free(task);
    }
}

int main(void)
{
    for (int i = 0; i < 100; i++)
        one_run(i);
    tasks(50);
    struct figures start = take("warm");
    open_descriptors(first_descriptors, sizeof first_descriptors);

    for (int i = 0; i < 1000; i++)
        one_run(i);
    struct figures sequential = take("1000 runs");
    if (!CHECK_EQ(sequential.descriptors, start.descriptors)) {
        static char text[20000];
        open_descriptors(text, sizeof text);
        printf("descriptors were:\n%sand are:\n%s", first_descriptors, text);
    }
    CHECK_EQ(sequential.children, 0);
    CHECK_SAY(sequential.threads <= start.threads + 4, "threads %ld, were %ld", sequential.threads, start.threads);
    CHECK_SAY(sequential.rss < start.rss + 16 * 1024, "RSS %ld kB, was %ld", sequential.rss, start.rss);

    tasks(300);
    struct figures tasked = take("300 tasks");
    CHECK_EQ(tasked.descriptors, start.descriptors);
    CHECK_EQ(tasked.children, 0);

    side_by_side();
    struct figures first = take("200 side by side");
    side_by_side();
    struct figures second = take("200 side by side again");
    side_by_side();
    struct figures third = take("and again");
    CHECK_EQ(first.descriptors, start.descriptors);
    CHECK_EQ(second.descriptors, start.descriptors);
    CHECK_EQ(third.descriptors, start.descriptors);
    CHECK_EQ(third.children, 0);
    CHECK_SAY(third.threads <= first.threads + 8, "threads grow from round to round: %ld, %ld, %ld", first.threads, second.threads, third.threads);
    CHECK_SAY(third.threads <= start.threads + 40, "threads %ld, were %ld before the first round", third.threads, start.threads);
    CHECK_SAY(third.rss < second.rss + 16 * 1024 || third.rss < first.rss + 16 * 1024, "RSS grows from round to round: %ld, %ld, %ld kB", first.rss, second.rss, third.rss);
    CHECK_NO_CHILDREN();
    return check_summary();
}
