"""Records and items as pandas tables and as Hugging Face datasets."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from dispute import ACTORS, CLAIMS, DOCUMENTS, STATEMENTS, write_corpus

from claimkit.corpus import load_corpus
from claimkit.corpus.frames import TABLES, items_to_datasets, items_to_pandas
from claimkit.errors import UsageError
from claimkit.records import Item

KINDS = [*TABLES, "item"]
ROWS = {"document": 2, "actor": 6, "claim": 3, "statement": 4, "relation": 1, "item": 4}


@pytest.fixture
def corpus(tmp_path):
    return load_corpus(write_corpus(tmp_path / "dispute"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_has_one_row_a_record_in_file_order(corpus, kind):
    table = corpus.to_pandas(kind)
    assert len(table) == ROWS[kind]
    expected = {"document": DOCUMENTS, "actor": ACTORS, "claim": CLAIMS}.get(kind)
    if expected:
        assert table["id"].tolist() == [record["id"] for record in expected]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dataset_has_the_columns_and_rows_of_the_table(corpus, kind):
    data = corpus.to_datasets(kind)
    table = corpus.to_pandas(kind)
    assert data.num_rows == len(table)
    assert [name for name in data.column_names if name != "label"] == list(table.columns)
    assert data["id"][:] == table["id"].tolist()


def test_a_statement_is_flattened_to_its_first_span_and_its_whole_text(corpus):
    row = corpus.to_pandas("statement").set_index("id").loc["s1"]
    first = corpus.layer().statements["s1"].spans[0]
    assert (row["start"], row["end"], row["n_spans"]) == (first.start, first.end, 2)
    assert row["text"] == "Pakistan shelters the network … it must stop"
    assert (row["party"], row["date"], row["attitudes"]) == ("us", "2011-09-23", {"pk": "negative"})
    assert row["decided_from"] == ("ann-s1",)


def test_what_was_left_out_is_missing_in_the_table(corpus):
    table = corpus.to_pandas("statement").set_index("id")
    assert table["on_behalf_of"].isna().tolist() == [True, True, False, True]
    assert table["confidence"].isna().all()


def test_lists_stay_lists_and_free_data_becomes_json_text_in_a_dataset(corpus):
    claims = corpus.to_datasets("claim")
    assert claims["about"][0] == ["pk", "network"]
    assert json.loads(claims["meta"][2]) == {"weight": "1.10"}
    assert json.loads(corpus.to_datasets("actor")["affiliations"][3])[0]["role"] == "ambassador"


def test_claims_are_tabled_with_contradictions_in_both_directions(corpus):
    assert corpus.to_pandas("claim").set_index("id").loc["shelter", "contradicts"] == ("enough",)


def test_a_layer_without_relations_gives_a_table_with_columns_and_no_rows(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c", gold=STATEMENTS))
    table = corpus.to_pandas("relation")
    assert (len(table), list(table.columns)[:4]) == (0, ["id", "kind", "source", "targets"])
    assert corpus.to_datasets("relation").num_rows == 0


def test_items_have_a_column_for_each_group(corpus):
    table = corpus.to_pandas("item", kinds=("stance", "attitude"))
    assert len(table) == 5
    assert table["group_actor"].tolist() == ["us", "us", "us", "pk", "munter"]
    assert table["scheme"].tolist() == ["claims", "attitude", "claims", "claims", "claims"]


def test_items_of_one_scheme_have_labels_in_the_order_of_the_scheme(corpus):
    data = corpus.to_datasets("item")
    assert data.features["label"].names == ["support", "oppose", "neutral", "unclear"]
    assert list(zip(data["stance"], data["label"], strict=True)) == [("support", 0), ("support", 0), ("oppose", 1), ("support", 0)]


def test_items_of_several_schemes_have_no_label_column(corpus):
    assert "label" not in corpus.to_datasets("item", kinds=("stance", "attitude")).column_names


def test_items_with_splits_give_a_dataset_for_each_of_them(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c", corpus='name = "c"\n[splits]\ntest = ["d2"]\n'))
    data = corpus.to_datasets("item")
    assert {split: part["id"][:] for split, part in data.items()} == {"train": ["s1", "s2", "s3"], "test": ["s4"]}


def test_items_without_stance_have_no_label():
    items = [
        Item(id="1", text="a", target="t", scheme="claims"),
        Item(id="2", text="b", target="t", stance="oppose", scheme="claims"),
    ]
    assert items_to_datasets(items)["label"][:] == [None, 1]
    assert items_to_pandas(items)["stance"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("statements", {}, "no record type is named 'statements'; did you mean 'statement'"),
        ("claim", {"kinds": ["stance"]}, "only items take the option 'kinds', not a claim"),
        ("relation", {"layer": "bob"}, "no layer is named 'bob'"),
    ],
)
def test_what_does_not_exist_is_refused(corpus, kind, options, message):
    with pytest.raises(UsageError, match=message):
        corpus.to_pandas(kind, **options)


def test_loading_a_corpus_and_deriving_items_loads_no_heavy_library(tmp_path):
    folder = write_corpus(tmp_path / "c")
    program = (
        "import sys; from claimkit.corpus import load_corpus; "
        f"c = load_corpus({str(folder)!r}); list(c.items()); c.save(); "
        "print([m for m in ('pandas', 'datasets', 'numpy', 'sklearn', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
