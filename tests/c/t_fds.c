/*
 * Descriptors: which of the host's becomes which of the program's, and that nothing else gets through in either direction.
 */
#include "check.h"

#include <sys/mman.h>

static char folder[] = "/tmp/gosandbox-t_fds-XXXXXX";

static void files(void)
{
    char path[300], text[100] = "";
    gosandbox_config *c;
    gosandbox_result *r;
    snprintf(path, sizeof path, "%s/file", folder);
    c = PROBE("text", "1", "first ");
    CHECK_EQ(gosandbox_config_open_fd(c, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0640), 0);
    gosandbox_config_set_umask(c, 0);
    for (int i = 0; i < 2; i++) { /* opened for each run: the second one truncates */
        CHECK_EQ(gosandbox_run(c, &r), 0);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
    }
    gosandbox_config_free(c);
    c = PROBE("text", "1", "second", "2", "third");
    CHECK_EQ(gosandbox_config_open_fd(c, 1, path, O_WRONLY | O_APPEND, 0), 0);
    CHECK_EQ(gosandbox_config_dup_fd(c, 2, 1), 0);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    FILE *f = fopen(path, "r");
    CHECK(f != NULL && fgets(text, sizeof text, f) != NULL);
    if (f)
        fclose(f);
    CHECK_TEXT(text, "first secondthird");
    struct stat s;
    CHECK(stat(path, &s) == 0 && (s.st_mode & 0777) == 0640);

    c = PROBE("cat"); /* and read back, as stdin */
    CHECK_EQ(gosandbox_config_open_fd(c, 0, path, O_RDONLY, 0), 0);
    gosandbox_config_capture(c, 1, 100);
    r = RUN(c);
    CHECK_TEXT(output_of(r), "first secondthird");
    gosandbox_result_free(r);

    /* The umask of the run, not of the host. */
    snprintf(path, sizeof path, "%s/masked", folder);
    c = PROBE("text", "1", "x");
    gosandbox_config_open_fd(c, 1, path, O_WRONLY | O_CREAT, 0666);
    gosandbox_config_set_umask(c, 077);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    CHECK(stat(path, &s) == 0);
    CHECK_EQ(s.st_mode & 0777, 0600);
}

static void inherited_descriptors(void)
{
    int p[2], high, leaky;
    char text[20] = "";
    CHECK_EQ(pipe2(p, O_CLOEXEC), 0);
    leaky = open("/dev/null", O_RDONLY); /* not close-on-exec: must not get through all the same */
    high = fcntl(leaky, F_DUPFD, 900);
    CHECK(leaky >= 0 && high >= 900);

    gosandbox_config *c = PROBE("text", "1", "hello");
    CHECK_EQ(gosandbox_config_set_fd(c, 1, p[1]), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    CHECK_EQ(read(p[0], text, sizeof text), 5);
    CHECK_TEXT(text, "hello");
    CHECK_SAY((fcntl(p[1], F_GETFD) & FD_CLOEXEC) != 0, "close-on-exec of the host's descriptor was changed");

    c = PROBE("fds");
    gosandbox_config_capture(c, 1, 1000);
    r = RUN(c);
    CHECK_TEXT(output_of(r), "0 1 2 ");
    gosandbox_result_free(r);
    c = PROBE("fds");
    gosandbox_config_capture(c, 1, 1000);
    gosandbox_config_set_fd(c, 5, leaky);
    gosandbox_config_set_fd(c, 200, high);
    gosandbox_config_set_fd(c, 1000, p[1]);
    r = RUN(c);
    CHECK_TEXT(output_of(r), "0 1 2 5 200 1000 ");
    gosandbox_result_free(r);
    close(p[0]);
    close(p[1]);
    close(leaky);
    close(high);
}

/* Host descriptor numbers that collide with the program's: A becomes B and B becomes A, in all orders. */
static void swaps(void)
{
    enum { COUNT = 4, FIRST = 300 };
    int host[COUNT];
    for (int i = 0; i < COUNT; i++) {
        char text[8];
        host[i] = memfd_create("swap", MFD_CLOEXEC);
        snprintf(text, sizeof text, "%d", i);
        CHECK(write(host[i], text, 1) == 1);
    }
    /* Move them to 10..13, the numbers that the program will see in another order. */
    for (int i = 0; i < COUNT; i++) {
        close(10 + i);
        int moved = fcntl(host[i], F_DUPFD_CLOEXEC, 10 + i);
        close(host[i]);
        host[i] = moved;
        CHECK_EQ(moved, 10 + i);
    }
    int order[COUNT] = {0, 1, 2, 3};
    for (int permutation = 0; permutation < 24; permutation++) {
        int left[COUNT] = {0, 1, 2, 3}, p = permutation;
        for (int i = 0; i < COUNT; i++) {
            int k = p % (COUNT - i);
            p /= COUNT - i;
            order[i] = left[k];
            memmove(left + k, left + k + 1, (size_t)(COUNT - i - k - 1) * sizeof *left);
        }
        for (int child = 0; child < COUNT; child++) {
            /* The program copies descriptor 0 to 1: give it one of the four as 0, all four at their new numbers. */
            gosandbox_config *c = PROBE("cat");
            char expected[2] = {(char)('0' + order[child]), 0};
            for (int i = 0; i < COUNT; i++)
                CHECK_EQ(gosandbox_config_set_fd(c, FIRST + i, host[order[i]]), 0);
            CHECK_EQ(gosandbox_config_dup_fd(c, 0, FIRST + child), 0);
            gosandbox_config_capture(c, 1, 10);
            lseek(host[order[child]], 0, SEEK_SET);
            gosandbox_result *r = RUN(c);
            CHECK_EXITED(r, 0);
            CHECK_SAY(strcmp(output_of(r), expected) == 0, "order %d%d%d%d: descriptor %d is %s, expected %s", order[0], order[1],
                      order[2], order[3], FIRST + child, output_of(r), expected);
            gosandbox_result_free(r);
        }
    }
    for (int i = 0; i < COUNT; i++)
        close(host[i]);
}

/* The host's 0, 1 and 2 as the program's 2, 0 and 1; and with the host's own three closed. */
static void standard_three(void)
{
    int files[3], keep_in = fcntl(0, F_DUPFD_CLOEXEC, 50), keep_out = fcntl(1, F_DUPFD_CLOEXEC, 50);
    char what[3] = {'a', 'b', 'c'}, text[64];
    for (int i = 0; i < 3; i++) {
        files[i] = memfd_create("three", MFD_CLOEXEC);
        dup2(files[i], i);
    }
    gosandbox_config *c = PROBE("text", "0", "A", "1", "B", "2", "C");
    gosandbox_config_set_fd(c, 2, 0);
    gosandbox_config_set_fd(c, 0, 1);
    gosandbox_config_set_fd(c, 1, 2);
    gosandbox_result *r = NULL;
    int code = gosandbox_run(c, &r);
    gosandbox_config_free(c);
    dup2(keep_out, 1); /* the checks print */
    dup2(keep_in, 0);
    CHECK_EQ(code, 0);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    for (int i = 0; i < 3; i++) {
        what[i] = 0;
        CHECK(pread(files[i], &what[i], 1, 0) == 1);
        close(files[i]);
    }
    CHECK_SAY(what[0] == 'C' && what[1] == 'A' && what[2] == 'B', "0 1 2 of the host got %c %c %c, expected C A B", what[0], what[1], what[2]);

    close(0);
    close(1);
    close(2);
    c = PROBE("fds");
    gosandbox_config_capture(c, 1, 100);
    r = NULL;
    code = gosandbox_run(c, &r);
    gosandbox_config_free(c);
    int low = fcntl(0, F_GETFD) >= 0 || fcntl(1, F_GETFD) >= 0 || fcntl(2, F_GETFD) >= 0;
    gosandbox_config *c2 = PROBE("cat");
    gosandbox_config_set_stdin_bytes(c2, "through", 7);
    gosandbox_config_capture(c2, 1, 100);
    gosandbox_config_capture(c2, 2, 100);
    gosandbox_result *r2 = NULL;
    int code2 = gosandbox_run(c2, &r2);
    gosandbox_config_free(c2);
    dup2(keep_in, 0);
    dup2(keep_out, 1);
    dup2(keep_out, 2);
    CHECK_EQ(code, 0);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "0 1 2 ");
    CHECK_EQ(low, 0);
    CHECK_EQ(code2, 0);
    CHECK_EXITED(r2, 0);
    CHECK_TEXT(output_of(r2), "through");
    gosandbox_result_free(r);
    gosandbox_result_free(r2);
    close(keep_in);
    close(keep_out);
    CHECK(open_descriptors(text, sizeof text) >= 3);
}

/* When run returns, nobody of the run holds a descriptor any more: the other end of a pipe is at its end. */
static void nobody_left(void)
{
    static const char *const names[] = {"left_daemon", "left_grandchild_stdout", "clone_parent_left", "processes_exit_race", "cpu_orphans_left",
                                        "stop_child_left", "processes_bomb_daemons", "processes_namespace"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int p[2];
        char byte;
        CHECK_EQ(pipe2(p, O_CLOEXEC), 0);
        gosandbox_config *c = config_for(fixture(names[i]), NULL);
        gosandbox_config_set_fd(c, 77, p[1]);
        if (strcmp(names[i], "processes_bomb_daemons") == 0)
            gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 20);
        gosandbox_result *r = RUN(c);
        gosandbox_result_free(r);
        close(p[1]);
        fcntl(p[0], F_SETFL, O_NONBLOCK);
        ssize_t n = read(p[0], &byte, 1);
        CHECK_SAY(n == 0, "%s: somebody still holds the pipe when run returns (read gave %zd)", names[i], n);
        close(p[0]);
    }
}

/* The library keeps no descriptor of the host open, and the host's are as before. */
static void host_descriptors(void)
{
    static char before[20000], after[20000];
    int p[2];
    char byte;
    gosandbox_result *r = RUN(PROBE("exit", "0"));
    gosandbox_result_free(r);
    int n = open_descriptors(before, sizeof before);
    for (int i = 0; i < 30; i++) {
        CHECK_EQ(pipe2(p, O_CLOEXEC), 0);
        gosandbox_config *c = PROBE("text", "1", "x", "2", "y");
        gosandbox_config_set_fd(c, 3, p[1]);
        gosandbox_config_set_stdin_bytes(c, "in", 2);
        gosandbox_config_capture(c, 1, 10);
        gosandbox_config_capture(c, 2, 10);
        gosandbox_config_open_fd(c, 4, "/dev/null", O_RDWR, 0);
        r = RUN(c);
        CHECK_EXITED(r, 0);
        close(p[1]);
        CHECK_EQ(read(p[0], &byte, 1), 0); /* no copy of the write end is left in the library */
        close(p[0]);
        gosandbox_result_free(r);
    }
    int m = open_descriptors(after, sizeof after);
    CHECK_SAY(n == m && strcmp(before, after) == 0, "descriptors before (%d):\n%s\nafter (%d):\n%s", n, before, m, after);
}

/* With few descriptors left for the host, a run fails cleanly or works, and leaks nothing. */
static void scarce(void)
{
    struct rlimit old, few;
    char text[4000];
    getrlimit(RLIMIT_NOFILE, &old);
    for (int room = 0; room < 24; room++) {
        int n = open_descriptors(text, sizeof text);
        few = old;
        few.rlim_cur = 96;
        setrlimit(RLIMIT_NOFILE, &few);
        int fd;
        int all[128], total = 0;
        while ((fd = fcntl(0, F_DUPFD_CLOEXEC, 3)) >= 0 && total < 128)
            all[total++] = fd;
        for (int i = 0; i < room && total > 0; i++)
            close(all[--total]);
        gosandbox_config *c = PROBE("cat");
        gosandbox_config_set_stdin_bytes(c, "in", 2);
        gosandbox_config_capture(c, 1, 10);
        gosandbox_result *r = NULL;
        int code = gosandbox_run(c, &r);
        setrlimit(RLIMIT_NOFILE, &old);
        while (total > 0)
            close(all[--total]);
        CHECK_SAY(code == 0 || code == GOSANDBOX_ENOMEM || code == GOSANDBOX_ESETUP, "with room for %d descriptors run gave %d (%s)", room, code,
                  gosandbox_last_error()->message);
        if (code == 0)
            CHECK_TEXT(output_of(r), "in");
        else
            CHECK_SAY(gosandbox_last_error()->sys_errno == EMFILE, "with room for %d: errno %d (%s)", room, gosandbox_last_error()->sys_errno,
                      gosandbox_last_error()->message);
        gosandbox_result_free(r);
        gosandbox_config_free(c);
        CHECK_EQ(open_descriptors(text, sizeof text), n);
    }
    CHECK_NO_CHILDREN();
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    files();
    inherited_descriptors();
    swaps();
    nobody_left();
    host_descriptors();
    scarce();
    standard_three();
    CHECK_NO_CHILDREN();

    char path[300];
    snprintf(path, sizeof path, "%s/file", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/masked", folder);
    unlink(path);
    rmdir(folder);
    return check_summary();
}
