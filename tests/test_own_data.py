"""Tables and Hugging Face data sets of one's own as items."""

from __future__ import annotations

import json
import subprocess
import sys

import datasets
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.catalog import Columns, TableFormat, items_from_dataset, items_from_table, items_from_tables
from claimkit.corpus.frames import items_to_datasets
from claimkit.errors import DataError, UsageError
from claimkit.jsonl import write_records
from claimkit.records import Item
from claimkit.validate import validate

COLUMNS = Columns(text="tweet", target="about", stance="label")
CSV = 'tweet,about,label\n"We reject, again.",Treaty,no\n"two\nlines",Treaty,yes\nlast,Pact,\n'


@pytest.fixture
def write(tmp_path):
    def writing(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return writing


def told(items):
    return [(item.text, item.target, item.stance) for item in items]


ROWS = [("We reject, again.", "Treaty", "no"), ("two\nlines", "Treaty", "yes"), ("last", "Pact", None)]


# formats


def test_a_csv_file_with_quoted_cells_is_read(write):
    items = list(items_from_table(write("mine.csv", CSV), COLUMNS, scheme="yes,no"))
    assert told(items) == ROWS
    assert [item.id for item in items] == ["mine-1", "mine-2", "mine-3"]
    assert items[0].scheme == ("yes", "no")


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("mine.tsv", 'tweet\tabout\tlabel\nWe reject, again.\tTreaty\tno\n"two\nlines"\tTreaty\tyes\nlast\tPact\t\n', {}),
        ("mine.csv", CSV.replace("\n", "\r\n").replace("two\r\n", "two\n"), {}),
        ("mine.csv", "\ufeff" + CSV, {}),
        ("mine.csv", 'tweet;about;label\nWe reject, again.;Treaty;no\n"two\nlines";Treaty;yes\nlast;Pact;\n', {"delimiter": ";"}),
        ("mine.txt", CSV, {"name": "csv"}),
        ("mine.csv", CSV + "\n\n", {}),
    ],
)
def test_other_ways_to_write_the_same_table_give_the_same_items(write, name, text, form):
    assert told(items_from_table(write(name, text), COLUMNS, form=TableFormat(**form))) == ROWS


def test_a_file_in_another_encoding_is_read_when_it_is_named_and_refused_with_a_hint_else(write):
    path = write("mine.csv", "tweet,about,label\nok,t,a\n“Zoë”,t,a\n", "cp1252")
    assert told(items_from_table(path, COLUMNS, form=TableFormat(encoding="cp1252")))[1][0] == "“Zoë”"
    with pytest.raises(
        DataError, match=r"mine\.csv:3: byte 0x93 is not utf-8 here; name the encoding of the file \(--encoding\), such as"
    ):
        list(items_from_table(path, COLUMNS))
    with pytest.raises(UsageError, match="no encoding is named 'klingon'"):
        list(items_from_table(path, COLUMNS, form=TableFormat(encoding="klingon")))


def test_quotation_marks_may_be_characters_like_others(write):
    path = write("mine.tsv", 'tweet\tabout\tlabel\n"No" he said\tt\ta\n"yes\tt\tb\n')
    assert [row[0] for row in told(items_from_table(path, COLUMNS, form=TableFormat(quotes=False)))] == ['"No" he said', '"yes']
    with pytest.raises(DataError, match=r"mine\.tsv:2: this row cannot be read: .*; where quotation marks .*\(--no-quotes\)"):
        list(items_from_table(path, COLUMNS))


def test_a_text_may_be_as_long_as_an_article(write):
    long = "word " * 100_000
    assert told(items_from_table(write("a.csv", f"tweet,about,label\n{long},t,a\n"), COLUMNS))[0][0] == long


def test_json_lines_with_any_keys_are_read(write):
    lines = [
        '{"tweet":"a","about":"t","label":"no","more":[1]}',
        "",
        '{"about":"t","tweet":"b","label":null}',
        '{"tweet":"c","about":7}',
    ]
    items = list(items_from_table(write("mine.jsonl", "\n".join(lines)), COLUMNS))
    assert told(items) == [("a", "t", "no"), ("b", "t", None), ("c", "7", None)]


def test_a_json_array_is_refused_with_the_command_that_mends_it(write):
    with pytest.raises(DataError, match=r"mine\.json:1: this is one JSON array, not JSON Lines; .*jq -c"):
        list(items_from_table(write("mine.json", '[{"tweet":"a"}]'), COLUMNS))


def test_a_parquet_file_is_read_and_whole_numbers_stay_whole_beside_missing_ones(tmp_path):
    path = tmp_path / "mine.parquet"
    frame = pd.DataFrame({"tweet": ["a", "b"], "about": ["t", "t"], "label": ["no", None], "thread": [7.0, None], "n": [1, 2]})
    frame.to_parquet(path)
    items = list(items_from_table(path, Columns(text="tweet", target="about", stance="label", id="n", groups={"thread": "thread"})))
    assert told(items) == [("a", "t", "no"), ("b", "t", None)]
    assert [(item.id, item.groups) for item in items] == [("1", {"thread": "7"}), ("2", {})]


def test_a_file_that_is_no_parquet_file_is_refused(write):
    with pytest.raises(DataError, match=r"mine\.parquet: this is not a Parquet file"):
        list(items_from_table(write("mine.parquet", "a,b\n"), COLUMNS))


def test_a_format_that_no_suffix_tells_has_to_be_said(write):
    with pytest.raises(
        UsageError, match=r"mine\.dat: the format is not told by the suffix; .*--format.*: csv, tsv, jsonl, parquet"
    ):
        list(items_from_table(write("mine.dat", ""), COLUMNS))


@pytest.mark.parametrize("name", ["mine.csv", "mine.tsv"])
def test_an_empty_file_is_refused(write, name):
    with pytest.raises(DataError, match="the file is empty; a table starts with the names of its columns"):
        list(items_from_table(write(name, ""), COLUMNS))


# columns


def test_one_target_and_one_split_may_be_given_to_all_rows_and_groups_come_from_columns(write):
    path = write("mine.csv", "tweet,user,day\na,u1,2020-01-01\nb,,2020-01-02\n")
    columns = Columns(text="tweet", target="=The treaty = good", split="=test", groups={"author": "user", "date": "day"})
    items = list(items_from_table(path, columns))
    assert {(item.target, item.split, item.stance) for item in items} == {("The treaty = good", "test", None)}
    assert [item.groups for item in items] == [{"author": "u1", "date": "2020-01-01"}, {"date": "2020-01-02"}]


def test_splits_and_ids_may_come_from_columns(write):
    path = write("mine.csv", "id,tweet,part\n x1 ,a,train\nx2,b,\n")
    items = items_from_table(path, Columns(text="tweet", target="=t", id="id", split="part"))
    assert [(item.id, item.split) for item in items] == [("x1", "train"), ("x2", None)]


def test_a_column_that_is_not_there_is_refused_with_a_near_miss(write):
    with pytest.raises(
        UsageError, match=r"mine\.csv: no column is named 'lable'; did you mean 'label'\? there are: tweet, about, label$"
    ):
        list(items_from_table(write("mine.csv", CSV), Columns(text="tweet", target="about", stance="lable")))


def test_a_header_with_another_delimiter_is_recognised(write):
    with pytest.raises(UsageError, match=r"no column is named 'tweet'; its header looks parted by ';': say so \(--delimiter\)"):
        list(items_from_table(write("mine.csv", "tweet;about;label\n"), COLUMNS))


def test_a_column_that_is_there_twice_is_refused(write):
    with pytest.raises(UsageError, match="2 columns are named 'about'"):
        list(items_from_table(write("mine.csv", "tweet,about,about,label\n"), COLUMNS))


def test_ids_are_made_of_the_file_name_and_the_row_whatever_characters_it_has(write):
    path = write("my tweets (2).csv", CSV)
    assert [item.id for item in items_from_table(path, COLUMNS)] == ["my-tweets-2--1", "my-tweets-2--2", "my-tweets-2--3"]


# labels


def test_labels_are_mapped_by_a_named_map_which_brings_its_scheme(write):
    path = write("mine.csv", "tweet,about,label\na,t,pro\nb,t,con\n")
    items = list(items_from_table(path, COLUMNS, label_map="vast-to-claims"))
    assert [(item.stance, item.scheme) for item in items] == [("support", "claims"), ("oppose", "claims")]


@pytest.mark.parametrize("given", ["no=AGAINST,yes=FAVOR", "case"])
def test_labels_are_mapped_to_the_scheme_that_is_named(write, given):
    labels = ("no", "yes") if "=" in given else ("against", "Favor")
    path = write("mine.csv", f"tweet,about,label\na,t,{labels[0]} \nb,t,{labels[1]}\n")
    assert [item.stance for item in items_from_table(path, COLUMNS, scheme="semeval2016", label_map=given)] == ["AGAINST", "FAVOR"]


def test_a_map_that_is_spelt_out_needs_a_scheme_and_an_unknown_one_is_refused_before_any_row_is_read(write):
    path = write("mine.csv", CSV)
    with pytest.raises(UsageError, match=r"the label map 'no=oppose' needs the scheme to which it leads \(--scheme\)"):
        list(items_from_table(path, COLUMNS, label_map="no=oppose"))
    with pytest.raises(UsageError, match="no label map is named 'cases'; did you mean 'case'"):
        list(items_from_table(path, COLUMNS, scheme="claims", label_map="cases"))


# bad rows

BAD = [
    ("a,t,maybe", r":2: column 'label': 'maybe' is not one of yes, no; map it with --label-map FROM=TO$"),
    ("a,t,YES", r":2: column 'label': 'YES' is not one of yes, no; map it with --label-map case$"),
    (" ,t,yes", r":2: column 'tweet' is empty; every item needs it; leave such rows out \(--skip-bad\)$"),
    ("a,,yes", r":2: column 'about' is empty"),
    ("a,t", r":2: 2 cells, the header has 3; a cell that holds the delimiter"),
    ("a,t,yes,", r":2: 4 cells, the header has 3"),
    ("a\0b,t,yes", r":2:( this row cannot be read:)?.*(NUL|U\+0000)"),
]


@pytest.mark.parametrize(("row", "message"), BAD)
def test_a_bad_row_stops_with_its_line_and_column_and_a_hint(write, row, message):
    with pytest.raises(DataError, match=message):
        list(items_from_table(write("mine.csv", f"tweet,about,label\n{row}\n"), COLUMNS, scheme="yes,no"))


def test_all_bad_rows_are_collected_on_demand_and_the_good_ones_keep_their_numbers(write):
    issues = []
    path = write("mine.csv", 'tweet,about,label\n,t,yes\n"a\nb",t,yes\nc,t,x\nd,t,no\ne,t\n')
    items = list(items_from_table(path, COLUMNS, scheme="yes,no", issues=issues))
    assert [item.id for item in items] == ["mine-2", "mine-4"]
    assert [(issue.line, issue.code) for issue in issues] == [(2, "missing-key"), (5, "stance-not-in-scheme"), (7, "table-row")]


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ('{"tweet":"a","about":', "json-syntax", "ends"),
        ("[1]", "json-syntax", "a row is a JSON object"),
        ('{"tweet":["a"],"about":"t"}', "wrong-type", "column 'tweet' holds a list, a text is needed"),
        ('{"tweet":{"full":"a"},"about":"t"}', "wrong-type", "column 'tweet' holds an object"),
        ('{"about":"t"}', "missing-key", "column 'tweet' is empty"),
        ('{"tweet":NaN,"about":"t"}', "json-not-a-number", "NaN"),
    ],
)
def test_bad_lines_of_json_are_named(write, line, code, message):
    issues = []
    path = write("mine.jsonl", '{"tweet":"a","about":"t"}\n' + line + "\n")
    assert len(list(items_from_table(path, Columns(text="tweet", target="about"), issues=issues))) == 1
    assert [(issue.line, issue.code) for issue in issues] == [(2, code)]
    assert message in issues[0].message


def test_an_id_that_is_none_or_stands_twice_is_named(write):
    issues = []
    path = write("mine.csv", "id,tweet\n7,a\na b,b\n7,c\n")
    assert len(list(items_from_table(path, Columns(text="tweet", target="=t", id="id"), issues=issues))) == 1
    assert [(issue.line, issue.code) for issue in issues] == [(3, "not-allowed"), (4, "duplicate-id")]
    assert issues[0].message == "column 'id': 'a b' is not an id"
    assert issues[1].message == f"the id '7' stands already at {path}:2"


def test_files_of_one_name_in_two_folders_do_not_give_two_items_one_id(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.csv").write_text("tweet\nx\n")
    with pytest.raises(
        DataError, match=r"b/mine\.csv:2: the id 'mine-1' stands already at .*a/mine\.csv:2; give the files different names"
    ):
        list(items_from_tables([tmp_path / "a" / "mine.csv", tmp_path / "b" / "mine.csv"], Columns(text="tweet", target="=t")))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.fixed_dictionaries({"tweet": TEXT, "about": TEXT, "label": TEXT}), max_size=5))
def test_whatever_stands_in_a_table_the_items_are_valid_records_in_its_order(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    (folder / "any.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in [{"tweet": "a", "about": "b", "label": "c"}, *rows])
    )
    issues = []
    items = list(items_from_table(folder / "any.jsonl", COLUMNS, issues=issues))
    assert len(items) + len(issues) == len(rows) + 1
    write_records(folder / "items.jsonl", items)
    assert [issue.code for issue in validate(folder / "items.jsonl") if issue.severity == "error"] == []


# Hugging Face data sets


def local(labels=(0, 1, -1)):
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "topic": datasets.ClassLabel(names=["Treaty", "Pact"]),
            "label": datasets.ClassLabel(names=["con", "pro"]),
            "n": datasets.Value("int64"),
        }
    )
    rows = {"text": ["a", "b", "c"], "topic": [0, 1, 1], "label": list(labels), "n": [1, 2, 3]}
    return datasets.Dataset.from_dict(rows, features=features)


def test_class_labels_are_resolved_to_their_names_which_are_the_scheme():
    items = list(items_from_dataset(local(), Columns(text="text", target="topic", stance="label", groups={"topic": "topic"})))
    assert told(items) == [("a", "Treaty", "con"), ("b", "Pact", "pro"), ("c", "Pact", None)]
    assert {item.scheme for item in items} == {("con", "pro")}
    assert [item.id for item in items] == ["row-1", "row-2", "row-3"]
    assert items[1].groups == {"topic": "Pact"}


def test_the_parts_of_a_dataset_dict_are_the_splits_and_ids_stay_unique(tmp_path):
    parts = datasets.DatasetDict({"train": local(), "validation": local()})
    parts.save_to_disk(tmp_path / "mine")
    items = list(items_from_dataset(datasets.load_from_disk(tmp_path / "mine"), Columns(text="text", target="=t"), name="mine"))
    assert [(item.id, item.split) for item in items][2:4] == [("mine-train-3", "train"), ("mine-validation-1", "validation")]
    write_records(tmp_path / "items.jsonl", items)
    assert list(validate(tmp_path / "items.jsonl")) == []


def test_labels_of_a_dataset_are_mapped():
    items = items_from_dataset(local(), Columns(text="text", target="topic", stance="label"), label_map="vast-to-claims")
    assert [(item.stance, item.scheme) for item in items] == [("oppose", "claims"), ("support", "claims"), (None, "claims")]


def test_a_bad_row_of_a_dataset_is_named_by_its_part_and_number():
    parts = datasets.DatasetDict({"test": local()})
    with pytest.raises(DataError, match=r"^test:2: column 'label': 'pro' is not one of con, no"):
        list(items_from_dataset(parts, Columns(text="text", target="topic", stance="label"), scheme="con,no"))
    with pytest.raises(UsageError, match="test: no column is named 'txt'; did you mean 'text'"):
        list(items_from_dataset(parts, Columns(text="txt", target="topic")))


def test_items_become_a_dataset_and_items_again():
    items = [
        Item(id=str(n), text=f"text {n}", target="t", stance=("pro", "con")[n % 2], scheme="vast", split="test") for n in range(4)
    ]
    columns = Columns(id="id", text="text", target="target", stance="label", split="split")
    assert list(items_from_dataset(items_to_datasets(items), columns)) == items


# the command


def test_the_command_writes_items_that_validate_and_split_and_says_what_it_wrote(run_cli, tmp_path, write):
    path = write("mine.csv", "tweet,about,label,user\nWe reject this.,Treaty,no,u1\nWe like it.,Treaty,yes,u2\n")
    done = run_cli(
        *("data", "convert", path, "--text", "tweet", "--target", "about", "--stance", "label", "--group", "author=user"),
        *("--label-map", "no=oppose,yes=support", "--scheme", "claims", "--split", "=test", "--out", "items.jsonl"),
    )
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr == "items.jsonl: 2 items (oppose 1, support 1)\n"
    assert json.loads((tmp_path / "items.jsonl").read_text().splitlines()[0]) == {
        "type": "item",
        "id": "mine-1",
        "text": "We reject this.",
        "target": "Treaty",
        "stance": "oppose",
        "scheme": "claims",
        "split": "test",
        "groups": {"author": "u1"},
    }
    assert run_cli("validate", "items.jsonl").status == 0


def test_with_a_bad_row_nothing_is_written_unless_it_is_to_be_left_out(run_cli, tmp_path, write):
    path = write("mine.csv", CSV + ",Pact,no\n")
    given = ("data", "convert", path, "--text", "tweet", "--target", "about", "--out", "items.jsonl")
    done = run_cli(*given)
    assert (done.status, (tmp_path / "items.jsonl").exists()) == (1, False)
    assert f"{path}:6 missing-key: column 'tweet' is empty" in done.stderr
    assert "claimkit: 1 row is bad, so nothing was written; mend them, or leave them out with --skip-bad" in done.stderr
    done = run_cli(*given, "--skip-bad")
    assert (done.status, len((tmp_path / "items.jsonl").read_text().splitlines())) == (0, 3)
    assert "items.jsonl: 3 items (no labels); 1 bad row left out" in done.stderr


def test_the_standard_input_is_read_and_the_standard_output_written(run_cli):
    given = ("data", "convert", "-", "--format", "csv", "--text", "tweet", "--target", "about", "--stance", "label")
    done = run_cli(*given, input=CSV.encode())
    assert (done.status, [json.loads(line)["id"] for line in done.stdout.splitlines()]) == (0, ["row-1", "row-2", "row-3"])
    assert "no label was checked, because no scheme is named" in done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--text", "twet"), "no column is named 'twet'; did you mean 'tweet'?"),
        (("--text", "tweet", "--scheme", "semval2016"), "no label scheme is named 'semval2016'; did you mean 'semeval2016'?"),
        (("--text", "tweet", "--group", "author"), "'author' is not a pair KEY=COLUMN"),
    ],
)
def test_wrong_usage_ends_with_status_2(run_cli, write, more, message):
    done = run_cli("data", "convert", write("mine.csv", CSV), "--target", "about", *more)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr


def test_converting_a_csv_file_loads_no_heavy_library(write):
    program = (
        "import sys; from claimkit.catalog import Columns, items_from_table; "
        f"list(items_from_table({str(write('mine.csv', CSV))!r}, Columns(text='tweet', target='about'))); "
        "print([m for m in ('pandas', 'datasets', 'numpy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
