/* features: what this machine gives, and where it does not, why and what to do. Exit status: 0 programs can be run, 1 they cannot. */
#include <gosandbox/sandbox.h>
#include <stdio.h>

static const struct {
    uint32_t feature;
    const char *name, *use;
} rows[] = {
    {GOSANDBOX_FEATURE_PTRACE, "ptrace", "every run"},
    {GOSANDBOX_FEATURE_SECCOMP, "seccomp", "every run"},
    {GOSANDBOX_FEATURE_NOTIFY, "notify", "callbacks and path rules"},
    {GOSANDBOX_FEATURE_LANDLOCK, "landlock", "path rules at full speed; no way to other processes"},
    {GOSANDBOX_FEATURE_CHANGE_IDS, "change ids", "set_ids to another user"},
    {GOSANDBOX_FEATURE_RAISE_LIMITS, "raise limits", "rlimits above the host's"},
    {GOSANDBOX_FEATURE_NEGATIVE_NICE, "negative nice", "a nice value below the host's"},
    {GOSANDBOX_FEATURE_CGROUP_MEMORY, "cgroup memory", "a memory limit for the whole tree"},
    {GOSANDBOX_FEATURE_CGROUP_PIDS, "cgroup pids", "a bound on processes and threads"},
    {GOSANDBOX_FEATURE_CGROUP_CPU, "cgroup cpu", "CPU bandwidth"},
    {GOSANDBOX_FEATURE_CGROUP_CPUSET, "cgroup cpuset", "processors of the tree"},
    {GOSANDBOX_FEATURE_CGROUP_KILL, "cgroup kill", "the tree dies by one write"},
    {GOSANDBOX_FEATURE_USER_NAMESPACE, "user namespace", "ISOLATE_USER"},
    {GOSANDBOX_FEATURE_PID_NAMESPACE, "pid namespace", "ISOLATE_PID"},
    {GOSANDBOX_FEATURE_MOUNT_NAMESPACE, "mount namespace", "ISOLATE_MOUNT"},
    {GOSANDBOX_FEATURE_NET_NAMESPACE, "net namespace", "ISOLATE_NET"},
    {GOSANDBOX_FEATURE_IPC_NAMESPACE, "ipc namespace", "ISOLATE_IPC"},
    {GOSANDBOX_FEATURE_UTS_NAMESPACE, "uts namespace", "ISOLATE_UTS"},
    {GOSANDBOX_FEATURE_CGROUP_NAMESPACE, "cgroup namespace", "ISOLATE_CGROUP"},
    {GOSANDBOX_FEATURE_TIME_NAMESPACE, "time namespace", "ISOLATE_TIME"},
    {GOSANDBOX_FEATURE_LANDLOCK_TCP, "landlock tcp", "WALL_TCP_BIND, WALL_TCP_CONNECT"},
    {GOSANDBOX_FEATURE_LANDLOCK_SCOPE, "landlock scope", "WALL_ABSTRACT, WALL_SIGNALS"},
    {GOSANDBOX_FEATURE_INSTRUCTIONS, "instructions", "COUNTER_INSTRUCTIONS"},
};

int main(void)
{
    int runs = 1;
    printf("libgosandbox %s\n", gosandbox_version_string());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int has = gosandbox_feature(rows[i].feature);
        printf("  %-17s %-3s  %s\n", rows[i].name, has == 1 ? "yes" : "no", rows[i].use);
        if (has != 1) {
            printf("  %-17s      because: %s\n", "", gosandbox_last_error()->message);
            runs &= rows[i].feature != GOSANDBOX_FEATURE_PTRACE && rows[i].feature != GOSANDBOX_FEATURE_SECCOMP;
        }
    }
    return runs ? 0 : 1;
}
