"""Cross-prediction: every item is predicted by a classifier that has seen nothing of its document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from claimkit.records import Item, Prediction
from claimkit.splits import split_items

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier


def fold_items(items: Sequence[Item], by: str | Sequence[str] = "document", folds: int = 5, *, seed: int = 13) -> list[Item]:
    """Return the items with their fold (``fold1`` …) as split; no value of a key occurs in two folds.

    Raises
    ------
    DataError
        As :func:`claimkit.splits.split_items` does.
    """
    return split_items(items, by, {f"fold{number + 1}": 1.0 for number in range(folds)}, seed=seed).items


def cross_predict(
    folded: Sequence[Item], make: Callable[[], StanceClassifier], *, model: str, after: Callable[[int], object] | None = None
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

    Returns
    -------
    list of Prediction
        In the order of the items, with probabilities in the order of the scheme.
    """
    found: dict[str, Prediction] = {}
    for fold in dict.fromkeys(item.split for item in folded):
        train = [item for item in folded if item.split != fold]
        test = [item for item in folded if item.split == fold]
        classifier = make().fit(train)
        probabilities = classifier.predict_proba(test)
        labels = [str(label) for label in classifier.classes_]
        for item, label, row in zip(test, classifier.predict(test), probabilities, strict=True):
            shares = dict(zip(labels, (round(float(share), 6) for share in row), strict=True))
            found[item.id] = Prediction(id=item.id, stance=str(label), probabilities=shares, model=model)
        if after is not None:
            after(1)
    return [found[item.id] for item in folded]
