"""Where the content of an attribution begins and ends: clauses, quotations, and what stands before "he said"."""

from __future__ import annotations

from typing import Literal

from claimkit.attribution.model import Range
from claimkit.attribution.phrases import Phrases
from claimkit.attribution.reading import Quote, Sentence
from claimkit.attribution.wordclasses import AUXILIARIES, DETERMINERS, POSSESSIVES, PREPOSITIONS, PRONOUNS, STOPS, word_set

Scope = Literal["main", "fronted", "relative"]

_LONG = 250  # tokens that a content may be long; also keeps the work linear where there is no full stop
_SPEECH = 20  # paragraphs of one quotation
_CONTRAST = word_set("but while although though yet whereas")
_AFTER_TAG = word_set("who which but while as and a an in during after when where")
_OPENING = word_set("but and so yet")
SPEECH_FROM = 6  # tokens of a quotation, with its marks, that is speech rather than a name or a word set apart


class Clauses(Phrases):
    """The clauses of a text, by number of token."""

    def clause_end(self, start: int, high: int, scope: Scope = "main") -> int:
        """Return the token before which the clause or phrase ends that begins at ``start``.

        Parameters
        ----------
        start, high : int
            ``high`` is where the sentence ends.
        scope : {"main", "fronted", "relative"}
            A fronted clause ("When he denied it, …") ends at the comma before a new subject, a relative one at any comma.
        """
        words, quote_of, quotes = self.words, self.reading.quote_of, self.reading.quotes
        high = min(high, start + _LONG)
        i = start
        while i < high:
            word = words[i]
            if quote_of[i] >= 0:
                i = max(i + 1, min(quotes[quote_of[i]].end, high))
                continue
            if word == "(":
                closed = next((k for k in range(i + 1, min(high, i + 30)) if words[k] == ")"), i)
                i = closed + 1
                continue
            if i > start and (
                word == ";"
                or (word == "," and self._ends_at_comma(i, high, scope))
                or (word in ("and", "but") and self._reports(i + 1, high))
                or (word == "according" and i + 1 < high and words[i + 1] == "to")
            ):
                break
            i += 1
        return self._without_stop(start, i, high)

    def _without_stop(self, start: int, end: int, high: int) -> int:
        words, quote_of = self.words, self.reading.quote_of
        while end > start and quote_of[end - 1] < 0 and (words[end - 1] in ",.;:" or words[end - 1] in "—–"):
            if words[end - 1] == "." and end < high and self.is_abbreviation(end - 2):
                break
            end -= 1
        return end

    def _reports(self, i: int, high: int) -> bool:
        """Tell whether a further reporting verb, with the subject of the one before, begins at a token."""
        k = i
        while k < high and k < i + 4 and (self.is_adverb(k) or self.words[k] in AUXILIARIES):
            k += 1
        form = self.forms.get(self.words[k]) if k < high else None
        return (
            form is not None
            and form.shape in ("past", "s")
            and self.words[k] not in self.nouns
            and bool(form.frames & {"q", "t", "b"})
        )

    def _ends_at_comma(self, i: int, high: int, scope: Scope) -> bool:
        k = i + 1
        if k >= high:
            return False
        word = self.words[k]
        if scope == "relative":
            return True
        if scope == "fronted" and (word in DETERMINERS or word in PRONOUNS or word in POSSESSIVES or self.capital[k]):
            return True
        if word == "but" and k + 1 < high and self.words[k + 1] == "that":
            return False
        if word in _CONTRAST or word == "according":
            return True
        form = self.forms.get(word)
        if form is not None and (form.shape == "ing" or ("q" in form.frames and self._reports(k, high))):
            return True
        return word in ("and", "or", "then") and self._reports(k + 1, high)

    # content before a tag

    def content_before(self, tag: int, sentence: Sentence, floor: int, cue_before: int) -> Range | None:
        """Return what stands before "he said": from the floor or from the beginning of the quotation that ends there.

        Parameters
        ----------
        tag : int
            First token of the tag.
        sentence : Sentence
        floor : int
            Where the last tag of the sentence ended, else where the sentence begins.
        cue_before : int
            Token of the last cue in the sentence before the tag, -1 where there is none.
        """
        quote_of, quotes = self.reading.quote_of, self.reading.quotes
        start = floor
        if tag and quote_of[tag - 1] >= 0:
            first = quotes[quote_of[tag - 1]].first
            stands_alone = (
                first > start and tag - first >= SPEECH_FROM and (start <= cue_before < first or self.words[first - 1] == ":")
            )
            if stands_alone or (floor == sentence.first and first < start):
                start = first
        elif floor == sentence.first and quote_of[start] >= 0:
            start = min(start, quotes[quote_of[start]].first)
        return self.stripped(start, tag)

    def stripped(self, start: int, end: int) -> Range | None:
        """Drop commas and dashes at both ends, "but" and "and" at the beginning, and the full stop; ``None`` for nothing."""
        words, quote_of = self.words, self.reading.quote_of
        while start < end and quote_of[start] < 0 and (words[start] in ",;:—–-" or words[start] in _OPENING):
            start += 1
        while start < end and quote_of[end - 1] < 0 and words[end - 1] in ",;.—–-":
            end -= 1
        return (start, end) if start < end else None

    # content in quotation marks

    def speech(self, i: int) -> list[Range]:
        """Return the quotation in which a token stands and the paragraphs in which it goes on."""
        quotes, place = self.reading.quotes, self.reading.quote_of[i]
        found = [(quotes[place].first, quotes[place].end)]
        while quotes[place].goes_on and place + 1 < len(quotes) and len(found) < _SPEECH:
            place += 1
            found.append((quotes[place].first, quotes[place].end))
        return found

    def quotation(self, i: int, sentence: Sentence) -> list[Range]:
        """Return the content that begins with a quotation at token i, mixed with the writer's words where the clause goes on."""
        end = self.reading.quotes[self.reading.quote_of[i]].end
        more = self.speech(i)[1:]
        word = self.words[end] if end < sentence.end else "."
        if word not in STOPS and word not in PREPOSITIONS and word not in ("and", "but", "as", "when", "while", "to"):
            end = self.clause_end(i, sentence.end)
        return [(i, end), *more]

    def content_after(self, i: int, sentence: Sentence, *, is_closed: bool) -> list[Range]:
        """Return what goes on after a tag in the middle: “…,” he said, “…”.

        Parameters
        ----------
        i : int
            First token after the tag.
        sentence : Sentence
        is_closed : bool
            Whether only quotations can go on, because words follow the tag at once.
        """
        k = i
        while k < min(sentence.end, i + _LONG // 8) and not self.quote_at(k):
            k += 1
        if k < sentence.end and self.quote_at(k):
            return self.speech(k) if self._continues(i, k) else []
        if not is_closed and i + 1 < sentence.end and self.words[i] == ",":
            rest = self.stripped(i + 1, self.clause_end(i + 1, sentence.end))
            word, form = self.words[i + 1], self.forms.get(self.words[i + 1])
            is_clause = word not in _AFTER_TAG and not word.endswith("ing") and not (form is not None and form.shape == "ing")
            return [rest] if rest and rest[1] - rest[0] >= 3 and is_clause else []
        k = sentence.end
        if k < len(self.words) and self.quote_at(k) and self.same_paragraph(k):
            return [] if self._has_tag(self.reading.quotes[self.reading.quote_of[k]]) else self.speech(k)
        return []

    def _continues(self, i: int, quote: int) -> bool:
        """Tell whether the words between a tag and a quotation leave the quotation to the same speaker."""
        between = self.words[i:quote]
        if between and (
            self.reading.quotes[self.reading.quote_of[quote]].end - quote <= SPEECH_FROM or between[-1] not in (",", ":", ".")
        ):
            return False
        shapes = (form.shape for word in between if (form := self.forms.get(word)) is not None)
        return "and" not in between and not any(shape in ("past", "s", "ing") for shape in shapes)

    def _has_tag(self, quote: Quote) -> bool:
        """Tell whether a quotation is followed by a reporting verb of its own."""
        words, end = self.words, quote.end
        last = words[end - 2] if end - 2 >= quote.first else ""
        if last == "," or (end < len(words) and words[end] == ","):
            return True
        if end >= len(words) or not self.same_paragraph(end) or last == ".":
            return False
        for i in range(end, min(end + 6, len(words))):
            form = self.forms.get(words[i])
            if form is not None and "q" in form.frames and form.shape in ("past", "s"):
                return True
            if words[i] in STOPS:
                break
        return False
