"""Kinds of tasks: what is read, fitted and predicted, and how that is scored; a new one is one module and one line."""

from __future__ import annotations

import abc
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from claimkit.benchmark.tasks import Recipe, Task
from claimkit.catalog import DATASETS
from claimkit.evaluation import Estimate
from claimkit.evaluation.result import Lift, SeedSpread
from claimkit.metrics import LabelMetric, SpanMetric, parse_metric
from claimkit.registry import Registry

if TYPE_CHECKING:
    from claimkit.benchmark.run import Job

KINDS = Registry(
    "kind of task",
    "claimkit.kinds",
    {
        "labels": "claimkit.benchmark.labels:LABELS",
        "ranking": "claimkit.benchmark.ranking:RANKING",
        "retrieval": "claimkit.benchmark.retrieval:RETRIEVAL",
        "spans": "claimkit.benchmark.spans:SPANS",
    },
)


class Scored(NamedTuple):
    """What a scored job adds to its result; the names are those of :class:`claimkit.benchmark.results.Result`."""

    metric: str
    metrics: dict[str, Estimate]
    lift: dict[str, Lift]
    seeds: dict[str, SeedSpread] | None
    trained_on: int
    n: int
    data: str


class TaskKind(abc.ABC):
    """How tasks of a kind are run and scored.

    Attributes
    ----------
    name : str
    has_folds : bool
        Whether the training part can be scored in folds (:data:`claimkit.benchmark.tasks.FOLDS`).
    counted : str
        What ``n`` of a result counts, in the plural.
    learnt : str
        What ``trained_on`` counts, in the plural.
    """

    name: ClassVar[str]
    has_folds: ClassVar[bool] = False
    counted: ClassVar[str] = "rows"
    learnt: ClassVar[str] = "rows"

    @abc.abstractmethod
    def systems(self) -> Collection[str]:
        """Return the names that the ``classifier`` of a recipe may have."""

    def fits(self, recipe: Recipe, task: Task) -> bool:
        """Return whether a recipe, one of the systems of this kind, can be run on a task."""
        return True

    @abc.abstractmethod
    def load(self, job: Job, data_dir: str | Path | None) -> Any:
        """Return what a job reads of its data set, once for all seeds.

        Raises
        ------
        DataError
            When a file, or all that a split should hold, is missing.
        """

    @abc.abstractmethod
    def fit(self, job: Job, seed: int, data: Any, folder: Path) -> Any:
        """Return the fitted system; ``folder`` is where it may leave checkpoints."""

    @abc.abstractmethod
    def predict(self, job: Job, fitted: Any, data: Any) -> Any:
        """Return what the fitted system says of the test part."""

    @abc.abstractmethod
    def write(self, path: Path, predictions: Any) -> None:
        """Write what :meth:`predict` returned, whole or not at all."""

    @abc.abstractmethod
    def read(self, path: Path) -> Any:
        """Return what :meth:`write` wrote."""

    @abc.abstractmethod
    def score(self, job: Job, runs: Sequence[Any], baselines: Mapping[str, Any], data: Any, replicates: int) -> Scored:
        """Score the runs of a job, one for each seed, beside one run of each artefact baseline of its task."""


def kind_name(dataset: str) -> str:
    """Return the kind of the tasks of a data set, which its official metric tells.

    >>> kind_name("perspectrum"), kind_name("checkthat2019-t1"), kind_name("checkthat2020-t2"), kind_name("polnear")
    ('labels', 'ranking', 'retrieval', 'spans')
    """
    metric = parse_metric(DATASETS[dataset].facts.metric)
    if isinstance(metric, LabelMetric):
        return "labels"
    if isinstance(metric, SpanMetric):
        return "spans"
    return "ranking" if DATASETS[dataset].read_collection is None else "retrieval"


def kind_of(dataset: str) -> TaskKind:
    """Return how the tasks of a data set are run and scored."""
    kind: TaskKind = KINDS[kind_name(dataset)]
    return kind
