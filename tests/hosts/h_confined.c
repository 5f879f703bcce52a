/*
 * Hosts that are confined themselves: no_new_privs, non-dumpable, under a seccomp filter that denies what the library could use.
 * What still can be done is done; what cannot is refused with the reason, as an unsupported feature and as a failed start.
 */
#include "again.h"
#include "deny.h"

static void no_new_privileges(void) { prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

/* Role "plain": all works. */
static int plain(void)
{
    for (int i = 0; i < 5; i++)
        FULL_RUN();
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_PTRACE), 1);
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_SECCOMP), 1);
    CHECK_NO_CHILDREN();
    return checks_failed != 0;
}

/* Role "undumpable": the flag is a process's own, so a host that hides its memory keeps it hidden. Its programs are dumpable
 * when they have been executed; before, only the superuser can trace them. */
static int undumpable(void)
{
    FULL_RUN();
    CHECK_EQ(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 0);
    if (gosandbox_feature(GOSANDBOX_FEATURE_PTRACE) == 1) {
        for (int i = 0; i < 5; i++)
            FULL_RUN();
    } else {
        CHECK_EQ(gosandbox_last_error()->code, GOSANDBOX_EUNSUPPORTED);
        CHECK_SAY(strstr(gosandbox_last_error()->message, "PR_SET_DUMPABLE"), "it says \"%s\"", gosandbox_last_error()->message);
        CHECK_REFUSED(gosandbox_run(NULL, NULL), GOSANDBOX_EINVAL);
        gosandbox_result *r = RUN_EXPECT(PROBE("exit", "0"), GOSANDBOX_ESETUP);
        CHECK_STATUS(r, GOSANDBOX_STATUS_SETUP_FAILED);
        gosandbox_result_free(r);
    }
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
    if (gosandbox_feature(GOSANDBOX_FEATURE_CHANGE_IDS) == 1) { /* the one thing that would touch the flag */
        gosandbox_config *c = PROBE("exit", "0");
        gosandbox_config_set_ids(c, 65534, 65534);
        gosandbox_result *r = NULL;
        gosandbox_run(c, &r);
        gosandbox_config_free(c);
        gosandbox_result_free(r);
        CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
    }
    CHECK_NO_CHILDREN();
    return checks_failed != 0;
}

/* Role "denied": a feature is missing, says so, and a run says so too. */
struct denial {
    const char *name;
    long nr;
    unsigned index;
    uint32_t value;
    int error;
    uint32_t feature;   /* that goes missing; 0: none, everything works */
};
static const struct denial denials[] = {
    {"clone3", SYS_clone3, 0, ANY, ENOSYS, 0},
    {"listener", SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER, EACCES, 0},
    {"ptrace", SYS_ptrace, 0, ANY, EPERM, GOSANDBOX_FEATURE_PTRACE},
    {"ptrace-enosys", SYS_ptrace, 0, ANY, ENOSYS, GOSANDBOX_FEATURE_PTRACE},
    {"process_vm_readv", SYS_process_vm_readv, 0, ANY, EPERM, 0},
    {"pidfd_send_signal", SYS_pidfd_send_signal, 0, ANY, ENOSYS, 0},
    {"affinity", SYS_sched_setaffinity, 0, ANY, EPERM, 0},
    {"get_affinity", SYS_sched_getaffinity, 0, ANY, EPERM, 0},
    {"prlimit", SYS_prlimit64, 2, 0, EPERM, 0},
};
enum { DENIALS = sizeof denials / sizeof *denials };

static int denied(const struct denial *d)
{
    gosandbox_config_free(PROBE("exit", "0")); /* the runtime has started */
    if (!CHECK_SAY(deny(d->nr, d->index, d->value, d->error) == 0, "%s: the filter cannot be loaded: %s", d->name, strerror(errno)))
        return 1;
    if (d->feature == 0) {
        for (int i = 0; i < 3; i++)
            CHECK_SAY(FULL_RUN(), "with %s denied", d->name);
        gosandbox_config *c = PROBE("sleep", "15000"); /* one that must be killed */
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 30 * MS);
        gosandbox_result *r = RUN(c);
        CHECK_STATUS(r, GOSANDBOX_STATUS_WALL_LIMIT);
        gosandbox_result_free(r);
    } else {
        CHECK_SAY(gosandbox_feature(d->feature) == 0, "with %s denied the feature is there", d->name);
        CHECK_EQ(gosandbox_last_error()->code, GOSANDBOX_EUNSUPPORTED);
        CHECK_SAY(gosandbox_last_error()->message[0], "with %s denied", d->name);
        for (int i = 0; i < 3; i++) {
            gosandbox_result *r = NULL;
            gosandbox_config *c = PROBE("exit", "0");
            int code = gosandbox_run(c, &r);
            CHECK_SAY(code == GOSANDBOX_EUNSUPPORTED || code == GOSANDBOX_ESETUP, "with %s denied: %d", d->name, code);
            CHECK_SAY(gosandbox_last_error()->sys_errno == d->error, "with %s denied: %s", d->name, gosandbox_last_error()->message);
            gosandbox_result_free(r);
            gosandbox_config_free(c);
        }
    }
    CHECK_NO_CHILDREN();
    return checks_failed != 0;
}

/* Role "dropped": a daemon gives up root after its first runs. glibc tells each thread to, by a signal; none may be left behind. */
static int dropped(void)
{
    for (int i = 0; i < 3; i++)
        FULL_RUN();
    CHECK_EQ(setresgid(65534, 65534, 65534), 0);
    CHECK_EQ(setresuid(65534, 65534, 65534), 0);
    struct dirent *entry;
    DIR *dir = opendir("/proc/self/task");
    while (dir && (entry = readdir(dir)) != NULL) {
        char path[300], line[200];
        unsigned ids[4] = {0, 0, 0, 0};
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        FILE *f = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!f)
            continue;
        while (fgets(line, sizeof line, f) && sscanf(line, "Uid: %u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4)
            ;
        fclose(f);
        CHECK_SAY(ids[0] == 65534 && ids[1] == 65534 && ids[2] == 65534 && ids[3] == 65534, "thread %s is still user %u", entry->d_name, ids[1]);
    }
    if (dir)
        closedir(dir);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* which changing the user took away */
    gosandbox_config *c = PROBE("ids");
    gosandbox_config_capture(c, 1, 100);
    gosandbox_result *r = RUN(c);
    CHECK_SAY(strncmp(output_of(r), "65534 65534 65534 65534", 23) == 0, "the program runs as \"%s\"", output_of(r));
    gosandbox_result_free(r);
    FULL_RUN();
    return checks_failed != 0;
}

/* Role "tsync": a host confines itself after its first runs, all threads at once. The kernel refuses that while a thread has a filter
 * that the others have not, and names it: the library's do for a moment after a run. Runs go on below the host's own filter. */
static int confined_late(void)
{
    gosandbox_task *task = NULL;
    gosandbox_config *c = PROBE("sleep", "15000");
    int refused = 0;
    for (int i = 0; i < 3; i++)
        FULL_RUN();
    CHECK_EQ(gosandbox_start(c, &task), 0);
    while (gosandbox_task_pid(task) == 0)
        nap_ms(1);
    CHECK_SAY(deny(SYS_acct, 0, ANY, EPERM) != 0, "no thread has a filter of its own during a run: the header is wrong");
    gosandbox_task_free(task);
    gosandbox_config_free(c);
    for (; deny(SYS_acct, 0, ANY, EPERM) != 0 && refused < 1000; refused++)
        nap_ms(10);
    CHECK_SAY(refused < 1000, "the host cannot confine its threads 10 s after a run");
    for (int i = 0; i < 3; i++)
        FULL_RUN();
    return check_summary();
}

/* Roles "midway ptrace" and "midway waitid": a host forbids itself in the middle of a run what the supervision of that needs. The run is given up
 * with an error, long before any limit of its own, and nothing of it is left. */
static int midway(const char *what)
{
    char text[2000];
    gosandbox_task *task = NULL;
    gosandbox_result *r = NULL;
    gosandbox_config *c = config_for(fixture("called"), "fork", "10000000", NULL);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 60 * SECOND);
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0); /* its own: the shared one's threads cannot be confined */
    CHECK_EQ(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, "acct", GOSANDBOX_ERRNO(EPERM), 0, NULL), 0);
    CHECK_EQ(gosandbox_start(c, &task), 0);
    gosandbox_config_free(c);
    while (gosandbox_task_pid(task) == 0)
        nap_ms(1);
    nap_ms(20);
    CHECK_SAY(deny(strcmp(what, "ptrace") == 0 ? SYS_ptrace : SYS_waitid, 0, ANY, EPERM) == 0, "the filter cannot be loaded: %s", strerror(errno));
    int code = gosandbox_task_wait(task, 20 * SECOND, &r);
    CHECK_SAY(code == GOSANDBOX_EINTERNAL, "without %s: %d (%s)", what, code, gosandbox_last_error()->message);
    CHECK_EQ(gosandbox_last_error()->sys_errno, EPERM);
    if (r)
        CHECK_STATUS(r, GOSANDBOX_STATUS_INTERNAL);
    gosandbox_result_free(r);
    gosandbox_task_free(task);
    for (int i = 0; i < 2000 && children(text, sizeof text) != 0; i++) /* reaped by number where waitid is forbidden: not at all */
        if (waitpid(-1, NULL, WNOHANG) == 0)
            nap_ms(1);
    CHECK_NO_CHILDREN();
    return check_summary();
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "midway") == 0)
        return midway(argv[2]);
    if (argc > 1 && strcmp(argv[1], "dropped") == 0)
        return dropped();
    if (argc > 1 && strcmp(argv[1], "tsync") == 0)
        return confined_late();
    if (argc > 1 && strcmp(argv[1], "plain") == 0)
        return plain();
    if (argc > 1 && strcmp(argv[1], "undumpable") == 0)
        return undumpable();
    for (int i = 0; argc > 2 && i < DENIALS; i++)
        if (strcmp(argv[2], denials[i].name) == 0)
            return denied(&denials[i]);
    CHECK_AGAIN("plain", NULL, no_new_privileges, 30);
    CHECK_AGAIN("undumpable", NULL, NULL, 30);
    if (geteuid() == 0)
        CHECK_AGAIN("dropped", NULL, NULL, 30);
    else
        printf("not run: only root can give up root\n");
    CHECK_AGAIN("tsync", NULL, NULL, 30);
    CHECK_AGAIN("midway", "ptrace", NULL, 60);
    CHECK_AGAIN("midway", "waitid", NULL, 60);
    for (int i = 0; i < DENIALS; i++)
        CHECK_AGAIN("denied", denials[i].name, NULL, 30);
    return check_summary();
}
