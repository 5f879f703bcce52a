"""Which system calls a program may make."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from typing import Any, Optional, Tuple, Union

from . import _policy_text as _text
from ._abi import ALLOW, DEFER, ERRNO, KILL, NOTIFY, Arch, Op, gosandbox_cmp
from ._library import Library
from .errors import ConfigError
from .files import StrPath, encode
from .limits import whole


@dataclass(frozen=True)
class Cmp:
    """A condition on argument `arg` (0 to 5) of a system call: argument `op` a; b is used by the masked ones alone:
    (argument & a) == b. Numbers may be negative. `Arg` writes the same in Python's operators."""

    arg: int
    op: Op
    a: int
    b: int = 0

    def __post_init__(self) -> None:
        whole("argument of a condition", self.arg, 0, 5)
        try:
            bits = 32 if Op(self.op) >= Op.EQ_32 else 64
        except ValueError:
            raise ConfigError(f"{self.op!r} is no comparison") from None
        for name in ("a", "b"):
            number = whole(f"{name} of a condition", getattr(self, name), -(1 << (bits - 1)), (1 << bits) - 1)
            object.__setattr__(self, name, number & ((1 << bits) - 1))


class Arg:
    """Argument `number` of a system call, to be compared: `Arg(1) == 0`, `(Arg(2) & os.O_ACCMODE) == os.O_RDONLY`.

    bits=32 looks at the low half only, which is all that the kernel reads of an int: without it a program passes
    `Arg(0) != 1` with the domain of socket(2) by setting a bit above."""

    def __init__(self, number: int, bits: int = 64) -> None:
        if bits not in (32, 64):
            raise ConfigError(f"bits is {bits!r}: it must be 32 or 64")
        self._number, self._bits = whole("number of an argument", number, 0, 5), bits

    def _cmp(self, op: Op, a: int, b: int = 0) -> Cmp:
        return Cmp(self._number, op if self._bits == 64 else Op[op.name + "_32"], a, b)

    def __eq__(self, value: int) -> Cmp:  # type: ignore[override]
        return self._cmp(Op.EQ, value)

    def __ne__(self, value: int) -> Cmp:  # type: ignore[override]
        return self._cmp(Op.NE, value)

    def __lt__(self, value: int) -> Cmp:
        return self._cmp(Op.LT, value)

    def __le__(self, value: int) -> Cmp:
        return self._cmp(Op.LE, value)

    def __gt__(self, value: int) -> Cmp:
        return self._cmp(Op.GT, value)

    def __ge__(self, value: int) -> Cmp:
        return self._cmp(Op.GE, value)

    def __and__(self, mask: int) -> _Masked:
        return _Masked(self, mask)

    __hash__ = None  # type: ignore[assignment]


class _Masked:
    """An argument under a mask; it can be compared with == only."""

    def __init__(self, arg: Arg, mask: int) -> None:
        self._arg, self._mask = arg, mask

    def __eq__(self, value: int) -> Cmp:  # type: ignore[override]
        return self._arg._cmp(Op.MASKED_EQ, self._mask, value)

    def __ne__(self, value: object) -> bool:
        raise ConfigError("a masked argument can be compared with == only")

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Rule:
    """Calls named `name`, which may also be a number, for which all conditions hold get the action."""

    name: Union[str, int]
    action: int
    conditions: Tuple[Cmp, ...] = ()
    arch: int = Arch.NATIVE
    reason: str = ""


@dataclass(frozen=True)
class PathRule:
    """Allows access, any of "read", "write", "exec" and "stat", to a path."""

    path: str
    access: Tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A profile, the action for calls that no rule names, and rules. A policy never changes: each method gives a new
    one. Where several rules fit a call, the one added last decides.

    Names of profiles and system calls are looked at by run and start, which raise ConfigError for an unknown one."""

    base: str = "permissive"
    default: int = ALLOW
    rules: Tuple[Rule, ...] = ()
    paths: Tuple[PathRule, ...] = ()
    path_action: Optional[int] = None
    comment: str = ""

    @classmethod
    def load(cls, source: Union[str, bytes, "os.PathLike[str]"]) -> Policy:
        """The policy in a JSON text, which begins with a brace, or in a file; its form is in docs/policy.md. Raises
        ConfigError, which names line, column and field, and OSError for a file that cannot be read."""
        d = _text.document(_text.read(source))
        rules = tuple(
            Rule(r["call"], _text.action_of(r["action"]), tuple(
                Cmp(c["arg"], Op[c["op"]], _text.number_of(c["a"]), _text.number_of(c.get("b", 0)))
                for c in r.get("when", ())), Arch[r.get("arch", "native").upper()], r.get("reason", ""))
            for r in d.get("rules", ()))
        paths = tuple(PathRule(p["path"], tuple(p["access"])) for p in d.get("paths", ()))
        action = d.get("path_action")
        return cls(d["profile"], _text.action_of(d["default"]) if "default" in d else DEFER, rules, paths,
                   None if action is None else _text.action_of(action), d.get("comment", ""))

    def to_json(self) -> str:
        """The policy as a text that load reads; rules that later ones hide are left out. Raises ConfigError for a
        policy under which no program can start."""
        return _text.canonical(self._document())

    def dump(self) -> str:
        """For reviewers: the rules in words and the filter that the kernel gets, with names."""
        with _text.Handle() as h:
            _text.load(h.lib, h.config, self._document())
            return h.text(h.lib.policy_dump)

    def decide(self, name: Union[str, int], *args: int, arch: int = Arch.NATIVE) -> int:
        """What the policy does with a call: ALLOW, KILL, NOTIFY or ERRNO(e). Path rules and limits do not count."""
        with _text.Handle() as h:
            replace(self, paths=(), path_action=None)._apply(h.lib, h.config)
            return _text.decide(h, name, [whole("an argument", a, -(1 << 63), (1 << 64) - 1) for a in args], arch)

    def _document(self) -> str:
        d: Any = {"profile": self.base, "rules": _text.rules_json(self.rules)}
        if self.default != DEFER:
            d["default"] = _text.action_json(self.default)
        if self.paths:
            d["paths"] = [{"path": os.fsdecode(p.path), "access": list(p.access)} for p in self.paths]
        if self.path_action is not None:
            d["path_action"] = _text.action_json(self.path_action)
        if self.comment:
            d["comment"] = self.comment
        return json.dumps(d)

    @classmethod
    def profile(cls, name: str = "permissive", default: int = DEFER) -> Policy:
        """The policy of that name, one of `profiles`, with ALLOW, KILL or ERRNO(e) for calls that no rule names; DEFER is what
        the profile says. "permissive": all is allowed but what is always refused (calls of a foreign architecture, clone
        with CLONE_UNTRACED, clone3). The others, such as "native" and "python", let programs of a language compute, and answer
        ERRNO(ENOSYS) to calls that they do not name; docs/profiles.md tells of each, `dump` shows every line with its reason."""
        if name == "permissive" and default == DEFER:
            default = ALLOW  # that is what it says; equal policies compare equal
        return cls(name, whole("default", default))

    def allow(self, name: str, *conditions: Cmp, arch: int = Arch.NATIVE) -> Policy:
        """Calls named `name`, for which all conditions hold, are executed."""
        return self._with(name, ALLOW, conditions, arch)

    def deny(self, name: str, errno: int, *conditions: Cmp, arch: int = Arch.NATIVE) -> Policy:
        """They fail with errno and are not executed."""
        return self._with(name, ERRNO(whole("errno", errno, 1, 4095)), conditions, arch)

    def kill(self, name: str, *conditions: Cmp, arch: int = Arch.NATIVE) -> Policy:
        """They end the run with status VIOLATION."""
        return self._with(name, KILL, conditions, arch)

    def notify(self, name: str, *conditions: Cmp, arch: int = Arch.NATIVE) -> Policy:
        """The callback decides about them."""
        return self._with(name, NOTIFY, conditions, arch)

    def read(self, *paths: StrPath) -> Policy:
        """Path rules: these may be opened for reading, listed and watched. With the first path rule all is forbidden that no such rule
        allows. "/a/b" is that file or, when it is a directory at the start, all beneath it; "/a/b/" the directory and what lies
        directly in it; "/a/b/" and two asterisks all beneath it; "/" everything."""
        return self._reach(paths, "read")

    def write(self, *paths: StrPath) -> Policy:
        """They may be opened for writing, made, removed, renamed and changed; a file needs it for its own path."""
        return self._reach(paths, "write")

    def execute(self, *paths: StrPath) -> Policy:
        """They may be executed; a program needs it for itself and its dynamic loader, and `read` for its libraries. What the program
        executes itself needs `read` as well: the kernel reads it."""
        return self._reach(paths, "exec")

    def stat(self, *paths: StrPath) -> Policy:
        """They may be looked at (stat, access, readlink) and be the working directory; the other three imply it."""
        return self._reach(paths, "stat")

    def on_path(self, action: int) -> Policy:
        """What happens to a call that the path rules forbid: ERRNO(e), with errno.EACCES unless said otherwise, or KILL."""
        action = whole("action", action, 0, (1 << 32) - 1)
        if action != KILL and not ERRNO(0) < action <= ERRNO(4095):
            raise ConfigError(f"action {action:#x}: only KILL and ERRNO(e) are possible for paths")
        return replace(self, path_action=action)

    def _reach(self, paths: Tuple[StrPath, ...], access: str) -> Policy:
        texts = [os.fsdecode(encode("a path of the policy", p)) for p in paths]
        if not all(texts):
            raise ConfigError("a path of the policy is empty")
        return replace(self, paths=self.paths + tuple(PathRule(text, (access,)) for text in texts))

    def _with(self, name: str, action: int, conditions: Tuple[Cmp, ...], arch: int) -> Policy:
        for c in conditions:
            if not isinstance(c, Cmp):
                raise ConfigError(f"a condition is a comparison such as Arg(0) == 1, not {c!r}")
        return replace(self, rules=self.rules + (Rule(name, action, conditions, arch),))

    def _apply(self, lib: Library, config: Any) -> None:
        """Puts the policy into a config handle."""
        if self.paths or self.path_action is not None:
            _text.load(lib, config, self._document())
            return
        lib.check(lib.config_set_policy(config, _name(self.base), self.default))
        for r in self.rules:
            n = len(r.conditions)
            array = (gosandbox_cmp * n)(*(gosandbox_cmp(c.arg, c.op, c.a, c.b) for c in r.conditions)) if n else None
            if isinstance(r.name, int):
                number = whole("number of a system call", r.name, 0, (1 << 31) - 1)
                lib.check(lib.config_add_rule_number(config, r.arch, number, r.action, n, array))
            else:
                lib.check(lib.config_add_rule(config, r.arch, _name(r.name), r.action, n, array))


def _name(name: str) -> bytes:
    raw = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else None
    if not raw or b"\0" in raw:
        raise ConfigError(f"{name!r} is no name of a profile or system call")
    return raw
