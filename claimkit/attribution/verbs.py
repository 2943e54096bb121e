"""Reporting verbs in their sentences: what is one, and who is its subject."""

from __future__ import annotations

from claimkit.attribution.clauses import Clauses
from claimkit.attribution.lexicon import Form
from claimkit.attribution.model import Found, Range
from claimkit.attribution.reading import Sentence
from claimkit.attribution.wordclasses import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    MODALS,
    PLURALS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    word_set,
)

OBJECTS = word_set("him her them me us you")


class Verb:
    """A reporting verb in its sentence, with what the rules ask about it."""

    def __init__(self, place: int, form: Form, sentence: Sentence, phrases: Clauses) -> None:
        words, low = phrases.words, sentence.first
        self.place, self.form, self.sentence = place, form, sentence
        self.start = phrases.verb_phrase(place, low)
        self.chain = words[self.start : place]
        self.before = words[place - 1] if place > low else ""
        self.lead = words[self.start - 1] if self.start > low else ""
        is_having = self.chain[:1] == ["having"] or (self.lead == "having" and form.shape in ("past", "part"))
        self.is_participle = is_having or (form.shape == "ing" and not any(word in BE for word in self.chain))
        self.is_infinitive = form.shape == "base" and self.lead == "to"
        has_be = any(word in BE and word != "'s" for word in self.chain)
        self.is_passive = form.shape in ("past", "part") and has_be and self.chain[-1] not in ("have", "has", "had")
        self.is_implied = False
        self.source: Range | None = None


class Verbs(Clauses):
    """The reporting verbs of a text; ``last`` is the attribution before, of the same sentence."""

    last: Found | None = None

    def is_verb(self, verb: Verb) -> bool:
        """Tell a verb from a noun or an adjective that looks like it."""
        shape, before, lead, words = verb.form.shape, verb.before, verb.lead, self.words
        if self.capital[verb.place] and verb.place > verb.sentence.first and self.capital[verb.place - 1]:
            return False  # within a name: "United States"
        if shape == "ing" and not verb.chain and (before in DETERMINERS or before in POSSESSIVES) and before not in PRONOUNS:
            return False  # "the briefing"
        after_article = before in DETERMINERS and before not in PRONOUNS and before != "that"
        if shape == "past" and not verb.chain:
            if verb.place == verb.sentence.first and not self.quote_before(verb.place):
                return False  # "Asked about it, …"
            return not (after_article or before in POSSESSIVES or before == "'s" or before in PREPOSITIONS)
        if shape == "part":
            return any(word in AUXILIARIES for word in verb.chain)
        if shape == "s":
            if (verb.chain and verb.chain[-1] in AUXILIARIES) or before in PREPOSITIONS or after_article or before in POSSESSIVES:
                return False
            after = words[verb.place + 1] if verb.place + 1 < verb.sentence.end else ""
            if after in AUXILIARIES or (lead == "that" and after in ("which", "who")):
                return False  # "posts are held", "that states which …"
            is_noun = words[verb.place] in self.nouns
            if before in ("and", "or"):
                return self.last is not None or ("q" in verb.form.frames and not is_noun)
            return (
                not is_noun
                or lead in PRONOUNS
                or lead in ("that", ",")
                or (verb.start > verb.sentence.first and self.capital[verb.start - 1])
            )
        return shape != "base" or self._is_stem(verb)

    def _is_stem(self, verb: Verb) -> bool:
        """Tell the stem of a verb, which needs a plural, "to" or a modal before it, from the noun of the same letters."""
        lead, after = verb.lead, verb.place + 1
        if verb.is_infinitive:
            return self.quote_at(after) or (after < verb.sentence.end and self.words[after] in ("that", ":"))
        if any(word in MODALS for word in verb.chain) or lead in PLURALS:
            return True
        if lead in DETERMINERS or lead in PREPOSITIONS or lead in POSSESSIVES or lead in OBJECTS or lead in ("", ",", "'s", "let"):
            return False
        if verb.form.lemma not in self.nouns and "q" in verb.form.frames and {"t", "b"} <= verb.form.frames:
            return True
        is_plural = lead.endswith("s") and not lead.endswith("ss") and lead not in ("is", "was", "has", "as")
        return is_plural and (verb.form.lemma not in self.nouns or self.words[after : after + 1] == ["that"])

    def find_source(self, verb: Verb) -> None:
        """Find who speaks: the subject, or where it is understood that of the sentence."""
        low = verb.sentence.first
        if not (verb.is_participle or verb.is_infinitive or verb.lead in ("and", "but", "or")):
            verb.source = self.subject(verb.start, low)
        if verb.source is None:
            verb.is_implied = True
            said = self.last.source[0] if self.last is not None and self.last.source else None
            verb.source = said if said and said[0] >= low else self.main_subject(verb.sentence, verb.start)
