"""Evaluation: from predictions and gold labels to numbers with intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from claimkit.errors import UsageError, counted
from claimkit.evaluation.calibrate import calibration_of, probabilities_of, probability_estimate
from claimkit.evaluation.ceiling import ceiling_of
from claimkit.evaluation.resampling import IntervalKind, make_plans
from claimkit.evaluation.result import Baseline, Confusion, Evaluation, Lift
from claimkit.evaluation.sample import Place, Sample, join, predicted_codes
from claimkit.evaluation.scorer import SMALL, Scorer, System
from claimkit.evaluation.signature import data_hash
from claimkit.labelmaps import parse_label_map
from claimkit.metrics import LabelMetric, Metric, ProbabilityMetric, parse_metric
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme, scheme_of

DEFAULT_METRICS = ("accuracy", "f1_macro")
# What is looked at apart unless something else is asked for, where the items have it and it varies.
DEFAULT_SLICES = ("target", "speaker", "actor_pair", "source", "year", "quotation", "modality")
_MOST_VALUES = 20  # of a default slice
_FEWEST = 10  # items in the largest value of a default slice
REPLICATES = 10_000


def evaluate(
    items: Iterable[Item],
    predictions: Iterable[Prediction],
    *,
    scheme: str | Sequence[str] | LabelScheme | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    cluster: str = "auto",
    label_map: str | None = None,
    baselines: Mapping[str, Iterable[Prediction]] | None = None,
    slices: Sequence[str] | None = None,
    annotators: Mapping[str, Iterable[Prediction]] | None = None,
    other_seeds: Sequence[Iterable[Prediction]] = (),
    interval: IntervalKind = "percentile",
    replicates: int = REPLICATES,
    seed: int = 13,
    data: str | None = None,
    split: str | None = None,
    gold_place: Place | None = None,
    prediction_place: Place | None = None,
) -> Evaluation:
    """Compare predictions with gold labels.

    Parameters
    ----------
    items : iterable of Item
        Gold items, each with a stance. An item without a prediction counts as wrong.
    predictions : iterable of Prediction
        At most one for each item.
    scheme : str, sequence of str or LabelScheme, optional
        Default: the one that the items name.
    metrics : sequence of str
        Names of :data:`claimkit.metrics.METRICS` of labels or probabilities, with parameters where they have some, as in
        ``"ece(bins=15)"``; accuracy is always the first.
    cluster : str
        Group key whose values are resampled as wholes; ``"auto"`` is the document, thread, body, event or claim, whichever is there
        first; two keys, as in ``"document,target"``, give the wider of two intervals; ``"none"`` resamples single items.
    label_map : str, optional
        Applied to predicted labels first (:func:`claimkit.labelmaps.parse_label_map`).
    baselines : mapping of str to iterable of Prediction, optional
        Other systems on the same items; the lift over each has a paired interval.
    slices : sequence of str
        Group keys, or ``"target"``, for whose values scores are given apart; default: those of :data:`DEFAULT_SLICES` that the
        items have, with the largest values of each.
    annotators : mapping of str to iterable of Prediction, optional
        What single annotators say of the items, for the ceiling: each is compared with the majority of the others, or with gold
        where there is only one.
    other_seeds : sequence of iterables of Prediction
        What the same system says when trained with other seeds. Scores are then means over all runs.
    interval : {"percentile", "bca"}
    replicates, seed : int
        Of the bootstrap.
    data, split : str, optional
        Name of the data set and of its part, for the signatures.
    gold_place, prediction_place : callable, optional
        From an id to ``path`` and ``line``, for messages.

    Returns
    -------
    Evaluation

    Raises
    ------
    DataError
        For ids that occur twice or are unknown, and labels outside the scheme.
    UsageError
        For metrics, keys or maps that do not exist or do not fit the scheme.

    Examples
    --------
    >>> gold = [Item(id=str(i), text="t", target="x", stance="FAVOR", scheme="pstance") for i in range(4)]
    >>> said = [Prediction(id=str(i), stance="FAVOR") for i in range(3)]
    >>> result = evaluate(gold, said)
    >>> result.metrics["accuracy"].value, result.missing
    (0.75, 1)
    """
    chosen = scheme if isinstance(scheme, LabelScheme) or scheme is None else scheme_of(scheme)
    given = list(predictions)
    nowhere: Place = lambda _: {}  # noqa: E731 - a default that is as short as the thing it stands for
    sample = join(
        items,
        given,
        chosen,
        label_map=label_map,
        gold_place=gold_place or nowhere,
        prediction_place=prediction_place or nowhere,
    )
    wanted = metrics_for(metrics, sample.scheme)
    for key in slices or ():
        sample.check_key(key)
    plans, warnings = make_plans(sample, cluster, replicates, seed, interval)
    scorer = Scorer(sample, _of_labels(wanted), plans, f"{data or 'items'}@{data_hash(sample.items)}", split)
    rows, k = scorer.rows, len(sample.scheme.labels)
    more = [list(run) for run in other_seeds]
    place = prediction_place or nowhere
    system: System = (sample.predicted, *(predicted_codes(rows, run, sample.scheme, label_map) for run in more))
    runs = [given, *more]
    stances = (entry.stance for run in runs for entry in run)
    mapping = parse_label_map(label_map, stances, sample.scheme).mapping if label_map else {}
    probabilities = [probabilities_of(rows, run, sample.scheme, mapping, place) for run in runs]
    scores = scorer.scores(system)
    for metric in wanted:
        if isinstance(metric, ProbabilityMetric):
            scores[str(metric)] = probability_estimate(metric, sample, system, probabilities, plans)
    set_beside = [
        scorer.baseline(label, system, (predicted_codes(rows, entries, sample.scheme),))
        for label, entries in (baselines or {}).items()
    ]
    said = {label: predicted_codes(rows, entries, sample.scheme) for label, entries in (annotators or {}).items()}
    chosen_slices = dict.fromkeys(slices) if slices is not None else dict.fromkeys(_default_slices(sample), _MOST_VALUES)
    return Evaluation(
        n=sample.n,
        missing=sum(int((codes == k).sum()) for codes in system),
        clusters={plan.key: plan.k for plan in plans if plan.key is not None and plan.k is not None},
        signature=scorer.signed(wanted[0], scores["accuracy"], len(system)).signature or "",
        metrics={str(metric): scorer.signed(metric, scores[str(metric)], len(system)) for metric in wanted},
        per_label=scorer.per_label(system),
        confusion=_confusion(sample, system),
        slices=[entry for key, most in chosen_slices.items() for entry in scorer.slices(system, key, most)],
        baselines=set_beside,
        lift=_lift(scorer.metrics, set_beside),
        ceiling=ceiling_of(scorer, said),
        seeds=scorer.seeds(system),
        calibration=calibration_of(sample, system, probabilities, plans),
        warnings=[*warnings, *_warnings(sample, system)],
    )


def metrics_for(names: Sequence[str], scheme: LabelScheme) -> list[LabelMetric | ProbabilityMetric]:
    """Return the named metrics, accuracy first.

    Raises
    ------
    UsageError
        When a metric does not exist or is not defined for the scheme, or is not one of labels or probabilities.
    """
    wanted: dict[str, LabelMetric | ProbabilityMetric] = {}
    for name in ("accuracy", *names):
        metric = parse_metric(name)
        if isinstance(metric, LabelMetric):
            metric.check_scheme(scheme)
        elif not isinstance(metric, ProbabilityMetric):
            raise UsageError(_of_other_kind(metric))
        wanted[str(metric)] = metric
    return list(wanted.values())


def _of_other_kind(metric: Metric) -> str:
    if metric.name == "span_f1":
        return "the metric span_f1 compares marked spans: give two layers of statements instead of items and predictions"
    return f"the metric {metric} ranks documents: name the group key of a query with --query, or give a qrels file and a run file"


def _of_labels(metrics: Iterable[Metric]) -> list[LabelMetric]:
    return [metric for metric in metrics if isinstance(metric, LabelMetric)]


def _default_slices(sample: Sample) -> list[str]:
    """Return the default keys that tell the items apart: at least two values, one of them with enough items to say something."""
    found = []
    for key in DEFAULT_SLICES:
        counts = Counter(value for value in sample.column(key) if value)
        if len(counts) > 1 and counts.most_common(1)[0][1] >= _FEWEST:
            found.append(key)
    return found


def _lift(metrics: Sequence[LabelMetric], baselines: Sequence[Baseline]) -> dict[str, Lift]:
    found = {}
    for metric in map(str, metrics):
        known = [base for base in baselines if base.metrics[metric].value is not None]
        if known:
            best = max(known, key=lambda base: base.metrics[metric].value or 0.0)
            found[metric] = Lift(over=best.name, estimate=best.lift[metric])
    return found


def _confusion(sample: Sample, system: System) -> Confusion:
    k = len(sample.scheme.labels)
    cells = np.concatenate([sample.gold * (k + 1) + codes for codes in system])
    counts = np.bincount(cells, minlength=k * (k + 1)).reshape(k, k + 1)
    return Confusion(labels=sample.scheme.labels, counts=counts[:, :-1].tolist(), missing=counts[:, -1].tolist())


def _warnings(sample: Sample, system: System) -> list[str]:
    k = len(sample.scheme.labels)
    gold = np.bincount(sample.gold, minlength=k)
    found = []
    for number, codes in enumerate(system, start=1):
        missing = int((codes == k).sum())
        if missing:
            of_run = f" in run {number}" if len(system) > 1 else ""
            found.append(f"{missing} of {sample.n} items have no prediction{of_run} and count as wrong")
    absent = [label for label, n in zip(sample.scheme.labels, gold, strict=True) if n == 0]
    if len(absent) == k - 1:
        found.append("all gold items have one label, so no stance is told apart here")
    elif absent:
        found.append(f"no gold item is {' or '.join(absent)}; means over labels count F1 0 there, since the scheme has the label")
    if sample.n < SMALL:
        found.append(f"only {counted(sample.n, 'item')}: every number here is rough")
    return found
