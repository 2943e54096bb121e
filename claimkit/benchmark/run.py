"""Running a benchmark: what is missing, each run in a process of its own, its predictions kept so that it can be scored again."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec

from claimkit.benchmark.results import Cost, Result, read_results, write_result
from claimkit.benchmark.suites import OFFICIAL, Recipe, Task, recipe_of
from claimkit.catalog import DATASETS, load_dataset
from claimkit.errors import ClaimkitError, DataError, UsageError
from claimkit.evaluation import evaluate
from claimkit.evaluation.runs import present_environment
from claimkit.evaluation.signature import data_hash
from claimkit.jsonl import read_predictions, write_records
from claimkit.labelmaps import map_between
from claimkit.metrics import LabelMetric, parse_metric
from claimkit.records import Item, Prediction
from claimkit.schemes import scheme_of

SEEDS = 5
FIRST_SEED = 13
_MEMORY_OF_A_RUN = 4 << 30  # bytes; most need less, n-grams of long texts more


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One recipe on one task.

    Attributes
    ----------
    task : Task
    name : str
        Of the recipe.
    recipe : Recipe
    seeds : tuple of int
    """

    task: Task
    name: str
    recipe: Recipe
    seeds: tuple[int, ...] = (FIRST_SEED,)

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that name what is run, and with which seeds."""
        return _digits(*self._parts, self.seeds)

    @property
    def fitted(self) -> str:
        """Twelve hexadecimal digits that name what is fitted with each seed; predictions lie under it."""
        return _digits(*self._parts)

    @property
    def _parts(self) -> tuple[Any, ...]:
        also = (self.recipe.also,) if self.recipe.also else ()
        return (self.recipe.classifier, self.recipe.parameters, self.task.train, *also)


def _digits(*parts: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:12]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A run that did not end: why, in a sentence."""

    job: Job
    reason: str


def jobs_for(tasks: Sequence[Task], recipes: Sequence[str], *, seeds: int = SEEDS) -> list[Job]:
    """Return the jobs of tasks and the recipes that fit them, the artefact baselines of each task first.

    Raises
    ------
    UsageError
        When a recipe does not exist, or the official metric of a task is not one of labels.
    """
    made = []
    for task in tasks:
        official = parse_metric(DATASETS[task.dataset].facts.metric)
        if not isinstance(official, LabelMetric):
            raise UsageError(f"the official metric of '{task.dataset}', {official}, ranks; the benchmark scores metrics of labels")
        known = [(name, recipe_of(name)) for name in dict.fromkeys(recipes) if recipe_of(name).fits(task)]
        for name, recipe in sorted(known, key=lambda pair: not pair[1].is_artefact):
            numbers = tuple(range(FIRST_SEED, FIRST_SEED + seeds)) if recipe.is_random else (FIRST_SEED,)
            made.append(Job(task=task, name=name, recipe=recipe, seeds=numbers))
    return made


def run_benchmark(
    jobs: Sequence[Job],
    results: Path,
    work: Path,
    *,
    data_dir: str | Path | None = None,
    workers: int = 0,
    force: bool = False,
    replicates: int = 10_000,
    say: Callable[[str], object] = lambda _: None,
) -> Iterator[Result | Failure]:
    """Run what is missing, and yield each result as it comes.

    A job is done when its result is there with the same recipe and data; one that was interrupted goes on with the seeds that are
    missing. A job that fails does not stop the others.

    Parameters
    ----------
    jobs : sequence of Job
    results : Path
        Folder of the result files.
    work : Path
        Folder for predictions and costs, from which jobs are scored again without being run.
    data_dir : path-like, optional
        Where the files of the data sets lie.
    workers : int
        Processes at a time; 0 stands for as many as cores and free memory allow.
    force : bool
        Run also what is done.
    replicates : int
        Of the bootstrap.
    say : callable
        Called with a sentence before each step.
    """
    known = {(entry.task, entry.recipe): entry for entry in read_results(results)} if results.is_dir() else {}
    todo: list[Job] = []
    passed: list[Job] = []
    for job in jobs:
        entry = known.get((str(job.task), job.name))
        (passed if entry is not None and entry.recipe_hash == job.key and not force else todo).append(job)
    busy = {str(job.task) for job in todo}
    for job in passed:
        say(f"{job.task}, {job.name}: done before")
        yield known[str(job.task), job.name]
        if job.recipe.is_artefact and str(job.task) in busy and not _is_predicted(work, job):
            todo.insert(0, job)  # the others are set beside it
    workers = min(workers or workers_here(), max(len(todo), 1))
    threads = max(1, (os.cpu_count() or 1) // workers)
    context = multiprocessing.get_context("spawn")  # a process of its own for each run, so that its memory is its own
    with ProcessPoolExecutor(max_workers=workers, mp_context=context, max_tasks_per_child=1) as pool:
        waiting: dict[Future[str | None], Job] = {
            pool.submit(_predict, job, str(work), None if data_dir is None else str(data_dir), force, threads): job for job in todo
        }
        predicted: list[Job] = []
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                job = waiting.pop(future)
                reason = future.result()
                if reason is not None:
                    yield Failure(job=job, reason=reason)
                else:
                    predicted.append(job)
            # a task is scored when all its artefact baselines are there, so that the lift is always over the best of them
            missing = {str(job.task) for job in waiting.values() if job.recipe.is_artefact}
            for job in [job for job in predicted if str(job.task) not in missing]:
                predicted.remove(job)
                say(f"{job.task}, {job.name}: scoring")
                result = score_job(job, jobs, work, data_dir=data_dir, replicates=replicates)
                write_result(results, result)
                yield result


def _is_predicted(work: Path, job: Job) -> bool:
    return all(predictions_path(work, job, seed).is_file() for seed in job.seeds)


def predictions_path(work: Path, job: Job, seed: int) -> Path:
    """Return where the predictions of a job with a seed lie; the costs lie beside them."""
    return work / str(job.task).replace("/", "--") / f"{job.name}-{job.fitted}" / f"{seed}.jsonl"


def workers_here() -> int:
    """Return how many runs fit beside each other: one for each core, and for every four GiB of memory that are free."""
    cores = os.cpu_count() or 1
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 1
    return max(1, min(cores, int(free // _MEMORY_OF_A_RUN)))


def _predict(job: Job, work: str, data_dir: str | None, force: bool, threads: int) -> str | None:
    """Fit and predict with every seed that is missing; returns why it could not be done."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no type information

    os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # read by torch, which is imported later if at all
    try:
        with threadpool_limits(limits=threads):
            _predict_all(job, work, data_dir, force)
    except ClaimkitError as error:
        return str(error)
    except MemoryError:
        return "the memory of this machine was not enough; run with --workers 1, or on a larger one"
    return None


def _predict_all(job: Job, work: str, data_dir: str | None, force: bool) -> None:
    data = list(load_dataset(job.task.dataset, data_dir=data_dir))
    train = [item for item in data if item.split in job.task.train]
    test = [item for item in data if item.split == job.task.test]
    if not train or not test:
        raise DataError(f"'{job.task.dataset}' has no items of the split {job.task.test if train else ', '.join(job.task.train)}")
    train += [item for name in job.recipe.also for item in _mapped(name, job, data_dir)]
    for seed in job.seeds:
        path = predictions_path(Path(work), job, seed)
        if path.is_file() and not force:
            continue
        _predict_once(job, seed, path, train, [item for item in data if item.split == "dev"], test)


def _mapped(name: str, job: Job, data_dir: str | Path | None) -> Iterator[Item]:
    """Yield the training items of another data set, with the labels of the job's; none of its own data set."""
    if name == job.task.dataset:
        return
    source, target = (scheme_of(DATASETS[each].facts.scheme) for each in (name, job.task.dataset))
    labels = map_between(source, target)
    if labels is None:
        raise UsageError(f"no label map leads from '{name}' to '{job.task.dataset}'")
    for item in load_dataset(name, split="train", data_dir=data_dir):
        stance = None if item.stance is None else labels(item.stance)
        if stance is not None:
            yield msgspec.structs.replace(item, id=f"{name}:{item.id}", stance=stance, scheme=target.labels)


def _predict_once(job: Job, seed: int, path: Path, train: list[Item], dev: list[Item], test: list[Item]) -> None:
    import resource

    from claimkit.classifiers import make_classifier, predict_items

    scheme = DATASETS[job.task.dataset].facts.scheme
    parameters = dict(job.recipe.parameters)
    if parameters.get("decide_for") == OFFICIAL:
        official = parse_metric(DATASETS[job.task.dataset].facts.metric)
        by_target = isinstance(official, LabelMetric) and official.by_target
        parameters["decide_for"] = "f1_macro" if by_target else str(official)
    classifier = make_classifier(job.recipe.classifier, scheme_of(scheme), **parameters)
    if "seed" in classifier.get_params(deep=False):
        classifier.set_params(seed=seed)
    options: dict[str, Any] = {}
    if "work_dir" in classifier.fit_options:
        options["work_dir"] = path.parents[2] / "checkpoints"
    if "dev" in classifier.fit_options and dev and "dev" not in job.task.train and job.task.test != "dev":
        options["dev"] = dev
    start = time.perf_counter()
    classifier.fit(train, **options)
    fitted = time.perf_counter()
    predictions: list[Prediction] = list(predict_items(classifier, test, model=job.name))
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    path.parent.mkdir(parents=True, exist_ok=True)
    cost = Cost(fit_seconds=fitted - start, predict_seconds=ended - fitted, peak_mib=peak)
    path.with_suffix(".cost.json").write_bytes(msgspec.json.encode(cost))
    write_records(path, predictions)  # last: where it is, the run is done


def score_job(job: Job, jobs: Sequence[Job], work: Path, *, data_dir: str | Path | None = None, replicates: int = 10_000) -> Result:
    """Score a job that was run, beside the artefact baselines of its task that were run."""
    facts = DATASETS[job.task.dataset].facts
    data = load_dataset(job.task.dataset, data_dir=data_dir)
    items = [item for item in data if item.split == job.task.test]
    runs = [list(read_predictions(predictions_path(work, job, seed))) for seed in job.seeds]
    baselines = {}
    for other in jobs:
        path = predictions_path(work, other, other.seeds[0])
        if other.task == job.task and other.recipe.is_artefact and other.name != job.name and path.is_file():
            baselines[other.name] = list(read_predictions(path))
    found = evaluate(
        items,
        runs[0],
        scheme=scheme_of(facts.scheme),
        metrics=("f1_macro", facts.metric),
        baselines=baselines,
        other_seeds=runs[1:],
        slices=(),
        replicates=replicates,
        data=facts.name,
        split=job.task.test,
    )
    n_more = sum(1 for name in job.recipe.also for _ in _mapped(name, job, data_dir))
    paths = [predictions_path(work, job, seed).with_suffix(".cost.json") for seed in job.seeds]
    costs = [msgspec.json.decode(path.read_bytes(), type=Cost) for path in paths]
    return Result(
        task=str(job.task),
        recipe=job.name,
        classifier=job.recipe.classifier,
        parameters=job.recipe.parameters,
        recipe_hash=job.key,
        trained_on=sum(item.split in job.task.train for item in data) + n_more,
        n=len(items),
        data=f"{facts.name}@{data_hash(items)}",
        metric=facts.metric,
        metrics=found.metrics,
        lift=found.lift,
        seeds=found.seeds,
        cost=Cost(
            fit_seconds=round(sum(cost.fit_seconds for cost in costs) / len(costs), 2),
            predict_seconds=round(sum(cost.predict_seconds for cost in costs) / len(costs), 2),
            peak_mib=round(max(cost.peak_mib for cost in costs), 0),
        ),
        environment=present_environment(),
    )
