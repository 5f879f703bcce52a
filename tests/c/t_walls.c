/*
 * Walls that need no privilege: TCP, abstract sockets, signals. With each, what is behind it fails and all else works; as root and as an ordinary
 * user. A machine whose Landlock is older says so, and the run does not start.
 */
#include "left.h"

#include <netinet/in.h>
#include <stddef.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

static int port[2], victim;
static char abstract[40], datagram[40];

static int listens(int *number)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 64) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    *number = ntohs(at.sin_port);
    return fd;
}

static int named(const char *name, int type)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strcpy(at.sun_path + 1, name);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    CHECK_EQ(bind(fd, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))), 0);
    CHECK(type == SOCK_DGRAM || listen(fd, 64) == 0);
    return fd;
}

static gosandbox_config *program(void)
{
    static char words[5][60];
    snprintf(words[0], sizeof words[0], "tcp:%d", port[0]);
    snprintf(words[1], sizeof words[1], "tcp:%d", port[1]);
    snprintf(words[2], sizeof words[2], "abstract:%s", abstract);
    snprintf(words[3], sizeof words[3], "datagram:%s", datagram);
    snprintf(words[4], sizeof words[4], "signal:%d", victim);
    gosandbox_config *c = config_for(fixture("walls"), words[0], words[1], "bind:0", words[2], words[3], words[4], "own", (char *)NULL);
    CHECK_EQ(gosandbox_config_capture(c, 1, 1 << 12), 0);
    CHECK_EQ(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 20 * SECOND), 0);
    return c;
}

static void reaches(gosandbox_config *c, const char *expected)
{
    gosandbox_result *r = NULL;
    CHECK_SAY(gosandbox_run(c, &r) == 0, "%s", gosandbox_last_error()->message);
    CHECK_EXITED(r, 0);
    CHECK_TEXT(output_of(r), expected);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

static gosandbox_config *behind(uint32_t walls)
{
    gosandbox_config *c = program();
    CHECK_EQ(gosandbox_config_set_walls(c, walls), 0);
    return c;
}

static void walls(void)
{
    const uint32_t tcp = GOSANDBOX_WALL_TCP_BIND | GOSANDBOX_WALL_TCP_CONNECT, all = tcp | GOSANDBOX_WALL_ABSTRACT | GOSANDBOX_WALL_SIGNALS;
    /* Signals are kept in wherever that can be. */
    reaches(behind(0), "tcp,tcp,bind,abstract,datagram,signal EPERM,own");
    reaches(behind(GOSANDBOX_WALL_TCP_CONNECT), "tcp EACCES,tcp EACCES,bind,abstract,datagram,signal EPERM,own");
    reaches(behind(GOSANDBOX_WALL_TCP_BIND), "tcp,tcp,bind EACCES,abstract,datagram,signal EPERM,own EACCES"); /* nothing listens */
    reaches(behind(GOSANDBOX_WALL_ABSTRACT), "tcp,tcp,bind,abstract EPERM,datagram EPERM,signal EPERM,own");
    reaches(behind(GOSANDBOX_WALL_SIGNALS), "tcp,tcp,bind,abstract,datagram,signal EPERM,own");
    reaches(behind(all), "tcp EACCES,tcp EACCES,bind EACCES,abstract EPERM,datagram EPERM,signal EPERM,own EACCES");

    /* What Landlock does not see. */
    char ways[2][40];
    snprintf(ways[0], sizeof ways[0], "mptcp:%d", port[0]);
    snprintf(ways[1], sizeof ways[1], "fast:%d", port[0]);
    for (int walled = 0; walled < 2; walled++) {
        gosandbox_config *around = config_for(fixture("walls"), ways[0], ways[1], "listen:0", (char *)NULL);
        CHECK_EQ(gosandbox_config_capture(around, 1, 1 << 12), 0);
        CHECK_EQ(gosandbox_config_set_walls(around, walled ? tcp : 0), 0);
        reaches(around, walled ? "mptcp Protocol not supported,fast EACCES,listen EACCES" : "mptcp,fast,listen");
    }

    gosandbox_config *c = behind(all);
    CHECK_EQ(gosandbox_config_open_port(c, (uint32_t)port[1], GOSANDBOX_WALL_TCP_CONNECT), 0);
    CHECK_EQ(gosandbox_config_open_port(c, 0, GOSANDBOX_WALL_TCP_BIND), 0);
    reaches(c, "tcp EACCES,tcp,bind,abstract EPERM,datagram EPERM,signal EPERM,own");
    c = behind(GOSANDBOX_WALL_TCP_CONNECT); /* a port of a wall that does not stand */
    CHECK_EQ(gosandbox_config_open_port(c, (uint32_t)port[0], tcp), 0);
    reaches(c, "tcp,tcp EACCES,bind,abstract,datagram,signal EPERM,own");
    c = behind(all);
    CHECK_EQ(gosandbox_config_require(c, GOSANDBOX_FEATURE_LANDLOCK_TCP), 0);
    CHECK_EQ(gosandbox_config_require(c, GOSANDBOX_FEATURE_LANDLOCK_SCOPE), 0);
    CHECK_EQ(gosandbox_config_set_policy(c, "permissive", GOSANDBOX_ALLOW), 0);
    reaches(c, "tcp EACCES,tcp EACCES,bind EACCES,abstract EPERM,datagram EPERM,signal EPERM,own EACCES");
}

static void refused(void)
{
    gosandbox_config *c = program();
    gosandbox_result *r = NULL;
    CHECK_REFUSED(gosandbox_config_set_walls(c, 16), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_set_walls(NULL, 0), GOSANDBOX_EBADF);
    CHECK_REFUSED(gosandbox_config_open_port(c, 65536, GOSANDBOX_WALL_TCP_BIND), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_open_port(c, 1, 0), GOSANDBOX_EINVAL);
    CHECK_REFUSED(gosandbox_config_open_port(c, 1, GOSANDBOX_WALL_ABSTRACT), GOSANDBOX_EINVAL);
    for (uint32_t i = 0; i < 256; i++)
        CHECK_EQ(gosandbox_config_open_port(c, i, GOSANDBOX_WALL_TCP_BIND), 0);
    CHECK_REFUSED(gosandbox_config_open_port(c, 256, GOSANDBOX_WALL_TCP_BIND), GOSANDBOX_EINVAL);
    /* What serves path rules stands in no domain. */
    CHECK_EQ(gosandbox_config_add_path(c, "/", GOSANDBOX_PATH_READ | GOSANDBOX_PATH_EXEC), 0);
    CHECK_EQ(gosandbox_config_set_walls(c, GOSANDBOX_WALL_ABSTRACT), 0);
    CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EUNSUPPORTED);
    CHECK(strstr(gosandbox_last_error()->message, "path rules") != NULL);
    CHECK_EQ(gosandbox_config_set_walls(c, GOSANDBOX_WALL_SIGNALS), 0);
    CHECK_EQ(gosandbox_run(c, &r), 0);
    gosandbox_result_free(r);
    gosandbox_config_free(c);
}

/* A host whose filter lets it ask for no ruleset is one without Landlock. */
static int without_landlock(void)
{
    struct sock_filter deny[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof deny / sizeof *deny, deny};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0);
    for (uint32_t wall = 1; wall <= 8; wall *= 2) {
        gosandbox_result *r = NULL;
        gosandbox_config *c = behind(wall);
        CHECK_REFUSED(gosandbox_run(c, &r), GOSANDBOX_EUNSUPPORTED);
        CHECK_SAY(strstr(gosandbox_last_error()->message, "LANDLOCK") != NULL, "%s", gosandbox_last_error()->message);
        gosandbox_config_free(c);
    }
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_LANDLOCK_TCP), 0);
    CHECK_EQ(gosandbox_feature(GOSANDBOX_FEATURE_LANDLOCK_SCOPE), 0);
    return check_summary();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "without") == 0)
        return without_landlock();
    snprintf(abstract, sizeof abstract, "gosandbox-walls-%d", (int)getpid());
    snprintf(datagram, sizeof datagram, "gosandbox-walls-d-%d", (int)getpid());
    victim = (int)getpid();
    listens(&port[0]);
    listens(&port[1]);
    named(abstract, SOCK_STREAM);
    named(datagram, SOCK_DGRAM);
    if (argc == 1 && geteuid() == 0)
        again_as_user(argv[0], 61047);
    walls();
    refused();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execl(argv[0], argv[0], "without", (char *)NULL);
        _exit(97);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "without Landlock: status %#x", status);
    CHECK_NO_CHILDREN();
    return check_summary();
}
