"""What every attribution system of the registry must do, whoever wrote it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from prose_strategies import prose

from claimkit.attribution import ATTRIBUTORS, load_attributor
from claimkit.errors import MissingExtraError
from claimkit.records import Span, Statement

SOURCES = ("The minister", "Ana Bo", "A senior official", "Delhi", "They")
CUES = ("said", "denied", "warned", "claimed", "noted")
CONTENTS = ("that the bridge had fallen", "that it would rain", "that the treaty holds")


def taught():
    """Texts of our own from which a system that learns can learn."""
    for number in range(30):
        source, cue, content = SOURCES[number % 5], CUES[number // 2 % 5], CONTENTS[number % 3]
        text = f"It rained in May. {source} {cue} {content}. Then all went home."
        places = {words: text.index(words) for words in (source, cue, content)}
        spans = [Span(places[words], places[words] + len(words), words) for words in (source, cue, content)]
        marked = Statement(
            id=f"s{number}",
            document=f"d{number}",
            spans=(spans[2],),
            speaker="x",
            claim="x",
            stance="x",
            cue=spans[1],
            speaker_span=spans[0],
        )
        yield text, [marked]


@pytest.fixture(scope="module", params=list(ATTRIBUTORS))
def system(request, tmp_path_factory):
    if request.param != "tagger":
        return load_attributor(request.param)
    try:
        from claimkit.attribution.training import train_tagger
    except MissingExtraError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("tagger") / "model"
    train_tagger(taught(), folder, data="sentences of our own", iterations=30)
    return load_attributor(f"tagger:{folder}")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(text=prose)
def test_spans_lie_in_the_text_parts_do_not_overlap_and_the_outer_one_stands_around_the_inner(system, text):
    entries = system.find(text)
    for entry in entries:
        spans = [*entry.source, *entry.cue, *entry.content]
        assert entry.content
        assert all(span.start < span.end and text[span.start : span.end] == span.text for span in spans)
        marks = sorted((span.start, span.end) for span in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(marks))
        assert entry.confidence is None or 0 <= entry.confidence <= 1
        assert entry.kind in ("direct", "indirect", "mixed", "narrated")
        if entry.outer is not None:
            cue = (entry.cue or entry.content)[0]
            assert any(span.start <= cue.start < span.end for span in entries[entry.outer].content)
    for place in range(len(entries)):
        seen, at = set(), place
        while at is not None:
            assert at not in seen, "an attribution stands within itself"
            seen.add(at)
            at = entries[at].outer


@given(text=prose)
def test_the_same_text_gives_the_same_attributions(system, text):
    assert system.find(text) == system.find(text)


def test_a_plain_sentence_is_attributed(system):
    [entry] = system.find("It rained in May. Ana Bo warned that the bridge had fallen. Then all went home.")
    assert [spans[0].text for spans in (entry.source, entry.cue, entry.content)] == [
        "Ana Bo",
        "warned",
        "that the bridge had fallen",
    ]


def test_nothing_is_found_where_nothing_is_written(system):
    assert system.find("") == system.find(" \n ") == []
