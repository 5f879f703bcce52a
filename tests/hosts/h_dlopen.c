/*
 * A plug-in: the library is loaded late, from a thread with a small stack and an odd signal mask that ends afterwards, closed and loaded
 * again, in a host that knows nothing of it. Not linked with it.
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int passed, failed;
#define CHECK(condition) ((condition) ? (void)passed++ : (void)(failed++, printf("FAIL h_dlopen.c:%d: %s\n", __LINE__, #condition)))

static char library[4200];
static void *handle;

static void *symbol(const char *name)
{
    void *p = dlsym(handle, name);
    if (!p) {
        printf("FAIL: %s\n", dlerror());
        exit(1);
    }
    return p;
}
/* ISO C has no conversion from object to function pointer; POSIX guarantees it. */
#define CALL(type, name) (__extension__(type)symbol(name))

static int exit_code_of_a_run(const char *code)
{
    gosandbox_config *config = NULL;
    gosandbox_result *result = NULL;
    char program[4300];
    snprintf(program, sizeof program, "%.*s/fixtures/probe", (int)(strrchr(library, '/') - library), library);
    const char *const argv[] = {program, "exit", code};
    struct gosandbox_stats stats = {.size = sizeof stats, .exit_code = -2};
    CHECK(CALL(int (*)(gosandbox_config **), "gosandbox_config_new")(&config) == 0);
    CHECK(CALL(int (*)(gosandbox_config *, size_t, const char *const *), "gosandbox_config_set_argv")(config, 3, argv) == 0);
    CHECK(CALL(int (*)(const gosandbox_config *, gosandbox_result **), "gosandbox_run")(config, &result) == 0);
    CHECK(CALL(int (*)(const gosandbox_result *, struct gosandbox_stats *), "gosandbox_result_stats")(result, &stats) == 0);
    CALL(void (*)(gosandbox_result *), "gosandbox_result_free")(result);
    CALL(void (*)(gosandbox_config *), "gosandbox_config_free")(config);
    return stats.exit_code;
}

static void *load(void *flags)
{
    sigset_t mask, after;
    sigfillset(&mask);
    sigdelset(&mask, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    handle = dlopen(library, (int)(intptr_t)flags);
    if (!handle) {
        printf("FAIL: %s\n", dlerror());
        exit(1);
    }
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    CHECK(memcmp(&mask, &after, 8) == 0);
    return NULL;
}

int main(void)
{
    ssize_t n = readlink("/proc/self/exe", library, 4000);
    library[n > 0 ? n : 0] = 0;
    for (int i = 0; i < 2; i++)
        if (strrchr(library, '/'))
            *strrchr(library, '/') = 0;
    strcat(library, "/libgosandbox.so.1");
    if (getenv("GOSANDBOX_LIBRARY"))
        snprintf(library, sizeof library, "%s", getenv("GOSANDBOX_LIBRARY"));

    for (int round = 0; round < 3; round++) {
        pthread_attr_t attributes;
        pthread_t thread;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 64 << 10);
        CHECK(pthread_create(&thread, &attributes, load, (void *)(intptr_t)(RTLD_NOW | (round == 1 ? RTLD_GLOBAL : RTLD_LOCAL))) == 0);
        pthread_join(thread, NULL);
        pthread_attr_destroy(&attributes);
        CHECK(exit_code_of_a_run("21") == 21);
        void *mine = dlopen(library, RTLD_NOW);
        CHECK(mine == handle);
        CHECK(dlclose(mine) == 0);
        CHECK(dlclose(handle) == 0);
        /* NODELETE: the Go runtime cannot be taken out, so it stays, and what was got from it still works. */
        void *still = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
        CHECK(still != NULL);
        handle = still;
        CHECK(exit_code_of_a_run("22") == 22);
        dlclose(still);
    }
    /* Nothing but the interface is exported. */
    CHECK(dlsym(handle, "crosscall2") == NULL);
    CHECK(dlsym(handle, "boundaryRunBegin") == NULL);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
