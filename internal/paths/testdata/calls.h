/* What the parts of calls.c share. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>
#include <signal.h>

static void say(const char *what, long ret)
{
    int e = ret < 0 ? errno : 0;
    printf("%s = %ld %s\n", what, ret < 0 ? -1 : ret, e ? strerrorname_np(e) : "");
}
#define T(call) do { errno = 0; long r_ = (long)(call); say(#call, r_); } while (0)

/* Opens, tells the kind of descriptor, and closes. */
static void opened(const char *what, long fd)
{
    say(what, fd < 0 ? -1 : 0);
    if (fd < 0)
        return;
    struct stat st = {0};
    int flags = fcntl(fd, F_GETFL), ret = syscall(SYS_fstat, fd, &st);
    printf("    flags %o cloexec %d stat %d mode %o size %ld\n", flags & ~O_NOFOLLOW, fcntl(fd, F_GETFD), ret, st.st_mode,
           S_ISREG(st.st_mode) ? (long)st.st_size : 0);
    close(fd);
}
#define O(call) do { errno = 0; long r_ = (long)(call); opened(#call, r_); } while (0)

static void told(const char *what, const struct stat *st, long ret)
{
    say(what, ret);
    if (ret == 0)
        printf("    mode %o links %ld uid %d gid %d size %ld\n", st->st_mode, (long)st->st_nlink, st->st_uid, st->st_gid,
               S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) ? (long)st->st_size : 0);
}
#define S(call) do { struct stat st; errno = 0; long r_ = (long)(call); told(#call, &st, r_); } while (0)

static char *page_end; /* the last byte before a page that is not there */
static char *longest, *name255, *name256;

static char *at_end(const char *text, int with_nul)
{
    size_t n = strlen(text) + (with_nul ? 1 : 0);
    memcpy(page_end - n + 1, text, n);
    return page_end - n + 1;
}

static void make_tree(void)
{
    int fd;
    mkdir("d", 0755);
    mkdir("d/e", 0755);
    mkdir("full", 0700);
    fd = open("f", O_CREAT | O_WRONLY, 0644);
    if (write(fd, "hello\n", 6) != 6)
        exit(98);
    close(fd);
    close(open("d/e/g", O_CREAT | O_WRONLY, 0640));
    close(open("gone (deleted)", O_CREAT | O_WRONLY, 0600));
    close(open("bytes \xff\xfe \n", O_CREAT | O_WRONLY, 0600));
    close(open("full/x", O_CREAT | O_WRONLY, 0600));
    symlink("f", "l");
    symlink("d", "ld");
    symlink("nowhere", "dangling");
    symlink("loop", "loop");
    symlink("loopb", "loopa");
    symlink("loopa", "loopb");
    symlink("../../../../../../../../../../../../..", "up");
    symlink("/proc/self/cwd/f", "magic");
    symlink("new-by-link", "lnew");
    symlink("d/e/", "lslash");
    symlink("/proc/self/fd", "fds");
    mkfifo("fifo", 0600);
    for (int i = 1; i < 45; i++) {
        char a[32], b[32];
        sprintf(a, "chain%d", i);
        sprintf(b, i == 1 ? "f" : "chain%d", i - 1);
        symlink(b, a);
    }
}
