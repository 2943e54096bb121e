"""The tour on the shipped corpus: what it says is what the files hold."""

from __future__ import annotations

import json
import re

import pytest

from claimkit.demo import take_tour
from claimkit.errors import DataError
from claimkit.evaluation import evaluate
from claimkit.evaluation.signature import data_hash
from claimkit.jsonl import read_items, read_predictions
from claimkit.shipped import shipped_corpus, shipped_model


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    return take_tour(shipped_corpus(), tmp_path_factory.mktemp("demo") / "out")


def test_every_number_can_be_had_again_from_the_files(tour):
    folder = tour.report.parent
    items, said = list(read_items(folder / "items.jsonl")), list(read_predictions(folder / "predictions.jsonl"))
    again = evaluate(items, said, data=tour.corpus.config.name, split="folds")
    assert again.metrics == tour.evaluation.metrics
    assert (
        json.loads((folder / "result.json").read_text())["evaluation"]["metrics"]["accuracy"]["value"]
        == again.metrics["accuracy"].value
    )


def test_every_document_is_held_out_as_a_whole(tour):
    side = {}
    for item in tour.items:
        assert side.setdefault(item.groups["document"], item.split) == item.split
    assert len(set(side.values())) == 5


def test_the_page_names_every_claim_and_every_statement_once_for_its_claim(tour):
    page = tour.report.read_text()
    assert page.count('<details class="claim">') == len(tour.claims)
    assert page.count('<details class="pair">') == len(tour.contradictions)
    statements = [statement.id for statement in tour.corpus.statements()]
    shown = re.findall(r" · (g-\d{3}-\d{2})</div></li>", page.split('id="contradictions"')[0])
    assert set(statements) <= set(shown)


def test_the_verdict_follows_the_interval_of_the_lift(tour):
    best = max(tour.evaluation.baselines, key=lambda base: base.metrics["accuracy"].value)
    lift = best.lift["accuracy"]
    page = tour.report.read_text()
    if lift.low <= 0 <= lift.high:
        assert "So the model has not been shown to understand more than that." in page
    else:
        assert "the interval excludes zero" in page


def test_contradictions_pair_actors_who_stand_on_both_sides(tour):
    statements = tour.corpus.layers["gold"].statements
    for entry in tour.contradictions:
        assert {statements[name].stance for name in entry.statements_a} == {"support"}
        expected = "oppose" if entry.against == entry.claim else "support"
        assert {statements[name].stance for name in entry.statements_b} == {expected}
        assert entry.a != entry.b


def test_a_second_tour_replaces_the_first_and_nothing_else(tmp_path):
    out = tmp_path / "out"
    take_tour(shipped_corpus(), out)
    first = (out / "report.html").read_bytes()
    take_tour(shipped_corpus(), out)
    assert (out / "report.html").read_bytes() == first
    (out / "mine.txt").write_text("keep")
    with pytest.raises(DataError, match=r"holds other files \('mine\.txt'\)"):
        take_tour(shipped_corpus(), out)
    assert (out / "mine.txt").read_text() == "keep"


def test_the_shipped_corpus_has_the_size_and_balance_it_promises():
    from claimkit.corpus import load_corpus

    corpus = load_corpus(shipped_corpus())
    stances = [statement.stance for statement in corpus.statements()]
    assert len(corpus.documents) >= 15
    assert len(stances) >= 120
    assert len(corpus.claims) >= 30
    assert len(corpus.actors) >= 25
    assert len(list(corpus.relations())) >= 30
    assert stances.count("oppose") / len(stances) >= 0.25
    assert all(120 <= len(document.text.split()) <= 300 for document in corpus.documents.values())
    for name in ("model-a", "model-b", "model-c"):
        assert all(statement.origin == "model" and statement.annotator == name for statement in corpus.statements(name))
        assert corpus.config.layers[name].kind == "model"
    passes = {name for statement in corpus.statements() for source in statement.decided_from for name in (source[0],)}
    assert passes == {"a", "b"}


def test_the_shipped_baseline_has_learnt_from_the_shipped_gold(tour):
    folder = shipped_model("south-asia-ngrams")
    result = json.loads((folder / "result.json").read_text())
    assert result["data"]["sha256_8"] == data_hash(tour.items)
    assert result["data"]["trained_on"] == len(tour.items)
    card = (folder / "README.md").read_text()
    assert f"{tour.evaluation.metrics['accuracy'].value:.3f} [" in card
