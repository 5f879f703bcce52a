/* The public functions about what is recorded of a tree. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_config_set_record(gosandbox_config *config, const struct gosandbox_record *record)
{
    ENTER_TO_KEEP(boundarySetRecord(HANDLE(config), (struct gosandbox_record *)record, thread_slot()));
}

PUBLIC int gosandbox_result_sample(const gosandbox_result *result, size_t i, struct gosandbox_sample *out)
{
    ENTER(boundaryResultSample(HANDLE(result), i, out, thread_slot()));
}

PUBLIC int gosandbox_result_process(const gosandbox_result *result, size_t i, struct gosandbox_process *out)
{
    ENTER(boundaryResultProcess(HANDLE(result), i, out, thread_slot()));
}
