/*
 * Policies as text, rules by number, the evaluator and the dump: what they answer, what a run makes of it, and hostile inputs.
 */
#include "check.h"

#include <stdint.h>
#include <sys/syscall.h>

static gosandbox_config *config;

static void fresh(void)
{
    gosandbox_config_free(config);
    config = NULL;
    CHECK_EQ(gosandbox_config_new(&config), 0);
}

static int load(const char *json) { return gosandbox_config_load_policy(config, json, strlen(json)); }

/* What the policy says about a native call with up to two arguments. */
static gosandbox_action asked(long nr, uint64_t a0, uint64_t a1)
{
    struct gosandbox_syscall call;
    gosandbox_action action = 77;
    memset(&call, 0, sizeof call);
    call.size = sizeof call;
    call.nr = nr;
    call.args[0] = a0;
    call.args[1] = a1;
    CHECK_EQ(gosandbox_policy_evaluate(config, &call, &action), 0);
    return action;
}

static void check_message(const char *part)
{
    const char *message = gosandbox_last_error()->message;
    check_that(strstr(message, part) != NULL, __FILE__, __LINE__, "\"%s\" lacks \"%s\"", message, part);
}

static void loading(void)
{
    fresh();
    CHECK_EQ(load("{\"default\": \"ALLOW\", \"rules\": [{\"call\": \"socket\", \"action\": {\"errno\": \"EACCES\"}, \"reason\": \"no network\"},\n"
                  "{\"call\": \"umask\", \"action\": \"KILL\", \"when\": [{\"arg\": 0, \"op\": \"NE_32\", \"a\": 18}]}]}"), 0);
    CHECK_EQ(asked(SYS_socket, 2, 1), GOSANDBOX_ERRNO(EACCES));
    CHECK_EQ(asked(SYS_umask, 18, 0), GOSANDBOX_ALLOW);
    CHECK_EQ(asked(SYS_umask, 18 + (1ull << 32), 0), GOSANDBOX_ALLOW);
    CHECK_EQ(asked(SYS_umask, 19, 0), GOSANDBOX_KILL);
    CHECK_EQ(asked(SYS_getpid, 0, 0), GOSANDBOX_ALLOW);
    /* A rule may be added; it comes last. */
    CHECK_EQ(gosandbox_config_add_rule(config, 0, "umask", GOSANDBOX_ERRNO(EPERM), 0, NULL), 0);
    CHECK_EQ(asked(SYS_umask, 19, 0), GOSANDBOX_ERRNO(EPERM));
    /* A new text replaces all. */
    CHECK_EQ(load("{\"default\": {\"errno\": \"ENOSYS\"}, \"rules\": [{\"call\": \"execve\", \"action\": \"ALLOW\"}]}"), 0);
    CHECK_EQ(asked(SYS_umask, 19, 0), GOSANDBOX_ERRNO(ENOSYS));
    CHECK_EQ(asked(SYS_execve, 19, 0), GOSANDBOX_ALLOW);
}

static void refused(void)
{
    static const char nul[] = "{\"default\": \"ALLOW\"\0}", garbage[] = "{\"default\": \"ALLOW\"}\n\n  x", bytes[] = "{\"default\": \"\xff\"}";
    fresh();
    CHECK_EQ(load("{\"default\": \"ALLOW\", \"rules\": [{\"call\": \"umask\", \"action\": \"KILL\"}]}"), 0);
    CHECK_REFUSED(gosandbox_config_load_policy(config, NULL, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_load_policy(config, NULL, 5), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_load_policy(config, "", 0), GOSANDBOX_EINVAL);
    check_message("line 1, column 1");
    CHECK_REFUSED(gosandbox_config_load_policy(config, "{}", SIZE_MAX), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_load_policy(config, "{}", SIZE_MAX / 2 + 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_load_policy(config, "{}", 1 << 30), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_load_policy(NULL, "{}", 2), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_load_policy(config, nul, sizeof nul - 1), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_load_policy(config, nul, sizeof nul), GOSANDBOX_EINVAL);
    CHECK_REFUSED(load(garbage), GOSANDBOX_EINVAL);
    check_message("line 3, column 3");
    CHECK_REFUSED(load(bytes), GOSANDBOX_EINVAL);
    check_message("not UTF-8");
    CHECK_REFUSED(load("{\"default\": \"ALLOW\",\n \"rules\": [{\"call\": \"umask\", \"action\": \"KILL\",\n  \"when\": [{\"arg\": 0, \"op\": \"EQQ\", \"a\": 1}]}]}"),
                  GOSANDBOX_EINVAL);
    check_message("line 3, column 29: rules[0].when[0].op: unknown comparison \"EQQ\"; did you mean \"EQ\"?");
    CHECK_REFUSED(load("{\"default\": \"KILL\"}"), GOSANDBOX_EINVAL);
    check_message("execve");

    size_t n = 1 << 20;
    char *deep = (char *)malloc(n + 1);
    memset(deep, '[', n + 1);
    CHECK_REFUSED(gosandbox_config_load_policy(config, deep, n), GOSANDBOX_EINVAL);
    check_message("nested too deeply");
    CHECK_REFUSED(gosandbox_config_load_policy(config, deep, n + 1), GOSANDBOX_EINVAL);
    memset(deep, ' ', n);
    memcpy(deep, "{\"default\":\"", 12);
    CHECK_REFUSED(gosandbox_config_load_policy(config, deep, n), GOSANDBOX_EINVAL);
    free(deep);
    /* What was refused has changed nothing. */
    CHECK_EQ(asked(SYS_umask, 0, 0), GOSANDBOX_KILL);
}

static void numbers(void)
{
    struct gosandbox_cmp never[] = {{0, GOSANDBOX_CMP_GT, 5, 0}, {0, GOSANDBOX_CMP_LT_32, 0, 0}};
    fresh();
    CHECK_EQ(gosandbox_config_add_rule_number(config, GOSANDBOX_ARCH_NATIVE, SYS_umask, GOSANDBOX_ERRNO(EPERM), 0, NULL), 0);
    CHECK_EQ(gosandbox_config_add_rule_number(config, GOSANDBOX_ARCH_NATIVE, 5000, GOSANDBOX_KILL, 0, NULL), 0);
    CHECK_EQ(asked(SYS_umask, 0, 0), GOSANDBOX_ERRNO(EPERM));
    CHECK_EQ(asked(5000, 0, 0), GOSANDBOX_KILL);
    static const int64_t bad[] = {-1, INT64_MIN, INT64_MAX, 1ll << 31, 1ll << 32};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_REFUSED(gosandbox_config_add_rule_number(config, 0, bad[i], GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
#ifdef __x86_64__
    CHECK_REFUSED(gosandbox_config_add_rule_number(config, 0, 0x40000000, GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
#endif
    CHECK_REFUSED(gosandbox_config_add_rule_number(config, GOSANDBOX_ARCH_I386, 5, GOSANDBOX_ALLOW, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule_number(config, 0, SYS_execve, GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule_number(config, 0, SYS_clone3, GOSANDBOX_ALLOW, 0, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule_number(config, 0, 5, GOSANDBOX_KILL, 1, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_add_rule_number(config, 0, 5, GOSANDBOX_KILL, 2, never), GOSANDBOX_EINVAL);
    check_message("argument 0 can never hold");
    never[1].op = GOSANDBOX_CMP_LE;
    never[1].a = 5;
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "execve", GOSANDBOX_KILL, 1, never), GOSANDBOX_EINVAL);
    check_message("execve");
    CHECK_REFUSED(gosandbox_config_add_rule(config, 0, "opne", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
    check_message("did you mean \"open");
    CHECK_EQ(gosandbox_config_add_rule(config, GOSANDBOX_ARCH_X86_64, "open", GOSANDBOX_KILL, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_add_rule(config, GOSANDBOX_ARCH_AARCH64, "openat", GOSANDBOX_KILL, 0, NULL), 0);
    CHECK_REFUSED(gosandbox_config_add_rule(config, GOSANDBOX_ARCH_AARCH64, "open", GOSANDBOX_KILL, 0, NULL), GOSANDBOX_EINVAL);
}

static void guards(void)
{
    struct gosandbox_syscall call;
    gosandbox_action action;
    fresh();
    CHECK_EQ(asked(SYS_clone3, 0, 0), GOSANDBOX_ERRNO(ENOSYS));
    CHECK_EQ(asked(SYS_clone, 0x00800011, 0), GOSANDBOX_ERRNO(EPERM));
    CHECK_EQ(asked(SYS_clone, 0x11, 0), GOSANDBOX_ALLOW);
    CHECK_EQ(asked(SYS_seccomp, 1, 8), GOSANDBOX_ERRNO(EBUSY));
    CHECK_EQ(asked(SYS_seccomp, 1, 0), GOSANDBOX_ALLOW);
    CHECK_EQ(asked(SYS_getpid + (1l << 40), 0, 0), GOSANDBOX_ALLOW);
    memset(&call, 0, sizeof call);
    call.size = sizeof call;
    call.nr = SYS_getpid;
    call.arch = GOSANDBOX_ARCH_I386;
    CHECK_EQ(gosandbox_policy_evaluate(config, &call, &action), 0);
    CHECK_EQ(action, GOSANDBOX_KILL);
#ifdef __x86_64__
    CHECK_EQ(asked(SYS_getpid | 0x40000000, 0, 0), GOSANDBOX_KILL);
    call.arch = GOSANDBOX_ARCH_X86_64;
    CHECK_EQ(gosandbox_policy_evaluate(config, &call, &action), 0);
    CHECK_EQ(action, GOSANDBOX_ALLOW);
#endif
    CHECK_REFUSED(gosandbox_policy_evaluate(config, NULL, &action), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_policy_evaluate(config, &call, NULL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_policy_evaluate(NULL, &call, &action), GOSANDBOX_EBADF);
    call.size = 0;
    CHECK_REFUSED(gosandbox_policy_evaluate(config, &call, &action), GOSANDBOX_EINVAL);
    call.size = offsetof(struct gosandbox_syscall, args) + 47;
    CHECK_REFUSED(gosandbox_policy_evaluate(config, &call, &action), GOSANDBOX_EINVAL);
    call.size = offsetof(struct gosandbox_syscall, args) + 48;
    CHECK_EQ(gosandbox_policy_evaluate(config, &call, &action), 0);
}

static void notify(void)
{
    fresh();
    CHECK_REFUSED(gosandbox_config_set_policy(config, NULL, GOSANDBOX_NOTIFY), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_config_add_rule(config, 0, "umask", GOSANDBOX_NOTIFY, 0, NULL), 0);
    CHECK_EQ(asked(SYS_umask, 0, 0), GOSANDBOX_NOTIFY);
    gosandbox_config *c = PROBE("exit", "0");
    CHECK_EQ(load("{\"default\": \"ALLOW\", \"rules\": [{\"call\": \"umask\", \"action\": \"NOTIFY\"}]}"), 0);
    CHECK_EQ(gosandbox_config_add_rule(c, 0, "umask", GOSANDBOX_NOTIFY, 0, NULL), 0);
    gosandbox_result_free(RUN_EXPECT(c, GOSANDBOX_EINVAL));
    check_message("NOTIFY");
}

/* The text functions: length of all, cut at a NUL, nothing beyond n. */
static void texts(void)
{
    char whole[100000], cut[64];
    fresh();
    CHECK_EQ(load("{\"default\": \"ALLOW\", \"comment\": \"a judge\", \"rules\": [{\"call\": \"socket\", \"action\": {\"errno\": 13}, \"reason\": \"no net\"}],"
                  "\"paths\": [{\"path\": \"/usr/\", \"access\": [\"read\"]}]}"), 0);
    int (*const functions[])(const gosandbox_config *, char *, size_t) = {gosandbox_policy_json, gosandbox_policy_dump};
    for (size_t f = 0; f < 2; f++) {
        int n = functions[f](config, NULL, 0);
        CHECK(n > 64);
        CHECK_EQ(functions[f](config, whole, sizeof whole), n);
        CHECK_EQ((int)strlen(whole), n);
        memset(cut, 'x', sizeof cut);
        CHECK_EQ(functions[f](config, cut, 32), n);
        CHECK(strlen(cut) == 31 && cut[32] == 'x' && memcmp(cut, whole, 31) == 0);
        CHECK_EQ(functions[f](config, cut, 1), n);
        CHECK(cut[0] == 0);
        CHECK_EQ(functions[f](config, whole, (size_t)n), n);
        CHECK_EQ((int)strlen(whole), n - 1);
        CHECK_EQ(functions[f](config, whole, (size_t)n + 1), n);
        CHECK_EQ((int)strlen(whole), n);
        CHECK_REFUSED(functions[f](config, NULL, 1), GOSANDBOX_EINVAL);
        CHECK_REFUSED(functions[f](NULL, whole, 1), GOSANDBOX_EBADF);
        if (f == 0) {
            CHECK(strstr(whole, "{\"call\": \"socket\", \"action\": {\"errno\": \"EACCES\"}, \"reason\": \"no net\"}") != NULL);
            CHECK_EQ(load(whole), 0);
        } else {
            CHECK(strstr(whole, "socket               ERRNO(EACCES)  -- no net\n") != NULL);
            CHECK(strstr(whole, "; socket\n") != NULL && strstr(whole, "; ERRNO(EACCES)\n") != NULL && strstr(whole, "CLONE") == NULL);
            CHECK(strstr(whole, "\"/usr/\"") != NULL && strstr(whole, "a judge") != NULL);
        }
    }
    /* A config without a policy has one all the same: the guards. */
    fresh();
    CHECK(gosandbox_policy_dump(config, whole, sizeof whole) > 0 && strstr(whole, "clone3               ERRNO(ENOSYS)") != NULL);
    CHECK(gosandbox_policy_json(config, whole, sizeof whole) > 0 && strstr(whole, "\"default\": \"ALLOW\"") != NULL);
    CHECK_EQ(gosandbox_config_set_policy(config, NULL, GOSANDBOX_KILL), 0);
    CHECK_REFUSED(gosandbox_policy_dump(config, whole, sizeof whole), GOSANDBOX_EINVAL);
}

/* What the evaluator says is what a run does. */
static void live(void)
{
    gosandbox_config *c = PROBE("umask");
    static const char json[] = "{\"default\": \"ALLOW\", \"rules\": [{\"call\": \"umask\", \"action\": \"KILL\"}]}";
    CHECK_EQ(gosandbox_config_load_policy(c, json, strlen(json)), 0);
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_VIOLATION);
    gosandbox_result_free(r);
    c = PROBE("exit", "3");
    CHECK_EQ(gosandbox_config_load_policy(c, json, strlen(json)), 0);
    CHECK_EQ(gosandbox_config_add_rule_number(c, 0, 5000, GOSANDBOX_KILL, 0, NULL), 0);
    r = RUN(c);
    CHECK_EXITED(r, 3);
    gosandbox_result_free(r);
}

/* Every profile that is named can be set, and no other. */
static void profiles(void)
{
    const char *name, *before = "";
    size_t n = 0;
    int has_native = 0, has_compiler = 0;

    fresh();
    for (; (name = gosandbox_profile_name(n)) != NULL && n < 100; n++) {
        CHECK_SAY(strcmp(before, name) < 0, "%s comes after %s", name, before);
        CHECK_SAY(gosandbox_config_set_policy(config, name, GOSANDBOX_KILL) == 0, "%s: %s", name, gosandbox_last_error()->message);
        CHECK(gosandbox_profile_name(n) == name); /* static */
        has_native += strcmp(name, "native") == 0;
        has_compiler += strcmp(name, "compiler") == 0;
        before = name;
    }
    CHECK(n >= 14);
    CHECK_EQ(has_native + has_compiler, 2);
    CHECK(gosandbox_profile_name(n + 1) == NULL);
    CHECK(gosandbox_profile_name(SIZE_MAX) == NULL);
    CHECK_REFUSED(gosandbox_config_set_policy(config, "nativ", GOSANDBOX_KILL), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_policy(config, "../native", GOSANDBOX_KILL), GOSANDBOX_EINVAL);
}

int main(void)
{
    loading();
    profiles();
    refused();
    numbers();
    guards();
    notify();
    texts();
    live();
    gosandbox_config_free(config);
    CHECK_NO_CHILDREN();
    return check_summary();
}
