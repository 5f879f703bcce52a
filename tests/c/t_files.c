/*
 * Files in, files out: what a program is given and what is taken of what it leaves, with every trap that a program can leave, and that
 * nothing of it reaches the host. Without isolation, in a root of its own, in a template; as root, as root with another user for the
 * program, and once more as an ordinary user.
 */
#include "folder.h"
#include "left.h"

#include <sys/sysmacros.h>

enum { PRIVATE, NAMED, OTHER_USER, JUDGE, TEMPLATE, KINDS };
static const char *const kinds[] = {"workspace", "directory", "workspace of another user", "judge root", "template"};
static gosandbox_template *stock;
static int kind;

static struct gosandbox_collect want(const char *pattern)
{
    struct gosandbox_collect c;
    memset(&c, 0, sizeof c);
    c.size = sizeof c;
    c.pattern = pattern;
    return c;
}

static struct gosandbox_mount fixture_at(const char *target)
{
    struct gosandbox_mount m;
    memset(&m, 0, sizeof m);
    m.size = sizeof m;
    m.kind = GOSANDBOX_MOUNT_BIND;
    m.source = fixture("leave");
    m.target = target;
    m.flags = GOSANDBOX_MOUNT_EXEC;
    return m;
}

/* The directory of the kind NAMED is the caller's: so is clearing it. */
static void forget_named(void)
{
    CHECK_EQ(system("chattr -fR -i -a /tmp/t_files_named; chmod -fR u+rwx /tmp/t_files_named; rm -rf /tmp/t_files_named"), 0);
}

/* A config of the present kind for the fixture. */
static gosandbox_config *leave(const char *what, const char *a, const char *b)
{
    const char *argv[] = {kind >= JUDGE ? "/leave" : fixture("leave"), what, a, b};
    gosandbox_config *c = PROBE("exit", "0");
    struct gosandbox_mount m = fixture_at("/leave");
    CHECK_EQ(gosandbox_config_set_argv(c, a ? b ? 4 : 3 : 2, argv), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 1 << 16), 0);
    switch (kind) {
    case OTHER_USER:
        CHECK_EQ(gosandbox_config_set_ids(c, 54321, 54321), 0);
        /* fallthrough */
    case PRIVATE:
        CHECK_EQ(gosandbox_config_set_workspace(c, top), 0);
        break;
    case NAMED:
        forget_named();
        CHECK_EQ(mkdir("/tmp/t_files_named", 0755), 0);
        CHECK_EQ(gosandbox_config_set_cwd(c, "/tmp/t_files_named"), 0);
        break;
    case JUDGE:
        CHECK_EQ(gosandbox_config_use_judge_root(c), 0);
        CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
        CHECK_EQ(gosandbox_config_set_cwd(c, "/tmp"), 0);
        break;
    case TEMPLATE:
        CHECK_EQ(gosandbox_config_set_template(c, stock), 0);
        CHECK_EQ(gosandbox_config_set_cwd(c, "/tmp"), 0);
    }
    return c;
}

static int file_number(const gosandbox_result *r, size_t i, struct gosandbox_file *f)
{
    memset(f, 0, sizeof *f);
    f->size = sizeof *f;
    return gosandbox_result_file(r, i, f);
}

static int files_of(const gosandbox_result *r)
{
    struct gosandbox_file f;
    size_t n = 0;
    while (file_number(r, n, &f) == 1)
        n++;
    return (int)n;
}

static struct gosandbox_file named(const gosandbox_result *r, const char *name)
{
    struct gosandbox_file f;
    for (size_t i = 0; file_number(r, i, &f) == 1; i++)
        if (strcmp(f.name, name) == 0)
            return f;
    f.status = 99;
    f.name = f.content = NULL;
    return f;
}

/* The file has this status; collected, also this content unless that is NULL. */
static void is(const gosandbox_result *r, const char *name, uint32_t status, const char *content)
{
    struct gosandbox_file f = named(r, name);
    CHECK_SAY(f.status == status, "%s: %s is %s (%s), expected %s", kinds[kind], name, gosandbox_file_status_name(f.status),
              strerror(f.sys_errno), gosandbox_file_status_name(status));
    CHECK_SAY((f.content != NULL) == (f.status == GOSANDBOX_FILE_COLLECTED), "%s: %s: content %p", kinds[kind], name, f.content);
    if (content && f.content)
        CHECK_SAY(f.bytes == strlen(content) && strcmp((const char *)f.content, content) == 0, "%s: %s holds \"%.100s\"", kinds[kind],
                  name, (const char *)f.content);
}

static void collect(gosandbox_config *c, const char *pattern)
{
    struct gosandbox_collect w = want(pattern);
    CHECK_SAY(gosandbox_config_collect(c, &w) == 0, "%s: %s", pattern, gosandbox_last_error()->message);
}

static void given(void)
{
    int fd = open(at("secret"), O_RDONLY);
    gosandbox_config *c = leave("show", "a.txt", "in/b.txt");
    CHECK_EQ(gosandbox_config_put_bytes(c, "a.txt", "bytes", 5, 0), 0);
    CHECK_EQ(gosandbox_config_put_fd(c, "in/b.txt", fd, 0400), 0);
    CHECK_EQ(gosandbox_config_put_file(c, "in/deeper/c.txt", at("secret"), 0755), 0);
    CHECK_EQ(gosandbox_config_put_bytes(c, "empty", NULL, 0, 0), 0);
    collect(c, "in/deeper/c.txt");
    collect(c, "empty");
    for (int i = 0; i < 2; i++) { /* each run has its own */
        gosandbox_result *r = NULL;
        if (kind == NAMED && i)
            CHECK_EQ(system("rm -rf /tmp/t_files_named/*"), 0);
        CHECK_SAY(gosandbox_run(c, &r) == 0, "%s: %s", kinds[kind], gosandbox_last_error()->message);
        CHECK_EXITED(r, 0);
        CHECK_SAY(strcmp(output_of(r), "a.txt 644 1 bytes\nin/b.txt 400 1 secret\n\n") == 0, "%s: \"%s\"", kinds[kind], output_of(r));
        is(r, "in/deeper/c.txt", GOSANDBOX_FILE_COLLECTED, "secret\n");
        CHECK_EQ(named(r, "in/deeper/c.txt").mode, S_IFREG | 0755);
        is(r, "empty", GOSANDBOX_FILE_COLLECTED, "");
        gosandbox_result_free(r);
    }
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    close(fd);
    gosandbox_config_free(c);
    c = leave("show", "a.txt", NULL); /* the same name twice */
    CHECK_EQ(gosandbox_config_put_bytes(c, "a.txt", "1", 1, 0), 0);
    CHECK_EQ(gosandbox_config_put_bytes(c, "./a.txt", "2", 1, 0), 0);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    const struct gosandbox_error *e = gosandbox_result_error(r);
    CHECK_SAY(e && e->step == GOSANDBOX_STEP_PUT && e->index == 1 && e->sys_errno == EEXIST, "%s", gosandbox_result_message(r));
    CHECK_EQ(files_of(r), 0);
    gosandbox_result_free(r);
    c = leave("show", "a.txt", NULL);
    CHECK_EQ(gosandbox_config_put_file(c, "a.txt", "/dev/zero", 0), 0);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_EQ(gosandbox_result_error(r)->sys_errno, EINVAL);
    gosandbox_result_free(r);
    c = leave("show", "a.txt", NULL);
    struct gosandbox_collect w = want("x");
    w.dir = "/nosuchdirectory";
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_SAY(gosandbox_result_error(r)->step == GOSANDBOX_STEP_COLLECT, "%s", gosandbox_result_message(r));
    gosandbox_result_free(r);
    if (kind < JUDGE)
        return;
    c = leave("show", "/tmp/x/a", NULL); /* beneath the root */
    CHECK_EQ(gosandbox_config_put_bytes(c, "/tmp/x/a", "absolute", 8, 0), 0);
    says(c, "/tmp/x/a 644 1 absolute\n");
    c = leave("show", "x", NULL);
    CHECK_EQ(gosandbox_config_put_bytes(c, "/usr/x", "1", 1, 0), 0);
    r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_EQ(gosandbox_result_error(r)->step, GOSANDBOX_STEP_PUT);
    gosandbox_result_free(r);
}

static void zoo(void)
{
    char longest[300];
    gosandbox_config *c = leave("zoo", at("secret"), NULL);
    struct gosandbox_collect w = want("*.out");
    int all_powerful = geteuid() == 0 && (kind == PRIVATE || kind == NAMED);
    w.max_bytes = 2 << 20;
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    collect(c, "sub/*.out");
    collect(c, "linked/passwd");
    collect(c, "linked/*");
    collect(c, "*/x.out");
    collect(c, "absent");
    collect(c, "no*thing");
    collect(c, "good.out/below");
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "");
    is(r, "good.out", GOSANDBOX_FILE_COLLECTED, "good\n");
    is(r, "empty.out", GOSANDBOX_FILE_COLLECTED, "");
    is(r, "sub/inner.out", GOSANDBOX_FILE_COLLECTED, "inner\n");
    is(r, "link.out", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "near.out", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "dangling.out", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "magic.out", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "memory.out", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "linked/passwd", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "linked", GOSANDBOX_FILE_SYMLINK, NULL);
    is(r, "fifo.out", GOSANDBOX_FILE_FIFO, NULL);
    is(r, "socket.out", GOSANDBOX_FILE_SOCKET, NULL);
    if (all_powerful)
        is(r, "device.out", GOSANDBOX_FILE_DEVICE, NULL);
    is(r, "first.out", GOSANDBOX_FILE_HARD_LINK, NULL);
    is(r, "second.out", GOSANDBOX_FILE_HARD_LINK, NULL);
    if (named(r, "secret.out").status != 99) /* the kernel may have refused the link */
        is(r, "secret.out", GOSANDBOX_FILE_HARD_LINK, NULL);
    is(r, "huge.out", GOSANDBOX_FILE_TOO_BIG, NULL);
    CHECK_EQ(named(r, "huge.out").bytes, 1ll << 40);
    is(r, "holes.out", GOSANDBOX_FILE_SPARSE, NULL);
    is(r, "big.out", GOSANDBOX_FILE_TOO_BIG, NULL);
    is(r, "directory.out", GOSANDBOX_FILE_DIRECTORY, NULL);
    is(r, "none.out", all_powerful ? GOSANDBOX_FILE_COLLECTED : GOSANDBOX_FILE_UNREADABLE, NULL);
    is(r, "setuid.out", GOSANDBOX_FILE_COLLECTED, "#!/bin/sh\n");
    is(r, "new\nline.out", GOSANDBOX_FILE_COLLECTED, "name\n");
    is(r, "\xff\xfe.out", GOSANDBOX_FILE_COLLECTED, "name\n");
    is(r, "-rf.out", GOSANDBOX_FILE_COLLECTED, "name\n");
    memset(longest, 'n', 251);
    strcpy(longest + 251, ".out");
    is(r, longest, GOSANDBOX_FILE_COLLECTED, "long\n");
    if (all_powerful)
        is(r, "locked/x.out", GOSANDBOX_FILE_COLLECTED, "locked\n");
    else
        is(r, "locked/x.out", GOSANDBOX_FILE_UNREADABLE, NULL);
    CHECK_EQ(named(r, "sub/x.out").status, 99); /* a glob is not told of what it does not match */
    is(r, "absent", GOSANDBOX_FILE_MISSING, NULL);
    is(r, "no*thing", GOSANDBOX_FILE_MISSING, NULL);
    is(r, "good.out/below", GOSANDBOX_FILE_MISSING, NULL);
    struct gosandbox_file f;
    for (size_t i = 0; file_number(r, i, &f) == 1; i++) {
        CHECK_SAY(f.status != GOSANDBOX_FILE_LEFT, "%s: %s is left: %s", kinds[kind], f.name, strerror(f.sys_errno));
        CHECK(!f.content || ((const char *)f.content)[f.bytes] == 0);
        if (f.content)
            CHECK_SAY(memmem(f.content, f.bytes, "secret", 6) == NULL, "%s tells the secret", f.name);
    }
    gosandbox_result_free(r);
}

/* The same into a directory of the host's and into a file. */
static void into(void)
{
    struct stat st;
    char text[300];
    mode_t mask = umask(022);
    gosandbox_config *c = leave("zoo", NULL, NULL);
    struct gosandbox_collect w = want("**");
    int fd = open(at("appended"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK_EQ(write(fd, "before ", 7), 7);
    snprintf(text, sizeof text, "rm -rf '%s' && mkdir '%s'", at("host"), at("host"));
    CHECK_EQ(system(text), 0);
    put("host/first.out", "mine");
    CHECK_EQ(symlink(at("secret"), at("host/empty.out")), 0);
    CHECK_EQ(symlink("/tmp", at("host/sub")), 0);
    w.max_bytes = 2 << 20;
    w.into = at("host");
    w.flags = GOSANDBOX_COLLECT_EXECUTABLE | GOSANDBOX_COLLECT_SPARSE;
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    w = want("good.out");
    w.has_into_fd = 1;
    w.into_fd = fd;
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    w.pattern = "s*.out";
    w.max_total = 15; /* "#!/bin/sh\n" fits */
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_EQ(named(r, "good.out").status, GOSANDBOX_FILE_COLLECTED);
    CHECK(named(r, "good.out").content == NULL);
    CHECK_EQ(named(r, "new\nline.out").status, GOSANDBOX_FILE_BAD_NAME);
    CHECK_EQ(named(r, "\xff\xfe.out").status, GOSANDBOX_FILE_BAD_NAME);
    CHECK_EQ(named(r, "\033[31m.out").status, GOSANDBOX_FILE_BAD_NAME);
    CHECK_EQ(named(r, "-rf.out").status, GOSANDBOX_FILE_BAD_NAME);
    CHECK_EQ(named(r, "empty.out").status, GOSANDBOX_FILE_EXISTS);
    CHECK_EQ(named(r, "sub/inner.out").status, GOSANDBOX_FILE_EXISTS);
    CHECK_EQ(named(r, "first.out").status, GOSANDBOX_FILE_HARD_LINK);
    CHECK_EQ(named(r, "holes.out").status, GOSANDBOX_FILE_COLLECTED);
    CHECK(lstat(at("host/setuid.out"), &st) == 0 && st.st_mode == (S_IFREG | 0755) && st.st_uid == geteuid());
    CHECK(lstat(at("host/good.out"), &st) == 0 && st.st_mode == (S_IFREG | 0644) && st.st_uid == geteuid() && st.st_size == 5);
    CHECK(lstat(at("host/holes.out"), &st) == 0 && st.st_size == 1536 << 10);
    CHECK(lstat(at("host/link.out"), &st) != 0 && lstat(at("host/fifo.out"), &st) != 0 && lstat(at("host/big.out"), &st) != 0);
    CHECK(lstat("/tmp/inner.out", &st) != 0);
    CHECK_TEXT(file_text(at("host/first.out")), "mine");
    CHECK_TEXT(file_text(at("secret")), "secret\n");
    CHECK_TEXT(file_text(at("appended")), "before good\n#!/bin/sh\n");
    gosandbox_result_free(r);
    close(fd);
    c = leave("zoo", NULL, NULL);
    w = want("*");
    w.into = at("nowhere");
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_ESETUP));
    int ends[2];
    CHECK_EQ(pipe(ends), 0);
    c = leave("zoo", NULL, NULL);
    w = want("*");
    w.has_into_fd = 1;
    w.into_fd = ends[1];
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_ESETUP));
    close(ends[0]);
    close(ends[1]);
    umask(mask);
}

/* More than anybody would want to look at. */
static void bounds(void)
{
    gosandbox_config *c = leave("many", "6000", NULL);
    struct gosandbox_collect w = want("*.out");
    struct gosandbox_file f;
    w.max_files = 50;
    w.max_entries = 100000;
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    w.max_entries = 1000;
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    int taken = 0, many = 0, listed = 0;
    for (size_t i = 0; file_number(r, i, &f) == 1; i++)
        if (f.collection == 0) {
            listed++;
            taken += f.status == GOSANDBOX_FILE_COLLECTED;
            many += f.status == GOSANDBOX_FILE_TOO_MANY;
        }
    CHECK_EQ(taken, 50);
    CHECK_EQ(many, 51);
    CHECK_EQ(listed, 101);
    is(r, "00000001.out", GOSANDBOX_FILE_COLLECTED, "");
    CHECK_EQ(named(r, "*.out").bytes, 5900);
    is(r, ".", GOSANDBOX_FILE_TOO_MANY, NULL);
    gosandbox_result_free(r);
    c = leave("deep", "2000", NULL);
    collect(c, "**");
    r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_SAY(files_of(r) == 1 && file_number(r, 0, &f) == 1 && f.status == GOSANDBOX_FILE_TOO_DEEP, "%s: deep: %d files, %s %s", kinds[kind],
              files_of(r), f.name, gosandbox_file_status_name(f.status));
    gosandbox_result_free(r);
    c = leave("tangle", NULL, NULL);
    collect(c, "d?/f");
    r = RUN(c);
    CHECK_EXITED(r, 0);
    for (size_t i = 0; file_number(r, i, &f) == 1; i++)
        CHECK_SAY(f.status != GOSANDBOX_FILE_LEFT, "%s: %s is left: %s", kinds[kind], f.name, strerror(f.sys_errno));
    gosandbox_result_free(r);
    c = leave("straggler", NULL, NULL);
    collect(c, "late.out");
    r = RUN(c);
    CHECK_EXITED(r, 0);
    is(r, "late.out", GOSANDBOX_FILE_COLLECTED, NULL);
    CHECK(named(r, "late.out").bytes > 6);
    gosandbox_result_free(r);
    c = leave("flip", at("secret"), NULL); /* killed at any moment */
    collect(c, "flip.out");
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 100 * MS), 0);
    r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_WALL_LIMIT);
    f = named(r, "flip.out");
    CHECK_SAY(f.status == GOSANDBOX_FILE_SYMLINK || (f.content && strcmp((const char *)f.content, "honest\n") == 0), "%s",
              gosandbox_file_status_name(f.status));
    gosandbox_result_free(r);
}

/* A directory that another run changes all the time: by names or by contents, never the secret. */
static void shared(void)
{
    int honest = 0, link = 0, other = 0;
    kind = NAMED;
    gosandbox_config *c = leave("flip", at("secret"), NULL);
    gosandbox_task *task = NULL;
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    nap_ms(50);
    c = PROBE("exit", "0");
    CHECK_EQ(gosandbox_config_set_cwd(c, "/tmp/t_files_named"), 0);
    struct gosandbox_collect w = want("flip.out");
    CHECK_EQ(gosandbox_config_collect(c, &w), 0);
    for (int i = 0; i < 300; i++) {
        gosandbox_result *r = NULL;
        struct gosandbox_file f;
        CHECK_EQ(gosandbox_run(c, &r), 0);
        CHECK_EQ(file_number(r, 0, &f), 1);
        CHECK(!f.content || strcmp((const char *)f.content, "honest\n") == 0);
        honest += f.status == GOSANDBOX_FILE_COLLECTED;
        link += f.status == GOSANDBOX_FILE_SYMLINK;
        other += f.status != GOSANDBOX_FILE_COLLECTED && f.status != GOSANDBOX_FILE_SYMLINK;
        gosandbox_result_free(r);
    }
    printf("shared: %d honest, %d links, %d changed\n", honest, link, other);
    gosandbox_config_free(c);
    gosandbox_task_free(task);
}

/* Where everybody may write, a program can move what others own into its workspace. Root must not remove for it what it could not. */
static void moved(void)
{
    char command[1000];
    snprintf(command, sizeof command, "mkdir -m 777 '%s/open' && mkdir -m 777 '%s/open/house' && mkdir -m 700 '%s/open/house/room' && echo 1 > '%s/open/house/room/kept'", top, top, top, top);
    CHECK_EQ(system(command), 0);
    kind = OTHER_USER;
    gosandbox_result *r = RUN(leave("move", at("open/house"), NULL));
    CHECK_EXITED(r, 0);
    struct gosandbox_file f;
    CHECK_EQ(file_number(r, 0, &f), 1);
    CHECK_EQ(f.status, GOSANDBOX_FILE_LEFT);
    CHECK_EQ(f.sys_errno, EACCES);
    gosandbox_result_free(r);
    snprintf(command, sizeof command, "test -f '%s'/gosandbox-*/box/moved/room/kept", top);
    CHECK_SAY(system(command) == 0, "what others own is gone");
    snprintf(command, sizeof command, "rm -r '%s/open' '%s'/gosandbox-*", top, top);
    CHECK_EQ(system(command), 0);
}

/* What lies in the way of a file that is put into a directory which somebody else has filled. */
static void trapped(void)
{
    kind = NAMED;
    static const char *const paths[] = {"trap/x", "x", "fifo/x"};
    for (int i = 0; i < 3; i++) {
        gosandbox_config *c = leave("show", "x", NULL);
        CHECK_EQ(mkdir(at("victim"), 0777) == 0 || errno == EEXIST, 1);
        CHECK_EQ(symlink(at("victim"), "/tmp/t_files_named/trap"), 0);
        CHECK_EQ(symlink(at("victim/made"), "/tmp/t_files_named/x"), 0);
        CHECK_EQ(mkfifo("/tmp/t_files_named/fifo", 0666), 0);
        CHECK_EQ(gosandbox_config_put_bytes(c, paths[i], "1", 1, 0), 0);
        gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
        CHECK_SAY(gosandbox_result_error(r)->step == GOSANDBOX_STEP_PUT, "%s: %s", paths[i], gosandbox_result_message(r));
        gosandbox_result_free(r);
        CHECK_EQ(access(at("victim/x"), F_OK), -1);
        CHECK_EQ(access(at("victim/made"), F_OK), -1);
    }
    if (geteuid() != 0)
        return;
    /* Root puts a file for a user who may not write there: it is not made with root's rights. */
    gosandbox_config *c = leave("show", "x", NULL);
    CHECK_EQ(gosandbox_config_set_ids(c, 54321, 54321), 0);
    CHECK_EQ(gosandbox_config_put_bytes(c, "x", "1", 1, 0), 0);
    gosandbox_result *r = RUN_EXPECT(c, GOSANDBOX_ESETUP);
    CHECK_SAY(gosandbox_result_error(r)->sys_errno == EACCES, "%s", gosandbox_result_message(r));
    gosandbox_result_free(r);
    /* Nor is one collected with them. */
    c = leave("show", "x", NULL);
    CHECK_EQ(gosandbox_config_set_ids(c, 54321, 54321), 0);
    int fd = open("/tmp/t_files_named/root.out", O_CREAT | O_WRONLY, 0600);
    close(fd);
    CHECK_EQ(mkdir("/tmp/t_files_named/mounted", 0755), 0);
    collect(c, "root.out");
    CHECK_EQ(system("mount -t tmpfs none /tmp/t_files_named/mounted && echo 1 > /tmp/t_files_named/mounted/m.out"), 0);
    collect(c, "mounted/m.out");
    r = RUN(c);
    is(r, "root.out", GOSANDBOX_FILE_UNREADABLE, NULL);
    is(r, "mounted/m.out", GOSANDBOX_FILE_OTHER_MOUNT, NULL);
    gosandbox_result_free(r);
    CHECK_EQ(system("umount /tmp/t_files_named/mounted"), 0);
    moved();
}

static void group(void)
{
    kind = PRIVATE;
    gosandbox_config *c[2] = {leave("write", "one", "1"), leave("write", "two", "2")};
    gosandbox_result *r[2] = {NULL, NULL};
    collect(c[0], "*");
    collect(c[1], "*");
    CHECK_EQ(gosandbox_run_group(2, (const gosandbox_config *const *)c, NULL, 0, r), 0);
    is(r[0], "one", GOSANDBOX_FILE_COLLECTED, "1");
    is(r[1], "two", GOSANDBOX_FILE_COLLECTED, "2");
    CHECK_EQ(files_of(r[0]) + files_of(r[1]), 2);
    gosandbox_task *task = NULL;
    gosandbox_result *again = NULL;
    CHECK_EQ(gosandbox_start(c[0], &task), 0);
    for (int i = 0; i < 2; i++) {
        gosandbox_config_free(c[i]);
        gosandbox_result_free(r[i]);
    }
    CHECK_EQ(gosandbox_task_wait(task, -1, &r[0]), 0);
    CHECK_EQ(gosandbox_task_wait(task, -1, &again), 0);
    gosandbox_task_free(task);
    is(r[0], "one", GOSANDBOX_FILE_COLLECTED, "1");
    gosandbox_result_free(r[0]);
    is(again, "one", GOSANDBOX_FILE_COLLECTED, "1");
    gosandbox_result_free(again);
    gosandbox_config *p = leave("show", "a", NULL); /* path rules let the program use its workspace */
    CHECK_EQ(gosandbox_config_put_bytes(p, "a", "ruled", 5, 0), 0);
    CHECK_EQ(gosandbox_config_add_path(p, "/usr", GOSANDBOX_PATH_READ), 0);
    says(p, "a 644 1 ruled\n");
}

static void misuse(void)
{
    gosandbox_config *c = PROBE("exit", "0");
    struct gosandbox_collect w = want("x");
    struct gosandbox_file f;
    static const char *const bad[] = {"", "/x", "../x", "a/../x", "a//b", "[", "a/", "."};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        w.pattern = bad[i];
        CHECK_REFUSED(gosandbox_config_collect(c, &w), GOSANDBOX_EINVAL);
    }
    w = want(NULL);
    CHECK_REFUSED(gosandbox_config_collect(c, &w), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_collect(c, NULL), GOSANDBOX_EINVAL);
    w = want("x");
    w.flags = 4;
    CHECK_REFUSED(gosandbox_config_collect(c, &w), GOSANDBOX_EINVAL);
    w = want("x");
    w.into = "/tmp";
    w.has_into_fd = 1;
    CHECK_REFUSED(gosandbox_config_collect(c, &w), GOSANDBOX_EINVAL);
    w = want("x");
    w.max_depth = 5000;
    CHECK_REFUSED(gosandbox_config_collect(c, &w), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_put_bytes(c, "", "a", 1, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_put_bytes(c, "../a", "a", 1, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_put_bytes(c, "a", NULL, 1, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_put_bytes(c, "a", "a", 1, 04755), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_put_file(c, "a", NULL, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_put_fd(c, "a", -1, 0), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_put_bytes(c, "/a", "a", 1, 0), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_EINVAL)); /* no root of its own */
    c = PROBE("exit", "0");
    CHECK_EQ(gosandbox_config_set_workspace(c, NULL), 0);
    CHECK_EQ(gosandbox_config_set_cwd(c, "/"), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_EINVAL));
    c = PROBE("exit", "0");
    CHECK_EQ(gosandbox_config_set_workspace(c, "/nosuchdirectory"), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_ESETUP));
    c = PROBE("exit", "0");
    gosandbox_result *r = RUN(c);
    CHECK_EQ(file_number(r, 0, &f), 0);
    CHECK_REFUSED(gosandbox_result_file(r, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_result_file(NULL, 0, &f), GOSANDBOX_EBADF);
    gosandbox_result_free(r);
    CHECK_TEXT(gosandbox_file_status_name(GOSANDBOX_FILE_HARD_LINK), "HARD_LINK");
    CHECK_TEXT(gosandbox_file_status_name(1000), "?");
}

static void make_stock(void)
{
    gosandbox_config *c = NULL;
    struct gosandbox_mount m = fixture_at("/leave");
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_EQ(gosandbox_config_use_judge_root(c), 0);
    CHECK_EQ(gosandbox_config_add_mount(c, &m), 0);
    CHECK_SAY(gosandbox_template_new(c, &stock) == 0, "%s", gosandbox_last_error()->message);
    gosandbox_config_free(c);
}

int main(int argc, char **argv)
{
    static char before[1 << 14], after[1 << 14], mounts[1 << 16];
    make_top("t_files");
    put("secret", "secret\n");
    misuse();
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    open_descriptors(before, sizeof before);
    make_stock();
    snprintf(mounts, sizeof mounts, "%s", file_text("/proc/self/mounts"));
    for (kind = 0; kind < KINDS; kind++) {
        if (kind == OTHER_USER && geteuid() != 0)
            continue;
        given();
        zoo();
        into();
        bounds();
    }
    shared();
    trapped();
    group();
    gosandbox_template_free(stock);
    nap_ms(300);
    open_descriptors(after, sizeof after);
    CHECK_TEXT(after, before);
    CHECK_TEXT(file_text("/proc/self/mounts"), mounts);
    CHECK_TEXT(file_text(at("secret")), "secret\n");
    char command[400];
    snprintf(command, sizeof command, "ls -d '%s'/gosandbox-* 2>/dev/null | grep -c . | grep -qx 0", top);
    CHECK_SAY(system(command) == 0, "a workspace is left");
    forget_named();
    remove_top();
    CHECK_NO_CHILDREN();
    if (geteuid() == 0 && argc == 1)
        again_as_user(argv[0], 54322);
    return check_summary();
}
