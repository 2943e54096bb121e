"""Labels that may be wrong: those that a classifier which has not seen them is confident to contradict."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from claimkit.adjudication.voting import Floats
from claimkit.agreement.ratings import Codes
from claimkit.errors import DataError
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A label that may be wrong.

    Attributes
    ----------
    item : str
    label, suggested : str
        The one that it has, and the one that the classifier is confident of.
    p_label, p_suggested : float
        Their probabilities.
    text, target : str
    """

    item: str
    label: str
    suggested: str
    p_label: float
    p_suggested: float
    text: str
    target: str


class Doubts(msgspec.Struct, frozen=True, kw_only=True):
    """What a classifier says of the labels of a data set.

    Attributes
    ----------
    n : int
        Items looked at.
    thresholds : dict of str to float or None
        How sure the classifier is on average of a label where it is given; it is confident from there on. ``None``: never given.
    candidates : list of Doubt
        The clearest contradictions first.
    by_label : dict of str to int
        How many candidates each label has.
    """

    n: int
    thresholds: dict[str, float | None]
    candidates: list[Doubt]
    by_label: dict[str, int]


def confident_labels(probabilities: Floats, codes: Codes) -> tuple[Codes, Floats]:
    """Return the label that a classifier is confident of for each item, and from which probability on it is confident of a label.

    A classifier is confident of a label where it is at least as sure of it as it is on average of the items that have it; of
    several such labels the most probable one counts.

    Parameters
    ----------
    probabilities : array of shape (n, labels)
        Of a classifier that has not learnt from the item.
    codes : int array of shape (n,)
        The given labels.

    Returns
    -------
    int array of shape (n,), array of shape (labels,)
        -1 where it is confident of none; nan for labels that nothing has.

    References
    ----------
    Northcutt, Jiang and Chuang (2021), Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 70, equations 1 and 2.

    Examples
    --------
    >>> shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05]])
    >>> found, thresholds = confident_labels(shares, np.array([0, 0, 1, 1]))
    >>> found.tolist(), thresholds.round(3).tolist()
    ([0, -1, 1, 0], [0.85, 0.475])
    """
    k = probabilities.shape[1]
    given = np.eye(k)[codes]
    amounts = given.sum(axis=0)
    sums = (given * probabilities).sum(axis=0)
    thresholds = np.divide(sums, amounts, out=np.full(k, np.nan), where=amounts > 0)
    is_confident = probabilities >= np.nan_to_num(thresholds, nan=np.inf)
    best = np.where(is_confident, probabilities, -1.0)
    return np.where(is_confident.any(axis=1), best.argmax(axis=1), -1).astype(np.int64), thresholds


def find_doubts(items: Sequence[Item], predictions: Sequence[Prediction], scheme: LabelScheme) -> Doubts:
    """Return the labels that a classifier is confident to contradict.

    Parameters
    ----------
    items : sequence of Item
        With labels of the scheme.
    predictions : sequence of Prediction
        One for each item, with probabilities, of a classifier that has not learnt from it.
    scheme : LabelScheme

    Raises
    ------
    DataError
        When an item has no label or no probabilities.
    """
    said = {entry.id: entry.probabilities for entry in predictions}
    place = {label: index for index, label in enumerate(scheme.labels)}
    for item in items:
        if item.stance not in place:
            raise DataError(f"the item '{item.id}' has no label of the scheme ({', '.join(scheme.labels)})")
        if not said.get(item.id):
            raise DataError(f"the item '{item.id}' has no predicted probabilities")
    shares = np.array([[said[item.id].get(label, 0.0) for label in scheme.labels] for item in items]).reshape(-1, len(place))
    codes = np.array([place[str(item.stance)] for item in items], dtype=np.int64)
    confident, thresholds = confident_labels(shares, codes)
    rows = np.flatnonzero((confident >= 0) & (confident != codes))
    margins = shares[rows, codes[rows]] - shares[rows, confident[rows]]
    candidates = []
    for row in rows[np.argsort(margins, kind="stable")].tolist():
        item, suggested = items[row], scheme.labels[confident[row]]
        candidates.append(
            Doubt(
                item=item.id,
                label=str(item.stance),
                suggested=suggested,
                p_label=float(shares[row, codes[row]]),
                p_suggested=float(shares[row, confident[row]]),
                text=item.text,
                target=item.target,
            )
        )
    counts = {label: sum(doubt.label == label for doubt in candidates) for label in scheme.labels}
    known = [None if np.isnan(value) else float(value) for value in thresholds]
    return Doubts(n=len(items), thresholds=dict(zip(scheme.labels, known, strict=True)), candidates=candidates, by_label=counts)
