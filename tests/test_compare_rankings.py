"""Comparison of rankings: paired over queries, against scipy's test of the same kind."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import permutation_test

from claimkit.errors import UsageError
from claimkit.evaluation.compare_rankings import compare_rankings
from claimkit.evaluation.rankings import Rankings, evaluate_rankings
from claimkit.records import Item, Prediction, encode

RELEVANT = {f"q{n:02d}": {f"d{n % 7}", f"d{(n * 3 + 1) % 11}"} for n in range(40)}


def ranking(skill, seed, queries=RELEVANT):
    rng = np.random.default_rng(seed)
    return Rankings(
        relevant=RELEVANT,
        scores={q: {f"d{d}": float(rng.random() + skill * (f"d{d}" in RELEVANT[q])) for d in range(20)} for q in queries},
    )


def gap(ours, theirs, axis):
    return np.mean(ours, axis=axis) - np.mean(theirs, axis=axis)


def test_differences_are_those_of_the_scores_and_p_is_that_of_scipy():
    systems = {"good": ranking(0.6, 1), "fair": ranking(0.45, 2), "poor": ranking(0, 3)}
    result = compare_rankings(systems, metrics=["map", "mrr"])
    assert (result.n, result.counted, result.family, len(result.pairs)) == (40, "queries", 6, 6)
    for pair in result.pairs:
        each = [
            {entry.query: entry.metrics[pair.metric] for entry in evaluate_rankings(RELEVANT, systems[name].scores).queries}
            for name in (pair.a, pair.b)
        ]
        ours, theirs = ([values[query] for query in sorted(values)] for values in each)
        assert pair.difference == pytest.approx(np.mean(ours) - np.mean(theirs))
        assert pair.low < pair.difference < pair.high
        peer = permutation_test((ours, theirs), gap, permutation_type="samples", vectorized=True, rng=5)
        assert pair.p == pytest.approx(peer.pvalue, abs=0.015)
        assert pair.p <= pair.p_holm
    clear = next(pair for pair in result.pairs if (pair.a, pair.b, pair.metric) == ("good", "poor", "map"))
    assert clear.p_holm < 0.01


def test_few_queries_are_swapped_in_every_way_and_one_cannot_be_tested():
    eight = sorted(RELEVANT)[:8]
    judged = {query: RELEVANT[query] for query in eight}
    systems = {
        name: Rankings(relevant=judged, scores={query: entry.scores[query] for query in eight})
        for name, entry in (("a", ranking(0.6, 1)), ("b", ranking(0.3, 2)))
    }
    (pair,) = compare_rankings(systems, metrics=["map"]).pairs
    assert pair.test == "permutation of 8 queries,exact"
    assert pair.p * 256 == pytest.approx(round(pair.p * 256))
    one = {name: Rankings(relevant={"q00": {"d0"}}, scores={"q00": entry.scores["q00"]}) for name, entry in systems.items()}
    (pair,) = compare_rankings(one, metrics=["map"]).pairs
    assert (pair.p, pair.low, pair.test) == (None, None, "one query has no interval")


def test_queries_without_a_ranking_count_zero_and_are_said():
    result = compare_rankings({"a": ranking(0.5, 1), "b": ranking(0.5, 2, sorted(RELEVANT)[:30])}, metrics=["map"])
    assert "b: 10 of 40 queries have no ranking and count 0" in result.warnings


def test_systems_must_be_two_with_the_same_judgements():
    with pytest.raises(UsageError, match="at least two systems"):
        compare_rankings({"a": ranking(0.5, 1)})
    other = Rankings(relevant={**RELEVANT, "q00": {"d19"}}, scores={})
    with pytest.raises(UsageError, match="different relevance judgements"):
        compare_rankings({"a": ranking(0.5, 1), "b": other})


def test_the_command_compares_runs_of_trec_and_ranked_items_alike(run_cli, tmp_path):
    systems = {"good": ranking(0.6, 1), "poor": ranking(0, 3)}
    (tmp_path / "gold.qrels").write_text(
        "".join(f"{q} 0 d{d} {int(f'd{d}' in RELEVANT[q])}\n" for q in RELEVANT for d in range(20))
    )
    items, scheme = [], {"scheme": "semeval2016"}
    for query in RELEVANT:
        for d in range(20):
            stance = "FAVOR" if f"d{d}" in RELEVANT[query] else "NONE"
            items.append(Item(id=f"{query}-d{d}", text="x", target="t", stance=stance, groups={"query": query}, **scheme))
    (tmp_path / "items.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in items))
    for name, entry in systems.items():
        lines = [f"{q} Q0 {d} 1 {score!r} x\n" for q, found in entry.scores.items() for d, score in found.items()]
        (tmp_path / f"{name}.run").write_text("".join(lines))
        said = [
            Prediction(id=f"{q}-{d}", stance="FAVOR", probabilities={"FAVOR": score / 2, "NONE": 1 - score / 2, "AGAINST": 0.0})
            for q, found in entry.scores.items()
            for d, score in found.items()
        ]
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in said))
    trec = run_cli("compare", "--gold", "gold.qrels", "good.run", "poor.run", "--json", "--html", "page.html")
    ranked = run_cli(
        "compare", "--gold", "items.jsonl", "good.jsonl", "poor.jsonl", "--query", "query", "--metric", "map", "--json"
    )
    assert trec.status == ranked.status == 0, trec.stderr + ranked.stderr
    one, two = json.loads(trec.stdout), json.loads(ranked.stdout)
    assert one["pairs"][0]["difference"] == pytest.approx(two["pairs"][0]["difference"])
    assert one["pairs"][0]["p"] == two["pairs"][0]["p"]
    page = (tmp_path / "page.html").read_text()
    assert "good is better than poor" in page
    assert "40 queries of gold@" in page
    shown = run_cli("compare", "--gold", "gold.qrels", "good.run", "poor.run")
    assert "good is better than poor" in shown.stderr
    refused = run_cli("compare", "--gold", "gold.qrels", "good.run", "poor.run", "--cluster", "document")
    assert "--cluster does not go with rankings; queries are resampled" in refused.stderr
