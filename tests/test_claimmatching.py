"""Claim matching: words, BM25, the conditional logistic regression, and the ranking of claims."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from claimkit.catalog import load_dataset
from claimkit.claimmatching import BM25, ClaimRanker, ConditionalLogit, plain_words, words_of
from claimkit.claimmatching.counts import Terms, TfIdf
from claimkit.claimmatching.words import characters_of, numbers_of
from claimkit.errors import DataError
from claimkit.evaluation.rankings import evaluate_rankings
from claimkit.records import Claim, Document

TEXTS = ["the cat sat on the mat", "the dog chased the cat", "a bird flew over 12 houses", "dogs and birds", ""]


# Words


def test_links_are_dropped_and_hashtags_and_accounts_taken_apart():
    assert words_of("#DefundTheCBC @real_JoeDoe pic.twitter.com/0eJ https://t.co/Abc") == [
        "defund",
        "the",
        "cbc",
        "real",
        "joe",
        "doe",
    ]


def test_endings_are_cut_where_three_letters_remain():
    assert words_of("walls walled walling wishes was") == ["wall", "wall", "wall", "wish", "was"]


def test_plain_words_are_only_lower_case():
    assert plain_words("The #TheWall, a wall") == ["the", "thewall", "wall"]


@given(st.text())
def test_any_text_has_words_characters_and_numbers(text):
    assert all(words_of(text))
    assert all(3 <= len(part) <= 5 for part in characters_of(text))
    assert len(set(numbers_of(text))) == len(numbers_of(text))


# BM25


def robertson(query, text, texts, k1, b):
    """The sum of Robertson and Zaragoza 2009, equation 3.15, with the idf of Lucene, one word at a time."""
    split = [plain_words(each) for each in texts]
    words = plain_words(text)
    mean = sum(map(len, split)) / len(split)
    total = 0.0
    for word in set(plain_words(query)) & set(words):
        df = sum(word in each for each in split)
        tf = words.count(word)
        idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        total += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
    return total


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.9, 0.4), (0, 1), (2, 0)])
def test_bm25_is_the_sum_of_the_formula(k1, b):
    queries = ["the cat and the dogs", "birds over 12 houses", "nothing known"]
    found = BM25(TEXTS[:4], k1=k1, b=b, analyse=plain_words).scores(queries)
    expected = [[robertson(query, text, TEXTS[:4], k1, b) for text in TEXTS[:4]] for query in queries]
    assert found == pytest.approx(np.array(expected))


def test_bm25_knows_empty_texts_and_collections():
    assert BM25(TEXTS).scores(["cat"])[0, 4] == 0
    assert BM25([]).scores(["cat"]).shape == (1, 0)
    assert BM25([""]).scores(["cat", ""]).tolist() == [[0.0], [0.0]]


def test_bm25_refuses_parameters_that_mean_nothing():
    with pytest.raises(ValueError, match=r"k1 must be at least 0 and b between 0 and 1\. Got 1\.2 and 2"):
        BM25(TEXTS, b=2)


def test_tfidf_is_that_of_scikit_learn():
    theirs = TfidfVectorizer(analyzer=words_of, sublinear_tf=True)
    expected = theirs.fit_transform(TEXTS)
    ours = TfIdf(Terms(TEXTS, words_of))
    other = ["the bird and the cat sat, unknown"]
    assert (ours.vectors @ ours.transform(other).T).toarray() == pytest.approx((expected @ theirs.transform(other).T).toarray())


# Conditional logistic regression


def test_between_two_candidates_it_is_the_logistic_regression_of_their_difference():
    """McFadden 1974: P(a) = exp(wa) / (exp(wa) + exp(wb)), the logistic function of w(a - b)."""
    rng = np.random.default_rng(5)
    pairs = rng.normal(size=(200, 2, 3))
    pairs = (pairs - pairs.mean(axis=(0, 1))) / pairs.std(axis=(0, 1))
    right = (pairs[:, 0] - pairs[:, 1]) @ [1.0, -0.5, 0.0] + rng.logistic(size=200) > 0
    chosen = [np.array([1, 0]) if first else np.array([0, 1]) for first in right]
    ours = ConditionalLogit(C=2.0).fit(list(pairs), chosen)
    theirs = LogisticRegression(C=2.0, fit_intercept=False, tol=1e-10).fit(pairs[:, 0] - pairs[:, 1], right)
    assert ours.weights == pytest.approx(theirs.coef_[0], abs=2e-3)


def test_what_all_candidates_of_a_query_share_does_not_count():
    rng = np.random.default_rng(5)
    tables = [rng.normal(size=(4, 1)) for _ in range(60)]
    chosen = [np.eye(4, dtype=int)[np.argmax(table[:, 0] + rng.normal(size=4))] for table in tables]
    shared = [np.hstack([table, np.full((4, 1), rng.normal())]) for table in tables]
    assert ConditionalLogit().fit(shared, chosen).weights[1] == pytest.approx(0, abs=1e-3)


def test_a_query_without_a_right_candidate_and_a_useless_penalty_are_refused():
    with pytest.raises(ValueError, match="every query must have a candidate that is right"):
        ConditionalLogit().fit([np.ones((2, 1))], [np.zeros(2, dtype=int)])
    with pytest.raises(ValueError, match=r"C must be more than 0\. Got 0"):
        ConditionalLogit(C=0)


# Ranking


def claims(n=40):
    return [Document(id=f"c{k}", text=f"Mayor number{k} opened bridge{k}", title=f"Bridge{k}") for k in range(n)]


def tweets(n=40):
    return {f"q{k}": f"look, number{k} was at #Bridge{k} https://t.co/x" for k in range(n)}


class Hot:
    """An encoder that knows which of forty numbers a text ends in."""

    def encode(self, texts):
        found = np.zeros((len(texts), 41), dtype=np.float32)
        for row, text in enumerate(texts):
            digits = text.split("https")[0].strip()[-2:].lstrip("egr")
            found[row, int(digits) if digits.isdigit() else 40] = 1
        return found


@pytest.mark.parametrize("encoder", [None, Hot()])
def test_the_claim_with_the_words_of_the_text_comes_first_before_and_after_fitting(encoder):
    ranker = ClaimRanker(claims(), encoder=encoder, depth=10, dense_depth=5)
    relevant = {f"q{k}": {f"c{k}"} for k in range(40)}
    assert "BM25 alone" in repr(ranker)
    assert [next(iter(found)) for found in ranker.rank(tweets()).values()] == [f"c{k}" for k in range(40)]
    ranker.fit(tweets(), relevant)
    assert "re-ranked" in repr(ranker)
    assert len(ranker.model.weights) == len(ranker.features)
    assert [next(iter(found)) for found in ranker.rank(tweets(), k=1).values()] == [f"c{k}" for k in range(40)]


def test_scores_fall_and_k_cuts_them():
    ranked = ClaimRanker(claims()).rank(tweets(), k=7)
    assert {len(found) for found in ranked.values()} == {7}
    for found in ranked.values():
        assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_nearest_vectors_are_candidates_though_no_word_is_shared():
    many = [Document(id=f"c{k}", text=f"claim x{k}") for k in range(30)]
    lacking = ClaimRanker(many, depth=1).rank({"q": "nothing of it 17"}, k=5)
    assert list(lacking["q"]) == ["c0"]
    found = ClaimRanker(many, depth=1, encoder=Numbers(), dense_depth=1).rank({"q": "nothing of it 17"}, k=5)
    assert set(found["q"]) == {"c0", "c17"}


class Numbers:
    """An encoder of the number in which a text ends."""

    def encode(self, texts):
        numbers = [int("".join(char for char in text if char.isdigit()) or 30) for text in texts]
        return np.eye(31, dtype=np.float32)[numbers]


def test_claims_with_the_same_words_have_the_same_score_in_the_order_of_the_collection():
    twins = [Claim(id="b", text="The bridge fell."), Claim(id="a", text="the BRIDGE fell"), Claim(id="c", text="The wall fell.")]
    found = ClaimRanker(twins).rank({"q": "they say the bridge fell"})["q"]
    assert list(found) == ["b", "a", "c"]
    assert found["a"] == found["b"] > found["c"]


def test_neither_the_order_nor_the_number_of_queries_changes_a_ranking():
    ranker = ClaimRanker(claims()).fit(tweets(), {f"q{k}": {f"c{k}"} for k in range(40)})
    many = {f"{n}-{name}": text for n in range(3) for name, text in tweets().items()}
    assert ranker.rank(many)["2-q7"] == pytest.approx(ranker.rank({"x": tweets()["q7"]})["x"])


def test_a_collection_and_judgements_that_cannot_be_used_are_refused():
    with pytest.raises(DataError, match="the claim 'a' comes twice in the collection"):
        ClaimRanker([Claim(id="a", text="x"), Claim(id="a", text="y")])
    with pytest.raises(DataError, match="the query 'q1' is judged to repeat 'zzz', which is not in the collection"):
        ClaimRanker(claims()).fit(tweets(), {"q1": {"zzz"}})
    with pytest.raises(DataError, match="there is nothing to learn from"):
        ClaimRanker(claims()).fit({}, {})
    with pytest.raises(ValueError, match="depth must be at least 1"):
        ClaimRanker(claims(), depth=0)
    assert ClaimRanker([]).rank({"q": "anything"}) == {"q": {}}


# CheckThat! 2020, task 2


@pytest.fixture(scope="module")
def checkthat(data_dir):
    parts = {}
    for split in ("train", "test"):
        queries, relevant = parts[split] = {}, {}
        for item in load_dataset("checkthat2020-t2", split, data_dir=data_dir):
            queries[item.groups["query"]] = item.text
            relevant.setdefault(item.groups["query"], set()).add(item.groups["claim"])
    return list(load_dataset("checkthat2020-t2", data_dir=data_dir).collection()), parts


def map_at_5(relevant, ranked):
    return evaluate_rankings(relevant, ranked, metrics=["map@5"], replicates=20).metrics["map_at_k(k=5)"].value


def test_plain_bm25_reaches_what_another_implementation_does(checkthat):
    """An implementation of its own, with other details of the words, had .849."""
    collection, parts = checkthat
    queries, relevant = parts["test"]
    scores = BM25([f"{claim.title} {claim.text}" for claim in collection], b=0.75, analyse=plain_words).scores(
        list(queries.values())
    )
    names = [claim.id for claim in collection]
    ranked = {query: dict(zip(names, row.tolist(), strict=True)) for query, row in zip(queries, scores, strict=True)}
    assert map_at_5(relevant, ranked) == pytest.approx(0.849, abs=0.01)


def test_re_ranking_that_was_fitted_on_train_is_above_91_on_test(checkthat):
    collection, parts = checkthat
    ranker = ClaimRanker(collection).fit(*parts["train"])
    queries, relevant = parts["test"]
    assert map_at_5(relevant, ranker.rank(queries)) > 0.91
