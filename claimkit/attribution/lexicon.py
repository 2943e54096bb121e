"""The words that report: verbs and nouns, with what may follow them.

The frames of a verb say what its content looks like: ``q`` a quotation or a colon, and the verb may stand before its speaker
("said Smith"); ``t`` a clause with "that"; ``b`` anything that follows at once ("said he would", "denied the report"); ``s``
likewise, but only after a finite verb; ``w`` a clause with "whether", "how" and the like; ``i`` an infinitive with "to"; ``a``
somebody who is spoken to comes first ("told the court that"). Words after a slash are prepositions and adverbs that belong to the
verb ("called for").
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import NamedTuple

from claimkit.attribution.wordclasses import word_set

# Frames -> verbs. A verb may stand in several rows. Frames were kept where most of their occurrences in the training part of
# PolNeAR are attributions.
_VERBS = MappingProxyType(
    {
        "qtbw": """say note argue announce declare claim assert acknowledge concede confirm stress emphasise emphasize suggest
            predict recall reiterate insist/on contend allege affirm opine exclaim proclaim quip retort
            explain observe complain/about lament bemoan write tweet estimate reveal disclose clarify posit
            enthuse recount hint/at theorise theorize speculate/about indicate reassert aver avow testify
            conclude admit boast/of/about brag/about joke/about caution/against remark/on muse scoff/at
            counter underline underscore rejoin intone interject fume venture imply restate""",
        "q": "continue object go/on",
        "qtw": """add state maintain hold reply respond answer report warn/of/against/about repeat chant vow shout yell scream
            whisper mutter post blog read""",
        "qatbwi": "tell remind inform assure notify reassure brief/on",
        "qatwi": "ask/about/for",
        "qtbi": "vow threaten promise pledge propose guarantee demand urge plead implore exhort beg",
        "tbi": "deny refuse decline hope/for hint",
        "ti": "agree/with/on wish make/clear/plain/known want decide seek",
        "tb": """accuse admonish quote cite criticise criticize denounce decry condemn praise blast slam assail reject dismiss
            defend mock rebut rebuke refute repudiate describe depict portray characterise characterize deride
            chide laud hail tout lambast lambaste lampoon chastise castigate excoriate deplore scold berate
            belittle disparage blame extol echo endorse express outline highlight invoke mention recite
            envision envisage foresee forecast ridicule eviscerate skewer vilify malign imply intimate spurn
            fault credit deem retweet recommend signal unveil disavow discuss oppose welcome""",
        "t": """believe think know find see show learn understand realise realize notice worry/about fear recognise recognize
            imagine suppose suspect assume figure/out discover determine judge guess calculate swear stipulate
            fret/about concur doubt project request pray infer deduce mandate advise grant confess confide
            relay accept charge protest order judge learn warn point""",
        "w": """wonder/about know question explain describe discuss debate doubt ponder outline detail understand recall""",
        "s": "support",
        "b": """rule/out advise call/for/on/out label order blame urge liken dub question dispute contradict voice attack
            suggest""",
        "": """speak/about/of/against/out talk/about refer/to point/to/out allude/to rail/against fire/back lash/out
            shoot/back elaborate/on comment/on rant/about push/for/back weigh/in sympathise/with
            sympathize/with apologise/for apologize/for disagree/with disapprove/of hit/back stand/by
            spell/out laugh/off lay/out play/down brush/aside/off shrug/off advocate/for bristle/at appeal/for
            campaign/for lobby/for""",
    }
)
# Forms that are not made by the rules: past, participle, and where it doubles a letter the -ing form.
_IRREGULAR = MappingProxyType(
    {
        "beg": "begged begged begging",
        "brag": "bragged bragged bragging",
        "cast": "cast cast",
        "concur": "concurred concurred concurring",
        "admit": "admitted admitted admitting",
        "feel": "felt felt",
        "find": "found found",
        "fire": "fired fired",
        "forecast": "forecast forecast",
        "foresee": "foresaw foreseen",
        "fret": "fretted fretted fretting",
        "hit": "hit hit hitting",
        "go": "went gone",
        "hold": "held held",
        "infer": "inferred inferred inferring",
        "know": "knew known",
        "lay": "laid laid",
        "learn": "learned learned",
        "make": "made made",
        "mean": "meant meant",
        "plan": "planned planned planning",
        "prefer": "preferred preferred preferring",
        "prove": "proved proven",
        "quip": "quipped quipped quipping",
        "read": "read read",
        "rebut": "rebutted rebutted rebutting",
        "refer": "referred referred referring",
        "say": "said said",
        "see": "saw seen",
        "seek": "sought sought",
        "shoot": "shot shot",
        "show": "showed shown",
        "slam": "slammed slammed slamming",
        "speak": "spoke spoken",
        "spell": "spelled spelled",
        "stand": "stood stood",
        "swear": "swore sworn",
        "tell": "told told",
        "think": "thought thought",
        "understand": "understood understood",
        "write": "wrote written",
    }
)

_NOUNS = word_set(
    """answer boast joke note post reply state tweet accusation admission allegation announcement apology argument assertion
    assessment assumption assurance belief claim comment complaint concern conclusion confidence contention conviction
    criticism decision demand denial description doubt estimate expectation explanation fear feeling finding guarantee
    guess hint hope idea indication insistence message notion objection opinion perception pledge position prediction
    promise proposal proposition remark report request revelation rumour rumor sense speculation statement suggestion
    suspicion testimony theory threat thought view vow warning wish word worry sign signal"""
)
# Nouns that are taken only where somebody owns them: "his report that", but not "a report that".
OWNED = _NOUNS - word_set(
    """claim allegation accusation assertion argument fear suggestion belief complaint speculation hope rumour rumor warning
    promise"""
)


_DENYING = word_set("deny reject dismiss dispute doubt refute rebut repudiate question contradict contest")


def is_denial(words: Iterable[str]) -> bool:
    """Tell whether reporting words deny: "denied", "would not say", "ruled out"; words in lower case.

    >>> is_denial(["has", "denied"]), is_denial(["rules", "out"]), is_denial(["said"])
    (True, True, False)
    """
    found = list(words)
    lemmas = {form.lemma for word in found if (form := forms().get(word)) is not None}
    return bool(lemmas & _DENYING) or ("rule" in lemmas and "out" in found) or "not" in found or "never" in found


class Form(NamedTuple):
    """What a word form may be: a verb's stem, the form of it, its frames, and the words that belong to it."""

    lemma: str
    shape: str  # "base", "s", "past", "part" or "ing"
    frames: frozenset[str]
    particles: frozenset[str]


def _inflect(lemma: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of a verb, the past before the participle, each with its name."""
    past, part, ing = (*_IRREGULAR.get(lemma, "").split(), "", "", "")[:3]
    soft = lemma.endswith("y") and lemma[-2] not in "aeiou"
    stem = lemma[:-1] if lemma.endswith("e") else lemma
    yield lemma, "base"
    yield (lemma[:-1] + "ies" if soft else lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")), "s"
    regular = lemma[:-1] + "ied" if soft else stem + "ed"
    yield part or regular, "part"
    yield past or regular, "past"
    yield ing or (stem if not lemma.endswith(("ee", "oe", "ye")) else lemma) + "ing", "ing"


@functools.cache
def forms() -> dict[str, Form]:
    """Return every form of every reporting verb.

    >>> forms()["denied"].lemma, forms()["denied"].shape, sorted(forms()["called"].particles)
    ('deny', 'past', ['for', 'on', 'out'])
    """
    frames: dict[str, set[str]] = {}
    particles: dict[str, set[str]] = {}
    for letters, verbs in _VERBS.items():
        for entry in verbs.split():
            lemma, *words = entry.split("/")
            frames.setdefault(lemma, set()).update(letters)
            particles.setdefault(lemma, set()).update(words)
    found: dict[str, Form] = {}
    for lemma in frames:
        for form, shape in _inflect(lemma):
            if form in found and found[form].lemma != lemma:
                continue
            found[form] = Form(lemma, shape, frozenset(frames[lemma]), frozenset(particles[lemma]))
    return found


@functools.cache
def nouns() -> dict[str, str]:
    """Return singular and plural of every noun that names something said, each with its singular."""
    return {form: noun for noun in _NOUNS for form in (noun, noun[:-1] + "ies" if noun.endswith("y") else noun + "s")}
