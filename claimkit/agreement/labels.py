"""The full report on ratings: coefficients, then where they come from: pairs of annotators, labels, documents, single items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

import numpy as np

from claimkit.agreement.coefficients import krippendorff_alpha
from claimkit.agreement.levels import Floats
from claimkit.agreement.measuring import Measuring, Settings, measures_of
from claimkit.agreement.ratings import MISSING, Ratings, text_of
from claimkit.agreement.result import (
    Agreement,
    AnnotatorAgreement,
    Coefficient,
    Coincidences,
    DocumentAgreement,
    ItemAgreement,
    LabelAgreement,
    PairAgreement,
)
from claimkit.agreement.tally import Tally
from claimkit.errors import DataError, fewer_than
from claimkit.metrics.base import ratio
from claimkit.stats import MIN_CLUSTERS, Estimate, cell_estimates, wilson_interval

DOCUMENTS_KEPT = 200
_ITEMS_KEPT, _LABELS_CROSSED = 100, 30


def measure_agreement(
    ratings: Ratings,
    coefficients: Iterable[str] | None = None,
    *,
    settings: Settings | None = None,
    step: Callable[[int], object] = lambda _: None,
) -> Agreement:
    """Measure how well annotators agree on labels.

    Parameters
    ----------
    ratings : Ratings
        Of at least two annotators.
    coefficients : iterable of str, optional
        Names; default: all that are usual at the level.
    settings : Settings, optional
    step : callable
        Called with 1 after each pair of annotators.

    Raises
    ------
    DataError
        When there are fewer than two annotators.
    UsageError
        When a coefficient does not exist or does not go with the level.
    """
    if len(ratings.annotators) < 2:
        raise DataError(f"agreement needs at least two annotators, found {len(ratings.annotators) or 'none'}")
    settings = settings or Settings()
    measures = measures_of(coefficients, settings.level)
    measuring = Measuring(ratings, settings)
    counted = measuring.tally()
    found = measuring.coefficients(measures)
    pairs = []
    for a, b in combinations(range(len(ratings.annotators)), 2):
        of_pair = Measuring(ratings.of([a, b]), settings)
        n_items = of_pair.sizes(of_pair.tally())[0]
        name_a, name_b = ratings.annotators[a], ratings.annotators[b]
        pairs.append(PairAgreement(a=name_a, b=name_b, n_items=n_items, coefficients=of_pair.coefficients(measures)))
        step(1)
    n_paired = measuring.sizes(counted)[0]
    annotators = _annotators(ratings, settings)
    return Agreement(
        level=settings.level,
        n_items=ratings.n,
        n_values=sum(entry.n_values for entry in annotators),
        n_unpaired=ratings.n - n_paired,
        clusters={} if counted.n_clusters is None else {str(counted.unit): counted.n_clusters},
        signature=next((entry.signature or "" for entry in found.values()), ""),
        coefficients=found,
        attributes={},
        spans={},
        relations=None,
        annotators=annotators,
        pairs=pairs,
        per_label=_per_label(measuring, counted),
        coincidences=_coincidences(measuring, counted),
        documents=_documents(measuring, counted),
        items=_items(measuring, counted),
        warnings=_warnings(ratings, counted, n_paired, found),
    )


def _warnings(ratings: Ratings, counted: Tally, n_paired: int, coefficients: dict[str, Coefficient]) -> list[str]:
    found = []
    if ratings.n > n_paired:
        found.append(f"{ratings.n - n_paired} of {ratings.n} items have the label of fewer than two annotators and are left out")
    if counted.n_clusters is not None and counted.n_clusters < MIN_CLUSTERS:
        found.append(f"no interval: {fewer_than(MIN_CLUSTERS, counted.n_clusters, counted.unit or 'item')}")
    is_disputed = ((counted.counts > 0).sum(axis=1) > 1).any()
    if n_paired and not is_disputed and sum(entry.value == 1 for entry in coefficients.values()) > 1:
        found.append(f"no disagreement in {n_paired} items: resamples cannot tell how much there might be, so no interval is wider")
    return found


def _annotators(ratings: Ratings, settings: Settings) -> list[AnnotatorAgreement]:
    found = []
    everybody = range(len(ratings.annotators))
    for place, name in enumerate(ratings.annotators):
        codes = ratings.codes[:, place]
        weights = None if ratings.weights is None else ratings.weights[codes >= 0]
        counts = np.bincount(codes[codes >= 0].astype(np.int64), weights=weights, minlength=len(ratings.labels))
        others = [other for other in everybody if other != place]
        without = None
        if len(others) > 1:
            without = Measuring(ratings.of(others), settings).coefficients([krippendorff_alpha])[krippendorff_alpha.name]
        distribution = {text_of(label): int(count) for label, count in zip(ratings.labels, counts, strict=True) if count}
        found.append(
            AnnotatorAgreement(annotator=name, n_values=int(counts.sum()), distribution=distribution, alpha_without=without)
        )
    return found


def _per_label(measuring: Measuring, counted: Tally) -> dict[str, LabelAgreement]:
    """Return the agreement on each label that occurs, all from the same resamples."""
    counts = counted.counts
    given = counts.sum(axis=1)
    used = np.flatnonzero(counted.totals @ counts)
    if not len(used):
        return {}
    agreeing, differing = (
        ratio(counts[:, used] * amount, (given - 1)[:, None]) for amount in (counts[:, used] - 1, given[:, None] - counts[:, used])
    )
    m = len(used)

    def compute(sums: Floats) -> Floats:
        total, values, same, other = sums[:, :1], sums[:, 1 : 1 + m], sums[:, 1 + m : 1 + 2 * m], sums[:, 1 + 2 * m :]
        alpha = 1 - ratio((total - 1) * other, values * (total - values))
        return np.concatenate([ratio(same, values), alpha], axis=1)

    columns = np.concatenate([given[:, None], counts[:, used], agreeing, differing], axis=1)
    settings = measuring.settings
    estimates = counted.estimates(columns, compute, replicates=settings.replicates, seed=settings.seed)
    totals = counted.totals @ counts
    why = measuring.why_undefined(counted)
    estimates = [entry if entry.value is not None else Estimate(value=None, method=why) for entry in estimates]
    return {
        text_of(measuring.ratings.labels[label]): LabelAgreement(
            n_values=int(totals[label]),
            share=float(totals[label] / totals.sum()),
            specific_agreement=estimates[place],
            krippendorff_alpha=estimates[m + place],
        )
        for place, label in enumerate(used)
    }


def _coincidences(measuring: Measuring, counted: Tally) -> Coincidences | None:
    labels = measuring.ratings.labels
    if len(labels) > _LABELS_CROSSED:
        return None
    counts = counted.counts
    scaled = counts * ratio(counted.totals, counts.sum(axis=1) - 1)[:, None]
    values = scaled.T @ counts - np.diag(scaled.sum(axis=0))
    return Coincidences(labels=tuple(map(text_of, labels)), values=[[float(value) for value in row] for row in values])


def _documents(measuring: Measuring, counted: Tally) -> list[DocumentAgreement]:
    """Return the agreement in each document, those with the largest share of all disagreement first."""
    ratings, settings = measuring.ratings, measuring.settings
    if ratings.documents is None or not len(counted.counts):
        return []
    disagreement, given = measuring.disagreements(counted), counted.counts.sum(axis=1)
    values = counted.totals @ counted.counts
    expected = ratio(values @ measuring.expected_distances(counted) @ values, values.sum() * (values.sum() - 1))
    total = float(counted.totals @ disagreement)
    is_paired = counted.kinds >= 0
    order = np.argsort(ratings.documents[is_paired], kind="stable")
    places, kinds = ratings.documents[is_paired][order], counted.kinds[is_paired][order]
    weights = np.ones(len(places)) if ratings.weights is None else ratings.weights[is_paired][order]
    names, starts = np.unique(places, return_index=True)
    sums = np.add.reduceat(weights * disagreement[kinds], starts)
    worst = sorted(range(len(names)), key=lambda place: (-float(sums[place]), int(names[place])))[:DOCUMENTS_KEPT]
    ends = [*starts[1:], len(places)]
    alike = np.stack([disagreement.round(12), given], axis=1)  # kinds of items that are one here
    is_unanimous = (counted.counts > 0).sum(axis=1) == 1

    def compute(sums: Floats) -> Floats:
        return 1 - ratio(ratio(sums[:, :1], sums[:, 1:]), np.full((len(sums), 1), float(expected)))

    found = []
    for place in worst:
        part = slice(starts[place], ends[place])
        totals = np.bincount(kinds[part], weights=weights[part], minlength=len(given)).astype(np.int64)
        here = np.flatnonzero(totals)
        columns, same = np.unique(alike[here], axis=0, return_inverse=True)
        counts = np.bincount(same.reshape(-1), weights=totals[here]).astype(np.int64)
        alpha = cell_estimates(counts, columns, compute, replicates=settings.replicates, seed=settings.seed)[0]
        if alpha.value is None:
            alpha = Estimate(value=None, method=measuring.why_undefined(counted))
        n, n_unanimous = int(totals.sum()), int(totals @ is_unanimous)
        low, high = wilson_interval(n_unanimous, n)
        found.append(
            DocumentAgreement(
                document=ratings.document_names[names[place]],
                n_items=n,
                n_values=int(totals @ given),
                unanimous=Estimate(value=n_unanimous / n, low=low, high=high, method="item,wilson"),
                krippendorff_alpha=alpha,
                share_of_disagreement=float(sums[place]) / total if total else None,
            )
        )
    return found


def _items(measuring: Measuring, counted: Tally) -> list[ItemAgreement]:
    """Return the items on which annotators differ most, those with more labels first among equals."""
    ratings = measuring.ratings
    if ratings.weights is not None or not len(counted.counts):
        return []
    given = counted.counts.sum(axis=1)
    means = measuring.disagreements(counted) / given
    worst = _worst_rows(counted.kinds, means, given)
    found = []
    for row in worst:
        labels = {
            name: text_of(ratings.labels[code])
            for name, code in zip(ratings.annotators, ratings.codes[row].tolist(), strict=True)
            if code != MISSING
        }
        document = None if ratings.documents is None else ratings.document_names[ratings.documents[row]]
        found.append(
            ItemAgreement(
                item=ratings.name_of(row), document=document, disagreement=float(means[counted.kinds[row]]), labels=labels
            )
        )
    return found


def _worst_rows(kinds: Floats, means: Floats, given: Floats) -> list[int]:
    rows: list[int] = []
    for kind in np.lexsort((-given, -means)):
        if means[kind] <= 0 or len(rows) >= _ITEMS_KEPT:
            break
        rows += np.flatnonzero(kinds == kind)[:_ITEMS_KEPT].tolist()
    return rows[:_ITEMS_KEPT]
