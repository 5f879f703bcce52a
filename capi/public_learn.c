/* The public functions about learning a policy. */
#include "enter.h"
#include "_cgo_export.h"

PUBLIC int gosandbox_learner_new(gosandbox_learner **out)
{
    ENTER_TO_KEEP(boundaryLearnerNew((uintptr_t *)out, thread_slot()));
}

PUBLIC void gosandbox_learner_free(gosandbox_learner *learner)
{
    if (learner)
        ENTER_QUIETLY(boundaryLearnerFree(HANDLE(learner)));
}

PUBLIC int gosandbox_config_set_learner(gosandbox_config *config, gosandbox_learner *learner)
{
    ENTER_TO_KEEP(boundarySetLearner(HANDLE(config), HANDLE(learner), thread_slot()));
}

PUBLIC int gosandbox_policy_learn(gosandbox_config *config, const gosandbox_learner *learner, gosandbox_action fallback,
                                  uint32_t per_directory)
{
    ENTER_TO_KEEP(boundaryPolicyLearn(HANDLE(config), HANDLE(learner), fallback, per_directory, thread_slot()));
}
