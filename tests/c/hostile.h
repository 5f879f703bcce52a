/*
 * What the table of hostile programs (t_hostile.c) is run against: things of the host that they are told of, and a look at all that they
 * could have changed or left.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "check.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <termios.h>
#include <stddef.h>

#define NAME "gosandbox-test"
#define KEY 24589

/* Things of the host, each really there. */
static struct {
    char folder[64], secret[100], held[64]; /* a file, and the same by this process's descriptor */
    char given[64];                         /* a folder with a set-user-ID program and a device; "" without root to make them */
    pid_t victim;
    int tcp, udp, abstract, path; /* sockets that nobody may visit */
    char tcp_name[32], udp_name[32], abstract_name[64], path_name[140];
    char key_name[32], object_name[64];
    int shm, msg, sem;
    int master, slave; /* a terminal */
    char pid[16], victim_pid[16];
} host;

static int socket_at(int family, int type, void *address, socklen_t n)
{
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK_SAY(fd >= 0 && bind(fd, (struct sockaddr *)address, n) == 0 && (type == SOCK_DGRAM || listen(fd, 5) == 0), "socket: %s", strerror(errno));
    return fd;
}

static int port_of(int fd)
{
    struct sockaddr_in in;
    socklen_t n = sizeof in;
    return getsockname(fd, (struct sockaddr *)&in, &n) == 0 ? ntohs(in.sin_port) : 0;
}

static void make_host(const char *given)
{
    struct sockaddr_in in;
    struct sockaddr_un un;
    snprintf(host.folder, sizeof host.folder, "/tmp/gosandbox-hostile-XXXXXX");
    CHECK(mkdtemp(host.folder) != NULL);
    snprintf(host.secret, sizeof host.secret, "%s/secret", host.folder);
    int fd = open(host.secret, O_CREAT | O_RDWR, 0600); /* stays open */
    CHECK(fd >= 0 && write(fd, "secret", 6) == 6);
    snprintf(host.held, sizeof host.held, "/proc/%d/fd/%d", (int)getpid(), fd);
    snprintf(host.given, sizeof host.given, "%s", given);
    fflush(stdout);
    if ((host.victim = fork()) == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    snprintf(host.pid, sizeof host.pid, "%d", (int)getpid());
    snprintf(host.victim_pid, sizeof host.victim_pid, "%d", (int)host.victim);

    memset(&in, 0, sizeof in);
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    host.tcp = socket_at(AF_INET, SOCK_STREAM, &in, sizeof in);
    host.udp = socket_at(AF_INET, SOCK_DGRAM, &in, sizeof in);
    snprintf(host.tcp_name, sizeof host.tcp_name, "tcp:%d", port_of(host.tcp));
    snprintf(host.udp_name, sizeof host.udp_name, "udp:%d", port_of(host.udp));
    memset(&un, 0, sizeof un);
    un.sun_family = AF_UNIX;
    snprintf(host.abstract_name, sizeof host.abstract_name, "abstract:%s-%d", NAME, (int)getpid());
    strcpy(un.sun_path + 1, strchr(host.abstract_name, ':') + 1);
    host.abstract = socket_at(AF_UNIX, SOCK_STREAM, &un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(un.sun_path + 1)));
    snprintf(host.path_name, sizeof host.path_name, "path:%s/socket", host.folder);
    memset(un.sun_path, 0, sizeof un.sun_path);
    strcpy(un.sun_path, strchr(host.path_name, ':') + 1);
    host.path = socket_at(AF_UNIX, SOCK_STREAM, &un, sizeof un);

    host.shm = shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0666);
    host.msg = msgget(KEY, IPC_CREAT | IPC_EXCL | 0666);
    host.sem = semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0666);
    CHECK(host.shm >= 0 && host.msg >= 0 && host.sem >= 0);
    snprintf(host.key_name, sizeof host.key_name, "key:%d", KEY);
    snprintf(host.object_name, sizeof host.object_name, "name:%s", NAME);
    fd = open("/dev/shm/" NAME, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    CHECK_SAY(fd >= 0, "/dev/shm: %s", strerror(errno));
    close(fd);
    syscall(SYS_add_key, "user", NAME, "secret", (size_t)6, -4 /* the user's keyring */);

    host.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(host.master >= 0 && grantpt(host.master) == 0 && unlockpt(host.master) == 0);
    host.slave = open(ptsname(host.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK_SAY(host.slave >= 0, "a terminal: %s", strerror(errno));
}

/* Nobody was here. */
static void check_host(const char *who)
{
    char text[16] = "", state[64] = "";
    struct shmid_ds shm;
    struct msqid_ds msg;
    int waiting = 0;
    const int sockets[] = {host.tcp, host.abstract, host.path};
    for (int i = 0; i < 3; i++) {
        int fd = accept(sockets[i], NULL, NULL);
        CHECK_SAY(fd < 0, "%s: socket %d was visited", who, i);
    }
    CHECK_SAY(recv(host.udp, text, sizeof text, 0) < 0, "%s: a datagram has come", who);
    int fd = open(host.secret, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    CHECK_SAY(n == 6 && memcmp(text, "secret", 6) == 0, "%s: the file has changed", who);
    CHECK_SAY(shmctl(host.shm, IPC_STAT, &shm) == 0 && shm.shm_nattch == 0, "%s: the segment", who);
    CHECK_SAY(msgctl(host.msg, IPC_STAT, &msg) == 0 && msg.msg_qnum == 0, "%s: the queue", who);
    CHECK_SAY(semctl(host.sem, 0, GETVAL) == 0, "%s: the semaphore", who);
    CHECK_SAY(ioctl(host.slave, FIONREAD, &waiting) == 0 && waiting == 0, "%s: %d bytes were typed", who, waiting);
    CHECK_SAY(ioctl(host.master, FIONREAD, &waiting) == 0 && waiting == 0, "%s: %d bytes on the screen", who, waiting);
    snprintf(state, sizeof state, "/proc/%d/stat", (int)host.victim);
    FILE *f = fopen(state, "r");
    char kind = 0;
    CHECK_SAY(f && fscanf(f, "%*d %*s %c", &kind) == 1 && kind == 'S', "%s: the victim is %c", who, kind ? kind : '?');
    if (f)
        fclose(f);
    CHECK_SAY(getpriority(PRIO_PROCESS, (id_t)host.victim) == 0, "%s: the victim's priority", who);
}

static void end_host(void)
{
    kill(host.victim, SIGKILL);
    CHECK_EQ(waitpid(host.victim, NULL, 0), host.victim);
    CHECK_EQ(shmctl(host.shm, IPC_RMID, NULL), 0);
    CHECK_EQ(msgctl(host.msg, IPC_RMID, NULL), 0);
    CHECK_EQ(semctl(host.sem, 0, IPC_RMID), 0);
    unlink("/dev/shm/" NAME);
    unlink(strchr(host.path_name, ':') + 1);
    unlink(host.secret);
    CHECK_EQ(rmdir(host.folder), 0);
    long key = syscall(SYS_keyctl, 10 /* SEARCH */, -4, "user", NAME, 0);
    if (key > 0)
        syscall(SYS_keyctl, 21 /* INVALIDATE */, key);
}

/* ---------------------------------------------------------------- all that could have been changed or left */

static char *looked;
static size_t looked_size, looked_used;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(looked + looked_used, looked_size - looked_used, format, list);
    va_end(list);
    looked_used += n > 0 && (size_t)n < looked_size - looked_used ? (size_t)n : 0;
}

static void note_file(const char *path)
{
    char block[4096];
    FILE *f = fopen(path, "r");
    note("== %s\n", path);
    for (size_t n; f && (n = fread(block, 1, sizeof block - 1, f)) > 0;) {
        block[n] = 0;
        note("%s", block);
    }
    if (f)
        fclose(f);
}

static int note_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)kind;
    (void)at;
    note("%s %o %lld\n", path, st->st_mode, S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size);
    return 0;
}

/* Groups that are ours: they have the number of this pid namespace in their names. */
static int note_group(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    static char mine[64];
    (void)st;
    if (!mine[0]) {
        char text[64] = "";
        ssize_t n = readlink("/proc/self/ns/pid", text, sizeof text - 1);
        (void)n;
        snprintf(mine, sizeof mine, "gosandbox-%ld-", strchr(text, '[') ? atol(strchr(text, '[') + 1) : 0);
    }
    if (kind == FTW_D && strncmp(path + at->base, mine, strlen(mine)) == 0)
        note("%s\n", path);
    return 0;
}

/* Mounts, groups, processes, IPC objects, temporary files, descriptors, names, as one text. `alone`: nobody else works in these namespaces. */
static void look(char *text, size_t size, int alone)
{
    static const char *const folders[] = {"/tmp", "/var/tmp", "/dev/shm"};
    char list[8000];
    struct utsname names;
    looked = text;
    looked_size = size;
    looked_used = 0;
    text[0] = 0;
    note_file("/proc/self/mountinfo");
    nftw("/sys/fs/cgroup", note_group, 30, FTW_PHYS);
    if (alone) {
        DIR *dir = opendir("/proc");
        struct dirent *entry;
        while (dir && (entry = readdir(dir)) != NULL)
            if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
                note("process %s\n", entry->d_name);
        closedir(dir);
        for (int i = 0; i < 3; i++)
            nftw(folders[i], note_entry, 30, FTW_PHYS | FTW_MOUNT);
        note_file("/proc/sysvipc/shm");
        note_file("/proc/sysvipc/msg");
        note_file("/proc/sysvipc/sem");
    }
    children(list, sizeof list);
    for (char *line = list; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        note("child %d\n", atoi(line));
    open_descriptors(list, sizeof list);
    note("%s", list);
    uname(&names);
    note("%s %s\n", names.nodename, names.domainname);
}

/* Shows the first line in which two texts differ. */
static void check_same(const char *before, const char *after, const char *who)
{
    const char *line = before;
    size_t i = 0;
    for (; before[i] && before[i] == after[i]; i++)
        if (before[i] == '\n')
            line = before + i + 1;
    size_t at = (size_t)(line - before);
    CHECK_SAY(before[i] == after[i], "%s: was \"%.200s\", is \"%.200s\"", who, line, after + at);
}

#endif
