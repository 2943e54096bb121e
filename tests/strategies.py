"""Generated records, and JSON objects that are nearly records."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET

from claimkit import records as rec

# Scripts, joiners, combining and astral characters that offsets and encodings have to survive.
TRICKY = ["é", "e\u0301", "\u200d", "\u200b", "👩‍👩‍👧", "𝕏", "ض", "\u200f", "क्षि", "اُردُو", "\u2028", "\u0085", "\ufeff", "ß", "İ"]

# U+0000 is refused everywhere; lone surrogates no UTF-8 file can hold.
characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.lists(st.one_of(st.text(characters, max_size=8), st.sampled_from(TRICKY)), max_size=6).map("".join)
words = texts.map(lambda text: text or "x")
ids = st.text("abcxyz019._-:éض", min_size=1, max_size=12)
days = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)).map(datetime.date.isoformat)
times = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 12, 31), timezones=st.just(datetime.timezone.utc))
dates = st.one_of(days, times.map(lambda when: when.replace(microsecond=0).isoformat()), days.map(lambda day: f"{day}T07:30Z"))
shares = st.floats(0, 1)
numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
free = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
metas = st.dictionaries(texts, free, max_size=3)


def tuples(inner: st.SearchStrategy[Any], **sizes: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, max_size=3, **sizes).map(tuple)


def optional(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), inner)


offsets = st.integers(0, 10_000)
spans = st.builds(rec.Span, start=offsets, end=offsets, text=texts)
attitudes = st.sampled_from(["positive", "negative", "neutral"])
targets = st.builds(rec.Target, actor=ids, attitude=attitudes)
affiliations = st.builds(
    rec.Affiliation, actor=ids, role=optional(texts), sector=optional(texts), start=optional(dates), end=optional(dates)
)

documents = st.builds(
    rec.Document,
    id=ids,
    text=optional(texts),
    text_sha256=optional(st.text("0123456789abcdef", min_size=64, max_size=64)),
    title=optional(texts),
    published=optional(dates),
    lang=optional(texts),
    meta=metas,
)
actors = st.builds(
    rec.Actor,
    id=ids,
    name=words,
    kind=st.sampled_from(["state", "person", "media", "unnamed_source", "unspecified"]),
    aliases=tuples(words),
    part_of=optional(ids),
    affiliations=tuples(affiliations),
    external_ids=st.dictionaries(texts, texts, max_size=2),
    meta=metas,
)
claims = st.builds(
    rec.Claim,
    id=ids,
    text=words,
    kind=optional(st.sampled_from(["factual", "normative", "commissive"])),
    about=tuples(ids),
    topics=tuples(words),
    contradicts=tuples(ids),
    meta=metas,
)
statements = st.builds(
    rec.Statement,
    id=ids,
    document=ids,
    spans=tuples(spans, min_size=1),
    speaker=ids,
    claim=ids,
    stance=words,
    cue=optional(spans),
    speaker_span=optional(spans),
    on_behalf_of=st.one_of(st.just(UNSET), st.none(), ids),
    targets=tuples(targets),
    addressees=tuples(ids),
    chain=tuples(ids),
    quotation=optional(st.sampled_from(["direct", "indirect", "mixed", "narrated"])),
    modality=optional(st.sampled_from(["asserted", "hedged"])),
    said=optional(dates),
    duplicate_spans=tuples(spans),
    confidence=optional(shares),
    origin=optional(st.sampled_from(["manual", "model", "adjudicated"])),
    created=optional(dates),
    annotator=optional(texts),
    decided_from=tuples(ids),
    note=optional(texts),
    meta=metas,
)
relations = st.builds(
    rec.Relation,
    id=ids,
    kind=words,
    source=ids,
    targets=tuples(ids, min_size=1),
    basis=optional(st.sampled_from(["explicit", "inferred", "presupposed"])),
    evidence=optional(spans),
    confidence=optional(shares),
    note=optional(texts),
    meta=metas,
)
items = st.builds(
    rec.Item,
    id=ids,
    text=texts,
    target=texts,
    stance=optional(words),
    scheme=st.one_of(st.none(), texts, tuples(words)),
    target_kind=optional(st.sampled_from(["claim", "actor", "topic", "post"])),
    groups=st.dictionaries(texts, texts, max_size=3),
    weights=st.dictionaries(texts, shares, max_size=3),
    meta=metas,
)
predictions = st.builds(
    rec.Prediction,
    id=ids,
    stance=words,
    probabilities=st.dictionaries(texts, shares, max_size=3),
    model=optional(texts),
    meta=metas,
)
records = st.one_of(documents, actors, claims, statements, relations, items, predictions)

# What a slip of the hand, a wrong export or another program's idea of the format may leave in place of a value.
ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 1.0, 1.5, 2.0, -0.0, 10**30, "", "x", "a b", "a/b", "a\n", "a" * 201, "2019-02-29", "2020-02-29",
    "2019-02-26\n", "0000-01-01", "2019-02-26T24:00", "2019-02-26T23:59:60Z", "2019-02-26T10:00:00+02:00", "٢٠١٩-02-26", "persn",
    "support", [], [None], ["a", "a"], {}, {"id": 1}, {"start": 0, "end": 1, "text": "x"}, {"start": 0.0, "end": 1, "text": "x"},
    {"actor": "a", "attitude": "positive"}, {"actor": "a", "attitude": "positiv"}, {"actor": "a", "end": "2019-13-01"},
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, start: dict[str, Any]) -> dict[str, Any]:
    """Change one to three places of a JSON object: drop, add, rename or replace."""
    value = copy.deepcopy(start)
    for _ in range(draw(st.integers(1, 3))):
        here: Any = value
        while isinstance(here, dict | list) and here:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and here[key] and draw(st.booleans()):
                here = here[key]
                continue
            action = draw(st.sampled_from(["drop", "replace", "replace", "rename", "add"]))
            if action == "replace":
                here[key] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
            elif action == "drop":
                del here[key]
            elif isinstance(here, dict):
                odd = draw(st.sampled_from(["speeker", "texts", "Id", "type", "meta", "x", "spans", "start"]))
                here[odd] = here.pop(key) if action == "rename" else copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
            break
    return value
