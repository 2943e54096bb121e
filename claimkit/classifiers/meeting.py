"""Where a text meets its target: how near each sentence comes to it, what stands in the nearest one, and what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.pairs import NEGATIONS, REFUTATIONS
from claimkit.classifiers.shallow import BAD, GOOD
from claimkit.encoders.sentences import sentences_of

_WORD = re.compile(r"\w+(?:['’]t)?")
_ENDINGS = ("ing", "ed", "es", "s", "ly")
_LEAD = 3  # sentences at the start of a text
_SEEN = 0.15  # a cosine from which a sentence is about the target

# Words of six kinds, chosen for this project: they tell how a text speaks of what it reports.
KINDS: Mapping[str, frozenset[str]] = {
    "negations": frozenset(NEGATIONS),
    "refutations": frozenset(REFUTATIONS)
    | frozenset(
        "untrue myth debunked hoaxes contradict contradicts contradicted retracted rumor rumors rumour rumours".split()  # noqa: SIM905
    ),
    "reports": frozenset(
        "claim claims claimed allege alleges alleged allegedly report reports reported reportedly say says said according source "  # noqa: SIM905
        "sources unconfirmed apparently purported purportedly supposedly if could may might whether unclear unverified".split()
    ),
    "confirmations": frozenset(
        "confirm confirms confirmed official officially true truth indeed announced announce revealed reveals shows proves proved "  # noqa: SIM905
        "agree agrees agreed support supports".split()
    ),
    "good": GOOD,
    "bad": BAD,
}
_PLACES = ("target", "nearest", "lead", "text")
MEETING_FEATURES = (
    *("near_max", "near_mean", "near_top3", "near_top5", "near_first", "near_lead", "near_last", "nearest_place", "share_near"),
    *(
        "words_in_text",
        "weight_in_text",
        "words_in_nearest",
        "weight_in_nearest",
        "pairs_in_text",
        "triples_in_text",
        "longest_run",
    ),
    *("names_in_text", "numbers_in_text", "has_names", "has_numbers", "is_question", "has_quotes", "log_sentences", "log_target"),
    *(f"{kind}_in_{place}" for kind in KINDS for place in _PLACES),
    *("is_target", "questions", "exclamations", "links", "names_of_accounts", "hashtags", "capitals", "log_words"),
    *("negation_differs", "refutation_differs"),
)


class Weights(NamedTuple):
    """Inverse document frequencies of words, and that of a word that training texts did not have."""

    of: dict[str, float]
    unseen: float

    @classmethod
    def learn(cls, texts: Sequence[str]) -> Weights:
        """Count in how many of the distinct texts a word occurs; a weight is ln((1 + n) / (1 + df)) + 1."""
        counts: dict[str, int] = {}
        distinct = dict.fromkeys(texts)
        for text in distinct:
            for word in set(stems_of(text)):
                counts[word] = counts.get(word, 0) + 1
        n = len(distinct)
        return cls({word: float(np.log((1 + n) / (1 + df)) + 1) for word, df in counts.items() if df > 1}, float(np.log(1 + n) + 1))


def stems_of(text: str) -> list[str]:
    """Return the words of a text in lower case without their endings -ing, -ed, -es, -s, -ly.

    >>> stems_of("Officials denied killing him")
    ['official', 'deni', 'kill', 'him']
    """
    return [_stem(word) for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def meeting_rows(texts: Sequence[str], targets: Sequence[str], weights: Weights) -> Array:
    """Return the features of pairs, in the order of :data:`MEETING_FEATURES`.

    Parameters
    ----------
    texts, targets : sequences of str of length n
    weights : Weights

    Returns
    -------
    float64 array of shape (n, len(MEETING_FEATURES))
        Shares and cosines lie in [0, 1]; a share of nothing is nan.
    """
    rows = np.empty((len(texts), len(MEETING_FEATURES)))
    of_text: dict[str, _Text] = {}
    of_target: dict[str, _Target] = {}
    for row, (text, target) in enumerate(zip(texts, targets, strict=True)):
        if text not in of_text:
            of_text[text] = _Text(text, weights)
        if target not in of_target:
            of_target[target] = _Target(target, weights)
        rows[row] = _features(of_text[text], of_target[target])
    return rows


class _Target:
    """What is known of a target."""

    def __init__(self, target: str, weights: Weights) -> None:
        self.words = stems_of(target)
        self.unique = list(dict.fromkeys(self.words))
        self.weight = np.array([weights.of.get(word, weights.unseen) for word in self.unique])
        self.length = float(np.sqrt((self.weight**2).sum())) or 1.0
        self.pairs = list(dict.fromkeys(pairwise(self.words)))
        self.triples = list(dict.fromkeys(zip(self.words, self.words[1:], self.words[2:], strict=False)))
        raw = _WORD.findall(target)
        self.names = {_stem(word.lower()) for word in raw if word[:1].isupper()}
        self.numbers = {word for word in raw if word.isdigit()}
        self.kinds = _kinds_of(_WORD.findall(target.lower()))
        self.is_question = float(target.rstrip().endswith("?"))
        self.text = target.strip()
        self.has_quotes = float(any(mark in target for mark in "\"'“‘"))


class _Text:
    """What is known of a text: its sentences as rows over its words."""

    def __init__(self, text: str, weights: Weights) -> None:
        split = [stems_of(sentence) for sentence in sentences_of(text)]
        self.words = [word for words in split for word in words]
        self.place = {word: index for index, word in enumerate(dict.fromkeys(self.words))}
        idf = np.array([weights.of.get(word, weights.unseen) for word in self.place])
        self.held = np.zeros((len(split), len(self.place)))
        for row, words in enumerate(split):
            self.held[row, [self.place[word] for word in words]] = 1
        lengths = np.sqrt((self.held * idf**2).sum(axis=1))
        self.rows = self.held * idf / np.where(lengths > 0, lengths, 1)[:, None]
        letters = sum(map(str.isalpha, text))
        self.text = text.strip()
        self.marks = [
            *(text.count("?"), text.count("!"), text.count("http"), text.count("@"), text.count("#")),
            *(_share(sum(map(str.isupper, text)), letters), np.log1p(len(self.words))),
        ]
        self.pairs = set(pairwise(self.words))
        self.triples = set(zip(self.words, self.words[1:], self.words[2:], strict=False))
        raw = [_WORD.findall(sentence.lower()) for sentence in sentences_of(text)]
        self.kinds = np.array([_kinds_of(words) for words in raw])
        self.numbers = {word for words in raw for word in words if word.isdigit()}


def _kinds_of(words: Sequence[str]) -> list[float]:
    return [float(sum(word in kind for word in words)) for kind in KINDS.values()]


def _features(text: _Text, target: _Target) -> list[float]:
    known = [index for index, word in enumerate(target.unique) if word in text.place]
    columns = [text.place[target.unique[index]] for index in known]
    weight = target.weight[known]
    cosines = text.rows[:, columns] @ weight / target.length if known else np.zeros(len(text.rows))
    cosines = np.minimum(cosines, 1.0)
    best = int(cosines.argmax())
    ordered = np.sort(cosines)[::-1]
    in_best = text.held[best, columns] if known else np.zeros(0)
    n, total = len(target.unique), target.weight.sum()
    near = [
        *(ordered[0], cosines.mean(), ordered[:3].mean(), ordered[:5].mean()),
        *(cosines[0], cosines[:_LEAD].max(), cosines[-1], best / len(cosines), (cosines >= _SEEN).mean()),
    ]
    shares = [
        *(_share(len(known), n), _share(weight.sum(), total), _share(in_best.sum(), n), _share(in_best @ weight, total)),
        _share(sum(pair in text.pairs for pair in target.pairs), len(target.pairs)),
        _share(sum(triple in text.triples for triple in target.triples), len(target.triples)),
        _share(_longest_run(target.words, text.pairs, text.place), len(target.words)),
        _share(sum(name in text.place for name in target.names), len(target.names)),
        _share(len(target.numbers & text.numbers), len(target.numbers)),
    ]
    facts = [
        *(float(bool(target.names)), float(bool(target.numbers)), target.is_question, target.has_quotes),
        *(np.log1p(len(text.rows)), np.log1p(len(target.words))),
    ]
    lead, everywhere = text.kinds[:_LEAD].sum(axis=0), text.kinds.sum(axis=0)
    words = [
        value for kind in range(len(KINDS)) for value in (target.kinds[kind], text.kinds[best][kind], lead[kind], everywhere[kind])
    ]
    differ = [float((target.kinds[kind] > 0) != (text.kinds[best][kind] > 0)) for kind in (0, 1)]
    marks = [float(text.text == target.text), *text.marks]
    return [*near, *shares, *facts, *words, *marks, *differ]


def _longest_run(words: Sequence[str], pairs: set[tuple[str, str]], place: Mapping[str, int]) -> int:
    """Return the length of the longest stretch of the target whose neighbours are neighbours in the text, too."""
    longest = run = 0
    for index, word in enumerate(words):
        follows = run > 0 and (words[index - 1], word) in pairs
        run = (run + 1 if follows else 1) if word in place else 0
        longest = max(longest, run)
    return longest


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
