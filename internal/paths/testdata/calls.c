/* Makes every call of the table, in all ways that matter, in the tree below the working directory, and prints what came of each. With
 * and without a supervisor it must print the same. argv[1], when given, is the only part that is run. */
#include "calls.h"
#include "calls_open.h"
#include "calls_change.h"
#include "calls_other.h"

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*run)(void); } parts[] = {
        {"paths", paths}, {"flags", flags}, {"memory", memory}, {"entries", entries}, {"changes", changes}, {"seen", seen},
        {"sockets", sockets}, {"fifos", fifos}, {"execs", execs},
    };
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    umask(027);
    char *map = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(map + (1 << 15), 1 << 15);
    page_end = map + (1 << 15) - 1;
    longest = malloc(10000);
    memset(longest, 'a', 9999);
    longest[9999] = 0;
    name255 = strndup(longest, 255);
    name256 = strndup(longest, 256);
    make_tree();
    int here = open(".", O_RDONLY | O_DIRECTORY);
    dup2(here, 100);
    close(here);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (argc > 1 && strcmp(argv[1], parts[i].name))
            continue;
        printf("== %s\n", parts[i].name);
        parts[i].run();
        T(syscall(SYS_fchdir, 100));
    }
    pthread_t thread;
    pthread_create(&thread, NULL, other, NULL);
    pthread_join(thread, NULL);
    fflush(stdout);
    return 0;
}
