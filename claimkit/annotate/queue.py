"""In which order flat items are shown: those first from which a model would learn most."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import log2

from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme

ORDERS = ("file", "random", "uncertainty", "disagreement")


def entropy(shares: Sequence[float]) -> float:
    """Return the entropy of a distribution in bits, in [0, log2(n)].

    >>> entropy([0.5, 0.5]), entropy([1.0, 0.0])
    (1.0, 0.0)
    """
    return -sum(share * log2(share) for share in shares if share > 0) + 0.0


def disagreement(distributions: Sequence[Sequence[float]]) -> float:
    """Return how far the distributions of several models are apart: the entropy of their mean less the mean of their entropies.

    In [0, log2(min(models, labels))], 0 where they are the same; the Jensen-Shannon divergence.

    References
    ----------
    McCallum and Nigam (1998), Employing EM and Pool-Based Active Learning for Text Classification, ICML (there as the mean
    divergence to the mean).

    Examples
    --------
    >>> disagreement([[1.0, 0.0], [0.0, 1.0]]), disagreement([[0.5, 0.5], [0.5, 0.5]])
    (1.0, 0.0)
    """
    mean = [sum(shares) / len(distributions) for shares in zip(*distributions, strict=True)]
    return entropy(mean) - sum(map(entropy, distributions)) / len(distributions)


def ordered(
    items: Sequence[Item], order: str, scheme: LabelScheme, said: Sequence[Mapping[str, Prediction]] = (), *, seed: int = 13
) -> list[str]:
    """Return the ids of items in the order in which they are to be labelled.

    Parameters
    ----------
    items : sequence of Item
    order : {"file", "random", "uncertainty", "disagreement"}
        ``uncertainty``: by the entropy of the models' mean distribution, the highest first; ``disagreement``: by how far the models
        are apart. Ties stay in the order of the file, and items without predictions come last.
    scheme : LabelScheme
    said : sequence of mappings of item id to Prediction
        One for each model. A prediction without probabilities counts as certain.
    seed : int
        Of the random order.

    References
    ----------
    Lewis and Gale (1994), A Sequential Algorithm for Training Text Classifiers, SIGIR (uncertainty sampling).
    """
    names = [item.id for item in items]
    if order == "random":
        random.Random(seed).shuffle(names)  # noqa: S311 - an order, not a secret
        return names
    if order == "file":
        return names
    scores = {}
    for name in names:
        distributions = [_distribution(predictions[name], scheme) for predictions in said if name in predictions]
        if distributions:
            mean = [sum(shares) / len(distributions) for shares in zip(*distributions, strict=True)]
            scores[name] = entropy(mean) if order == "uncertainty" else disagreement(distributions)
    return sorted(names, key=lambda name: -round(scores.get(name, -1.0), 12))


def _distribution(prediction: Prediction, scheme: LabelScheme) -> list[float]:
    if prediction.probabilities:
        return [prediction.probabilities.get(label, 0.0) for label in scheme.labels]
    return [float(label == prediction.stance) for label in scheme.labels]
