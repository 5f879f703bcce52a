/* Calls that make, remove, rename and change. */
static void entries(void)
{
    const char *list[] = {"f", "f/", "d", "d/", ".", "..", "/", "d/.", "d/..", "no", "no/", "l", "l/", "ld", "ld/", "dangling", "dangling/", "loop", "no/x", "f/x", "", "made", "made/", "full"};
    int n = sizeof list / sizeof *list;
    for (int i = 0; i < n; i++) {
        const char *p = list[i];
        printf("-- %s\n", p);
        T(mkdir(p, 0777));
        if (!strcmp(p, "made"))
            S(stat(p, &st));
        T(mknod(p, S_IFREG | 0666, 0));
        T(symlink("target", p));
        T(symlink("", p));
        T(link("f", p));
        T(link(p, "linked"));
        T(unlink("linked"));
        T(linkat(AT_FDCWD, p, AT_FDCWD, "linked", AT_SYMLINK_FOLLOW));
        T(unlink("linked"));
        T(rename(p, "."));
        T(rename(p, "full"));
        T(renameat2(AT_FDCWD, p, AT_FDCWD, "d", RENAME_NOREPLACE));
        T(renameat2(AT_FDCWD, p, AT_FDCWD, "d", 77));
        T(renameat2(AT_FDCWD, p, AT_FDCWD, "d", RENAME_EXCHANGE | RENAME_NOREPLACE));
        T(rename(p, "moved"));
        T(rename("moved", p));
        T(rename(p, p));
    }
    for (int i = 0; i < n; i++) {
        const char *p = list[i];
        printf("-- %s\n", p);
        if (strcmp(p, "f") && strcmp(p, "l") && strcmp(p, "ld"))
            T(unlink(p));
        T(unlinkat(AT_FDCWD, p, 5));
        if (strcmp(p, "d"))
            T(rmdir(p));
    }
    T(mkdir("m", 0777));
    T(mkdirat(AT_FDCWD, "m/n", 0333));
    S(lstat("m/n", &st));
    T(renameat2(AT_FDCWD, "m", AT_FDCWD, "d", RENAME_EXCHANGE));
    T(renameat2(AT_FDCWD, "m", AT_FDCWD, "d", RENAME_EXCHANGE));
    T(rename("m", "m/n/o"));
    T(mknod("fif", S_IFIFO | 0666, 0));
    S(lstat("fif", &st));
    T(mknod("so", S_IFSOCK | 0666, 0));
    T(mknod("bad", S_IFDIR | 0666, 0));
    T(unlink("fif"));
    int d = open("m", O_RDONLY | O_DIRECTORY);
    T(rmdir("m/n"));
    T(rmdir("m"));
    O(openat(d, ".", O_RDONLY));
    O(openat(d, "x", O_CREAT | O_WRONLY, 0600));
    O(openat(d, "..", O_RDONLY));
    T(mkdirat(d, "x", 0700));
    close(d);
}

static void changes(void)
{
    T(chmod("f", 04711));
    T(chmod("l", 0600));
    T(chmod("no", 0600));
    T(chmod("dangling", 0600));
    T(fchmodat(AT_FDCWD, "f", 0640, 0));
    T(syscall(452, AT_FDCWD, "l", 0640, AT_SYMLINK_NOFOLLOW));
    T(syscall(452, AT_FDCWD, "l", 0640, 77));
    S(stat("f", &st));
    T(chown("f", -1, -1));
    T(lchown("l", -1, -1));
    T(lchown("dangling", getuid(), getgid()));
    T(chown("dangling", -1, -1));
    T(fchownat(AT_FDCWD, "f", getuid(), getgid(), 0));
    T(fchownat(AT_FDCWD, "f", -1, -1, 3));
    T(truncate("f", 100));
    S(stat("f", &st));
    T(truncate("f", -1));
    T(truncate("d", 0));
    T(truncate("fifo", 0));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small = {1000, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    T(truncate("f", 1001));
    T(truncate("f", 1000));
    setrlimit(RLIMIT_FSIZE, &old);
    struct timespec ts[2] = {{1000, 5}, {2000, 7}}, omit[2] = {{0, UTIME_OMIT}, {5, 0}}, wrong[2] = {{0, -5}, {0, 0}};
    T(utimensat(AT_FDCWD, "f", ts, 0));
    struct stat st;
    T(stat("f", &st));
    printf("    %ld %ld %ld %ld\n", st.st_atim.tv_sec, st.st_atim.tv_nsec, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    T(utimensat(AT_FDCWD, "l", omit, AT_SYMLINK_NOFOLLOW));
    T(lstat("l", &st));
    printf("    %ld\n", st.st_mtim.tv_sec);
    T(utimensat(AT_FDCWD, "f", wrong, 0));
    T(utimensat(AT_FDCWD, "f", NULL, 0));
    T(utimensat(AT_FDCWD, "no", NULL, 0));
    T(utimensat(AT_FDCWD, "f", NULL, 7));
    int fd = open("f", O_RDONLY);
    T(futimens(fd, ts));
    T(fchmod(fd, 0600));
    T(fchown(fd, -1, -1));
    T(fsetxattr(fd, "user.b", "v", 1, 0));
    T(fremovexattr(fd, "user.b"));
    T(fremovexattr(fd, "user.b"));
    close(fd);
    T(futimens(99, ts));
    T(fchmod(99, 0600));
    fd = open("f", O_PATH);
    T(fchmod(fd, 0600));
    T(fchown(fd, 0, 0));
    close(fd);
    struct utimbuf ub = {77, 88};
    struct timeval tv[2] = {{5, 6}, {7, 8}}, wrongtv[2] = {{5, 1000000}, {7, 8}};
    T(syscall(SYS_utime, "f", &ub));
    T(syscall(SYS_utimes, "f", tv));
    T(syscall(SYS_utimes, "f", wrongtv));
    T(syscall(SYS_futimesat, AT_FDCWD, "f", tv));
    T(syscall(SYS_utime, "no", NULL));
    char v[300];
    T(setxattr("f", "user.a", "value", 5, 0));
    T(setxattr("f", "user.a", "value", 5, XATTR_CREATE));
    T(setxattr("f", "user.q", "value", 5, XATTR_REPLACE));
    T(setxattr("f", "user.q", "value", 5, 9));
    T(setxattr("f", "user.q", "value", 70000, 0));
    T(setxattr("f", "nonsense", "value", 5, 0));
    T(setxattr("f", "", "value", 5, 0));
    T(getxattr("f", "user.a", v, sizeof v));
    T(getxattr("f", "user.a", v, 0));
    T(getxattr("f", "user.a", v, 2));
    T(getxattr("f", "user.no", v, 2));
    T(getxattr("f", name256, v, 2));
    T(lgetxattr("l", "user.a", v, 2));
    T(listxattr("f", v, sizeof v));
    T(llistxattr("l", v, sizeof v));
    T(lsetxattr("l", "user.a", "x", 1, 0));
    T(removexattr("f", "user.a"));
    T(removexattr("f", "user.a"));
    T(removexattr("no", "user.a"));
}
