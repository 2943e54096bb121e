"""claimkit: stance and claim-tracking datasets. Who claims what about whom, who denies it, since when, how sure one can be.

The names below are the public functions; each is loaded when it is first used, so that ``import claimkit`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_PUBLIC = {
    "Corpus": "claimkit.corpus",
    "load_corpus": "claimkit.corpus",
    "validate": "claimkit.validate",
    "LabelScheme": "claimkit.schemes",
    "LabelMap": "claimkit.schemes",
    "read_items": "claimkit.jsonl",
    "read_predictions": "claimkit.jsonl",
    "split_items": "claimkit.splits",
    "load_dataset": "claimkit.catalog",
    "make_classifier": "claimkit.classifiers",
    "load_classifier": "claimkit.classifiers",
    "evaluate": "claimkit.evaluation",
    "layer_agreement": "claimkit.agreement",
    "adjudicate": "claimkit.adjudication",
}

if TYPE_CHECKING:
    from claimkit.adjudication import adjudicate
    from claimkit.agreement import layer_agreement
    from claimkit.catalog import load_dataset
    from claimkit.classifiers import load_classifier, make_classifier
    from claimkit.corpus import Corpus, load_corpus
    from claimkit.evaluation import evaluate
    from claimkit.jsonl import read_items, read_predictions
    from claimkit.schemes import LabelMap, LabelScheme
    from claimkit.splits import split_items
    from claimkit.validate import validate

__all__ = [
    "Corpus",
    "LabelMap",
    "LabelScheme",
    "__version__",
    "adjudicate",
    "evaluate",
    "layer_agreement",
    "load_classifier",
    "load_corpus",
    "load_dataset",
    "make_classifier",
    "read_items",
    "read_predictions",
    "split_items",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'claimkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
