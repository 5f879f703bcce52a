/* The public functions about templates. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_template_new(const gosandbox_config *config, gosandbox_template **out)
{
    ENTER(begin_run() != 0 ? GOSANDBOX_ENOMEM : boundaryTemplateNew(HANDLE(config), (uintptr_t *)out, thread_slot()));
}

PUBLIC void gosandbox_template_free(gosandbox_template *tmpl)
{
    if (tmpl)
        ENTER_QUIETLY(boundaryTemplateFree(HANDLE(tmpl)));
}

PUBLIC int gosandbox_config_set_template(gosandbox_config *config, gosandbox_template *tmpl)
{
    ENTER_TO_KEEP(boundarySetTemplate(HANDLE(config), HANDLE(tmpl), thread_slot()));
}
