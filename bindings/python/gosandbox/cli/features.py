"""gosandbox features: what this machine gives."""

from __future__ import annotations

import argparse
import json
import sys
from typing import List

from .._abi import Feature
from ..features import features, version
from .terminal import GREEN, RED, coloured, paint, printable

_NEEDED = (Feature.PTRACE, Feature.SECCOMP)


def main(argv: List[str]) -> int:
    """Returns 0 when this machine can run programs, 1 when not."""
    parser = argparse.ArgumentParser(prog="gosandbox features", allow_abbrev=False, description=(
        "Tells what this machine gives, and why not. Exit status: 0 programs can be run, 1 they cannot."))
    parser.add_argument("--json", action="store_true", help="as a JSON object")
    as_json = parser.parse_args(argv).json
    found = features()
    if as_json:
        print(json.dumps({"version": version(), "features": {
            f.name: {"available": s.available, "reason": s.reason} for f, s in found.items()}}, indent=2))
    else:
        colours = coloured(sys.stdout)
        print(f"libgosandbox {version()}")
        width = max(len(f.name) for f in found)
        for f, s in found.items():
            mark = paint("yes", GREEN, colours) if s else paint("no ", RED, colours)
            print(f"  {f.name.lower():{width}}  {mark}  {printable(s.reason)}".rstrip())
    return 0 if all(found[f] for f in _NEEDED) else 1
