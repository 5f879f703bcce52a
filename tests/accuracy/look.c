/* One run of a program that knows what it uses. */
#include "accuracy.h"

const char *work_path, *big_file, *group_parent;

static char work_room[4200], file_room[4200];

/* work lies beside this program; the big file in the working directory, on a disk. */
void prepare(const char *self)
{
    const char *slash = strrchr(self, '/');
    snprintf(work_room, sizeof work_room, "%.*s/work", slash ? (int)(slash - self) : 1, slash ? self : ".");
    work_path = work_room;
    const char *folder = getenv("TMPDIR");
    snprintf(file_room, sizeof file_room, "%s/gosandbox-accuracy-%d", folder ? folder : "/var/tmp", (int)getpid());
    big_file = file_room;
}

/* A file of its size that is not in the page cache: then the run is the first to bring it there. */
static void big(long long size)
{
    int fd = open(big_file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(big_file);
        exit(2);
    }
    if (st.st_size < size) {
        char *block = calloc(1, 1 << 20);
        for (long long i = 0; i < size; i += 1 << 20)
            if (write(fd, block, 1 << 20) != 1 << 20)
                exit(2);
        free(block);
        fsync(fd);
    }
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

static void limit(gosandbox_config *c, uint32_t which, long long value)
{
    if (value > 0)
        gosandbox_config_set_limit(c, which, (uint64_t)value);
}

/* The sum of what all processes have told, -1 when none has. */
static long long told(const char *text)
{
    long long sum = -1, value;
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (sscanf(line, "cpu %lld", &value) == 1)
            sum = (sum < 0 ? 0 : sum) + value;
    return sum;
}

/* Runs a row once. Not 0: the library failed, and says why in the message. */
int look(const struct row *row, const struct setting *setting, struct sight *out)
{
    char amount[32];
    const char *argv[4] = {work_path, row->mode, amount, big_file};
    gosandbox_config *c = NULL;
    gosandbox_result *r = NULL;
    int line[2];
    memset(out, 0, sizeof *out);
    snprintf(amount, sizeof amount, "%lld", row->amount);
    if (row->file)
        big(4 * row->limit_memory);
    int page = memfd_create("clocks", MFD_CLOEXEC);
    long long *slots = ftruncate(page, 4096) == 0 ? mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0) : MAP_FAILED;
    if (slots == MAP_FAILED || pipe2(line, O_CLOEXEC) != 0) {
        perror("a run");
        exit(2);
    }
    gosandbox_config_new(&c);
    gosandbox_config_set_argv(c, 4, argv);
    gosandbox_config_capture(c, 1, 1 << 16);
    gosandbox_config_set_fd(c, 3, page);
    gosandbox_config_set_fd(c, 4, line[1]);
    limit(c, GOSANDBOX_LIMIT_CPU, row->limit_cpu ? row->limit_cpu : 20 * SECOND);
    limit(c, GOSANDBOX_LIMIT_WALL, row->limit_wall ? row->limit_wall : 60 * SECOND);
    limit(c, GOSANDBOX_LIMIT_MEMORY, row->limit_memory ? row->limit_memory : 256 * MIB);
    limit(c, GOSANDBOX_LIMIT_STACK, 128 * MIB);
    if (setting->cgroup)
        gosandbox_config_set_cgroup(c, group_parent);
    long long begin = clock_ns();
    int code = gosandbox_run(c, &r);
    out->outside = clock_ns() - begin;
    close(line[1]);
    char byte;
    fcntl(line[0], F_SETFL, O_NONBLOCK);
    out->alive = read(line[0], &byte, 1) != 0; /* nobody has the other end any more */
    close(line[0]);
    snprintf(out->message, sizeof out->message, "%s", r ? gosandbox_result_message(r) : gosandbox_last_error()->message);
    if (r) {
        out->stats = stats_of(r);
        out->cpu = told(output_of(r));
        if (out->cpu < 0 && slots[0] != 0) {
            out->cpu = 0;
            for (int i = 0; i < 8; i++)
                out->cpu += slots[i];
        }
    }
    gosandbox_result_free(r);
    gosandbox_config_free(c);
    munmap(slots, 4096);
    close(page);
    return code;
}
