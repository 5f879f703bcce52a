/* The public function that sets what a blocked run asks after signals. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_config_set_interrupt(gosandbox_config *config, gosandbox_interrupt_cb interrupt, void *payload)
{
    ENTER_TO_KEEP(boundarySetInterrupt(HANDLE(config), interrupt, payload, thread_slot()));
}
