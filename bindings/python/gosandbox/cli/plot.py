"""The timeline of a run as a picture: an SVG file without scripts, for light and dark pages alike."""

from __future__ import annotations

from html import escape
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from ..limits import Limits
from ..record import Sample
from ..result import Result
from .terminal import clean

_WIDTH, _PANEL, _GAP = 860, 150, 46
_LEFT, _RIGHT, _TOP = 78, 22, 58

_STYLE = """
text { font: 12px sans-serif; fill: #333 } .title { font-size: 15px; font-weight: bold } .dim { fill: #666 }
.grid { stroke: #ddd; stroke-width: 1 } .axis { stroke: #888; stroke-width: 1 } .limit { stroke: #c0392b; stroke-width: 1.5; stroke-dasharray: 6 4 }
.limit-text { fill: #c0392b } .line { stroke: #1f77b4; stroke-width: 1.8; fill: none; stroke-linejoin: round } .area { fill: #1f77b4; opacity: .12 }
.back { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .dim { fill: #aaa } .grid { stroke: #3a3a3a } .axis { stroke: #777 } .back { fill: #1e1e1e }
  .line { stroke: #6db3f2 } .area { fill: #6db3f2 } .limit { stroke: #ff7b6b } .limit-text { fill: #ff7b6b }
}
"""


class _Panel(NamedTuple):
    title: str
    values: List[float]
    limit: Optional[float]
    show: Callable[[float], str]
    steps: bool  # the value holds until the next sample


def draw(result: Result, limits: Optional[Limits], command: Sequence[str]) -> str:
    """The picture. Raises ValueError when the result has no timeline."""
    samples = result.timeline
    if not samples:
        raise ValueError("the run has no timeline: it was not started")
    limits = limits or Limits()
    end = max(samples[-1].at_ns, 1) / 1e9
    times = [s.at_ns / 1e9 for s in samples]
    panels = [
        _Panel("memory", [float(s.memory) for s in samples], _number(limits.memory), _bytes, False),
        _Panel("CPU time", [s.cpu_time_ns / 1e9 for s in samples], _number(limits.cpu), _seconds, False),
        _Panel("processes", [float(s.processes) for s in samples], _number(limits.processes), _count, True),
    ]
    height = _TOP + len(panels) * (_PANEL + _GAP) + 8
    title = " ".join(clean(a) for a in command)
    title = title if len(title) <= 100 else title[:99] + "\u2026"
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" role="img">',
           f"<title>{_text(title)}</title>", f"<style>{_STYLE}</style>", f'<rect class="back" width="{_WIDTH}" height="{height}"/>',
           f'<text class="title" x="{_LEFT}" y="24">{_text(title)}</text>',
           f'<text class="dim" x="{_LEFT}" y="43">{_text(result.status.name)}: {_text(clean(result.message))}</text>']
    wall = _number(limits.wall)
    for i, panel in enumerate(panels):
        out += _draw(panel, times, end, wall, _TOP + i * (_PANEL + _GAP), i == len(panels) - 1, samples)
    return "\n".join(out + ["</svg>", ""])


def _draw(panel: _Panel, times: List[float], end: float, wall: Optional[float], top: int, last: bool,
          samples: Sequence[Sample]) -> List[str]:
    most = max(panel.values)
    # A limit that is far away would press the line flat: it is told in words then.
    near = panel.limit is not None and panel.limit <= 4 * most
    high = max(most, panel.limit if near and panel.limit is not None else 0.0) or 1.0
    unit = 1.0
    while panel.show is _bytes and high / unit >= 1024:
        unit *= 1024
    x_ticks, y_ticks = _ticks(end), [t * unit for t in _ticks(high / unit)]
    if panel.steps:
        y_ticks = [t for t in y_ticks if t == int(t)]
    bottom, width = top + _PANEL, _WIDTH - _LEFT - _RIGHT

    def x(t: float) -> float:
        return _LEFT + width * t / end

    def y(value: float) -> float:
        return bottom - (_PANEL - 16) * value / high

    heading = panel.title
    if panel.limit is not None and not near:
        heading += f", limit {panel.show(panel.limit)}"
    out = [f'<text x="{_LEFT}" y="{top + 4}">{_text(heading)}, most {_text(panel.show(most))}</text>']
    for t in y_ticks:
        out += [f'<line class="grid" x1="{_LEFT}" y1="{y(t):.1f}" x2="{_LEFT + width}" y2="{y(t):.1f}"/>',
                f'<text class="dim" x="{_LEFT - 8}" y="{y(t) + 4:.1f}" text-anchor="end">{_text(panel.show(t))}</text>']
    for t in x_ticks:
        out += [f'<line class="axis" x1="{x(t):.1f}" y1="{bottom}" x2="{x(t):.1f}" y2="{bottom + 4}"/>',
                f'<text class="dim" x="{x(t):.1f}" y="{bottom + 18}" text-anchor="middle">{_text(_seconds(t))}</text>']
    points: List[Tuple[float, float]] = []
    for i, (t, value) in enumerate(zip(times, panel.values)):
        # What is there until the end is not gone before: the last sample stands for what follows it.
        if points and (panel.steps or i == len(times) - 1 and samples[i].processes == 0 and value < panel.values[i - 1]):
            points.append((x(t), points[-1][1]))
        points.append((x(t), y(value)))
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    out += [f'<polygon class="area" points="{_LEFT},{bottom} {path} {points[-1][0]:.1f},{bottom}"/>', f'<polyline class="line" points="{path}"/>']
    if panel.limit is not None and near:
        out += [f'<line class="limit" x1="{_LEFT}" y1="{y(panel.limit):.1f}" x2="{_LEFT + width}" y2="{y(panel.limit):.1f}"/>',
                f'<text class="limit-text" x="{_LEFT + width}" y="{y(panel.limit) - 5:.1f}" text-anchor="end">limit {_text(panel.show(panel.limit))}</text>']
    if wall is not None and wall <= end:
        out.append(f'<line class="limit" x1="{x(wall):.1f}" y1="{top + 16}" x2="{x(wall):.1f}" y2="{bottom}"/>')
        if last:
            out.append(f'<text class="limit-text" x="{x(wall) - 5:.1f}" y="{top + 28}" text-anchor="end">wall limit {_text(_seconds(wall))}</text>')
    out.append(f'<line class="axis" x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + width}" y2="{bottom}"/>')
    return out


def _ticks(most: float) -> List[float]:
    """Up to six round numbers from 0 on, the last one at or above the most, or just below it."""
    step = 1.0
    while step * 5 < most:
        step *= 10
    while step / 10 * 5 >= most:
        step /= 10
    for part in (10, 5, 4, 2):
        if step / part * 5 >= most:
            step /= part
            break
    ticks = [0.0]
    while ticks[-1] + step <= most * 1.0001:
        ticks.append(ticks[-1] + step)
    return ticks


def _number(value: object) -> Optional[float]:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _text(text: str) -> str:
    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))


def _bytes(n: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if n < 1024 or unit == "GiB":
            return f"{n:.4g} {unit}"
        n /= 1024
    raise AssertionError


def _seconds(s: float) -> str:
    return f"{s:.4g} s" if s >= 1 or s == 0 else f"{s * 1000:.4g} ms"


def _count(n: float) -> str:
    return f"{n:.0f}"
