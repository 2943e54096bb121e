"""Model folders: ``model.json``, ``vocabulary.json``, ``model.safetensors`` and a model card; data only, checked before use."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

import claimkit
from claimkit.classifiers import CLASSIFIERS, make_classifier
from claimkit.classifiers.base import StanceClassifier, State
from claimkit.classifiers.card import plain_card
from claimkit.errors import ClaimkitError, DataError, UsageError
from claimkit.jsonl import opening
from claimkit.jsonl.folders import writing_folder
from claimkit.modelfiles import (
    MANIFEST,
    TENSORS,
    FileFacts,
    decode,
    facts_of,
    pack_tensors,
    read_file,
    read_manifest,
    unpack_tensors,
)
from claimkit.records import encode

FORMAT_VERSION = 1
_VOCABULARY = "vocabulary.json"
# Nothing larger is read; a linear model on n-grams stays far below.
_LARGEST = {_VOCABULARY: 256 << 20, TENSORS: 4 << 30}


class ModelFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"vocabulary": _VOCABULARY, "tensors": TENSORS}):
    """The two files beside ``model.json``; their names are fixed."""

    vocabulary: FileFacts
    tensors: FileFacts


class ModelFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of ``model.json``.

    Attributes
    ----------
    format : "claimkit-model"
    format_version : int
    claimkit : str
        Version that wrote it.
    classifier : str
        A name of the registry; never a path to code.
    parameters : dict
    labels : tuple of str
    n_rows : int
        Training rows.
    label_counts : dict of str to int
        Among them.
    facts : dict
        What the classifier adds, such as its calibration.
    tensors, vocabularies : dict
        Name to shape, and name to length.
    files : ModelFiles
    """

    format: Literal["claimkit-model"] = "claimkit-model"
    format_version: int = FORMAT_VERSION
    claimkit: str
    classifier: str
    parameters: dict[str, Any]
    labels: tuple[str, ...]
    n_rows: int
    label_counts: dict[str, int]
    facts: dict[str, Any]
    tensors: dict[str, list[int]]
    vocabularies: dict[str, int]
    files: ModelFiles

    @property
    def identity(self) -> str:
        """The name that predictions carry: the classifier and the start of a checksum over all that decides a prediction."""
        parts = (self.parameters, self.labels, self.facts, self.files.vocabulary.sha256, self.files.tensors.sha256)
        return f"{self.classifier}@{hashlib.sha256(msgspec.json.encode(parts, order='sorted')).hexdigest()[:12]}"


def pack(classifier: StanceClassifier) -> tuple[ModelFile, bytes, bytes]:
    """Return the content of ``model.json``, ``vocabulary.json`` and ``model.safetensors``.

    Raises
    ------
    UsageError
        When the classifier is not of the registry or was not fitted.
    """
    if classifier.name not in CLASSIFIERS or CLASSIFIERS[classifier.name] is not type(classifier):
        raise UsageError(f"{type(classifier).__name__} is not in the registry, so no model folder can name it; add an entry point")
    if not hasattr(classifier, "classes_"):
        raise UsageError("the classifier was not fitted, so there is nothing to save; call fit first")
    state = classifier._state()
    tensors = pack_tensors(state.tensors)
    vocabulary = msgspec.json.encode(state.vocabularies)
    parameters = {key: value for key, value in classifier.get_params(deep=False).items() if key != "labels"}
    model = ModelFile(
        claimkit=claimkit.__version__,
        classifier=classifier.name,
        parameters=msgspec.to_builtins(parameters, enc_hook=_plain),
        labels=tuple(classifier.classes_.tolist()),
        n_rows=classifier.n_rows_,
        label_counts=classifier.label_counts_,
        facts=state.facts,
        tensors={name: list(tensor.shape) for name, tensor in state.tensors.items()},
        vocabularies={name: len(terms) for name, terms in state.vocabularies.items()},
        files=ModelFiles(facts_of(vocabulary), facts_of(tensors)),
    )
    return model, vocabulary, tensors


def identity(classifier: StanceClassifier) -> str:
    """Return the name that predictions of a fitted classifier carry, such as ``ngrams@1f3c5a7b9d0e``."""
    return pack(classifier)[0].identity


def save(classifier: StanceClassifier, folder: str | Path, *, card: str | None = None, force: bool = False) -> Path:
    """Write a model folder; see :func:`claimkit.classifiers.save_classifier`."""
    packed = pack(classifier)
    with writing_folder(folder, force=force) as work:
        write_into(work, packed, card if card is not None else plain_card(packed[0], Path(folder).name))
    return Path(folder)


def write_into(work: Path, packed: tuple[ModelFile, bytes, bytes], card: str) -> None:
    """Write the files of a model into a folder that is being made."""
    model, vocabulary, tensors = packed
    with opening(work):
        (work / MANIFEST).write_bytes(msgspec.json.format(encode(model), indent=2) + b"\n")
        (work / _VOCABULARY).write_bytes(vocabulary)
        (work / TENSORS).write_bytes(tensors)
        (work / "README.md").write_bytes(card.encode())


def read_model_file(folder: str | Path) -> ModelFile:
    """Return the checked ``model.json`` of a folder."""
    raw, path = read_manifest(folder, named="claimkit-model", version=FORMAT_VERSION, make="claimkit train")
    found: ModelFile = decode(raw, ModelFile, path)
    return found


def load(folder: str | Path) -> StanceClassifier:
    """Read a model folder; see :func:`claimkit.classifiers.load_classifier`."""
    folder = Path(folder)
    model = read_model_file(folder)
    path = folder / MANIFEST
    try:
        classifier = make_classifier(model.classifier, model.labels, **model.parameters)
        labels = classifier._check_labels()
        classifier._check_parameters()
    except (ClaimkitError, ValueError) as error:
        raise DataError(str(error), path=path) from None
    if list(model.label_counts) != labels or min(model.label_counts.values()) < 0:
        raise DataError("'label_counts' must have one number for each of 'labels', in order", path=path)
    vocabulary = decode(_read(folder / _VOCABULARY, model.files.vocabulary), dict[str, list[str]], folder / _VOCABULARY)
    lengths = {name: len(terms) for name, terms in vocabulary.items()}
    if lengths != model.vocabularies:
        message = f"the vocabularies have the lengths {lengths}, model.json says {model.vocabularies}"
        raise DataError(message, path=folder / _VOCABULARY)
    tensors = unpack_tensors(_read(folder / TENSORS, model.files.tensors), model.tensors, folder / TENSORS)
    classifier.classes_ = np.array(labels)
    classifier.n_rows_ = model.n_rows
    classifier.label_counts_ = model.label_counts
    try:
        classifier._restore(State(tensors, vocabulary, model.facts))
    except KeyError as error:
        raise DataError(f"{error.args[0]!r} is missing from what a classifier '{model.classifier}' is made of", path=path) from None
    except (ValueError, msgspec.ValidationError) as error:
        raise DataError(str(error), path=path) from None
    return classifier


def _read(path: Path, facts: FileFacts) -> bytes:
    return read_file(path, facts, largest=_LARGEST[path.name])


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise UsageError(f"a parameter of the type {type(value).__name__} cannot be saved; give numbers, texts or lists of them")
