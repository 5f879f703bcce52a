/* cores.c: which CPUs each of several jobs gets, so that their timings do not disturb each other. */
#define _GNU_SOURCE /* cpu_set_t, pthread_setaffinity_np */
#include "judge.h"

#include <pthread.h>
#include <sched.h>

/* The first hardware thread of the core that a CPU belongs to; itself where the machine does not say. */
static int first_of_core(int cpu)
{
    char path[96];
    FILE *file;
    int first = cpu;

    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    if ((file = fopen(path, "re"))) {
        if (fscanf(file, "%d", &first) != 1)
            first = cpu;
        fclose(file);
    }
    return first;
}

void cores_take(struct cores *cores, size_t jobs)
{
    cpu_set_t allowed;
    int cpu, other;

    cores->count = cores->each = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return; /* more CPUs than fit into a set: they share */
    for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        for (other = 0; other < (int)cores->count; other++)
            if (first_of_core(cores->cpus[other]) == first_of_core(cpu))
                break;
        if (other == (int)cores->count)
            cores->cpus[cores->count++] = cpu; /* one hardware thread of a core: its other one would disturb it */
    }
    cores->each = cores->count / jobs; /* the same for all: a faster place would be unfair */
}

void cores_enter(const struct cores *cores, size_t job)
{
    cpu_set_t own;
    size_t i;

    if (cores->each == 0)
        return; /* too few: they share */
    CPU_ZERO(&own);
    for (i = 0; i < cores->each; i++)
        CPU_SET(cores->cpus[job * cores->each + i], &own);
    pthread_setaffinity_np(pthread_self(), sizeof own, &own); /* what this thread starts inherits it; without it they share */
}
