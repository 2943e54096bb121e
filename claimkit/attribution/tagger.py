"""A learnt attributor: one conditional random field finds cues, another the source and the content of each cue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from claimkit.attribution.clauses import SPEECH_FROM
from claimkit.attribution.features import TokenFeatures
from claimkit.attribution.model import Attribution, Found, Range
from claimkit.attribution.reading import Reading, Sentence, read
from claimkit.attribution.rules import find_in
from claimkit.attribution.spans import attributions_of
from claimkit.attribution.tagger_files import CUES, SPANS, open_model
from claimkit.errors import MissingExtraError

try:
    import pycrfsuite
except ImportError:
    raise MissingExtraError("crf", "the attribution system 'tagger'") from None


class TaggerAttributor:
    """Two conditional random fields over tokens, learnt from annotated texts; what the rules find is among their features.

    Parameters
    ----------
    place : path-like
        A folder made by ``claimkit attribution train``.

    References
    ----------
    Lafferty, McCallum and Pereira (2001), Conditional Random Fields, ICML; Okazaki (2007), CRFsuite.
    """

    name = "tagger"

    def __init__(self, place: str | Path) -> None:
        model = open_model(place)
        self.threshold = model.threshold
        self._cues, self._spans = pycrfsuite.Tagger(), pycrfsuite.Tagger()
        self._cues.open(str(Path(place) / CUES))
        self._has_inner = "I" in self._cues.labels()  # where all cues learnt from have one token, there is no label for a second
        self._spans.open(str(Path(place) / SPANS))

    def find(self, text: str) -> list[Attribution]:
        """Return the attributions of a text, in the order of their cues."""
        reading = read(text)
        features = TokenFeatures(reading, find_in(reading))
        cues, is_cue = self._find_cues(reading, features)
        found, confidences = [], []
        for cue, confidence in cues:
            entry = self._spans_of(cue, features, is_cue)
            if entry is not None:
                found.append(entry)
                confidences.append(confidence)
        return attributions_of(reading, found, confidences)

    def _find_cues(self, reading: Reading, features: TokenFeatures) -> tuple[list[tuple[Range, float]], list[bool]]:
        """Return the cues with their probabilities, and for each token whether it belongs to one."""
        is_cue = [False] * len(reading.words)
        found: list[tuple[Range, float]] = []
        for sentence in reading.sentences:
            for (first, end), confidence in self._cues_of(sentence, features):
                is_cue[first:end] = [True] * (end - first)
                found.append(((first, end), confidence))
        return found, is_cue

    def _cues_of(self, sentence: Sentence, features: TokenFeatures) -> list[tuple[Range, float]]:
        tagger = self._cues
        tagger.set(features.cue_features(sentence.first, sentence.end))
        shares = [1.0 - tagger.marginal("O", k) for k in range(sentence.end - sentence.first)]
        found: list[tuple[Range, float]] = []
        k = 0
        while k < len(shares):
            if shares[k] < self.threshold:
                k += 1
                continue
            end = k + 1
            while end < len(shares) and shares[end] >= self.threshold and self._goes_on(end):
                end += 1
            found.append(((sentence.first + k, sentence.first + end), max(shares[k:end])))
            k = end
        return found

    def _goes_on(self, k: int) -> bool:
        """Tell whether a token of the sentence goes on with the cue before it, rather than beginning one."""
        return self._has_inner and bool(self._cues.marginal("B", k) < self._cues.marginal("I", k))

    def _spans_of(self, cue: Range, features: TokenFeatures, is_cue: Sequence[bool]) -> Found | None:
        """Return the attribution of a cue, ``None`` where no content is found."""
        window = features.window(cue)
        labels = self._spans.tag(features.span_features(cue, window, is_cue))
        pieces: dict[str, list[Range]] = {"S": [], "C": []}
        for place, label in enumerate(labels):
            i = window[0] + place
            if label == "O" or cue[0] <= i < cue[1]:
                continue
            kind = pieces[label[-1]]
            if kind and kind[-1][1] == i and label.startswith("I"):
                kind[-1] = (kind[-1][0], i + 1)
            else:
                kind.append((i, i + 1))
        source = max(pieces["S"], key=lambda piece: piece[1] - piece[0], default=None)
        if not pieces["C"]:
            return None
        content = _without_strays(pieces["C"], features.reading)
        return Found((source,) if source else (), (cue,), tuple(content), "tagger")


def _without_strays(pieces: list[Range], reading: Reading) -> list[Range]:
    """Keep only the quotations of a content that begins with one: the rest says where it was said, or to whom."""
    first, end = pieces[0]
    quote = reading.quote_of[first]
    if quote < 0 or reading.quotes[quote].first != first or reading.quote_of[end - 1] < 0 or end - first < SPEECH_FROM:
        return pieces
    return [piece for piece in pieces if reading.quote_of[piece[0]] >= 0 or reading.quote_of[piece[1] - 1] >= 0]
