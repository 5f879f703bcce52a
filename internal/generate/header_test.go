package main

import (
	"strings"
	"testing"
)

const snippet = `/* top
 * of the file */
#ifndef GOSANDBOX_SANDBOX_H
#define GOSANDBOX_SANDBOX_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define GOSANDBOX_OK 0
#define GOSANDBOX_EINVAL (-1) /* no sense */
/* What became
 * of it. */
#define GOSANDBOX_STATUS_EXITED 0u
#define GOSANDBOX_STATUS_CPU_LIMIT 2u /* too
                                       * slow */
#define GOSANDBOX_STEP_NO_NEW_PRIVS 14u
#define GOSANDBOX_STEP_DEATH_SIGNAL 15u
#define GOSANDBOX_FIGURE_COUNT 16u /* room */
#define GOSANDBOX_ARCH_X86_64 0xc000003eu
#define GOSANDBOX_CMP_MASKED_EQ_32 23u
typedef uint32_t gosandbox_action;
#define GOSANDBOX_KILL 0u
#define GOSANDBOX_ERRNO(e) (0x10000u | (uint32_t)(e)) /* e */
struct gosandbox_thing {
    uint32_t size;
    int32_t pid, tid; /* two */
    uint8_t source[GOSANDBOX_FIGURE_COUNT]; /* one
                                             * each */
    const char *message;
};
typedef struct gosandbox_config gosandbox_config;
typedef void (*gosandbox_log_cb)(uint32_t level, void *payload);
const char *gosandbox_name(void);
int gosandbox_set(gosandbox_config *config, size_t n, const char *const *argv,
                  gosandbox_action action, struct gosandbox_thing *out);
int gosandbox_new(gosandbox_config **out);
void gosandbox_log(gosandbox_log_cb callback);
#ifdef __cplusplus
}
#endif
#endif
`

func TestSimWritesGo(t *testing.T) {
	out := written(t, writeGo)
	for _, want := range []string{
		"// What became of it.\ntype Status uint32",
		"\t// too slow\n\tStatusCPULimit Status = 2", "StatusCPULimit: \"CPU_LIMIT\"",
		"StepNoNewPrivs:  \"no_new_privs\"", "StepDeathSignal: \"death signal\"",
		"FigureCount = 16", "ArchX86_64 = 0xc000003e", "CmpMaskedEQ32 = 23", "ActionKill Action = 0",
		"// no sense\n\tCodeEINVAL = -1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestSimWritesPython(t *testing.T) {
	out := written(t, writePython)
	for _, want := range []string{
		"class Status(IntEnum):\n    \"\"\"What became of it.\"\"\"\n\n    EXITED = 0\n    CPU_LIMIT = 2  # too slow\n",
		"FIGURE_COUNT = 16\n", "\nKILL = 0\n", "    EINVAL = -1  # no sense\n",
		`("pid", c_int32),` + "\n" + `        ("tid", c_int32),`, `("source", c_uint8 * FIGURE_COUNT)`, `("message", c_char_p)`,
		"gosandbox_log_cb = CFUNCTYPE(None, c_uint32, c_void_p)",
		`"gosandbox_name": (c_char_p, [])`, `"gosandbox_new": (c_int, [POINTER(c_void_p)])`,
		`"gosandbox_set": (c_int, [c_void_p, c_size_t, POINTER(c_char_p), c_uint32, POINTER(gosandbox_thing)])`,
		`"gosandbox_log": (None, [gosandbox_log_cb])`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestSimFailsLoudly(t *testing.T) {
	for text, want := range map[string]string{
		"\n#define GOSANDBOX_STATUS_A \"x\"\n":                          "2: cannot read",
		"\nstruct gosandbox_thing {\n    uint32_t size : 3;\n};":        "2: struct gosandbox_thing: cannot read field",
		"struct gosandbox_thing {\n    uint32_t *size;\n};":             "cannot read field",
		"enum gosandbox_thing { A };":                                   "cannot read",
		"int gosandbox_f(void)":                                         "does not end",
		"#pragma pack(1)\n":                                             "cannot read",
		"#define GOSANDBOX_COLOUR_RED 1u\n":                             "belongs to no group",
		"int gosandbox_f(long double x);":                               "no Python type",
		"struct gosandbox_thing {\n    uint32_t size;\n    long a;\n};": "no Python type",
	} {
		h, err := parse(text)
		if err == nil {
			_, err = writePython(h)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func written(t *testing.T, write func(*header) ([]byte, error)) string {
	t.Helper()
	h, err := parse(snippet)
	if err != nil {
		t.Fatal(err)
	}
	out, err := write(h)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
