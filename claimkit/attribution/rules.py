"""Attribution by rules: reporting verbs and nouns, quotation marks and "according to", without any model."""

from __future__ import annotations

from claimkit.attribution.clauses import SPEECH_FROM, Scope
from claimkit.attribution.lexicon import OWNED, Form
from claimkit.attribution.model import Attribution, Found, Range
from claimkit.attribution.reading import Reading, Sentence, read
from claimkit.attribution.spans import attributions_of
from claimkit.attribution.verbs import OBJECTS, Verb, Verbs
from claimkit.attribution.wordclasses import (
    AUXILIARIES,
    BARE,
    DAYS,
    DETERMINERS,
    LABELS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    STOPS,
    SUBORDINATORS,
    WH,
    word_set,
)

_LONG_SOURCE = 40
_SUBORDINATE = word_set("when while after as although though if because since before despite until whereas")
_COORDINATING = word_set("and but or")
_ANSWERS = word_set("yes no")
_TIMES = word_set("days hours weeks months years minutes day week month year hour")
_TAGS = frozenset(["tag", "tag-inverted", "according-to"])


class RuleAttributor:
    """Reporting verbs and nouns, quotation marks and patterns such as "according to"; needs no model."""

    name = "rules"

    def find(self, text: str) -> list[Attribution]:
        """Return the attributions of a text, in the order of their cues.

        >>> found = RuleAttributor().find("“We shall not sign,” the minister told Reuters. Kabul denied that it had asked.")
        >>> [(entry.source[0].text, entry.cue[0].text, entry.content[0].text, entry.kind) for entry in found]
        [('the minister', 'told', '“We shall not sign,”', 'direct'), ('Kabul', 'denied', 'that it had asked', 'indirect')]
        """
        reading = read(text)
        return attributions_of(reading, find_in(reading))


def find_in(reading: Reading) -> list[Found]:
    """Return the attributions that the rules find, as ranges of token numbers."""
    return _Rules(reading).run()


class _Rules(Verbs):
    """One pass over the sentences of a text."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.found: list[Found] = []
        self.passed = 0  # tokens before this one belong to a cue that was found
        self.floor = 0  # where the content of a tag may begin: after the tag before it
        self._sentence_from = 0  # attributions before this one belong to earlier sentences
        self.last = None

    def run(self) -> list[Found]:
        paragraph = -1
        for number, sentence in enumerate(self.reading.sentences):
            if sentence.paragraph != paragraph:
                paragraph = sentence.paragraph
                self._label(number)
            self._sentence(sentence)
        return self.found

    def _sentence(self, sentence: Sentence) -> None:
        words, quote_of, quotes = self.words, self.reading.quote_of, self.reading.quotes
        self.floor, self.last, self._sentence_from = sentence.first, None, len(self.found)
        for i in range(sentence.first, sentence.end):
            word = words[i]
            form = self.forms.get(word)
            if i < self.passed or (form is None and word != "according" and word not in self.nouns):
                continue
            if quote_of[i] >= 0 and quotes[quote_of[i]].end - quotes[quote_of[i]].first > 3:
                continue  # what is said within a quotation is not followed
            if word == "according":
                self._according_to(i, sentence)
            elif form is None or not self._verb(i, form, sentence):
                self._noun(i, sentence)

    def _add(self, source: Range | None, cue: Range, content: list[Range], rule: str) -> bool:
        """Keep an attribution whose parts are not empty and do not overlap."""
        found = Found((source,) if source else (), (cue,), tuple(content), rule)
        marks = sorted((*found.source, *found.cue, *found.content))
        if not content or any(start >= end for start, end in marks):
            return False
        if any(end > marks[place + 1][0] for place, (_, end) in enumerate(marks[:-1])):
            return False
        if rule in _TAGS:
            self._end_before(min(start for start, _ in (*found.source, *found.cue)), self._sentence_from)
        self.found.append(found)
        self.last = found
        return True

    def _end_before(self, tag: int, since: int) -> None:
        """Let the contents that run over a tag end before it: in "A denied that it was so, B said" the tag is not what A denied."""
        for place in range(since, len(self.found)):
            entry = self.found[place]
            cut = [(start, end) if end <= tag or start >= tag else self.stripped(start, tag) for start, end in entry.content]
            content = tuple(part for part in cut if part is not None)
            if content and content != entry.content:
                self.found[place] = entry._replace(content=content)

    # patterns without a verb

    def _label(self, number: int) -> None:
        """Find a paragraph that opens with a name and a colon, as in an interview or a headline."""
        words, sentences = self.words, self.reading.sentences
        sentence = sentences[number]
        self.last = None
        k = sentence.first
        while k < min(sentence.end, sentence.first + 8) and words[k] != ":":
            is_initial = self.reading.ends[k] - self.reading.starts[k] == 1 and words[k].isalpha()
            is_name = self.capital[k] or is_initial or words[k] in ("of", ".", "'s")
            if not is_name or self.reading.quote_of[k] >= 0 or self.is_finite(k):
                return
            k += 1
        if (
            k == sentence.first
            or k >= sentence.end - 1
            or words[k] != ":"
            or words[sentence.first] in WH
            or words[sentence.first] in DETERMINERS
        ):
            return
        if " ".join(words[sentence.first : k]) in LABELS:
            return
        end = sentence.end
        for other in sentences[number + 1 :]:
            if other.paragraph != sentence.paragraph:
                break
            end = other.end
        content = self.stripped(k + 1, end)
        if content and content[1] - content[0] >= 2:
            self._add((sentence.first, k), (k, k + 1), [content], "label")

    def _according_to(self, i: int, sentence: Sentence) -> None:
        words, high = self.words, sentence.end
        if i + 1 >= high or words[i + 1] != "to":
            return
        source = self.noun_phrase_after(i + 2, high, with_places=True)
        if source is None:
            return
        if i in (self.floor, sentence.first) or words[i - 1] in ("but", "and", ":", ";"):
            comma = next((k for k in range(source[1], min(high, source[1] + 25)) if words[k] == ","), -1)
            if comma >= 0:
                content = self.stripped(comma + 1, self.clause_end(comma + 1, high))
                far = comma - source[1] > 12
                if content:
                    self._add((source[0], source[1] if far else comma), (i, i + 2), [content], "according-to")
            return
        end = source[1]
        while end < high and words[end] not in STOPS and words[end] not in ("that", "which", "who", "but", "and"):
            end += 1
        if end < high and words[end] not in (".", ","):
            end = source[1]
        content = self._before(i, sentence)
        if content and self._add((source[0], end), (i, i + 2), [content], "according-to"):
            self.floor = end

    def _noun(self, i: int, sentence: Sentence) -> None:
        """Find a noun that reports: "Trump's claim that …", "an allegation that …"."""
        words, high = self.words, sentence.end
        noun = self.nouns.get(words[i])
        if noun is None or i + 1 >= high or words[i + 1] != "that":
            return
        source = self.owner(i, sentence.first)
        if source is None and noun not in OWNED:
            self._add(None, (i, i + 1), [(i + 1, self.clause_end(i + 1, high))], "noun")
        elif source is not None:
            self._add(source, (i, i + 1), [(i + 1, self.clause_end(i + 1, high))], "noun")

    def _before(self, tag: int, sentence: Sentence) -> Range | None:
        cue = self.last.cue[0][0] if self.last is not None else -1
        return self.content_before(tag, sentence, self.floor, cue)

    # verbs

    def _verb(self, i: int, form: Form, sentence: Sentence) -> bool:
        verb = Verb(i, form, sentence, self)
        if not self.is_verb(verb):
            return False
        if verb.is_passive:
            return self._quoted_as(verb)
        if self._inverted(verb):
            return True
        self.find_source(verb)
        if verb.source is None and not verb.is_participle:
            return False
        if verb.source is not None and verb.source[1] - verb.source[0] > _LONG_SOURCE:
            return False
        return self._tag(verb) or self._complement(verb)

    def _quoted_as(self, verb: Verb) -> bool:
        """Find "was quoted as saying"."""
        i, words = verb.place, self.words
        if verb.form.lemma != "quote" or words[i + 1 : i + 2] != ["as"] or words[i + 2 : i + 3] not in (["saying"], ["telling"]):
            return False
        start = i + 4 if words[i + 3 : i + 4] in ([","], [":"], ["that"]) and words[i + 3] != "that" else i + 3
        content = (start, self.clause_end(start, verb.sentence.end))
        source = self.subject(verb.start, verb.sentence.first)
        self.passed = i + 3
        return self._add(source, (verb.start, i + 3), [content], "quoted-as")

    def _inverted(self, verb: Verb) -> bool:
        """Find "…,” said the minister": the verb stands between the content and its speaker."""
        i, low, high = verb.place, verb.sentence.first, verb.sentence.end
        if "q" not in verb.form.frames or verb.form.shape not in ("past", "s") or verb.chain or i + 1 >= high:
            return False
        length = self.quote_before(i)
        opens = i == low and length and self.same_paragraph(i)
        if not opens and (i == low or not (self.words[i - 1] == "," or length)):
            return False
        source = self.noun_phrase_after(i + 1, high)
        source = source and self._without_time(source, high)
        if source is None or self.words[i + 1] in ("that", "to", ":") or self.words[i + 1] in PREPOSITIONS:
            return False
        opens = opens or (length and i - length == low)
        if not opens and length <= SPEECH_FROM and not self._is_inverted_clause(verb, source):
            return False
        content = self._before(i, verb.sentence)
        if content is None:
            return False
        source = self._with_apposition(source, high)
        more = self.content_after(source[1], verb.sentence, is_closed=True)
        if not self._add(source, (i, i + 1), [content, *more], "tag-inverted"):
            return False
        self.floor = max(source[1], more[-1][1] if more else 0)
        return True

    def _is_inverted_clause(self, verb: Verb, source: Range) -> bool:
        """Tell "It was over, said Smith." from "Smith, a lawyer, said it was over."."""
        i, high, floor = verb.place, verb.sentence.end, self.floor
        follows = self.words[source[1]] if source[1] < high else "."
        starts = (
            self.capital[i + 1]
            or self.words[i + 1] in DETERMINERS
            or self.words[i + 1] in PRONOUNS
            or self.words[i + 1] in POSSESSIVES
        )
        is_closed = follows in (".", ",", "!", "?") or self._is_adverbial(source[1], high)
        if not starts or not (is_closed or self._without_time((i, source[1] + 2), high)[1] == source[1]):
            return False
        aside = self.subject(i, verb.sentence.first)
        is_led = self.words[floor] in PREPOSITIONS and (aside is None or aside[0] == floor + 1)
        if self.words[floor] in _ANSWERS or is_led or (self.quote_at(floor) and self.quote_before(i - 1) == i - 1 - floor):
            return True  # "Yes, for a reason, said the minister.", "For the time being, said Smith.", "“Sad”, said the minister."
        return any(self.is_finite(k) for k in range(floor, i)) and (aside is None or aside[0] > floor + 2)

    def _without_time(self, source: Range, high: int) -> Range:
        """Drop a time after a name: "said the spokesman five days later"."""
        end = source[1]
        is_time = end < high and self.words[end] in ("later", "earlier", "after", "before", "ago") and self.words[end - 1] in _TIMES
        return (source[0], end - 2) if is_time and end - 2 > source[0] else source

    def _with_apposition(self, source: Range, high: int) -> Range:
        """Take the apposition after a name: "said John Smith, a professor at Harvard"."""
        words, comma = self.words, source[1]
        if comma + 1 >= high or words[comma] != "," or words[comma + 1] in _COORDINATING or self._leaves_apposition(comma + 1):
            return source
        end = comma + 1
        while end < min(high, comma + 40) and self.reading.quote_of[end] < 0 and words[end] not in ";:":
            if words[end] == "," and end + 1 < high and (words[end + 1] == "and" or self._leaves_apposition(end + 1)):
                break
            end += 1
        while end > comma and words[end - 1] in ".,":
            end -= 1
        return (source[0], end) if end > comma + 1 else source

    def _leaves_apposition(self, i: int) -> bool:
        return self.quote_at(i) or self.words[i].endswith("ing") or self.words[i] in _AFTER_APPOSITION

    # content

    def _tag(self, verb: Verb) -> bool:
        """Find "…, he said": the content stands before the speaker and may go on after the verb."""
        frames, low, high = verb.form.frames, verb.sentence.first, verb.sentence.end
        if verb.is_implied or verb.source is None or not frames & {"q", "t"}:
            return False
        tag, after = verb.source[0], verb.place + 1
        length = self.quote_before(tag - 1 if self.words[tag - 1] == "," else tag) if tag else 0
        opens = tag == low and length and self.same_paragraph(tag) and self.words[tag - 2] != "."
        if not opens and (tag == low or not (self.words[tag - 1] == "," or length)):
            return False
        if after + 1 < high and self.words[after] in verb.form.particles and self.words[after + 1] in STOPS:
            after += 1
        at_end = after >= high or self.words[after] in ".,!?;)—–" or self.quote_at(after)
        if length > 4:
            fits = "q" in frames and not (after < high and self.words[after] == "that")
        else:
            is_led = after < high and self.words[after] == "," and self.quote_at(after + 1)
            fits = (at_end and not is_led) or ("q" in frames and self._is_adverbial(after, high))
        if not fits:
            return False
        content = self._before(tag, verb.sentence)
        more = self.content_after(after, verb.sentence, is_closed=not at_end)
        if content and content[1] - content[0] == 1 and self.reading.quote_of[content[0]] < 0:
            is_link = (
                self.is_adverb(content[0]) or self.words[content[0]] in SUBORDINATORS or self.words[content[0]] in PREPOSITIONS
            )
            content = None if more and is_link else content
        if content is None and not more:
            return False
        contents = [content, *more] if content else more
        cue = (verb.start, after)
        if not self._add(verb.source, cue, contents, "tag"):
            return False
        self.floor = max(after, more[-1][1] if more else 0)
        return True

    def _is_adverbial(self, i: int, high: int) -> bool:
        """Tell whether nothing but an adverbial stands between a token and the end of the sentence."""
        words = self.words
        is_led = i < high and (
            words[i] in PREPOSITIONS or words[i] in DAYS or words[i] == "to" or words[i : i + 2] == ["the", "same"]
        )
        if not is_led or high - i > 25:
            return False
        return not any(words[k] in ("that", ":", ";") or self.reading.quote_of[k] >= 0 for k in range(i, high))

    def _complement(self, verb: Verb) -> bool:
        """Find the content after the verb."""
        words, high, frames = self.words, verb.sentence.end, verb.form.frames
        i = verb.place + 1
        if i + 1 < high and words[i] == "it" and words[i + 1] in verb.form.particles:
            i += 1  # "made it clear that"
        has_particle = i < high and words[i] in verb.form.particles and not (i + 1 < high and words[i + 1] in DAYS)
        if has_particle:
            i += (
                2
                if words[i] in ("out", "back", "off") and words[i + 1 : i + 2] and words[i + 1] in ("against", "at", "for", "of")
                else 1
            )
        cue_end = i if has_particle else verb.place + 1
        while i < high and self.is_adverb(i) and words[i] not in ("all", "both", "only", "first"):
            i += 1
        cue = (verb.place if (verb.is_participle or verb.is_infinitive) and not verb.chain else verb.start, cue_end)
        if i >= high:
            return False
        if not has_particle and self._relative(verb, cue, i):
            return True
        if "a" in frames and not has_particle:
            i = self._past_addressee(i, high, frames)
            if i >= high:
                return False
        rule = self._rule_at(i, high, verb, has_particle)
        if rule is None and frames & {"q", "t"}:
            k = self._past_adverbial(i, high, "b" in frames)
            if k >= 0:
                i, rule = k, self._rule_at(k, high, verb, has_particle)
        if rule is None:
            return False
        return self._add_complement(verb, cue, i, rule)

    def _rule_at(self, i: int, high: int, verb: Verb, has_particle: bool) -> str | None:
        """Return the pattern by which the content begins at a token, or ``None`` where it does not."""
        word, frames = self.words[i], verb.form.frames
        if "q" in frames and (word == ":" or (word == "," and self.quote_at(i + 1))):
            return "quotation"
        if word == "that" and "t" in frames:
            return "clause"
        if self.quote_at(i) and frames & {"q", "b", "t"}:
            quote = self.reading.quotes[self.reading.quote_of[i]]
            return "quotation" if "q" in frames and quote.end - i >= SPEECH_FROM else "object"
        if word in WH and "w" in frames:
            return "question"
        if word == "to" and "i" in frames and i + 1 < high and self.words[i + 1] not in DETERMINERS and not self.capital[i + 1]:
            return "infinitive"
        if word in STOPS or word in ("and", "or", "by"):
            return None
        if has_particle or ("s" in frames and verb.form.shape in ("s", "base", "past") and word not in PREPOSITIONS):
            return "object"
        blocked = word in PREPOSITIONS or word in SUBORDINATORS or word in AUXILIARIES or word in DAYS or word == "to"
        return "object" if "b" in frames and not blocked else None

    def _add_complement(self, verb: Verb, cue: Range, i: int, rule: str) -> bool:
        words, sentence = self.words, verb.sentence
        if rule == "quotation":
            if words[i] in (",", ":"):
                i += 1
            if i < len(words) and self.quote_at(i):
                goes_on = self.quotation(i, sentence) if i < sentence.end else self.speech(i)
                return self._add(verb.source, cue, goes_on, rule)
            if i >= sentence.end:
                return False
        end = self.clause_end(i, sentence.end, self._scope(verb, cue))
        return end > i and self._add(verb.source, cue, [(i, end)], rule)

    def _scope(self, verb: Verb, cue: Range) -> Scope:
        """Tell in what kind of clause the verb stands, which says where its content ends."""
        words, low = self.words, verb.sentence.first
        if verb.source is not None and words[verb.source[0]] in ("who", "which") and words[verb.source[0] - 1] == ",":
            return "relative"
        is_fronted = words[low] in _SUBORDINATE or (verb.is_implied and words[low].endswith("ing"))
        return "fronted" if is_fronted and "," not in words[low : cue[0]] else "main"

    def _relative(self, verb: Verb, cue: Range, i: int) -> bool:
        """Find "which critics said was unfair": the content stands on both sides."""
        source = verb.source
        if source is None or verb.is_implied or source[0] <= verb.sentence.first or not verb.form.frames & {"q", "t"}:
            return False
        if self.words[source[0] - 1] not in ("which", "what", "who", "that") or not (
            self.is_finite(i) or self.words[i] in AUXILIARIES
        ):
            return False
        if verb.form.shape == "s" and self.words[source[0]] not in PRONOUNS and self.words[source[0] - 1] not in ("which", "what"):
            return False
        end = self.clause_end(i, verb.sentence.end, "relative")
        return end > i and self._add(source, cue, [(source[0] - 1, source[0]), (i, end)], "relative")

    def _past_addressee(self, i: int, high: int, frames: frozenset[str]) -> int:
        """Return where the content may begin after those spoken to: "told the court that …"."""
        words = self.words
        word = words[i]
        if (
            word in STOPS
            or word in PREPOSITIONS
            or word in WH
            or word == "that"
            or self.quote_at(i)
            or (word == "to" and "i" in frames)
        ):
            return i
        if (word in PRONOUNS and word not in BARE) or word in OBJECTS:
            return i + 1
        k = i
        while k < min(high, i + 25):
            word = words[k]
            if word in ("that", ":", "to", ".", ";", ",") or self.quote_at(k) or (word in WH and word not in ("who", "which")):
                break
            starts_clause = word in DETERMINERS or word in ("he", "she", "they", "it", "we", "i", "his", "their")
            if k > i and starts_clause and words[k - 1] not in PREPOSITIONS and words[k - 1] != "and":
                break
            k += 1
        return k

    def _past_adverbial(self, i: int, high: int, may_be_bare: bool) -> int:
        """Return where the content begins after a place or a time: "said in Kabul on Monday that …"; -1 where it does not."""
        words = self.words
        if not (words[i] in PREPOSITIONS or words[i] in DAYS or words[i] in ("to", ",")):
            return -1
        has_day = words[i] in DAYS or (words[i] == "on" and i + 1 < high and words[i + 1] in DAYS)
        for k in range(i, min(high, i + 20)):
            word = words[k]
            if word in ("that", ":") or self.quote_at(k):
                return k
            if word in (".", ";", "?", "!", "who", "which", "but"):
                return -1
            follows_day = may_be_bare and has_day and k > i and words[k - 1] in DAYS and word not in DAYS
            if follows_day and word not in PREPOSITIONS and word not in STOPS and word not in SUBORDINATORS:
                return k
        return -1


_AFTER_APPOSITION = word_set("adding noting but saying while as in on at after during when")
