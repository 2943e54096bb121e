"""Tasks whose items have labels: classifiers are fitted, and scored by metrics of labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import msgspec

from claimkit.benchmark.kinds import Scored, TaskKind
from claimkit.benchmark.suites import OFFICIAL
from claimkit.benchmark.tasks import FOLDS, Recipe, Task
from claimkit.catalog import DATASETS, load_dataset
from claimkit.classifiers import CLASSIFIERS
from claimkit.classifiers.rows import GROUP_KEYS
from claimkit.errors import DataError, UsageError
from claimkit.evaluation import evaluate
from claimkit.evaluation.signature import data_hash
from claimkit.experiment.folds import fold_items
from claimkit.jsonl import read_predictions, write_records
from claimkit.labelmaps import map_between
from claimkit.metrics import LabelMetric, parse_metric
from claimkit.records import Item, Prediction
from claimkit.schemes import scheme_of

if TYPE_CHECKING:
    from claimkit.benchmark.run import Job
    from claimkit.classifiers.base import StanceClassifier


class Parts(NamedTuple):
    """The items of a job: those that are learnt from, those of dev, those that are predicted, and those of other data sets."""

    train: list[Item]
    dev: list[Item]
    test: list[Item]
    also: list[Item]


class Fitted(NamedTuple):
    """A fitted classifier, and the items that it is to predict."""

    classifier: StanceClassifier
    test: list[Item]


class LabelTasks(TaskKind):
    """Labels of items."""

    name: ClassVar[str] = "labels"
    has_folds: ClassVar[bool] = True

    def systems(self) -> Collection[str]:
        """Return the names of all classifiers."""
        return tuple(CLASSIFIERS)

    def fits(self, recipe: Recipe, task: Task) -> bool:
        """Return whether there are labels enough, and a way from the labels of other data sets that are learnt from."""
        scheme = scheme_of(DATASETS[task.dataset].facts.scheme)
        others = [scheme_of(DATASETS[name].facts.scheme) for name in recipe.also if name != task.dataset]
        are_mapped = all(map_between(other, scheme) is not None for other in others)
        return len(scheme.labels) >= recipe.least_labels and (bool(others) or not recipe.also) and are_mapped

    def load(self, job: Job, data_dir: str | Path | None) -> Parts:
        """Return the items of the job."""
        task = job.task
        data = list(load_dataset(task.dataset, data_dir=data_dir))
        train = [item for item in data if item.split in task.train]
        if task.test == FOLDS and train:
            folded = fold_items(train, DATASETS[task.dataset].facts.query or _fold_key(train))
            return Parts(folded, [], folded, list(further_items(job, data_dir)))
        test = [item for item in data if item.split == task.test]
        if not train or not test:
            raise DataError(f"'{task.dataset}' has no items of the split {task.test if train else ', '.join(task.train)}")
        return Parts(train, [item for item in data if item.split == "dev"], test, list(further_items(job, data_dir)))

    def fit(self, job: Job, seed: int, data: Parts, folder: Path) -> list[Fitted]:
        """Return the fitted classifier with what it is to predict; one for each fold where folds are scored."""
        if job.task.test != FOLDS:
            return [Fitted(self._fit(job, seed, data, folder), data.test)]
        steps = []
        for fold in dict.fromkeys(item.split for item in data.test):
            train, test = ([item for item in data.test if (item.split == fold) is held_out] for held_out in (False, True))
            steps.append(Fitted(self._fit(job, seed, Parts(train, [], test, data.also), folder), test))
        return steps

    def _fit(self, job: Job, seed: int, data: Parts, folder: Path) -> StanceClassifier:
        from claimkit.classifiers import make_classifier

        parameters = dict(job.recipe.parameters)
        if parameters.get("decide_for") == OFFICIAL:
            official = parse_metric(DATASETS[job.task.dataset].facts.metric)
            is_fit = isinstance(official, LabelMetric) and not official.by_target
            parameters["decide_for"] = str(official) if is_fit else "f1_macro"
        classifier = make_classifier(job.recipe.classifier, scheme_of(DATASETS[job.task.dataset].facts.scheme), **parameters)
        if "seed" in classifier.get_params(deep=False):
            classifier.set_params(seed=seed)
        options: dict[str, Any] = {}
        if "work_dir" in classifier.fit_options:
            options["work_dir"] = folder
        if "dev" in classifier.fit_options and data.dev and "dev" not in job.task.train and job.task.test != "dev":
            options["dev"] = data.dev
        return classifier.fit([*data.train, *data.also], **options)

    def predict(self, job: Job, fitted: list[Fitted], data: Parts) -> list[Prediction]:
        """Return a prediction for each item of the test part, in its order."""
        from claimkit.classifiers import predict_items

        found = {entry.id: entry for step in fitted for entry in predict_items(step.classifier, step.test, model=job.name)}
        return [found[item.id] for item in data.test]

    def write(self, path: Path, predictions: Sequence[Prediction]) -> None:
        """Write predictions."""
        write_records(path, predictions)

    def read(self, path: Path) -> list[Prediction]:
        """Read predictions."""
        return list(read_predictions(path))

    def score(
        self, job: Job, runs: Sequence[list[Prediction]], baselines: Mapping[str, list[Prediction]], data: Parts, replicates: int
    ) -> Scored:
        """Return accuracy, macro-F1 and the official metric."""
        facts = DATASETS[job.task.dataset].facts
        found = evaluate(
            data.test,
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
        return Scored(
            metric=facts.metric,
            metrics=found.metrics,
            lift=found.lift,
            seeds=found.seeds,
            trained_on=len(data.train) + len(data.also),
            n=len(data.test),
            data=f"{facts.name}@{data_hash(data.test)}",
        )


def _fold_key(items: Sequence[Item]) -> str:
    """Return the key whose values stay in one fold: the first by which items hang together; rows of their own have none."""
    return next((key for key in GROUP_KEYS if any(key in item.groups for item in items)), "random")


def further_items(job: Job, data_dir: str | Path | None) -> Iterator[Item]:
    """Yield the training items of the other data sets from which a job learns, with the labels of its own.

    Raises
    ------
    UsageError
        When no label map leads from one scheme to the other.
    """
    target = scheme_of(DATASETS[job.task.dataset].facts.scheme)
    for name in job.recipe.also:
        if name == job.task.dataset:
            continue
        labels = map_between(scheme_of(DATASETS[name].facts.scheme), target)
        if labels is None:
            raise UsageError(f"no label map leads from '{name}' to '{job.task.dataset}'")
        for item in load_dataset(name, split="train", data_dir=data_dir):
            stance = None if item.stance is None else labels(item.stance)
            if stance is not None:
                yield msgspec.structs.replace(item, id=f"{name}:{item.id}", stance=stance, scheme=target.labels)


LABELS = LabelTasks()
