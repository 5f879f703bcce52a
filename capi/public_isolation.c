/* The public functions about isolation. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_config_set_isolation(gosandbox_config *config, uint32_t flags, const char *rootfs)
{
    ENTER_TO_KEEP(boundarySetIsolation(HANDLE(config), flags, (char *)rootfs, thread_slot()));
}

PUBLIC int gosandbox_config_add_id_map(gosandbox_config *config, uint32_t kind, uint32_t first_inside, uint32_t first_outside,
                                       uint32_t count)
{
    ENTER_TO_KEEP(boundaryAddIdMap(HANDLE(config), kind, first_inside, first_outside, count, thread_slot()));
}

PUBLIC int gosandbox_config_add_mount(gosandbox_config *config, const struct gosandbox_mount *mount)
{
    ENTER_TO_KEEP(boundaryAddMount(HANDLE(config), (struct gosandbox_mount *)mount, thread_slot()));
}

PUBLIC int gosandbox_config_use_judge_root(gosandbox_config *config)
{
    ENTER_TO_KEEP(boundaryUseJudgeRoot(HANDLE(config), thread_slot()));
}

PUBLIC int gosandbox_config_set_hostname(gosandbox_config *config, const char *hostname)
{
    ENTER_TO_KEEP(boundarySetHostname(HANDLE(config), (char *)hostname, thread_slot()));
}

PUBLIC int gosandbox_config_set_loopback(gosandbox_config *config, int up)
{
    ENTER_TO_KEEP(boundarySetLoopback(HANDLE(config), up, thread_slot()));
}

PUBLIC int gosandbox_config_set_walls(gosandbox_config *config, uint32_t walls)
{
    ENTER_TO_KEEP(boundarySetWalls(HANDLE(config), walls, thread_slot()));
}

PUBLIC int gosandbox_config_open_port(gosandbox_config *config, uint32_t port, uint32_t walls)
{
    ENTER_TO_KEEP(boundaryOpenPort(HANDLE(config), port, walls, thread_slot()));
}

PUBLIC int gosandbox_config_require(gosandbox_config *config, uint32_t feature)
{
    ENTER_TO_KEEP(boundaryRequire(HANDLE(config), feature, thread_slot()));
}
