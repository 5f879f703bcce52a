/* run_files.c: files that a run is given, and those that it leaves. */
#define _GNU_SOURCE /* strndup */
#include "run_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

int put_file(gosandbox_config *config, const char *value)
{
    const char *file = strchr(value, '=');
    struct stat st;
    char *name;
    int code;

    /* An empty path gives the error that says so. */
    if (!file || file[1] == '\0')
        return gosandbox_config_put_bytes(config, "", NULL, 0, 0);
    name = strndup(value, (size_t)(file - value));
    if (!name)
        return gosandbox_config_put_bytes(config, NULL, NULL, 0, 0);
    /* A program stays executable; a file that is not there is told of by the run. */
    code = gosandbox_config_put_file(config, name, file + 1, stat(file + 1, &st) == 0 && (st.st_mode & 0111) ? 0755 : 0644);
    free(name);
    return code;
}

int take_files(gosandbox_config *config, const char *pattern, const char *directory)
{
    struct gosandbox_collect what = {.size = sizeof what, .pattern = pattern, .into = directory};

    return gosandbox_config_collect(config, &what);
}

void files_text(FILE *to, const gosandbox_result *result)
{
    struct gosandbox_file file = {.size = sizeof file};
    size_t i;

    for (i = 0; gosandbox_result_file(result, i, &file) == 1; i++) {
        fprintf(to, "file: %s ", gosandbox_file_status_name(file.status));
        put_printable(to, file.name);
        if (file.mode)
            fprintf(to, " (%" PRIu64 " bytes)", file.bytes);
        putc('\n', to);
    }
}

void files_json(FILE *to, const gosandbox_result *result)
{
    struct gosandbox_file file = {.size = sizeof file};
    size_t i;

    putc('[', to);
    for (i = 0; gosandbox_result_file(result, i, &file) == 1; i++) {
        fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", to);
        put_json(to, file.name);
        fprintf(to, ", \"status\": \"%s\", \"bytes\": %" PRIu64 "}", gosandbox_file_status_name(file.status), file.bytes);
    }
    fputs(i ? "\n  ]" : "]", to);
}
