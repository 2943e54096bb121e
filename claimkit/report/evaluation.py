"""The page of one evaluation: readable in a minute, the words behind every error one search away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from claimkit.records import Item, Prediction
from claimkit.report.charts import Point, coverage_plot, interval_plot, reliability_plot
from claimkit.report.page import render
from claimkit.splits import Leak

if TYPE_CHECKING:
    from claimkit.evaluation import Evaluation

_ERRORS_SHOWN = 300
_SLICES_SHOWN = 60
_OF_PROBABILITIES = ("brier", "ece")  # they have one value for all items, not one for each slice or baseline


def evaluation_page(
    result: Evaluation,
    items: Sequence[Item],
    runs: Sequence[Sequence[Prediction]],
    *,
    title: str,
    system: str = "this system",
    leaks: Sequence[Leak] = (),
) -> str:
    """Return the HTML page of an evaluation.

    Parameters
    ----------
    result : Evaluation
    items : sequence of Item
        The gold items.
    runs : sequence of sequences of Prediction
        What the system says, once for each seed, with labels of the gold scheme.
    title : str
    system : str
        What the evaluated system is called.
    leaks : sequence of Leak
        What the items share with the training data, where it is known.
    """
    metric = headline_metric(result)
    main = result.metrics[metric]
    points = [Point(system.partition("@")[0], main.value, main.low, main.high, is_main=True)]
    points += [Point(base.name, *_three(base.metrics[metric])) for base in result.baselines]
    points += [Point(f"{entry.annotator} (ceiling)", *_three(entry.metrics[metric])) for entry in result.ceiling if entry.metrics]
    charts = {"score_plot": interval_plot(points, title=f"{metric} of all systems"), "reliability": "", "coverage": ""}
    if result.calibration:
        bins = [(entry.confidence, entry.accuracy, entry.n) for entry in result.calibration.reliability]
        curve = [(point.coverage, point.accuracy) for point in result.calibration.coverage]
        charts["reliability"] = reliability_plot(bins, title="Accuracy against confidence")
        charts["coverage"] = coverage_plot(curve, title="Accuracy over the share answered")
    errors = _errors(items, runs)
    return render(
        "evaluation.html",
        charts=charts,
        title=title,
        system=system,
        result=result,
        verdict=verdict(result, metric),
        metric_name=metric,
        label_metrics=[name for name in result.metrics if not name.startswith(_OF_PROBABILITIES)],
        slices=_slices(result),
        wrong=len(errors),
        errors=errors[:_ERRORS_SHOWN],
        runs=len(runs),
        leaks=list(leaks),
    )


def headline_metric(result: Evaluation) -> str:
    """Return the metric of labels that was named last: what the user asked for; accuracy is always there."""
    return next(reversed(result.lift), None) or next(
        (name for name in reversed(result.metrics) if not name.startswith(_OF_PROBABILITIES)), "accuracy"
    )


def verdict(result: Evaluation, metric: str) -> str:
    """Say in a sentence whether the system has been shown to be better than the best baseline."""
    best = result.lift.get(metric)
    if best is None:
        return "No baseline was given, so nothing says how much of this could be had without reading."
    lift = best.estimate
    if lift.value is None or lift.low is None or lift.high is None:
        return f"The best baseline is {best.over}; whether the difference is chance cannot be said."
    by = f"{lift.value:+.3f} in {metric} (95 % interval {lift.low:+.3f} to {lift.high:+.3f})"
    if lift.low > 0:
        return f"Lift over the best baseline, {best.over}: {by}."
    if lift.high < 0:
        return f"The baseline {best.over} is better: {by}."
    return f"Not shown to be better than the best baseline, {best.over}: {by}."


def _three(entry: Any) -> tuple[float | None, float | None, float | None]:
    return entry.value, entry.low, entry.high


def _slices(result: Evaluation) -> list[tuple[Any, float]]:
    overall = result.metrics["accuracy"].value or 0.0
    parts = [(part, (overall - (part.metrics["accuracy"].value or 0.0)) * part.n) for part in result.slices]
    return sorted(parts, key=lambda entry: (-entry[1], entry[0].key, entry[0].value))[:_SLICES_SHOWN]


def _errors(items: Sequence[Item], runs: Sequence[Sequence[Prediction]]) -> list[dict[str, Any]]:
    """Return the items that any run gets wrong: those that most runs do first, then those they are surest of."""
    said: dict[str, list[Prediction]] = {}
    for run in runs:
        for entry in run:
            said.setdefault(entry.id, []).append(entry)
    found = []
    for item in items:
        entries = said.get(item.id, [])
        wrong = Counter(entry.stance for entry in entries if entry.stance != item.stance)
        missing = len(runs) - len(entries)
        if not wrong and not missing:
            continue
        stance = wrong.most_common(1)[0][0] if wrong else "nothing"
        known = [entry.probabilities for entry in entries if entry.probabilities]
        shares = {label: sum(each.get(label, 0.0) for each in known) / len(known) for label in known[0]} if known else {}
        words = {"id": item.id, "text": item.text, "target": item.target, "gold": item.stance}
        found.append({**words, "predicted": stance, "probabilities": shares, "wrong": sum(wrong.values()) + missing})
    return sorted(found, key=lambda entry: (-entry["wrong"], -entry["probabilities"].get(entry["predicted"], 0.0), entry["id"]))
