"""Where a text meets its target, boosted trees on that, and two stages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from claimkit.classifiers import load_classifier, make_classifier, save_classifier
from claimkit.classifiers.ensemble import both_new
from claimkit.classifiers.meeting import MEETING_FEATURES, Weights, meeting_rows
from claimkit.classifiers.trees import Trees
from claimkit.errors import DataError
from claimkit.records import Item

LABELS = ("agree", "disagree", "discuss", "unrelated")
PLANS = ("Harbour opens in May", "Bridge was never built", "Mayor resigns over debts", "Ferry sinks near pier")
WORDS = {"agree": "It is true and official.", "disagree": "That is false, a hoax.", "discuss": "It is reported by sources."}


def rows(n=240, seed=0):
    rng = np.random.default_rng(seed)
    items = []
    for k in range(n):
        label = str(rng.choice(LABELS, p=[0.2, 0.15, 0.25, 0.4]))
        about = int(rng.integers(len(PLANS)))
        other = (about + 1 + int(rng.integers(len(PLANS) - 1))) % len(PLANS)
        text = f"News of day {k}. {PLANS[about]}. {WORDS[str(rng.choice(list(WORDS))) if label == 'unrelated' else label]}"
        target = PLANS[other if label == "unrelated" else about]
        items.append(Item(id=str(k), text=text, target=target, stance=label, scheme=LABELS, groups={"body": f"b{k // 3}"}))
    return items


def feature(name, text, target, weights=None):
    return meeting_rows([text], [target], weights or Weights({}, 1.0))[0, MEETING_FEATURES.index(name)]


def test_a_sentence_that_repeats_the_target_is_nearest_and_its_place_is_known():
    text = "Rain fell. The harbour opens soon. All went home."
    assert feature("near_max", text, "the harbour opens soon") == pytest.approx(1)
    assert feature("nearest_place", text, "the harbour opens soon") == pytest.approx(1 / 3)
    assert feature("words_in_nearest", text, "the harbour closes soon") == pytest.approx(3 / 4)


def test_the_cosine_is_that_of_weighted_words():
    # sentence: a (weight 3), b (1); target: a (3), c (2): 9 / (sqrt 10 · sqrt 13)
    weights = Weights({"alpha": 3.0, "beta": 1.0, "gamma": 2.0}, 1.0)
    assert feature("near_max", "alpha beta", "alpha gamma", weights) == pytest.approx(9 / np.sqrt(130))


def test_the_longest_run_is_of_neighbours_in_both():
    assert feature("longest_run", "we saw the old harbour gate open", "old harbour gate was open") == pytest.approx(3 / 5)


def test_shares_of_nothing_are_missing_values():
    assert np.isnan(feature("numbers_in_text", "one two", "no digits here"))
    assert np.isnan(feature("triples_in_text", "one two", "two"))


def test_words_of_denial_are_counted_where_they_stand():
    text = "The bridge stands. Some say it is a hoax."
    assert feature("refutations_in_text", text, "the bridge stands") == 1
    assert feature("refutations_in_nearest", text, "the bridge stands") == 0


@given(st.text(max_size=80), st.text(max_size=40))
def test_features_of_any_text_are_numbers_or_missing(text, target):
    found = meeting_rows([text], [target], Weights({}, 1.0))
    assert found.shape == (1, len(MEETING_FEATURES))
    assert not np.isinf(found).any()
    shares = found[0, : MEETING_FEATURES.index("has_names")]
    assert ((shares >= 0) & (shares <= 1 + 1e-9) | np.isnan(shares)).all()


@pytest.mark.parametrize("k", [2, 3])
def test_our_walk_through_the_trees_gives_the_probabilities_of_scikit_learn(k):
    rng = np.random.default_rng(k)
    X = rng.normal(size=(400, 5))
    X[rng.random(X.shape) < 0.1] = np.nan
    codes = (np.nan_to_num(X[:, 0]) > 0).astype(int) + (k - 2) * (np.nan_to_num(X[:, 1]) > 1)
    trees = Trees.learn(X, codes, iterations=20, learning_rate=0.1, balanced=False, weights=None, seed=1)
    peer = HistGradientBoostingClassifier(max_iter=20, learning_rate=0.1, early_stopping=False, random_state=1).fit(X, codes)
    assert trees.probabilities(X) == pytest.approx(peer.predict_proba(X), abs=1e-12)


@pytest.mark.parametrize(("part", "value"), [("left", 10_000.0), ("right", 0.0), ("starts", 3.0)])
def test_trees_that_point_out_of_themselves_are_refused(part, value):
    X = np.random.default_rng(0).normal(size=(200, 2))
    trees = Trees.learn(X, (X[:, 0] > 0).astype(int), iterations=2, learning_rate=0.1, balanced=False, weights=None, seed=1)
    tensors = {name: tensor.copy() for name, tensor in trees.tensors.items()}
    tensors[part][0] = value
    with pytest.raises(ValueError, match=f"the tensor '{part}'"):
        Trees.restored(tensors, n_labels=2)


def test_the_first_stage_is_unrelated_where_the_scheme_has_it_and_both_stages_multiply():
    model = make_classifier("two-stage", LABELS).fit(rows())
    assert model.first_ == "unrelated"
    detector, others = model.members_
    found = model.predict_proba(rows(30, seed=1))
    is_first = detector.predict_proba(rows(30, seed=1))[:, 1]
    assert found[:, 3] == pytest.approx(is_first)
    assert found[:, :3] == pytest.approx((1 - is_first)[:, None] * others.predict_proba(rows(30, seed=1)))


def test_two_stages_tell_related_from_unrelated_on_rows_they_have_not_seen():
    test = rows(120, seed=9)
    found = make_classifier("two-stage", LABELS).fit(rows()).predict(test)
    truth = np.array([item.stance for item in test])
    assert ((found == "unrelated") == (truth == "unrelated")).mean() > 0.95
    assert (found == truth).mean() > 0.9


def test_without_unrelated_the_most_frequent_label_comes_first():
    items = [item for item in rows() if item.stance != "unrelated"]
    labels = LABELS[:3]
    model = make_classifier("two-stage", labels).fit(items, [item.stance for item in items])
    counts = {label: sum(item.stance == label for item in items) for label in labels}
    assert model.first_ == max(counts, key=counts.get)


def test_two_stages_survive_saving(tmp_path):
    model = make_classifier("two-stage", LABELS, others={"name": "ngrams"}).fit(rows())
    again = load_classifier(save_classifier(model, tmp_path / "m"))
    assert (again.predict_proba(rows(20, seed=2)) == model.predict_proba(rows(20, seed=2))).all()


def test_two_stages_of_two_labels_or_an_unknown_first_are_refused():
    with pytest.raises(ValueError, match="labels must be at least three"):
        make_classifier("two-stage", ("yes", "no")).fit(rows())
    with pytest.raises(ValueError, match="first must be empty, or one of agree"):
        make_classifier("two-stage", LABELS, first="related").fit(rows())
    with pytest.raises(DataError, match="two stages need rows with the label 'unrelated'"):
        make_classifier("two-stage", LABELS).fit([item for item in rows() if item.stance != "unrelated"])


def test_decisions_are_fitted_on_rows_whose_group_and_target_the_members_had_not_seen():
    targets = [f"t{k % 7}" for k in range(60)]
    groups = np.arange(60) // 5
    folds = [(np.flatnonzero(groups % 3 != f), np.flatnonzero(groups % 3 == f)) for f in range(3)]
    found = list(both_new(folds, targets, 3, seed=1))
    assert sum(len(held) for _, held in found) > 0
    for inside, held in found:
        assert not {targets[row] for row in inside} & {targets[row] for row in held}
        assert not set(groups[inside]) & set(groups[held])
