"""Positions and contradictions on a dispute small enough to count by hand."""

from __future__ import annotations

import pytest

from claimkit.corpus import load_corpus
from claimkit.records import Actor, Affiliation, Claim, Document, Relation, Span, Statement
from claimkit.records.base import encode
from claimkit.tracking import contradictions, positions, tally_claims

TEXT = "Mill says it is clean. Town denies it. Mill's envoy agrees. Mill says the town lies. Town says it is honest."


def spot(words):
    start = TEXT.index(words)
    return (Span(start=start, end=start + len(words), text=words),)


def statement(number, words, speaker, claim, stance, **more):
    return Statement(
        id=f"s{number}",
        document="d1",
        spans=spot(words),
        speaker=speaker,
        claim=claim,
        stance=stance,
        annotator="ann",
        decided_from=(),
        **more,
    )


@pytest.fixture
def dispute(tmp_path):
    """A mill and a town: one claim that is supported and opposed, and two that contradict each other."""
    files = {
        "documents.jsonl": [Document(id="d1", text=TEXT, published="2020-03-01")],
        "actors.jsonl": [
            Actor(id="mill", name="Mill", kind="organisation"),
            Actor(id="town", name="Town", kind="government"),
            Actor(id="envoy", name="Envoy", kind="person", affiliations=(Affiliation(actor="mill", end="2020-12-31"),)),
        ],
        "claims.jsonl": [
            Claim(id="clean", text="The water is clean."),
            Claim(id="lies", text="The town lies.", contradicts=("honest",)),
            Claim(id="honest", text="The town is honest."),
        ],
        "layers/ann.jsonl": [
            statement(1, "Mill says it is clean", "mill", "clean", "support", said="2020-02-01"),
            statement(2, "Town denies it", "town", "clean", "oppose"),
            statement(3, "Mill's envoy agrees", "envoy", "clean", "support"),
            statement(4, "Mill says the town lies", "mill", "lies", "support"),
            statement(5, "Town says it is honest", "town", "honest", "support"),
            Relation(id="r1", kind="denies", source="s2", targets=("s1",), annotator="ann"),
        ],
    }
    (tmp_path / "corpus.toml").write_text('name = "dispute"\n')
    (tmp_path / "layers").mkdir()
    for name, records in files.items():
        (tmp_path / name).write_bytes(b"".join(encode(record) + b"\n" for record in records))
    return load_corpus(tmp_path)


def test_statements_count_for_the_actor_in_whose_name_they_are_made(dispute):
    found = {(entry.claim, entry.actor): entry for entry in positions(dispute, "ann")}
    assert set(found) == {("clean", "mill"), ("clean", "town"), ("lies", "mill"), ("honest", "town")}
    mill = found["clean", "mill"]
    assert (mill.counts, mill.statements, mill.first, mill.last) == ({"support": 2}, ("s1", "s3"), "2020-02-01", "2020-03-01")


def test_the_most_disputed_claim_comes_first(dispute):
    tallies = tally_claims(dispute, "ann")
    assert [entry.claim for entry in tallies] == ["clean", "honest", "lies"]
    assert tallies[0].counts == {"support": 2, "oppose": 1}
    assert tallies[0].n == 3


def test_opposing_a_claim_and_holding_its_contrary_are_both_contradictions(dispute):
    found = contradictions(dispute, "ann")
    assert [(entry.a, entry.b, entry.claim, entry.against) for entry in found] == [
        ("mill", "town", "clean", "clean"),
        ("town", "mill", "honest", "lies"),  # of two claims the first by id names the pair
    ]


def test_a_contradiction_says_who_spoke_first_and_whether_it_was_answered(dispute):
    clean, linked = contradictions(dispute, "ann")
    assert (clean.first, clean.since, clean.explicit) == ("mill", "2020-03-01", 1)
    assert clean.statements_a == ("s1", "s3")
    assert (linked.first, linked.since, linked.explicit) == (None, "2020-03-01", 0)
