/* race.c HOW TRIES: tries to get at shut/f by a path that changes while it is looked up. open/ is allowed, shut/ is not. Prints
 * how often it was let into open/ and shut/. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile char *path;
static volatile int stop;

/* "open/f" and "shut/f" differ in four bytes, which one store changes. */
static void *flip_memory(void *arg)
{
    volatile unsigned *word = (volatile unsigned *)path;
    unsigned a, b;
    memcpy(&a, "open", 4);
    memcpy(&b, "shut", 4);
    for (unsigned long n = 0; !stop && n < 1ul << 36; n++)
        *word = n & 1 ? a : b;
    return arg;
}

static void flip_link(void)
{
    for (unsigned long n = 0; n < 1ul << 30; n++) {
        unlink("open/new");
        symlink(n & 1 ? "../open" : "../shut", "open/new");
        rename("open/new", "open/link");
    }
}

static void flip_directory(void)
{
    for (unsigned long n = 0; n < 1ul << 30; n++) {
        rename("open/x/y", "open/y");
        rename("open/y", "open/x/y");
    }
}

int main(int argc, char **argv)
{
    long tries = argc > 2 ? atol(argv[2]) : 100, in = 0, secrets = 0, changed = 0;
    const char *how = argv[1];
    pthread_t thread;
    pid_t child = 0;
    path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy((char *)path, "open/f");
    if (!strcmp(how, "thread")) {
        pthread_create(&thread, NULL, flip_memory, NULL);
    } else if (!strcmp(how, "link")) {
        strcpy((char *)path, "open/link/f");
    } else if (!strcmp(how, "directory")) {
        strcpy((char *)path, "open/x/y/../../shut/f");
    }
    if (strcmp(how, "thread") && (child = fork()) == 0) {
        alarm(100);
        if (!strcmp(how, "process"))
            flip_memory(NULL);
        else if (!strcmp(how, "link"))
            flip_link();
        else
            flip_directory();
        _exit(0);
    }
    int here = open(".", O_PATH);
    for (long i = 0; i < tries; i++) {
        char text[16] = "";
        struct stat st = {0};
        int fd;
        switch (i % 8) {
        case 0: fd = open((char *)path, O_RDWR | O_CREAT, 0600); break;
        case 1: fd = openat(AT_FDCWD, (char *)path, O_RDWR); break;
        case 2: /* through a descriptor that points only */
            if ((fd = open((char *)path, O_PATH)) >= 0) {
                char proc[40];
                sprintf(proc, "/proc/self/fd/%d", fd);
                if (syscall(SYS_fstat, fd, &st) == 0 && st.st_size == 7)
                    secrets++;
                int again = open(proc, O_RDONLY);
                close(fd);
                fd = again;
            }
            break;
        default: fd = open((char *)path, O_RDONLY);
        }
        if (fd >= 0) {
            if (read(fd, text, 15) < 0)
                text[0] = 0;
            close(fd);
            in += text[0] == 'o';
            secrets += text[0] == 's';
        }
        if (stat((char *)path, &st) == 0 && st.st_size == 7)
            secrets++;
        chmod((char *)path, 0640);
        truncate((char *)path, 5);
        if (i % 50 == 0 && chdir("open/x") == 0) { /* from below, while that moves */
            if ((fd = open("../../shut/f", O_RDONLY)) >= 0) {
                if (read(fd, text, 15) > 0)
                    secrets += text[0] == 's';
                close(fd);
            }
            if (fchdir(here))
                return 1;
        }
        changed += link((char *)path, "open/stolen") == 0 && stat("open/stolen", &st) == 0 && st.st_size == 7;
        unlink("open/stolen");
    }
    stop = 1;
    if (child) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    printf("in %ld secrets %ld changed %ld\n", in, secrets, changed);
    return 0;
}
