"""What is learnt on one part and how far it holds on another: every cell of the matrix predicted once, kept, and scored."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

import claimkit
from claimkit.catalog.shared_texts import known_texts
from claimkit.errors import DataError, UsageError, counted
from claimkit.evaluation.resampling import DEFAULT_CLUSTER_KEYS
from claimkit.evaluation.signature import data_hash
from claimkit.experiment.folds import fold_items, predict_by
from claimkit.experiment.parts import Part
from claimkit.jsonl import read_predictions, write_records
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

OTHERS = "all others"
FOLDS = 5
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


class System(msgspec.Struct, frozen=True, kw_only=True):
    """A classifier as it is run.

    Attributes
    ----------
    name : str
        What it is called in tables.
    classifier : str
    parameters : dict
    """

    name: str
    classifier: str
    parameters: dict[str, Any] = {}


class Task(NamedTuple):
    """A cell to be predicted.

    Attributes
    ----------
    row, column : str
        Names of parts; the row may be :data:`OTHERS`.
    train, test : list of Item
    removed : int
        Rows that were not learnt from because the part that is scored has their text.
    in_folds : bool
        Whether the rows that are scored are predicted from each other; ``train`` is then empty.
    """

    row: str
    column: str
    train: list[Item]
    test: list[Item]
    removed: int = 0
    in_folds: bool = False


class Predicted(NamedTuple):
    """What a system says in a cell, how many rows it had learnt from (mean over folds), or why there is nothing."""

    task: Task
    predictions: list[Prediction]
    learnt: float
    refusal: str | None = None


def plan_tasks(
    parts: Sequence[Part], *, max_train: int | None = None, others: bool = True, keep_shared: bool = False, seed: int = 13
) -> list[Task]:
    """Return the cells of the matrix, row by row.

    Parameters
    ----------
    parts : sequence of Part
    max_train : int, optional
        Rows that are learnt from at most in each cell; a seeded sample, the same one for every column.
    others : bool
        Whether there is a row that learns from all parts but the one that is scored, equally many rows of each.
    keep_shared : bool
        Whether rows stay whose text, or a near copy, occurs in the part that is scored.
    seed : int

    Raises
    ------
    UsageError
        When there is nothing to learn from or nothing to score.
    """
    learnt = {part.name: _sample(part.train, max_train, f"{seed} {part.name}") for part in parts if part.train}
    scored = {part.name: part.test for part in parts if part.test}
    if not learnt or not scored or len({*learnt, *scored}) < 2:
        raise UsageError(
            "a matrix needs at least two parts, of which one is learnt from and one scored: name several data sets, "
            "or compare the targets of one with --between targets"
        )
    known: Mapping[tuple[str, str], frozenset[str]] = {} if keep_shared else known_texts(learnt, scored)
    folded = {part.name for part in parts if part.folded}
    tasks = []
    for row, rows in learnt.items():
        for column, test in scored.items():
            if row == column and row in folded:
                tasks.append(Task(row, column, [], test, in_folds=True))
                continue
            shared = known.get((row, column), frozenset())
            train = [item for item in rows if item.text not in shared]
            tasks.append(Task(row, column, train, test, len(rows) - len(train)))
    if others and len(learnt) > 2:
        tasks += [_from_others(column, test, learnt, known, max_train, seed) for column, test in scored.items()]
    return tasks


def _from_others(
    column: str,
    test: list[Item],
    learnt: Mapping[str, list[Item]],
    known: Mapping[tuple[str, str], frozenset[str]],
    max_train: int | None,
    seed: int,
) -> Task:
    pools = {name: rows for name, rows in learnt.items() if name != column}
    quotas = _quotas({name: len(rows) for name, rows in pools.items()}, max_train)
    train, removed = [], 0
    for name, rows in pools.items():
        for item in _sample(rows, quotas[name], f"{seed} {name} {OTHERS}"):
            if item.text in known.get((name, column), ()):
                removed += 1
                continue
            unit = next((item.groups[key] for key in DEFAULT_CLUSTER_KEYS if key in item.groups), item.id)
            # one key for all, so that folds inside a classifier do not cut through what belongs together in any of them
            train.append(msgspec.structs.replace(item, groups={**item.groups, "document": f"{name} {unit}"}))
    return Task(OTHERS, column, train, test, removed)


def _quotas(sizes: Mapping[str, int], most: int | None) -> dict[str, int]:
    """Return how many rows of each are taken, at most so many in all, as equally as their sizes allow."""
    if most is None:
        return dict(sizes)
    found, left = {}, most
    for place, (name, size) in enumerate(sorted(sizes.items(), key=lambda entry: entry[1])):
        found[name] = min(size, left // (len(sizes) - place))
        left -= found[name]
    return found


def _sample(rows: Sequence[Item], most: int | None, seed: str) -> list[Item]:
    if most is None or len(rows) <= most:
        return list(rows)
    places = sorted(random.Random(seed).sample(range(len(rows)), most))  # noqa: S311 - a seeded sample, nothing secret
    return [rows[place] for place in places]


def predict_tasks(
    tasks: Sequence[Task],
    system: System,
    make: Callable[[str, dict[str, Any]], StanceClassifier],
    scheme: LabelScheme,
    work: Path,
    *,
    max_train: int | None = None,
    seed: int = 13,
    force: bool = False,
    say: Callable[[str], object] = lambda _: None,
) -> Iterator[Predicted]:
    """Yield what a system says in each cell; what it said before is read from disk.

    Columns that are predicted from the same rows share one fitted model.

    Parameters
    ----------
    tasks : sequence of Task
    system : System
    make : callable
        From a name and parameters to an unfitted classifier.
    scheme : LabelScheme
    work : Path
        Folder for predictions; a cell whose file is there is done.
    max_train, seed : int
        As in :func:`plan_tasks`; also of a cell in folds, and of a classifier that is random and whose parameters name no seed.
    force : bool
        Predict also what is done.
    say : callable
        Called with a sentence before something is learnt.
    """
    from claimkit.classifiers import predict_items

    fitted: dict[str, StanceClassifier | DataError] = {}  # of the present row; all others are never learnt from twice
    row = None
    for task in tasks:
        path = cell_path(work, task, system, scheme, seed, max_train)
        rows = _rows_in_folds(len(task.test), max_train) if task.in_folds else float(len(task.train))
        if path.is_file() and not force:
            yield Predicted(task, list(read_predictions(path)), rows)
            continue

        def made() -> StanceClassifier:
            return _made(system, make, seed)

        try:
            if task.in_folds:
                say(f"{system.name}: {task.column}, in folds")
                found = _in_folds(task, made, system.name, max_train, seed)
            else:
                fitted, row = fitted if row == task.row != OTHERS else {}, task.row
                key = data_hash(task.train)
                if key not in fitted:
                    say(f"{system.name}: learning from {task.row} ({counted(len(task.train), 'row')})")
                    fitted[key] = _fitted(made(), task.train)
                learnt = fitted[key]
                if isinstance(learnt, DataError):
                    raise learnt
                found = list(predict_items(learnt, task.test, model=system.name))
        except DataError as error:
            yield Predicted(task, [], rows, str(error))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_records(path, found)  # whole or not at all: where it is, the cell is done
        yield Predicted(task, found, rows)


def _made(system: System, make: Callable[[str, dict[str, Any]], StanceClassifier], seed: int) -> StanceClassifier:
    made = make(system.classifier, dict(system.parameters))
    if "seed" in made.get_params(deep=False) and "seed" not in system.parameters:
        made.set_params(seed=seed)
    return made


def _fitted(classifier: StanceClassifier, rows: list[Item]) -> StanceClassifier | DataError:
    """Return the fitted classifier, or why nothing can be learnt from the rows, which is then true of all columns."""
    try:
        return classifier.fit(rows)
    except DataError as error:
        return error


def _in_folds(task: Task, made: Callable[[], StanceClassifier], model: str, max_train: int | None, seed: int) -> list[Prediction]:
    key = next((unit for unit in DEFAULT_CLUSTER_KEYS if any(unit in item.groups for item in task.test)), "random")
    folded = fold_items(task.test, key, FOLDS, seed=seed)
    steps = []
    for fold in dict.fromkeys(item.split for item in folded):
        train = [item for item in folded if item.split != fold]
        steps.append((_sample(train, max_train, f"{seed} {fold}"), [item for item in folded if item.split == fold]))
    found = {entry.id: entry for entry in predict_by(steps, made, model=model)}
    return [found[item.id] for item in task.test]


def _rows_in_folds(n: int, max_train: int | None) -> float:
    rows = n * (FOLDS - 1) / FOLDS
    return rows if max_train is None else min(rows, max_train)


def cell_path(work: Path, task: Task, system: System, scheme: LabelScheme, seed: int, max_train: int | None) -> Path:
    """Return where the predictions of a cell lie: named by all that they are made from."""
    parts = (
        system.classifier,
        system.parameters,
        scheme.labels,
        seed,
        max_train if task.in_folds else None,
        data_hash(task.train),
        data_hash(task.test),
        claimkit.__version__,
    )
    key = hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:12]
    names = (_NOT_IN_NAMES.sub("-", name)[:40].strip("-") for name in (system.name, task.row, task.column))
    return work / f"{'--'.join(names)}--{key}.jsonl"


def majority_of(items: Sequence[Item], scheme: LabelScheme) -> str:
    """Return the most frequent stance; where two are equally frequent, the first of the scheme.

    >>> rows = [Item(id=str(n), text="t", target="x", stance=stance) for n, stance in enumerate(("no", "yes", "no"))]
    >>> majority_of(rows, LabelScheme("given", ("yes", "no")))
    'no'
    """
    counts = Counter(item.stance for item in items)
    return max(scheme.labels, key=lambda label: counts[label])
