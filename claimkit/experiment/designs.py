"""The standard designs of a corpus with actors: known actors, held-out actors, held-out pairs of actors, and the future."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from claimkit.errors import DataError, UsageError
from claimkit.evaluation import Evaluation
from claimkit.evaluation.resampling import DEFAULT_CLUSTER_KEYS
from claimkit.evaluation.runs import Options, RunInputs, evaluate_with
from claimkit.experiment.artefacts import ARTEFACTS
from claimkit.experiment.folds import fold_items, predict_by
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme
from claimkit.splits import leakage, split_items

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

FOLDS = 5
_MOST = 0.9  # of the rows may hang together: such a fold is predicted from few rows, which is said, but it is held out all the same
IN_DOMAIN = "in-domain"
TIME = "held-out time"
# Design -> the key whose values never stand on both sides; None: the unit in which the items were collected.
DESIGNS: Mapping[str, str | None] = MappingProxyType(
    {IN_DOMAIN: None, "held-out actor": "actor", "held-out pair": "actor_pair", TIME: "time"}
)
_KEYS_SHOWN = ("text", "document", "target", "actor", "actor_pair", "speaker")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the scored rows have a value of a key that stands in the training rows too."""

    key: str
    rows: int
    share: float


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """What a classifier reaches in one design.

    Attributes
    ----------
    name : str
    held_out : str
        The key, ``"time"`` or ``"random"``.
    evaluation : Evaluation or None
        ``None`` where the design is impossible, and ``refusal`` says why.
    refusal : str or None
    notes : list of str
        What makes the design hard to compare with the others.
    known : list of Known
        What the scored rows share with the rows that were learnt from.
    """

    name: str
    held_out: str
    evaluation: Evaluation | None = None
    refusal: str | None = None
    notes: list[str] = msgspec.field(default_factory=list)
    known: list[Known] = msgspec.field(default_factory=list)


class Designed(NamedTuple):
    """A design with what its evaluation was computed from, which goes into a run folder."""

    design: Design
    options: Options | None = None
    inputs: RunInputs | None = None


def run_designs(
    items: Sequence[Item],
    make: Callable[[str, dict[str, str]], StanceClassifier],
    scheme: LabelScheme,
    *,
    model: str,
    classifier: str,
    parameters: Mapping[str, str] = MappingProxyType({}),
    metrics: Sequence[str] = ("f1_macro",),
    seed: int = 13,
    data: str | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> Iterator[Designed]:
    """Yield what a classifier and the artefact panel reach in each of the standard designs.

    In the first three every item is predicted, in five folds, by a classifier that has seen no item of the same document (actor,
    pair of actors); in the last one by a classifier that has seen earlier items only: the dates are cut into five parts, and each
    but the first is predicted from those before it.

    Parameters
    ----------
    items : sequence of Item
        With stances, and groups ``actor``, ``actor_pair`` and ``date``; a design whose key is missing is refused with a reason.
    make : callable
        From a name and parameters to an unfitted classifier.
    scheme : LabelScheme
    model, classifier : str
        What predictions are called, and which classifier makes them.
    parameters : mapping
        Of the classifier.
    metrics : sequence of str
    seed : int
    data : str, optional
        Name of the data, for signatures.
    say : callable
        Called with a sentence before each design.
    """
    for name, key in DESIGNS.items():
        held_out = key or next((unit for unit in DEFAULT_CLUSTER_KEYS if any(unit in item.groups for item in items)), "random")
        what = "each part predicted from the dates before it" if held_out == "time" else f"every {held_out} predicted without it"
        say(f"{name}: {what}")
        try:
            rows, steps = _steps(items, held_out, seed)
        except (DataError, UsageError) as error:
            yield Designed(Design(name=name, held_out=held_out, refusal=str(error)))
            continue
        scored = [item for _, test in steps for item in test]
        several = all(len({item.stance for item in train}) > 1 for train, _ in steps)
        predictions = predict_by(steps, lambda: make(classifier, dict(parameters)), model=model)
        baselines: dict[str, list[Prediction]] = {}
        for label, (kind, given, group) in ARTEFACTS.items():
            has_key = group is None or any(group in item.groups for item in rows)
            if kind == classifier or not has_key or (make(kind, given).needs_two_labels and not several):
                continue
            baselines[label] = predict_by(steps, lambda kind=kind, given=given: make(kind, given), model=label)  # type: ignore[misc]
        options = Options(scheme=scheme.labels, metrics=tuple(metrics), seed=seed, data=data, split=name.replace(" ", "-"))
        inputs = RunInputs(items=scored, predictions=predictions, baselines=baselines)
        evaluation = evaluate_with(options, inputs)
        yield Designed(
            Design(
                name=name,
                held_out=held_out,
                evaluation=evaluation,
                notes=_notes(items, steps, held_out),
                known=_known(steps, len(scored)),
            ),
            options,
            inputs,
        )


Steps = list[tuple[list[Item], list[Item]]]


def _steps(items: Sequence[Item], held_out: str, seed: int) -> tuple[list[Item], Steps]:
    """Return the items that take part, and pairs of rows to learn from and rows to predict."""
    if held_out == "time":
        parts = {f"part{number}": 1.0 for number in range(1, FOLDS + 1)}
        dated = split_items(items, "time", parts, seed=seed).items
        names = list(parts)
        steps = [
            ([item for item in dated if item.split in names[:index]], [item for item in dated if item.split == names[index]])
            for index in range(1, len(names))
        ]
        return dated, steps
    rows = [item for item in items if held_out == "random" or held_out in item.groups] or list(items)
    folded = fold_items(rows, held_out, FOLDS, seed=seed, most=_MOST)
    folds = list(dict.fromkeys(item.split for item in folded))
    return folded, [
        ([item for item in folded if item.split != fold], [item for item in folded if item.split == fold]) for fold in folds
    ]


def _notes(items: Sequence[Item], steps: Steps, held_out: str) -> list[str]:
    scored = sum(len(test) for _, test in steps)
    found = [f"{scored} of {len(items)} items are scored"] if scored < len(items) else []
    train, test = min(steps, key=lambda step: len(step[0]))
    if held_out != "time" and len(train) < scored / 2:
        found.append(f"{len(test)} of them hang together and are predicted from {len(train)} others")
    return found


def _known(steps: Steps, n: int) -> list[Known]:
    counts: dict[str, int] = {}
    for train, test in steps:
        tagged = [msgspec.structs.replace(item, split=part) for part, rows in (("train", train), ("test", test)) for item in rows]
        for leak in leakage(tagged):
            counts[leak.key] = counts.get(leak.key, 0) + leak.rows
    return [Known(key=key, rows=counts[key], share=counts[key] / n) for key in _KEYS_SHOWN if key in counts]
