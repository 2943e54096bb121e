"""Training of the tagger from texts in which statements are marked."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from claimkit import __version__
from claimkit.attribution.features import TokenFeatures
from claimkit.attribution.model import Range
from claimkit.attribution.reading import Reading, read
from claimkit.attribution.rules import find_in
from claimkit.attribution.tagger_files import CUES, FORMAT_VERSION, MANIFEST, SPANS, TaggerModel, TrainedOn, sha256_of
from claimkit.errors import DataError, MissingExtraError
from claimkit.jsonl.folders import check_replaceable, writing_folder
from claimkit.records import Span, Statement

try:
    import pycrfsuite
except ImportError:
    raise MissingExtraError("crf", "training of the attribution system 'tagger'") from None

Marked: TypeAlias = tuple[str, Sequence[Statement]]
"""A text and the statements that are marked in it."""

_LONG_CUE = 15  # tokens; what is longer is hardly a cue
_PARAMETERS = {"c1": 0.0, "c2": 1.0, "feature.minfreq": 2}


def train_tagger(
    texts: Iterable[Marked],
    out: str | Path,
    *,
    data: str,
    iterations: int = 100,
    threshold: float = 0.4,
    force: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> TaggerModel:
    """Learn a tagger and write its folder, whole or not at all.

    Parameters
    ----------
    texts : iterable of (str, sequence of Statement)
        ``spans`` are the content, ``cue`` the words that report, ``speaker_span`` the source. Where the spans of a statement hold
        cue and source as well, these are taken out of the content. Statements without a cue teach nothing.
    out : path-like
        Folder to write.
    data : str
        What the texts are, for the manifest.
    iterations : int
        Of L-BFGS, at most, for each of the two models.
    threshold : float
        Least probability of a token that counts as a part of a cue.
    force : bool
        Replace a tagger that is there.
    advance : callable
        Is told of each text that was read, and of each iteration.

    Raises
    ------
    DataError
        When no statement has a cue, or the folder may not be written.
    """
    check_replaceable(out, force=force, marker=MANIFEST)
    cues, spans = (_trainer(iterations) for _ in range(2))
    n_texts = n_statements = 0
    for text, statements in texts:
        n_texts += 1
        for trainer, features, labels in _examples(text, statements):
            (cues if trainer == CUES else spans).append(features, labels)
            n_statements += trainer == SPANS
        advance(1)
    if not n_statements:
        raise DataError("no statement has a cue, so there is nothing to learn from")
    with writing_folder(out, force=force, marker=MANIFEST) as work:
        for trainer, name in ((cues, CUES), (spans, SPANS)):
            trainer.train(str(work / name))
            advance(iterations)
        model = TaggerModel(
            format="claimkit-attribution",
            format_version=FORMAT_VERSION,
            threshold=threshold,
            trained_on=TrainedOn(data=data, texts=n_texts, attributions=n_statements),
            sha256={name: sha256_of(work / name) for name in (CUES, SPANS)},
            claimkit=__version__,
        )
        (work / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=2) + b"\n")
    return model


def _trainer(iterations: int) -> pycrfsuite.Trainer:
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({**_PARAMETERS, "max_iterations": iterations})
    return trainer


def _examples(text: str, statements: Sequence[Statement]) -> Iterator[tuple[str, list[list[str]], list[str]]]:
    """Yield sequences of features with their labels, each with the name of the model that learns from it."""
    reading = read(text)
    features = TokenFeatures(reading, find_in(reading))
    cues = {number: tokens for number, entry in enumerate(statements) if (tokens := _tokens(reading, entry.cue))}
    labels = _labels(len(reading.words), [("", tokens) for tokens in cues.values()])
    for sentence in reading.sentences:
        yield CUES, features.cue_features(sentence.first, sentence.end), labels[sentence.first : sentence.end]
    is_cue = [label != "O" for label in labels]
    for number, tokens in cues.items():
        cue: Range = (min(tokens), max(tokens) + 1)
        if cue[1] - cue[0] > _LONG_CUE:
            continue
        source = _tokens(reading, statements[number].speaker_span) - tokens
        content = _tokens(reading, *statements[number].spans) - tokens - source
        if not content:
            continue
        window = features.window(cue)
        marked = _labels(len(reading.words), [("C", content), ("S", source)])
        yield SPANS, features.span_features(cue, window, is_cue), marked[slice(*window)]


def _tokens(reading: Reading, *spans: Span | None) -> set[int]:
    """Return the tokens that spans hold, those they cut included."""
    found: set[int] = set()
    for span in spans:
        if span is not None:
            found.update(range(bisect.bisect_right(reading.ends, span.start), bisect.bisect_left(reading.starts, span.end)))
    return found


def _labels(n: int, groups: Sequence[tuple[str, set[int]]]) -> list[str]:
    """Return a label for each token: "B" where a piece of a group begins, "I" within it, with the name of the group; else "O"."""
    labels = ["O"] * n
    for name, tokens in groups:
        for i in tokens:
            labels[i] = ("I" if i - 1 in tokens else "B") + name
    return labels
