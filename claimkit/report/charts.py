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


_ROW = 30


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
    width, height = 720, top + _ROW * len(points) + 34
    span = width - left - right

    def x(value: float) -> float:
        return left + span * (min(max(value, low), high) - low) / (high - low)

    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
    ]
    for step in range(6):
        value = low + (high - low) * step / 5
        parts.append(f'<line class="grid" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top}" y2="{height - 26}"/>')
        parts.append(f'<text class="tick" x="{x(value):.1f}" y="{height - 8}" text-anchor="middle">{value:.1f}</text>')
    for row, point in enumerate(points):
        y = top + _ROW * row + _ROW / 2
        kind = "main" if point.is_main else "other"
        parts.append(f'<text class="name {kind}" x="{left - 12}" y="{y + 5:.1f}" text-anchor="end">{escape(point.name)}</text>')
        if point.low is not None and point.high is not None:
            parts.append(f'<line class="bar {kind}" x1="{x(point.low):.1f}" x2="{x(point.high):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        if point.value is None:
            parts.append(f'<text class="tick" x="{left + 4}" y="{y + 5:.1f}">undefined</text>')
            continue
        parts.append(f'<circle class="dot {kind}" cx="{x(point.value):.1f}" cy="{y:.1f}" r="6"/>')
        parts.append(f'<text class="value {kind}" x="{width - right + 12}" y="{y + 5:.1f}">{point.value:.3f}</text>')
    parts.append("</svg>")
    return "".join(parts)


def opposed_bars(rows: Sequence[Mapping[str, int]], names: Sequence[str], *, left: str, right: str, title: str) -> str:
    """Return bars that grow to both sides of a middle line: one label to the left, its opposite to the right."""
    most = max((max(row.get(left, 0), row.get(right, 0)) for row in rows), default=1) or 1
    width, middle, reach = 720, 460, 200
    height = _ROW * len(rows) + 8
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
    ]
    for row, (counts, name) in enumerate(zip(rows, names, strict=True)):
        y = _ROW * row + 6
        a, b = counts.get(left, 0), counts.get(right, 0)
        parts.append(f'<text class="name other" x="{middle - reach - 14}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for count, label, sign in ((a, left, -1), (b, right, 1)):
            length = reach * count / most
            start = middle - length if sign < 0 else middle
            anchor, at = ("end", start - 6) if sign < 0 else ("start", start + length + 6)
            parts.append(
                f'<rect class="stance-{escape(label)}" x="{start:.1f}" y="{y}" width="{length:.1f}" height="18" rx="3">'
                f"<title>{escape(name)}: {escape(label)} {count}</title></rect>"
            )
            if count:
                parts.append(f'<text class="tick" x="{at:.1f}" y="{y + 14}" text-anchor="{anchor}">{count}</text>')
    parts.append(f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{height}"/></svg>')
    return "".join(parts)


def share_bar(counts: Mapping[str, int], *, title: str) -> str:
    """Return one bar divided by the shares of labels, each with its name and count where there is room."""
    total = sum(counts.values()) or 1
    width, at = 720.0, 0.0
    parts = [f'<svg class="chart" viewBox="0 0 720 44" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>']
    for label, count in counts.items():
        length = width * count / total
        parts.append(
            f'<rect class="stance-{escape(label)}" x="{at:.1f}" y="2" width="{max(length - 2, 0):.1f}" height="40" rx="4">'
            f"<title>{escape(label)}: {count} ({count / total:.0%})</title></rect>"
        )
        if length > 70:
            parts.append(
                f'<text class="on-bar" x="{at + length / 2:.1f}" y="27" text-anchor="middle">{escape(label)} {count}</text>'
            )
        at += length
    parts.append("</svg>")
    return "".join(parts)
