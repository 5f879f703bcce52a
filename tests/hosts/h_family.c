/*
 * Hosts with a place of their own in the family of processes: a subreaper, and process 1 of a pid namespace (a container's).
 * Orphans of a run come to such a host; none may stay with it, alive or as zombie, and its own children stay its own.
 */
#include "again.h"

#include <sys/mount.h>

/* Runs that leave orphans of every kind. */
static void orphans(void)
{
    static const char *const names[] = {"left_daemon", "left_grandchild_stdout", "left_zombies", "cpu_orphans_left", "clone_parent_left",
                                        "left_subreaper", "memory_orphan"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[2000];
        gosandbox_config *c = config_for(fixture(names[i]), NULL);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 200 * MS);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 3 * SECOND);
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 64 * MIB);
        gosandbox_result *r = NULL;
        int code = gosandbox_run(c, &r);
        CHECK_SAY(code == 0, "%s: %d (%s)", names[i], code, gosandbox_last_error()->message);
        gosandbox_result_free(r);
        gosandbox_config_free(c);
        int n = children(text, sizeof text);
        CHECK_SAY(n == 0, "%s left %d processes to the host:\n%s", names[i], n, text);
        while (waitpid(-1, NULL, WNOHANG) > 0) /* each row for itself */
            ;
    }
}

/* Children that the host makes are reaped by it alone. */
static void own_children(void)
{
    for (int i = 0; i < 10; i++) {
        int status = 0;
        pid_t pid = fork();
        if (pid == 0)
            _exit(40 + i);
        FULL_RUN();
        CHECK_SAY(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 40 + i,
                  "a child of the host was reaped by somebody else");
    }
}

static void become_subreaper(void) { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

static int role(void)
{
    FULL_RUN();
    orphans();
    own_children();
    FULL_RUN();
    return checks_failed != 0;
}

/* Process 1 of a pid namespace, with a /proc of its own. 77: this machine does not permit it. */
static int as_init(void)
{
    uid_t uid = getuid();
    gid_t gid = getgid();
    if (unshare((uid == 0 ? 0 : CLONE_NEWUSER) | CLONE_NEWPID | CLONE_NEWNS) != 0)
        return 77;
    if (uid != 0) {
        char map[64];
        const char *const files[] = {"/proc/self/setgroups", "/proc/self/uid_map", "/proc/self/gid_map"};
        for (int i = 0; i < 3; i++) {
            int n = i == 0 ? snprintf(map, sizeof map, "deny") : snprintf(map, sizeof map, "%u %u 1", i == 1 ? uid : gid, i == 1 ? uid : gid);
            int fd = open(files[i], O_WRONLY);
            if (fd < 0 || write(fd, map, (size_t)n) != n)
                return 77;
            close(fd);
        }
    }
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount("proc", "/proc", "proc", 0, NULL) != 0)
            _exit(77);
        execl("/proc/self/exe", "host", "family", (char *)NULL);
        _exit(126);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "family") == 0)
        return role();
    if (argc > 1 && strcmp(argv[1], "init") == 0)
        return as_init();
    CHECK_AGAIN("family", NULL, become_subreaper, 60);
    int status = again("init", NULL, NULL, 60);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        printf("not run: this machine permits no pid namespace, so no host as process 1\n");
    else
        CHECK_SAY(status == 0, "a host as process 1: %#x", (unsigned)status);
    return check_summary();
}
