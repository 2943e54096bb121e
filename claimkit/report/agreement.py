"""The page of agreement: how far labels can be relied on, and where they cannot: which annotators, labels, documents and items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from claimkit.errors import counted
from claimkit.report.charts import Point, interval_plot, matrix_plot
from claimkit.report.page import render

if TYPE_CHECKING:
    from claimkit.agreement import Agreement
    from claimkit.stats import Estimate

# Krippendorff (2004), Content Analysis, section 11.4.1: rely on labels from .800, conclude tentatively from .667.
RELIABLE, TENTATIVE = 0.8, 0.667
_SPOKEN = {"krippendorff_alpha": "Krippendorff's alpha"}
_DOCUMENTS_SHOWN, _ITEMS_SHOWN, _PAIRS_SHOWN = 20, 60, 60


def agreement_page(result: Agreement, *, title: str) -> str:
    """Return the HTML page of a measurement of agreement."""
    return render(
        "agreement.html",
        charts={
            "coefficient_plot": interval_plot(
                [
                    Point(name, entry.value, entry.low, entry.high, is_main=name == "krippendorff_alpha")
                    for name, entry in result.coefficients.items()
                ],
                title="Coefficients of agreement",
            ),
            "matrix": agreement_matrix(result),
            "span_matrix": span_matrix(result),
        },
        title=title,
        result=result,
        verdict=agreement_verdict(result),
        main=main_coefficient(result),
        pairs=result.pairs[:_PAIRS_SHOWN],
        parts=list(result.spans),
        documents=result.documents[:_DOCUMENTS_SHOWN],
        items=result.items[:_ITEMS_SHOWN],
        labels=list(result.per_label),
        coincidences=result.coincidences.values if result.coincidences else [],
    )


def agreement_matrix(result: Agreement) -> str:
    """Return the picture of how well each two annotators agree on labels; empty where that is undefined for all of them.

    It shows Krippendorff's alpha, or the coefficient that was asked for.
    """
    name = main_coefficient(result)
    found = {(pair.a, pair.b): (pair.coefficients[name], f"{pair.n_items} items") for pair in result.pairs}
    return _matrix(result, found, f"{name} of each two annotators")


def span_matrix(result: Agreement) -> str:
    """Return the picture of how well each two annotators agree on the words that they mark; empty where there are none."""
    found = {
        (pair.a, pair.b): (pair.spans["content"].f1_relaxed, f"{pair.spans['content'].n_marks} marks")
        for pair in result.pairs
        if "content" in pair.spans
    }
    return _matrix(result, found, "Relaxed F1 of the marks of each two annotators")


def _matrix(result: Agreement, found: Mapping[tuple[str, str], tuple[Estimate, str]], title: str) -> str:
    if all(entry.value is None for entry, _ in found.values()):
        return ""
    annotators = [entry.annotator for entry in result.annotators]
    place = {annotator: index for index, annotator in enumerate(annotators)}
    cells: list[list[Point | None]] = [[None] * len(annotators) for _ in annotators]
    for (a, b), (entry, amount) in found.items():
        point = Point(f"{a} and {b}, {amount}", entry.value, entry.low, entry.high)
        cells[place[a]][place[b]] = cells[place[b]][place[a]] = point
    return matrix_plot(annotators, cells, title=title)


def main_coefficient(result: Agreement) -> str:
    """Return the name of the coefficient that stands for all: Krippendorff's alpha where it was computed."""
    return "krippendorff_alpha" if "krippendorff_alpha" in result.coefficients else next(iter(result.coefficients))


def agreement_verdict(result: Agreement) -> str:
    """Say in a sentence or two how far the labels can be relied on."""
    unmarked = result.attributes.get("stance_or_none", {}).get("krippendorff_alpha")
    content = result.spans.get("content")
    marks = f" Marked words: relaxed F1 {_short(content.f1_relaxed)}." if content and content.f1_relaxed.value is not None else ""
    if unmarked is None or unmarked.value is None:
        return _verdict_on_labels(result) + marks
    rest = "These are statements that two layers mark on the same claim; with “not marked” as a label alpha is"
    return f"{_verdict_on_labels(result)} {rest} {_short(unmarked)}.{marks}"


def _verdict_on_labels(result: Agreement) -> str:
    name = main_coefficient(result)
    entry = result.coefficients[name]
    if entry.value is None:
        return f"{_SPOKEN.get(name, name)} has no value ({entry.method.removeprefix('undefined: ')})."
    basis = f"{counted(entry.n_items, 'item')} with {counted(entry.n_values, 'label')}"
    found = f"{_SPOKEN.get(name, name)} is {_short(entry)} on {basis}"
    if name != "krippendorff_alpha":
        return f"{found}."
    if entry.low is None:
        return f"{found}; there is no interval ({entry.method}), so nothing can be said about other items."
    if entry.low >= RELIABLE:
        return f"{found}; even its lower end is at least .800, from where labels are usually relied on."
    if entry.high is not None and entry.high < TENTATIVE:
        return f"{found}; even its upper end is below .667, under which labels support no conclusion."
    if entry.low >= TENTATIVE:
        return f"{found}; surely .667, from where conclusions are tentative, but not surely .800, from where labels are relied on."
    return f"{found}; its lower end is below .667, so it is not shown that the labels support even tentative conclusions."


def _short(entry: Estimate) -> str:
    interval = "" if entry.low is None or entry.high is None else f" [{entry.low:.3f}, {entry.high:.3f}]"
    return f"{entry.value:.3f}{interval}"
