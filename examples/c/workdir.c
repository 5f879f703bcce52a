/* workdir.c: temporary folders that strangers write to. */
#define _POSIX_C_SOURCE 200809L
#include "judge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST 32 /* folders nested deeper are moved up first, so that descriptors and stack do not run out */

char *workdir_new(void)
{
    const char *base = getenv("TMPDIR");
    char *path = join_path(base && *base == '/' ? base : "/tmp", "gosandbox-judge-XXXXXX");

    if (!path) {
        errno = ENOMEM;
        return NULL;
    }
    if (!mkdtemp(path)) {
        int error = errno;
        free(path);
        errno = error;
        return NULL;
    }
    return path;
}

/* Opens a folder, never through a symbolic link, and makes sure that its entries can be removed. */
static int open_folder(int parent, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);

    if (geteuid() == 0)
        return fd; /* root needs no permissions, and must not change those of a file that a stranger swapped in */
    if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
        return openat(parent, name, flags);
    if (fd >= 0)
        (void)fchmod(fd, 0700); /* where this fails, so does the removal, and that is told */
    return fd;
}

/* Moves a folder to `top` under a name that is free. Returns 0 or an errno. */
static int move_up(int parent, const char *name, int top, unsigned *moved)
{
    int tries, fd = open_folder(parent, name); /* for its permissions: ".." of the folder changes */

    if (fd >= 0)
        close(fd);
    for (tries = 0; tries < 1000; tries++) {
        char up[32];
        snprintf(up, sizeof up, "moved-up-%u", (*moved)++);
        if (renameat(parent, name, top, up) == 0)
            return 0;
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
            break;
    }
    return errno;
}

/* Empties the folder open as `fd` and closes it. Returns 0 or an errno. */
static int empty(int fd, int top, int depth, unsigned *moved)
{
    DIR *dir = fdopendir(fd);
    int error = 0;

    if (!dir) {
        error = errno;
        close(fd);
        return error;
    }
    while (error == 0) {
        const struct dirent *entry;
        const char *name;

        errno = 0;
        entry = readdir(dir);
        if (!entry) {
            error = errno;
            break;
        }
        name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || unlinkat(fd, name, 0) == 0)
            continue;
        if (errno == ENOENT)
            continue;
        if (errno != EISDIR) {
            error = errno;
        } else if (depth == DEEPEST) {
            if (unlinkat(fd, name, AT_REMOVEDIR) != 0)
                error = move_up(fd, name, top, moved);
        } else if (unlinkat(fd, name, AT_REMOVEDIR) != 0) {
            int child = open_folder(fd, name);
            error = child < 0 ? errno : empty(child, top, depth + 1, moved);
            if (error == 0 && unlinkat(fd, name, AT_REMOVEDIR) != 0)
                error = errno;
        }
    }
    closedir(dir);
    return error;
}

int workdir_clear(const char *path, int all)
{
    unsigned moved = 0, before;
    int error;

    do { /* again when folders were moved up: the pass may have been beyond them */
        int fd = open_folder(AT_FDCWD, path);
        int top = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

        before = moved;
        if (top < 0) {
            error = errno;
            if (fd >= 0)
                close(fd);
        } else {
            error = empty(fd, top, 0, &moved);
            close(top);
        }
    } while (error == 0 && moved != before);
    if (error == 0 && all && rmdir(path) != 0)
        error = errno;
    errno = error;
    return error == 0 ? 0 : -1;
}
