/*
 * Programs under path rules that wait for others: the run ends at its limit all the same, and nothing of the library's is left waiting.
 */
#include "check.h"
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static char top[200], path[300];

/* Opens are the library's: Landlock cannot say one level. */
static gosandbox_config *waits(const char *how, const char *argument, uint64_t wall)
{
    const char *argv[] = {fixture("attack_waits"), how, argument};
    gosandbox_config *c = config_for(argv[0], (char *)NULL);
    gosandbox_config_set_argv(c, argument ? 3 : 2, argv);
    gosandbox_config_set_cwd(c, top);
    gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, wall);
    gosandbox_config_capture(c, 1, 4096);
    snprintf(path, sizeof path, "%s/", top);
    CHECK_EQ(gosandbox_config_add_path(c, path, GOSANDBOX_PATH_READ | GOSANDBOX_PATH_WRITE), 0);
    return c;
}

/* Ends at the limit of a second, not when what it waits for gives in: that is never, or after the 45 seconds of a lease. */
static void ends(gosandbox_config *c)
{
    double begin = now();
    gosandbox_result *r = RUN(c);
    CHECK_STATUS(r, GOSANDBOX_STATUS_WALL_LIMIT);
    CHECK_SAY(now() - begin < 30, "%.1f s", now() - begin);
    gosandbox_result_free(r);
}

static void fifo(void)
{
    gosandbox_config *c = waits("fifo", NULL, SECOND);
    if (geteuid() == 0) { /* a thread of the library takes the ids while it waits; the host stays dumpable */
        CHECK_EQ(gosandbox_config_set_ids(c, 65534, 65534), 0);
        CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    }
    ends(c);
    CHECK(geteuid() != 0 || prctl(PR_GET_DUMPABLE) == 1);
}

static void full(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(chdir(top) == 0); /* the path of a socket is short */
    snprintf(a.sun_path, sizeof a.sun_path, "socket");
    CHECK_EQ(bind(s, (struct sockaddr *)&a, sizeof a), 0);
    CHECK_EQ(listen(s, 1), 0);
    ends(waits("connect", a.sun_path, SECOND));
    CHECK(chdir("/") == 0);
    close(s);
}

static void *give_up(void *fd)
{
    nap_ms(300);
    fcntl(*(int *)fd, F_SETLEASE, F_UNLCK);
    return NULL;
}

static void lease(const char *how)
{
    char file[300];
    pthread_t thread;
    snprintf(file, sizeof file, "%s/leased", top);
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    CHECK(fd >= 0 && fcntl(fd, F_SETLEASE, F_WRLCK) == 0);
    ends(waits(how, file, SECOND));
    gosandbox_config *c = waits(how, file, 40 * SECOND);
    pthread_create(&thread, NULL, give_up, &fd);
    gosandbox_result *r = RUN(c);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), "done\n");
    gosandbox_result_free(r);
    pthread_join(thread, NULL);
    close(fd);
}

int main(void)
{
    char text[4000], command[300];
    int descriptors;
    snprintf(top, sizeof top, "/tmp/t_attack_waits_XXXXXX");
    CHECK(mkdtemp(top) != NULL);
    chmod(top, 0777);
    signal(SIGIO, SIG_IGN); /* the kernel's word that a lease is to be given up */
    gosandbox_result_free(RUN(PROBE("exit", "0")));
    descriptors = open_descriptors(text, sizeof text);
    fifo();
    full();
    lease("open");
    lease("truncate");
    CHECK_EQ(open_descriptors(text, sizeof text), descriptors);
    CHECK_NO_CHILDREN();
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    CHECK_EQ(system(command), 0);
    return check_summary();
}
