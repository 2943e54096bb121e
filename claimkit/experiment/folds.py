"""Cross-prediction: every item is predicted by a classifier that has seen nothing of its document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from claimkit.records import Item, Prediction
from claimkit.splits import split_items

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier


def fold_items(
    items: Sequence[Item], by: str | Sequence[str] = "document", folds: int = 5, *, seed: int = 13, most: float = 0.5
) -> list[Item]:
    """Return the items with their fold (``fold1`` …) as split; no value of a key occurs in two folds.

    Raises
    ------
    DataError
        As :func:`claimkit.splits.split_items` does.
    """
    return split_items(items, by, {f"fold{number + 1}": 1.0 for number in range(folds)}, seed=seed, most=most).items


def cross_predict(
    folded: Sequence[Item],
    make: Callable[[], StanceClassifier],
    *,
    model: str,
    after: Callable[[int], object] | None = None,
    **options: Any,
) -> list[Prediction]:
    """Predict every fold with a classifier that was fitted on the others.

    Parameters
    ----------
    folded : sequence of Item
        With their fold as split (:func:`fold_items`).
    make : callable
        Returns an unfitted classifier.
    model : str
        Name for the predictions.
    after : callable, optional
        Called with 1 after each fold.
    **options
        For ``fit``.

    Returns
    -------
    list of Prediction
        In the order of the items, with probabilities in the order of the scheme.
    """
    folds = dict.fromkeys(item.split for item in folded)
    steps = (([item for item in folded if item.split != fold], [item for item in folded if item.split == fold]) for fold in folds)
    found = {entry.id: entry for entry in predict_by(steps, make, model=model, after=after, **options)}
    return [found[item.id] for item in folded]


def predict_by(
    steps: Iterable[tuple[Sequence[Item], Sequence[Item]]],
    make: Callable[[], StanceClassifier],
    *,
    model: str,
    after: Callable[[int], object] | None = None,
    **options: Any,
) -> list[Prediction]:
    """Fit a classifier on the first part of each step, and predict the second part.

    Parameters
    ----------
    steps : iterable of (items to learn from, items to predict)
    make, model, after, **options
        As in :func:`cross_predict`.
    """
    from claimkit.classifiers import predict_items

    found: list[Prediction] = []
    for train, test in steps:
        found += predict_items(make().fit(train, **options), test, model=model)
        if after is not None:
            after(1)
    return found
