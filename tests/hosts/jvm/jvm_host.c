/* What a JVM needs to call the library: one native method. */
#include "sandbox.h"

#include <jni.h>
#include <stdio.h>

JNIEXPORT jint JNICALL Java_Host_exitCodeOfRun(JNIEnv *env, jclass class, jstring program, jint code)
{
    char text[12];
    const char *path = (*env)->GetStringUTFChars(env, program, NULL);
    const char *const argv[] = {path, "exit", text};
    gosandbox_config *config = NULL;
    gosandbox_result *result = NULL;
    struct gosandbox_stats stats = {.size = sizeof stats, .exit_code = -2};
    (void)class;
    snprintf(text, sizeof text, "%d", (int)code);
    if (gosandbox_config_new(&config) == 0 && gosandbox_config_set_argv(config, 3, argv) == 0 && gosandbox_run(config, &result) == 0)
        gosandbox_result_stats(result, &stats);
    gosandbox_result_free(result);
    gosandbox_config_free(config);
    (*env)->ReleaseStringUTFChars(env, program, path);
    return stats.exit_code;
}
