/* Calls that look, sockets, fifos and exec. */
static void seen(void)
{
    struct stat a, b;
    struct statx x;
    struct statfs fs, gs;
    memset(&a, 0xaa, sizeof a);
    memset(&b, 0x55, sizeof b);
    int fd = open("f", O_RDONLY);
    T(stat("l", &a));
    T(syscall(SYS_fstat, fd, &b));
    printf("same struct: %d\n", !memcmp(&a, &b, sizeof a));
    T(syscall(SYS_newfstatat, fd, "", &a, AT_EMPTY_PATH));
    printf("same struct: %d\n", !memcmp(&a, &b, sizeof a));
    T(syscall(SYS_newfstatat, fd, "", &a, 0));
    T(syscall(SYS_newfstatat, fd, "f", &a, 1 << 20));
    T(syscall(SYS_newfstatat, AT_FDCWD, "", &a, AT_EMPTY_PATH));
    T(syscall(SYS_newfstatat, 99, "", &a, AT_EMPTY_PATH));
    T(syscall(SYS_newfstatat, 99, "x", &a, 0));
    T(syscall(SYS_newfstatat, fd, "x", &a, 0));
    T(syscall(SYS_newfstatat, AT_FDCWD, "l", &a, AT_SYMLINK_NOFOLLOW));
    printf("    %o\n", a.st_mode);
    T(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS | STATX_BTIME, &x));
    printf("    %o %ld %d\n", x.stx_mode, (long)x.stx_size, x.stx_ino == b.st_ino && x.stx_mtime.tv_nsec == b.st_mtim.tv_nsec);
    T(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x));
    T(statx(AT_FDCWD, "f", 3 << 13, STATX_BASIC_STATS, &x));
    T(statx(AT_FDCWD, "f", 0, 0x80000000, &x));
    T(statfs("f", &fs));
    T(fstatfs(fd, &gs));
    printf("same fs: %d\n", fs.f_type == gs.f_type && fs.f_bsize == gs.f_bsize && fs.f_blocks == gs.f_blocks);
    int p[2];
    T(pipe(p) < 0);
    char path[64];
    sprintf(path, "/proc/self/fd/%d", p[0]);
    S(stat(path, &st));
    O(open(path, O_RDONLY | O_NONBLOCK));
    T(syscall(SYS_newfstatat, p[0], "", &a, AT_EMPTY_PATH));
    int so = socket(AF_UNIX, SOCK_STREAM, 0), m = memfd_create("x", 0);
    sprintf(path, "/proc/self/fd/%d", so);
    S(stat(path, &st));
    O(open(path, O_RDONLY));
    sprintf(path, "/proc/self/fd/%d", m);
    O(open(path, O_RDWR));
    int u = open("unlinked", O_CREAT | O_RDWR, 0600);
    T(unlink("unlinked"));
    sprintf(path, "/proc/self/fd/%d", u);
    S(stat(path, &st));
    O(open(path, O_RDONLY));
    O(open(path, O_RDWR | O_TRUNC));
    sprintf(path, "/proc/%d/fd/%d", getpid(), fd);
    O(open(path, O_RDONLY));
    sprintf(path, "/proc/self/task/%ld/cwd", syscall(SYS_gettid));
    O(open(path, O_RDONLY | O_DIRECTORY));
    int q = open("l", O_PATH | O_NOFOLLOW);
    char text[100] = "";
    T(readlinkat(q, "", text, 100));
    T(readlinkat(fd, "", text, 100));
    T(readlinkat(q, "x", text, 100));
    T(readlink("l", text, 1));
    T(access("f", 8));
    T(access("f", W_OK | R_OK));
    T(access("f", X_OK));
    T(access("d", X_OK));
    T(syscall(439, fd, "", R_OK, AT_EMPTY_PATH));
    T(syscall(439, AT_FDCWD, "l", R_OK, AT_SYMLINK_NOFOLLOW));
    T(syscall(439, AT_FDCWD, "l", R_OK, 1));
    int t = open(".", O_TMPFILE | O_RDWR, 0600);
    sprintf(path, "/proc/self/fd/%d", t);
    T(linkat(AT_FDCWD, path, AT_FDCWD, "from-tmpfile", AT_SYMLINK_FOLLOW));
    S(stat("from-tmpfile", &st));
    int in = inotify_init1(IN_NONBLOCK);
    T(inotify_add_watch(in, "d", IN_CREATE));
    T(inotify_add_watch(in, "no", IN_CREATE));
    T(inotify_add_watch(in, "f", IN_CREATE | IN_ONLYDIR));
    T(inotify_add_watch(fd, "f", IN_CREATE));
    T(inotify_add_watch(99, "f", IN_CREATE));
    T(inotify_add_watch(in, "dangling", IN_CREATE | IN_DONT_FOLLOW));
    close(open("d/watched", O_CREAT, 0600));
    T(read(in, text, 100) > 0);
    int closed = open("d", O_RDONLY);
    T(fchdir(closed));
    O(open("e/g", O_RDONLY));
    T(fchdir(fd));
    T(fchdir(99));
    T(syscall(SYS_fchdir, 100));
    T(close_range(3, 99, 0));
}

static void *other(void *arg)
{
    char path[64];
    struct stat st;
    sprintf(path, "/proc/thread-self/fd/0");
    T(stat(path, &st));
    T(stat("/proc/thread-self/comm", &st));
    return arg;
}

static void sockets(void)
{
    struct sockaddr_un a = {AF_UNIX, "d/sock"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
    T(bind(s, (void *)&a, sizeof a));
    T(bind(s, (void *)&a, sizeof a));
    S(lstat("d/sock", &st));
    int s2 = socket(AF_UNIX, SOCK_STREAM, 0);
    T(bind(s2, (void *)&a, sizeof a));
    T(connect(c, (void *)&a, sizeof a));
    T(listen(s, 5));
    T(connect(c, (void *)&a, offsetof(struct sockaddr_un, sun_path) + 6));
    T(connect(c, (void *)&a, sizeof a));
    struct sockaddr_un no = {AF_UNIX, "d/none"}, file = {AF_UNIX, "f"}, abstract = {AF_UNIX, "\0gosandbox-paths"};
    int c2 = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    T(connect(c2, (void *)&no, sizeof no));
    T(connect(c2, (void *)&file, sizeof file));
    T(connect(c2, (void *)&abstract, sizeof abstract));
    T(connect(c2, (void *)&abstract, 1));
    T(connect(c2, (void *)8, 10));
    T(connect(c2, (void *)&no, -1));
    T(connect(c2, (void *)&no, 200));
    T(connect(99, (void *)&no, sizeof no));
    T(connect(0, (void *)&no, sizeof no));
    T(connect(c2, (void *)&a, sizeof a));
    T(bind(0, (void *)&no, sizeof no));
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof in;
    int l = socket(AF_INET, SOCK_STREAM, 0), k = socket(AF_INET, SOCK_STREAM, 0);
    T(bind(l, (void *)&in, sizeof in));
    T(listen(l, 1));
    getsockname(l, (void *)&in, &len);
    T(connect(k, (void *)&in, sizeof in));
    T(connect(k, (void *)&a, sizeof a));
    close(k);
    close(l);
    k = socket(AF_INET, SOCK_STREAM, 0);
    T(connect(k, (void *)&in, sizeof in));
    T(close_range(3, 99, 0));
}

static void fifos(void)
{
    pid_t child = fork();
    if (child == 0) {
        int w = open("fifo", O_WRONLY);
        _exit(write(w, "x", 1) == 1 ? 0 : 1);
    }
    char b = 0;
    int r = open("fifo", O_RDONLY), status = 0;
    T(read(r, &b, 1));
    T(read(r, &b, 1));
    waitpid(child, &status, 0);
    printf("status %d, byte %c\n", status, b);
    close(r);
    for (int reads = 0; reads < 2; reads++) { /* the other end is opened, and that is all */
        child = fork();
        if (child == 0) {
            open("fifo", reads ? O_RDONLY : O_WRONLY);
            alarm(20);
            pause();
        }
        r = open("fifo", reads ? O_WRONLY : O_RDONLY);
        printf("flags %x\n", fcntl(r, F_GETFL) & ~O_LARGEFILE);
        kill(child, SIGKILL);
        T(waitpid(child, &status, 0) == child);
        if (!reads)
            T(read(r, &b, 1));
        close(r);
    }
    child = fork();
    if (child == 0) {
        alarm(20);
        open("fifo", O_RDONLY); /* nobody writes */
        _exit(0);
    }
    usleep(30000);
    kill(child, SIGKILL);
    T(waitpid(child, &status, 0) == child);
    printf("signal %d\n", WTERMSIG(status));
}

static void execs(void)
{
    const char *list[] = {"/bin/true", "f", "d", "no", "l", "true-link", "/proc/self/fd/0", "script", "noscript"};
    symlink("/bin/true", "true-link");
    int fd = open("script", O_CREAT | O_WRONLY, 0700);
    if (write(fd, "#!/bin/sh\nexit 5\n", 17) != 17)
        exit(98);
    close(fd);
    fd = open("noscript", O_CREAT | O_WRONLY, 0700);
    if (write(fd, "#!/nowhere\n", 11) != 11)
        exit(98);
    close(fd);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            char *argv[] = {"x", NULL}, *envp[] = {NULL};
            execve(list[i], argv, envp);
            printf("%s: %s\n", list[i], strerrorname_np(errno));
            fflush(stdout);
            _exit(100);
        }
        int status;
        waitpid(child, &status, 0);
        printf("%s: status %x\n", list[i], status);
    }
}
