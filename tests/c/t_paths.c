/*
 * Path rules: who may read, write, execute and see what, by the kernel's own errors; with Landlock and without, with a callback
 * beside them, and with an end instead of an error.
 */
#include "folder.h"
#include <sys/mman.h>

/* A shell script under rules: the system readable and executable, what is in `allowed` as given. */
static gosandbox_config *shell(const char *script)
{
    gosandbox_config *c = config_for("/bin/sh", "-c", script, (char *)NULL);
    static const char *const readable[] = {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"};
    gosandbox_config_set_cwd(c, top);
    const char *path = "PATH=/usr/bin:/bin";
    gosandbox_config_set_env(c, 1, &path);
    gosandbox_config_capture(c, 1, 4096);
    gosandbox_config_dup_fd(c, 2, 1);
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++)
        CHECK_EQ(gosandbox_config_add_path(c, readable[i], GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC), 0);
    CHECK_EQ(gosandbox_config_add_path(c, "/dev/null", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE), 0);
    return c;
}

static void files(void)
{
    gosandbox_config *c = shell("cat allowed/a; cat secret/s 2>/dev/null || echo no; cat allowed/../secret/s 2>/dev/null || echo no;"
                                "cat allowed/link 2>/dev/null || echo no; (echo x > allowed/a) 2>/dev/null || echo no;"
                                "[ -e secret/s ] || echo unseen; echo $(ls allowed)");
    gosandbox_config_add_path(c, "allowed", GOSANDBOX_PATH_READ);
    says(c, "A\nno\nno\nno\nno\nunseen\na deep link\n");
    c = shell("cat allowed/a; cat allowed/deep/b 2>/dev/null || echo no"); /* one level, which Landlock cannot say */
    gosandbox_config_add_path(c, "allowed/", GOSANDBOX_PATH_READ);
    says(c, "A\nno\n");
    c = shell("cat allowed/a allowed/deep/b");
    gosandbox_config_add_path(c, "allowed/**", GOSANDBOX_PATH_READ);
    says(c, "A\nB\n");
    c = shell("cat allowed/a 2>/dev/null || echo no; cat secret/s"); /* a file alone */
    gosandbox_config_add_path(c, at("secret/s"), GOSANDBOX_PATH_READ);
    says(c, "no\nS\n");
    c = shell("echo new > out/n && cat out/n; mkdir out/d && mv out/n out/d/m && cat out/d/m; rm out/d/m; rmdir out/d; ls out | wc -l;"
              "(echo x > allowed/new) 2>/dev/null || echo no");
    gosandbox_config_add_path(c, "out", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE);
    gosandbox_config_add_path(c, "allowed", GOSANDBOX_PATH_READ);
    says(c, "new\nnew\n0\nno\n");
    c = shell("./prog 2>/dev/null || echo no; cat prog > /dev/null && echo read");
    gosandbox_config_add_path(c, "prog", GOSANDBOX_PATH_READ);
    says(c, "no\nread\n");
    c = shell("./prog");
    gosandbox_config_add_path(c, "prog", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
    says(c, "ran\n");
    c = shell("./tool exit 3; echo $?; cat tool > /dev/null 2>&1 || echo no"); /* executable, and not readable: no script can be that */
    gosandbox_config_add_path(c, "tool", GOSANDBOX_PATH_EXEC);
    says(c, "3\nno\n");
    c = shell("cd secret 2>/dev/null || echo no; [ -e allowed/a ] && echo seen; cat allowed/a 2>/dev/null || echo no");
    gosandbox_config_add_path(c, "allowed", GOSANDBOX_PATH_STAT);
    says(c, "no\nseen\nno\n");
}

static void ends(void)
{
    gosandbox_config *c = shell("cat secret/s; echo on");
    struct gosandbox_syscall call = {.size = sizeof call};
    char path[300];
    CHECK_EQ(gosandbox_config_add_path(c, "allowed/", GOSANDBOX_PATH_READ), 0); /* a rule that keeps opens with the supervisor */
    CHECK_EQ(gosandbox_config_set_path_action(c, GOSANDBOX_KILL), 0);
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_VIOLATION);
    CHECK_EQ(gosandbox_result_violation(r, &call, path, sizeof path), 1);
    CHECK_TEXT(path, at("secret/s"));
    CHECK_SAY(strstr(gosandbox_result_message(r), "secret/s") != NULL, "%s", gosandbox_result_message(r));
    gosandbox_result_free(r);

    c = shell("cat allowed/a; echo x > allowed/a; echo $?");
    gosandbox_config_add_path(c, "allowed/", GOSANDBOX_PATH_READ);
    CHECK_EQ(gosandbox_config_set_path_action(c, GOSANDBOX_ERRNO(ENOENT)), 0);
    r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_SAY(strstr(output_of(r), "No such file") || strstr(output_of(r), "nonexistent"), "%s", output_of(r));
    gosandbox_result_free(r);

    c = PROBE("exit", "0");
    CHECK_REFUSED(gosandbox_config_add_path(c, "", 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(c, NULL, 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(c, "/x", 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(c, "/x", 16), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_path(NULL, "/x", 1), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_path_action(c, GOSANDBOX_ALLOW), GOSANDBOX_EINVAL);
    gosandbox_config_free(c);
    c = PROBE("exit", "3"); /* the program itself needs no rule */
    gosandbox_config_add_path(c, "/nowhere", GOSANDBOX_PATH_READ);
    r = RUN(c);
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
}

/* Forbidden interpreters are an error, not the end, where Landlock lets more through than the rules: here what is beneath a level. */
static void interpreters(void)
{
    char text[300];
    copy(fixture("exit_0"), at("allowed/deep/i"));
    snprintf(text, sizeof text, "#!%s\n", at("allowed/deep/i"));
    put("allowed/run", text);
    snprintf(text, sizeof text, "#!%s x\n", at("allowed/run"));
    put("allowed/chain", text);
    const char *both = "allowed/run 2>/dev/null; echo $?; allowed/chain 2>/dev/null; echo $?";
    gosandbox_config *c = shell(both);
    gosandbox_config_add_path(c, "allowed/", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
    says(c, "126\n126\n");
    c = shell(both);
    gosandbox_config_add_path(c, "allowed", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC);
    says(c, "0\n0\n");
    unlink(at("allowed/run")), unlink(at("allowed/chain")), unlink(at("allowed/deep/i"));
}

/* A program names its own interpreter: only those of the system need no rule. */
static void own_interpreter(void)
{
    static const char *const rules[] = {"allowed", "allowed/"}; /* the latter is one that Landlock cannot say */
    char text[300];
    copy(fixture("exit_0"), at("secret/solution"));
    snprintf(text, sizeof text, "#!%s\n", at("secret/solution"));
    put("submission", text);
    for (int i = 0; i < 2; i++) {
        gosandbox_config *c = config_for(at("submission"), (char *)NULL);
        gosandbox_result *r = NULL;
        gosandbox_config_add_path(c, at(rules[i]), GOSANDBOX_PATH_READ);
        CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_ESETUP);
        CHECK_EQ(gosandbox_last_error()->step, GOSANDBOX_STEP_EXEC);
        CHECK_EQ(gosandbox_last_error()->sys_errno, EACCES);
        gosandbox_result_free(r);
        gosandbox_config_add_path(c, at("secret"), GOSANDBOX_PATH_EXEC);
        r = RUN(c);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
    }
    unlink(at("submission")), unlink(at("secret/solution"));
}

/* A program in memory needs no rule when it is the caller who starts it. */
static void in_memory(void)
{
    int to = memfd_create("program", MFD_CLOEXEC);
    copy_into(to, fixture("probe"));
    gosandbox_config *c = PROBE("exit", "3");
    CHECK_EQ(gosandbox_config_set_exec_fd(c, to), 0);
    CHECK_EQ(gosandbox_config_add_path(c, "allowed", GOSANDBOX_PATH_READ), 0);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
    close(to);
}

/* A callback beside the rules: it answers, or leaves it to them. */
static void decide(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    char path[300];
    ++*(int *)payload;
    CHECK(gosandbox_event_read_path(event, 0, 1, path, sizeof path) > 0);
    *out = strstr(path, "deep/b") ? GOSANDBOX_ERRNO(EXDEV) : GOSANDBOX_DEFER;
    (void)call;
}

static void beside(void)
{
    gosandbox_config *c = shell("cat allowed/a; cat allowed/deep/b; cat secret/s 2>/dev/null || echo no");
    int asked = 0;
    gosandbox_config_add_path(c, "allowed", GOSANDBOX_PATH_READ);
    CHECK_EQ(gosandbox_config_add_rule(c, 0, "openat", GOSANDBOX_NOTIFY, 0, NULL), 0);
    gosandbox_config_set_callback(c, decide, &asked);
    gosandbox_result *r = RUN(c);
    CHECK_SAY(strstr(output_of(r), "A\n") && strstr(output_of(r), "ross-device") && strstr(output_of(r), "no\n"), "%s", output_of(r));
    CHECK(asked > 3);
    gosandbox_result_free(r);
}

static void *crowd(void *unused)
{
    for (int i = 0; i < 5; i++) {
        gosandbox_config *c = shell("cat allowed/a; cat secret/s 2>/dev/null || echo no");
        gosandbox_config_add_path(c, i % 2 ? "allowed" : "allowed/", GOSANDBOX_PATH_READ);
        says(c, "A\nno\n");
    }
    return unused;
}

int main(void)
{
    char text[4000];
    int descriptors;
    pthread_t threads[8];
    make_top("t_paths");
    mkdir(at("allowed"), 0755), mkdir(at("allowed/deep"), 0755), mkdir(at("secret"), 0755), mkdir(at("out"), 0777);
    chmod(at("out"), 0777);
    put("allowed/a", "A\n"), put("allowed/deep/b", "B\n"), put("secret/s", "S\n"), put("prog", "#!/bin/sh\necho ran\n");
    copy(fixture("probe"), at("tool"));
    CHECK_EQ(symlink("../secret/s", at("allowed/link")), 0);
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    descriptors = open_descriptors(text, sizeof text);
    files();
    ends();
    beside();
    in_memory();
    interpreters();
    own_interpreter();
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, crowd, NULL);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(open_descriptors(text, sizeof text), descriptors);
    CHECK_NO_CHILDREN();
    remove_top();
    return check_summary();
}
