"""The generated layouts against what the C compiler makes of the header."""

import ctypes
import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List

from gosandbox import _abi

from .support import ROOT, compile_c

STRUCTS = [v for v in vars(_abi).values()
           if isinstance(v, type) and issubclass(v, ctypes.Structure) and v is not ctypes.Structure]
ENUMS = {_abi.Status: "STATUS_", _abi.Cause: "CAUSE_", _abi.Step: "STEP_", _abi.Limit: "LIMIT_", _abi.Op: "CMP_",
         _abi.Source: "SOURCE_", _abi.Figure: "FIGURE_", _abi.Feature: "FEATURE_", _abi.Arch: "ARCH_", _abi.Code: ""}


class Layout(unittest.TestCase):
    def test_structs_and_constants(self) -> None:
        lines: List[str] = []
        want: Dict[str, Any] = {}
        for s in STRUCTS:
            want[s.__name__] = ctypes.sizeof(s)
            lines.append(f'show("{s.__name__}", sizeof(struct {s.__name__}));')
            for name in (f[0] for f in s._fields_):
                key, field = f"{s.__name__}.{name}", getattr(s, name)
                want[key] = [field.offset, field.size]
                lines.append(f'printf("\\"{key}\\": [%zu, %zu],\\n", offsetof(struct {s.__name__}, {name}), '
                             f'sizeof(((struct {s.__name__} *)0)->{name}));')
        for enum, prefix in ENUMS.items():
            for member in enum:
                want[prefix + member.name] = int(member)
                lines.append(f'show("{prefix + member.name}", GOSANDBOX_{prefix}{member.name});')
        for name, value in (("ALLOW", _abi.ALLOW), ("KILL", _abi.KILL), ("ERRNO(13)", _abi.ERRNO(13)),
                            ("VERSION", _abi.VERSION)):
            want[name] = value
            lines.append(f'show("{name}", GOSANDBOX_{name});')
        with tempfile.TemporaryDirectory() as directory:
            source = Path(directory, "layout.c")
            source.write_text('#include <stdio.h>\n#include "sandbox.h"\n'
                              'static void show(const char *k, long long v) { printf("\\"%s\\": %lld,\\n", k, v); }\n'
                              'int main(void) { puts("{");\n' + "\n".join(lines) +
                              '\nputs("\\"\\": 0}"); return 0; }\n')
            program = compile_c(source, "-I", str(ROOT / "include"))
        have = json.loads(subprocess.run([program], check=True, stdout=subprocess.PIPE).stdout)
        del have[""]
        self.assertEqual(have, want)
        self.assertGreaterEqual(len(STRUCTS), 4)

    def test_every_function_is_there(self) -> None:
        from gosandbox._library import library
        lib = library()
        for name in _abi.FUNCTIONS:
            getattr(lib, name[len("gosandbox_"):])
        self.assertEqual(lib.status_name(_abi.Status.CPU_LIMIT), b"CPU_LIMIT")
        self.assertEqual(lib.status_name(4711), b"?")
        for status in _abi.Status:
            self.assertEqual(lib.status_name(status).decode(), status.name)
        for cause in _abi.Cause:
            self.assertEqual(lib.cause_name(cause).decode(), cause.name)
        for code in _abi.Code:
            self.assertEqual(lib.error_name(code).decode(), code.name)
