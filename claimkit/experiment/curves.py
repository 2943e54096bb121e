"""Learning curves: what a classifier reaches with a part of the training rows, and whether more labels would help."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from claimkit.errors import DataError, UsageError
from claimkit.evaluation import Evaluation, evaluate
from claimkit.evaluation.resampling import DEFAULT_CLUSTER_KEYS
from claimkit.experiment.folds import fold_items, predict_by
from claimkit.records import Item
from claimkit.schemes import LabelScheme

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)
BASELINES: Mapping[str, str] = MappingProxyType({"majority": "majority", "text-only": "text-only"})
_FOLDS = 5


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """What is reached with a share of the training rows.

    Attributes
    ----------
    share : float
        In (0, 1].
    rows : float
        Training rows, mean over folds.
    evaluation : Evaluation
        Of the same items at every share; the baselines have learnt from the same rows.
    """

    share: float
    rows: float
    evaluation: Evaluation


def learning_curve(
    items: Sequence[Item],
    make: Callable[[str, dict[str, object]], StanceClassifier],
    scheme: LabelScheme,
    *,
    classifier: str,
    parameters: Mapping[str, object] = MappingProxyType({}),
    shares: Sequence[float] = SHARES,
    metrics: Sequence[str] = ("f1_macro",),
    seed: int = 13,
    data: str | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> Iterator[CurvePoint]:
    """Yield what is reached with growing shares of the training rows, in five folds.

    Folds and shares are of whole documents (or threads, bodies, events, claims); a smaller share is part of every larger one.

    Parameters
    ----------
    items : sequence of Item
    make : callable
        From a name and parameters to an unfitted classifier.
    scheme : LabelScheme
    classifier : str
    parameters : mapping
    shares : sequence of float
        In (0, 1].
    metrics : sequence of str
    seed : int
    data : str, optional
        Name of the data, for signatures.
    say : callable
        Called with a sentence before each share.

    Raises
    ------
    UsageError
        When a share is not in (0, 1].
    DataError
        When the items cannot be cut into folds.
    """
    if not shares or min(shares) <= 0 or max(shares) > 1:
        raise UsageError("shares must be greater than 0 and at most 1")
    key = next((unit for unit in DEFAULT_CLUSTER_KEYS if any(unit in item.groups for item in items)), "random")
    folded = fold_items(items, key, _FOLDS, seed=seed)
    folds = list(dict.fromkeys(item.split for item in folded))
    groups = list(dict.fromkeys(item.groups.get(key, item.id) for item in folded))
    random.Random(seed).shuffle(groups)  # noqa: S311 - a seeded shuffle, nothing secret
    place = {group: index for index, group in enumerate(groups)}
    for share in sorted(shares):
        kept = {group for group, index in place.items() if index < max(1, round(share * len(groups)))}
        steps = []
        for fold in folds:
            train = [item for item in folded if item.split != fold and item.groups.get(key, item.id) in kept]
            if len({item.stance for item in train}) < 2:
                raise DataError(f"{share:.0%} of the training rows have one label only; begin with a larger share")
            steps.append((train, [item for item in folded if item.split == fold]))
        say(f"{share:.0%} of the training rows")
        scored = [item for _, test in steps for item in test]
        found = predict_by(steps, lambda: make(classifier, dict(parameters)), model=classifier)
        others = {
            name: predict_by(steps, lambda kind=kind: make(kind, {}), model=name)  # type: ignore[misc]  # bound at once
            for name, kind in BASELINES.items()
            if kind != classifier
        }
        result = evaluate(
            scored,
            found,
            scheme=scheme,
            metrics=metrics,
            baselines=others,
            slices=(),
            seed=seed,
            data=data,
            split=f"folds at {share:g}",
        )
        yield CurvePoint(share=share, rows=sum(len(train) for train, _ in steps) / len(steps), evaluation=result)
