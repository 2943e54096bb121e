"""Small charts as SVG text: they stand in a page without any script, follow its colours and are read out by their titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple


class Point(NamedTuple):
    """A value with its interval, and whether it is the one the chart is about."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    is_main: bool = False


_WIDTH = 720
_ROW = 30
_SQUARE = 420
_MARGIN = 46


def interval_plot(points: Sequence[Point], *, title: str, low: float = 0.0, high: float = 1.0) -> str:
    """Return a plot of values with their intervals, one row each, on a common scale.

    Parameters
    ----------
    points : sequence of Point
    title : str
        Read out in place of the picture.
    low, high : float
        Ends of the scale.
    """
    left, right, top = 190, 70, 8
    height = top + _ROW * len(points) + 34

    def x(value: float) -> float:
        return left + (_WIDTH - left - right) * (min(max(value, low), high) - low) / (high - low)

    parts = [_start(title, _WIDTH, height)]
    for step in range(6):
        value = low + (high - low) * step / 5
        parts.append(_line("grid", x(value), top, x(value), height - 26))
        parts.append(_text("tick", x(value), height - 8, f"{value:.1f}", "middle"))
    for row, point in enumerate(points):
        y = top + _ROW * row + _ROW / 2
        kind = "main" if point.is_main else "other"
        parts.append(_text(f"name {kind}", left - 12, y + 5, point.name, "end"))
        if point.low is not None and point.high is not None:
            parts.append(_line(f"bar {kind}", x(point.low), y, x(point.high), y))
        if point.value is None:
            parts.append(_text("tick", left + 4, y + 5, "undefined"))
            continue
        parts.append(f'<circle class="dot {kind}" cx="{x(point.value):.1f}" cy="{y:.1f}" r="6"/>')
        parts.append(_text(f"value {kind}", _WIDTH - right + 12, y + 5, f"{point.value:.3f}"))
    return "".join([*parts, "</svg>"])


def opposed_bars(rows: Sequence[Mapping[str, int]], names: Sequence[str], *, left: str, right: str, title: str) -> str:
    """Return bars that grow to both sides of a middle line: one label to the left, its opposite to the right."""
    most = max((max(row.get(left, 0), row.get(right, 0)) for row in rows), default=1) or 1
    middle, reach, room = 500, 180, 310
    height = _ROW * len(rows) + 8
    parts = [_start(title, _WIDTH, height)]
    for row, (counts, name) in enumerate(zip(rows, names, strict=True)):
        y = _ROW * row + 6
        shown = name if len(name) * 7 <= room else f"{name[: room // 7 - 2].rsplit(' ', 1)[0]} …"
        parts.append(f"<g><title>{escape(name)}</title>{_text('name other', middle - reach - 14, y + 15, shown, 'end')}</g>")
        for label, sign in ((left, -1), (right, 1)):
            count = counts.get(label, 0)
            length = reach * count / most
            parts.append(_bar(label, middle - length if sign < 0 else middle, y, length, 18, f"{name}: {label} {count}"))
            if count:
                parts.append(_text("tick", middle + sign * (length + 6), y + 14, str(count), "end" if sign < 0 else "start"))
    return "".join([*parts, _line("axis", middle, 0, middle, height), "</svg>"])


def share_bar(counts: Mapping[str, int], *, title: str) -> str:
    """Return one bar divided by the shares of labels, each with its name and count where there is room."""
    total = sum(counts.values()) or 1
    at = 0.0
    parts = [_start(title, _WIDTH, 44)]
    for label, count in counts.items():
        length = _WIDTH * count / total
        parts.append(_bar(label, at, 2, max(length - 2, 0), 40, f"{label}: {count} ({count / total:.0%})"))
        if length > 9 * len(f"{label} {count}"):
            parts.append(_text("on-bar", at + length / 2, 27, f"{label} {count}", "middle"))
        at += length
    return "".join([*parts, "</svg>"])


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


def _bar(label: str, x: float, y: float, width: float, height: float, words: str) -> str:
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="3"'
    return f'<rect class="stance-{escape(label)}" {size}><title>{escape(words)}</title></rect>'
