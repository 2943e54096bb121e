"""Benchmarks: what is done is passed over, what fails does not stop the rest, and every number comes with its interval."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from claimkit.benchmark import RECIPES, SUITES, jobs_for, read_results, run_benchmark
from claimkit.benchmark.kinds import KINDS
from claimkit.benchmark.run import Failure, Job, predictions_path, workers_here
from claimkit.benchmark.suites import OFFICIAL, recipe_of, task_of
from claimkit.benchmark.table import by_task, latex_table, markdown_table
from claimkit.benchmark.tasks import Recipe, Task
from claimkit.catalog import DATASETS, load_dataset
from claimkit.classifiers import CLASSIFIERS, make_classifier
from claimkit.errors import DataError, MissingExtraError, UsageError
from claimkit.experiment.folds import cross_predict, fold_items
from claimkit.report.leaderboard import leaderboard_page

TASK = Task(dataset="ibm-claim-stance")
ROOT = Path(__file__).parent.parent
CHEAP = ("majority", "target-only", "text-only")


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_names_a_classifier_and_parameters_that_it_has(name):
    from claimkit.classifiers import make_classifier

    recipe = RECIPES[name]
    assert recipe.sentence.endswith(".")
    assert recipe.kinds
    for kind in recipe.kinds:
        assert recipe.classifier in KINDS[kind].systems()
    if recipe.classifier not in CLASSIFIERS:
        return
    try:
        parameters = {key: "f1_macro" if value == OFFICIAL else value for key, value in recipe.parameters.items()}
        made = make_classifier(recipe.classifier, "fnc1", **parameters)
    except MissingExtraError as missing:
        pytest.skip(str(missing))
    made._check_parameters()


def test_every_task_of_a_suite_is_a_split_of_the_catalogue():
    for tasks in SUITES.values():
        for task in tasks:
            assert DATASETS[task.dataset].check_split(task.test)
            for split in task.train:
                DATASETS[task.dataset].check_split(split)


def test_artefact_baselines_come_first_and_random_recipes_have_several_seeds():
    jobs = jobs_for([TASK], ["ngrams", "minilm-network", "majority"], seeds=3)
    assert [job.name for job in jobs] == ["majority", "ngrams", "minilm-network"]
    assert [len(job.seeds) for job in jobs] == [1, 1, 3]


def test_artefact_baselines_are_run_beside_recipes_that_are_named_without_one():
    named = [job.name for job in jobs_for([TASK], ["ngrams"])]
    assert named[-1] == "ngrams"
    assert {"majority", "text-only", "target-only"} <= set(named[:-1])
    assert [job.name for job in jobs_for([TASK], ["ngrams", "majority"])] == ["majority", "ngrams"]
    assert [job.name for job in jobs_for([TASK], ["ngrams"], baselines=False)] == ["ngrams"]


def test_the_key_of_a_job_changes_with_what_is_run():
    job = Job(task=TASK, name="x", recipe=Recipe(classifier="ngrams", sentence="."))
    other = msgspec.structs.replace(job, recipe=Recipe(classifier="ngrams", sentence=".", parameters={"C": 2.0}))
    assert len({job.key, other.key, msgspec.structs.replace(job, seeds=(1, 2)).key}) == 3
    assert msgspec.structs.replace(job, name="y").key == job.key


def test_names_are_read_and_unknown_ones_refused():
    assert task_of("newsmtsc/test-mt") == Task(dataset="newsmtsc", test="test-mt")
    assert recipe_of("length-only").classifier == "length-only"
    with pytest.raises(UsageError, match="no recipe or classifier is named 'ngrms'; did you mean 'ngrams'"):
        recipe_of("ngrms")


@pytest.fixture(scope="module")
def done(data_dir, tmp_path_factory):
    """The results of three cheap recipes and one that fails."""
    folder = tmp_path_factory.mktemp("benchmark")
    recipe = Recipe(classifier="embeddings", sentence=".", parameters={"encoders": ["onnx:nowhere"]})
    broken = Job(task=TASK, name="broken", recipe=recipe)
    jobs = [*jobs_for([TASK], CHEAP), broken]
    found = list(run_benchmark(jobs, folder / "results", folder / "work", data_dir=data_dir, replicates=500))
    return folder, jobs, found


def test_every_recipe_is_scored_beside_the_artefacts_and_a_failure_stops_nothing(done):
    folder, _, found = done
    failures = [entry for entry in found if isinstance(entry, Failure)]
    assert [failure.job.name for failure in failures] == ["broken"]
    assert "nowhere" in failures[0].reason or "extra" in failures[0].reason
    results = {entry.recipe: entry for entry in read_results(folder / "results")}
    assert set(results) == set(CHEAP)
    majority = results["majority"].metrics["accuracy"]
    assert majority.value == pytest.approx(0.5166, abs=5e-5)  # the share of PRO among the 1355 test claims
    assert majority.low < majority.value < majority.high
    assert results["text-only"].lift["accuracy"].over in ("majority", "target-only")
    assert results["text-only"].cost.fit_seconds > 0
    assert results["text-only"].cost.peak_mib > 10
    assert results["text-only"].metrics["f1_macro"].signature.startswith("f1_macro|labels:PRO,CON|")


def test_what_is_done_is_passed_over_and_results_are_made_again_from_kept_predictions(done, data_dir):
    folder, jobs, _ = done
    said = []
    again = list(run_benchmark(jobs[:3], folder / "results", folder / "work", data_dir=data_dir, say=said.append))
    assert sum("done before" in words for words in said) == 3
    assert {entry.recipe for entry in again} == set(CHEAP)
    path = folder / "results" / "ibm-claim-stance--majority.json"
    before = path.read_bytes()
    path.unlink()
    kept = predictions_path(folder / "work", jobs[0], 13).stat().st_mtime_ns
    list(run_benchmark(jobs[:3], folder / "results", folder / "work", data_dir=data_dir, replicates=500))
    assert path.read_bytes() == before
    assert predictions_path(folder / "work", jobs[0], 13).stat().st_mtime_ns == kept


def test_a_result_without_its_lift_is_scored_again_once_baselines_are_there(data_dir, tmp_path):
    folders = (tmp_path / "results", tmp_path / "work")
    alone = jobs_for([TASK], ["ngrams"], baselines=False)
    (before,) = run_benchmark(alone, *folders, data_dir=data_dir, replicates=200)
    assert not before.lift
    kept = predictions_path(folders[1], alone[0], 13).stat().st_mtime_ns
    beside = [job for job in jobs_for([TASK], ["ngrams"]) if job.name in ("majority", "ngrams")]
    after = {entry.recipe: entry for entry in run_benchmark(beside, *folders, data_dir=data_dir, replicates=200)}
    assert after["ngrams"].lift["accuracy"].over == "majority"
    assert predictions_path(folders[1], alone[0], 13).stat().st_mtime_ns == kept
    assert {"python", "claimkit", "numpy", "scikit-learn"} <= set(after["ngrams"].environment)


def test_costly_recipes_run_only_where_they_are_named():
    costly = {name for name, recipe in RECIPES.items() if recipe.is_costly}
    assert {"mpnet-finetuned", "minilm-use"} <= costly
    assert not costly & {job.name for task in SUITES["core"] for job in jobs_for([task])}
    assert "mpnet-finetuned" in {job.name for job in jobs_for([TASK], ["mpnet-finetuned"])}


@pytest.mark.parametrize("entry", read_results(ROOT / "models" / "results"), ids=lambda entry: f"{entry.task}-{entry.recipe}")
def test_what_is_kept_is_the_result_of_the_recipe_of_its_name(entry):
    recipe = recipe_of(entry.recipe)
    assert (entry.classifier, entry.parameters) == (recipe.classifier, recipe.parameters)


def test_the_leaderboard_is_sorted_and_has_intervals(done):
    results = read_results(done[0] / "results")
    table = markdown_table(results)
    assert "### ibm-claim-stance" in table
    assert "| `majority` | .517 [" in table
    values = [entry.metrics["accuracy"].value for entry in by_task(results)["ibm-claim-stance"]]
    assert values == sorted(values, reverse=True)
    assert r"\toprule" in latex_table(results)
    assert r"target-only" in latex_table(results)
    page = leaderboard_page(by_task(results), {}, title="<b>")
    assert "&lt;b&gt;" in page
    assert "What accuracy costs" in page


def test_published_numbers_stand_beside_ours_with_their_source():
    shown = [entry for name in DATASETS for entry in DATASETS[name].facts.published]
    assert len(shown) > 10
    assert all(entry.source and 0 < entry.value < 1 for entry in shown)
    assert all(entry.metric == DATASETS[name].facts.metric for name in DATASETS for entry in DATASETS[name].facts.published)


def test_a_file_that_is_no_result_is_named(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(DataError, match=r"x\.json: not the result of a benchmark"):
        read_results(tmp_path)


def test_the_command_runs_and_prints_the_table(run_cli, data_dir, tmp_path):
    arguments = ["--dataset", "ibm-claim-stance", "--recipe", "majority", "--results", "r", "--work", "w", "--replicates", "200"]
    done = run_cli("benchmark", *arguments, "--data-dir", data_dir, "--json")
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["results"][0]["n"] == 1355
    shown = run_cli("benchmark", "--results", "r", "--table", "markdown", "--html", "page.html")
    assert shown.stdout.startswith("### ibm-claim-stance")
    assert (tmp_path / "page.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "polnear", "--recipe", "ngrams"], "the recipe 'ngrams' can do none of these tasks (spans)"),
        (["--suite", "cor"], "no suite is named 'cor'; did you mean 'core'"),
        (["--dataset", "polnear/folds"], "'polnear' cannot be scored in folds; name one of its splits: train, dev, test"),
        (["--dataset", "newsmtsc"], "the data set 'newsmtsc' has no split 'test'"),
        (["--results", "nowhere", "--table", "markdown"], "there is no result; run claimkit benchmark first"),
    ],
)
def test_what_cannot_be_run_is_refused(run_cli, arguments, message):
    done = run_cli("benchmark", *arguments)
    assert done.status in (1, 2)
    assert message in done.stderr


def test_recipes_that_do_not_fit_a_task_are_left_out():
    both = [TASK, Task(dataset="fnc1")]
    jobs = jobs_for(both, ["majority", "two-stage", "minilm-finetuned-more"])
    names = [(str(job.task), job.name) for job in jobs if job.name != "majority"]
    assert names == [("ibm-claim-stance", "minilm-finetuned-more"), ("fnc1", "two-stage"), ("fnc1", "minilm-finetuned-more")]
    with pytest.raises(UsageError, match="the recipe 'two-stage' can do none of these tasks"):
        jobs_for([TASK], ["two-stage"])
    perspectrum = jobs_for([Task(dataset="perspectrum")])
    assert "minilm-finetuned-more" not in {job.name for job in perspectrum}  # it would learn from the same rows twice


def test_more_seeds_of_a_recipe_find_the_predictions_of_fewer():
    one = Job(task=TASK, name="x", recipe=Recipe(classifier="ngrams", sentence="."))
    more = msgspec.structs.replace(one, seeds=(13, 14))
    assert one.key != more.key
    assert predictions_path(Path("w"), one, 13) == predictions_path(Path("w"), more, 13)


def test_recipes_can_be_chosen_on_folds_of_the_training_part(data_dir, tmp_path):
    folds = task_of("ibm-claim-stance/folds")
    jobs = jobs_for([folds], ["text-only", "majority"])
    results = {
        entry.recipe: entry for entry in run_benchmark(jobs, tmp_path / "r", tmp_path / "w", data_dir=data_dir, replicates=200)
    }
    assert {entry.n for entry in results.values()} == {1039}
    items = list(load_dataset("ibm-claim-stance", "train", data_dir=data_dir))
    folded = fold_items(items, "document")
    again = cross_predict(folded, lambda: make_classifier("text-only", "ibm-claim-stance"), model="x")
    right = sum(entry.stance == item.stance for entry, item in zip(again, items, strict=True))
    assert results["text-only"].metrics["accuracy"].value == pytest.approx(right / len(items))
    assert "split:folds" in results["text-only"].metrics["accuracy"].signature


def test_training_rows_of_another_data_set_come_with_labels_of_this_one(data_dir, tmp_path):
    recipe = Recipe(classifier="majority", sentence=".", also=("perspectrum",))
    job = Job(task=Task(dataset="ibm-claim-stance"), name="more", recipe=recipe)
    (found,) = run_benchmark([job], tmp_path / "results", tmp_path / "work", data_dir=data_dir, replicates=200)
    assert found.n == 1355
    assert found.trained_on == 1039 + 6978


def test_there_is_always_room_for_one_run():
    assert 1 <= workers_here() <= (os.cpu_count() or 1)
