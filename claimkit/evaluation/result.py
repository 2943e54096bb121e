"""What an evaluation returns; the attributes are the keys of its JSON, and an undefined number is null."""

from __future__ import annotations

import msgspec


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its uncertainty.

    Attributes
    ----------
    value : float or None
        ``None`` where it is undefined.
    low, high : float or None
        95 % interval; ``None`` where none can be given, and ``method`` says why.
    method : str
    signature : str or None
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    signature: str | None = None


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
    calibration: Calibration | None
    warnings: list[str]
