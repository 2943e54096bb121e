"""Charts: every value is drawn where the scale says, and no text can break out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from claimkit.report.charts import Point, interval_plot, matrix_plot, opposed_bars, reliability_plot, share_bar


def parse(text):
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def lefts(text, kind):
    return [float(value) for value in re.findall(rf'class="{kind}" style="left:([0-9.]+)%', text)]


def test_points_stand_at_their_value_between_their_bounds():
    text = interval_plot([Point("a", 0.5, 0.25, 0.75), Point("b", 1.0, None, None)], title="t")
    assert lefts(text, "dot") == [50.0, 100.0]
    assert re.findall(r'class="bar" style="left:([0-9.]+)%;width:([0-9.]+)%"', text) == [("25.00", "50.00")]


def test_an_undefined_value_is_written_and_not_drawn():
    text = interval_plot([Point("a", None, None, None)], title="t")
    assert "undefined" in text
    assert 'class="dot"' not in text


def test_bars_are_in_proportion_to_their_counts():
    text = opposed_bars([{"oppose": 2, "support": 4}], ["claim"], left="oppose", right="support", title="t")
    left, right = (float(width) for width in re.findall(r'style="width:([0-9.]+)%"', text))
    assert right == pytest.approx(2 * left)


def test_shares_grow_with_their_counts():
    assert re.findall(r"flex-grow:(\d+)", share_bar({"a": 3, "b": 1}, title="t")) == ["3", "1"]


def test_the_diagonal_of_a_reliability_plot_is_where_probabilities_mean_what_they_say():
    root = parse(reliability_plot([(0.25, 0.25, 10), (0.75, 0.5, 40)], title="t"))
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter("{http://www.w3.org/2000/svg}circle")]
    line = next(line for line in root.iter("{http://www.w3.org/2000/svg}line") if line.get("class") == "diagonal")
    slope = (float(line.get("y2")) - float(line.get("y1"))) / (float(line.get("x2")) - float(line.get("x1")))
    on_line = [float(line.get("y1")) + slope * (x - float(line.get("x1"))) for x, _ in dots]
    assert dots[0][1] == pytest.approx(on_line[0], abs=0.2)
    assert dots[1][1] > on_line[1] + 10  # less accurate than it says: below the line


def test_cells_of_a_matrix_are_as_dark_as_their_value_and_say_it():
    cell, low = Point("a and b", 0.875, 0.8, 0.9), Point("b and a", -0.25, None, None)
    root = parse(matrix_plot(["a", "b"], [[None, cell], [low, None]], title="t"))
    boxes = list(root.iter("{http://www.w3.org/2000/svg}rect"))
    assert [box.get("style") for box in boxes] == ["--share:0.875", "--share:0.000"]
    assert [box[0].text for box in boxes] == ["a and b: 0.875 [0.800, 0.900]", "b and a: -0.250"]
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["1", "a 1", "2", "b 2", "0.88", "-0.25"]
    assert float(boxes[0].get("x")) > float(boxes[1].get("x"))
    assert float(boxes[0].get("y")) < float(boxes[1].get("y"))


def test_names_cannot_become_markup():
    for text in (
        interval_plot([Point("<script>", 0.1, 0.0, 0.2)], title='"<b>'),
        opposed_bars([{"a": 1}], ["<img onerror=x>"], left="a", right='"b', title="t"),
        share_bar({'<"x': 3}, title="<i>"),
        matrix_plot(["<script>", "<img onerror=x>"], [[None, Point('"<b>', 0.5, 0.1, 0.9)], [None, None]], title="<i>"),
    ):
        assert not re.search(r"<(script|img)|<[bi]>(?!\d)", text)
        parse(text)
