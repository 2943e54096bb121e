"""Small charts as markup: they need no script, fit any width, follow the colours of the page and are read out by their titles."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple


class Point(NamedTuple):
    """A value with its interval, and whether it is the one the chart is about."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    is_main: bool = False


_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # between ticks
_SQUARE = 420
_WIDE = 760
_MARGIN = 46
_CELL = 52  # of a matrix


def interval_plot(points: Sequence[Point], *, title: str, low: float = 0.0, high: float = 1.0) -> str:
    """Return a plot of values with their intervals, one row each, on a common scale; as markup that fits any width.

    Parameters
    ----------
    points : sequence of Point
    title : str
        Read out in place of the picture.
    low, high : float
        Ends of the scale.
    """

    def at(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / (high - low)

    rows = [_interval_row(point, at, "" if point.value is None else f"{point.value:.3f}") for point in points]
    steps = [low + (high - low) * step / 5 for step in range(6)]
    ticks = "".join(f'<i style="left:{at(step):.0f}%">{step:.1f}</i>' for step in steps)
    scale = f'<div class="line scale"><span class="name"></span><span class="track">{ticks}</span><span class="value"></span></div>'
    return f'<div class="plot" role="img" aria-label="{escape(title)}">{"".join(rows)}{scale}</div>'


def difference_plot(points: Sequence[Point], *, title: str) -> str:
    """Return a plot of differences with their intervals around a line at zero; a row whose interval leaves zero out is marked."""
    reach = (
        max((abs(end) for point in points for end in (point.value, point.low, point.high) if end is not None), default=0.0) or 1.0
    )
    step = next(step for step in _STEPS if step >= reach / 2 or step == _STEPS[-1])
    most = step * max(1, -int(-reach // step))

    def at(value: float) -> float:
        return 50 + 50 * value / most

    zero = '<i class="zero" style="left:50%"></i>'
    rows = [_interval_row(point, at, "" if point.value is None else f"{point.value:+.3f}", before=zero) for point in points]
    count = round(2 * most / step)
    ticks = [-most + index * step for index in range(count + 1)]
    marks = "".join(f'<i style="left:{at(tick):.2f}%">{f"{tick:+.2f}" if abs(tick) > step / 2 else "0"}</i>' for tick in ticks)
    rows.append(
        f'<div class="line scale"><span class="name"></span><span class="track">{marks}</span><span class="value"></span></div>'
    )
    style = f"--step:{100 / count:.2f}%"
    return f'<div class="plot" role="img" aria-label="{escape(title)}" style="{style}">{"".join(rows)}</div>'


def _interval_row(point: Point, at: Callable[[float], float], words: str, *, before: str = "") -> str:
    """Return one row of a plot: name, interval and value on a track, and the value in words, "undefined" where there is none."""
    marks = before
    if point.low is not None and point.high is not None:
        marks += f'<i class="bar" style="left:{at(point.low):.2f}%;width:{at(point.high) - at(point.low):.2f}%"></i>'
    if point.value is not None:
        marks += f'<i class="dot" style="left:{at(point.value):.2f}%"></i>'
    cells = f'<span class="name">{escape(point.name)}</span><span class="track">{marks}</span>'
    kind = " main" if point.is_main else ""
    return f'<div class="line{kind}">{cells}<span class="value">{words or "undefined"}</span></div>'


def opposed_bars(rows: Sequence[Mapping[str, int]], names: Sequence[str], *, left: str, right: str, title: str) -> str:
    """Return bars that grow to both sides of a middle line: one label to the left, its opposite to the right."""
    most = max((max(row.get(left, 0), row.get(right, 0)) for row in rows), default=1) or 1
    lines = []
    for counts, name in zip(rows, names, strict=True):
        sides = []
        for label, side in ((left, "left"), (right, "right")):
            count = counts.get(label, 0)
            bar = f'<i class="stance-{escape(label)}" style="width:{80 * count / most:.2f}%" title="{escape(label)}: {count}"></i>'
            shown = f"<b>{count}</b>" if count else ""
            sides.append(
                f'<span class="{side}">{shown}{bar}</span>' if side == "left" else f'<span class="{side}">{bar}{shown}</span>'
            )
        lines.append(f'<div class="line"><span class="name">{escape(name)}</span><span class="track">{"".join(sides)}</span></div>')
    return f'<div class="plot opposed" role="img" aria-label="{escape(title)}">{"".join(lines)}</div>'


def share_bar(counts: Mapping[str, int], *, title: str) -> str:
    """Return one bar divided by the shares of labels, with a legend of names and counts."""
    total = sum(counts.values()) or 1
    parts = "".join(
        f'<i class="stance-{escape(label)}" style="flex-grow:{count}" title="{escape(label)}: {count} ({count / total:.0%})"></i>'
        for label, count in counts.items()
    )
    legend = "".join(
        f'<span class="tag stance-{escape(label)}">{escape(label)} {count} · {count / total:.0%}</span>'
        for label, count in counts.items()
    )
    return f'<div role="img" aria-label="{escape(title)}"><div class="shares">{parts}</div><p class="legend">{legend}</p></div>'


def reliability_plot(points: Sequence[tuple[float, float, int]], *, title: str) -> str:
    """Return a plot of accuracy against confidence; on the diagonal probabilities mean what they say.

    Parameters
    ----------
    points : sequence of (confidence, accuracy, n)
        The area of a dot grows with n.
    title : str
    """
    most = max((n for _, _, n in points), default=1)
    parts = [_frame(title, "confidence", "accuracy"), _line("diagonal", _across(0), _up(0), _across(1), _up(1))]
    for confidence, accuracy, n in points:
        x, y = _across(confidence), _up(accuracy)
        parts.append(_line("gap", x, _up(confidence), x, y))
        words = f"confidence {confidence:.2f}, accuracy {accuracy:.2f}, n {n}"
        radius = 3 + 7 * (n / most) ** 0.5
        parts.append(f'<circle class="dot main" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{words}</title></circle>')
    return "".join([*parts, "</svg>"])


def coverage_plot(points: Sequence[tuple[float, float]], *, title: str) -> str:
    """Return the curve of accuracy over the share of items that are answered, the surest first."""
    path = " ".join(f"{_across(coverage):.1f},{_up(accuracy):.1f}" for coverage, accuracy in points)
    return f'{_frame(title, "share answered", "accuracy")}<polyline class="curve" points="{path}"/></svg>'


def scatter_plot(points: Sequence[tuple[float, float, str]], *, across: str, up: str, title: str) -> str:
    """Return a plot of named points over a logarithmic scale.

    Parameters
    ----------
    points : sequence of (x > 0, y, name)
    across, up : str
        What the axes are.
    title : str
    """
    xs = [math.log10(max(x, 0.01)) for x, _, _ in points] or [0.0]
    ys = [y for _, y, _ in points] or [0.0]
    first, last = math.floor(min(xs)), max(math.ceil(max(xs)), math.floor(min(xs)) + 1)
    low, high = math.floor(min(ys) * 10) / 10, max(math.ceil(max(ys) * 10) / 10, math.floor(min(ys) * 10) / 10 + 0.1)
    parts = [_start(title, _WIDE, _SQUARE, "chart")]
    inner = _WIDE - 2 * _MARGIN

    def place(x: float, y: float) -> tuple[float, float]:
        height = _SQUARE - 2 * _MARGIN
        return _MARGIN + inner * (x - first) / (last - first), _SQUARE - _MARGIN - height * (y - low) / (high - low)

    for power in range(first, last + 1):
        x = place(power, low)[0]
        parts.append(_line("grid", x, place(power, low)[1], x, place(power, high)[1]))
        parts.append(_text("tick", x, place(power, low)[1] + 16, f"{10**power:g}", "middle"))
    steps = round((high - low) * 10)
    for step in range(steps + 1):
        value = low + step / 10
        y = place(first, value)[1]
        parts.append(_line("grid", _MARGIN, y, _WIDE - _MARGIN, y))
        parts.append(_text("tick", _MARGIN - 8, y + 4, f"{value:.1f}", "end"))
    for x, (_, y, name) in zip(xs, points, strict=True):
        left, top = place(x, y)
        parts.append(
            f'<circle class="dot main" cx="{left:.1f}" cy="{top:.1f}" r="5"><title>{escape(name)}: {y:.3f}</title></circle>'
        )
        parts.append(_text("tick", left + 8, top - 7, name, "start" if left < 0.7 * _WIDE else "end"))
    parts.append(_text("tick", _WIDE / 2, _SQUARE - 8, across, "middle"))
    parts.append(_text("tick", _MARGIN - 30, _MARGIN - 16, up))
    return "".join([*parts, "</svg>"])


def matrix_plot(names: Sequence[str], cells: Sequence[Sequence[Point | None]], *, title: str) -> str:
    """Return a square of values between each two of some names, the darker the higher; columns are numbered like the rows.

    Parameters
    ----------
    names : sequence of str
    cells : sequence of sequences of Point or None
        Row by row; ``None`` leaves a cell empty. Values below 0 are drawn as 0, and written as they are.
    title : str
        Read out in place of the picture.
    """
    longest = max((len(name) for name in names), default=0)
    label = min(30 + 7.5 * longest, 260.0)
    width, height = label + _CELL * len(names) + 8, _CELL * len(names) + 30
    start = _start(title, round(width), round(height), "chart matrix")
    parts = [start.replace("<svg ", f'<svg style="max-width:{width:.0f}px" ', 1)]
    for number, row in enumerate(names):
        x, y = label + _CELL * number, 24 + _CELL * number
        parts.append(_text("tick", x + _CELL / 2, 16, str(number + 1), "middle"))
        shown = row if len(row) <= 32 else f"{row[:31]}…"
        parts.append(_text("tick", label - 8, y + _CELL / 2 + 4, f"{shown} {number + 1}", "end"))
    for across, down, cell in ((j, i, cell) for i, row in enumerate(cells) for j, cell in enumerate(row)):
        if cell is not None:
            parts.append(_matrix_cell(label + _CELL * across, 24 + _CELL * down, cell))
    return "".join([*parts, "</svg>"])


def _matrix_cell(x: float, y: float, cell: Point) -> str:
    words = "undefined" if cell.value is None else f"{cell.value:.3f}"
    interval = "" if cell.low is None or cell.high is None else f" [{cell.low:.3f}, {cell.high:.3f}]"
    share = min(max(cell.value or 0.0, 0.0), 1.0)
    box = f'<rect class="cell" style="--share:{share:.3f}" x="{x:.1f}" y="{y:.1f}" width="{_CELL - 2}" height="{_CELL - 2}" rx="4">'
    shown = "–" if cell.value is None else f"{cell.value:.2f}"
    kind = "value strong" if share > 0.6 else "value"  # light words on a dark cell
    number = _text(kind, x + _CELL / 2 - 1, y + _CELL / 2 + 4, shown, "middle")
    return f"{box}<title>{escape(cell.name)}: {words}{interval}</title></rect>{number}"


def _across(value: float) -> float:
    return _MARGIN + (_SQUARE - 2 * _MARGIN) * value


def _up(value: float) -> float:
    return _SQUARE - _across(value)


def _frame(title: str, across: str, up: str) -> str:
    parts = [_start(title, _SQUARE, _SQUARE, "chart square")]
    for step in range(6):
        value = step / 5
        parts.append(_line("grid", _across(value), _up(0), _across(value), _up(1)))
        parts.append(_line("grid", _across(0), _up(value), _across(1), _up(value)))
        parts.append(_text("tick", _across(value), _up(0) + 16, f"{value:.1f}", "middle"))
        parts.append(_text("tick", _across(0) - 8, _up(value) + 4, f"{value:.1f}", "end"))
    parts.append(_text("tick", _SQUARE / 2, _SQUARE - 8, across, "middle"))
    parts.append(_text("tick", _across(0) - 30, _up(1) - 16, up))
    return "".join(parts)


def _start(title: str, width: int, height: int, kind: str = "chart") -> str:
    name = escape(title)
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{name}"><title>{name}</title>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(kind: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
