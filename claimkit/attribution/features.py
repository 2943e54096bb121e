"""What the tagger sees of a token: its words, its classes, quotation marks, and what the rules make of it."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from claimkit.attribution.lexicon import forms, nouns
from claimkit.attribution.model import Found, Range
from claimkit.attribution.reading import Reading
from claimkit.attribution.wordclasses import AUXILIARIES, DAYS, DETERMINERS, PREPOSITIONS, PRONOUNS, SUBORDINATORS

_CLASSES = (
    ("aux", AUXILIARIES),
    ("prep", PREPOSITIONS),
    ("det", DETERMINERS),
    ("pro", PRONOUNS),
    ("day", DAYS),
    ("sub", SUBORDINATORS),
)
_SEPARATORS = frozenset(",;:—–")
_MARKS = frozenset(",;:.—–-?!()")
_BACK, _AHEAD = 250, 300  # tokens around a cue that are looked at
_SPEECH_AHEAD = 250
_DISTANCES = (1, 2, 3, 4, 7, 12, 20, 40)


class TokenFeatures:
    """The features of the tokens of a text.

    Parameters
    ----------
    reading : Reading
    found : sequence of Found
        What the rules found in it.
    """

    def __init__(self, reading: Reading, found: Sequence[Found]) -> None:
        self.reading = reading
        self._found = found
        self._firsts = [sentence.first for sentence in reading.sentences]
        self._forms = forms()
        self._roles = [""] * len(reading.words)
        for role, parts in (("S", [entry.source for entry in found]), ("C", [entry.content for entry in found])):
            for first, end in (place for part in parts for place in part):
                for i in range(first, end):
                    self._roles[i] = self._roles[i] or role
        for first, end in (place for entry in found for place in entry.cue):
            self._roles[first:end] = "Q" * (end - first)
        known = nouns()
        self._classes = [self._class_of(i, known) for i in range(len(reading.words))]
        self._own = [self._own_features(i) for i in range(len(reading.words))]

    def _class_of(self, i: int, known: dict[str, str]) -> str:
        word = self.reading.words[i]
        form = self._forms.get(word)
        if form is not None:
            return f"v-{form.shape}"
        if word in known:
            return "noun"
        for name, words in _CLASSES:
            if word in words:
                return name
        if not word[0].isalnum():
            return word
        if self.reading.capital[i]:
            return "Xx"
        return "ly" if word.endswith("ly") else "0" if word[0].isdigit() else "x"

    def _own_features(self, i: int) -> list[str]:
        word = self.reading.words[i]
        form = self._forms.get(word)
        found = [f"w={word}", f"c={self._classes[i]}", "X" if self.reading.capital[i] else "x"]
        if form is not None:
            found += [f"l={form.lemma}", *(f"f={frame}" for frame in sorted(form.frames))]
        elif len(word) > 4:
            found += [f"e={word[-3:]}", f"e={word[-2:]}"]
        return found

    # cues

    def cue_features(self, first: int, end: int) -> list[list[str]]:
        """Return the features of tokens for the question whether they belong to a cue."""
        return [self._cue_features(i) for i in range(first, end)]

    def _cue_features(self, i: int) -> list[str]:
        words, classes, quote_of = self.reading.words, self._classes, self.reading.quote_of
        found = [*self._own[i], f"q{quote_of[i] >= 0}", f"r{self._roles[i]}"]
        for step in (-4, -3, -2, -1, 1, 2, 3, 4):
            j = i + step
            if 0 <= j < len(words):
                found += [f"{step}w={words[j]}", f"{step}c={classes[j]}"]
                if abs(step) <= 2:
                    found += [f"{step}r={self._roles[j]}", f"{step}q{quote_of[j] >= 0}"]
        found += self._place_features(i)
        if i + 2 < len(words):
            found += [f"cc={classes[i + 1]}|{classes[i + 2]}", f"wcc={words[i]}|{classes[i + 1]}|{classes[i + 2]}"]
        if i > 1:
            found.append(f"-cc={classes[i - 2]}|{classes[i - 1]}")
        if i + 1 < len(words):
            found.append(f"ww={words[i]}|{words[i + 1]}")
            form = self._forms.get(words[i])
            if form is not None:
                found.append(f"lc={form.lemma}|{classes[i + 1]}|{quote_of[i + 1] >= 0}")
            if i:
                found += [f"ccc={classes[i - 1]}|{classes[i]}|{classes[i + 1]}", f"-ww={words[i - 1]}|{words[i]}"]
        return found

    def _place_features(self, i: int) -> list[str]:
        """Return where in its sentence a token stands, and what stands beside it, auxiliaries and adverbs passed over."""
        words, classes = self.reading.words, self._classes
        sentence = self.reading.sentences[bisect.bisect_right(self._firsts, i) - 1]
        low, high = max(sentence.first, i - 6), min(sentence.end, i + 7)
        left = next((k for k in range(i - 1, low - 1, -1) if classes[k] not in ("aux", "ly")), -1)
        right = next((k for k in range(i + 1, high) if classes[k] not in ("aux", "ly")), -1)
        return [
            f"from{min(i - sentence.first, 5)}",
            f"to{min(sentence.end - i, 4)}",
            f"first{sentence.paragraph == self.reading.sentences[0].paragraph}",
            f"left={classes[left] if left >= 0 else '^'}|{classes[i]}",
            f"leftw={words[left] if left >= 0 else '^'}",
            f"right={classes[right] if right >= 0 else '$'}|{classes[i]}",
            f"w4={words[i][:4]}",
        ]

    # source and content of a cue

    def window(self, cue: Range) -> Range:
        """Return the tokens among which source and content of a cue are looked for: its sentence and quotations beside it."""
        reading = self.reading
        quotes, quote_of, sentences = reading.quotes, reading.quote_of, reading.sentences
        place = bisect.bisect_right(self._firsts, cue[0]) - 1
        first, end, paragraph = sentences[place]
        if quote_of[first] >= 0:
            first = min(first, quotes[quote_of[first]].first)
        elif first and quote_of[first - 1] >= 0 and sentences[place - 1].paragraph == paragraph:
            first = quotes[quote_of[first - 1]].first
        for following in sentences[place + 1 :]:
            if following.first < end:
                continue
            if end - cue[1] > _SPEECH_AHEAD:
                break
            is_next = following.paragraph == paragraph + 1 and reading.words[end - 1] == ":"
            is_speech = quote_of[following.first] >= 0 and following.paragraph == paragraph
            if not (is_next or is_speech):
                break
            paragraph, end = following.paragraph, following.end
            if quote_of[end - 1] >= 0:
                end = max(end, quotes[quote_of[end - 1]].end)
        return min(cue[0], max(first, cue[0] - _BACK)), max(cue[1], min(end, cue[1] + _AHEAD))

    def span_features(self, cue: Range, window: Range, is_cue: Sequence[bool]) -> list[list[str]]:
        """Return the features of the tokens of a window for the question what they are to a cue.

        Parameters
        ----------
        cue, window : Range
        is_cue : sequence of bool
            For each token of the text, whether it belongs to any cue.
        """
        reading = self.reading
        words = reading.words
        roles = self._roles_for(cue)
        head = next((i for i in range(cue[1] - 1, cue[0] - 1, -1) if words[i] in self._forms), cue[1] - 1)
        form = self._forms.get(words[head])
        after = cue[1] if cue[1] < len(words) else -1
        of_cue = (
            form.lemma if form else words[head],
            f"{form.shape if form else 'x'}|{self._classes[after] if after >= 0 else ''}",
            words[after] if after >= 0 else "",
            words[cue[0] - 1] if cue[0] else "",
        )
        between = self._between(cue, window, is_cue)
        return [self._span_features(i, cue, of_cue, between[i - window[0]], roles, is_cue) for i in range(*window)]

    def _roles_for(self, cue: Range) -> dict[int, str]:
        """Return what the rules make of tokens for the attribution whose cue this is."""
        mine = next((entry for entry in reversed(self._found) if any(a < cue[1] and cue[0] < b for a, b in entry.cue)), None)
        if mine is None:
            return {}
        parts = (("C", mine.content), ("S", mine.source))
        return {i: role for role, part in parts for first, end in part for i in range(first, end)}

    def _between(self, cue: Range, window: Range, is_cue: Sequence[bool]) -> list[tuple[int, int, int]]:
        """Return for each token how many separators, other cues and quotation marks stand between it and the cue."""
        words, quote_of = self.reading.words, self.reading.quote_of
        counts = [(0, 0, 0)] * (window[1] - window[0])
        commas = cues = marks = 0
        for i in range(cue[1], window[1]):
            commas += words[i] in _SEPARATORS
            cues += is_cue[i] and not is_cue[i - 1]
            marks += quote_of[i] != quote_of[i - 1]
            counts[i - window[0]] = commas, cues, marks
        commas = cues = marks = 0
        for i in range(cue[0] - 1, window[0] - 1, -1):
            counts[i - window[0]] = commas, cues, marks
            commas += words[i] in _SEPARATORS
            cues += is_cue[i] and not (i + 1 < cue[0] and is_cue[i + 1])
            marks += i > window[0] and quote_of[i] != quote_of[i - 1]
        return counts

    def _span_features(
        self,
        i: int,
        cue: Range,
        of_cue: tuple[str, str, str, str],
        between: tuple[int, int, int],
        roles: dict[int, str],
        is_cue: Sequence[bool],
    ) -> list[str]:
        words, classes, quote_of = self.reading.words, self._classes, self.reading.quote_of
        side = "L" if i < cue[0] else "R" if i >= cue[1] else "M"
        distance = cue[0] - i if side == "L" else i - cue[1] + 1 if side == "R" else 0
        step = next((limit for limit in _DISTANCES if distance <= limit), 99)
        quoted, role = "q" if quote_of[i] >= 0 else "", roles.get(i, "")
        commas, cues, marks = min(between[0], 3), min(between[1], 2), min(between[2], 3)
        lemma, shape, after, before = of_cue
        found = [
            side + str(step),
            f"{side}{quoted}{role}",
            f"c{side}{commas}{quoted}",
            f"o{side}{cues}{quoted}",
            f"m{side}{marks}{quoted}",
            f"x{side}{min(commas, 2)}{min(cues, 1)}{min(marks, 2)}{quoted}{role}",
            f"w={words[i]}",
            f"{side}w={words[i]}",
            f"{side}c={classes[i]}",
            f"{side}l={lemma}{quoted}{min(marks, 2)}",
            f"{side}s={shape}{quoted}",
            f"{side}a={after}",
            f"{side}b={before}{quoted}",
            f"cue{is_cue[i] and side != 'M'}",
        ]
        for offset in (-1, 1):
            j = i + offset
            if 0 <= j < len(words):
                found += [
                    f"{side}{offset}w={words[j]}",
                    f"{side}{offset}c={classes[j]}",
                    f"{side}{offset}r={roles.get(j, '')}{role}",
                    f"{offset}q{quote_of[j] >= 0}{quoted}",
                    f"{offset}cue{is_cue[j]}",
                ]
        if i > 1:
            found += [f"{side}-2c={classes[i - 2]}", f"{side}-2w={words[i - 2]}"]
        if i + 2 < len(words):
            found += [f"{side}2c={classes[i + 2]}", f"{side}2w={words[i + 2]}"]
        if i and words[i - 1] in _MARKS:
            found.append(f"{side}|{words[i - 1]}|{classes[i]}|{words[i]}")
        if i + 1 < len(words) and words[i + 1] in _MARKS:
            found.append(f"{side}>{words[i + 1]}{min(commas, 2)}")
        return found
