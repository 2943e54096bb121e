"""Classifiers of stance: scikit-learn estimators over items, and model folders without pickle.

A classifier is one module and one line in the table below; other packages add theirs through the entry point group
``claimkit.classifiers``. Importing this package loads no scikit-learn; the first classifier that is asked for does.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimkit.errors import UsageError, suggest
from claimkit.records import Item, Prediction
from claimkit.registry import Registry
from claimkit.schemes import LabelScheme, scheme_of

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier

_CHUNK = 4096  # items; a model reads a stream in such pieces

CLASSIFIERS = Registry(
    "classifier",
    "claimkit.classifiers",
    {
        "ngrams": "claimkit.classifiers.linear:NgramClassifier",
        "svm-ngrams": "claimkit.classifiers.svm:SvmNgramClassifier",
        "embeddings": "claimkit.classifiers.embeddings:EmbeddingClassifier",
        "boosting": "claimkit.classifiers.boosting:BoostingClassifier",
        "two-stage": "claimkit.classifiers.two_stage:TwoStageClassifier",
        "ensemble": "claimkit.classifiers.ensemble:EnsembleClassifier",
        "transformer": "claimkit.classifiers.transformer:TransformerClassifier",
        "zero-shot": "claimkit.classifiers.zero_shot:ZeroShotClassifier",
        "majority": "claimkit.classifiers.counts:MajorityClassifier",
        "majority-per-target": "claimkit.classifiers.counts:MajorityPerTargetClassifier",
        "actor-only": "claimkit.classifiers.counts:ActorOnlyClassifier",
        "length-only": "claimkit.classifiers.shallow:LengthOnlyClassifier",
        "sentiment-only": "claimkit.classifiers.shallow:SentimentOnlyClassifier",
        "text-only": "claimkit.classifiers.linear:TextOnlyClassifier",
        "target-only": "claimkit.classifiers.linear:TargetOnlyClassifier",
    },
)


def make_classifier(name: str, labels: str | Iterable[str] | LabelScheme, **parameters: Any) -> StanceClassifier:
    """Return an unfitted classifier.

    Parameters
    ----------
    name : str
        A key of :data:`CLASSIFIERS`.
    labels : str, iterable of str or LabelScheme
        The labels of the scheme in order, or the scheme's name.
    **parameters
        Those of the classifier.

    Raises
    ------
    UsageError
        When there is no such classifier or it has no such parameter.

    Examples
    --------
    >>> make_classifier("majority", "pstance")
    MajorityClassifier(labels=('FAVOR', 'AGAINST'))
    """
    kind = CLASSIFIERS[name]
    known = [key for key in inspect.signature(kind).parameters if key != "labels"]
    for key in parameters:
        if key not in known:
            near = suggest(key, known)
            hint = f"{near + ' ' if near else ''}it has: {', '.join(known) or 'none'}"
            raise UsageError(f"the classifier '{name}' has no parameter '{key}'; {hint}")
    scheme = labels if isinstance(labels, LabelScheme) else scheme_of(labels)
    made: StanceClassifier = kind(scheme.labels, **parameters)
    return made


def save_classifier(classifier: StanceClassifier, folder: str | Path, *, card: str | None = None, force: bool = False) -> Path:
    """Write a fitted classifier as a model folder, whole or not at all.

    Parameters
    ----------
    classifier : StanceClassifier
    folder : path-like
    card : str, optional
        Text of the model card; default: one made from what the classifier knows of itself.
    force : bool
        Replace the model that is there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        When the folder has something in it and ``force`` is not given, or it is no model folder.
    """
    from claimkit.classifiers.persistence import save

    return save(classifier, folder, card=card, force=force)


def load_classifier(folder: str | Path) -> StanceClassifier:
    """Return the classifier of a model folder, after everything in it was checked.

    Raises
    ------
    DataError
        When something is missing, damaged, or not what ``model.json`` says; names the file.
    """
    from claimkit.classifiers.persistence import load

    return load(folder)


def predict_items(classifier: StanceClassifier, items: Iterable[Item], *, model: str | None = None) -> Iterator[Prediction]:
    """Yield a prediction for each item, in their order; items are taken and predicted some thousands at a time.

    Parameters
    ----------
    classifier : StanceClassifier
        Fitted.
    items : iterable of Item
    model : str, optional
        What predictions call the model; default: the classifier's name and a checksum of its parts.

    Yields
    ------
    Prediction
        Its probabilities are in the order of the scheme and have six digits.
    """
    from claimkit.classifiers.persistence import identity

    name = identity(classifier) if model is None else model
    labels = [str(label) for label in classifier.classes_]
    remaining = iter(items)
    while chunk := list(itertools.islice(remaining, _CHUNK)):
        probabilities = classifier.predict_proba(chunk)
        best = probabilities.argmax(axis=1).tolist()
        for item, place, row in zip(chunk, best, probabilities.round(6).tolist(), strict=True):
            yield Prediction(id=item.id, stance=labels[place], probabilities=dict(zip(labels, row, strict=True)), model=name)


__all__ = ["CLASSIFIERS", "load_classifier", "make_classifier", "predict_items", "save_classifier"]
