"""What became of one run, as text or as JSON."""

from __future__ import annotations

import dataclasses
import json
import signal
from typing import IO, Any, Dict, List, Optional

from .._abi import Arch, Figure, Status
from ..record import Process
from ..result import Result, Syscall
from .terminal import GREEN, RED, YELLOW, clean, coloured, paint, printable

_ARCHES = {int(a): a.name.lower() for a in Arch}


def exit_status(result: Result) -> int:
    if result.status in (Status.SETUP_FAILED, Status.INTERNAL):
        return 3
    return 0 if result.ok else 1


def write_text(to: IO[str], result: Result, argv: List[str]) -> None:
    colours = coloured(to)
    colour = GREEN if result.ok else RED if result.status in (Status.EXITED, Status.SIGNALED) else YELLOW
    lines = ["status: " + paint(result.status.name, colour, colours)]
    if result.status == Status.EXITED:
        lines.append(f"exit code: {result.exit_code}")
    if result.signal is not None:
        lines.append(f"signal: {int(result.signal)} ({_signal_name(result.signal)})")
    for name, ns, figure in (("cpu", result.cpu_time_ns, Figure.CPU), ("user", result.user_time_ns, Figure.USER),
                             ("sys", result.system_time_ns, Figure.SYS), ("wall", result.wall_time_ns, Figure.WALL)):
        measured = figure in result.measured
        lines.append(f"{name}: {ns // 10**9}.{ns % 10**9 // 1000:06} s" if measured else f"{name}: not measured")
    for name, n, unit, figure in (("memory", result.memory_peak, " bytes", Figure.MEMORY_PEAK),
                                  ("processes", result.processes_peak, "", Figure.PROCESSES_PEAK)):
        lines.append(f"{name}: {n}{unit}" if figure in result.measured else f"{name}: not measured")
    lines.append("message: " + printable(result.message))
    if result.syscall is not None:
        lines.append("violation: " + _call(result.syscall))
    if Figure.BYTES_READ in result.measured:
        lines += [f"read: {result.bytes_read} bytes", f"written: {result.bytes_written} bytes"]
    for f in result.collected:
        lines.append(f"file: {f.status.name} {printable(f.name)}" + (f" ({f.size} bytes)" if f.mode or f.size else ""))
    if result.processes:
        lines += _table(result)
    to.write("\n".join(lines) + "\n")


def _table(result: Result) -> List[str]:
    """A line for each process."""
    rows = [("pid", "parent", "name", "start/ms", "end/ms", "cpu/ms", "memory/KiB", "threads", "faults", "switches", "read", "written", "end")]
    for p in result.processes:
        ending = f"exit {p.exit_code}" if p.exit_code is not None else _signal_name(p.signal) if p.signal is not None else "?"
        rows.append((str(p.pid), str(p.parent or "-"), printable(p.name), f"{p.start_ns / 1e6:.1f}", f"{p.end_ns / 1e6:.1f}",
                     f"{p.cpu_time_ns / 1e6:.1f}", str(p.memory_peak >> 10), str(p.threads), str(p.faults), str(p.context_switches),
                     str(p.bytes_read), str(p.bytes_written), ending))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows]
    more = result.processes_total - len(result.processes)
    return lines + ([f"and {more} more"] if more > 0 else [])


def write_json(to: IO[str], result: Result, argv: List[str]) -> None:
    json.dump(as_dict(result, argv), to, indent=2)
    to.write("\n")


def as_dict(result: Result, argv: List[str]) -> Dict[str, Any]:
    """What can be written as JSON. Times are nanoseconds; a figure that was not measured is None."""
    def figure(value: int, which: Figure) -> Optional[int]:
        return value if which in result.measured else None
    failed = result.step is not None
    return {
        "status": result.status.name, "cause": result.cause.name, "exit_code": result.exit_code,
        "signal": None if result.signal is None else int(result.signal),
        "signal_name": None if result.signal is None else _signal_name(result.signal),
        "cpu_ns": figure(result.cpu_time_ns, Figure.CPU), "user_ns": figure(result.user_time_ns, Figure.USER),
        "sys_ns": figure(result.system_time_ns, Figure.SYS), "wall_ns": figure(result.wall_time_ns, Figure.WALL),
        "setup_ns": figure(result.setup_time_ns, Figure.SETUP),
        "memory_bytes": figure(result.memory_peak, Figure.MEMORY_PEAK),
        "processes": figure(result.processes_peak, Figure.PROCESSES_PEAK),
        "processes_total": figure(result.processes_total, Figure.PROCESSES),
        "context_switches": figure(result.context_switches, Figure.CONTEXT_SWITCHES), "faults": figure(result.faults, Figure.FAULTS),
        "bytes_read": figure(result.bytes_read, Figure.BYTES_READ), "bytes_written": figure(result.bytes_written, Figure.BYTES_WRITTEN),
        "timeline": [dataclasses.asdict(s) for s in result.timeline] or None,
        "process_table": [_process(p) for p in result.processes] or None,
        "files": [{"name": clean(f.name), "status": f.status.name, "bytes": f.size, "mode": f.mode, "errno": f.errno}
                  for f in result.collected] or None,
        "message": clean(result.message),
        "violation": _violation(result.syscall),
        "error": {"step": result.step.name.lower(), "errno": result.errno, "index": result.index,
                  "message": clean(result.message)} if failed and result.step is not None else None,
        "argv": [clean(a) for a in argv],
    }


def _process(process: Process) -> Dict[str, Any]:
    row = dataclasses.asdict(process)
    row["name"], row["signal"] = clean(process.name), None if process.signal is None else int(process.signal)
    return row


def _violation(call: Optional[Syscall]) -> Optional[Dict[str, Any]]:
    if call is None:
        return None
    return {"syscall": None if call.name.startswith("#") else call.name, "nr": call.nr, "arch": _arch(call),
            "pid": call.pid, "tid": call.tid, "args": [hex(a) for a in call.args], "path": clean(call.path)}


def _call(call: Syscall) -> str:
    path = f", path {printable(call.path)}" if call.path else ""
    return f"{call.name}({', '.join(hex(a) for a in call.args)}) {_arch(call)}, process {call.pid}{path}"


def _arch(call: Syscall) -> str:
    return _ARCHES.get(call.arch, "unknown")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIGRT" if 32 <= number <= 64 else "SIG?"
