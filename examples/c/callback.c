/*
 * callback: decides about system calls in C, while the program waits.
 *
 *     callback [program arguments...]
 *
 * The program, `cat /answer` unless another is given, asks to open "/answer", which there is not. The callback opens a file of its own in
 * that place and hands over the descriptor; every other open for writing fails with EROFS; all else goes on as if nobody had looked.
 */
#define _GNU_SOURCE
#include <gosandbox/sandbox.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct state {
    int answer;     /* descriptor of what is served */
    unsigned seen;  /* opens that were asked about */
    unsigned given; /* and answered with it */
};

/*
 * Called on the thread that is in gosandbox_run, one call at a time. *out is GOSANDBOX_KILL on entry: returning without an answer ends the
 * run. What is read from the program could be changed by another of its threads at any time; the descriptor that is handed
 * over cannot, and neither can the flags, which are a number in the call itself.
 */
static void decide(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload)
{
    struct state *state = payload;
    char path[4096];

    state->seen++;
    if (gosandbox_event_read_path(event, 0, 1, path, sizeof path) < 0) {
        *out = GOSANDBOX_ERRNO(EFAULT); /* no path there, or the program is gone */
    } else if (strcmp(path, "/answer") == 0) {
        lseek(state->answer, 0, SEEK_SET); /* the offset is that of all descriptors made from it */
        if (gosandbox_event_set_fd(event, state->answer, (uint32_t)call->args[2] & O_CLOEXEC) == 0) {
            state->given++;
            *out = GOSANDBOX_OPENED;
        }
    } else if ((call->args[2] & O_ACCMODE) != O_RDONLY) {
        *out = GOSANDBOX_ERRNO(EROFS);
    } else {
        *out = GOSANDBOX_ALLOW;
    }
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"cat", "/answer"};
    struct state state = {memfd_create("answer", MFD_CLOEXEC), 0, 0};
    gosandbox_config *config = NULL;
    gosandbox_result *result = NULL;
    int status = 1;

    if (state.answer < 0 || write(state.answer, "forty-two\n", 10) != 10) {
        perror("callback: memfd_create");
        return 1;
    }
    if (gosandbox_config_new(&config) != 0 ||
        gosandbox_config_set_argv(config, argc > 1 ? (size_t)argc - 1 : 2, argc > 1 ? (const char *const *)argv + 1 : usual) != 0 ||
        gosandbox_config_set_fd(config, 1, 1) != 0 || gosandbox_config_set_fd(config, 2, 2) != 0 ||
        gosandbox_config_set_limit(config, GOSANDBOX_LIMIT_WALL, 10000000000u) != 0 ||
        gosandbox_config_add_rule(config, GOSANDBOX_ARCH_NATIVE, "openat", GOSANDBOX_NOTIFY, 0, NULL) != 0 ||
        gosandbox_config_set_callback(config, decide, &state) != 0 || gosandbox_run(config, &result) != 0) {
        fprintf(stderr, "callback: %s\n", gosandbox_last_error()->message);
    } else {
        printf("%s; %u opens seen, %u answered\n", gosandbox_result_message(result), state.seen, state.given);
        status = 0;
    }
    gosandbox_result_free(result);
    gosandbox_config_free(config);
    close(state.answer);
    return status;
}
