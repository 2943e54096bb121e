"""Numbers that other people's programs and papers give, reproduced to the digits they print."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from claimkit.metrics import METRICS
from claimkit.metrics.labels import precision_recall_f1
from claimkit.schemes import SCHEMES, LabelScheme
from claimkit.stats import wilson_interval

SEMEVAL = SCHEMES["semeval2016"]
FNC = SCHEMES["fnc1"]


def with_missing(rows):
    """Add the column of missing predictions, here empty."""
    return np.pad(np.array(rows), [(0, 0), (0, 1)])


def confusion_of(gold, predicted, labels):
    table = np.zeros((len(labels), len(labels) + 1), dtype=int)
    for a, b in zip(gold, predicted, strict=True):
        table[labels.index(a), labels.index(b) if b in labels else len(labels)] += 1
    return table


def test_semeval_reference_predictions_score_as_with_the_official_program():
    # Predictions of the TweetEval reference system on the 1,249 test tweets; the official scorer prints .7244.
    table = with_missing([[235, 46, 23], [123, 494, 98], [21, 44, 165]])
    assert METRICS["f1_favor_against"].compute(table, SEMEVAL) == pytest.approx(0.7244, abs=5e-5)
    assert METRICS["f1_macro"].compute(table, SEMEVAL) == pytest.approx(0.6961, abs=5e-5)
    assert METRICS["accuracy"].compute(table, SEMEVAL) == pytest.approx(0.7158, abs=5e-5)


def test_semeval_official_scorer_agrees_on_every_recorded_case(oracle_dir):
    cases = json.loads((oracle_dir / "semeval2016t6" / "eval_pl_cases.json").read_text())
    assert len(cases) == 40
    for case in cases:
        # the official program counts the label UNKNOWN as no prediction
        table = confusion_of(case["gold"], case["pred"], SEMEVAL.labels)
        _, _, f1 = precision_recall_f1(table)
        assert np.nan_to_num(f1[0]) == pytest.approx(case["favor"][2], abs=5.1e-5), case["name"]
        assert np.nan_to_num(f1[1]) == pytest.approx(case["against"][2], abs=5.1e-5), case["name"]
        assert METRICS["f1_favor_against"].compute(table, SEMEVAL) == pytest.approx(case["favg"], abs=5.1e-5), case["name"]


@pytest.mark.parametrize(
    ("rows", "points", "relative", "macro"),
    [
        # organisers' baseline and Athene's submission, Fake News Challenge stage 1
        ([[173, 10, 1435, 285], [39, 7, 413, 238], [221, 7, 3556, 680], [10, 3, 358, 17978]], 8761.75, 0.7520, None),
        ([[851, 69, 826, 157], [241, 66, 241, 149], [466, 37, 3611, 350], [19, 4, 115, 18211]], 9550.75, 0.8197, 0.5998),
        # everything unrelated; everything related rightly found and called "discuss"
        ([[0, 0, 0, 1903], [0, 0, 0, 697], [0, 0, 0, 4464], [0, 0, 0, 18349]], 4587.25, 0.3937, 0.210),
        ([[0, 0, 1903, 0], [0, 0, 697, 0], [0, 0, 4464, 0], [0, 0, 0, 18349]], 9701.25, 0.8326, None),
    ],
)
def test_fnc_score_is_that_of_the_challenge(rows, points, relative, macro):
    table = with_missing(rows)
    score = METRICS["fnc_score"].compute(table, FNC)
    assert score * 11651.25 == pytest.approx(points, abs=1e-6)
    assert score == pytest.approx(relative, abs=5.1e-5)
    if macro is not None:
        assert METRICS["f1_macro"].compute(table, FNC) == pytest.approx(macro, abs=5.1e-4)


def test_fnc_systems_score_as_recorded(oracle_dir):
    folder = oracle_dir / "fnc1"
    expected = json.loads((folder / "expected_systems.json").read_text())
    with (folder / "labels_only.csv").open() as file:
        rows = list(csv.DictReader(file))
    for system, numbers in expected.items():
        table = with_missing(numbers["cm"])
        assert METRICS["fnc_score"].compute(table, FNC) == pytest.approx(numbers["fnc_rel"], abs=1e-12)
        assert METRICS["f1_macro"].compute(table, FNC) == pytest.approx(numbers["macro_f1"], abs=1e-12)
        assert METRICS["accuracy"].compute(table, FNC) == pytest.approx(numbers["acc"], abs=1e-12)
        _, _, f1 = precision_recall_f1(table)
        assert f1 == pytest.approx([numbers["f1"][label] for label in FNC.labels], abs=1e-12)
        # The file cuts labels to three letters, so that disagree and discuss are one: the table merged in the same way agrees.
        merge = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])
        coarse = confusion_of([row["gold"] for row in rows], [row[system] for row in rows], ("agr", "dis", "unr"))
        assert (merge.T @ np.array(numbers["cm"]) @ merge).tolist() == coarse[:, :3].tolist()


def test_mean_of_f1_is_not_f1_of_means():
    # Opitz and Burst (2019): gold 90 × 0 and 10 × 1; predicted 60 × 0 and 30 × 1 on the zeros, 1 on the ones.
    assert METRICS["f1_macro"].compute(with_missing([[60, 30], [0, 10]]), LabelScheme("two", ("0", "1"))) == pytest.approx(0.6)


def test_a_label_of_the_scheme_that_never_occurs_counts_as_zero():
    # gold F, A, A predicted F, A, A over the labels F, A, N: (1 + 1 + 0) / 3
    assert METRICS["f1_macro"].compute(with_missing([[1, 0, 0], [0, 2, 0], [0, 0, 0]]), SEMEVAL) == pytest.approx(2 / 3)


def test_kappa_of_cohens_example():
    # Cohen (1960), table 1, as proportions of 200: kappa .492
    table = with_missing([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert METRICS["kappa"].compute(table, LabelScheme("three", ("a", "b", "c"))) == pytest.approx(0.492, abs=5e-4)


def test_wilson_interval_of_the_reference_accuracy():
    assert wilson_interval(894, 1249) == pytest.approx((0.690126, 0.740096), abs=5e-7)
