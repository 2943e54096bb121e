"""Ratings from files as people have them, and the command that measures their agreement."""

from __future__ import annotations

import json

import pytest

from claimkit.agreement import coefficients_of
from claimkit.agreement.reading import Columns, read_ratings
from claimkit.errors import DataError, UsageError
from claimkit.shipped import shipped_corpus

WIDE = "id,document,ann,bob,cat\n1,d1,yes,yes,no\n2,d1,no,no,\n3,d2,yes,,yes\n"


@pytest.fixture
def write(tmp_path):
    def make(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def shown(ratings):
    return [[None if code < 0 else ratings.labels[code] for code in row] for row in ratings.codes.tolist()]


TABLE = [["yes", "yes", "no"], ["no", "no", None], ["yes", None, "yes"]]


def test_a_wide_table_has_a_column_for_each_annotator(write):
    found = read_ratings([write("wide.csv", WIDE)])
    assert found.annotators == ("ann", "bob", "cat")
    assert shown(found) == TABLE
    assert found.items == ("1", "2", "3")
    assert [found.document_names[place] for place in found.documents] == ["d1", "d1", "d2"]


def test_a_long_table_has_a_column_of_annotators(write):
    rows = ["item,annotator,label,document"]
    for line in WIDE.splitlines()[1:]:
        item, document, *labels = line.split(",")
        rows += [f"{item},{name},{label},{document}" for name, label in zip(("ann", "bob", "cat"), labels, strict=True) if label]
    found = read_ratings([write("long.csv", "\n".join(rows) + "\n")])
    assert (found.annotators, shown(found)) == (("ann", "bob", "cat"), TABLE)


def test_json_lines_may_name_annotators_in_each_row(write):
    rows = [
        {"type": "item", "id": "1", "text": "…", "target": "t", "stance": "yes", "groups": {"document": "d1"}, "annotator": "ann"},
        {"type": "item", "id": "1", "text": "…", "target": "t", "stance": "no", "groups": {"document": "d1"}, "annotator": "bob"},
    ]
    found = read_ratings([write("long.jsonl", "".join(json.dumps(row) + "\n" for row in rows))])
    assert (found.annotators, shown(found), found.document_names) == (("ann", "bob"), [["yes", "no"]], ("d1",))


def test_one_file_of_items_for_each_annotator_is_called_as_the_file(write):
    paths = [
        write(f"{name}.jsonl", "".join(json.dumps({"id": n, "stance": label}) + "\n" for n, label in enumerate(labels, start=1)))
        for name, labels in (("ann", ["yes", "no"]), ("bob", ["yes", None]))
    ]
    found = read_ratings(paths)
    assert (found.annotators, shown(found)) == (("ann", "bob"), [["yes", "yes"], ["no", None]])


def test_what_stands_for_a_missing_label_is_told(write):
    path = write("wide.csv", "id,ann,bob\n1,yes,NA\n2,no,no\n")
    assert shown(read_ratings([path], missing=["NA"])) == [["yes", None], ["no", "no"]]
    assert shown(read_ratings([path])) == [["yes", "NA"], ["no", "no"]]


def test_numbers_are_numbers_where_the_level_needs_them(write):
    path = write("wide.csv", "id,ann,bob\n1,2,10\n2,2.5,1\n")
    assert read_ratings([path]).labels == ("1", "10", "2", "2.5")
    assert read_ratings([path], level="interval").labels == (1.0, 2.0, 2.5, 10.0)
    assert read_ratings([path], level="ordinal").labels == (1.0, 2.0, 2.5, 10.0)


def test_words_have_the_order_in_which_they_are_named(write):
    path = write("wide.csv", "id,ann,bob\n1,low,high\n2,mid,mid\n")
    assert read_ratings([path], level="ordinal", labels=["low", "mid", "high"]).labels == ("low", "mid", "high")
    with pytest.raises(UsageError, match=r"the labels are words \(high, low, mid\); say in which order they stand: --labels"):
        read_ratings([path], level="ordinal")


def test_sets_are_lists_in_json_and_parted_cells_in_tables(write):
    wide = read_ratings([write("sets.csv", "id,ann,bob\n1,a; b,b\n2,,c\n")], level="masi")
    assert shown(wide) == [[frozenset("ab"), frozenset("b")], [None, frozenset("c")]]
    lines = '{"id":"1","ann":["a","b"],"bob":["b"]}\n{"id":"2","ann":[],"bob":["c"]}\n'
    found = read_ratings([write("sets.jsonl", lines)], level="masi")
    assert shown(found) == [[frozenset("ab"), frozenset("b")], [frozenset(), frozenset("c")]]


def test_columns_can_be_named(write):
    path = write("odd.csv", "key,first,second,comment\n1,a,b,x\n2,a,a,y\n")
    found = read_ratings([path], columns=Columns(item="key", annotators=("first", "second")))
    assert found.annotators == ("first", "second")
    with pytest.raises(UsageError, match="no column is named 'frist'; did you mean 'first'"):
        read_ratings([path], columns=Columns(item="key", annotators=("frist", "second")))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("id,ann,bob\n1,a\n", {}, r"bad\.csv:2: 2 cells, the header has 3"),
        ("id,ann,bob\n1,a,b\n1,a,b\n", {}, r"bad\.csv:3: 'ann' rates the item '1' a second time, after .*bad\.csv:2; keep one"),
        ("id,ann,bob\n1,1,x\n", {"level": "interval"}, r"bad\.csv:2: the label 'x' in the column 'bob' is not a number"),
        (
            "id,ann,bob\n1,yes,noo\n",
            {"labels": ["yes", "no"]},
            r"bad\.csv:2: the label 'noo' .* is not one of yes, no; did you mean",
        ),
        ("id,annotator,label\n,ann,yes\n", {}, r"bad\.csv:2: the column 'id' is empty"),
        ("id,text\n1,hello\n", {}, "fewer than two columns can be annotators; there are: id, text"),
        ("id,ann,bob\n", {}, "there is no label in it"),
    ],
)
def test_bad_rows_are_named_with_file_and_line(write, text, options, message):
    with pytest.raises(DataError, match=message):
        read_ratings([write("bad.csv", text)], **options)


def test_a_layer_is_not_a_file_of_ratings():
    layers = sorted((shipped_corpus() / "layers").glob("model-*.jsonl"))
    with pytest.raises(UsageError, match="this is a layer of a corpus"):
        read_ratings(layers)


def test_two_files_of_the_same_name_need_names(write, tmp_path):
    (tmp_path / "x").mkdir()
    paths = [write("a.csv", "id,label\n1,yes\n"), write("x/a.csv", "id,label\n1,no\n")]
    with pytest.raises(UsageError, match="two files have the same name"):
        read_ratings(paths)
    assert read_ratings(paths, names=["ann", "bob"]).annotators == ("ann", "bob")


# the command


def test_the_command_prints_what_the_library_gives(write, run_cli):
    path = write(
        "wide.csv", "id,ann,bob\n" + "".join(f"{n},{'yes' if n % 3 else 'no'},{'yes' if n % 2 else 'no'}\n" for n in range(30))
    )
    done = run_cli("agreement", path, "--json")
    assert done.status == 0, done.stderr
    result = json.loads(done.stdout)
    expected = coefficients_of(read_ratings([path]))
    for name, entry in result["coefficients"].items():
        assert entry["value"] == pytest.approx(expected[name].value)
        assert (entry["low"], entry["high"]) == (pytest.approx(expected[name].low), pytest.approx(expected[name].high))
        assert (entry["n_items"], entry["n_values"]) == (30, 60)
    assert result["spans"] == {}
    assert [(pair["a"], pair["b"]) for pair in result["pairs"]] == [("ann", "bob")]


def test_the_command_compares_layers_of_a_corpus_and_writes_a_page(run_cli, tmp_path):
    page = tmp_path / "page.html"
    options = ["--layers", "gold,model-a", "--replicates", "200", "--html", page]
    done = run_cli("agreement", shipped_corpus(), *options)
    assert done.status == 0, done.stderr
    assert "krippendorff_alpha" in done.stdout
    assert "counts as none found, not as missing" in done.stdout
    assert "Krippendorff's alpha is " in done.stderr
    assert '<svg style="max-width' in page.read_text()


def test_all_that_layers_are_compared_on_is_in_the_json(run_cli):
    done = run_cli("agreement", shipped_corpus(), "--layers", "model-a,model-c", "--replicates", "200", "--json")
    result = json.loads(done.stdout)
    assert set(result["spans"]) == {"content", "cue", "source"}
    assert set(result["attributes"]) >= {"claim", "speaker", "targets", "stance_or_none"}
    assert result["relations"]["n_relations"] > 0
    assert len(result["pairs"]) == 1
    assert result["documents"][0]["f1_relaxed"]["value"] > 0
    assert result["items"][0]["text"]


def test_pairs_of_name_and_file_name_the_annotators(write, run_cli):
    one, two = write("one.csv", "id,label\n1,yes\n2,no\n"), write("two.csv", "id,label\n1,yes\n2,yes\n")
    done = run_cli("agreement", f"ann={one}", f"bob={two}", "--json")
    assert [entry["annotator"] for entry in json.loads(done.stdout)["annotators"]] == ["ann", "bob"]


def test_one_label_alone_is_null_in_json_with_its_reason(write, run_cli):
    done = run_cli("agreement", write("wide.csv", "id,ann,bob\n" + "".join(f"{n},yes,yes\n" for n in range(12))), "--json")
    entry = json.loads(done.stdout)["coefficients"]["krippendorff_alpha"]
    assert (entry["value"], entry["low"]) == (None, None)
    assert entry["method"] == "undefined: every label is 'yes', so nothing tells agreement from chance"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["missing.csv"], 1, "there is no such file or folder"),
        (["missing"], 1, "there is no such file or folder"),
        (
            ["wide.csv", "--layers", "a,b"],
            2,
            "--layers and --guideline are for a corpus; files of ratings have neither",
        ),
        (["wide.csv", "--coefficient", "alpha"], 2, "no coefficient is named 'alpha'"),
        (["wide.csv", "--level", "interval"], 1, "is not a number, which the level interval needs"),
        (["CORPUS", "--layers", "model-a"], 2, "name at least two layers, each once"),
        (["CORPUS", "--level", "ordinal"], 2, "the stances of a corpus are nominal"),
    ],
)
def test_wrong_use_is_one_sentence(write, run_cli, arguments, status, message):
    write("wide.csv", WIDE)
    done = run_cli("agreement", *(shipped_corpus() if entry == "CORPUS" else entry for entry in arguments))
    assert done.status == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_list_names_the_coefficients_with_a_sentence(run_cli):
    done = run_cli("list", "coefficients", "--json")
    assert {entry["name"] for entry in json.loads(done.stdout)} >= {"krippendorff_alpha", "gwet_ac1", "cohen_kappa"}
