/* What tests of path rules share: a folder of their own under /tmp, files in it, and a program that must say something. */
#ifndef FOLDER_H
#define FOLDER_H

#include "check.h"

static char top[200];

/* The path of a name in the folder. Up to 16 at a time in each thread. */
static inline const char *at(const char *name)
{
    static __thread char paths[16][400];
    static __thread int next;
    char *path = paths[next++ & 15];
    snprintf(path, sizeof paths[0], "%s/%s", top, name);
    return path;
}

static inline void make_top(const char *test)
{
    snprintf(top, sizeof top, "/tmp/%s_XXXXXX", test);
    CHECK(mkdtemp(top) != NULL);
    chmod(top, 0755);
}

static inline void remove_top(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    CHECK_EQ(system(command), 0);
}

/* Makes or replaces an executable file of this text. */
static inline void put(const char *name, const char *text)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static inline void copy_into(int out, const char *from)
{
    char block[1 << 16];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    ssize_t n;
    CHECK_SAY(in >= 0 && out >= 0, "a copy of %s", from);
    while ((n = read(in, block, sizeof block)) > 0)
        CHECK_EQ(write(out, block, (size_t)n), n);
    close(in);
}

/* The copy is executable. */
static inline void copy(const char *from, const char *to)
{
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    copy_into(out, from);
    close(out);
}

/* Runs and frees the config: it must exit with 0, and its captured stdout must be this. */
static inline void says(gosandbox_config *config, const char *expected)
{
    gosandbox_result *r = RUN(config);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), expected);
    gosandbox_result_free(r);
}

#endif
