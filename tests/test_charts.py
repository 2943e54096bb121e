"""Charts: every value is drawn where the scale says, and no text can break out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from claimkit.report.charts import Point, interval_plot, opposed_bars, share_bar

SVG = "{http://www.w3.org/2000/svg}"


def parse(text):
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_points_stand_at_their_value_between_their_bounds():
    root = parse(interval_plot([Point("a", 0.5, 0.25, 0.75), Point("b", 1.0, None, None)], title="t"))
    dots = [float(dot.get("cx")) for dot in root.iter(f"{SVG}circle")]
    bar = next(line for line in root.iter(f"{SVG}line") if "bar" in line.get("class"))
    assert dots[0] == pytest.approx((float(bar.get("x1")) + float(bar.get("x2"))) / 2, abs=0.2)
    grid = [float(line.get("x1")) for line in root.iter(f"{SVG}line") if line.get("class") == "grid"]
    assert dots[1] == pytest.approx(max(grid), abs=0.2)


def test_an_undefined_value_is_written_and_not_drawn():
    text = interval_plot([Point("a", None, None, None)], title="t")
    assert "undefined" in text
    assert "<circle" not in text


def test_bars_are_in_proportion_to_their_counts():
    root = parse(opposed_bars([{"oppose": 2, "support": 4}], ["claim"], left="oppose", right="support", title="t"))
    left, right = (float(bar.get("width")) for bar in root.iter(f"{SVG}rect"))
    assert right == pytest.approx(2 * left, abs=0.2)


def test_names_cannot_become_markup():
    for text in (
        interval_plot([Point("<script>", 0.1, 0.0, 0.2)], title='"<b>'),
        opposed_bars([{"a": 1}], ["<img onerror=x>"], left="a", right='"b', title="t"),
        share_bar({'<"x': 3}, title="<i>"),
    ):
        assert not re.search(r"<(script|img|b|i)\b", text)
        parse(text)
