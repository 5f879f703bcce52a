"""Which language is tested under which profile, with which toolchain, on which topics.

A row is one way to run the program of one language. `{out}` is a folder for what is compiled, `{src}` the folder of the sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Tuple

TOPICS = ("input", "recursion", "threads", "exceptions", "regex", "bignum", "timing", "random", "sort", "hash", "output")

# What comes out of hostile topics: a status and, for those that may go on, what the program says; or the call that killed it.
REFUSED = ("EXITED", "refused")
HOSTILE: Dict[str, Tuple[str, str]] = {
    "fork": ("PROCESS_LIMIT", ""), "shell": ("PROCESS_LIMIT", ""), "socket": REFUSED, "local": REFUSED, "ring": REFUSED,
    "unknown": REFUSED, "everybody": REFUSED, "type": REFUSED,
    "ptrace": ("VIOLATION", "ptrace"), "kernel": ("VIOLATION", "bpf"), "mount": ("VIOLATION", "mount"),
    "namespace": ("VIOLATION", "clone"),
}
C_HOSTILE = ("fork", "shell", "socket", "ptrace", "kernel", "mount", "namespace", "ring", "unknown", "everybody", "type")


@dataclass(frozen=True)
class Row:
    name: str
    profile: str
    packages: Tuple[str, ...]
    """Debian packages, installed by root when `tool` is not there."""
    tool: str
    run: Tuple[str, ...]
    hostile: Tuple[str, ...]
    compiled: Tuple[Tuple[str, ...], ...] = ()
    """Commands that make what is run; they are tested themselves, under the profile "compiler"."""
    without: Dict[str, str] = field(default_factory=dict)
    """Topics that this language has no program for, and why."""
    more: Dict[str, str] = field(default_factory=dict)
    """Topics of its own, with what comes out."""
    env: Dict[str, str] = field(default_factory=dict)
    memory: int = 256
    """Limit in MiB."""
    stack: int = 0
    """MiB; 0: that of the caller."""


def _native(name: str, package: str, tool: str, command: Tuple[str, ...], hostile: Tuple[str, ...] = C_HOSTILE,
            without: Dict[str, str] = {}, memory: int = 256) -> Row:
    return Row(name, "native", (package,), tool, ("{out}/program",), hostile, (command,), without, memory=memory)


_C = ("-O2", "-pthread", "-o", "{out}/program", "{src}/c/contest.c")
_CXX = ("-std=c++17", "-O2", "-pthread", "-o", "{out}/program", "{src}/cpp/contest.cpp")
_CXX_HOSTILE = ("fork", "shell", "socket", "ptrace")
_NO_REGEX = {"regex": "none in the standard library"}

ROWS = (
    _native("c", "gcc", "gcc", ("gcc", *_C)),
    _native("c-static", "gcc", "gcc", ("gcc", "-static", *_C)),
    _native("c-clang", "clang", "clang", ("clang", *_C)),
    _native("c-musl", "musl-tools", "musl-gcc", ("musl-gcc", "-static", *_C)),
    _native("cpp", "g++", "g++", ("g++", *_CXX), _CXX_HOSTILE),
    _native("cpp-static", "g++", "g++", ("g++", "-static", *_CXX), _CXX_HOSTILE),
    _native("cpp-clang", "clang", "clang++", ("clang++", *_CXX), _CXX_HOSTILE),
    _native("rust", "rustc", "rustc", ("rustc", "--edition=2021", "-O", "-o", "{out}/program", "{src}/rust/contest.rs"), ("shell", "socket"),
            _NO_REGEX),
    _native("go", "golang-go", "go", ("go", "build", "-o", "{out}/program", "{src}/go/contest.go"), ("shell", "socket", "ptrace")),
    _native("pascal", "fp-compiler", "fpc", ("fpc", "-O2", "-FE{out}", "-o{out}/program", "{src}/pascal/contest.pas"), ("fork", "shell", "socket"), _NO_REGEX),
    _native("d-gdc", "gdc", "gdc", ("gdc", "-O2", "-o", "{out}/program", "{src}/d/contest.d"), ("shell", "socket")),
    _native("d-ldc", "ldc", "ldc2", ("ldc2", "-O2", "-od={out}", "-of={out}/program", "{src}/d/contest.d"), ("shell", "socket")),
    Row("python", "python", ("python3",), "/usr/bin/python3", ("/usr/bin/python3", "{src}/python/contest.py"),
        ("fork", "shell", "socket", "local", "ptrace"), more={"loop": "7"}),
    Row("pypy", "python", ("pypy3",), "pypy3", ("pypy3", "{src}/python/contest.py"), ("fork", "shell", "socket", "local"), more={"loop": "7"},
        memory=512),
    Row("java", "jvm", ("default-jdk-headless",), "javac", ("java", "-Xmx256m", "-cp", "{out}", "Contest"), ("shell", "socket"),
        (("javac", "-d", "{out}", "{src}/java/Contest.java"),), more={"user": "ok"}, memory=768),
    Row("java-serial", "jvm", ("default-jdk-headless",), "javac",
        ("java", "-Xmx256m", "-Xss64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "{out}", "Contest"), ("shell", "socket"),
        (("javac", "-J-XX:+UseSerialGC", "-d", "{out}", "{src}/java/Contest.java"),), more={"user": "ok"}, memory=768),
    Row("node", "node", ("nodejs",), "node", ("node", "--stack-size=60000", "{src}/node/contest.js"), ("shell", "socket"), more={"loop": "200001"},
        memory=768, stack=128),
    Row("csharp", "mono", ("mono-mcs", "mono-runtime", "libmono-system-core4.0-cil"), "mcs", ("mono", "{out}/program.exe"), ("shell", "socket"),
        (("mcs", "-out:{out}/program.exe", "{src}/csharp/contest.cs"),), memory=512),
    Row("ruby", "ruby", ("ruby",), "ruby", ("ruby", "{src}/ruby/contest.rb"), ("fork", "shell", "socket"),
        env={"RUBY_THREAD_VM_STACK_SIZE": "200000000"}, memory=512, stack=128),
    Row("perl", "perl", ("perl",), "perl", ("perl", "{src}/perl/contest.pl"), ("fork", "shell", "socket", "ptrace")),
    Row("php", "php", ("php-cli",), "php", ("php", "{src}/php/contest.php"), ("shell", "socket"), without={"threads": "the language has none"}),
    Row("lua", "lua", ("lua5.4",), "lua5.4", ("lua5.4", "{src}/lua/contest.lua"), ("shell",)),
    Row("luajit", "lua", ("luajit",), "luajit", ("luajit", "{src}/lua/contest.lua"), ("shell",),
        without={"recursion": "its stack ends at 65500 slots"}),
    Row("ocaml", "ocaml", ("ocaml-nox",), "ocamlopt", ("{out}/program",), ("fork", "shell", "socket"),
        (("cp", "{src}/ocaml/contest.ml", "{out}/contest.ml"),
         ("ocamlopt", "-I", "+threads", "-o", "{out}/program", "unix.cmxa", "threads.cmxa", "str.cmxa", "{out}/contest.ml"))),
    Row("ocaml-bytecode", "ocaml", ("ocaml-nox",), "ocamlc", ("ocamlrun", "{out}/program"), ("fork", "shell", "socket"),
        (("cp", "{src}/ocaml/contest.ml", "{out}/contest.ml"),
         ("ocamlc", "-I", "+threads", "-o", "{out}/program", "unix.cma", "threads.cma", "str.cma", "{out}/contest.ml"))),
    Row("haskell", "haskell", ("ghc", "libghc-regex-posix-dev"), "ghc", ("{out}/program",), ("shell",),
        (("ghc", "-v0", "-O1", "-threaded", "-outputdir", "{out}", "-o", "{out}/program", "{src}/haskell/Contest.hs"),)),
)
