"""``claimkit match`` and the folders of rankers: what is learnt survives, what is damaged is refused, bad lines are named."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
import safetensors.numpy

from claimkit.catalog.trec import read_run
from claimkit.claimmatching import ClaimRanker, load_ranker, save_ranker
from claimkit.claimmatching.matches import Match, RankedClaim, format_run, matches_of, read_matches, write_matches
from claimkit.claimmatching.persistence import Learnt
from claimkit.claimmatching.reading import read_claims, read_pairs, read_texts
from claimkit.encoders import load_encoder
from claimkit.errors import DataError, UsageError
from claimkit.jsonl import write_lines
from claimkit.records import Claim

WORDS = ["bridge", "harbour", "library", "station", "market", "tower", "school", "stadium", "theatre", "canal"]
CLAIMS = [Claim(id=f"c{n}", text=f"The {word} of Wexcombe was built in {1900 + n}.") for n, word in enumerate(WORDS)]
TEXTS = {f"t{n}": f"they say our {word} is old, built {1900 + n} #{word.title()}OfWexcombe" for n, word in enumerate(WORDS)}
PAIRS = {f"t{n}": {f"c{n}"} for n in range(len(WORDS))}


def fitted(**parameters):
    return ClaimRanker(CLAIMS, **parameters).fit(TEXTS, PAIRS)


@pytest.fixture
def folder(tmp_path):
    return save_ranker(fitted(), tmp_path / "ranker", Learnt(len(TEXTS), len(PAIRS)))


def lines(path, *rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path):
    """Known claims, and items that say which of them they repeat."""
    claims = lines(tmp_path / "claims.jsonl", *({"type": "claim", "id": claim.id, "text": claim.text} for claim in CLAIMS))
    items = [
        {"id": f"i{n}", "text": TEXTS[f"t{n}"], "target": CLAIMS[n].text, "groups": {"claim": f"c{n}"}} for n in range(len(WORDS))
    ]
    return claims, lines(tmp_path / "items.jsonl", *items)


# folders


def test_a_ranker_that_was_saved_ranks_as_before(folder):
    assert load_ranker(folder, CLAIMS).rank(TEXTS) == fitted().rank(TEXTS)


def test_an_encoder_is_named_in_the_folder_and_loaded_with_it(tmp_path):
    made = fitted(encoder=load_encoder("hashing"))
    path = save_ranker(made, tmp_path / "ranker", Learnt(10, 10))
    found = load_ranker(path, CLAIMS)
    assert "dense_text" in found.features
    assert found.rank(TEXTS) == made.rank(TEXTS)
    assert "hashing" in (path / "README.md").read_text()


def test_a_ranker_serves_another_collection(folder):
    others = [Claim(id="x", text="The lighthouse was painted in 1980."), Claim(id="y", text="The pier burnt down.")]
    assert next(iter(load_ranker(folder, others).rank({"t": "who painted the lighthouse in 1980?"})["t"])) == "x"


def test_the_folder_holds_data_only_and_the_same_fit_gives_the_same_bytes(folder, tmp_path):
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "model.json", "model.safetensors"]
    again = save_ranker(fitted(), tmp_path / "again", Learnt(len(TEXTS), len(PAIRS)))
    for name in ("model.json", "model.safetensors"):
        assert (folder / name).read_bytes() == (again / name).read_bytes()


def test_what_cannot_be_named_in_a_folder_is_not_saved(tmp_path):
    class Odd:
        def encode(self, texts):
            return np.ones((len(texts), 1), dtype=np.float32)

    with pytest.raises(UsageError, match="the ranker was not fitted, so there is nothing to save; BM25 needs no model"):
        save_ranker(ClaimRanker(CLAIMS), tmp_path / "ranker", Learnt(0, 0))
    with pytest.raises(UsageError, match="this encoder cannot be named in a model folder"):
        save_ranker(fitted(encoder=Odd()), tmp_path / "ranker", Learnt(0, 0))
    assert not (tmp_path / "ranker").exists()


def edit(folder, **changes):
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "claimkit-model"}, "not the description of a claimkit claim ranker: 'format' must be 'claimkit-claim-ranker'"),
        ({"format_version": 9}, "its format is version 9, this claimkit reads 1; train the model again"),
        ({"features": ["words"]}, "it sees other features than this claimkit computes; train the model again"),
        ({"depth": 0}, "depth must be at least 1"),
        ({"code": "import os"}, "not what a model folder holds: object contains unknown field `code`"),
        ({"tensors": {"weights": [1]}}, "'tensors' must be weights, mean and scale of 17 numbers"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(folder, changes, message):
    edit(folder, **changes)
    with pytest.raises(DataError, match=message):
        load_ranker(folder, CLAIMS)


def test_damaged_tensors_and_missing_folders_are_refused(folder, tmp_path):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(DataError, match=r"the checksum is not the one in model\.json; the folder is damaged"):
        load_ranker(folder, CLAIMS)
    with pytest.raises(DataError, match="there is no such model folder; make one with: claimkit match train"):
        load_ranker(tmp_path / "nowhere", CLAIMS)


def test_a_scale_of_0_is_refused_although_the_checksum_fits(folder):
    from claimkit.modelfiles import facts_of

    tensors = safetensors.numpy.load_file(folder / "model.safetensors")
    raw = safetensors.numpy.save(tensors | {"scale": np.zeros_like(tensors["scale"])})
    (folder / "model.safetensors").write_bytes(raw)
    edit(folder, file=msgspec.to_builtins(facts_of(raw)))
    with pytest.raises(DataError, match=r"model\.json: the tensor 'scale' has a number that is not above 0"):
        load_ranker(folder, CLAIMS)


def test_another_encoder_of_the_same_name_is_refused(tmp_path):
    folder = save_ranker(fitted(encoder=load_encoder("hashing")), tmp_path / "ranker", Learnt(1, 1))
    edit(folder, encoder={"spec": "hashing", "identity": "0" * 12})
    with pytest.raises(UsageError, match="the encoder 'hashing' is not the one that this model was fitted with"):
        load_ranker(folder, CLAIMS)


# files


def test_claims_and_texts_are_any_lines_with_an_id_and_a_text(tmp_path):
    path = lines(
        tmp_path / "x.jsonl", {"id": "a", "text": "A", "title": "T", "more": [1]}, {"type": "claim", "id": "b", "text": "B"}
    )
    assert [(claim.id, claim.text, claim.title) for claim in read_claims(path)] == [("a", "A", "T"), ("b", "B", None)]
    assert read_texts(path) == {"a": "A", "b": "B"}


def test_items_of_one_query_are_one_text(tmp_path):
    rows = [{"id": f"i{n}", "text": "T", "target": "x", "groups": {"query": "q", "claim": f"c{n}"}} for n in (1, 2)]
    path = lines(tmp_path / "x.jsonl", *rows)
    assert read_texts(path) == {"q": "T"}
    assert read_pairs(path) == ({"q": "T"}, {"q": {"c1", "c2"}})


def test_judgements_of_trec_name_the_claims_of_texts(tmp_path):
    texts = lines(tmp_path / "t.jsonl", {"id": "a", "text": "A"})
    qrels = tmp_path / "qrels"
    qrels.write_text("a 0 c1 1\na 0 c2 0\n")
    assert read_pairs(texts, qrels) == ({"a": "A"}, {"a": {"c1"}})
    qrels.write_text("b 0 c1 1\n")
    with pytest.raises(DataError, match=r"qrels: 'b' is judged, but .*t\.jsonl has no such text"):
        read_pairs(texts, qrels)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id":"a","text":"A"}\n{"id":"b"}\n', r":2: a claim is a JSON object with \"id\" and \"text\": object missing required"),
        ('{"id":"a","text":"A"}\nnonsense\n', r":2: a claim is a JSON object with \"id\" and \"text\": JSON is malformed"),
        ('{"id":"a","text":"A"}\n\n{"id":"a","text":"B"}\n', r":3: the id 'a' is already used in line 1"),
        ("", "the file holds nothing; a claim is one line"),
    ],
)
def test_a_bad_line_is_named(tmp_path, content, message):
    path = tmp_path / "claims.jsonl"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        read_claims(path)


def test_an_item_that_names_no_claim_teaches_nothing_and_is_refused(tmp_path):
    path = lines(tmp_path / "i.jsonl", {"id": "i1", "text": "T", "target": "x"})
    with pytest.raises(DataError, match=r":1: the item 'i1' does not say which claim it repeats; .*--qrels"):
        read_pairs(path)


def test_matches_survive_their_file_and_a_run_is_read_by_the_reader_of_runs(tmp_path):
    ranked = {"t1": {"c2": 2.5, "c1": 0.1 + 0.2}, "t2": {}}
    matches = list(matches_of(ranked, {"c1": "one", "c2": "two"}))
    assert matches[0] == Match("t1", (RankedClaim("c2", 2.5, "two"), RankedClaim("c1", 0.1 + 0.2, "one")))
    assert write_matches(tmp_path / "m.jsonl", matches) == 2
    assert list(read_matches(tmp_path / "m.jsonl")) == matches
    write_lines(tmp_path / "run", (line.encode() for line in format_run(matches, "x")))
    assert read_run(tmp_path / "run") == {"t1": ranked["t1"]}
    (tmp_path / "m.jsonl").write_text('{"id":"t"}\n')
    with pytest.raises(DataError, match=r"m\.jsonl:1: this is no match"):
        list(read_matches(tmp_path / "m.jsonl"))


# the command


def test_the_command_learns_ranks_and_its_run_is_evaluated(run_cli, files, tmp_path):
    claims, items = files
    done = run_cli("match", "train", claims, items, "--out", tmp_path / "ranker", "--json")
    assert done.status == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["claims"], said["queries"], said["pairs"]) == (10, 10, 10)
    assert set(said["weights"]) == set(fitted().features)
    run = run_cli("match", "rank", claims, items, "--model", tmp_path / "ranker", "--format", "trec", "--out", tmp_path / "run")
    assert (run.status, run.stdout) == (0, "")
    (tmp_path / "qrels").write_text("".join(f"i{n} 0 c{n} 1\n" for n in range(10)))
    scored = run_cli("evaluate", tmp_path / "qrels", tmp_path / "run", "--metric", "mrr", "--json")
    assert json.loads(scored.stdout)["metrics"]["mrr"]["value"] == 1.0


def test_without_a_model_bm25_ranks_and_lines_come_out(run_cli, files):
    claims, items = files
    done = run_cli("match", "rank", claims, items, "-k", "2")
    assert done.status == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["claims"][0]["id"] for row in rows] == [f"c{n}" for n in range(10)]
    assert rows[0]["claims"][0]["text"] == CLAIMS[0].text
    assert {len(row["claims"]) for row in rows} == {2}
    shown = run_cli("match", "rank", claims, "-", "-k", "1", "--format", "table", input=items.read_bytes())
    assert "The bridge of Wexcombe" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rank", "claims.jsonl", "nowhere.jsonl"], "nowhere.jsonl: there is no such file"),
        (["rank", "-", "-"], "only one of CLAIMS and TEXTS can be the standard input"),
        (["rank", "claims.jsonl", "items.jsonl", "--model", "claims.jsonl"], "there is no such model folder"),
        (["rank", "claims.jsonl", "items.jsonl", "--format", "table", "--out", "x"], "a table is for the screen"),
        (["train", "items.jsonl", "claims.jsonl", "--out", "r"], "claims.jsonl:1"),
        (["train", "claims.jsonl", "items.jsonl", "--out", "r", "--encoder", "onnx"], "lacks its place; write onnx:PATH"),
    ],
)
def test_what_cannot_be_is_one_sentence(run_cli, files, tmp_path, arguments, message):
    done = run_cli("match", *arguments)
    assert done.status in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "r").exists()


def test_the_collection_of_a_data_set_is_exported(run_cli, data_dir, tmp_path):
    done = run_cli("data", "export", "checkthat2020-t2", "--collection", "--data-dir", data_dir, "--out", tmp_path / "c.jsonl")
    assert done.status == 0
    assert len(read_claims(tmp_path / "c.jsonl")) == 10_375
