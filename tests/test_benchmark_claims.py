"""The suite about claims: kinds of tasks, what is scored how, artefact baselines that read nothing, quotation marks."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from claimkit.benchmark import RECIPES, SUITES, jobs_for, read_results, run_benchmark
from claimkit.benchmark.kinds import KINDS, Scored, kind_name, kind_of
from claimkit.benchmark.paired import lift_of_counts, lift_of_means, mean_of_runs
from claimkit.benchmark.quotations import QuotationMarks
from claimkit.benchmark.ranking import Order, score_rankings
from claimkit.benchmark.run import Failure
from claimkit.benchmark.table import markdown_table, size_of
from claimkit.benchmark.tasks import Task
from claimkit.catalog import DATASETS
from claimkit.errors import UsageError
from claimkit.evaluation.rankings import evaluate_rankings
from claimkit.metrics.spans import precision_recall_f1_of_spans
from claimkit.records import Document, Item

DEBATES, TWEETS, NEWS = "checkthat2019-t1", "checkthat2020-t2", "polnear"
CHEAP = ("random-order", "position", "speaker-only", "length-only", "bm25", "quotation-marks")


def test_the_official_metric_tells_the_kind_of_a_task():
    assert [kind_name(task.dataset) for task in SUITES["claims"]] == ["ranking", "retrieval", "spans"]
    assert {kind_name(task.dataset) for task in SUITES["core"]} == {"labels"}
    assert all(kind_name(name) in KINDS for name in DATASETS)


def test_each_task_of_the_suite_gets_the_recipes_of_its_kind_and_at_least_one_artefact():
    jobs = jobs_for(SUITES["claims"])
    for task in SUITES["claims"]:
        mine = [job for job in jobs if job.task == task]
        assert {job.name for job in mine} == {name for name, recipe in RECIPES.items() if kind_name(task.dataset) in recipe.kinds}
        assert mine[0].recipe.is_artefact
    assert len({job.key for job in jobs}) == len({(job.name) for job in jobs})


def test_a_recipe_that_is_named_goes_to_the_tasks_that_it_can_do_and_is_refused_where_there_is_none():
    jobs = jobs_for(SUITES["claims"], ["ngrams", "bm25"], baselines=False)
    assert [(job.task.dataset, job.name) for job in jobs] == [(DEBATES, "ngrams"), (TWEETS, "bm25")]
    with pytest.raises(UsageError, match=r"the recipe 'bm25' can do none of these tasks \(spans\); .*: quotation-marks"):
        jobs_for([Task(dataset=NEWS)], ["bm25"])


# scores


def test_a_lift_over_queries_is_the_mean_difference_with_a_paired_interval():
    rng = np.random.default_rng(5)
    base = rng.random(50)
    lift = lift_of_means(base + 0.1, {"weak": base * 0.5, "strong": base}, 2000)
    assert lift.over == "strong"
    # the same difference in every query: no resample can give another one
    assert (lift.estimate.value, lift.estimate.low, lift.estimate.high) == pytest.approx((0.1, 0.1, 0.1))
    assert lift_of_means(base, {}, 100) is None


def test_a_lift_over_few_queries_has_the_interval_of_student():
    """Fisher's table: with 3 degrees of freedom 3.182 standard errors on either side."""
    ours, base = np.array([0.4, 0.5, 0.3, 0.2]), np.array([0.1, 0.3, 0.2, 0.1])
    estimate = lift_of_means(ours, {"b": base}, 100).estimate
    difference = ours - base
    half = 3.182 * difference.std(ddof=1) / 2
    assert estimate.value == pytest.approx(difference.mean())
    assert (estimate.low, estimate.high) == pytest.approx((difference.mean() - half, difference.mean() + half), abs=1e-3)


def f1(sums):
    return precision_recall_f1_of_spans(sums)[2]


def test_spans_are_pooled_over_documents_and_averaged_over_runs():
    # hits, hits, predicted, gold: 2 · 3 / (5 + 4) in one run, 0 in the other
    one = np.array([[1.0, 1, 2, 2], [2, 2, 3, 2]])
    none = np.array([[0.0, 0, 2, 2], [0, 0, 3, 2]])
    assert mean_of_runs([one], f1, 100).value == pytest.approx(6 / 9)
    assert mean_of_runs([one, none], f1, 100).value == pytest.approx(3 / 9)
    assert mean_of_runs([one], f1, 100).method == "2 documents are fewer than 10"


def test_the_lift_of_spans_is_paired_and_a_system_that_marks_nothing_has_0():
    table = np.tile([[1.0, 1, 2, 2], [2, 2, 3, 2]], (10, 1))
    silent = np.zeros_like(table)
    silent[:, 3] = table[:, 3]
    lift = lift_of_counts([table], {"silent": silent, "same": table}, f1, 500)
    assert lift.over == "same"
    assert (lift.estimate.value, lift.estimate.low, lift.estimate.high) == (0, 0, 0)
    alone = lift_of_counts([table], {"silent": silent}, f1, 500)
    assert alone.estimate.value == pytest.approx(6 / 9)
    assert alone.estimate.low < 6 / 9 < alone.estimate.high


def test_seeds_are_averaged_within_each_query():
    relevant = {f"q{n}": {"r"} for n in range(12)}
    good = {query: {"r": 2.0, "x": 1.0} for query in relevant}
    bad = {query: {"r": 1.0, "x": 2.0} for query in relevant}
    runs = [evaluate_rankings(relevant, scores, metrics=["mrr"]) for scores in (good, bad)]
    found = score_rankings(["mrr"], runs, {}, 200, Scored("mrr", {}, {}, None, 7, 0, "toy@0"))
    assert found.metrics["mrr"].value == pytest.approx((1 + 1 / 2) / 2)
    assert found.metrics["mrr"].signature.startswith(
        "mrr|avg:query|missing:zero|data:toy@0|ci:query,percentile,200|seed:13|runs:2|n:12"
    )
    assert found.seeds["mrr"].values == [1.0, 0.5]
    assert (found.n, found.trained_on) == (12, 7)


# orders that read nothing


def test_a_random_order_depends_on_ids_and_seed_alone_and_position_on_the_place():
    items = [Item(id=str(n), text="t", target="x") for n in range(500)]
    one = [Order("random-order", 1).score(item, 0, 1) for item in items]
    assert one == [Order("random-order", 1).score(item, 3, 9) for item in items]
    assert one != [Order("random-order", 2).score(item, 0, 1) for item in items]
    assert np.mean(one) == pytest.approx(0.5, abs=0.05)  # uniform: the standard error is .013
    assert 0 <= min(one) < max(one) < 1
    places = [Order("position", 1).score(item, place, 500) for place, item in enumerate(items)]
    assert places == sorted(places, reverse=True)


# quotation marks


def marked(text):
    return [
        tuple(None if span is None else span.text for span in (entry.spans[0], entry.cue, entry.speaker_span))
        for entry in QuotationMarks().statements(Document(id="d", text=text))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"We agree," said Ruth Adeyemi on Monday.', [('"We agree,"', "said", "Ruth Adeyemi")]),
        ("He told reporters: “Not now.”", [("“Not now.”", "told", "He")]),
        ("“We said no,” it read.", [("“We said no,”", None, None)]),  # a verb inside the quotation is none of its cues
        ("The so-called “plan” failed.\nSmith said so.", [("“plan”", None, None)]),  # another paragraph
        ("Nobody is quoted here, Smith said.", []),
    ],
)
def test_a_quotation_has_the_nearest_reporting_verb_and_the_name_nearest_to_that(text, found):
    assert marked(text) == found


def test_marks_stand_where_they_say_in_any_text():
    text = "𝕏 One.\n\n“Yes,” said Ann. Then “no,” said Ben."
    for entry in QuotationMarks().statements(Document(id="d", text=text)):
        for span in (*entry.spans, entry.cue, entry.speaker_span):
            assert text[span.start : span.end] == span.text


# the official files


@pytest.fixture(scope="module")
def done(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    jobs = jobs_for(SUITES["claims"], CHEAP, seeds=3)
    found = list(run_benchmark(jobs, folder / "results", folder / "work", data_dir=data_dir, replicates=200))
    assert not [entry for entry in found if isinstance(entry, Failure)]
    return folder, jobs, {entry.recipe: entry for entry in read_results(folder / "results")}


def test_a_random_order_of_debates_has_the_figure_of_the_design(done):
    """The share of check-worthy sentences, averaged over debates, is .025; a random ranking has a little more: .033."""
    assert done[2]["random-order"].metrics["map"].value == pytest.approx(0.033, abs=0.006)
    assert done[2]["random-order"].seeds["map"].n == 3


def test_bm25_is_the_figure_of_the_page_on_claim_matching(done):
    assert round(done[2]["bm25"].metrics["map_at_k(k=5)"].value, 3) == 0.916


def test_every_number_has_an_interval_its_n_and_what_it_is_set_beside(done):
    for result in done[2].values():
        assert all(estimate.low <= estimate.value <= estimate.high for estimate in result.metrics.values())
        assert all(f"|n:{result.n}|" in estimate.signature for estimate in result.metrics.values())
        assert result.metric in result.metrics
        assert result.cost.peak_mib > 10
    assert done[2]["length-only"].lift["map"].over in ("random-order", "position", "speaker-only")
    assert [done[2][name].n for name in ("position", "bm25", "quotation-marks")] == [7, 199, 84]


def test_the_table_says_what_is_counted(done):
    results = list(done[2].values())
    assert {size_of([result]) for result in results} == {
        "7 rankings, learnt from 16421 rows",
        "199 queries, learnt from 800",
        "84 texts, learnt from 840",
    }
    more = msgspec.structs.replace(results[0], recipe="more", trained_on=results[0].trained_on + 1)
    assert size_of([more, results[0]]) == f"{size_of(results[:1])} (more from {more.trained_on})"
    table = markdown_table(results)
    assert "| **content span_f1(match=strict)** |" in table
    assert "### checkthat2020-t2" in table


def test_what_was_run_is_scored_again_without_being_run(done, data_dir):
    folder, jobs, _ = done
    path = folder / "results" / f"{NEWS}--quotation-marks.json"
    before = path.read_bytes()
    path.unlink()
    said = []
    list(run_benchmark(jobs, folder / "results", folder / "work", data_dir=data_dir, replicates=200, say=said.append))
    assert path.read_bytes() == before
    assert sum("done before" in words for words in said) == len(jobs) - 1
    assert kind_of(NEWS).name == "spans"
