"""The coefficients: each a formula of sums over items, so that one resampling serves all of them; a new one is one definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from claimkit.agreement.levels import LEVELS, Floats, Scale
from claimkit.agreement.ratings import Codes
from claimkit.metrics.base import ratio


class Kinds(NamedTuple):
    """Items by kind, as a :class:`~claimkit.agreement.tally.Tally` has them: ``codes`` by annotator, ``counts`` by label."""

    codes: Codes
    counts: Floats


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A coefficient of agreement.

    Attributes
    ----------
    name : str
    sentence : str
        What it is, in one sentence.
    source : str
        The publication that defines it.
    columns : callable
        ``columns(kinds, scale)``: what one item of each kind adds to the sums, an array of shape (kinds, columns).
    compute : callable
        ``compute(sums, scale)``: an array of shape (rows, columns) to the coefficient, an array of shape (rows,); nan where
        undefined.
    levels : tuple of str
        For which levels of measurement it is defined.
    by_annotator : bool
        Whether it looks at who gave which label; then ``kinds.codes`` are in the order of the annotators.
    """

    name: str
    sentence: str
    source: str
    columns: Callable[[Kinds, Scale], Floats]
    compute: Callable[[Floats, Scale], Floats]
    levels: tuple[str, ...] = LEVELS
    by_annotator: bool = False


# Krippendorff's alpha


def distances_among(values: Floats, scale: Scale) -> Floats:
    """Return the squared differences of labels, given how often each occurs.

    Parameters
    ----------
    values : array of shape (rows, labels)
    scale : Scale

    Returns
    -------
    array of shape (rows, labels, labels)
        Of ordinal labels: how many values lie between them, half of their own included; else the same in every row.
    """
    if scale.distances is not None:
        return np.broadcast_to(scale.distances, (len(values), scale.k, scale.k))
    ranks = np.cumsum(values, axis=1) - values / 2
    return np.asarray((ranks[:, :, None] - ranks[:, None, :]) ** 2)


def disagreement_of(counts: Floats, distances: Floats) -> Floats:
    """Return how much the labels of items differ, in sum over their labels: an array of shape (kinds,).

    The squared differences of all ordered pairs of its labels, over one less than how many labels an item has.
    """
    return ratio(np.einsum("uc,ck,uk->u", counts, distances, counts, optimize=True), counts.sum(axis=1) - 1, empty=0.0)


def _alpha_columns(kinds: Kinds, scale: Scale) -> Floats:
    counts = kinds.counts
    if scale.distances is not None:
        return np.concatenate([disagreement_of(counts, scale.distances)[:, None], counts], axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(scale.k)
    return np.asarray((pairs / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(counts), -1))


def _alpha(sums: Floats, scale: Scale) -> Floats:
    if scale.distances is not None:
        observed, values = sums[:, 0], sums[:, 1:]
        expected = np.einsum("rc,ck,rk->r", values, scale.distances, values, optimize=True)
    else:
        coincidences = sums.reshape(len(sums), scale.k, scale.k)
        values = coincidences.sum(axis=2)
        apart = distances_among(values, scale)
        observed = (coincidences * apart).sum(axis=(1, 2))
        expected = np.einsum("rc,rck,rk->r", values, apart, values, optimize=True)
    return np.asarray(1 - ratio((values.sum(axis=1) - 1) * observed, expected))


# coefficients of Fleiss and Gwet: the mean agreement of items, corrected in different ways


def _item_columns(kinds: Kinds, weights: Floats) -> Floats:
    """Return for each kind 1, the share of its pairs of labels that agree, and the share of each label."""
    counts = kinds.counts
    given = counts.sum(axis=1)
    pairs = (counts * (counts @ weights - 1)).sum(axis=1)
    agreeing = ratio(pairs, given * (given - 1))
    return np.concatenate([np.ones((len(counts), 1)), agreeing[:, None], ratio(counts, given[:, None])], axis=1)


def _plain_columns(kinds: Kinds, scale: Scale) -> Floats:
    return _item_columns(kinds, np.eye(scale.k))


def _observed(sums: Floats) -> tuple[Floats, Floats]:
    """Return the mean agreement of items, and the share of each label where more than one is used; else nan."""
    shares = ratio(sums[:, 2:], sums[:, :1])
    is_one = (sums[:, 2:] > 0).sum(axis=1) < 2
    return ratio(sums[:, 1], sums[:, 0]), np.where(is_one[:, None], np.nan, shares)


def _percent(sums: Floats, scale: Scale) -> Floats:
    return _observed(sums)[0]


def corrected(observed: Floats, expected: Floats) -> Floats:
    """Return what is left of an agreement after what chance would give, relative to what could be left."""
    return ratio(observed - expected, 1 - expected)


def _fleiss(sums: Floats, scale: Scale) -> Floats:
    observed, shares = _observed(sums)
    return corrected(observed, (shares**2).sum(axis=1))


def _bennett(sums: Floats, scale: Scale) -> Floats:
    observed, shares = _observed(sums)
    return np.where(np.isnan(shares).any(axis=1), np.nan, corrected(observed, np.full(len(sums), 1 / scale.k)))


def _ac1(sums: Floats, scale: Scale) -> Floats:
    observed, shares = _observed(sums)
    return corrected(observed, (shares * (1 - shares)).sum(axis=1) / max(scale.k - 1, 1))


def _ac2_columns(kinds: Kinds, scale: Scale) -> Floats:
    return _item_columns(kinds, scale.gwet_weights)


def _ac2(sums: Floats, scale: Scale) -> Floats:
    observed, shares = _observed(sums)
    factor = scale.gwet_weights.sum() / max(scale.k * (scale.k - 1), 1)
    return corrected(observed, factor * (shares * (1 - shares)).sum(axis=1))


# coefficients of two annotators; of more: their mean over all pairs


def _pair_columns(kinds: Kinds, weights: Floats) -> Floats:
    """Return for each pair of annotators 1, the agreement, and which label the one and the other gave: 2 + 2k columns."""
    k, codes = len(weights), kinds.codes
    one_hot = np.concatenate([np.eye(k), np.zeros((1, k))])  # the last row is that of a missing label, -1
    blocks = []
    for a, b in combinations(range(codes.shape[1]), 2):
        both = ((codes[:, a] >= 0) & (codes[:, b] >= 0)).astype(np.float64)[:, None]
        agreeing = both * weights[codes[:, a], codes[:, b]][:, None]
        blocks += [both, agreeing, both * one_hot[codes[:, a]], both * one_hot[codes[:, b]]]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(codes), 2 + 2 * k))


def _pair_shares(sums: Floats, k: int) -> tuple[Floats, Floats, Floats]:
    """Return observed agreement and the shares of the labels of both annotators for every pair: (rows, pairs[, k])."""
    blocks = sums.reshape(len(sums), -1, 2 + 2 * k)
    shares = ratio(blocks[:, :, 1:], blocks[:, :, :1])
    return shares[:, :, 0], shares[:, :, 1 : 1 + k], shares[:, :, 1 + k :]


def _mean_of_pairs(values: Floats) -> Floats:
    """Return the mean over the pairs for which there is a value."""
    is_known = ~np.isnan(values)
    return ratio(np.where(is_known, values, 0.0).sum(axis=1), is_known.sum(axis=1))


def _cohen_columns(kinds: Kinds, scale: Scale) -> Floats:
    return _pair_columns(kinds, scale.cohen_weights)


def _cohen(sums: Floats, scale: Scale) -> Floats:
    observed, one, other = _pair_shares(sums, scale.k)
    expected = np.einsum("rpc,ck,rpk->rp", one, scale.cohen_weights, other, optimize=True)
    return _mean_of_pairs(corrected(observed, expected))


def _scott_columns(kinds: Kinds, scale: Scale) -> Floats:
    return _pair_columns(kinds, np.eye(scale.k))


def _scott(sums: Floats, scale: Scale) -> Floats:
    observed, one, other = _pair_shares(sums, scale.k)
    return _mean_of_pairs(corrected(observed, (((one + other) / 2) ** 2).sum(axis=2)))


percent_agreement = Measure(
    name="percent_agreement",
    sentence="Share of the pairs of labels of an item that are the same, mean over items; chance is not taken out.",
    source="Fleiss (1971), Psychological Bulletin 76, equation 2.",
    columns=_plain_columns,
    compute=_percent,
)
krippendorff_alpha = Measure(
    name="krippendorff_alpha",
    sentence="One less the disagreement found over that of labels paired at random; any number of annotators, missing labels.",
    source="Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; MASI: Passonneau (2006), LREC.",
    columns=_alpha_columns,
    compute=_alpha,
)
cohen_kappa = Measure(
    name="cohen_kappa",
    sentence="Agreement of two annotators beyond what the label frequencies of each would give; of more, the mean over pairs.",
    source="Cohen (1960), Educational and Psychological Measurement 20; weights: Cohen (1968), Psychological Bulletin 70; "
    "mean over pairs: Light (1971), Psychological Bulletin 76.",
    columns=_cohen_columns,
    compute=_cohen,
    levels=("nominal", "ordinal", "interval"),
    by_annotator=True,
)
scott_pi = Measure(
    name="scott_pi",
    sentence="Agreement of two annotators beyond what their common label frequencies would give; of more, the mean over pairs.",
    source="Scott (1955), Public Opinion Quarterly 19.",
    columns=_scott_columns,
    compute=_scott,
    levels=("nominal",),
    by_annotator=True,
)
fleiss_kappa = Measure(
    name="fleiss_kappa",
    sentence="Scott's pi for any number of annotators, who need not be the same for every item.",
    source="Fleiss (1971), Psychological Bulletin 76; missing labels: Gwet (2014), Inter-Rater Reliability, section 2.7.",
    columns=_plain_columns,
    compute=_fleiss,
    levels=("nominal",),
)
gwet_ac1 = Measure(
    name="gwet_ac1",
    sentence="Agreement beyond that by guessing on hard items; hardly sinks where one label is much more frequent than the others.",
    source="Gwet (2008), British Journal of Mathematical and Statistical Psychology 61.",
    columns=_plain_columns,
    compute=_ac1,
    levels=("nominal",),
)
gwet_ac2 = Measure(
    name="gwet_ac2",
    sentence="Gwet's AC1 with partial agreement of labels that are near each other.",
    source="Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, section 3.5.",
    columns=_ac2_columns,
    compute=_ac2,
    levels=("ordinal", "interval", "ratio"),
)
bennett_s = Measure(
    name="bennett_s",
    sentence="Agreement beyond that of labels drawn with equal chances.",
    source="Bennett, Alpert and Goldstein (1954), Public Opinion Quarterly 18.",
    columns=_plain_columns,
    compute=_bennett,
    levels=("nominal",),
)
