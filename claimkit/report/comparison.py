"""The page of a comparison: which system is better, by how much, how sure that is, and on which items they part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from claimkit.records import Item, Prediction
from claimkit.report.charts import Point, difference_plot, interval_plot
from claimkit.report.page import render

if TYPE_CHECKING:
    from claimkit.evaluation import Comparison, Pair

_ITEMS_SHOWN = 200


def comparison_page(result: Comparison, items: Sequence[Item], systems: Mapping[str, Sequence[Prediction]], *, title: str) -> str:
    """Return the HTML page of a comparison.

    Parameters
    ----------
    result : Comparison
    items : sequence of Item
        The gold items.
    systems : mapping of str to sequence of Prediction
    title : str
    """
    metrics = list(next(iter(result.scores.values())))
    main = metrics[-1]
    shown = [pair for pair in result.pairs if pair.metric == main]
    return render(
        "comparison.html",
        charts={
            "score_plot": interval_plot(
                [Point(name, scores[main].value, scores[main].low, scores[main].high) for name, scores in result.scores.items()],
                title=f"{main} of all systems",
            ),
            "difference_plot": difference_plot(
                [
                    Point(f"{pair.a} − {pair.b}", pair.difference, pair.low, pair.high, is_main=is_shown_to_differ(pair))
                    for pair in shown
                ],
                title=f"Differences in {main}",
            ),
        },
        title=title,
        result=result,
        metrics=metrics,
        main=main,
        verdicts=[pair_verdict(pair) for pair in shown],
        entries=_entries(items, systems),
    )


def is_shown_to_differ(pair: Pair) -> bool:
    """Tell whether a difference was found at 5 %, after correction for the number of tests."""
    return pair.p_holm is not None and pair.p_holm <= 0.05


def pair_verdict(pair: Pair) -> str:
    """Say in a sentence what a comparison of two systems has shown."""
    if pair.difference is None:
        return f"{pair.metric} of {pair.a} or {pair.b} is undefined, so they cannot be compared."
    if pair.p_holm is None:
        return f"Whether {pair.a} and {pair.b} differ in {pair.metric} cannot be said: {pair.test}."
    how = f"{abs(pair.difference):.3f} in {pair.metric}, corrected p {_p(pair.p_holm)}"
    if is_shown_to_differ(pair):
        better, worse = (pair.a, pair.b) if pair.difference > 0 else (pair.b, pair.a)
        return f"{better} is better than {worse} ({how})."
    found = f"; a true difference of {pair.detectable:.3f} would have been found four times in five" if pair.detectable else ""
    return f"{pair.a} and {pair.b} are not shown to differ ({how}{found})."


def _p(value: float) -> str:
    return "< .0001" if value < 0.0001 else f"{value:.4f}".removeprefix("0")


def _entries(items: Sequence[Item], systems: Mapping[str, Sequence[Prediction]]) -> list[dict[str, Any]]:
    """Return the items on which some systems are right and others wrong, the most divided first."""
    said = {name: {entry.id: entry.stance for entry in entries} for name, entries in systems.items()}
    found = []
    for item in items:
        labels = {name: answers.get(item.id, "nothing") for name, answers in said.items()}
        right = sum(label == item.stance for label in labels.values())
        if 0 < right < len(labels):
            found.append((abs(2 * right - len(labels)), item, labels))
    found.sort(key=lambda entry: (entry[0], entry[1].id))
    return [
        {"id": item.id, "text": item.text, "target": item.target, "gold": item.stance, "labels": labels}
        for _, item, labels in found[:_ITEMS_SHOWN]
    ]
