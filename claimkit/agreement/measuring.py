"""Coefficients of ratings with their intervals: every number of one measurement comes from the same resamples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import numpy as np

import claimkit
from claimkit.agreement.coefficients import Kinds, Measure, disagreement_of, distances_among
from claimkit.agreement.levels import Floats, Scale
from claimkit.agreement.ratings import Ratings, text_of
from claimkit.agreement.result import Coefficient
from claimkit.agreement.tally import Tally, tally
from claimkit.errors import UsageError
from claimkit.registry import Registry
from claimkit.stats import Estimate, wilson_interval
from claimkit.stats.signature import Signature, signed

COEFFICIENTS = Registry(
    "coefficient",
    "claimkit.coefficients",
    {
        "percent_agreement": "claimkit.agreement.coefficients:percent_agreement",
        "krippendorff_alpha": "claimkit.agreement.coefficients:krippendorff_alpha",
        "cohen_kappa": "claimkit.agreement.coefficients:cohen_kappa",
        "scott_pi": "claimkit.agreement.coefficients:scott_pi",
        "fleiss_kappa": "claimkit.agreement.coefficients:fleiss_kappa",
        "gwet_ac1": "claimkit.agreement.coefficients:gwet_ac1",
        "gwet_ac2": "claimkit.agreement.coefficients:gwet_ac2",
        "bennett_s": "claimkit.agreement.coefficients:bennett_s",
    },
)
# Those that are reported without being asked for, where the level has them.
DEFAULT_COEFFICIENTS = (
    "percent_agreement",
    "krippendorff_alpha",
    "fleiss_kappa",
    "cohen_kappa",
    "scott_pi",
    "gwet_ac1",
    "gwet_ac2",
)
_LABELS_SIGNED = 20  # more labels than these are not spelt out in a signature


@dataclass(frozen=True)
class Settings:
    """What all numbers of one measurement have in common.

    Attributes
    ----------
    level : str
        A key of :data:`claimkit.agreement.levels.LEVELS`.
    replicates, seed : int
        Of the bootstrap.
    data : str or None
        What the ratings are called.
    unit : str
        What a document is called.
    """

    level: str = "nominal"
    replicates: int = 10_000
    seed: int = 13
    data: str | None = None
    unit: str = "document"


class Part(NamedTuple):
    """What is computed in one resampling: columns of the kinds of a tally, and the coefficient of their sums."""

    columns: Floats
    measure: Measure


@dataclass
class Measuring:
    """Ratings with the settings, and the counts of them that were made so far."""

    ratings: Ratings
    settings: Settings = field(default_factory=Settings)
    _tallies: dict[bool, Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scale = Scale(self.ratings.labels, self.settings.level)

    def tally(self, *, ordered: bool = False) -> Tally:
        """Return the ratings counted by kind; see :func:`claimkit.agreement.tally.tally`."""
        ordered = ordered or len(self.ratings.annotators) == 2  # their kinds are few, and serve both kinds of formulas
        if ordered not in self._tallies:
            self._tallies[ordered] = tally(self.ratings, ordered=ordered, unit=self.settings.unit, seed=self.settings.seed)
        return self._tallies[ordered]

    def coefficients(self, measures: Sequence[Measure]) -> dict[str, Coefficient]:
        """Return coefficients by name, with intervals and signatures."""
        found: dict[str, Coefficient] = {}
        for ordered in (False, True):
            wanted = [measure for measure in measures if measure.by_annotator is ordered]
            if wanted:
                counted = self.tally(ordered=ordered)
                estimates = self.estimates(counted, wanted)
                found |= {
                    measure.name: self._coefficient(measure, estimate, counted)
                    for measure, estimate in zip(wanted, estimates, strict=True)
                }
        return {measure.name: found[measure.name] for measure in measures}

    def estimates(self, counted: Tally, measures: Sequence[Measure], scale: Scale | None = None) -> list[Estimate]:
        """Return the values of measures, all from the same resamples; undefined ones with their reason."""
        scale = scale or self.scale
        kinds = Kinds(counted.codes, counted.counts)
        blocks = [measure.columns(kinds, scale) for measure in measures]
        ends = np.cumsum([block.shape[1] for block in blocks])[:-1]

        def compute(sums: Floats) -> Floats:
            parts = np.split(sums, ends, axis=1)
            return np.stack([measure.compute(part, scale) for measure, part in zip(measures, parts, strict=True)], axis=1)

        settings = self.settings
        found = counted.estimates(np.concatenate(blocks, axis=1), compute, replicates=settings.replicates, seed=settings.seed)
        return [self._completed(measure, entry, counted) for measure, entry in zip(measures, found, strict=True)]

    def _completed(self, measure: Measure, estimate: Estimate, counted: Tally) -> Estimate:
        """Return an estimate with the reason why it is undefined, or with an interval where all resamples are alike."""
        if estimate.value is None:
            return Estimate(value=None, method=self.why_undefined(counted))
        if measure.name == "percent_agreement" and estimate.value in (0.0, 1.0) and estimate.low is not None:
            n = counted.n_clusters or self.sizes(counted)[0]
            low, high = wilson_interval(estimate.value * n, n)
            how = "item,wilson" if counted.unit is None else f"cluster({counted.unit}),wilson over clusters"
            return Estimate(value=estimate.value, low=low, high=high, method=how)
        return estimate

    def why_undefined(self, counted: Tally) -> str:
        """Return why a coefficient of these ratings has no value."""
        used = np.flatnonzero(counted.totals @ counted.counts)
        if not len(used):
            return "undefined: no item was rated by two annotators"
        if len(used) == 1:
            label = text_of(self.ratings.labels[used[0]])
            return f"undefined: every label is '{label}', so nothing tells agreement from chance"
        return "undefined"

    def sizes(self, counted: Tally) -> tuple[int, int]:
        """Return how many items can be paired, and how many labels they have."""
        totals = counted.totals
        return int(totals.sum()), int(totals @ counted.counts.sum(axis=1))

    def _coefficient(self, measure: Measure, estimate: Estimate, counted: Tally) -> Coefficient:
        n_items, n_values = self.sizes(counted)
        with_signature = signed(estimate, self._signature(measure, counted, n_items))
        return Coefficient(**msgspec.structs.asdict(with_signature), n_items=n_items, n_values=n_values)

    def _signature(self, measure: Measure, counted: Tally, n_items: int) -> Signature:
        settings, labels = self.settings, self.ratings.labels
        return Signature(
            metric=f"{measure.name}(level={settings.level})",
            labels=tuple(map(text_of, labels)) if len(labels) <= _LABELS_SIGNED else (),
            missing="left out",
            data=f"{settings.data or 'ratings'}@{self.hash}",
            seed=settings.seed,
            n=n_items,
            clusters=counted.n_clusters,
            version=claimkit.__version__,
        )

    @property
    def hash(self) -> str:
        """Eight hexadecimal digits that name the ratings."""
        counted = self.tally(ordered=False)
        return self.ratings.hash_of(counted.codes, counted.totals)

    def expected_distances(self, counted: Tally) -> Floats:
        """Return the squared differences of labels in these data, an array of shape (k, k)."""
        return np.asarray(distances_among((counted.totals @ counted.counts)[None], self.scale)[0])

    def disagreements(self, counted: Tally) -> Floats:
        """Return how much the labels of each kind of item differ, as a sum over its labels: an array of shape (kinds,)."""
        return disagreement_of(counted.counts, self.expected_distances(counted))


def measures_of(names: Iterable[str] | None, level: str) -> list[Measure]:
    """Return coefficients by name, by default all that are usual at a level.

    Raises
    ------
    UsageError
        When a name does not exist, or the coefficient is not defined at the level.
    """
    if names is None:
        return [measure for measure in map(COEFFICIENTS.__getitem__, DEFAULT_COEFFICIENTS) if level in measure.levels]
    found: list[Measure] = [COEFFICIENTS[name] for name in dict.fromkeys(names)]
    for measure in found:
        if level not in measure.levels:
            raise UsageError(f"{measure.name} is not defined at the level {level}; its levels: {', '.join(measure.levels)}")
    return found


def coefficients_of(
    ratings: Ratings,
    names: Iterable[str] | None = None,
    *,
    level: str = "nominal",
    replicates: int = 10_000,
    seed: int = 13,
    data: str | None = None,
) -> dict[str, Coefficient]:
    """Return coefficients of agreement, each with its 95 % interval.

    Parameters
    ----------
    ratings : Ratings
        Documents are resampled where the items have them, else items.
    names : iterable of str, optional
        Of :data:`COEFFICIENTS`; default: all that are usual at the level.
    level : {"nominal", "ordinal", "interval", "ratio", "masi"}
    replicates, seed : int
        Of the bootstrap.
    data : str, optional
        What the ratings are called, for signatures.

    Raises
    ------
    UsageError
        When a name or level does not exist, or they do not go together.

    Examples
    --------
    >>> from claimkit.agreement import Ratings
    >>> codes = np.array([[0, 0], [1, 1], [0, 1], [0, 0]])
    >>> found = coefficients_of(Ratings(codes, ("no", "yes"), ("ann", "bob")), ["krippendorff_alpha"])
    >>> round(found["krippendorff_alpha"].value, 4), found["krippendorff_alpha"].n_values
    (0.5333, 8)
    """
    measures = measures_of(names, level)
    return Measuring(ratings, Settings(level, replicates, seed, data)).coefficients(measures)
