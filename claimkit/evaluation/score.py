"""Evaluation: from predictions and gold labels to numbers with intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

import claimkit
from claimkit.evaluation.calibrate import calibration_of, probabilities_of
from claimkit.evaluation.resampling import Columns, Floats, Plan, make_plans
from claimkit.evaluation.result import Baseline, Confusion, Estimate, Evaluation, LabelScores, Slice
from claimkit.evaluation.sample import Codes, Place, Sample, join, predicted_codes
from claimkit.evaluation.signature import Signature, data_hash
from claimkit.labelmaps import parse_label_map
from claimkit.metrics import METRICS, Metric
from claimkit.metrics.labels import precision_recall_f1
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme, scheme_of
from claimkit.stats import percentile_interval, wilson_interval

DEFAULT_METRICS = ("accuracy", "f1_macro")
SMALL = 30  # items; numbers of fewer are flagged
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
    slices: Sequence[str] = (),
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
        Names of :data:`claimkit.metrics.METRICS`; accuracy is always the first.
    cluster : str
        Group key whose values are resampled as wholes; ``"auto"`` is the document, thread, body, event or claim, whichever is there
        first; two keys, as in ``"document,target"``, give the wider of two intervals; ``"none"`` resamples single items.
    label_map : str, optional
        Applied to predicted labels first (:func:`claimkit.labelmaps.parse_label_map`).
    baselines : mapping of str to iterable of Prediction, optional
        Other systems on the same items; the lift over each has a paired interval.
    slices : sequence of str
        Group keys, or ``"target"``, for whose values scores are given apart.
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
    plans, warnings = make_plans(sample, cluster, replicates, seed)
    name = f"{data or 'items'}@{data_hash(sample.items)}"
    scorer = Scorer(sample, wanted, plans, name, split)
    mapping = parse_label_map(label_map, (entry.stance for entry in given), sample.scheme).mapping if label_map else {}
    probabilities = probabilities_of(scorer.rows, given, sample.scheme, mapping, prediction_place or nowhere)
    others = {label: predicted_codes(scorer.rows, entries, sample.scheme) for label, entries in (baselines or {}).items()}
    scores = scorer.scores()
    return Evaluation(
        n=sample.n,
        missing=int((sample.predicted == len(sample.scheme.labels)).sum()),
        clusters={plan.key: plan.k for plan in plans if plan.key is not None and plan.k is not None},
        signature=scores["accuracy"].signature or "",
        metrics=scores,
        per_label=scorer.per_label(),
        confusion=_confusion(sample),
        slices=[entry for key in slices for entry in scorer.slices(key)],
        baselines=[scorer.baseline(label, codes) for label, codes in others.items()],
        calibration=calibration_of(sample, probabilities, plans),
        warnings=[*warnings, *_warnings(sample)],
    )


def metrics_for(names: Sequence[str], scheme: LabelScheme) -> list[Metric]:
    """Return the named metrics, accuracy first.

    Raises
    ------
    UsageError
        When a metric does not exist or is not defined for the scheme.
    """
    wanted = [METRICS[name] for name in dict.fromkeys(("accuracy", *names))]
    for metric in wanted:
        metric.check_scheme(scheme)
    return wanted


class Scorer:
    """A sample, the metrics and the resampling plans: what every number of one evaluation has in common."""

    def __init__(
        self, sample: Sample, metrics: Sequence[Metric], plans: Sequence[Plan], data: str | None, split: str | None
    ) -> None:
        self.sample = sample
        self.metrics = metrics
        self.plans = plans
        self.data = data
        self.split = split
        self.k = len(sample.scheme.labels)
        self.all_rows = np.ones(sample.n, dtype=bool)
        self.rows = {item.id: index for index, item in enumerate(sample.items)}
        names = sample.column("target")
        self.targets = np.unique(np.array([name or "" for name in names]), return_inverse=True)[1].reshape(-1)

    def scores(self) -> dict[str, Estimate]:
        """Return each metric on all items, signed."""
        estimates = self._estimate(self.sample.predicted, self.all_rows, self.plans)
        return {metric.name: self._signed(metric, estimates[metric.name]) for metric in self.metrics}

    def scores_of(self, predicted: Codes) -> dict[str, Estimate]:
        """Return each metric of another system on all items."""
        return self._estimate(predicted, self.all_rows, self.plans)

    def slices(self, key: str) -> list[Slice]:
        """Return the scores for each value of a key, the largest first."""
        values = np.array([value or "" for value in self.sample.column(key)])
        names, counts = np.unique(values, return_counts=True)
        order = sorted((-int(n), str(name)) for name, n in zip(names, counts, strict=True) if name)
        found = []
        for negative, name in order:
            rows = values == name
            estimates = self._estimate(self.sample.predicted, rows, [plan.restricted(rows) for plan in self.plans])
            found.append(Slice(key=key, value=name, n=-negative, small=-negative < SMALL, metrics=estimates))
        return found

    def baseline(self, name: str, predicted: Codes) -> Baseline:
        """Return the scores of another system, and the lift of the evaluated one over it from the same resamples."""
        scores = self.scores_of(predicted)
        lift = {metric.name: self.difference(metric, self.sample.predicted, predicted) for metric in self.metrics}
        return Baseline(name=name, metrics=scores, lift=lift)

    def difference(self, metric: Metric, a: Codes, b: Codes) -> Estimate:
        """Return by how much one system exceeds another, with an interval from the same resamples of both."""
        columns = [self.columns(metric, codes, self.all_rows) for codes in (a, b)]

        def compute(sums: list[Floats]) -> Floats:
            ours, theirs = (self.value(metric, part) for part in sums)
            return (ours - theirs)[:, None]

        value = float(compute([self._total(column) for column in columns])[0, 0])
        return _widest(value, [_bounds(plan, columns, compute)[0] for plan in self.plans], self.plans)

    def per_label(self) -> dict[str, LabelScores]:
        """Return precision, recall and F1 of each label."""
        k, column = self.k, self._confusion_column(self.sample.predicted, self.all_rows)

        def compute(sums: list[Floats]) -> Floats:
            return np.concatenate(precision_recall_f1(sums[0].reshape(-1, k, k + 1)), axis=-1)

        values = compute([self._total(column)])[0]
        bounds = [_bounds(plan, [column], compute) for plan in self.plans]
        estimates = [_widest(float(values[index]), [each[index] for each in bounds], self.plans) for index in range(3 * k)]
        gold = np.bincount(self.sample.gold, minlength=k)
        predicted = np.bincount(self.sample.predicted, minlength=k + 1)
        return {
            label: LabelScores(
                n=int(gold[index]),
                predicted=int(predicted[index]),
                precision=estimates[index],
                recall=estimates[k + index],
                f1=estimates[2 * k + index],
            )
            for index, label in enumerate(self.sample.scheme.labels)
        }

    def _estimate(self, predicted: Codes, rows: npt.NDArray[np.bool_], plans: Sequence[Plan]) -> dict[str, Estimate]:
        columns = [self.columns(metric, predicted, rows) for metric in self.metrics]

        def compute(sums: list[Floats]) -> Floats:
            return np.stack([self.value(metric, part) for metric, part in zip(self.metrics, sums, strict=True)], axis=1)

        values = compute([self._total(column) for column in columns])[0]
        bounds = [_bounds(plan, columns, compute) for plan in plans]
        found = {}
        for index, metric in enumerate(self.metrics):
            value = float(values[index])
            if metric.name == "accuracy":
                found[metric.name] = _accuracy(value, int(rows.sum()), [each[index] for each in bounds], plans)
            else:
                found[metric.name] = _widest(value, [each[index] for each in bounds], plans)
        return found

    def _confusion_column(self, predicted: Codes, rows: npt.NDArray[np.bool_]) -> Columns:
        return Columns((self.sample.gold * (self.k + 1) + predicted)[rows], self.k * (self.k + 1))

    def columns(self, metric: Metric, predicted: Codes, rows: npt.NDArray[np.bool_]) -> Columns:
        """Return what a metric counts of some rows."""
        column = self._confusion_column(predicted, rows)
        if not metric.by_target:
            return column
        _, targets = np.unique(self.targets[rows], return_inverse=True)
        targets = targets.reshape(-1)
        return Columns(targets * column.size + column.codes, column.size * (int(targets.max(initial=0)) + 1))

    def value(self, metric: Metric, sums: Floats) -> Floats:
        """Return a metric of summed counts: an array of shape (rows of ``sums``,)."""
        shape = (len(sums), -1, self.k, self.k + 1) if metric.by_target else (len(sums), self.k, self.k + 1)
        return metric.compute(sums.reshape(shape), self.sample.scheme)

    def _total(self, column: Columns) -> Floats:
        return np.bincount(column.codes, minlength=column.size)[None, :].astype(np.float64)

    def _signed(self, metric: Metric, estimate: Estimate) -> Estimate:
        plan = self.plans[0]
        signature = Signature(
            metric=metric.name,
            labels=self.sample.scheme.labels,
            average=metric.average,
            data=self.data,
            split=self.split,
            interval=tuple(estimate.method.split(",")) if estimate.low is not None else ("none",),
            seed=plan.seed,
            n=self.sample.n,
            clusters=plan.k,
            version=claimkit.__version__,
        )
        return Estimate(
            value=estimate.value, low=estimate.low, high=estimate.high, method=estimate.method, signature=str(signature)
        )


Bounds = tuple[float, float]


def _bounds(plan: Plan, columns: Sequence[Columns], compute: Callable[[list[Floats]], Floats]) -> list[Bounds]:
    """Return the interval of each value that ``compute`` gives; nan where the plan refuses one."""
    if plan.refusal:
        shape = compute([np.zeros((1, column.size)) for column in columns]).shape[1]
        return [(math.nan, math.nan)] * shape
    values = plan.intervals_of(columns, compute)
    return [percentile_interval(values[:, index]) for index in range(values.shape[1])]


def _widest(value: float, bounds: Sequence[Bounds], plans: Sequence[Plan]) -> Estimate:
    """Return the estimate with the widest of the intervals that the plans give."""
    if math.isnan(value):
        return Estimate(value=None, method="undefined")
    refusals = [plan.refusal for plan in plans if plan.refusal]
    if refusals:
        return Estimate(value=value, method=refusals[0])
    (low, high), plan = max(
        zip(bounds, plans, strict=True), key=lambda pair: pair[0][1] - pair[0][0] if not math.isnan(pair[0][0]) else -1.0
    )
    if math.isnan(low):
        return Estimate(value=value, method="undefined in more than one in twenty resamples")
    return Estimate(value=value, low=low, high=high, method=f"{plan.name},percentile,{plan.replicates}")


def _accuracy(value: float, n: int, bounds: Sequence[Bounds], plans: Sequence[Plan]) -> Estimate:
    """Return accuracy with its interval: Wilson where single items are resampled, or where every cluster is alike."""
    estimate = _widest(value, bounds, plans)
    if estimate.value is None or any(plan.refusal for plan in plans):
        return estimate
    if len(plans) == 1 and plans[0].key is None:
        low, high = wilson_interval(round(value * n), n)
        return Estimate(value=value, low=low, high=high, method="item,wilson")
    if estimate.low == estimate.high and value in (0.0, 1.0):
        k = min(plan.k or n for plan in plans)
        low, high = wilson_interval(value * k, k)
        return Estimate(value=value, low=low, high=high, method=f"{plans[0].name},wilson over clusters")
    return estimate


def _confusion(sample: Sample) -> Confusion:
    k = len(sample.scheme.labels)
    counts = np.bincount(sample.gold * (k + 1) + sample.predicted, minlength=k * (k + 1)).reshape(k, k + 1)
    return Confusion(labels=sample.scheme.labels, counts=counts[:, :-1].tolist(), missing=counts[:, -1].tolist())


def _warnings(sample: Sample) -> list[str]:
    k = len(sample.scheme.labels)
    gold = np.bincount(sample.gold, minlength=k)
    found = []
    missing = int((sample.predicted == k).sum())
    if missing:
        found.append(f"{missing} of {sample.n} items have no prediction and count as wrong")
    absent = [label for label, n in zip(sample.scheme.labels, gold, strict=True) if n == 0]
    if len(absent) == k - 1:
        found.append("all gold items have one label, so no stance is told apart here")
    elif absent:
        found.append(f"no gold item is {' or '.join(absent)}; means over labels count F1 0 there, since the scheme has the label")
    if sample.n < SMALL:
        found.append(f"only {sample.n} items: every number here is rough")
    return found
