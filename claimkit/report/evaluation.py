"""The page of one evaluation: readable in a minute, the words behind every error one search away."""

from __future__ import annotations

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


def evaluation_page(
    result: Evaluation,
    items: Sequence[Item],
    predictions: Sequence[Prediction],
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
    predictions : sequence of Prediction
        With labels of the gold scheme.
    title : str
    system : str
        What the evaluated system is called.
    leaks : sequence of Leak
        What the items share with the training data, where it is known.
    """
    metric = next(reversed(result.metrics))  # the last named one is what the user asked for, accuracy is always there
    main = result.metrics[metric]
    points = [Point(system.partition("@")[0], main.value, main.low, main.high, is_main=True)]
    points += [Point(base.name, *_three(base.metrics[metric])) for base in result.baselines]
    charts = {"score_plot": interval_plot(points, title=f"{metric} of all systems"), "reliability": "", "coverage": ""}
    if result.calibration:
        bins = [(entry.confidence, entry.accuracy, entry.n) for entry in result.calibration.reliability]
        curve = [(point.coverage, point.accuracy) for point in result.calibration.coverage]
        charts["reliability"] = reliability_plot(bins, title="Accuracy against confidence")
        charts["coverage"] = coverage_plot(curve, title="Accuracy over the share answered")
    errors = _errors(items, predictions)
    return render(
        "evaluation.html",
        charts=charts,
        title=title,
        system=system,
        result=result,
        verdict=verdict(result, metric),
        metric_name=metric,
        slices=_slices(result),
        wrong=len(errors),
        errors=errors[:_ERRORS_SHOWN],
        leaks=list(leaks),
    )


def verdict(result: Evaluation, metric: str) -> str:
    """Say in a sentence whether the system has been shown to be better than the best baseline."""
    known = [base for base in result.baselines if base.metrics[metric].value is not None]
    if not known:
        return "No baseline was given, so nothing says how much of this could be had without reading."
    best = max(known, key=lambda base: base.metrics[metric].value or 0.0)
    lift = best.lift[metric]
    if lift.value is None or lift.low is None or lift.high is None:
        return f"The best baseline is {best.name}; whether the difference is chance cannot be said."
    by = f"{lift.value:+.3f} in {metric} (95 % interval {lift.low:+.3f} to {lift.high:+.3f})"
    if lift.low > 0:
        return f"Lift over the best baseline, {best.name}: {by}."
    if lift.high < 0:
        return f"The baseline {best.name} is better: {by}."
    return f"Not shown to be better than the best baseline, {best.name}: {by}."


def _three(entry: Any) -> tuple[float | None, float | None, float | None]:
    return entry.value, entry.low, entry.high


def _slices(result: Evaluation) -> list[tuple[Any, float]]:
    overall = result.metrics["accuracy"].value or 0.0
    parts = [(part, (overall - (part.metrics["accuracy"].value or 0.0)) * part.n) for part in result.slices]
    return sorted(parts, key=lambda entry: (-entry[1], entry[0].key, entry[0].value))[:_SLICES_SHOWN]


def _errors(items: Sequence[Item], predictions: Sequence[Prediction]) -> list[dict[str, Any]]:
    said = {entry.id: entry for entry in predictions}
    found = []
    for item in items:
        entry = said.get(item.id)
        if entry is not None and entry.stance == item.stance:
            continue
        stance, shares = (entry.stance, entry.probabilities) if entry is not None else ("nothing", {})
        words = {"id": item.id, "text": item.text, "target": item.target, "gold": item.stance}
        found.append({**words, "predicted": stance, "probabilities": shares})
    return sorted(found, key=lambda entry: (-entry["probabilities"].get(entry["predicted"], 0.0), entry["id"]))
