"""What an evaluation returns; the attributes are the keys of its JSON, and an undefined number is null."""

from __future__ import annotations

import math
import statistics

import msgspec

from claimkit.evaluation.spread import Uncertainty, uncertainty_of
from claimkit.stats import Estimate as Estimate


class LabelScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of one label; ``n`` gold items have it, ``predicted`` items were given it."""

    n: int
    predicted: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """How often each gold label (row) was predicted as each label (column); ``missing`` counts rows without a prediction."""

    labels: tuple[str, ...]
    counts: list[list[int]]
    missing: list[int]


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """The scores of the items that share a value of a key; ``small`` flags fewer than 30 items."""

    key: str
    value: str
    n: int
    small: bool
    metrics: dict[str, Estimate]


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What another system reaches on the same items, and by how much the evaluated one exceeds it (paired interval)."""

    name: str
    metrics: dict[str, Estimate]
    lift: dict[str, Estimate]


class Lift(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a system exceeds the best of its baselines; ``estimate`` has the paired interval."""

    over: str
    estimate: Estimate


class SeedSpread(msgspec.Struct, frozen=True, kw_only=True):
    """How a metric varies over runs with different seeds.

    Attributes
    ----------
    n : int
        Runs, at least 2.
    mean, sd, low, high : float or None
        Mean, standard deviation (n − 1), smallest and largest value; ``None`` where the metric is undefined in a run.
    values : list of (float or None)
        In the order in which the runs were given.
    """

    n: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    values: list[float | None]

    @classmethod
    def of(cls, values: list[float]) -> SeedSpread:
        """Return the spread of values, of which undefined ones are nan."""
        shown = [None if math.isnan(value) else value for value in values]
        if None in shown:
            return cls(n=len(values), mean=None, sd=None, low=None, high=None, values=shown)
        mean, sd = statistics.fmean(values), statistics.stdev(values)
        return cls(n=len(values), mean=mean, sd=sd, low=min(values), high=max(values), values=shown)

    def beside(self, estimate: Estimate) -> Uncertainty:
        """Return the uncertainty over seeds beside that over rows, which the estimate of the mean has."""
        return uncertainty_of(self, estimate)


class Ceiling(msgspec.Struct, frozen=True, kw_only=True):
    """What an annotator reaches against the adjudicated rest: about as much as a system can be expected to.

    Attributes
    ----------
    annotator : str
    against : str
        What the labels were compared with: gold, or the majority of the other annotators.
    n : int
        Items that both have labelled.
    undecided : int
        Items left out because the others were split evenly.
    metrics : dict of str to Estimate
    """

    annotator: str
    against: str
    n: int
    undecided: int
    metrics: dict[str, Estimate]


class ReliabilityBin(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions of like confidence: how sure they were on average, and how many of them were right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


class CoveragePoint(msgspec.Struct, frozen=True, kw_only=True):
    """The accuracy on the share of items about which the classifier is surest, and the confidence from which it answers."""

    coverage: float
    accuracy: float
    confidence: float


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What probabilities are worth.

    Attributes
    ----------
    n : int
        Items with probabilities.
    brier, ece, ece_width : Estimate
        Brier loss; expected calibration error over bins of equal mass, and of equal width.
    reliability : list of ReliabilityBin
        Bins of equal mass.
    coverage : list of CoveragePoint
        From the surest items to all of them.
    """

    n: int
    brier: Estimate
    ece: Estimate
    ece_width: Estimate
    reliability: list[ReliabilityBin]
    coverage: list[CoveragePoint]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing predictions with gold labels.

    Attributes
    ----------
    n, missing : int
        Gold items, and how many of them have no prediction.
    clusters : dict of str to int
        Key over which intervals were resampled, to the number of clusters.
    signature : str
        Of the first metric; every metric has its own.
    metrics : dict of str to Estimate
    per_label : dict of str to LabelScores
    confusion : Confusion
    slices : list of Slice
    baselines : list of Baseline
    lift : dict of str to Lift
        For each metric, over the baseline with the highest value; empty where there is no baseline.
    ceiling : list of Ceiling
        Empty where no annotators were given.
    seeds : dict of str to SeedSpread or None
        ``None`` where the system was run once. Else ``metrics`` holds means over the runs, and counts are sums over them.
    calibration : Calibration or None
        ``None`` where the predictions have no probabilities.
    warnings : list of str
    """

    n: int
    missing: int
    clusters: dict[str, int]
    signature: str
    metrics: dict[str, Estimate]
    per_label: dict[str, LabelScores]
    confusion: Confusion
    slices: list[Slice]
    baselines: list[Baseline]
    lift: dict[str, Lift]
    ceiling: list[Ceiling]
    seeds: dict[str, SeedSpread] | None
    calibration: Calibration | None
    warnings: list[str]
