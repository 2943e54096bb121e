"""The artefact panel: what can be had on a test set without doing the task, from the same training data."""

from __future__ import annotations

from collections.abc import Sequence

from claimkit.classifiers import make_classifier
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme

# name in the panel -> classifier, its parameters, and the group key without which it makes no sense
ARTEFACTS: dict[str, tuple[str, dict[str, str], str | None]] = {
    "majority": ("majority", {}, None),
    "majority-per-target": ("majority-per-target", {}, None),
    "actor-only": ("actor-only", {"key": "actor"}, "actor"),
    "actor-pair-only": ("actor-only", {"key": "actor_pair"}, "actor_pair"),
    "target-only": ("target-only", {}, None),
    "text-only": ("text-only", {}, None),
    "length-only": ("length-only", {}, None),
    "sentiment-only": ("sentiment-only", {}, None),
}


def artefact_predictions(train: Sequence[Item], test: Sequence[Item], scheme: LabelScheme) -> dict[str, list[Prediction]]:
    """Fit every artefact baseline that the items allow, and predict with it.

    Parameters
    ----------
    train, test : sequence of Item
        The former with stances.
    scheme : LabelScheme

    Returns
    -------
    dict of str to list of Prediction
        By the names of :data:`ARTEFACTS`; those that read an actor are left out where the items name none.
    """
    found = {}
    labels = {item.stance for item in train}
    for name, (classifier, parameters, key) in ARTEFACTS.items():
        made = make_classifier(classifier, scheme, **parameters)
        if (key is not None and not any(key in item.groups for item in train)) or (made.needs_two_labels and len(labels) < 2):
            continue
        fitted = made.fit(train)
        pairs = zip(test, fitted.predict(test), strict=True)
        found[name] = [Prediction(id=item.id, stance=str(label), model=name) for item, label in pairs]
    return found
