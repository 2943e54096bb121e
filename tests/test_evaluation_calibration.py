"""Calibration of probabilities in an evaluation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from claimkit.errors import DataError
from claimkit.evaluation import evaluate
from claimkit.records import Item, Prediction

N = 400
RNG = np.random.default_rng(7)
CHANCE = RNG.uniform(0.05, 0.95, N)
TRUTH = RNG.random(N) < CHANCE


def gold(**groups):
    labels = np.where(TRUTH, "FAVOR", "AGAINST")
    return [
        Item(id=f"i{n}", text=f"t{n}", target="x", stance=str(labels[n]), scheme="pstance", groups={"document": f"d{n // 8}"})
        for n in range(N)
    ]


def said(chance):
    return [
        Prediction(
            id=f"i{n}", stance="FAVOR" if p >= 0.5 else "AGAINST", probabilities={"FAVOR": float(p), "AGAINST": float(1 - p)}
        )
        for n, p in enumerate(chance)
    ]


def test_the_brier_loss_of_two_labels_is_twice_that_of_scikit_learn():
    found = evaluate(gold(), said(CHANCE)).calibration
    assert found.brier.value == pytest.approx(2 * brier_score_loss(TRUTH, CHANCE))
    assert found.brier.low < found.brier.value < found.brier.high
    assert found.n == N


def test_true_probabilities_are_well_calibrated_and_overconfident_ones_are_not():
    sharp = np.where(CHANCE >= 0.5, 0.98, 0.02)
    good, bad = (evaluate(gold(), said(chance)).calibration for chance in (CHANCE, sharp))
    assert good.ece.value < 0.08
    assert bad.ece.value > 0.15
    assert bad.ece_width.value == pytest.approx(0.98 - np.mean((CHANCE >= 0.5) == TRUTH))


def test_answering_only_where_it_is_sure_raises_accuracy():
    curve = evaluate(gold(), said(CHANCE)).calibration.coverage
    assert curve[-1].coverage == 1.0
    assert curve[-1].accuracy == pytest.approx(np.mean((CHANCE >= 0.5) == TRUTH))
    assert curve[4].accuracy > curve[-1].accuracy
    assert all(one.confidence >= other.confidence for one, other in itertools.pairwise(curve))


def test_reliability_bins_hold_every_item_once():
    bins = evaluate(gold(), said(CHANCE)).calibration.reliability
    assert sum(entry.n for entry in bins) == N
    assert all(entry.low <= entry.confidence <= entry.high for entry in bins)


def test_without_probabilities_there_is_no_calibration():
    assert evaluate(gold(), [Prediction(id="i0", stance="FAVOR")]).calibration is None


def test_probabilities_that_are_none_are_refused():
    with pytest.raises(DataError, match=r"the probabilities of 'i0' sum to 0\.9000, not to 1"):
        evaluate(gold(), [Prediction(id="i0", stance="FAVOR", probabilities={"FAVOR": 0.5, "AGAINST": 0.4})])
    with pytest.raises(DataError, match=r"name the label 'FAVOUR'.*did you mean 'FAVOR'"):
        evaluate(gold(), [Prediction(id="i0", stance="FAVOR", probabilities={"FAVOUR": 1.0})])
