"""Who a source is: names, titles, pronouns and descriptions in a text, resolved to the actors of a corpus."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from claimkit.attribution.model import Attribution, Range
from claimkit.attribution.names import ARTICLES, HONORIFICS, Cast, Mention
from claimkit.attribution.reading import read
from claimkit.attribution.wordclasses import PREPOSITIONS, word_set
from claimkit.records import Span

_SHE = word_set("mrs ms miss lady queen smt begum")
_HE = word_set("mr sir lord king prince shri")
_GENDERS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}
_SINGLE = ("person", "unnamed_source")
_BODIES = ("organisation", "government", "state", "armed_group", "media", "collective")
_GROUPS = ("state", "organisation", "government", "collective", "armed_group", "unnamed_source")
_SPOKES = word_set("spokesman spokeswoman spokesperson spokesmen spokespeople spokespersons")
_STAFF = word_set("""officials diplomats officers ministers generals authorities leaders lawyers commanders negotiators envoys""")
_TELLING = word_set("spoke talked told speaking")
_INDEFINITE = word_set("a an one another some two three several many few most")
_BREAKS = word_set("who which that whose , ( — –")
_IGNORED = word_set("'s its their his her new same old own then former senior top")


class Speaker(NamedTuple):
    """To whom the source of an attribution was resolved.

    Attributes
    ----------
    actor : str or None
        Id; ``None`` where nobody of the corpus fits.
    in_sentence : bool
        Whether the actor is named beside the cue, rather than by a pronoun or not at all.
    outlet : str or None
        Id of the medium to which the words were told: "told the Chronicle", "said in an interview with Sputnik".
    """

    actor: str | None
    in_sentence: bool
    outlet: str | None = None


def resolve_speakers(
    cast: Cast, text: str, attributions: Sequence[Attribution], *, document: str | None = None, date: str | None = None
) -> list[Speaker]:
    """Return who speaks in each of the attributions of a text.

    Parameters
    ----------
    cast : Cast
        The actors.
    text : str
    attributions : sequence of Attribution
        Of the text, in the order of their cues.
    document : str, optional
        Id; unnamed sources of other documents are left out.
    date : str, optional
        ISO 8601 date on which roles must hold.

    Examples
    --------
    >>> from claimkit.attribution.rules import RuleAttributor
    >>> from claimkit.records import Actor, Affiliation
    >>> role = Affiliation(actor="b", role="foreign minister")
    >>> actors = [Actor(id="a", name="Ana Bo", kind="person", affiliations=(role,)), Actor(id="b", name="Borduria", kind="state")]
    >>> text = "Ana Bo denied it. Borduria’s foreign minister denied that. “We wait,” she said. Bordurian officials denied it."
    >>> cast = Cast({actor.id: actor for actor in actors})
    >>> [speaker.actor for speaker in resolve_speakers(cast, text, RuleAttributor().find(text))]
    ['a', 'a', 'a', 'b']
    """
    speakers = _Speakers(cast, text, document, date)
    return [speakers.resolve(entry) for entry in attributions]


class _Speakers:
    """Resolves the sources of one text, in order; who has spoken is remembered."""

    def __init__(self, cast: Cast, text: str, document: str | None, date: str | None) -> None:
        self.cast = cast
        self.reading = read(text)
        self.document = document
        self.date = date[:10] if date else None
        self.mentions = list(cast.mentions(self.reading, document))
        self._at = {mention.first: mention for mention in self.mentions}
        self._firsts = [mention.first for mention in self.mentions]
        self._places: dict[str, list[int]] = {}
        self._gender: dict[str, str] = {}
        openings = {i for sentence in self.reading.sentences for i in range(sentence.first, sentence.first + 3)}
        self._openers: list[Mention] = []  # subjects of sentences, in the writer's words
        for mention in self.mentions:
            self._places.setdefault(mention.actor, []).append(mention.first)
            if mention.first in openings and self.reading.quote_of[mention.first] < 0:
                self._openers.append(mention)
            for i in (mention.first, max(0, mention.first - 1)):
                word = self.reading.words[i]
                if word in _SHE or word in _HE:
                    self._gender[mention.actor] = "she" if word in _SHE else "he"
        self._spoke: list[tuple[int, str]] = []
        self._outlets: dict[str | None, tuple[int, str]] = {}  # to which medium somebody spoke last, and in which paragraph
        self._hidden: tuple[Range, ...] = ()  # what the one who is looked for says; in "Kabul waits, it said", it is not Kabul

    def resolve(self, entry: Attribution) -> Speaker:
        """Return who speaks."""
        if not entry.source:
            return Speaker(None, False)
        source = self._tokens(entry.source[0])
        if source[0] >= source[1]:
            return Speaker(None, False)
        self._hidden = tuple(self._last_clause(*self._tokens(span)) for span in entry.content)
        actor = self._resolve(*source)
        if actor is not None:
            self._spoke.append((source[0], actor))
        word = self.reading.words[source[0]]
        is_pronoun = source[1] - source[0] == 1 and (word in _GENDERS or word in ("it", "its", "they", "their", "we", "i"))
        cue = self._tokens(entry.cue[0]) if entry.cue else source
        in_sentence = not is_pronoun and self._sentence(source[0]) == self._sentence(cue[0])
        return Speaker(actor, in_sentence, self._told(actor, source, cue))

    def _told(self, actor: str | None, source: Range, cue: Range) -> str | None:
        """Return the medium to which the words were told, in this sentence or before in the same paragraph."""
        words = self.reading.words
        asides = [
            i + 1 for i in range(source[0], min(cue[0], source[0] + 30)) if words[i] in ("spoke", "talked", "told", "speaking")
        ]
        outlet = next((found for at in (cue[1], *asides) if (found := self._outlet(at)) is not None), None)
        paragraph = self.reading.sentences[self._sentence(cue[0]) - 1].paragraph
        if actor is not None and outlet is not None:
            self._outlets[actor] = paragraph, outlet
        elif actor in self._outlets and self._outlets[actor][0] == paragraph:
            return self._outlets[actor][1]
        return outlet

    def _outlet(self, after: int) -> str | None:
        """Return the medium that is named right after a reporting verb, or with whom an interview was."""
        words = self.reading.words
        start = after + 1 if words[after : after + 1] == ["to"] else after
        interview = next((i + 2 for i in range(after, min(after + 5, len(words) - 1)) if words[i] == "interview"), None)
        for at in (start, start + 1, *(() if interview is None else (interview, interview + 1))):
            mention = self._at.get(at)
            if mention is not None and self._kind(mention.actor) == "media":
                return mention.actor
        return None

    def _tokens(self, span: Span) -> Range:
        return bisect.bisect_right(self.reading.ends, span.start), bisect.bisect_left(self.reading.starts, span.end)

    def _sentence(self, i: int) -> int:
        return bisect.bisect_right(self.reading.sentences, i, key=lambda sentence: sentence.first)

    def _kind(self, actor: str) -> str:
        return self.cast.actors[actor].kind

    def _inside(self, first: int, end: int) -> list[Mention]:
        """Return the mentions between two tokens."""
        return [self._at[i] for i in range(first, end) if i in self._at and self._at[i].end <= end]

    def _resolve(self, first: int, end: int) -> str | None:
        words = self.reading.words
        if end - first == 1:
            word = words[first]
            if word in _GENDERS or word == "i":
                return self._person(first, _GENDERS.get(word, ""))
            if word in ("it", "its"):
                return self._latest(first, _BODIES)
            if word in ("they", "their", "them", "we"):
                return self._latest(first, _GROUPS)
            if word in ("who", "which", "that"):
                return self._before(first)
        cut = next((i for i in range(first, end) if words[i] in _BREAKS), end)
        whole = self._at.get(first) or self._at.get(first + 1)
        if whole is not None and cut < whole.end <= end:
            return whole.actor  # an alias such as "one of them, who spoke on condition of anonymity"
        found = self._phrase(first, cut)
        if not self._inside(first, cut):  # "the minister, Subrahmanyam Jaishankar"
            apposed = [
                mention for mention in self._inside(cut, end) if mention.first == cut + 1 and self._kind(mention.actor) in _SINGLE
            ]
            if apposed and words[cut : cut + 1] == [","]:
                return apposed[0].actor
        return found

    def _phrase(self, first: int, end: int) -> str | None:
        """Return who a noun phrase without its asides names."""
        words = self.reading.words
        start = next((i for i in range(first, end) if words[i] not in ARTICLES), end)
        inside = self._inside(first, end)
        if start >= end:
            return None
        for mention in inside:
            before = range(first, mention.first)
            if mention.end == end and all(
                not self.reading.capital[i] or words[i] in HONORIFICS or words[i] in ARTICLES for i in before
            ):
                if any(words[i] in ("in", "at") for i in before):
                    break  # "the ministry in Delhi"
                return self._in_context(mention) if mention.first in (first, start) else mention.actor
        after_head = next((i for i in range(start + 1, end) if words[i] in PREPOSITIONS or words[i] == "to"), end)
        noun = words[after_head - 1]
        owner = self._owner(first, start, after_head)
        for mention in inside:
            if mention.end == after_head and (mention.first in (first, start) or self._kind(mention.actor) == "person"):
                return self._in_context(mention, owner)
        bodies = [mention for mention in inside if self._kind(mention.actor) in _BODIES]
        if noun in _SPOKES:
            named = sorted(bodies, key=lambda mention: mention.first < after_head)  # "a spokesman for the army"
            return named[0].actor if named else self._by_adjective(start, after_head) or self._latest(first, _BODIES)
        found = self._described(first, start, after_head - 1, owner)
        if found is None and noun in _STAFF:
            found = bodies[0].actor if bodies else self._by_adjective(start, after_head) or owner
        if found is None:
            unnamed = [mention.actor for mention in inside if self._kind(mention.actor) == "unnamed_source"]
            found = unnamed[0] if unnamed else None
        return found

    def _by_adjective(self, first: int, end: int) -> str | None:
        """Return the state that an adjective names: "Indian officials"."""
        places = (i for i in range(first, end) if self.reading.capital[i])
        return next((state for i in places if (state := self.cast.state_of(self.reading.words[i])) is not None), None)

    def _owner(self, first: int, start: int, after_head: int) -> str | None:
        """Return to whom one belongs who is described: "its ministry", "the ministry in Delhi"; a state or body."""
        words = self.reading.words
        if words[first] in ("its", "their"):
            return self._latest(first, _BODIES)
        place = after_head < len(words) and words[after_head] in ("in", "at", "of")
        near = self._at.get(after_head + 1) or self._at.get(after_head + 2) if place else None
        return near.actor if near is not None and start < after_head and self._kind(near.actor) in _BODIES else None

    def _in_context(self, mention: Mention, owner: str | None = None) -> str:
        """Return who is meant by a name; a mere noun ("the ministry") may mean another one who has been named before."""
        words = self.reading.words
        is_noun = mention.end - mention.first == 1 and not self.reading.capital[mention.first]
        if not is_noun or self._last_place(mention.actor, mention.first) >= 0:
            return mention.actor
        named = [
            (place, actor)
            for actor in self.cast.with_title(words[mention.first])
            if self.cast.may_speak_in(actor, self.document)
            and (owner is None or self.cast.is_part_of(actor, owner))
            and (place := self._last_place(actor, mention.first)) >= 0
        ]
        return max(named)[1] if named else mention.actor

    def _described(self, first: int, start: int, head: int, owner: str | None = None) -> str | None:
        """Return who is described: "the minister", "India's foreign secretary"; the one who was named last where several fit."""
        words = self.reading.words
        if words[first] in _INDEFINITE:
            return None
        modifiers = [words[i] for i in range(start, head) if words[i] not in _IGNORED]
        best, score = None, -1
        for actor in self.cast.with_title(words[head]):
            titles = self.cast.title_words(actor, self.date)
            if words[head] not in titles or not self.cast.may_speak_in(actor, self.document):
                continue
            if owner is not None and not self.cast.is_part_of(actor, owner):
                continue
            if all(word in titles or self.cast.belongs_to(actor, word) for word in modifiers):
                last = self._last_place(actor, first)
                if last > score or (best is None and (modifiers or owner)):
                    best, score = actor, last
        return best

    def _last_place(self, actor: str, before: int) -> int:
        places = self._places.get(actor, [])
        at = bisect.bisect_left(places, before)
        spoke = next((place for place, name in reversed(self._spoke[-50:]) if name == actor and place < before), -1)
        return max(places[at - 1] if at else -1, spoke)

    def _prominent(self, before: int, kinds: Sequence[str]) -> Iterator[str]:
        """Yield who spoke or opened a sentence before a token, the latest first, then who was mentioned."""
        spoke = [entry for entry in self._spoke[-50:] if entry[0] < before and self._is_open(entry[0])]
        at = bisect.bisect_left(self._openers, before, key=lambda mention: mention.first)
        opened = [(mention.first, mention.actor) for mention in self._openers[max(0, at - 50) : at] if self._is_open(mention.first)]
        mentioned = [
            entry for entry in self.mentions[: bisect.bisect_left(self._firsts, before)][-50:] if self._is_open(entry.first)
        ]
        for _, actor in sorted((*spoke, *opened), reverse=True):
            if self._kind(actor) in kinds:
                yield actor
        yield from (mention.actor for mention in reversed(mentioned) if self._kind(mention.actor) in kinds)

    def _last_clause(self, first: int, end: int) -> Range:
        """Return what follows the last colon or semicolon: in "Ana put it otherwise: all was lost, she said", she is Ana."""
        breaks = (i for i in range(end - 1, first - 1, -1) if self.reading.words[i] in (":", ";") and self.reading.quote_of[i] < 0)
        return next(breaks, first - 1) + 1, end

    def _is_open(self, token: int) -> bool:
        return not any(start <= token < end for start, end in self._hidden)

    def _latest(self, before: int, kinds: Sequence[str]) -> str | None:
        return next(self._prominent(before, kinds), None)

    def _person(self, before: int, gender: str) -> str | None:
        for actor in self._prominent(before, _SINGLE):
            if not gender or self._gender.setdefault(actor, gender) == gender:
                return actor
        return None

    def _before(self, relative: int) -> str | None:
        """Return whom a relative pronoun takes up: who is named right before it."""
        words = self.reading.words
        end = next((i + 1 for i in range(relative - 1, -1, -1) if words[i] != ","), 0)
        near = self.mentions[: bisect.bisect_left(self._firsts, relative)][-3:]
        close = [mention for mention in near if mention.end == end or mention.first >= relative - 12]
        return close[-1].actor if close else None
