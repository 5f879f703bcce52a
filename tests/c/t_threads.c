/*
 * A host at its limit of threads and processes (RLIMIT_NPROC, as an ordinary user): each run succeeds or is refused with ENOMEM, the
 * process lives on, nothing is left behind, and when there is room again the next run is fine.
 */
#include "check.h"

#include <dlfcn.h>
#include <sys/prctl.h>

static int library; /* a descriptor of it: the ordinary user may not be able to reach the path */
static int (*config_new)(gosandbox_config **);
static int (*set_argv)(gosandbox_config *, size_t, const char *const *);
static int (*set_limit)(gosandbox_config *, uint32_t, uint64_t);
static int (*run)(const gosandbox_config *, gosandbox_result **);
static int (*start)(const gosandbox_config *, gosandbox_task **);
static int (*task_wait)(gosandbox_task *, int64_t, gosandbox_result **);
static void (*task_free)(gosandbox_task *);
static void (*result_free)(gosandbox_result *);

static int load(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", library);
    void *handle = dlopen(path, RTLD_NOW);
    if (!CHECK_SAY(handle != NULL, "%s", dlerror()))
        return 0;
    *(void **)&config_new = dlsym(handle, "gosandbox_config_new");
    *(void **)&set_argv = dlsym(handle, "gosandbox_config_set_argv");
    *(void **)&set_limit = dlsym(handle, "gosandbox_config_set_limit");
    *(void **)&run = dlsym(handle, "gosandbox_run");
    *(void **)&start = dlsym(handle, "gosandbox_start");
    *(void **)&task_wait = dlsym(handle, "gosandbox_task_wait");
    *(void **)&task_free = dlsym(handle, "gosandbox_task_free");
    *(void **)&result_free = dlsym(handle, "gosandbox_result_free");
    return CHECK(config_new && set_argv && set_limit && run && start && task_wait && task_free && result_free);
}

/* Threads of this user, all processes together. */
static long threads_of_user(void)
{
    long count = 0;
    struct dirent *entry;
    DIR *dir = opendir("/proc");
    while (dir && (entry = readdir(dir))) {
        char path[300], line[256];
        long uid = -1, threads = 0;
        snprintf(path, sizeof path, "/proc/%s/status", entry->d_name);
        FILE *f = entry->d_name[0] >= '0' && entry->d_name[0] <= '9' ? fopen(path, "r") : NULL;
        while (f && fgets(line, sizeof line, f)) {
            sscanf(line, "Uid: %ld", &uid);
            sscanf(line, "Threads: %ld", &threads);
        }
        if (f)
            fclose(f);
        if (uid == (long)getuid())
            count += threads;
    }
    if (dir)
        closedir(dir);
    return count;
}

/* A soft limit that leaves room for this many more; negative: no limit of ours. */
static void leave_room(long room)
{
    static rlim_t before = 0;
    struct rlimit l;
    getrlimit(RLIMIT_NPROC, &l);
    if (before == 0)
        before = l.rlim_cur;
    l.rlim_cur = room < 0 ? before : (rlim_t)(threads_of_user() + room);
    CHECK_EQ(setrlimit(RLIMIT_NPROC, &l), 0);
}

static int one_run(int as_task)
{
    const char *argv[] = {"/bin/true"};
    gosandbox_config *c = NULL;
    gosandbox_result *r = NULL;
    gosandbox_task *t = NULL;
    CHECK_EQ(config_new(&c), 0);
    CHECK_EQ(set_argv(c, 1, argv), 0);
    CHECK_EQ(set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    int code = as_task ? start(c, &t) : run(c, &r);
    if (code == 0 && as_task)
        code = task_wait(t, -1, &r);
    CHECK((r != NULL) == (code == 0));
    if (r)
        result_free(r);
    if (t)
        task_free(t);
    return code;
}

struct job {
    pthread_t thread;
    int as_task, refused, other;
};

static void *some_runs(void *p)
{
    struct job *job = p;
    for (int i = 0; i < 5; i++) {
        int code = one_run(job->as_task);
        job->refused += code == GOSANDBOX_ENOMEM;
        job->other += code != 0 && code != GOSANDBOX_ENOMEM;
    }
    return NULL;
}

/* With that much room, callers side by side; the library has just been loaded, or has been at work. */
static int scene(long room, int used)
{
    enum { COUNT = 8 };
    struct job jobs[COUNT];
    static char text[20000];
    if (getuid() == 0) {
        uid_t uid = 1000000 + (uid_t)getpid(); /* nobody else's */
        if (!CHECK(setgid(uid) == 0 && setuid(uid) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0))
            return check_summary();
    }
    int descriptors = open_descriptors(text, sizeof text);
    if (!load())
        return check_summary();
    if (used)
        CHECK_EQ(one_run(1), 0);
    memset(jobs, 0, sizeof jobs);
    leave_room(room + COUNT);
    int made = 0;
    for (; made < COUNT; made++) {
        jobs[made].as_task = made % 2;
        if (pthread_create(&jobs[made].thread, NULL, some_runs, &jobs[made]) != 0)
            break;
    }
    int refused = 0, other = 0;
    for (int i = 0; i < made; i++) {
        pthread_join(jobs[i].thread, NULL);
        refused += jobs[i].refused;
        other += jobs[i].other;
    }
    CHECK_SAY(other == 0, "room %ld, used %d: %d runs failed otherwise", room, used, other);
    leave_room(-1);
    CHECK_EQ(one_run(0), 0);
    CHECK_EQ(one_run(1), 0);
    CHECK_EQ(open_descriptors(text, sizeof text), descriptors);
    CHECK_NO_CHILDREN();
    printf("room %2ld, %s: %2d of %d runs refused\n", room, used ? "used" : "new ", refused, made * 5);
    return check_summary();
}

int main(void)
{
    char self[4000] = "";
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 64);
    self[n > 0 ? n : 0] = 0;
    for (int i = 0; i < 2; i++)
        *strrchr(self, '/') = 0;
    strcat(self, "/libgosandbox.so");
    library = open(self, O_RDONLY | O_CLOEXEC);
    if (!CHECK_SAY(library >= 0, "%s: %s", self, strerror(errno)))
        return check_summary();
    for (long room = 0; room <= 12; room += room < 6 ? 1 : 3)
        for (int used = 0; used < 2; used++) {
            fflush(stdout);
            pid_t child = fork();
            if (child == 0) {
                alarm(60);
                checks_passed = checks_failed = 0;
                int code = scene(room, used);
                fflush(stdout);
                _exit(code);
            }
            int status = -1;
            CHECK(waitpid(child, &status, 0) == child);
            CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "room %ld, used %d: status %#x", room, used, (unsigned)status);
        }
    return check_summary();
}
