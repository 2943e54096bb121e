"""The records of the scaffold: two newspaper reports about an invented dispute, written for this purpose, and their annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from claimkit.records import Actor, Affiliation, Claim, Document, Record, Relation, Span, Statement, Target

_GAZETTE = """\
The town council of Wexcombe voted on Monday to close Mill Lane to cars from May.

“The lane is the only safe way to the school,” said Mayor Ruth Adeyemi. Shopkeepers disagreed. “Without cars, half of the shops”, \
the head of the traders’ association, Piet Lammers, told the Gazette, “will be gone within a year. The council never asked us.”

An official who asked not to be named said that the trial might still be called off."""
_COURIER = """\
A week after the vote, the traders’ association denied that it had ever asked for more parking spaces.

Ms Adeyemi repeated that the closure was about the safety of children. “More people on foot means more customers,” she added."""
_TEXTS = {"gazette-1": _GAZETTE, "courier-1": _COURIER}


def _span(document: str, text: str) -> Span:
    start = _TEXTS[document].index(text)
    return Span(start=start, end=start + len(text), text=text)


_DOCUMENTS = (
    Document(
        id="gazette-1",
        text=_GAZETTE,
        title="Council closes Mill Lane to cars",
        source="Wexcombe Gazette",
        published="2024-03-04",
        lang="en",
        licence="CC0-1.0",
        meta={"comment": "Free data stands under meta and is never touched."},
    ),
    Document(
        id="courier-1",
        text=_COURIER,
        title="Traders: we never asked for parking",
        source="County Courier",
        published="2024-03-11",
        lang="en",
        licence="CC0-1.0",
    ),
)
_ACTORS = (
    Actor(id="council", name="Town Council of Wexcombe", kind="government", aliases=("the council",)),
    Actor(
        id="adeyemi",
        name="Ruth Adeyemi",
        kind="person",
        aliases=("Ms Adeyemi",),
        affiliations=(Affiliation(actor="council", role="mayor", start="2021-05-10"),),
    ),
    Actor(id="traders", name="Wexcombe Traders’ Association", kind="organisation"),
    Actor(
        id="lammers",
        name="Piet Lammers",
        kind="person",
        affiliations=(Affiliation(actor="traders", role="head", start="2019-01-01"),),
    ),
    Actor(id="gazette", name="Wexcombe Gazette", kind="media"),
    Actor(id="courier", name="County Courier", kind="media"),
    Actor(id="gazette-1-official", name="an official who asked not to be named", kind="unnamed_source", part_of="council"),
)
_CLAIMS = (
    Claim(
        id="safety",
        text="Closing Mill Lane to cars makes the way to school safer.",
        kind="evaluative",
        topics=("safety",),
    ),
    Claim(
        id="shops-lose",
        text="Closing Mill Lane to cars drives shops out of business.",
        kind="predictive",
        topics=("trade",),
        contradicts=("shops-gain",),
    ),
    Claim(
        id="shops-gain",
        text="Closing Mill Lane to cars brings the shops more customers.",
        kind="predictive",
        topics=("trade",),
    ),
    Claim(
        id="parking",
        text="The traders’ association asked for more parking spaces.",
        kind="factual",
        about=("traders",),
        topics=("parking",),
    ),
    Claim(id="trial-ends", text="The trial may be called off.", kind="predictive", about=("council",)),
)
_LAYER = (
    Statement(
        id="s1",
        document="gazette-1",
        spans=(_span("gazette-1", "“The lane is the only safe way to the school,”"),),
        speaker="adeyemi",
        claim="safety",
        stance="support",
        cue=_span("gazette-1", "said"),
        speaker_span=_span("gazette-1", "Mayor Ruth Adeyemi"),
        quotation="direct",
        modality="asserted",
        origin="manual",
        note="Speaks for the council, by her affiliation; so on_behalf_of is left out.",
    ),
    Statement(
        id="s2",
        document="gazette-1",
        spans=(
            _span("gazette-1", "“Without cars, half of the shops”"),
            _span("gazette-1", "“will be gone within a year. The council never asked us.”"),
        ),
        speaker="lammers",
        claim="shops-lose",
        stance="support",
        cue=_span("gazette-1", "told"),
        speaker_span=_span("gazette-1", "the head of the traders’ association, Piet Lammers"),
        targets=(Target(actor="council", attitude="negative"),),
        addressees=("gazette",),
        quotation="direct",
        modality="asserted",
        origin="manual",
        note="Two spans, because the report interrupts the quotation.",
    ),
    Statement(
        id="s3",
        document="gazette-1",
        spans=(_span("gazette-1", "the trial might still be called off"),),
        speaker="gazette-1-official",
        claim="trial-ends",
        stance="support",
        cue=_span("gazette-1", "said that"),
        speaker_span=_span("gazette-1", "An official who asked not to be named"),
        chain=("gazette",),
        quotation="indirect",
        modality="hedged",
        origin="manual",
    ),
    Statement(
        id="s4",
        document="courier-1",
        spans=(_span("courier-1", "it had ever asked for more parking spaces"),),
        speaker="traders",
        claim="parking",
        stance="oppose",
        cue=_span("courier-1", "denied"),
        speaker_span=_span("courier-1", "the traders’ association"),
        quotation="indirect",
        modality="asserted",
        origin="manual",
        note="A denial: the claim is worded positively, the stance is oppose.",
    ),
    Statement(
        id="s5",
        document="courier-1",
        spans=(_span("courier-1", "the closure was about the safety of children"),),
        speaker="adeyemi",
        claim="safety",
        stance="support",
        cue=_span("courier-1", "repeated"),
        speaker_span=_span("courier-1", "Ms Adeyemi"),
        quotation="indirect",
        modality="asserted",
        confidence=0.8,
        origin="manual",
    ),
    Statement(
        id="s6",
        document="courier-1",
        spans=(_span("courier-1", "“More people on foot means more customers,”"),),
        speaker="adeyemi",
        claim="shops-gain",
        stance="support",
        cue=_span("courier-1", "added"),
        quotation="direct",
        modality="asserted",
        origin="manual",
    ),
    Relation(
        id="r1",
        kind="counters",
        source="s2",
        targets=("s1",),
        basis="explicit",
        evidence=_span("gazette-1", "disagreed"),
        origin="manual",
    ),
    Relation(id="r2", kind="denies", source="s4", targets=("parking",), basis="explicit", origin="manual"),
    Relation(id="r3", kind="restates", source="s5", targets=("s1",), basis="explicit", origin="manual"),
    Relation(id="r4", kind="counters", source="s6", targets=("s2",), basis="inferred", origin="manual"),
)

RECORDS: Mapping[str, Sequence[Record]] = {
    "documents.jsonl": _DOCUMENTS,
    "actors.jsonl": _ACTORS,
    "claims.jsonl": _CLAIMS,
    "layers/example.jsonl": _LAYER,
}
