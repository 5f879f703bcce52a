"""Policies to and from JSON, and what a policy says about calls, by the library's own reader."""

from __future__ import annotations

import errno as errors
import json
import os
from ctypes import byref, c_uint32, c_void_p, create_string_buffer, sizeof
from typing import Any, Callable, Dict, List, Sequence, Union

from ._abi import ALLOW, ERRNO, KILL, NOTIFY, Arch, Op, gosandbox_syscall
from ._library import Library, library
from .errors import ConfigError

_WORDS = {ALLOW: "ALLOW", KILL: "KILL", NOTIFY: "NOTIFY"}


class Handle:
    """A config handle for the time of a with block."""

    def __init__(self) -> None:
        self.lib, self.config = library(), c_void_p()
        self.lib.check(self.lib.config_new(byref(self.config)))

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *unused: object) -> None:
        self.lib.config_free(self.config)

    def text(self, function: Callable[..., int]) -> str:
        """What policy_json or policy_dump writes."""
        n = self.lib.check(function(self.config, None, 0))
        buffer = create_string_buffer(n + 1)
        self.lib.check(function(self.config, buffer, n + 1))
        return buffer.value.decode("utf-8")


def load(lib: Library, config: Any, text: Union[str, bytes]) -> None:
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text)
    lib.check(lib.config_load_policy(config, raw, len(raw)))


def read(source: Any) -> Union[str, bytes]:
    """The text itself when it begins with a brace, else that of the file."""
    brace = "{" if isinstance(source, str) else b"{"
    if isinstance(source, (str, bytes)) and source.lstrip().startswith(brace):  # type: ignore[arg-type]
        return source
    try:
        path = os.fspath(source)
    except TypeError:
        raise ConfigError(f"a policy is a JSON text or the path of a file, not {source!r}") from None
    with open(path, "rb") as file:
        return file.read()


def canonical(text: Union[str, bytes]) -> str:
    """The text as the library writes it. Raises ConfigError, which names line, column and field."""
    with Handle() as h:
        load(h.lib, h.config, text)
        return h.text(h.lib.policy_json)


def action_json(action: int) -> Any:
    return _WORDS.get(action, {"errno": action - ERRNO(0)})


def action_of(value: Any) -> int:
    if isinstance(value, str):
        return {name: action for action, name in _WORDS.items()}[value]
    number = value["errno"]
    return ERRNO(number if isinstance(number, int) else getattr(errors, number))


def rules_json(rules: Sequence[Any]) -> List[Dict[str, Any]]:
    """The rules but those that a later one hides: a file must not have any."""
    kept: List[Any] = []
    for r in rules:
        same = [k for k in kept if (k.name, k.arch) == (r.name, r.arch) and set(r.conditions) <= set(k.conditions)]
        kept = [k for k in kept if k not in same] + [r]
    return [_rule_json(r) for r in kept]


def _rule_json(r: Any) -> Dict[str, Any]:
    rule: Dict[str, Any] = {"call": r.name, "action": action_json(r.action)}
    if r.arch != Arch.NATIVE:
        try:
            rule["arch"] = Arch(r.arch).name.lower()
        except ValueError:
            raise ConfigError(f"{r.arch!r} is no architecture") from None
    if r.conditions:
        rule["when"] = [_condition_json(c) for c in r.conditions]
    if r.reason:
        rule["reason"] = r.reason
    return rule


def _condition_json(c: Any) -> Dict[str, Any]:
    op = Op(c.op)
    condition = {"arg": c.arg, "op": op.name, "a": c.a}
    if op in (Op.MASKED_EQ, Op.MASKED_EQ_32):
        condition["b"] = c.b
    return condition


def number_of(value: Union[int, str]) -> int:
    return value if isinstance(value, int) else int(value, 0)


def document(text: Union[str, bytes]) -> Dict[str, Any]:
    parsed: Dict[str, Any] = json.loads(canonical(text))
    return parsed


_numbers: Dict[int, Dict[str, int]] = {}


def call_number(lib: Library, name: Union[str, int], arch: int) -> int:
    if isinstance(name, int):
        return name
    if arch not in _numbers:
        names = ((lib.syscall_name(arch, n), n) for n in range(1024))
        _numbers[arch] = {raw.decode(): n for raw, n in names if raw}
    if name not in _numbers[arch]:
        raise ConfigError(f"unknown system call {name!r}")
    return _numbers[arch][name]


def decide(h: Handle, name: Union[str, int], args: Sequence[int], arch: int) -> int:
    if len(args) > 6:
        raise ConfigError(f"{len(args)} arguments: a system call has at most 6")
    call = gosandbox_syscall(size=sizeof(gosandbox_syscall), arch=arch, nr=call_number(h.lib, name, arch))
    for i, value in enumerate(args):
        call.args[i] = value & ((1 << 64) - 1)
    out = c_uint32()
    h.lib.check(h.lib.policy_evaluate(h.config, byref(call), byref(out)))
    return out.value
