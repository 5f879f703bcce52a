/* Prints what rules let through: "name errno" per attempt. In the working directory: read/f, write/f, stat/f, exec/f, level/f,
 * level/deep/f, none/f. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <linux/openat2.h>
#include <linux/close_range.h>
#include <sched.h>
#include <unistd.h>

static char path[256];

static void say(const char *what, long ret)
{
    printf("%s %s %s\n", what, path, ret < 0 ? strerrorname_np(errno) : "ok");
}
#define T(name, call) do { errno = 0; say(name, (long)(call)); } while (0)

static int shut(int fd)
{
    if (fd >= 0)
        close(fd);
    return fd;
}

int main(void)
{
    static const char *list[] = {"read", "write", "stat", "exec", "level", "level/deep", "none"};
    struct stat st;
    struct statfs fs;
    char text[64];
    int here = open(".", O_PATH);
    for (int i = 0; i < 7; i++) {
        sprintf(path, "%s/f", list[i]);
        T("open-read", shut(open(path, O_RDONLY)));
        T("open-write", shut(open(path, O_WRONLY)));
        T("open-both", shut(open(path, O_RDWR)));
        T("open-trunc", shut(open(path, O_RDONLY | O_TRUNC)));
        T("open-create", shut(open(path, O_RDONLY | O_CREAT, 0600)));
        T("open-exclusive", shut(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600)));
        T("open-path", shut(open(path, O_PATH)));
        struct open_how how = {.flags = O_RDONLY};
        T("openat2", shut(syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how)));
        how.resolve = RESOLVE_BENEATH;
        T("openat2-beneath", shut(syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how)));
        T("stat", stat(path, &st));
        T("access", access(path, F_OK));
        T("access-r", access(path, R_OK));
        T("access-w", access(path, W_OK));
        T("statfs", statfs(path, &fs));
        T("getxattr", getxattr(path, "user.none", text, 10));
        T("setxattr", setxattr(path, "user.new", "x", 1, 0));
        T("chmod", chmod(path, 0755));
        T("chown", chown(path, -1, -1));
        T("utimes", utimensat(AT_FDCWD, path, NULL, 0));
        T("truncate", truncate(path, 3));
        T("link", link(path, "write/linked"));
        T("unlink", unlink("write/linked"));
        T("rename-in", rename(path, "write/moved"));
        T("rename-back", rename("write/moved", path));
        T("watch", inotify_add_watch(inotify_init1(0), path, IN_ACCESS));
        fflush(stdout);
        pid_t child = fork();
        int status;
        if (child == 0) {
            char *none[] = {"x", 0};
            execve(path, none, none + 1);
            _exit(errno);
        }
        waitpid(child, &status, 0);
        errno = WEXITSTATUS(status);
        say("exec", errno ? -1 : 0);
        sprintf(path, "%s/new", list[i]);
        T("create", shut(open(path, O_WRONLY | O_CREAT, 0600)));
        T("remove", unlink(path));
        T("mkdir", mkdir(path, 0700));
        T("rmdir", rmdir(path));
        T("symlink", symlink("../none/f", path));
        T("through-link", shut(open(path, O_RDONLY)));
        T("readlink", readlink(path, text, 60));
        T("unlink", unlink(path));
        T("mkfifo", mkfifo(path, 0600));
        T("remove", unlink(path));
        struct sockaddr_un a = {AF_UNIX};
        strcpy(a.sun_path, path);
        T("bind", bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof a));
        T("remove", unlink(path));
        T("missing", shut(open(path, O_RDONLY)));
        T("missing-stat", stat(path, &st));
        sprintf(path, "%s", list[i]);
        T("list", shut(open(path, O_RDONLY | O_DIRECTORY)));
        T("tmpfile", shut(open(path, O_RDWR | O_TMPFILE, 0600)));
        T("mkdir-there", mkdir(path, 0700));
        T("chdir", chdir(path));
        T("stat-dot", stat(".", &st));
        T("open-relative", shut(open("f", O_RDONLY)));
        if (syscall(SYS_fchdir, here))
            return 1;
    }
    strcpy(path, "-");
    T("chroot", chroot("/"));
    T("unshare", unshare(CLONE_NEWUSER));
    T("datagram", socket(AF_UNIX, SOCK_DGRAM, 0));
    T("stream", socket(AF_UNIX, SOCK_STREAM, 0));
    T("io_uring", syscall(425, 1, text));
    T("mount", syscall(SYS_mount, "x", ".", "tmpfs", 0, 0));
    T("handle", syscall(SYS_name_to_handle_at, AT_FDCWD, ".", text, text, 0));
    T("host-environ", shut(open("/proc/1/environ", O_RDONLY)));
    T("self-comm", shut(open("/proc/self/comm", O_RDONLY)));
    T("inherited", shut(open("/proc/self/fd/0", O_RDONLY)));
    T("fstat", syscall(SYS_fstat, 0, &st));
    return 0;
}
