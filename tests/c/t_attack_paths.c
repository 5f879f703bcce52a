/*
 * Hostile programs under path rules: each way round them that is known, in the mode in which Landlock decides about plain opens and in the one
 * in which the library does.
 */
#include "folder.h"
#include <sys/prctl.h>

static void folders(void)
{
    static const char *const names[] = {"allowed", "out", "secret", "x", "dark", "good", "evil", "lid", "lid/open", "lid/up", "lid/up/open", "lid/plain"};
    make_top("t_attack_paths");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK(mkdir(at(names[i]), 0755) == 0);
    put("allowed/a", "ALLOWED\n");
    put("secret/s", "SECRET\n");
    put("lid/s", "SECRET\n");
    copy(fixture("attack_exec"), at("dark/p"));
    copy(fixture("exit_1"), at("good/p"));
    copy(fixture("attack_exec"), at("evil/p"));
    char script[400];
    snprintf(script, sizeof script, "#!%s 42\n", at("dark/p"));
    put("x/script", script);
    CHECK(symlink("../dark/p", at("x/link")) == 0);
    CHECK(symlink("../allowed/a", at("out/link")) == 0);
}

/* A fixture in `top`, with the rules that the attacks are about; `level` is one that Landlock cannot say. */
static gosandbox_config *attack(const char *name, int level, const char *a, const char *b, const char *c)
{
    const char *argv[] = {fixture(name), a, b, c};
    size_t n = 1 + (a != NULL) + (b != NULL) + (c != NULL);
    gosandbox_config *config = config_for(argv[0], (char *)NULL);
    gosandbox_config_set_argv(config, n, argv);
    gosandbox_config_set_cwd(config, top);
    gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
    gosandbox_config_capture(config, 1, 4096);
    struct { const char *path; uint32_t access; } rules[] = {
        {at("allowed"), GOSANDBOX_PATH_READ}, {at("out"), GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE}, {at("dark"), GOSANDBOX_PATH_READ},
        {at("x"), GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE | GOSANDBOX_PATH_EXEC}, {at("good"), GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC},
        {at("evil"), GOSANDBOX_PATH_READ}, {at("lid"), GOSANDBOX_PATH_WRITE}, {at("lid/open"), GOSANDBOX_PATH_READ},
        {at("lid/up/open"), GOSANDBOX_PATH_READ}, {"/proc/self", GOSANDBOX_PATH_READ}, {level ? at("allowed/") : at("allowed"), GOSANDBOX_PATH_READ},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (level || strcmp(rules[i].path, "/proc/self") != 0) /* that one too keeps Landlock from saying it all */
            CHECK_EQ(gosandbox_config_add_path(config, rules[i].path, rules[i].access), 0);
    return config;
}

static void unchanged(void)
{
    char block[16] = "";
    int fd = open(at("secret/s"), O_RDONLY | O_CLOEXEC);
    CHECK_EQ(read(fd, block, sizeof block), 7);
    CHECK_TEXT(block, "SECRET\n");
    close(fd);
    CHECK(access(at("secret/d"), F_OK) != 0 && access(at("secret/socket"), F_OK) != 0);
    CHECK(access(at("dark/p"), X_OK) == 0);
    struct stat st;
    CHECK(stat(at("secret/s"), &st) == 0 && (st.st_mode & 0777) == 0755 && st.st_nlink == 1);
}

static void flips(const char *how, const char *tries)
{
    char none[40];
    snprintf(none, sizeof none, "%s 0\n", how);
    for (int level = 0; level < 2; level++)
        says(attack("attack_flip", level, how, tries, "x"), none);
    unchanged();
}

/* The library's threads take the program's ids; the host stays as open to its debugger and to core dumps as it was. */
static void dumpable(void)
{
    if (geteuid() != 0)
        return;
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    for (int i = 0; i < 10; i++) { /* which thread is last differs */
        gosandbox_config *c = PROBE("exit", "0");
        CHECK_EQ(gosandbox_config_set_ids(c, 65534, 65534), 0);
        CHECK_EQ(gosandbox_config_add_path(c, top, GOSANDBOX_PATH_READ), 0);
        gosandbox_result *r = RUN(c);
        CHECK_EXITED(r, 0);
        gosandbox_result_free(r);
        CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    }
}

int main(void)
{
    folders();
    dumpable();
    for (int level = 0; level < 2; level++) {
        says(attack("attack_files", level, "x", NULL, NULL), "done\n");
        says(attack("attack_exec", level, "x", NULL, NULL), "done\n");
        unlink(at("out/link"));
        CHECK(symlink("../allowed/a", at("out/link")) == 0);
        unchanged();
    }
    gosandbox_config *all = attack("attack_processes", 0, "x", NULL, NULL); /* all files, but no processes other than its own */
    CHECK_EQ(gosandbox_config_add_path(all, "/", GOSANDBOX_PATH_READ), 0);
    says(all, "done\n");
    flips("thread", "20000");
    flips("make", "5000");
    flips("point", "5000");
    flips("shared", "20000");
    flips("link", "10000");
    flips("exec", "1500");
    CHECK(access(at("lid/s"), F_OK) == 0);
    remove_top();
    CHECK_NO_CHILDREN();
    return check_summary();
}
