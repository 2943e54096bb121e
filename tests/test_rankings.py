"""Rankings: the metrics of retrieval, from qrels and runs or from items with probabilities."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from claimkit.errors import DataError, UsageError
from claimkit.evaluation.rankings import evaluate_rankings, rankings_of_items
from claimkit.metrics import parse_metric
from claimkit.records import Item, Prediction
from claimkit.records.base import encode


def value(relevance, metric, relevant=None):
    """The metric of a list of zeros and ones in the order of their ranks."""
    ranks = np.flatnonzero(relevance) + 1
    found = parse_metric(metric)
    return found.of_query(ranks, relevant or len(ranks), **found.parameters)


def test_average_precision_is_that_of_the_scorers_of_checkthat():
    """Values printed in the tests of the shared tasks' own scorers: AP([0,1,0,0,1]) = .45, AP([1,0,1,0,1]) = .75556."""
    assert value([0, 1, 0, 0, 1], "map") == pytest.approx(0.45)
    assert value([1, 0, 1, 0, 1], "average_precision") == pytest.approx(0.75556, abs=5e-6)


@given(st.lists(st.booleans(), min_size=1, max_size=30).filter(any))
def test_average_precision_agrees_with_scikit_learn_where_all_documents_are_ranked(relevance):
    scores = -np.arange(len(relevance), dtype=float)
    assert value(relevance, "map") == pytest.approx(average_precision_score(relevance, scores))


def test_a_cut_divides_by_the_smaller_of_k_and_the_relevant_documents():
    # two of three relevant documents on ranks 1 and 3; at 2: (1/1) / min(3, 2); at 5: (1/1 + 2/3) / 3
    assert value([1, 0, 1], "map@2", relevant=3) == pytest.approx(1 / 2)
    assert value([1, 0, 1], "map@5", relevant=3) == pytest.approx((1 + 2 / 3) / 3)


def test_reciprocal_rank_and_success_look_at_the_first_relevant_document():
    assert value([0, 0, 1, 1], "mrr") == pytest.approx(1 / 3)
    assert [value([0, 0, 1], f"success@{k}") for k in (2, 3)] == [0, 1]
    assert value([0, 0, 0], "mrr", relevant=2) == 0


def test_a_relevant_document_that_is_not_ranked_counts_against_the_ranking():
    found = evaluate_rankings({"q": {"a", "b"}}, {"q": {"a": 1.0}}, metrics=["map"])
    assert found.metrics["map"].value == pytest.approx(0.5)


def test_queries_are_resampled_and_the_metric_is_their_mean():
    rng = np.random.default_rng(3)
    relevant = {f"q{n}": {"r"} for n in range(200)}
    ranks = rng.integers(1, 6, 200)
    scores = {f"q{n}": {**{f"d{k}": 10.0 - k for k in range(1, 6)}, "r": 10.5 - rank} for n, rank in enumerate(ranks)}
    found = evaluate_rankings(relevant, scores, metrics=["mrr"]).metrics["mrr"]
    values = 1 / ranks
    assert found.value == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(200), rel=0.1)
    assert found.method == "query,percentile,10000"
    assert found.signature.startswith("mrr|avg:query|missing:zero|data:queries@")


def test_one_query_has_no_interval_and_the_reason_is_given():
    found = evaluate_rankings({"q": {"a"}}, {"q": {"a": 1.0}})
    assert found.metrics["map"].low is None
    assert found.metrics["map"].method == "one query has no interval"


def test_a_few_queries_have_the_interval_of_student():
    """Fisher's table: with 2 degrees of freedom 4.303 standard errors on either side."""
    relevant = {name: {"a"} for name in "xyz"}
    scores = {"x": {"a": 1.0}, "y": {"b": 2.0, "a": 1.0}, "z": {"b": 3.0, "c": 2.0, "d": 1.5, "a": 1.0}}
    found = evaluate_rankings(relevant, scores, metrics=["mrr"]).metrics["mrr"]
    values = np.array([1, 1 / 2, 1 / 4])
    assert found.value == pytest.approx(values.mean())
    assert found.low == 0.0  # there is no reciprocal rank below it
    assert found.high == pytest.approx(min(1.0, values.mean() + 4.303 * values.std(ddof=1) / np.sqrt(3)), abs=1e-3)
    assert found.method == "query,t,2"


def test_what_may_mislead_is_told():
    relevant = {"tied": {"a"}, "silent": {"a"}, "empty": set()}
    found = evaluate_rankings(relevant, {"tied": {"b": 1.0, "a": 1.0}})
    assert found.n == 2
    assert found.missing == 1
    text = " ".join(found.warnings)
    assert "1 queries have no relevant document and are left out" in text
    assert "1 of 2 queries have no ranking and count 0" in text
    assert "1 rankings have equal scores" in text


def test_a_ranking_of_an_unknown_query_is_refused():
    with pytest.raises(DataError, match="no query 'query' among the judgements; did you mean 'query1'"):
        evaluate_rankings({"query1": {"a"}}, {"query": {"a": 1.0}})
    with pytest.raises(DataError, match="no query has a relevant document"):
        evaluate_rankings({"q1": set()}, {})
    with pytest.raises(UsageError, match="the metric accuracy is not one of rankings"):
        evaluate_rankings({"q1": {"a"}}, {}, metrics=["accuracy"])


def items(n=40):
    labels = ["yes" if k % 4 == 0 else "no" for k in range(n)]
    return [
        Item(id=f"i{k}", text=f"sentence {k}", target="t", stance=label, scheme=("yes", "no"), groups={"debate": f"d{k % 2}"})
        for k, label in enumerate(labels)
    ]


def predictions(n=40):
    shares = [(0.9 if k % 4 == 0 else 0.1) - k / 1000 for k in range(n)]
    return [Prediction(id=f"i{k}", stance="no", probabilities={"yes": share, "no": 1 - share}) for k, share in enumerate(shares)]


def test_items_are_ranked_by_the_probability_of_a_label_within_their_query():
    ranked = rankings_of_items(items(), predictions(), "debate")
    assert ranked.relevant["d1"] == set()
    found = evaluate_rankings(ranked.relevant, ranked.scores, metrics=["map"])
    assert found.n == 1
    assert found.metrics["map"].value == 1.0
    others = rankings_of_items(items(), predictions(), "debate", "no")
    assert evaluate_rankings(others.relevant, others.scores, metrics=["map"]).n == 2


@pytest.mark.parametrize(
    ("said", "query", "positive", "message"),
    [
        ([Prediction(id="i0", stance="yes")], "debate", None, "the prediction 'i0' has no probability of 'yes'"),
        ([Prediction(id="x", stance="yes")], "debate", None, "there is no gold item 'x'"),
        ([], "debat", None, "the item 'i0' has no group 'debat', so it belongs to no query; the items have: debate, target"),
        ([], "debate", "yess", "'yess' is not one of yes, no; did you mean 'yes'"),
    ],
)
def test_items_that_cannot_be_ranked_are_refused(said, query, positive, message):
    with pytest.raises((DataError, UsageError), match=message):
        rankings_of_items(items(), said, query, positive)


QRELS = "q1 0 a 1\nq1 0 b 0\nq2 0 c 1\n"
RUN = "q1 Q0 b 1 2.5 me\nq1 Q0 a 2 1.5 me\nq2 Q0 c 1 0.1 me\n"


@pytest.fixture
def trec(tmp_path):
    (tmp_path / "gold.qrels").write_text(QRELS)
    (tmp_path / "run.txt").write_text(RUN)
    return tmp_path


def test_qrels_and_a_run_are_scored_by_one_command(run_cli, trec):
    done = run_cli("evaluate", trec / "gold.qrels", trec / "run.txt", "--metric", "map@5", "--metric", "mrr", "--json")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["metrics"]["map_at_k(k=5)"]["value"] == pytest.approx(0.75)
    assert [query["query"] for query in found["queries"]] == ["q1", "q2"]
    shown = run_cli("evaluate", trec / "gold.qrels", trec / "run.txt")
    assert "2 queries, 2 relevant documents" in shown.stdout


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("q1 Q0 a 1 high me\n", "run.txt:1: the score must be a number, found 'high'"),
        ("q1 Q0 a 1 2 me\nq1 Q0 a 2 1 me\n", "run.txt:2: the document 'a' is ranked twice for the query 'q1'"),
        ("q1 Q0 a 1 2 me\nq1 a\n", "run.txt:2: 2 columns, expected 6: query, Q0, document, rank, score, tag"),
        ("q9 Q0 a 1 2 me\n", "run.txt: there is no query 'q9' among the judgements"),
    ],
)
def test_a_wrong_line_of_a_run_is_named(run_cli, trec, run, message):
    (trec / "run.txt").write_text(run)
    done = run_cli("evaluate", trec / "gold.qrels", trec / "run.txt")
    assert done.status == 1
    assert message in done.stderr


def test_options_that_mean_nothing_for_rankings_are_refused(run_cli, trec):
    done = run_cli("evaluate", trec / "gold.qrels", trec / "run.txt", "--slice", "target")
    assert done.status == 2
    assert "--slice does not go with a qrels file and a run file" in done.stderr


def test_items_are_ranked_by_the_command_with_query(run_cli, tmp_path):
    (tmp_path / "gold.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in items()))
    (tmp_path / "said.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in predictions()))
    done = run_cli("evaluate", "gold.jsonl", "said.jsonl", "--query", "debate", "--metric", "map", "--json")
    assert json.loads(done.stdout)["metrics"]["map"]["value"] == 1.0
    without = run_cli("evaluate", "gold.jsonl", "said.jsonl", "--metric", "map")
    assert without.status == 2
    assert "the metric map ranks documents: name the group key of a query with --query" in without.stderr
