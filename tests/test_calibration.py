"""Probabilities: temperature and vector scaling on out-of-fold scores."""

import math

import numpy as np
import pytest

from claimkit.classifiers import make_classifier
from claimkit.classifiers.calibration import calibrate, fit_temperature, fit_vector, grouped_folds, log_loss, softmax


def test_softmax_of_equal_scores_is_uniform_and_of_large_ones_is_finite():
    assert softmax(np.array([[0.0, 0.0, 0.0, 0.0]])).tolist() == [[0.25] * 4]
    assert softmax(np.array([[1e6, 0.0]])).tolist() == [[1.0, 0.0]]


def test_softmax_of_half_scores_of_both_signs_is_the_logistic_function():
    z = np.linspace(-5, 5, 11)
    assert np.allclose(softmax(np.column_stack([-z / 2, z / 2]))[:, 1], 1 / (1 + np.exp(-z)))


def test_log_loss_of_even_odds_is_ln_2():
    assert log_loss(np.array([[0.5, 0.5]] * 3), np.array([0, 1, 0])) == pytest.approx(math.log(2))


@pytest.mark.parametrize(("right", "margin"), [(3, 2.0), (3, 7.0), (9, 0.5), (2, 30.0)])
def test_the_temperature_makes_mean_confidence_equal_accuracy(right, margin):
    # One margin m, right in r of r + 1 rows: the likelihood is greatest where p = r / (r + 1), that is m / T = ln r.
    scores = np.array([[margin, 0.0]] * (right + 1))
    codes = np.array([0] * right + [1])
    assert fit_temperature(scores, codes) == pytest.approx(margin / math.log(right), rel=1e-4)


def test_a_row_of_weight_three_counts_like_three_rows():
    scores, codes = np.array([[2.0, 0.0], [2.0, 0.0]]), np.array([0, 1])
    assert fit_temperature(scores, codes, np.array([3.0, 1.0])) == pytest.approx(2 / math.log(3), rel=1e-4)


def test_vector_scaling_with_useless_scores_returns_the_label_frequencies():
    # With scores that are all 0 only the biases act, and the likelihood is greatest at the frequencies.
    codes = np.array([0] * 6 + [1] * 3 + [2])
    scale, bias = fit_vector(np.zeros((10, 3)), codes)
    assert np.allclose(softmax(np.zeros((1, 3)) * scale + bias), [[0.6, 0.3, 0.1]], atol=1e-4)
    assert bias.sum() == pytest.approx(0)


def test_vector_scaling_is_never_worse_than_temperature_on_its_own_rows():
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(200, 3)) * [1, 3, 0.3]
    codes = np.array([rng.choice(3, p=row) for row in softmax(scores * 0.7 + [0.5, 0, -0.5])])
    scale, bias = fit_vector(scores, codes)
    assert (
        log_loss(softmax(scores * scale + bias), codes) <= log_loss(softmax(scores / fit_temperature(scores, codes)), codes) + 1e-9
    )


def test_overconfident_scores_are_cooled_back_to_the_truth():
    rng = np.random.default_rng(1)
    true = rng.normal(size=(20_000, 3))
    codes = np.array([rng.choice(3, p=row) for row in softmax(true)])
    assert fit_temperature(true * 4, codes) == pytest.approx(4, rel=0.05)


def test_folds_keep_groups_whole_and_cover_every_row_once():
    rng = np.random.default_rng(0)
    codes, groups = rng.integers(0, 3, 300), [f"d{n}" for n in rng.integers(0, 40, 300)]
    folds = list(grouped_folds(codes, groups, 5, 13))
    assert sorted(np.concatenate([held for _, held in folds]).tolist()) == list(range(300))
    for inside, held in folds:
        assert not {groups[row] for row in inside} & {groups[row] for row in held}
        assert 30 <= len(held) <= 90


def test_folds_of_single_rows_have_each_label_alike():
    codes = np.array([0] * 50 + [1] * 25 + [2] * 5)
    for _, held in grouped_folds(codes, [str(n) for n in range(80)], 5, 13):
        assert np.bincount(codes[held]).tolist() == [10, 5, 1]


def test_the_seed_decides_the_folds():
    codes, groups = np.array([0, 1] * 50), [str(n) for n in range(100)]
    first, again, other = (next(iter(grouped_folds(codes, groups, 5, seed)))[1].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_calibration_sees_only_scores_of_rows_that_were_held_out():
    seen = []

    def scores_without(inside, held):
        seen.append((set(inside.tolist()), set(held.tolist())))
        return np.zeros((len(held), 2))

    calibrate("temperature", np.array([0, 1] * 20), [str(n) for n in range(40)], scores_without, n_folds=4, seed=0)
    assert len(seen) == 4
    assert all(not inside & held and len(inside | held) == 40 for inside, held in seen)


def test_a_large_sample_is_scored_in_as_many_folds_as_give_some_thousand_rows():
    found = calibrate(
        "temperature",
        np.array([0, 1] * 5_000),
        [str(n) for n in range(10_000)],
        lambda _, held: np.zeros((len(held), 2)),
        n_folds=5,
        seed=0,
    )
    assert (found.folds, found.rows) == (2, 4_000)


@pytest.mark.parametrize(
    ("codes", "groups"),
    [
        ([0, 1] * 5, range(10)),  # ten rows
        ([0, 1] * 20, [0] * 40),  # one document
        ([0] * 39 + [1], range(40)),  # a label with one row
    ],
)
def test_too_few_rows_for_folds_leave_scores_uncalibrated_and_say_so(codes, groups):
    found = calibrate("temperature", np.array(codes), [str(n) for n in groups], lambda *_: 1 / 0, n_folds=5, seed=0)
    assert found.method == "none"
    assert found.scale == (1.0, 1.0)
    assert "too few" in found.note


def test_a_small_classifier_tells_that_it_is_not_calibrated():
    rows = [("good", "x"), ("bad", "x")] * 4
    model = make_classifier("ngrams", "pstance", min_df=1).fit(rows, ["FAVOR", "AGAINST"] * 4)
    assert model.calibration_.method == "none"
    assert "8 rows in 8 groups are too few" in model.calibration_.note


def test_temperature_does_not_change_a_prediction():
    rng = np.random.default_rng(5)
    words = np.array(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"])
    rows = [(" ".join(rng.choice(words, 6)), "x") for _ in range(200)]
    y = ["FAVOR" if row[0].count("alpha") > row[0].count("beta") else "AGAINST" for row in rows]
    plain, warm = (make_classifier("ngrams", "pstance", calibration=kind).fit(rows, y) for kind in ("none", "temperature"))
    assert plain.predict(rows).tolist() == warm.predict(rows).tolist()
    assert warm.calibration_.log_loss_after <= warm.calibration_.log_loss_before
    assert warm.calibration_.folds == 5


def test_given_groups_are_not_cut_through():
    rows, y = [(f"word{n % 7} text", "x") for n in range(60)], ["FAVOR", "AGAINST"] * 30
    model = make_classifier("ngrams", "pstance").fit(rows, y, groups=["one document"] * 60)
    assert "60 rows in 1 groups" in model.calibration_.note
