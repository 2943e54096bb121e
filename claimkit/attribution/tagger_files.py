"""The folder of a tagger: two models of CRFsuite, and a manifest that says what they are and what bytes they have."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from claimkit.errors import DataError
from claimkit.jsonl import opening

CUES, SPANS, MANIFEST = "cues.crfsuite", "spans.crfsuite", "attribution.json"
FORMAT_VERSION = 1


class TrainedOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a tagger was learnt from."""

    data: str
    texts: int
    attributions: int


class TaggerModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The manifest of a tagger.

    Attributes
    ----------
    format, format_version
        ``"claimkit-attribution"`` and the version of it.
    threshold : float
        Least probability of a token that counts as a part of a cue, in (0, 1).
    trained_on : TrainedOn
    sha256 : dict of str to str
        Of the bytes of the two models, by the name of the file.
    claimkit : str
        The version that trained it; features may change with it.
    """

    format: str
    format_version: int
    threshold: float
    trained_on: TrainedOn
    sha256: dict[str, str]
    claimkit: str


def open_model(place: str | Path) -> TaggerModel:
    """Read the manifest of a tagger and compare the checksums of its models.

    Raises
    ------
    DataError
        When something is missing, is no tagger, or was changed.
    """
    folder = Path(place)
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(
            f"there is no {MANIFEST}; make the folder with: claimkit attribution train", path=folder, code="file-missing"
        )
    with opening(path):
        raw = path.read_bytes()
    try:
        model = msgspec.json.decode(raw, type=TaggerModel)
    except msgspec.DecodeError as error:
        raise DataError(f"not the manifest of a tagger: {str(error)[:1].lower()}{str(error)[1:]}", path=path) from None
    if model.format != "claimkit-attribution" or model.format_version != FORMAT_VERSION or not 0 < model.threshold < 1:
        raise DataError(f"this claimkit reads taggers of version {FORMAT_VERSION}; train it again", path=path)
    for name in (CUES, SPANS):
        if model.sha256.get(name) != sha256_of(folder / name):
            raise DataError(
                "the checksum is not the one in the manifest; the folder is damaged, train it again", path=folder / name
            )
    return model


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file."""
    with opening(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()
