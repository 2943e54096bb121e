"""From scores to probabilities: temperature and vector scaling, fitted on scores of rows that the model did not see.

References
----------
Guo, Pleiss, Sun & Weinberger (2017). On Calibration of Modern Neural Networks. ICML. Sections 4.2 (temperature and vector scaling).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np
from scipy.optimize import minimize, minimize_scalar

from claimkit.classifiers.ngrams import Array

Method = Literal["temperature", "vector", "none"]
METHODS = ("temperature", "vector", "none")
_LEAST_ROWS = 20
_ENOUGH_ROWS = 3000  # out-of-fold scores; a temperature is one number, so more of them only cost time
_HOTTEST = 100.0  # a higher temperature is indistinguishable from equal probabilities


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How scores become probabilities: ``softmax(scale * scores + bias)``.

    Attributes
    ----------
    method : {"temperature", "vector", "none"}
        ``none`` also where there were too few rows; then ``note`` says so.
    scale, bias : tuple of float
        One for each label that training had. With temperature T every scale is 1 / T and every bias 0, so the order of the labels,
        and with it the prediction, stays what it was.
    folds, rows : int
        Out-of-fold scores that it was fitted on.
    log_loss_before, log_loss_after : float or None
        Mean over these rows, in nats.
    note : str or None
    """

    method: Method
    scale: tuple[float, ...]
    bias: tuple[float, ...]
    folds: int = 0
    rows: int = 0
    log_loss_before: float | None = None
    log_loss_after: float | None = None
    note: str | None = None

    def probabilities(self, scores: Array) -> Array:
        """Return the probabilities of scores of shape (n_rows, n_labels)."""
        return softmax(scores * np.array(self.scale) + np.array(self.bias))


def softmax(scores: Array) -> Array:
    """Return exp(scores), each row divided by its sum.

    >>> softmax(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def log_loss(probabilities: Array, codes: Array, weights: Array | None = None) -> float:
    """Return the mean of -ln p(true label)."""
    picked = probabilities[np.arange(len(codes)), codes]
    return float(np.average(-np.log(np.maximum(picked, np.finfo(np.float64).tiny)), weights=weights))


def fit_temperature(scores: Array, codes: Array, weights: Array | None = None) -> float:
    """Return the temperature T > 0 at which ``softmax(scores / T)`` has the least log loss.

    >>> round(fit_temperature(np.array([[2.0, 0.0]] * 4), np.array([0, 0, 0, 1])), 3)  # 2 / T = ln 3
    1.82
    """
    found = minimize_scalar(
        lambda log_t: log_loss(softmax(scores * np.exp(-log_t)), codes, weights),
        bounds=(-np.log(_HOTTEST), np.log(_HOTTEST)),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(np.exp(found.x))


def fit_vector(scores: Array, codes: Array, weights: Array | None = None) -> tuple[Array, Array]:
    """Return scale > 0 and bias (of sum 0) at which ``softmax(scale * scores + bias)`` has the least log loss."""
    k = scores.shape[1]
    share = np.full(len(codes), 1 / len(codes)) if weights is None else weights / weights.sum()
    truth = np.eye(k)[codes]

    def loss(parameters: Array) -> tuple[float, Array]:
        probabilities = softmax(scores * parameters[:k] + parameters[k:])
        error = (probabilities - truth) * share[:, None]
        return log_loss(probabilities, codes, share), np.concatenate([(error * scores).sum(axis=0), error.sum(axis=0)])

    start = np.concatenate([np.full(k, 1 / fit_temperature(scores, codes, weights)), np.zeros(k)])
    limits = [(1 / _HOTTEST, _HOTTEST)] * k + [(-20.0, 20.0)] * k
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits)
    return found.x[:k], found.x[k:] - found.x[k:].mean()


def calibrate(
    method: Method,
    codes: Array,
    groups: Sequence[str],
    scores_without: Callable[[Array, Array], Array],
    *,
    n_folds: int,
    seed: int,
    weights: Array | None = None,
) -> Calibration:
    """Fit a calibration on out-of-fold scores: of all folds, or of as many as give some thousand scores with every label.

    Parameters
    ----------
    method : {"temperature", "vector", "none"}
    codes : ndarray of int, shape (n_rows,)
        0 … n_labels - 1, all of which occur.
    groups : sequence of str
        Rows of one group are in one fold.
    scores_without : callable
        From the rows to fit on and the rows to score, the scores of the latter.
    n_folds, seed : int
    weights : ndarray of float, optional

    Returns
    -------
    Calibration
        Without scaling, and with a note, where some label would be missing from a fold's training rows.
    """
    k = int(codes.max()) + 1
    plain = Calibration(method="none", scale=(1.0,) * k, bias=(0.0,) * k)
    if method == "none":
        return plain
    folds = list(grouped_folds(codes, groups, n_folds, seed))
    if len(codes) < _LEAST_ROWS or not _usable(folds, codes, k):
        note = f"{len(codes)} rows in {len(set(groups))} groups are too few for out-of-fold scores"
        return msgspec.structs.replace(plain, note=note)
    scored: list[Array] = []
    rows: list[Array] = []
    for inside, held in folds:
        scored.append(scores_without(inside, held))
        rows.append(held)
        held_out = np.concatenate(rows)
        weighty = weights is None or weights[held_out].sum() > 0
        if len(held_out) >= _ENOUGH_ROWS and len(np.unique(codes[held_out])) == k and weighty:
            break
    scores, codes, weights = np.concatenate(scored), codes[held_out], None if weights is None else weights[held_out]
    if method == "temperature":
        scale, bias = np.full(k, 1 / fit_temperature(scores, codes, weights)), np.zeros(k)
    else:
        scale, bias = fit_vector(scores, codes, weights)
    return Calibration(
        method=method,
        scale=tuple(scale.tolist()),
        bias=tuple(bias.tolist()),
        folds=len(rows),
        rows=len(codes),
        log_loss_before=log_loss(softmax(scores), codes, weights),
        log_loss_after=log_loss(softmax(scores * scale + bias), codes, weights),
    )


def grouped_folds(codes: Array, groups: Sequence[str], n_folds: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """Yield rows to fit on and rows held out; groups stay whole and labels are spread as evenly as that allows.

    Groups come in random order, the large ones first; each goes to the fold that has the least of the group's labels so far.
    """
    names, of = np.unique(np.array(groups), return_inverse=True)
    n_folds = min(n_folds, len(names))
    counts = np.zeros((len(names), int(codes.max()) + 1))
    np.add.at(counts, (of, codes), 1)
    wanted = counts / counts.sum(axis=0)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-counts.sum(axis=1)[order], kind="stable")]
    loads = np.zeros((n_folds, counts.shape[1]))
    fold_of = np.zeros(len(names), dtype=np.int64)
    for group in order.tolist():
        fold = int(np.argmin(loads @ wanted[group]))
        fold_of[group] = fold
        loads[fold] += counts[group]
    folds = fold_of[of]
    for fold in range(n_folds):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


def _usable(folds: Sequence[tuple[Array, Array]], codes: Array, k: int) -> bool:
    return len(folds) > 1 and all(len(held) and len(np.unique(codes[inside])) == k for inside, held in folds)
