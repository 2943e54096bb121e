"""Phrases without a parser: where a verb phrase or a noun phrase begins and ends, told by the closed classes of English."""

from __future__ import annotations

from claimkit.attribution.lexicon import forms, nouns
from claimkit.attribution.model import Range
from claimkit.attribution.reading import Reading, Sentence
from claimkit.attribution.wordclasses import (
    ABBREVIATIONS,
    ADVERBS,
    AUXILIARIES,
    BARE,
    DAYS,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    STOPS,
    SUBORDINATORS,
    TITLES,
)

_FAR = 40  # tokens that a noun phrase may be long
_ASIDE = 30  # tokens that stand between two commas
_DASHES = frozenset("—–-")
_AFTER_PARTICIPLE = frozenset(["by", "whether", "about", "if", "why", "how", "who", "what", "when", "on", "in", "once", "again"])
_ASKED = frozenset(["asked", "pressed", "questioned", "quizzed"])
_RELATIVES = frozenset(["who", "which", "that"])


class Phrases:
    """The phrases of a text, by number of token.

    Parameters
    ----------
    reading : Reading
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.words = reading.words
        self.capital = reading.capital
        self.forms = forms()
        self.nouns = nouns()

    # single tokens

    def is_adverb(self, i: int) -> bool:
        """Tell whether a token is an adverb."""
        word = self.words[i]
        return word in ADVERBS or (word.endswith("ly") and len(word) > 4 and not self.capital[i])

    def is_finite(self, i: int) -> bool:
        """Tell whether a token is an auxiliary, or a reporting verb in the past or the third person."""
        word = self.words[i]
        if word in AUXILIARIES:
            return word != "'s" and not self.capital[i]
        form = self.forms.get(word)
        return form is not None and form.shape in ("past", "s") and not self.capital[i] and word not in self.nouns

    def touches(self, i: int) -> bool:
        """Tell whether no space stands between a token and the one before it."""
        return i > 0 and self.reading.ends[i - 1] == self.reading.starts[i]

    def is_abbreviation(self, i: int) -> bool:
        """Tell whether a full stop after a token may belong to it."""
        return len(self.words[i]) == 1 or "." in self.words[i] or self.words[i] in ABBREVIATIONS

    def quote_at(self, i: int) -> bool:
        """Tell whether a quotation begins at a token."""
        quote = self.reading.quote_of[i] if i < len(self.words) else -1
        return quote >= 0 and self.reading.quotes[quote].first == i

    def quote_before(self, i: int) -> int:
        """Return the length of the quotation that ends before a token, with its marks; 0 where none does."""
        quote = self.reading.quote_of[i - 1] if i else -1
        if quote < 0 or self.reading.quotes[quote].end != i:
            return 0
        return i - self.reading.quotes[quote].first

    def same_paragraph(self, i: int) -> bool:
        """Tell whether a token and the one before it stand in the same paragraph."""
        return "\n" not in self.reading.text[self.reading.ends[i - 1] : self.reading.starts[i]]

    # verb phrases

    def verb_phrase(self, verb: int, low: int) -> int:
        """Return the first token of the verb phrase that ends in a verb: its auxiliaries and adverbs count."""
        words, i = self.words, verb
        while i > low and (words[i - 1] in AUXILIARIES or self.is_adverb(i - 1)):
            i -= 1
        return i

    # noun phrases

    def noun_phrase_before(self, end: int, low: int) -> Range | None:
        """Return the noun phrase that ends before a token, or ``None`` where there is none."""
        low = max(low, end - _FAR)
        start = end
        while start > low:
            step = self._step_back(start, end, low)
            start -= abs(step)
            if step <= 0:
                break
        return self._trimmed(start, end)

    def _step_back(self, start: int, end: int, low: int) -> int:
        """Return by how many tokens a noun phrase goes on to the left; 0 ends it, a negative number ends it after so many more."""
        i = start - 1
        word = self.words[i]
        if word == ")":
            return start - opened if (opened := self._opened(i, low)) >= 0 else 0
        if word in STOPS:
            is_point = word == "." and start < end and i > low and self.touches(i) and self.is_abbreviation(i - 1)
            is_hyphen = word == "-" and start < end and self.touches(i) and self.touches(start)
            return int(is_point or is_hyphen)
        if word in ("and", "or"):
            return int(start < end and i > low and self._coordinates(i, low, end))
        if (
            word in SUBORDINATORS
            or (start < end and self.is_finite(i))
            or (word in AUXILIARIES and word != "'s" and not self.capital[i])
        ):
            return 0
        if word in PRONOUNS and word not in BARE:
            return -1 if start == end else 0
        if word in PREPOSITIONS or word == "to":
            return int(start < end and i > low and self._is_nominal(i - 1))
        if (
            word in DETERMINERS
            and i > low
            and self.words[i - 1] not in PREPOSITIONS
            and self.words[i - 1] not in ("and", "or", "all", "both")
        ):
            return -1
        if (
            word in TITLES
            and start < end
            and self.capital[i]
            and i > low
            and self.words[i - 1] not in PREPOSITIONS
            and not self._may_precede_title(i - 1)
        ):
            return -1
        return 1

    def _may_precede_title(self, i: int) -> bool:
        return (
            self.capital[i]
            or self.words[i] in DETERMINERS
            or self.words[i] in ("former", "late", "then")
            or self.words[i] in ("and", "or")
            or self.words[i] in PREPOSITIONS
        )

    def _opened(self, i: int, low: int) -> int:
        k = i
        while k > max(low, i - _ASIDE) and self.words[k] != "(":
            k -= 1
        return k if self.words[k] == "(" else -1

    def _is_nominal(self, i: int) -> bool:
        word = self.words[i]
        return not (word in STOPS or word in SUBORDINATORS or word in PREPOSITIONS or self.is_finite(i))

    def _coordinates(self, i: int, low: int, end: int) -> bool:
        """Tell whether "and" joins two noun phrases rather than two clauses."""
        if self.capital[i - 1] and (self.capital[i + 1] or self.words[i + 1] in DETERMINERS):
            return True
        k = i - 1
        while k >= low and self.words[k] not in STOPS and self.words[k] not in SUBORDINATORS:
            if self.is_finite(k) or self.words[k].endswith("ed"):
                return False
            k -= 1
        return (k < low or self.words[k] in ("that", ",")) and end - k <= 14

    def _trimmed(self, start: int, end: int) -> Range | None:
        """Drop what cannot open or close a noun phrase."""
        words = self.words
        while start < end and (
            words[start] in PREPOSITIONS
            or words[start] in ("and", "or", "'s")
            or not words[start][0].isalnum()
            or (words[start] in DAYS and end - start > 1)
            or (self.is_adverb(start) and words[start] not in ("both", "all", "only", "most"))
        ):
            start += 1
        while start < end and (
            words[end - 1] in DAYS or self.is_adverb(end - 1) or words[end - 1] in ("himself", "herself", "itself", "likewise")
        ):
            end -= 1
        return (start, end) if start < end else None

    def noun_phrase_after(self, start: int, high: int, *, with_places: bool = False) -> Range | None:
        """Return the noun phrase that begins at a token; ``with_places`` lets it go on over any preposition."""
        words, i = self.words, start
        high = min(high, start + _FAR)
        if i < high and words[i] in PRONOUNS and words[i] not in BARE:
            return start, start + 1
        while i < high:
            word = words[i]
            if word == "(":
                k = next((k for k in range(i, min(high, i + 12)) if words[k] == ")"), -1)
                if k < 0:
                    break
                i = k + 1
                continue
            if word in STOPS:
                is_point = word == "." and i > start and i + 1 < high and self.touches(i) and self.is_abbreviation(i - 1)
                is_hyphen = word == "-" and i > start and i + 1 < high and self.touches(i) and self.touches(i + 1)
                if not (is_point or is_hyphen):
                    break
            elif (i > start and not self._goes_on(i, with_places)) or (
                i == start and (word in SUBORDINATORS or word in AUXILIARIES or word in DAYS or word == "to")
            ):
                break
            i += 1
        return (start, i) if i > start else None

    def _goes_on(self, i: int, with_places: bool) -> bool:
        word = self.words[i]
        if word in ("and", "or"):
            return True
        if word in SUBORDINATORS or word in DAYS or word == "to" or (self.is_adverb(i) and word not in ("all", "both", "first")):
            return False
        if word in AUXILIARIES:
            return word == "'s" or self.capital[i]
        if word in PREPOSITIONS:
            return with_places or word in ("of", "for", "with", "from", "at")
        form = self.forms.get(word)
        return not (form is not None and form.shape == "past" and not self.capital[i])

    # subjects

    def subject(self, verb_phrase: int, low: int) -> Range | None:
        """Return the words before a verb phrase that name who does it, an apposition with its commas included."""
        i = verb_phrase - 1
        if i < low:
            return None
        word = self.words[i]
        if word in PRONOUNS and word not in BARE:
            return i, verb_phrase
        if word == "," or word in _DASHES:
            return self._after_day(self._before_aside(i, low), low)
        found = self.noun_phrase_before(verb_phrase, low)
        return self._after_day(self._with_relative_clause(found, verb_phrase, low), low)

    def _after_day(self, found: Range | None, low: int) -> Range | None:
        """Drop the place and day that open a sentence: "In Geneva on Monday the minister"."""
        if found is None or found[0] - 1 != low or self.words[low] not in PREPOSITIONS:
            return found
        day = max((k for k in range(found[0], found[1] - 1) if self.words[k] in DAYS and self.words[k + 1] != "'s"), default=-1)
        return found if day < 0 else (day + 1, found[1])

    def _before_aside(self, i: int, low: int) -> Range | None:
        """Return the noun phrase before an aside that ends in a comma at token i; with the aside where that says who it is."""
        words, quote_of = self.words, self.reading.quote_of
        if words[i - 1] == ")" and (found := self.noun_phrase_before(i, low)):
            return found[0], i + 1
        k, stop = i - 1, max(low, i - _ASIDE)
        while k > stop and ((words[k] != "," and words[k] not in _DASHES) or quote_of[k] != quote_of[i]):
            k -= 1
        if k <= stop or self.is_adverb(k - 1):
            return None
        is_relative = words[k + 1] in _RELATIVES or words[k + 1] == "whose"
        if not is_relative and not self._is_participle(k + 1) and any(self.is_finite(at) for at in range(k + 1, i)):
            return self._before_question(k, low)
        found = self.noun_phrase_before(k, low)
        if found and (opened := self._opening_participle(found[0], low)):
            found = self.noun_phrase_before(opened, low)
        while (
            found
            and found[0] - 1 > low
            and words[found[0] - 1] == ","
            and not self.capital[found[0]]
            and words[found[0]] not in PRONOUNS
        ):
            named = self.noun_phrase_before(found[0] - 1, low)
            if named is None or any(self.is_finite(at) for at in range(*named)):
                break
            found = named
        is_manner = (
            words[k + 1] in PREPOSITIONS
            or words[k + 1].endswith("ing")
            or words[k + 1] in ("however", "too", "after", "before", "like")
        )
        return None if found is None else (found[0], k if is_manner or words[k] in _DASHES else i + 1)

    def _is_participle(self, i: int) -> bool:
        return self.words[i].endswith("ing") or (self.words[i].endswith("ed") and self.words[i + 1] in _AFTER_PARTICIPLE)

    def _opening_participle(self, start: int, low: int) -> int:
        """Return the comma before an aside that opens with a participle whose object begins at a token: ", holding up (a film)"."""
        for k in range(start - 1, max(low, start - 4), -1):
            if self.words[k].endswith("ing") and self.words[k - 1] == ",":
                return k - 1
        return 0

    def _before_question(self, k: int, low: int) -> Range | None:
        """Return who was asked in an aside of two parts, ", asked on Monday, as he left, whether …,"; ``None`` elsewhere."""
        at = next((at for at in range(k - 1, max(low, k - _ASIDE), -1) if self.words[at] == ","), low)
        return self.noun_phrase_before(at, low) if at > low and self.words[at + 1] in _ASKED else None

    def _with_relative_clause(self, found: Range | None, verb_phrase: int, low: int) -> Range | None:
        """Go back over "the diplomat who had followed the vote", whose last words look like a noun phrase of their own."""
        start = verb_phrase if found is None else found[0]
        if start <= low or self.words[start - 1] in STOPS or (found is not None and found[0] == low):
            return found
        for k in range(start - 1, max(low, start - 10), -1):
            if self.words[k] in STOPS:
                return found
            if self.words[k] in ("who", "which"):
                head = self.noun_phrase_before(k, low)
                return (head[0], verb_phrase) if head else found
        return found

    def main_subject(self, sentence: Sentence, before: int) -> Range | None:
        """Return the subject of the first finite verb of a sentence that stands before a token."""
        for i in range(sentence.first + 1, min(before, sentence.first + 60)):
            if self.reading.quote_of[i] < 0 and (self.is_finite(i) or (self.words[i].endswith("ed") and not self.capital[i])):
                found = self.subject(self.verb_phrase(i, sentence.first), sentence.first)
                if found:
                    return found
        return None

    def owner(self, noun: int, low: int) -> Range | None:
        """Return who owns a noun: "his", "Trump's"; ``None`` where nobody is named."""
        k = noun - 1
        while k > low and noun - k < 4 and not self._is_owner(k) and self._is_nominal(k) and self.words[k] not in DETERMINERS:
            k -= 1
        if k < low or not self._is_owner(k):
            return None
        if self.words[k] in POSSESSIVES:
            return k, k + 1
        found = self.noun_phrase_before(k, low)
        return (found[0], k + 1) if found else None

    def _is_owner(self, i: int) -> bool:
        return self.words[i] in POSSESSIVES or self.words[i] in ("'s", "'")
