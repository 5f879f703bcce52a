/*
 * The binary contract: sizes, offsets and numbers that are compiled into callers. Valid C11 and C++17; built as both.
 */
#include "check.h"

#ifdef __cplusplus
#define STATIC_ASSERT(condition) static_assert(condition, #condition)
#else
#define STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#endif
#define AT(type, member, offset) STATIC_ASSERT(offsetof(struct type, member) == (offset))

STATIC_ASSERT(sizeof(struct gosandbox_cmp) == 24);
AT(gosandbox_cmp, arg, 0);
AT(gosandbox_cmp, op, 4);
AT(gosandbox_cmp, a, 8);
AT(gosandbox_cmp, b, 16);

STATIC_ASSERT(sizeof(struct gosandbox_syscall) >= 96);
AT(gosandbox_syscall, size, 0);
AT(gosandbox_syscall, phase, 4);
AT(gosandbox_syscall, arch, 8);
AT(gosandbox_syscall, flags, 12);
AT(gosandbox_syscall, pid, 16);
AT(gosandbox_syscall, tid, 20);
AT(gosandbox_syscall, nr, 24);
AT(gosandbox_syscall, ret, 32);
AT(gosandbox_syscall, args, 40);
AT(gosandbox_syscall, ip, 88);

STATIC_ASSERT(sizeof(struct gosandbox_error) >= 24 + sizeof(void *));
AT(gosandbox_error, size, 0);
AT(gosandbox_error, code, 4);
AT(gosandbox_error, sys_errno, 8);
AT(gosandbox_error, step, 12);
AT(gosandbox_error, index, 16);
AT(gosandbox_error, reserved, 20);
AT(gosandbox_error, message, 24);

STATIC_ASSERT(sizeof(struct gosandbox_stats) >= 136);
AT(gosandbox_stats, size, 0);
AT(gosandbox_stats, status, 4);
AT(gosandbox_stats, cause, 8);
AT(gosandbox_stats, exit_code, 12);
AT(gosandbox_stats, signal, 16);
AT(gosandbox_stats, measured, 20);
AT(gosandbox_stats, cpu, 24);
AT(gosandbox_stats, user, 32);
AT(gosandbox_stats, sys, 40);
AT(gosandbox_stats, wall, 48);
AT(gosandbox_stats, setup, 56);
AT(gosandbox_stats, memory_peak, 64);
AT(gosandbox_stats, processes_peak, 72);
AT(gosandbox_stats, output_bytes, 80);
AT(gosandbox_stats, notifications, 88);
AT(gosandbox_stats, stops, 96);
AT(gosandbox_stats, context_switches, 104);
AT(gosandbox_stats, faults, 112);
AT(gosandbox_stats, source, 120);

STATIC_ASSERT(sizeof(gosandbox_action) == 4);
STATIC_ASSERT(GOSANDBOX_KILL == 0u);
STATIC_ASSERT(GOSANDBOX_ERRNO(13) == 0x1000du);
STATIC_ASSERT(GOSANDBOX_ALLOW == 0x7fff0000u);
STATIC_ASSERT(GOSANDBOX_OK == 0 && GOSANDBOX_EINVAL == -1 && GOSANDBOX_EBADF == -2 && GOSANDBOX_ENOMEM == -3);
STATIC_ASSERT(GOSANDBOX_EUNSUPPORTED == -4 && GOSANDBOX_ESETUP == -5 && GOSANDBOX_EINTERNAL == -6);
STATIC_ASSERT(GOSANDBOX_EFORKED == -7 && GOSANDBOX_ETIMEDOUT == -8);
STATIC_ASSERT(GOSANDBOX_VERSION == (GOSANDBOX_VERSION_MAJOR << 16 | GOSANDBOX_VERSION_MINOR << 8 | GOSANDBOX_VERSION_PATCH));
STATIC_ASSERT(GOSANDBOX_FIGURE_COUNT == 16u && GOSANDBOX_LIMIT_COUNT >= 7u);

struct name {
    uint32_t number;
    const char *name;
};

static const struct name statuses[] = {
    {GOSANDBOX_STATUS_EXITED, "EXITED"},               {GOSANDBOX_STATUS_SIGNALED, "SIGNALED"},
    {GOSANDBOX_STATUS_CPU_LIMIT, "CPU_LIMIT"},         {GOSANDBOX_STATUS_WALL_LIMIT, "WALL_LIMIT"},
    {GOSANDBOX_STATUS_MEMORY_LIMIT, "MEMORY_LIMIT"},   {GOSANDBOX_STATUS_OUTPUT_LIMIT, "OUTPUT_LIMIT"},
    {GOSANDBOX_STATUS_PROCESS_LIMIT, "PROCESS_LIMIT"}, {GOSANDBOX_STATUS_VIOLATION, "VIOLATION"},
    {GOSANDBOX_STATUS_CANCELLED, "CANCELLED"},         {GOSANDBOX_STATUS_SETUP_FAILED, "SETUP_FAILED"},
    {GOSANDBOX_STATUS_INTERNAL, "INTERNAL"},           {11u, "?"},
    {UINT32_MAX, "?"}};

static const struct name causes[] = {
    {GOSANDBOX_CAUSE_NONE, "NONE"},           {GOSANDBOX_CAUSE_CPU, "CPU"},
    {GOSANDBOX_CAUSE_WALL, "WALL"},           {GOSANDBOX_CAUSE_MEMORY, "MEMORY"},
    {GOSANDBOX_CAUSE_OUTPUT, "OUTPUT"},       {GOSANDBOX_CAUSE_PROCESSES, "PROCESSES"},
    {GOSANDBOX_CAUSE_VIOLATION, "VIOLATION"}, {GOSANDBOX_CAUSE_CANCELLED, "CANCELLED"},
    {GOSANDBOX_CAUSE_FAULT, "FAULT"},         {1000u, "?"}};

static const struct name steps[] = {{GOSANDBOX_STEP_EXEC, "exec"}, {GOSANDBOX_STEP_CWD, "cwd"}, {GOSANDBOX_STEP_OPEN, "open"}, {1000u, "?"}};

static const struct name errors[] = {{(uint32_t)GOSANDBOX_EINVAL, "EINVAL"},       {(uint32_t)GOSANDBOX_EBADF, "EBADF"},
                                     {(uint32_t)GOSANDBOX_ENOMEM, "ENOMEM"},       {(uint32_t)GOSANDBOX_EUNSUPPORTED, "EUNSUPPORTED"},
                                     {(uint32_t)GOSANDBOX_ESETUP, "ESETUP"},       {(uint32_t)GOSANDBOX_EINTERNAL, "EINTERNAL"},
                                     {(uint32_t)GOSANDBOX_EFORKED, "EFORKED"},     {(uint32_t)GOSANDBOX_ETIMEDOUT, "ETIMEDOUT"},
                                     {7u, "?"},                                    {(uint32_t)-1000, "?"}};

static const char *error_name(uint32_t code) { return gosandbox_error_name((int)code); }

static void names(const char *(*get)(uint32_t), const struct name *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK_TEXT(get(table[i].number), table[i].name);
        CHECK(get(table[i].number) == get(table[i].number)); /* static */
    }
}

int main(void)
{
    char version[40];
    names(gosandbox_status_name, statuses, sizeof statuses / sizeof *statuses);
    names(gosandbox_cause_name, causes, sizeof causes / sizeof *causes);
    names(gosandbox_step_name, steps, sizeof steps / sizeof *steps);
    names(error_name, errors, sizeof errors / sizeof *errors);
    for (uint32_t i = GOSANDBOX_STEP_PREPARE; i <= GOSANDBOX_STEP_LANDLOCK; i++)
        CHECK_SAY(strcmp(gosandbox_step_name(i), "?") != 0, "step %u has no name", i);
    CHECK(gosandbox_error_name(0) != NULL);

    CHECK_EQ(gosandbox_version(), GOSANDBOX_VERSION);
    snprintf(version, sizeof version, "%u.%u.%u", GOSANDBOX_VERSION_MAJOR, GOSANDBOX_VERSION_MINOR, GOSANDBOX_VERSION_PATCH);
    CHECK_TEXT(gosandbox_version_string(), version);

    CHECK_TEXT(gosandbox_syscall_name(GOSANDBOX_ARCH_X86_64, 0), "read");
    CHECK_TEXT(gosandbox_syscall_name(GOSANDBOX_ARCH_X86_64, 257), "openat");
    CHECK_TEXT(gosandbox_syscall_name(GOSANDBOX_ARCH_I386, 5), "open");
    CHECK_TEXT(gosandbox_syscall_name(GOSANDBOX_ARCH_AARCH64, 56), "openat");
#if defined(__x86_64__)
    CHECK_TEXT(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, 59), "execve");
#elif defined(__aarch64__)
    CHECK_TEXT(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, 221), "execve");
#endif
    CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, -1) == NULL);
    CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, 100000) == NULL);
    CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, INT64_MAX) == NULL);
    CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, INT64_MIN) == NULL);
    CHECK(gosandbox_syscall_name(GOSANDBOX_ARCH_NATIVE, 1ll << 32) == NULL); /* not taken for call 0 */
    CHECK(gosandbox_syscall_name(12345, 0) == NULL);
    CHECK_EQ(gosandbox_last_error()->code, 0); /* none of them is a failure */
    return check_summary();
}
