"""The transfer matrix: cells scored with intervals, beside what needs no learning and beside what is reached in-domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from claimkit.errors import UsageError
from claimkit.evaluation import Estimate, evaluate
from claimkit.evaluation.runs import present_environment
from claimkit.evaluation.score import metrics_for
from claimkit.evaluation.signature import data_hash
from claimkit.experiment.parts import Part
from claimkit.experiment.transfer import Predicted, System, majority_of, plan_tasks, predict_tasks
from claimkit.metrics import LabelMetric, parse_metric
from claimkit.records import Prediction
from claimkit.schemes import LabelScheme

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

MAJORITY = "majority of the test part"
IN_DOMAIN = "in-domain"


class PartFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A part as a result names it: rows to learn from and to score, how its labels were mapped, what was left out."""

    name: str
    learnt: int
    scored: int
    folded: bool
    labels: dict[str, str]
    left_out: dict[str, int]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A part that is scored.

    Attributes
    ----------
    name : str
    n : int
    clusters : dict of str to int
        Key over which intervals are resampled, to the number of clusters.
    data : str
        Name and hash of the rows that are scored.
    counts : dict of str to int
        Rows of each label.
    majority_label : str
    majority : dict of str to Estimate
        What the most frequent label of these very rows reaches when it is always said.
    guess : dict of str to (float or None)
        What guessing each label as often as it occurs here reaches, in expectation; ``None`` for metrics by target.
    """

    name: str
    n: int
    clusters: dict[str, int]
    data: str
    counts: dict[str, int]
    majority_label: str
    majority: dict[str, Estimate]
    guess: dict[str, float | None]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What is reached on a column by what was learnt on a row.

    Attributes
    ----------
    row, column : str
    learnt : float
        Rows that were learnt from; mean over folds where ``in_folds``.
    removed : int
        Further rows that were not, because the part that is scored has their text.
    in_folds : bool
        Whether the rows that are scored were predicted from each other, in folds.
    metrics : dict of str to Estimate
        Signed; empty where ``refusal`` says why there is nothing.
    lift : dict of str to Estimate
        Over the majority label of the test part, with paired intervals.
    change : dict of str to Estimate
        From the in-domain cell of the column, with paired intervals; empty on the diagonal and where there is none.
    is_above : bool
        Whether the main metric is shown to exceed both the majority label (by the interval of the lift) and guessing.
    refusal : str or None
    """

    row: str
    column: str
    learnt: float
    removed: int
    in_folds: bool
    metrics: dict[str, Estimate] = {}
    lift: dict[str, Estimate] = {}
    change: dict[str, Estimate] = {}
    is_above: bool = False
    refusal: str | None = None


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """The cells of one classifier."""

    name: str
    classifier: str
    parameters: dict[str, Any]
    cells: list[Cell]

    def cell(self, row: str, column: str) -> Cell | None:
        """Return a cell, or ``None`` where there is none."""
        return next((cell for cell in self.cells if (cell.row, cell.column) == (row, column)), None)


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """The result of ``claimkit transfer``.

    Attributes
    ----------
    between : str
        ``"data"`` or ``"targets"``.
    labels : tuple of str
        Of the shared scheme.
    metric : str
        The main one.
    max_train : int or None
    seed : int
    keep_shared : bool
        Whether rows were learnt from whose text the part that is scored has too.
    parts : list of PartFacts
    columns : list of Column
    matrices : list of Matrix
        One for each classifier.
    environment : dict of str to str
    """

    schema_version: int = 1
    between: str
    labels: tuple[str, ...]
    metric: str
    max_train: int | None
    seed: int
    keep_shared: bool
    parts: list[PartFacts]
    columns: list[Column]
    matrices: list[Matrix]
    environment: dict[str, str]

    @property
    def rows(self) -> list[str]:
        """The names of the rows: parts that are learnt from, then all others where they are."""
        return list(dict.fromkeys(cell.row for matrix in self.matrices for cell in matrix.cells))


def run_transfer(
    parts: Sequence[Part],
    systems: Sequence[System],
    make: Callable[[str, dict[str, Any]], StanceClassifier],
    scheme: LabelScheme,
    work: Path,
    *,
    between: str = "data",
    metrics: Sequence[str] = ("f1_macro",),
    max_train: int | None = None,
    others: bool = True,
    keep_shared: bool = False,
    force: bool = False,
    replicates: int = 10_000,
    seed: int = 13,
    say: Callable[[str], object] = lambda _: None,
    after: Callable[[int], object] = lambda _: None,
) -> Transfer:
    """Predict every part with what was learnt on every other, and score it.

    Parameters
    ----------
    parts : sequence of Part
        With stances of the scheme.
    systems : sequence of System
    make : callable
        From a name and parameters to an unfitted classifier.
    scheme : LabelScheme
    work : Path
        Folder for the predictions of each cell; what is there is not predicted again.
    between : {"data", "targets"}
        What the parts are, for the result.
    metrics : sequence of str
        Of labels; the last is the main one.
    max_train, others, keep_shared, seed
        As in :func:`claimkit.experiment.transfer.plan_tasks`.
    force : bool
        Predict also what is done.
    replicates : int
        Of the bootstrap.
    say : callable
        Called with a sentence before something is learnt.
    after : callable
        Called with 1 after each cell.

    Raises
    ------
    UsageError
        When there is nothing to compare, or a metric is not one of labels.
    """
    names = [str(metric) for metric in metrics_for(metrics, scheme) if isinstance(metric, LabelMetric)]
    if len(names) < len({"accuracy", *metrics}):
        raise UsageError("a matrix is scored by metrics of labels, such as accuracy and f1_macro (claimkit list metrics)")
    tasks = plan_tasks(parts, max_train=max_train, others=others, keep_shared=keep_shared, seed=seed)
    columns = [column_of(part, scheme, names, replicates=replicates, seed=seed) for part in parts if part.test]
    matrices = []
    for system in systems:
        predicted = []
        for entry in predict_tasks(tasks, system, make, scheme, work, max_train=max_train, seed=seed, force=force, say=say):
            predicted.append(entry)
            after(1)
        matrices.append(matrix_of(predicted, parts, columns, system, scheme, names, replicates=replicates, seed=seed))
    return Transfer(
        between=between,
        labels=scheme.labels,
        metric=names[-1],
        max_train=max_train,
        seed=seed,
        keep_shared=keep_shared,
        parts=facts_of(parts),
        columns=columns,
        matrices=matrices,
        environment=present_environment(),
    )


def facts_of(parts: Iterable[Part]) -> list[PartFacts]:
    """Return the facts of parts."""
    return [
        PartFacts(
            name=part.name,
            learnt=len(part.train),
            scored=len(part.test),
            folded=part.folded,
            labels=part.labels,
            left_out=part.left_out,
        )
        for part in parts
    ]


def column_of(part: Part, scheme: LabelScheme, metrics: Sequence[str], *, replicates: int, seed: int) -> Column:
    """Return a part that is scored, with what can be had there without learning."""
    label = majority_of(part.test, scheme)
    result = evaluate(
        part.test,
        [Prediction(id=item.id, stance=label) for item in part.test],
        scheme=scheme,
        metrics=metrics,
        slices=(),
        replicates=replicates,
        seed=seed,
        data=part.name,
        split=_split(part),
    )
    counts = {name: sum(item.stance == name for item in part.test) for name in scheme.labels}
    return Column(
        name=part.name,
        n=result.n,
        clusters=result.clusters,
        data=f"{part.name}@{data_hash(part.test)}",
        counts=counts,
        majority_label=label,
        majority=result.metrics,
        guess={name: guess_value(name, list(counts.values()), scheme) for name in result.metrics},
    )


def guess_value(metric: str, counts: Sequence[int], scheme: LabelScheme) -> float | None:
    """Return a metric of the confusion that guessing labels by their shares gives in expectation; ``None`` for one by target.

    F1 of a label of share s is then s, so macro-F1 over k labels is 1/k whatever their shares are.

    Examples
    --------
    >>> guess_value("f1_macro", [30, 10], LabelScheme("given", ("yes", "no")))
    0.5
    """
    found = parse_metric(metric)
    if not isinstance(found, LabelMetric) or found.by_target:
        return None
    gold = np.asarray(counts, dtype=np.float64)
    confusion = np.concatenate([np.outer(gold, gold) / gold.sum(), np.zeros((len(gold), 1))], axis=1)
    return float(found.compute(confusion[None], scheme)[0])


def score_cell(
    predicted: Predicted,
    part: Part,
    column: Column,
    in_domain: Sequence[Prediction],
    scheme: LabelScheme,
    metrics: Sequence[str],
    *,
    replicates: int,
    seed: int,
) -> Cell:
    """Return a cell with its scores; the majority label and the in-domain predictions are scored on the same resamples.

    Parameters
    ----------
    predicted : Predicted
    part : Part
        The one that is scored.
    column : Column
        What is known of it.
    in_domain : sequence of Prediction
        Of the same rows, by what was learnt on the same part; empty where there are none.
    scheme : LabelScheme
    metrics : sequence of str
    replicates, seed : int
        Of the bootstrap.
    """
    task = predicted.task
    blank = Cell(
        row=task.row,
        column=task.column,
        learnt=predicted.learnt,
        removed=task.removed,
        in_folds=task.in_folds,
        refusal=predicted.refusal,
    )
    if predicted.refusal is not None:
        return blank
    beside = {MAJORITY: [Prediction(id=item.id, stance=column.majority_label) for item in part.test]}
    if in_domain and task.row != task.column:
        beside[IN_DOMAIN] = list(in_domain)
    result = evaluate(
        part.test,
        predicted.predictions,
        scheme=scheme,
        metrics=metrics,
        baselines=beside,
        slices=(),
        replicates=replicates,
        seed=seed,
        data=part.name,
        split=_split(part),
    )
    gains = {base.name: base.lift for base in result.baselines}
    main = list(result.metrics)[-1]
    low, lift, guess = result.metrics[main].low, gains[MAJORITY][main].low, column.guess[main]
    return msgspec.structs.replace(
        blank,
        metrics=result.metrics,
        lift=gains[MAJORITY],
        change=gains.get(IN_DOMAIN, {}),
        is_above=low is not None and lift is not None and lift > 0 and (guess is None or low > guess),
    )


def _split(part: Part) -> str:
    return "all" if part.folded else "test"


def matrix_of(
    predicted: Iterable[Predicted],
    parts: Sequence[Part],
    columns: Sequence[Column],
    system: System,
    scheme: LabelScheme,
    metrics: Sequence[str],
    *,
    replicates: int,
    seed: int,
) -> Matrix:
    """Return the scored cells of one classifier, in the order in which they were predicted."""
    found = list(predicted)
    own = {entry.task.column: entry.predictions for entry in found if entry.task.row == entry.task.column}
    of = {part.name: part for part in parts}
    known = {column.name: column for column in columns}
    cells = [
        score_cell(
            entry,
            of[entry.task.column],
            known[entry.task.column],
            own.get(entry.task.column, []),
            scheme,
            metrics,
            replicates=replicates,
            seed=seed,
        )
        for entry in found
    ]
    return Matrix(name=system.name, classifier=system.classifier, parameters=dict(system.parameters), cells=cells)
