"""``claimkit suggest``: a valid layer of suggestions that overwrites nothing, and the attributions of a plain text."""

from __future__ import annotations

import json

import pytest

from claimkit.attribution import load_attributor
from claimkit.classifiers import make_classifier
from claimkit.corpus import load_corpus
from claimkit.errors import DataError, UsageError
from claimkit.records import Item, Span, Statement
from claimkit.suggestion import ClaimFinder, suggest_statements, write_suggestions
from claimkit.validate import validate

RULES = load_attributor("rules")
LABELS = ("support", "oppose", "neutral", "unclear")


def errors(folder):
    return [str(issue) for issue in validate(folder) if issue.severity == "error"]


def texts(spans):
    return [span.text for span in spans]


@pytest.fixture
def corpus(small_corpus):
    return small_corpus().root


def finder(loaded):
    words = [
        ("the bridge must stay, he said", "support"),
        ("the council denied that, he said", "oppose"),
        ("the council asked, he said", "neutral"),
    ]
    items = [
        Item(
            id=f"i{n}",
            text=words[n % 3][0],
            target=f"The bridge must {('stay', 'go')[n % 2]}.",
            stance=words[n % 3][1],
            scheme=LABELS,
        )
        for n in range(30)
    ]
    return ClaimFinder(loaded, make_classifier("ngrams", LABELS).fit(items))


def test_the_layer_of_suggestions_is_valid_and_tells_where_each_comes_from(run_cli, corpus):
    done = run_cli("suggest", corpus)
    assert done.status == 0, done.stderr
    assert errors(corpus) == []
    first, second = load_corpus(corpus).statements("suggested")
    assert (first.origin, first.annotator, first.meta["suggested_by"]["system"]) == ("suggested", "suggested", "rules")
    assert (first.speaker, texts(first.spans), first.quotation) == (
        "minister",
        ["the minister said: “The bridge must stay.”"],
        "direct",
    )
    assert (second.speaker, second.cue.text, second.speaker_span.text) == ("council", "denied", "The council")
    assert run_cli("validate", corpus).status == 0


def test_without_a_model_claim_and_stance_are_left_open(run_cli, corpus):
    assert run_cli("suggest", corpus).status == 0
    loaded = load_corpus(corpus)
    assert {(entry.claim, entry.stance) for entry in loaded.statements("suggested")} == {("not-annotated", "unclear")}
    assert "not-annotated" in loaded.claims


def test_with_a_classifier_the_most_similar_claim_and_a_stance_are_proposed(corpus):
    loaded = load_corpus(corpus)
    first, second = suggest_statements(loaded, RULES, finder=finder(loaded)).statements
    assert (first.claim, first.stance) == ("stay", "support")
    assert second.stance == "oppose"
    assert first.meta["suggested_by"]["claim_score"] > 0
    assert 0 <= first.meta["suggested_by"]["stance_probability"] <= 1
    write_suggestions(loaded, [first, second])
    assert errors(corpus) == []


def test_other_layers_keep_their_bytes_and_a_layer_that_exists_is_not_written_without_force(run_cli, corpus):
    before = (corpus / "layers" / "ann.jsonl").read_bytes()
    refused = run_cli("suggest", corpus, "--layer", "ann")
    assert refused.status == 1
    assert "ann.jsonl: the layer exists" in refused.stderr
    assert run_cli("suggest", corpus).status == 0
    assert (corpus / "layers" / "ann.jsonl").read_bytes() == before
    again = run_cli("suggest", corpus)
    assert again.status == 1
    first = (corpus / "layers" / "suggested.jsonl").read_bytes()
    assert run_cli("suggest", corpus, "--force").status == 0
    assert (corpus / "layers" / "suggested.jsonl").read_bytes() == first


def test_gold_is_never_written(run_cli, corpus):
    refused = run_cli("suggest", corpus, "--layer", "gold", "--force")
    assert refused.status == 2
    assert "the layer 'gold' is made by adjudication" in refused.stderr


def test_replacing_a_layer_stops_where_another_would_lose_what_it_refers_to(corpus, small_corpus):
    loaded = load_corpus(corpus)
    found = suggest_statements(loaded, RULES).statements
    write_suggestions(loaded, found)
    made = small_corpus("other")
    for name in ("actors.jsonl", "claims.jsonl", "layers/suggested.jsonl"):
        (made.root / name).write_bytes((corpus / name).read_bytes())
    made.add("layers/gold.jsonl", made.statement("g1", "denied that", decided_from=[found[1].id]))
    again = load_corpus(made.root)
    with pytest.raises(DataError, match=f"'g1' of the layer 'gold' refers to '{found[1].id}'"):
        write_suggestions(again, found[:1], force=True)
    write_suggestions(again, found, force=True)
    assert errors(made.root) == []


def test_the_stance_of_open_statements_is_asked_for_where_the_corpus_has_no_unclear(run_cli, corpus):
    (corpus / "corpus.toml").write_text('name = "small"\n[stance]\nlabels = ["support", "oppose"]\n')
    refused = run_cli("suggest", corpus)
    assert refused.status == 2
    assert "'unclear' is not one of the stances of the corpus; choose the label" in refused.stderr
    assert run_cli("suggest", corpus, "--stance", "oppose").status == 0
    assert errors(corpus) == []


def test_a_model_of_another_scheme_is_refused(corpus):
    loaded = load_corpus(corpus)
    rows = [Item(id=str(n), text="a b", target="c", stance="FAVOR" if n % 2 else "AGAINST", scheme="pstance") for n in range(8)]
    with pytest.raises(UsageError, match="the model knows the labels FAVOR, AGAINST, the corpus has support"):
        ClaimFinder(loaded, make_classifier("majority", "pstance").fit(rows))


def test_nested_reports_belong_to_the_innermost_speaker_with_the_others_in_the_chain(small_corpus):
    made = small_corpus()
    text = "The council said that the minister had denied that the bridge must stay."
    (made.root / "layers" / "ann.jsonl").unlink()
    made.write("documents.jsonl", {"type": "document", "id": "d1", "text": text})
    [entry] = suggest_statements(load_corpus(made.root), RULES).statements
    assert (entry.speaker, entry.chain, entry.cue.text) == ("minister", ("council",), "had denied")


def test_a_long_aside_splits_the_statement_and_a_short_one_does_not(small_corpus):
    made = small_corpus()
    (made.root / "layers" / "ann.jsonl").unlink()
    near = "The council denied on Monday that it rained."
    far = "The minister told a small crowd of friends at a fair in the park that it fell."
    made.write("documents.jsonl", {"type": "document", "id": "d1", "text": f"{near} {far}"})
    one, two = suggest_statements(load_corpus(made.root), RULES).statements
    assert texts(one.spans) == ["The council denied on Monday that it rained"]
    assert texts(two.spans) == ["The minister told", "that it fell"]


def test_documents_without_their_text_are_left_out_and_counted(small_corpus):
    made = small_corpus()
    (made.root / "layers" / "ann.jsonl").unlink()
    made.write("documents.jsonl", {"type": "document", "id": "d1", "text": None, "text_sha256": "0" * 64})
    found = suggest_statements(load_corpus(made.root), RULES)
    assert (found.statements, found.without_text) == ([], 1)


def test_the_summary_is_json_on_demand(run_cli, corpus):
    done = run_cli("suggest", corpus, "--json")
    summary = json.loads(done.stdout)
    assert (summary["statements"], summary["unresolved"], summary["documents"]) == (2, 0, 1)
    assert summary["files"][-1] == "layers/suggested.jsonl"


def test_a_plain_text_is_shown_as_a_table_or_as_json(run_cli):
    text = "“It fell,” the minister said. Kabul denied it."
    table = run_cli("suggest", "--text", "-", input=text.encode())
    assert table.status == 0, table.stderr
    assert "the minister" in table.stdout
    found = json.loads(run_cli("suggest", "--text", "-", "--json", input=text.encode()).stdout)
    assert [entry["cue"][0]["text"] for entry in found] == ["said", "denied"]


def test_what_cannot_be_read_ends_in_a_sentence(run_cli, tmp_path):
    bad = tmp_path / "latin.txt"
    bad.write_bytes(b"one\nna\xefve\n")
    done = run_cli("suggest", "--text", bad)
    assert done.status == 1
    assert "latin.txt:2: byte 0xef is not UTF-8" in done.stderr
    for arguments in ([], ["x", "--text", "y"]):
        assert run_cli("suggest", *arguments).status == 2
    assert run_cli("suggest", "--text", bad, "--system", "rulez").status == 2


def test_who_denies_a_report_is_the_speaker_and_not_whom_it_is_about(small_corpus):
    made = small_corpus()
    (made.root / "layers" / "ann.jsonl").unlink()
    made.write(
        "documents.jsonl", {"type": "document", "id": "d1", "text": "The council denied that the minister had said that it rained."}
    )
    outer, inner = suggest_statements(load_corpus(made.root), RULES).statements
    assert [outer.speaker, inner.speaker] == ["council", "minister"]


def test_a_medium_is_in_the_chain_as_long_as_the_same_speaker_goes_on(small_corpus):
    made = small_corpus()
    (made.root / "layers" / "ann.jsonl").unlink()
    made.add("actors.jsonl", {"type": "actor", "id": "gazette", "name": "The Gazette", "kind": "media"})
    text = "The minister told the Gazette that it rained. She added that it snowed. The council denied it."
    made.write("documents.jsonl", {"type": "document", "id": "d1", "text": text})
    found = suggest_statements(load_corpus(made.root), RULES).statements
    assert [entry.chain for entry in found] == [("gazette",), ("gazette",), ()]


def test_what_gold_says_elsewhere_on_a_claim_helps_to_find_it_and_never_in_its_own_document(small_corpus):
    made = small_corpus()
    (made.root / "layers" / "ann.jsonl").unlink()
    words = "The council said that the span was doomed"
    made.write("documents.jsonl", *({"type": "document", "id": f"d{n}", "text": f"{words}."} for n in (1, 2)))
    loaded = load_corpus(made.root)
    target = list(loaded.claims)[-1]
    example = Statement(
        id="e1", document="d2", spans=(Span(0, len(words), words),), speaker="council", claim=target, stance="support"
    )
    rows = [Item(id=str(n), text="a b", target="c", stance=loaded.config.stance.labels[n % 2]) for n in range(8)]
    classifier = make_classifier("majority", loaded.config.scheme).fit(rows)
    here, there = suggest_statements(loaded, RULES).statements
    alone = ClaimFinder(loaded, classifier, [])
    helped = ClaimFinder(loaded, classifier, [example])
    assert helped.find_claims([here])[0][0] == target
    assert helped.find_claims([here])[0][1] > alone.find_claims([here])[0][1]
    assert helped.find_claims([there]) == alone.find_claims([there])
