/* What runs could leave behind on the host, and a test that starts itself again as an ordinary user. */
#ifndef LEFT_H
#define LEFT_H

#include "check.h"

#include <fnmatch.h>
#include <ftw.h>
#include <grp.h>

/* Two texts at a time. */
static inline char *file_text(const char *path)
{
    static char text[2][1 << 16];
    static int next;
    char *to = text[next++ & 1];
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(to, 1, sizeof text[0] - 1, f) : 0;
    to[n] = 0;
    if (f)
        fclose(f);
    return to;
}

static inline int lines_of(const char *path)
{
    int n = 0, c;
    FILE *f = fopen(path, "r");
    while (f && (c = getc(f)) != EOF)
        n += c == '\n';
    if (f)
        fclose(f);
    return n;
}

static int left_groups;

static inline int left_group(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    char pattern[100];
    (void)st;
    snprintf(pattern, sizeof pattern, "gosandbox-*-%d-*", (int)getpid());
    left_groups += kind == FTW_D && fnmatch(pattern, path + at->base, 0) == 0;
    return 0;
}

/* Control groups of this process that are there now, however deep. For one thread at a time. */
static inline int groups_left(void)
{
    left_groups = 0;
    nftw("/sys/fs/cgroup", left_group, 16, FTW_PHYS);
    return left_groups;
}

/* Runs this program, with the argument "user", as a user that exists nowhere else. */
static inline void again_as_user(const char *self, uid_t user)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (setgroups(0, NULL) != 0 || setgid(user) != 0 || setuid(user) != 0)
            _exit(98);
        execl(self, self, "user", (char *)NULL);
        _exit(97);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "as an ordinary user: status %#x", status);
}

#endif
