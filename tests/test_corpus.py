"""Loading, changing and saving a corpus."""

from __future__ import annotations

import msgspec
import pytest
from dispute import ACTORS, CLAIMS, DOCUMENTS, STATEMENTS, line, statement, write_corpus

import claimkit
from claimkit.corpus import load_corpus, loading
from claimkit.corpus.store import RecordFile
from claimkit.errors import ConfigError, DataError, UsageError
from claimkit.jsonl import append_records
from claimkit.records import Actor, Claim, Relation, Statement
from claimkit.validate import validate


@pytest.fixture
def folder(tmp_path):
    return write_corpus(tmp_path / "dispute")


@pytest.fixture
def corpus(folder):
    return load_corpus(folder)


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def changed_lines(before, after):
    return [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]


def replace(record, **values):
    return msgspec.structs.replace(record, **values)


# loading


def test_the_corpus_of_these_tests_is_valid(folder):
    assert list(validate(folder)) == []


def test_records_are_found_by_id_in_file_order(corpus):
    assert list(corpus.documents) == ["d1", "d2"]
    assert list(corpus.actors) == [actor["id"] for actor in ACTORS]
    assert list(corpus.claims) == ["shelter", "stop", "enough"]
    assert [entry.id for entry in corpus.statements()] == ["s1", "s2", "s3", "s4"]
    assert [entry.id for entry in corpus.relations("ann")] == ["ann-r1"]


def test_the_gold_layer_is_the_last_one(corpus):
    assert list(corpus.layers) == ["ann", "gold"]


def test_load_corpus_is_a_public_name(folder):
    assert isinstance(claimkit.load_corpus(str(folder)), claimkit.Corpus)


def test_contradicts_holds_in_both_directions_after_loading_and_the_files_stay_as_they_are(folder):
    before = content(folder)
    corpus = load_corpus(folder)
    assert corpus.contradicting("shelter") == ("enough",)
    assert corpus.contradicting(corpus.claims["enough"]) == ("shelter",)
    corpus.save()
    assert content(folder) == before


def test_the_words_of_a_statement_are_its_spans_joined_by_an_ellipsis(corpus):
    assert corpus.annotated_text(corpus.layer().statements["s1"]) == "Pakistan shelters the network … it must stop"


def test_the_first_error_stops_the_loading_with_its_place(tmp_path):
    lines = [line(STATEMENTS[0]), line(STATEMENTS[1] | {"speaker": "muntr"})]
    folder = write_corpus(tmp_path / "c", ann="".join(lines))
    with pytest.raises(DataError, match=r"layers/ann\.jsonl:2:\d+: there is no actor 'muntr'; did you mean 'munter'\?"):
        load_corpus(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"documents": [DOCUMENTS[0], DOCUMENTS[0]]}, "the id 'd1' is already used in line 1"),
        ({"documents": [ACTORS[0]]}, "a record of type 'actor' stands in a file of documents"),
        ({"gold": [DOCUMENTS[0]]}, "a record of type 'document' stands in a layer"),
        ({"claims": [*CLAIMS, CLAIMS[0] | {"id": "x", "contradicts": ["y"]}]}, "there is no claim 'y'"),
        (
            {"actors": [*ACTORS, {"type": "actor", "id": "x", "name": "X", "kind": "state", "part_of": "y"}]},
            "there is no actor 'y'",
        ),
        ({"documents": ""}, "the file holds no document"),
        ({"ann": ""}, "the file holds no statement or relation"),
        ({"ann": [STATEMENTS[0]], "bob": [STATEMENTS[0]]}, "the id 's1' is already used in another layer"),
        ({"gold": [STATEMENTS[0] | {"stance": "FAVOR"}]}, "stance 'FAVOR' is not one of support, oppose, neutral, unclear"),
        (
            {"gold": [*STATEMENTS, {"type": "relation", "id": "r", "kind": "denies", "source": "s9", "targets": ["s1"]}]},
            "there is no statement 's9'",
        ),
        ({"gold": [STATEMENTS[0] | {"decided_from": ["nowhere"]}]}, "there is no statement 'nowhere'"),
        ({"gold": [STATEMENTS[0] | {"spans": [{"start": 0, "end": 3, "text": "Any"}]}]}, "the document holds 'The' at 0–3"),
        ({"gold": '{"type":"statement"'}, "the last line was cut off"),
        ({"gold": "[]\n"}, "a record is a JSON object"),
    ],
)
def test_what_validate_reports_as_an_error_stops_the_loading(tmp_path, changes, message):
    folder = write_corpus(tmp_path / "c", **changes)
    assert [issue for issue in validate(folder) if issue.severity == "error"]
    with pytest.raises(DataError, match=message):
        load_corpus(folder)


def test_a_layer_in_the_configuration_needs_its_file(tmp_path):
    folder = write_corpus(tmp_path / "c", corpus='name = "c"\n[layers.bob]\nannotator = "Bob"\n')
    with pytest.raises(ConfigError, match=r"layers\.bob: there is no file layers/bob\.jsonl"):
        load_corpus(folder)


def test_warnings_do_not_stop_the_loading(tmp_path):
    folder = write_corpus(tmp_path / "c", gold="\n" + line(STATEMENTS[0]).rstrip("\n"))
    assert [issue.code for issue in validate(folder)] != []
    assert [entry.id for entry in load_corpus(folder).statements()] == ["s1"]


def test_an_unknown_layer_is_refused_with_those_there_are(corpus):
    with pytest.raises(UsageError, match=r"no layer is named 'golt'; did you mean 'gold'\? there are: ann, gold"):
        corpus.statements("golt")


# changing and saving


def test_saving_without_a_change_keeps_every_byte(tmp_path):
    odd = '{"type":"claim", "text":"It is 1.10.","id":"odd","meta":{"n":1.10, "big":12345678901234567890}}\n'
    folder = write_corpus(
        tmp_path / "c",
        claims="".join(map(line, CLAIMS)) + odd,
        ann=line(STATEMENTS[0]) + "\n" + line(STATEMENTS[1])[:-1],
        gold=[STATEMENTS[2]],
    )
    before = content(folder)
    load_corpus(folder).save()
    assert content(folder) == before


def test_one_edit_is_one_changed_line(folder, corpus):
    before = content(folder)
    corpus.put(replace(corpus.layer().statements["s2"], stance="neutral"))
    corpus.save()
    after = content(folder)
    assert [name for name in after if after[name] != before[name]] == ["layers/gold.jsonl"]
    [(old, new)] = changed_lines(before["layers/gold.jsonl"], after["layers/gold.jsonl"])
    assert new == old.replace(b'"stance":"support"', b'"stance":"neutral"')


def test_an_edited_line_keeps_the_bytes_of_what_was_not_edited(tmp_path):
    odd = '{"type":"claim", "text":"It rains.","id":"odd","meta":{"n":1.10}}\n'
    folder = write_corpus(tmp_path / "c", claims="".join(map(line, CLAIMS)) + odd)
    corpus = load_corpus(folder)
    corpus.put(replace(corpus.claims["odd"], text="It snows."))
    corpus.save()
    assert (folder / "claims.jsonl").read_text().splitlines()[
        -1
    ] == '{"type":"claim","text":"It snows.","id":"odd","meta":{"n":1.10}}'


def test_editing_a_claim_does_not_write_down_what_others_say_of_it(folder, corpus):
    before = content(folder)["claims.jsonl"]
    corpus.put(replace(corpus.claims["shelter"], text="Pakistan harbours the network."))
    corpus.save()
    [(old, new)] = changed_lines(before, content(folder)["claims.jsonl"])
    assert new == old.replace(b"Pakistan shelters the Haqqani network.", b"Pakistan harbours the network.")


def test_a_new_contradiction_holds_in_both_directions_at_once(folder, corpus):
    before = content(folder)["claims.jsonl"]
    returned = corpus.put(replace(corpus.claims["shelter"], contradicts=("enough", "stop")))
    assert returned.contradicts == ("stop", "enough")
    assert corpus.contradicting("stop") == ("shelter",)
    corpus.save()
    [(_, new)] = changed_lines(before, content(folder)["claims.jsonl"])
    assert b'"contradicts":["stop"]' in new
    assert load_corpus(folder).claims == corpus.claims


def test_a_contradiction_can_be_taken_back_from_either_side(folder, corpus):
    corpus.put(replace(corpus.claims["shelter"], contradicts=()))
    assert corpus.contradicting("enough") == ()
    corpus.save()
    assert load_corpus(folder).claims == corpus.claims
    assert b"contradicts" not in content(folder)["claims.jsonl"]


def test_a_new_record_is_added_at_the_end(folder, corpus):
    before = content(folder)
    corpus.put(Actor(id="in", name="India", kind="state"))
    corpus.save()
    assert content(folder)["actors.jsonl"] == before["actors.jsonl"] + b'{"type":"actor","id":"in","name":"India","kind":"state"}\n'


def test_a_layer_that_does_not_exist_is_made_and_no_other_is_touched(folder, corpus):
    before = content(folder)
    corpus.put(replace(corpus.layer().statements["s1"], id="bob-1", decided_from=()), layer="bob")
    corpus.save()
    after = content(folder)
    assert {name: after[name] for name in before} == before
    assert list(load_corpus(folder).layers) == ["ann", "bob", "gold"]


def test_an_emptied_layer_loses_its_file(folder, corpus):
    corpus.put(replace(corpus.layer().statements["s1"], id="bob-1", decided_from=()), layer="bob")
    corpus.save()
    corpus.remove(corpus.layer("bob").statements["bob-1"])
    corpus.save()
    assert not (folder / "layers" / "bob.jsonl").exists()


def test_a_removed_record_takes_only_its_line_along(folder, corpus):
    before = content(folder)["layers/gold.jsonl"].splitlines(keepends=True)
    corpus.remove(corpus.layer().statements["s2"])
    corpus.save()
    assert content(folder)["layers/gold.jsonl"] == b"".join(before[:1] + before[2:])
    assert list(validate(folder)) == []


def test_a_removed_claim_no_longer_contradicts(folder, corpus):
    corpus.remove(corpus.layer().statements["s4"])
    corpus.remove(corpus.layer("ann").statements["ann-s4"])
    corpus.remove(corpus.claims["enough"])
    assert corpus.contradicting("shelter") == ()


@pytest.mark.parametrize(
    ("pick", "message"),
    [
        (lambda c: c.documents["d2"], "document 'd2' cannot be removed: the statement 'ann-s4' of the layer 'ann' refers to it"),
        (lambda c: c.actors["state-dept"], "the actor 'munter' refers to it"),
        (lambda c: c.actors["network"], "the claim 'shelter' refers to it"),
        (lambda c: c.claims["shelter"], "the claim 'enough' refers to it"),
        (lambda c: c.layer("ann").statements["ann-s2"], "the statement 's2' of the layer 'gold' refers to it"),
        (lambda c: c.layer("gold").statements["s1"], "the relation 'r1' of the layer 'gold' refers to it"),
        (lambda c: c.layer("ann").relations["ann-r1"], "the relation 'r1' of the layer 'gold' refers to it"),
        (lambda _: Claim(id="nothing", text="?"), "there is no claim 'nothing' to be removed"),
        (lambda _: Relation(id="nothing", kind="denies", source="s1", targets=("s2",)), "there is no relation 'nothing'"),
    ],
)
def test_what_is_referred_to_or_absent_cannot_be_removed(folder, corpus, pick, message):
    with pytest.raises(DataError, match=message):
        corpus.remove(pick(corpus))
    before = content(folder)
    corpus.save()
    assert content(folder) == before


@pytest.mark.parametrize(
    ("pick", "values", "message"),
    [
        (lambda c: c.layer().statements["s1"], {"stance": "FAVOR"}, "statement 's1': stance 'FAVOR' is not one of support"),
        (lambda c: c.layer().statements["s1"], {"speaker": "nobody"}, "there is no actor 'nobody'"),
        (lambda c: c.layer().statements["s1"], {"confidence": 2.0}, "expected|at most 1"),
        (lambda c: c.layer().statements["s1"], {"decided_from": ("nothing",)}, "there is no statement 'nothing'"),
        (lambda c: c.layer().statements["s1"], {"said": "Friday"}, "'Friday' is not a date"),
        (lambda c: c.layer().relations["r1"], {"targets": ("s3",)}, "'s3' is related to itself"),
        (lambda c: c.documents["d1"], {"text": "Another text."}, "statement 'ann-s1': the span"),
        (lambda c: c.actors["us"], {"part_of": "state-dept"}, "'us' is, through part_of, a part of itself"),
        (lambda c: c.actors["us"], {"id": "u s"}, "'u s' is not an id"),
        (lambda c: c.claims["stop"], {"entails": ("stop",)}, "a claim cannot stand under its own 'entails'"),
        (lambda c: c.claims["stop"], {"about": ("nobody",)}, "there is no actor 'nobody'"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_and_nothing_changes(folder, corpus, pick, values, message):
    with pytest.raises(DataError, match=message):
        corpus.put(replace(pick(corpus), **values))
    before = content(folder)
    corpus.save()
    assert content(folder) == before
    assert load_corpus(folder).layer().statements == corpus.layer().statements


def test_a_refused_new_record_leaves_no_trace(corpus):
    with pytest.raises(DataError, match="there is no actor 'nobody'"):
        corpus.put(Actor(id="new", name="New", kind="person", part_of="nobody"))
    with pytest.raises(DataError, match="there is no actor 'new'"):
        corpus.put(Claim(id="c", text="?", about=("new",)))


@pytest.mark.parametrize(
    ("layer", "error", "message"),
    [
        (None, UsageError, "the statement 'new' is new; say in which layer it belongs"),
        ("a b", UsageError, "'a b' cannot name a layer"),
        ("../x", UsageError, "cannot name a layer"),
    ],
)
def test_a_new_statement_needs_a_layer_with_a_proper_name(corpus, layer, error, message):
    with pytest.raises(error, match=message):
        corpus.put(replace(corpus.layer().statements["s1"], id="new"), layer)


def test_a_statement_of_one_layer_cannot_be_put_into_another(corpus):
    with pytest.raises(DataError, match="the id 'ann-s1' is already used in the layer 'ann'"):
        corpus.put(corpus.layer("ann").statements["ann-s1"], layer="gold")


def test_a_claim_has_no_layer(corpus):
    with pytest.raises(UsageError, match="a claim belongs to the whole corpus, not to the layer 'gold'"):
        corpus.put(corpus.claims["stop"], layer="gold")


def test_a_file_that_another_program_changed_is_not_overwritten(folder, corpus):
    corpus.put(replace(corpus.layer().statements["s2"], stance="neutral"))
    path = folder / "layers" / "gold.jsonl"
    path.write_bytes(path.read_bytes() + line(statement("s9", "d2", ["Years later"], "munter", "stop", "unclear")).encode())
    before = path.read_bytes()
    with pytest.raises(DataError, match="changed by another program since it was read; load the corpus again"):
        corpus.save()
    assert path.read_bytes() == before


def test_a_saved_corpus_can_be_changed_and_saved_again(folder, corpus):
    for stance in ("neutral", "unclear"):
        corpus.put(replace(corpus.layer().statements["s2"], stance=stance))
        corpus.save()
    assert load_corpus(folder).layer().statements["s2"].stance == "unclear"


def test_a_copy_holds_the_edits_and_the_original_does_not(tmp_path, folder, corpus):
    before = content(folder)
    corpus.put(replace(corpus.layer().statements["s2"], stance="neutral"))
    corpus.save(tmp_path / "copy")
    assert content(folder) == before
    assert load_corpus(tmp_path / "copy").layer().statements == corpus.layer().statements
    assert list(validate(tmp_path / "copy")) == []


def test_a_copy_is_not_written_over_something(folder, corpus):
    with pytest.raises(DataError, match="the folder for the copy is not empty"):
        corpus.save(folder.parent)


def add_statement_on(folder, claim):
    with (folder / "layers" / "gold.jsonl").open("a", encoding="utf-8") as file:
        file.write(line(statement("s9", "d2", ["Years later"], "munter", claim, "unclear")))


def test_a_corpus_can_be_read_while_another_program_adds_a_claim_and_a_statement_on_it(folder, monkeypatch):
    read, calls = loading._read_layers, []

    def read_late(loaded):
        if not calls:  # after the claims were read here, and before the layers are
            append_records(folder / "claims.jsonl", [Claim(id="new", text="A claim of the last second.")])
            add_statement_on(folder, "new")
        calls.append(loaded)
        read(loaded)

    monkeypatch.setattr(loading, "_read_layers", read_late)
    corpus = load_corpus(folder)
    assert len(calls) == 2
    assert "new" in corpus.claims
    assert corpus.layer().statements["s9"].claim == "new"


def test_a_fault_that_nobody_writes_away_is_found_at_once(folder, monkeypatch):
    read, calls = loading._read_layers, []
    monkeypatch.setattr(loading, "_read_layers", lambda loaded: (calls.append(1), read(loaded)))
    add_statement_on(folder, "nowhere")
    with pytest.raises(DataError, match="there is no claim 'nowhere'"):
        load_corpus(folder)
    assert len(calls) == 1


def test_a_copy_that_fails_half_way_leaves_nothing(tmp_path, corpus, monkeypatch):
    write, done = RecordFile.copy_to, []

    def full(file, path):
        if done:
            raise DataError("no space left on the disk", path=path)
        done.append(write(file, path))

    monkeypatch.setattr(RecordFile, "copy_to", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DataError, match="no space left"):
        corpus.save(tmp_path / "copy")
    assert done
    assert sorted(tmp_path.iterdir()) == before


def test_records_are_the_same_objects_as_those_of_the_layers(corpus):
    assert all(isinstance(entry, Statement) and corpus.layer().statements[entry.id] is entry for entry in corpus.statements())
