"""Ensembles: means of members, weights and decisions from rows that the members had not seen."""

from __future__ import annotations

import numpy as np
import pytest

from claimkit.classifiers import load_classifier, make_classifier, save_classifier
from claimkit.classifiers.ensemble import fit_offsets, fit_weights
from claimkit.errors import UsageError
from claimkit.metrics import METRICS
from claimkit.records import Item
from claimkit.schemes import SCHEMES

LABELS = ("support", "oppose", "neutral")
WORDS = {"support": "backs the plan", "oppose": "denies the plan", "neutral": "met on day"}


def items(n=120, seed=3):
    rng = np.random.default_rng(seed)
    labels = rng.choice(LABELS, size=n, p=[0.6, 0.3, 0.1])
    return [
        Item(
            id=f"i{k}",
            text=f"Speaker {k % 7} {WORDS[str(rng.choice(LABELS)) if rng.random() < 0.2 else str(label)]} {k}",
            target="the plan",
            stance=str(label),
            scheme=LABELS,
            groups={"document": f"d{k // 3}"},
        )
        for k, label in enumerate(labels)
    ]


MEMBERS = [{"name": "ngrams"}, {"name": "embeddings", "parameters": {"C": 0.001}}, {"name": "majority"}]


def test_probabilities_are_the_mean_of_the_members():
    model = make_classifier("ensemble", LABELS, members=MEMBERS).fit(items())
    made = [make_classifier(member["name"], LABELS, **member.get("parameters", {})) for member in MEMBERS]
    each = [member.fit(items()).predict_proba(items()) for member in made]
    assert model.predict_proba(items()) == pytest.approx(np.mean(each, axis=0))


def test_fitted_weights_leave_out_a_member_that_knows_nothing():
    model = make_classifier("ensemble", LABELS, members=MEMBERS, weights="fitted").fit(items())
    assert model.weights_.sum() == pytest.approx(1)
    assert model.weights_[2] < 0.2


def test_offsets_raise_the_metric_they_are_fitted_for():
    rng = np.random.default_rng(0)
    codes = rng.choice(3, size=600, p=[0.8, 0.15, 0.05])
    seen = np.where(rng.random(600) < 0.7, codes, rng.integers(0, 3, 600))
    probabilities = 0.7 * np.array([0.8, 0.15, 0.05]) + 0.3 * np.eye(3)[seen]
    scheme, metric = SCHEMES["semeval2016"], METRICS["f1_macro"]
    offsets = fit_offsets(probabilities, codes, metric, scheme)

    def value(logs):
        table = np.zeros((1, 3, 4))
        np.add.at(table[0], (codes, logs.argmax(axis=1)), 1)
        return metric.compute(table, scheme)[0]

    assert value(np.log(probabilities) + offsets) > value(np.log(probabilities)) + 0.05


def test_offsets_are_zero_where_nothing_is_won():
    codes = np.array([0, 1, 2] * 20)
    assert not fit_offsets(0.9 * np.eye(3)[codes] + 0.1 / 3, codes, METRICS["f1_macro"], SCHEMES["semeval2016"]).any()


def test_weights_of_equal_members_are_equal():
    rng = np.random.default_rng(1)
    one = rng.dirichlet([1, 1], size=50)
    assert fit_weights(np.stack([one, one]), rng.integers(0, 2, 50)) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("parameters", [{}, {"weights": "fitted", "decide_for": "f1_macro"}])
def test_an_ensemble_survives_saving(tmp_path, parameters):
    model = make_classifier("ensemble", LABELS, members=MEMBERS, **parameters).fit(items())
    restored = load_classifier(save_classifier(model, tmp_path / "model"))
    assert restored.predict_proba(items()) == pytest.approx(model.predict_proba(items()), abs=1e-5)
    assert restored.get_params()["members"] == MEMBERS


def test_the_same_seed_gives_the_same_model():
    one, other = (make_classifier("ensemble", LABELS, members=MEMBERS, weights="fitted").fit(items()) for _ in range(2))
    assert np.array_equal(one.predict_proba(items()), other.predict_proba(items()))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"members": []}, "members must be a list of tables"),
        ({"members": [{"name": "ngrms"}]}, "no classifier is named 'ngrms'; did you mean 'ngrams'"),
        ({"members": [{"name": "ngrams", "weight": 2}]}, "a member has name and parameters, not 'weight'"),
        ({"members": [{"name": "ngrams", "parameters": {"D": 1}}]}, "the classifier 'ngrams' has no parameter 'D'"),
        ({"decide_for": "brier"}, "decide_for must be a metric of labels"),
        ({"decide_for": "fnc_score"}, "the metric fnc_score needs the labels agree"),
        ({"weights": "best"}, "weights must be 'equal' or 'fitted'"),
    ],
)
def test_what_cannot_be_an_ensemble_is_refused(parameters, message):
    with pytest.raises(UsageError, match=message):
        make_classifier("ensemble", LABELS, **parameters).fit(items())
