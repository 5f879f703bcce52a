/* The public functions about files that go in and come out. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_config_put_bytes(gosandbox_config *config, const char *path, const void *bytes, size_t n, uint32_t mode)
{
    ENTER_TO_KEEP(boundaryPutBytes(HANDLE(config), (char *)path, (void *)bytes, n, mode, thread_slot()));
}

PUBLIC int gosandbox_config_put_file(gosandbox_config *config, const char *path, const char *source, uint32_t mode)
{
    ENTER_TO_KEEP(boundaryPutFile(HANDLE(config), (char *)path, (char *)source, mode, thread_slot()));
}

PUBLIC int gosandbox_config_put_fd(gosandbox_config *config, const char *path, int host_fd, uint32_t mode)
{
    ENTER_TO_KEEP(boundaryPutFd(HANDLE(config), (char *)path, host_fd, mode, thread_slot()));
}

PUBLIC int gosandbox_config_set_workspace(gosandbox_config *config, const char *base)
{
    ENTER_TO_KEEP(boundarySetWorkspace(HANDLE(config), (char *)base, thread_slot()));
}

PUBLIC int gosandbox_config_collect(gosandbox_config *config, const struct gosandbox_collect *what)
{
    ENTER_TO_KEEP(boundaryCollect(HANDLE(config), (struct gosandbox_collect *)what, thread_slot()));
}

PUBLIC int gosandbox_result_file(const gosandbox_result *result, size_t i, struct gosandbox_file *out)
{
    ENTER(boundaryResultFile(HANDLE(result), i, out, thread_slot()));
}
