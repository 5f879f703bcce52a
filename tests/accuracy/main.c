/*
 * The accuracy suite: accuracy [TRIES]. Programs that know what they use, in every setting: with control groups and without, from root
 * and from an ordinary user, beside processes that load all processors, from a host of 1 GiB. Needs root for the ordinary user's
 * groups; what a machine does not give is left out and said.
 */
#include "accuracy.h"

#include <grp.h>
#include <spawn.h>

extern char **environ;

/* Settings that few tries are made in: each circumstance is in some of them. */
enum { SHORT = 1 << 0 | 1 << 1 | 1 << 6 | 1 << 11 };

enum { NOBODY = 65534 };

static const char *const hierarchies[] = {"memory", "pids", "cpuacct", "cpu", "cpuset", "unified", "freezer", ""};

static void put(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fprintf(stderr, "%s: %s\n", file, strerror(errno));
    if (fd >= 0)
        close(fd);
}

/* Gives an ordinary user groups of its own, as an administrator would: a parent in each hierarchy, and in it a place for the host. */
static void delegate(const char *name, int make)
{
    static const char *const files[] = {"", "/tasks", "/cgroup.procs", "/cgroup.subtree_control", "/cgroup.threads"};
    for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
        char top[200], dir[400], from[500];
        struct stat st;
        snprintf(top, sizeof top, "/sys/fs/cgroup/%s", hierarchies[i]);
        snprintf(from, sizeof from, "%s/cgroup.procs", top);
        if (stat(from, &st) != 0)
            continue;
        for (int level = make ? 0 : 1; make ? level < 2 : level >= 0; level += make ? 1 : -1) {
            snprintf(dir, sizeof dir, "%s%s%s", top, name, level ? "/host" : "");
            if (!make) {
                rmdir(dir);
                continue;
            }
            if (mkdir(dir, 0755) != 0)
                fprintf(stderr, "%s: %s\n", dir, strerror(errno));
            for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
                char file[500];
                snprintf(file, sizeof file, "%s%s", dir, files[f]);
                if (chown(file, NOBODY, NOBODY) != 0 && errno != ENOENT)
                    fprintf(stderr, "%s: %s\n", file, strerror(errno));
            }
            if (!strcmp(hierarchies[i], "cpuset")) { /* a new one is empty */
                snprintf(from, sizeof from, "%s/cpuset.cpus", dir);
                put(from, sysconf(_SC_NPROCESSORS_ONLN) > 1 ? "0-1" : "0");
                snprintf(from, sizeof from, "%s/cpuset.mems", dir);
                put(from, "0");
            }
        }
    }
}

/* This process into the places that were made. */
static void move_in(const char *name)
{
    char file[400], pid[20];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
        snprintf(file, sizeof file, "/sys/fs/cgroup/%s%s/host/cgroup.procs", hierarchies[i], name);
        if (access(file, F_OK) == 0)
            put(file, pid);
    }
}

/* A child that executes this program again. */
static pid_t again(const char *self, char *const argv[])
{
    pid_t pid;
    if (posix_spawn(&pid, self, NULL, NULL, argv, environ) != 0) {
        perror(self);
        exit(2);
    }
    return pid;
}

/* Loads one processor until its parent is gone, at most ten minutes. */
static void spin(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(600);
    for (volatile unsigned i = 0;; i++)
        ;
}

static int in_setting(const char *self, int number, int tries)
{
    struct setting setting = setting_of(number);
    char one[] = "one", n[16], t[16], group[100] = "", spinning[] = "spin", *const argv[] = {(char *)self, one, n, t, group, NULL};
    char *const busy[] = {(char *)self, spinning, NULL};
    pid_t load[64];
    int loads = setting.load ? (int)sysconf(_SC_NPROCESSORS_ONLN) : 0, status = -1;
    snprintf(n, sizeof n, "%d", number);
    snprintf(t, sizeof t, "%d", tries);
    if (setting.cgroup && setting.user) {
        snprintf(group, sizeof group, "/gosandbox-accuracy-%d", (int)getpid());
        delegate(group, 1);
    }
    for (int i = 0; i < loads && i < 64; i++)
        load[i] = again(self, busy);
    waitpid(again(self, argv), &status, 0);
    for (int i = 0; i < loads && i < 64; i++) {
        kill(load[i], SIGKILL);
        waitpid(load[i], NULL, 0);
    }
    if (group[0])
        delegate(group, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

/* The part of the fresh process. */
static int one(const char *self, int number, int tries, const char *group)
{
    struct setting setting = setting_of(number);
    if (setting.user) {
        if (group[0])
            move_in(group);
        if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0) {
            perror("an ordinary user");
            return 100;
        }
        prctl(PR_SET_DUMPABLE, 1);
    }
    prepare(self);
    int bad = one_setting(number, tries, group[0] ? group : NULL);
    unlink(big_file);
    return bad;
}

int main(int argc, char **argv)
{
    static char self[4096];
    if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
        return 2;
    if (argc > 1 && !strcmp(argv[1], "spin"))
        spin();
    if (argc > 4 && !strcmp(argv[1], "one"))
        return one(self, atoi(argv[2]), atoi(argv[3]), argv[4]);
    int tries = argc > 1 ? atoi(argv[1]) : 50, only = argc > 2 ? atoi(argv[2]) : -1, left_out = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int n = 0; n < SETTINGS; n++) {
        struct setting setting = setting_of(n);
        if (only >= 0 ? n != only : tries < 10 && !(SHORT >> n & 1))
            continue;
        if (geteuid() != 0 && (!setting.user || setting.cgroup)) {
            left_out++;
            continue;
        }
        CHECK_EQ(in_setting(self, n, tries), 0);
    }
    prepare(self);
    if (only < 0)
        CHECK_EQ(borderline(20 * tries), 0);
    if (only < 0)
        CHECK_EQ(enforcement(tries, NULL, tries >= 50), 0);
    if (left_out)
        printf("not root: %d settings of %d left out\n", left_out, SETTINGS);
    return check_summary();
}
