/* Paths of all kinds, the flags of opens, and memory that is not there. */
static void paths(void)
{
    const char *list[] = {
        "f", "./f", "d/../f", "d/e/../../f", "l", "ld/e/g", "ld/../f", "f/", "f/.", "f/x", "d/", "d//e///g", "l/", "ld/", ".", "..", "/", "//", "/..",
        "/../../etc/hostname/..", "no", "no/", "no/no", "dangling", "dangling/", "loop", "loopa", "loopa/x", "up", "up/etc", "magic", "lslash", "lslash/g",
        "gone (deleted)", "bytes \xff\xfe \n", "chain40", "chain41", "chain39/", "", "fifo",
        "/proc/self", "/proc/self/", "/proc/self/cwd/f", "/proc/self/cwd/../", "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/99",
        "/proc/self/exe", "/proc/self/root/../etc", "/proc/self/root/..", "/proc/thread-self/cwd", "/proc/self/task/../cwd/f", "/proc/self/nothing",
        "/proc/self/comm", "/proc/self/ns/net", "/proc/1/nothing", "/dev/fd", "/dev/fd/0", "/dev/stdin", "/dev/stdout", "/dev/null", "/dev/null/", "/etc/mtab", "/proc/mounts",
        "fds/0", "fds/77", "/proc/net", "/proc/net/tcp", "/proc/sys/kernel/ostype", "/nonexistent", "/proc/self/fd/0/x", "/proc/self/fdinfo/0",
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const char *p = list[i];
        printf("-- %s\n", p);
        S(stat(p, &st));
        S(lstat(p, &st));
        O(open(p, O_PATH));
        O(open(p, O_PATH | O_NOFOLLOW));
        O(open(p, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        O(open(p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
        O(open(p, O_RDONLY | O_DIRECTORY | O_NONBLOCK));
        char buffer[4200] = "";
        errno = 0;
        long n = readlink(p, buffer, sizeof buffer);
        say("readlink", n > 0 ? 1 : n);
        if (n > 0 && !strstr(buffer, "fixture-tree") && !strstr(buffer, "/out") && !strchr(buffer, ':'))
            printf("    %s\n", atoi(buffer) == getpid() ? "own pid" : buffer);
        T(access(p, R_OK));
        T(chdir(p));
        syscall(SYS_fchdir, 100);
    }
}

static void flags(void)
{
    O(open("f", O_WRONLY));
    O(open("f", O_RDWR | O_APPEND));
    O(open("f", 3));
    O(open("f", O_RDONLY | 0x40000000));
    O(open("d", O_WRONLY));
    O(open("d", O_RDONLY));
    O(open("d", O_CREAT, 0600));
    O(open("d/", O_CREAT, 0600));
    O(open(".", O_CREAT, 0600));
    O(open("..", O_CREAT | O_EXCL, 0600));
    O(open("/", O_CREAT, 0600));
    O(open("new/", O_CREAT, 0600));
    O(open("f/", O_CREAT, 0600));
    O(open("f", O_CREAT | O_EXCL | O_WRONLY, 0600));
    O(open("l", O_CREAT | O_EXCL | O_WRONLY, 0600));
    O(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0600));
    O(open("l", O_CREAT | O_NOFOLLOW | O_WRONLY, 0600));
    O(open("l", O_CREAT | O_WRONLY, 0600));
    O(open("lnew", O_CREAT | O_WRONLY, 0666));
    S(stat("new-by-link", &st));
    O(open("loop", O_CREAT | O_WRONLY, 0666));
    O(open("no/x", O_CREAT | O_WRONLY, 0666));
    O(open("f/x", O_CREAT | O_WRONLY, 0666));
    O(open("n1", O_CREAT | O_WRONLY, 0777));
    O(open("n2", O_CREAT | O_RDWR | O_EXCL, 06777));
    O(open("n3", O_CREAT | O_RDONLY, 0));
    O(open("n4", O_CREAT | O_DIRECTORY, 0600));
    O(open("n5", O_CREAT | O_PATH, 0600));
    O(open("d/e/n6", O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 01666));
    O(open(".", O_TMPFILE | O_RDWR, 0666));
    O(open(".", O_TMPFILE | O_RDONLY, 0666));
    O(open("f", O_TMPFILE | O_RDWR, 0666));
    O(open("no", O_TMPFILE | O_RDWR, 0666));
    O(creat("n7", 0606));
    O(creat("d", 0606));
    umask(0);
    O(creat("n8", 0666));
    umask(0777);
    O(creat("n9", 0666));
    umask(027);
    S(stat("n1", &st));
    S(stat("n2", &st));
    S(stat("n8", &st));
    S(stat("n9", &st));
    O(open("f", O_WRONLY | O_TRUNC));
    O(open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0666));
    O(open("/dev/stdout", O_WRONLY | O_CREAT, 0666));
    O(open("/dev/tty", O_RDWR));
    O(open("/proc/self/comm", O_WRONLY | O_CREAT | O_TRUNC, 0666));
    O(open("fifo", O_WRONLY | O_NONBLOCK));
    O(open("fifo", O_RDWR));
    O(open("fifo", O_RDONLY | O_NONBLOCK));
    O(open("fifo", O_RDWR | O_CREAT, 0600));
    O(openat(77, "f", O_RDONLY));
    O(openat(-5, "f", O_RDONLY));
    O(openat(77, "/etc", O_RDONLY));
    O(openat(0, "f", O_RDONLY));
    int d = syscall(SYS_openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
    O(openat(d, "e/g", O_RDONLY));
    O(openat(d, "../f", O_RDONLY));
    O(openat(d, "new", O_CREAT | O_RDWR, 0600));
    O(openat(d, "", O_RDONLY));
    O(openat(d, ".", O_RDONLY));
    close(d);
    struct { struct open_how how; char more[16]; } h;
#define HOW(f, m, r, size, dir, path) do { memset(&h, 0, sizeof h); h.how.flags = f; h.how.mode = m; h.how.resolve = r; \
    errno = 0; opened("openat2 " #f " " #m " " #r " " #size " " path, syscall(SYS_openat2, dir, path, &h, size)); } while (0)
    HOW(O_RDONLY, 0, 0, sizeof h.how, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, 0, sizeof h, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, 0, 23, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, 0, 5000, AT_FDCWD, "f");
    HOW(O_RDONLY, 0600, 0, sizeof h.how, AT_FDCWD, "f");
    HOW(1ull << 40, 0, 0, sizeof h.how, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, 0x4000, sizeof h.how, AT_FDCWD, "f");
    HOW(O_CREAT | O_RDWR, 0640, 0, sizeof h.how, AT_FDCWD, "how1");
    HOW(O_CREAT | O_RDWR, 0640, RESOLVE_BENEATH, sizeof h.how, AT_FDCWD, "how2");
    HOW(O_CREAT | O_RDWR, 010640, 0, sizeof h.how, AT_FDCWD, "how3");
    HOW(O_RDONLY, 0, RESOLVE_NO_SYMLINKS, sizeof h.how, AT_FDCWD, "l");
    HOW(O_RDONLY, 0, RESOLVE_NO_SYMLINKS, sizeof h.how, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, RESOLVE_NO_MAGICLINKS, sizeof h.how, AT_FDCWD, "/proc/self/cwd");
    HOW(O_RDONLY, 0, RESOLVE_BENEATH, sizeof h.how, AT_FDCWD, "d/../f");
    HOW(O_RDONLY, 0, RESOLVE_BENEATH, sizeof h.how, AT_FDCWD, "../f");
    HOW(O_RDONLY, 0, RESOLVE_BENEATH, sizeof h.how, AT_FDCWD, "/f");
    HOW(O_RDONLY, 0, RESOLVE_BENEATH, sizeof h.how, AT_FDCWD, "up");
    HOW(O_RDONLY, 0, RESOLVE_IN_ROOT, sizeof h.how, AT_FDCWD, "/../../f");
    HOW(O_RDONLY, 0, RESOLVE_IN_ROOT, sizeof h.how, AT_FDCWD, "up/f");
    HOW(O_RDONLY, 0, RESOLVE_IN_ROOT | RESOLVE_BENEATH, sizeof h.how, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, RESOLVE_NO_XDEV, sizeof h.how, AT_FDCWD, "f");
    HOW(O_RDONLY, 0, RESOLVE_NO_XDEV, sizeof h.how, AT_FDCWD, "/proc/version");
    HOW(O_RDONLY, 0, RESOLVE_NO_SYMLINKS, sizeof h.how, 77, "f");
    T(syscall(SYS_openat2, AT_FDCWD, "f", (void *)8, 24));
}

static void memory(void)
{
    const char *bad[] = {NULL, (char *)8, (char *)-4096, page_end + 1, at_end("unfinished", 0), longest};
    for (int i = 0; i < 6; i++) {
        printf("-- bad %d\n", i);
        O(open(bad[i], O_RDONLY));
        O(open(bad[i], O_CREAT | O_WRONLY, 0600));
        S(stat(bad[i], &st));
        T(mkdir(bad[i], 0700));
        T(unlink(bad[i]));
        T(rename("f", bad[i]));
        T(rename(bad[i], "f"));
        T(symlink(bad[i], "sss"));
        T(chmod(bad[i], 0600));
        T(truncate(bad[i], 0));
        T(chdir(bad[i]));
        T(execve(bad[i], NULL, NULL));
        T(access(bad[i], 0));
        T(syscall(SYS_newfstatat, 77, bad[i], page_end, 0));
    }
    O(open(at_end("f", 1), O_RDONLY));
    char long_ok[4200];
    memset(long_ok, '/', sizeof long_ok);
    strcpy(long_ok + 4094, "f");
    O(open(long_ok, O_RDONLY));
    O(open(name255, O_CREAT | O_WRONLY, 0600));
    O(open(name256, O_CREAT | O_WRONLY, 0600));
    O(open(name256, O_RDONLY));
    T(mkdir(name256, 0700));
    T(stat("f", (struct stat *)8));
    T(stat("f", (struct stat *)(page_end - 20)));
    T(statfs("f", (struct statfs *)8));
    T(readlink("l", (char *)8, 10));
    T(readlink("l", page_end, 10));
    T(readlink("l", NULL, 0));
    T(readlink("l", page_end, -1));
    T(syscall(SYS_statx, AT_FDCWD, "f", 0, 0xfff, (void *)8));
    T(utimensat(AT_FDCWD, "f", (void *)8, 0));
    T(getxattr("f", "user.x", (void *)8, 10));
    T(setxattr("f", (void *)8, "x", 1, 0));
}
