"""Metrics of predicted labels, all computed from the confusion of gold and predicted labels."""

from __future__ import annotations

import numpy as np

from claimkit.metrics.base import Counts, LabelMetric, Values, ratio
from claimkit.schemes import LabelScheme


def true_positives(confusion: Counts) -> Counts:
    """Return the diagonal of confusions of shape (…, k, k + 1): per label, how often it was rightly predicted."""
    k = confusion.shape[-2]
    diagonal: Counts = confusion[..., np.arange(k), np.arange(k)]
    return diagonal


def precision_recall_f1(confusion: Counts) -> tuple[Values, Values, Values]:
    """Return precision, recall and F1 of each label.

    Parameters
    ----------
    confusion : array of shape (…, k, k + 1)
        Gold × predicted; the last column counts the items without a prediction.

    Returns
    -------
    precision, recall, f1 : arrays of shape (…, k)
        In [0, 1]; nan where undefined: precision where the label was never predicted, recall where it is never gold, F1 where both.
    """
    hits = true_positives(confusion)
    gold = confusion.sum(axis=-1)
    predicted = confusion[..., :-1].sum(axis=-2)
    return ratio(hits, predicted), ratio(hits, gold), ratio(2 * hits, gold + predicted)


def _f1(confusion: Counts) -> Values:
    return np.nan_to_num(precision_recall_f1(confusion)[2], nan=0.0)


def _accuracy(confusion: Counts, scheme: LabelScheme) -> Values:
    return ratio(true_positives(confusion).sum(axis=-1), confusion.sum(axis=(-2, -1)))


def _f1_macro(confusion: Counts, scheme: LabelScheme) -> Values:
    mean: Values = _f1(confusion).mean(axis=-1)
    return np.where(confusion.sum(axis=(-2, -1)) > 0, mean, np.nan)


def _f1_favor_against(confusion: Counts, scheme: LabelScheme) -> Values:
    both = [scheme.index("FAVOR"), scheme.index("AGAINST")]
    mean: Values = _f1(confusion)[..., both].mean(axis=-1)
    return np.where(confusion.sum(axis=(-2, -1)) > 0, mean, np.nan)


def _f1_favor_against_per_target(confusion: Counts, scheme: LabelScheme) -> Values:
    each = _f1_favor_against(confusion, scheme)  # nan for targets that a resample does not hold
    seen = ~np.isnan(each)
    return ratio(np.where(seen, each, 0.0).sum(axis=-1), seen.sum(axis=-1))


def _fnc_score(confusion: Counts, scheme: LabelScheme) -> Values:
    unrelated = scheme.index("unrelated")
    related = [scheme.index(label) for label in ("agree", "disagree", "discuss")]
    hits = true_positives(confusion)
    right = hits.sum(axis=-1)
    within = confusion[..., related, :][..., related].sum(axis=(-2, -1))
    score = 0.25 * right + 0.5 * (right - hits[..., unrelated]) + 0.25 * within
    gold = confusion.sum(axis=-1)
    best = 0.25 * gold[..., unrelated] + gold[..., related].sum(axis=-1)
    return ratio(score, best)


def _kappa(confusion: Counts, scheme: LabelScheme) -> Values:
    n = confusion.sum(axis=(-2, -1))
    gold = confusion.sum(axis=-1)
    predicted = confusion[..., :-1].sum(axis=-2)
    observed = ratio(true_positives(confusion).sum(axis=-1), n)
    expected = ratio((gold * predicted).sum(axis=-1), n.astype(np.float64) ** 2)
    return ratio(observed - expected, 1 - expected)


def _mcc(confusion: Counts, scheme: LabelScheme) -> Values:
    n = confusion.sum(axis=(-2, -1)).astype(np.float64)
    gold = confusion.sum(axis=-1).astype(np.float64)
    predicted = confusion.sum(axis=-2).astype(np.float64)  # the missing ones are a class of their own, never right
    right = true_positives(confusion).sum(axis=-1)
    covariance = right * n - (gold * predicted[..., :-1]).sum(axis=-1)
    spread = (n**2 - (predicted**2).sum(axis=-1)) * (n**2 - (gold**2).sum(axis=-1))
    return ratio(covariance, np.sqrt(spread))


accuracy = LabelMetric(
    name="accuracy",
    sentence="Share of the gold items whose label was predicted; a missing prediction is wrong.",
    source="Definition; interval without clusters: Wilson (1927), Journal of the American Statistical Association 22.",
    compute=_accuracy,
)
f1_macro = LabelMetric(
    name="f1_macro",
    sentence="Mean over all labels of the scheme of F1 = 2·TP / (gold + predicted), which is 0 for a label that is neither.",
    source="Mean of F1, not F1 of means: Opitz and Burst (2019), Macro F1 and Macro F1, arXiv:1911.03347.",
    compute=_f1_macro,
    average="macro",
)
f1_favor_against = LabelMetric(
    name="f1_favor_against",
    sentence="Mean of the F1 of FAVOR and of AGAINST, pooled over targets (Favg); NONE counts where it is confused with them.",
    source="Mohammad et al. (2016), SemEval-2016 Task 6: Detecting Stance in Tweets, section 5.",
    compute=_f1_favor_against,
    labels=("FAVOR", "AGAINST"),
    average="pooled",
)
f1_favor_against_per_target = LabelMetric(
    name="f1_favor_against_per_target",
    sentence="Mean over targets of the mean of the F1 of FAVOR and of AGAINST within the target.",
    source="Li et al. (2021), P-Stance: A Large Dataset for Stance Detection in Political Domain, section 5.",
    compute=_f1_favor_against_per_target,
    labels=("FAVOR", "AGAINST"),
    by_target=True,
    average="target",
)
fnc_score = LabelMetric(
    name="fnc_score",
    sentence=(
        "Points relative to the best possible: .25 for the right label, .50 more if it is not unrelated, "
        ".25 if gold and prediction are both agree, disagree or discuss."
    ),
    source="Fake News Challenge stage 1 (2017), scoring of the organisers.",
    compute=_fnc_score,
    labels=("agree", "disagree", "discuss", "unrelated"),
    average="weighted",
)
kappa = LabelMetric(
    name="kappa",
    sentence="Agreement of gold and predicted labels beyond what their frequencies alone would give.",
    source="Cohen (1960), Educational and Psychological Measurement 20.",
    compute=_kappa,
    low=-1.0,
)
mcc = LabelMetric(
    name="mcc",
    sentence="Matthews correlation of gold and predicted labels over all labels; undefined where either is constant.",
    source="Gorodkin (2004), Computational Biology and Chemistry 28, equation 8.",
    compute=_mcc,
    low=-1.0,
)
