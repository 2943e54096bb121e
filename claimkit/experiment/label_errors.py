"""Labels that may be wrong, by a classifier that is trained in folds so that it has never seen what it judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from claimkit.adjudication.doubts import Doubts, find_doubts
from claimkit.experiment.folds import cross_predict, fold_items
from claimkit.records import Item
from claimkit.schemes import LabelScheme

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier


def doubt_labels(
    items: Sequence[Item],
    make: Callable[[], StanceClassifier],
    scheme: LabelScheme,
    *,
    model: str,
    by: str | Sequence[str] = "document",
    folds: int = 5,
    seed: int = 13,
    after: Callable[[int], object] | None = None,
) -> Doubts:
    """Return the labels that a classifier trained on other documents is confident to contradict.

    Parameters
    ----------
    items : sequence of Item
        With labels of the scheme.
    make : callable
        Returns an unfitted classifier that gives probabilities.
    scheme : LabelScheme
    model : str
        What the classifier is called.
    by : str or sequence of str
        Group keys no value of which may stand on both sides of a fold.
    folds, seed : int
    after : callable, optional
        Called with 1 after each fold.

    Raises
    ------
    DataError
        When the items cannot be parted so, or one has no label.
    """
    folded = fold_items(items, by, folds, seed=seed)
    return find_doubts(folded, cross_predict(folded, make, model=model, after=after), scheme)
