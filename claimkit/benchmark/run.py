"""Running a benchmark: what is missing, each run in a process of its own, its predictions kept so that it can be scored again."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from claimkit.benchmark.apart import run_apart
from claimkit.benchmark.environment import environment_of
from claimkit.benchmark.kinds import TaskKind, kind_of
from claimkit.benchmark.results import Cost, Result, read_results, write_result
from claimkit.benchmark.suites import RECIPES, recipe_of
from claimkit.benchmark.tasks import Recipe, Task
from claimkit.errors import UsageError
from claimkit.experiment.cost import peak_memory
from claimkit.jsonl import locked, replacing

SEEDS = 5
FIRST_SEED = 13
_MEMORY_OF_A_RUN = 8 << 30  # bytes; most need much less, n-grams of long texts nearly as much


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


def jobs_for(tasks: Sequence[Task], recipes: Sequence[str] = (), *, seeds: int = SEEDS, baselines: bool = True) -> list[Job]:
    """Return the jobs of tasks and recipes, the artefact baselines of each task first.

    Parameters
    ----------
    tasks : sequence of Task
    recipes : sequence of str
        Names; those that cannot do a task are left out there. Default: for each task the recipes of its kind that are not costly.
    seeds : int
        Runs of recipes that are random.
    baselines : bool
        Whether the artefact baselines of a task are added where none of them is named, so that every number has its lift.

    Raises
    ------
    UsageError
        When a recipe does not exist, or can do none of the tasks.
    """
    made = []
    known = [(name, recipe_of(name)) for name in dict.fromkeys(recipes)]
    for task in tasks:
        kind = kind_of(task.dataset)
        if recipes:
            usable = [(name, recipe) for name, recipe in known if recipe.classifier in kind.systems()]
            if usable and baselines and not any(recipe.is_artefact for _, recipe in usable):
                usable += [(name, recipe) for name, recipe in RECIPES.items() if recipe.is_artefact and kind.name in recipe.kinds]
        else:
            usable = [(name, recipe) for name, recipe in RECIPES.items() if kind.name in recipe.kinds and not recipe.is_costly]
        usable = [(name, recipe) for name, recipe in usable if kind.fits(recipe, task)]
        for name, recipe in sorted(usable, key=lambda pair: not pair[1].is_artefact):
            numbers = tuple(range(FIRST_SEED, FIRST_SEED + seeds)) if recipe.is_random else (FIRST_SEED,)
            made.append(Job(task=task, name=name, recipe=recipe, seeds=numbers))
    idle = next((name for name, _ in known if name not in {job.name for job in made}), None)
    if idle is not None:
        kinds = ", ".join(sorted({kind_of(task.dataset).name for task in tasks}))
        usable_here = ", ".join(name for name, recipe in RECIPES.items() if set(recipe.kinds) & set(kinds.split(", ")))
        raise UsageError(f"the recipe '{idle}' can do none of these tasks ({kinds}); recipes for them are: {usable_here}")
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

    A job is done when its result is there with the same recipe, data and seeds, and with its lift where baselines are run; one that
    was interrupted goes on with the seeds that are missing. A job that fails, for whatever reason, does not stop the others.

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
    judged = {str(job.task) for job in jobs if job.recipe.is_artefact}
    for job in jobs:
        entry = known.get((str(job.task), job.name))
        is_done = (
            entry is not None
            and entry.recipe_hash == job.key
            and (entry.lift or job.recipe.is_artefact or entry.task not in judged)
        )
        (passed if is_done and not force else todo).append(job)
    busy = {str(job.task) for job in todo}
    for job in passed:
        if job.recipe.is_artefact and str(job.task) in busy and not _is_predicted(work, job):
            todo.insert(0, job)  # the others are set beside it
        else:
            say(f"{job.task}, {job.name}: done before")
            yield known[str(job.task), job.name]
    workers = min(workers or workers_here(), max(len(todo), 1))
    threads = max(1, (os.cpu_count() or 1) // workers)
    calls = [(job, str(work), None if data_dir is None else str(data_dir), force, threads) for job in todo]
    waiting, predicted = set(range(len(todo))), list[Job]()
    for place, reason in run_apart(_predict, calls, workers):
        waiting.remove(place)
        if reason is not None:
            yield Failure(job=todo[place], reason=reason)
        else:
            predicted.append(todo[place])
        # a task is scored when all its artefact baselines are there, so that the lift is always over the best of them
        missing = {str(todo[other].task) for other in waiting if todo[other].recipe.is_artefact}
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


def _predict(job: Job, work: str, data_dir: str | None, force: bool, threads: int) -> None:
    """Fit and predict with every seed that is missing."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no type information

    os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # read by torch, which is imported later if at all
    kind = kind_of(job.task.dataset)
    data = kind.load(job, data_dir)
    with threadpool_limits(limits=threads):
        for seed in job.seeds:
            path = predictions_path(Path(work), job, seed)
            path.parent.mkdir(parents=True, exist_ok=True)
            with locked(path.with_suffix(".lock"), create=True):  # another benchmark may be at the same
                if not path.is_file() or force:
                    _predict_once(kind, job, seed, path, data, force)


def _predict_once(kind: TaskKind, job: Job, seed: int, path: Path, data: Any, force: bool) -> None:
    checkpoints = path.with_suffix(".checkpoints")
    if force:
        shutil.rmtree(checkpoints, ignore_errors=True)
    start = time.perf_counter()
    system = kind.fit(job, seed, data, checkpoints)
    fitted = time.perf_counter()
    predictions = kind.predict(job, system, data)
    ended = time.perf_counter()
    run = _Ran(
        fit_seconds=fitted - start,
        predict_seconds=ended - fitted,
        peak_mib=peak_memory(),
        environment=environment_of(job.recipe.parameters),
    )
    with replacing(_ran_path(path)) as file:
        file.write(msgspec.json.encode(run))
    kind.write(path, predictions)  # last: where it is, the run is done
    shutil.rmtree(checkpoints, ignore_errors=True)


class _Ran(Cost, frozen=True, kw_only=True):
    """What is kept beside predictions: what they cost, and with which versions they were made."""

    environment: dict[str, str] = msgspec.field(default_factory=dict)


def _ran_path(predictions: Path) -> Path:
    return predictions.with_suffix(".cost.json")


def score_job(job: Job, jobs: Sequence[Job], work: Path, *, data_dir: str | Path | None = None, replicates: int = 10_000) -> Result:
    """Score a job that was run, beside the artefact baselines of its task that were run."""
    kind = kind_of(job.task.dataset)
    runs = [kind.read(predictions_path(work, job, seed)) for seed in job.seeds]
    baselines = {}
    for other in jobs:
        path = predictions_path(work, other, other.seeds[0])
        if other.task == job.task and other.recipe.is_artefact and other.name != job.name and path.is_file():
            baselines[other.name] = kind.read(path)
    found = kind.score(job, runs, baselines, kind.load(job, data_dir), replicates)
    costs = [msgspec.json.decode(_ran_path(predictions_path(work, job, seed)).read_bytes(), type=_Ran) for seed in job.seeds]
    return Result(
        task=str(job.task),
        recipe=job.name,
        classifier=job.recipe.classifier,
        parameters=job.recipe.parameters,
        recipe_hash=job.key,
        cost=Cost(
            fit_seconds=round(sum(cost.fit_seconds for cost in costs) / len(costs), 2),
            predict_seconds=round(sum(cost.predict_seconds for cost in costs) / len(costs), 2),
            peak_mib=max((round(cost.peak_mib) for cost in costs if cost.peak_mib is not None), default=None),
        ),
        environment=costs[0].environment,
        **found._asdict(),
    )
