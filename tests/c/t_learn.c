/*
 * Learning: what was watched still works under the policy that comes of it, and what was not does not.
 */
#include "check.h"

static gosandbox_config *program(const char *mode, const char *value)
{
    const char *argv[] = {fixture("called"), mode, value};
    gosandbox_config *c = NULL;
    CHECK_EQ(gosandbox_config_new(&c), 0);
    CHECK_EQ(gosandbox_config_set_argv(c, 3, argv), 0);
    CHECK_EQ(gosandbox_config_capture(c, 1, 65536), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND), 0);
    return c;
}

static void learns(gosandbox_action fallback)
{
    gosandbox_learner *learner = NULL;
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_learner_new(&learner), 0);
    gosandbox_config *c = program("open", "/etc/passwd");
    /* A policy that would kill it is not in force while it is watched. */
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "openat", GOSANDBOX_KILL, 0, NULL), 0);
    CHECK_EQ(gosandbox_config_set_learner(c, learner), 0);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(gosandbox_run(c, &r), 0);
        CHECK_EXITED(r, 0);
        CHECK(strstr(output_of(r), "root") != NULL);
        gosandbox_result_free(r);
    }
    CHECK_EQ(gosandbox_config_set_learner(c, NULL), 0);
    CHECK_EQ(gosandbox_policy_learn(c, learner, fallback, 8), 0);
    char text[65536];
    CHECK(gosandbox_policy_json(c, text, sizeof text) < (int)sizeof text);
    CHECK(strstr(text, "{\"path\": \"/etc/passwd\", \"access\": [\"read\"]}") != NULL);
    CHECK(strstr(text, "\"futex\", \"action\": \"ALLOW\", \"reason\": \"always\"") != NULL);
    gosandbox_learner_free(learner);

    /* The text, loaded into another config, does the same. */
    for (int loaded = 0; loaded < 2; loaded++) {
        CHECK_EQ(gosandbox_run(c, &r), 0);
        CHECK_EXITED(r, 0);
        CHECK(strstr(output_of(r), "root") != NULL);
        gosandbox_result_free(r);
        gosandbox_config_free(c);
        c = program("open", "/etc/passwd");
        CHECK_EQ(gosandbox_config_load_policy(c, text, strlen(text)), 0);
    }
    gosandbox_config_free(c);

    c = program("open", "/etc/group"); /* another file */
    CHECK_EQ(gosandbox_config_load_policy(c, text, strlen(text)), 0);
    r = RUN(c);
    CHECK(strstr(output_of(r), "root") == NULL);
    gosandbox_result_free(r);
    c = program("ppid", "3"); /* another call */
    CHECK_EQ(gosandbox_config_load_policy(c, text, strlen(text)), 0);
    r = RUN(c);
    if (fallback == GOSANDBOX_KILL)
        CHECK_EQ(stats_of(r).status, GOSANDBOX_STATUS_VIOLATION);
    else
        CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
}

static void refused(void)
{
    gosandbox_learner *learner = NULL;
    gosandbox_config *c = program("ppid", "1");
    CHECK_REFUSED(gosandbox_learner_new(NULL), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_learner_new(&learner), 0);
    CHECK_REFUSED(gosandbox_policy_learn(c, learner, GOSANDBOX_KILL, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_learner(c, (gosandbox_learner *)c), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_set_learner(NULL, learner), GOSANDBOX_EBADF);
    CHECK_EQ(gosandbox_config_set_learner(c, learner), 0);
    gosandbox_result *r = NULL;
    CHECK_EQ(gosandbox_run(c, &r), 0);
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    CHECK_REFUSED(gosandbox_policy_learn(c, learner, GOSANDBOX_ALLOW, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_policy_learn(c, learner, GOSANDBOX_NOTIFY, 0), GOSANDBOX_EINVAL);
    CHECK_EQ(gosandbox_policy_learn(c, learner, GOSANDBOX_ERRNO(1), 0), 0);
    gosandbox_learner_free(learner);
    gosandbox_learner_free(learner);
    gosandbox_learner_free(NULL);
    CHECK_REFUSED(gosandbox_policy_learn(c, learner, GOSANDBOX_KILL, 0), GOSANDBOX_EBADF);
    CHECK_EQ(gosandbox_run(c, &r), 0); /* the config keeps it alive */
    CHECK_EXITED(r, 0);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

int main(void)
{
    learns(GOSANDBOX_KILL);
    learns(GOSANDBOX_ERRNO(EPERM));
    refused();
    CHECK_NO_CHILDREN();
    return check_summary();
}
