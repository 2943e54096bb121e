"""The actors of a corpus by everything that may name them: names, aliases, titles, roles, and adjectives of countries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from claimkit.attribution.reading import Reading, read
from claimkit.attribution.wordclasses import word_set
from claimkit.records import Actor

HONORIFICS = word_set(
    """mr mrs ms miss dr sir lord lady president prime minister general gen admiral senator sen representative rep governor gov
    secretary ambassador chancellor king queen prince sheikh maulana pandit shri smt begum colonel col captain major
    brigadier professor prof judge justice chief"""
)
ARTICLES = word_set("a an the this that these those")
_SUFFIXES = ("an", "i", "ese", "ish", "n", "ic")
_ID = re.compile(r"[\w.-]+")


class Mention(NamedTuple):
    """Tokens that name an actor."""

    first: int
    end: int
    actor: str


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, without an article and full stops.

    >>> name_words("The U.S. Congress")
    ('u.s', 'congress')
    """
    words = [word for word in read(name).words if word != "."]
    while len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    return tuple(words)


def is_adjective_of(word: str, name: str) -> bool:
    """Tell whether a word is the name of a country or formed from it.

    >>> is_adjective_of("pakistani", "pakistan"), is_adjective_of("afghan", "afghanistan"), is_adjective_of("indeed", "india")
    (True, True, False)
    """
    if word == name:
        return True
    shared = 0
    for one, other in zip(word, name, strict=False):
        if one != other:
            break
        shared += 1
    return shared >= max(3, min(4, len(name) - 1)) and word.endswith(_SUFFIXES)


class Cast:
    """The actors of a corpus, by what may name them.

    Parameters
    ----------
    actors : mapping of str to Actor
    documents : iterable of str
        Ids of documents. An unnamed source whose id or name holds one of them belongs to that document alone.

    Attributes
    ----------
    states : tuple of str
        Ids of the states among the actors.
    """

    def __init__(self, actors: Mapping[str, Actor], documents: Iterable[str] = ()) -> None:
        self.actors = actors
        known = frozenset(documents)
        self._document_of = {name: found for name, actor in actors.items() if (found := _document_in(actor, known)) is not None}
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._above = {name: self._all_above(name) for name in actors}
        self._titles: dict[tuple[str, str | None], frozenset[str]] = {}
        for actor in actors.values():
            forms = sorted({form for name in (actor.name, *actor.aliases) if (form := name_words(name))})
            if actor.kind == "person" and len(name_words(actor.name)) > 1:
                forms.append(name_words(actor.name)[-1:])
            for form in forms:
                self._names.setdefault(form[0], []).append((form, actor.id))
            self._words[actor.id] = frozenset(word for form in forms for word in form)
        for entries in self._names.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self.states = tuple(name for name, actor in actors.items() if actor.kind == "state")
        self._by_word: dict[str, list[str]] = {}
        for name in actors:
            for word in self.title_words(name, None):
                self._by_word.setdefault(word, []).append(name)

    def _all_above(self, name: str) -> frozenset[str]:
        """Return an actor and all to whom he belongs, by ``part_of`` and affiliations of any date."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here in seen or here not in self.actors:
                continue
            seen.add(here)
            actor = self.actors[here]
            waiting += [link.actor for link in actor.affiliations] + ([actor.part_of] if actor.part_of else [])
        return frozenset(seen)

    def may_speak_in(self, actor: str, document: str | None) -> bool:
        """Tell whether an actor can occur in a document: an unnamed source of another one cannot."""
        return document is None or self._document_of.get(actor, document) == document

    def belongs_to(self, actor: str, word: str) -> bool:
        """Tell whether a word names one to whom an actor belongs, or is the adjective of it: "Pakistani"."""
        return any(is_adjective_of(word, known) for above in self._above[actor] for known in self._words[above])

    def is_part_of(self, actor: str, other: str) -> bool:
        """Tell whether an actor is another one or belongs to it, at any date."""
        return other in self._above[actor]

    def state_of(self, word: str) -> str | None:
        """Return the state of which a word is the name or the adjective."""
        return next((name for name in self.states if any(is_adjective_of(word, known) for known in self._words[name])), None)

    def with_title(self, word: str) -> list[str]:
        """Return the actors in whose names or roles, of any date, a word occurs."""
        return self._by_word.get(word, [])

    def title_words(self, name: str, date: str | None) -> frozenset[str]:
        """Return the words of an actor's names, and of the roles that hold on a day (without one: of all).

        Parameters
        ----------
        name : str
            Id of an actor.
        date : str or None
            ``YYYY-MM-DD``.
        """
        key = (name, date)
        if key not in self._titles:
            actor = self.actors[name]
            words = set(self._words[name])
            for link in actor.affiliations:
                holds = date is None or ((link.start or "")[:10] <= date <= ((link.end or "9999")[:10]))
                if link.role and holds:
                    words.update(read(link.role).words)
            if actor.kind == "government":
                words.add("government")
            self._titles[key] = frozenset(words)
        return self._titles[key]

    def mentions(self, reading: Reading, document: str | None) -> Iterator[Mention]:
        """Yield where a text names actors, the longest name at each place; capitals count for persons and single words."""
        words, i = reading.words, 0
        while i < len(words):
            found = next(
                (
                    Mention(i, end, actor)
                    for form, actor in self._names.get(words[i], ())
                    if (end := _matches(words, i, form))
                    and self.may_speak_in(actor, document)
                    and self._is_named(reading, i, form, actor)
                ),
                None,
            )
            if found is None:
                i += 1
            else:
                yield found
                i = found.end

    def _is_named(self, reading: Reading, i: int, form: tuple[str, ...], actor: str) -> bool:
        words, capital, kind = reading.words, reading.capital, self.actors[actor].kind
        if kind == "person":
            within_name = i > 0 and capital[i - 1] and words[i - 1] not in HONORIFICS and words[i - 1] not in (".", *ARTICLES)
            opens = i == 0 or reading.starts[i] - reading.ends[i - 1] > 1 or not within_name
            return (capital[i] or form[0] in HONORIFICS or form[0] in ARTICLES) and (len(form) > 1 or opens)
        return len(form) > 1 or capital[i] or kind == "collective" or (i > 0 and words[i - 1] in ("the", "its", "their"))


def _matches(words: list[str], i: int, form: tuple[str, ...]) -> int:
    """Return the token after the name that begins at a token, 0 where it is another; full stops within it do not count."""
    at = i
    for place, word in enumerate(form):
        while place and at < len(words) and words[at] == "." and word != ".":
            at += 1
        if at >= len(words) or words[at] != word:
            return 0
        at += 1
    return at


def _document_in(actor: Actor, documents: frozenset[str]) -> str | None:
    """Return the document whose id stands in the id or the name of an unnamed source."""
    if actor.kind != "unnamed_source":
        return None
    for candidate in _ID.findall(f"{actor.name} {actor.id}"):
        parts = candidate.split("-")
        for length in range(len(parts), 0, -1):
            for first in range(len(parts) - length + 1):
                name = "-".join(parts[first : first + length])
                if name in documents:
                    return name
    return None
