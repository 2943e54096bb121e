"""Model folders: ``model.json``, ``vocabulary.json``, ``model.safetensors`` and a model card; data only, checked before use."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import safetensors
import safetensors.numpy

import claimkit
from claimkit.classifiers import CLASSIFIERS, make_classifier
from claimkit.classifiers.base import StanceClassifier, State
from claimkit.classifiers.card import plain_card
from claimkit.errors import ClaimkitError, DataError, UsageError
from claimkit.jsonl import opening
from claimkit.jsonl.folders import writing_folder
from claimkit.records import encode

FORMAT_VERSION = 1
_MANIFEST, _VOCABULARY, _TENSORS = "model.json", "vocabulary.json", "model.safetensors"
# Nothing larger is read; a linear model on n-grams stays far below.
_LARGEST = {_MANIFEST: 4 << 20, _VOCABULARY: 256 << 20, _TENSORS: 4 << 30}
_DTYPES = (np.float32, np.float64)


class FileFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Size and checksum of a file."""

    bytes: int
    sha256: str


class ModelFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"vocabulary": _VOCABULARY, "tensors": _TENSORS}):
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
    tensors = safetensors.numpy.save({name: np.ascontiguousarray(tensor) for name, tensor in state.tensors.items()})
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
        files=ModelFiles(_facts_of(vocabulary), _facts_of(tensors)),
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
        (work / _MANIFEST).write_bytes(msgspec.json.format(encode(model), indent=2) + b"\n")
        (work / _VOCABULARY).write_bytes(vocabulary)
        (work / _TENSORS).write_bytes(tensors)
        (work / "README.md").write_bytes(card.encode())


def read_model_file(folder: str | Path) -> ModelFile:
    """Return the checked ``model.json`` of a folder."""
    folder = Path(folder)
    if not (folder / _MANIFEST).is_file():
        what = "this folder is no model: it has no model.json" if folder.is_dir() else "there is no such model folder"
        raise DataError(f"{what}; make one with: claimkit train", path=folder)
    path = folder / _MANIFEST
    raw = _read(path)
    model = _decode(raw, dict[str, Any], path)
    version = model.get("format_version")
    if model.get("format") != "claimkit-model":
        raise DataError("this is not the description of a claimkit model: 'format' must be 'claimkit-model'", path=path)
    if version != FORMAT_VERSION:
        raise DataError(
            f"its format is version {version!r}, this claimkit reads {FORMAT_VERSION}; train the model again", path=path
        )
    found: ModelFile = _decode(raw, ModelFile, path)
    return found


def load(folder: str | Path) -> StanceClassifier:
    """Read a model folder; see :func:`claimkit.classifiers.load_classifier`."""
    folder = Path(folder)
    model = read_model_file(folder)
    path = folder / _MANIFEST
    try:
        classifier = make_classifier(model.classifier, model.labels, **model.parameters)
        labels = classifier._check_labels()
        classifier._check_parameters()
    except (ClaimkitError, ValueError) as error:
        raise DataError(str(error), path=path) from None
    if list(model.label_counts) != labels or min(model.label_counts.values()) < 0:
        raise DataError("'label_counts' must have one number for each of 'labels', in order", path=path)
    vocabulary = _decode(_read(folder / _VOCABULARY, model.files.vocabulary), dict[str, list[str]], folder / _VOCABULARY)
    lengths = {name: len(terms) for name, terms in vocabulary.items()}
    if lengths != model.vocabularies:
        message = f"the vocabularies have the lengths {lengths}, model.json says {model.vocabularies}"
        raise DataError(message, path=folder / _VOCABULARY)
    tensors = _tensors(folder / _TENSORS, model)
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


def _tensors(path: Path, model: ModelFile) -> dict[str, Any]:
    raw = _read(path, model.files.tensors)
    try:
        tensors: dict[str, Any] = safetensors.numpy.load(raw)
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"not a safetensors file ({error})", path=path) from None
    shapes = {name: list(tensor.shape) for name, tensor in tensors.items()}
    if shapes != model.tensors:
        raise DataError(f"the tensors have the shapes {shapes}, model.json says {model.tensors}", path=path)
    for name, tensor in tensors.items():
        if tensor.dtype not in _DTYPES or not np.isfinite(tensor).all():
            raise DataError(f"the tensor '{name}' must hold finite floating-point numbers", path=path)
    return tensors


def _read(path: Path, facts: FileFacts | None = None) -> bytes:
    with opening(path):
        if path.exists() and not path.is_file():
            raise DataError("this is not a regular file", path=path)
        size = path.stat().st_size
        if size > _LARGEST[path.name]:
            raise DataError(f"{size} bytes are more than the {_LARGEST[path.name]} that are read", path=path)
        if facts is not None and size != facts.bytes:
            raise DataError(f"it has {size} bytes, model.json says {facts.bytes}; the folder is damaged, copy it again", path=path)
        raw = path.read_bytes()
    if facts is not None and hashlib.sha256(raw).hexdigest() != facts.sha256:
        raise DataError("the checksum is not the one in model.json; the folder is damaged or was changed, copy it again", path=path)
    return raw


def _decode(raw: bytes, kind: Any, path: Path) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise DataError(f"not what a model folder holds: {str(error)[:1].lower()}{str(error)[1:]}", path=path) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"not valid JSON: {error}", path=path) from None


def _facts_of(raw: bytes) -> FileFacts:
    return FileFacts(len(raw), hashlib.sha256(raw).hexdigest())


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise UsageError(f"a parameter of the type {type(value).__name__} cannot be saved; give numbers, texts or lists of them")
