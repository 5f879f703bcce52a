/*
 * Two Go runtimes in one process, both at work at once from several threads. The other library is the argument.
 */
#include "check.h"

#include <dlfcn.h>

static int (*neighbour)(int);

static void *neighbours(void *unused)
{
    for (int i = 0; i < 20; i++)
        CHECK_EQ(neighbour(i % 9 + 1), i % 9 + 1);
    return unused;
}

static void *ours(void *unused)
{
    for (int i = 0; i < 40; i++) {
        char code[8];
        snprintf(code, sizeof code, "%d", i);
        gosandbox_result *r = RUN(PROBE("exit", code));
        CHECK_EXITED(r, i);
        gosandbox_result_free(r);
    }
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t threads[6];
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) {
        printf("%s\n0 passed, 1 failed\n", argc > 1 ? dlerror() : "usage: host LIBRARY");
        return 1;
    }
    *(void **)&neighbour = dlsym(library, "neighbourWork");
    CHECK_EQ(neighbour(3), 3);
    ours(NULL);
    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, i % 2 ? neighbours : ours, NULL);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(neighbour(4), 4);
    CHECK_NO_CHILDREN();
    return check_summary();
}
