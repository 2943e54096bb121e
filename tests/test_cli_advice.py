"""What a message recommends can be done: the option it names exists and helps, the command it shows does what is said."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def refused(done, status, *parts):
    assert done.status == status, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert any(all(part in line for part in parts) for line in lines), lines


@pytest.fixture
def own(tmp_path):
    """Sixty items that name no scheme, and two files of predictions."""
    chance = random.Random(1)
    rows, said = [], []
    for n in range(60):
        stance = chance.choice(["FAVOR", "AGAINST"])
        groups = {"document": f"d{n % 8}", "actor": f"a{n % 7}", "date": f"2020-0{1 + n % 8}-01"}
        words = "good fine yes" if stance == "FAVOR" else "bad no never"
        rows.append({"id": f"i{n}", "text": f"{words} {n}", "target": "t", "stance": stance, "groups": groups})
        said.append({"id": f"i{n}", "stance": chance.choice(["FAVOR", "AGAINST"])})
    for name, records in (("own", rows), ("p", said), ("q", said)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return "own.jsonl"


# label schemes


@pytest.mark.parametrize(
    "command",
    [
        ("designs", "own.jsonl", "--classifier", "majority"),
        ("curve", "own.jsonl", "--classifier", "majority", "--share", "1"),
        ("label-errors", "own.jsonl"),
        ("compare", "--gold", "own.jsonl", "p.jsonl", "q.jsonl"),
    ],
    ids=lambda command: command[0],
)
def test_where_the_items_name_no_scheme_it_can_be_given_as_the_message_says(run_cli, own, command):
    refused(run_cli(*command), 2, "the items name no label scheme; give it with --scheme")
    done = run_cli(*command, "--scheme", "FAVOR,AGAINST")
    assert done.status == 0, done.stderr
    assert done.stdout


def test_train_can_resample_single_items_as_its_warning_says(run_cli, own, tmp_path):
    with (tmp_path / own).open() as file:
        rows = [json.loads(line) for line in file]
    parted = [{**row, "split": "dev" if n % 3 == 0 else "train"} for n, row in enumerate(rows)]
    (tmp_path / own).write_text("".join(json.dumps(row) + "\n" for row in parted))
    command = ("train", "--classifier", "majority", "--data", own, "--scheme", "FAVOR,AGAINST", "--force", "--json", "--out", "m")
    [warning] = [w for w in json.loads(run_cli(*command).stdout)["evaluations"]["dev"]["warnings"] if "interval" in w]
    assert "the cluster 'none' would resample single items" in warning
    assert "--cluster" not in warning
    done = json.loads(run_cli(*command, "--cluster", "none").stdout)
    assert not any("interval" in warning for warning in done["evaluations"]["dev"]["warnings"])
    assert done["evaluations"]["dev"]["metrics"]["accuracy"]["low"] is not None


# tables of texts


def test_texts_in_another_encoding_are_read_when_it_is_named(run_cli, tmp_path):
    (tmp_path / "t.csv").write_bytes("text\nMühle\n".encode("cp1252"))
    (tmp_path / "t.txt").write_bytes("Mühle".encode("cp1252"))
    for number, name in enumerate(("t.csv", "t.txt")):
        refused(run_cli("new", f"c{number}", "--texts", name), 1, f"{name}:", "is not utf-8 here", "--encoding")
        assert run_cli("new", f"c{number}", "--texts", name, "--encoding", "cp1252").status == 0
        assert "Mühle" in (tmp_path / f"c{number}" / "documents.jsonl").read_text("utf-8")


def test_a_table_of_texts_parted_by_semicolons_is_told_and_read(run_cli, tmp_path):
    (tmp_path / "t.csv").write_text("id;text\na;One, two.\n")
    refused(run_cli("new", "c", "--texts", "t.csv"), 1, "t.csv:1: no column is named 'text'", "parted by ';'", "--delimiter")
    assert run_cli("new", "c", "--texts", "t.csv", "--delimiter", ";").status == 0


def test_a_table_of_texts_without_a_telling_suffix_is_read_when_its_format_is_named(run_cli, tmp_path):
    (tmp_path / "t.dat").write_text("id,text\na,One.\n")
    refused(run_cli("new", "c", "--texts", "t.dat"), 2, "say which it is (--format)")
    assert run_cli("new", "c", "--texts", "t.dat", "--format", "csv").status == 0


@pytest.mark.parametrize("more", [(), ("--format", "csv")])
@pytest.mark.parametrize("start", [b"PK\x03\x04\xfd", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_is_to_be_saved_as_csv_whatever_is_tried(run_cli, tmp_path, more, start):
    (tmp_path / "t.xlsx").write_bytes(start)
    advice = ("t.xlsx: this is a workbook of a spreadsheet program; save its sheet as CSV",)
    refused(run_cli("new", "c", "--texts", "t.xlsx", *more), 1, *advice)
    refused(run_cli("data", "convert", "t.xlsx", "--text", "a", "--target", "=b", *more), 1, *advice)
    refused(run_cli("agreement", "t.xlsx", *more), 1, *advice)


def test_a_missing_table_is_missing_and_a_folder_a_folder(run_cli, tmp_path, small_corpus):
    (tmp_path / "folder").mkdir()
    (tmp_path / "r.csv").write_text("id,a,b\n1,x,y\n")
    corpus = small_corpus().root.name
    refused(run_cli("new", "c", "--texts", "nope"), 1, "nope: there is no such file")
    columns = ("--text", "a", "--target", "=b")
    refused(run_cli("data", "convert", "nope", *columns), 1, "nope: there is no such file")
    refused(run_cli("data", "convert", "folder", *columns), 1, "folder: this is a folder, a file is needed")
    refused(run_cli("agreement", corpus, "r.csv"), 2, f"{corpus} is a folder: name one corpus alone, or files of ratings")


def test_ratings_parted_by_semicolons_are_told_and_read(run_cli, tmp_path):
    (tmp_path / "r.csv").write_text("id;ann;bob\n1;x;x\n2;x;y\n3;y;y\n")
    refused(run_cli("agreement", "r.csv"), 1, "r.csv:1:", "its header looks parted by ';': say so (--delimiter)")
    assert run_cli("agreement", "r.csv", "--delimiter", ";").status == 0


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_ratings_without_a_row_are_called_empty(run_cli, tmp_path, content):
    (tmp_path / "r.jsonl").write_text(content)
    refused(run_cli("agreement", "r.jsonl"), 1, "r.jsonl: the file is empty")


def test_ratings_in_lines_that_are_no_json_are_answered_with_the_first_of_them(run_cli, tmp_path):
    (tmp_path / "r.jsonl").write_text("id,a,b\n1,x,y\n")
    refused(run_cli("agreement", "r.jsonl"), 1, "r.jsonl:1:1: expected a value, found 'id'")


def test_the_bad_row_in_the_page_of_data_sets_is_answered_as_the_page_says(run_cli, tmp_path):
    page = (DOCS / "datasets.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^claimkit (data convert tweets\.csv (?:.*\\\n)?.*)$", page, flags=re.MULTILINE)
    [said] = re.findall(r"as in `(tweets\.csv:3 [^`]*)`", page)
    (tmp_path / "tweets.csv").write_text("tweet,about,label,user\nNo.,T,no,u1\nYes.,T,favour,u2\n")
    done = run_cli(*command.replace("\\\n", " ").split())
    assert done.status == 1
    assert done.stderr.splitlines()[0] == " ".join(said.split())


# what is given in place of what is needed


def test_a_table_in_place_of_items_is_told_how_it_becomes_items(run_cli, tmp_path):
    (tmp_path / "t.csv").write_text("id,text,target\n1,a,b\n")
    advice = ("t.csv:1:1", "expected a value, found 'id'; is this a table? claimkit data convert makes items of it")
    for command in (("train", "--classifier", "majority", "--out", "m", "--data"), ("split",)):
        refused(run_cli(*command, "t.csv"), 1, *advice)
    assert "claimkit data convert" in run_cli("validate", "t.csv").stdout
    (tmp_path / "t.txt").write_text("hello\n")
    assert "claimkit data convert" not in run_cli("validate", "t.txt").stdout


def test_a_corpus_in_place_of_items_is_told_how_they_are_made(run_cli, small_corpus):
    root = small_corpus().root.name
    done = run_cli("train", "--classifier", "majority", "--out", "m", "--data", root)
    refused(done, 1, f"{root}: this is a corpus, a file of items is needed; make one with: claimkit items {root} --out items.jsonl")


@pytest.mark.parametrize(
    ("record", "code", "parts"),
    [
        (
            {"id": "1", "txt": "a", "target": "t"},
            "missing-key",
            ("an item, whose required key 'text' is missing", "did you mean 'text' by 'txt'?"),
        ),
        ({"id": "1", "text": "a"}, "missing-key", ("an item, whose required key 'target' is missing", '"type" as their first key')),
        ({"id": "1", "txt": "a"}, "missing-key", ("an item, whose required keys 'text' and 'target' are missing",)),
        ({"id": "1", "stanse": "a"}, "missing-key", ("a prediction, whose required key 'stance' is missing", "by 'stanse'?")),
        ({"id": "1"}, "unknown-type", ("the record has no type",)),
    ],
)
def test_a_record_without_a_type_is_taken_for_what_it_is_meant_to_be(run_cli, tmp_path, record, code, parts):
    (tmp_path / "f.jsonl").write_text(json.dumps(record) + "\n")
    done = run_cli("validate", "f.jsonl")
    assert done.status == 1
    [line] = done.stdout.splitlines()
    assert line.startswith(f"f.jsonl:1:1 {code}: ")
    assert all(part in line for part in parts), line


def test_the_folder_of_a_model_is_not_rescored_and_called_what_it_is(run_cli, own):
    assert run_cli("train", "--classifier", "majority", "--data", own, "--scheme", "FAVOR,AGAINST", "--out", "m").status == 0
    refused(run_cli("rescore", "m"), 1, "m: this is the folder of a model, not of a run", "claimkit evaluate, claimkit designs")


def test_a_misspelt_configuration_is_answered_with_those_there_are(run_cli):
    done = run_cli("train", "south-asia-ngram", "--out", "m")
    refused(done, 2, "no configuration of that name; did you mean 'south-asia-ngrams'?", "semeval2016-t6a-svm-ngrams")
    refused(run_cli("train", "none.toml", "--out", "m"), 1, "none.toml: there is no such file")


def test_a_misspelt_classifier_is_wrong_usage_in_every_command(run_cli, own):
    for command in (("train", "--out", "m", "--data"), ("designs",), ("curve",), ("label-errors",)):
        done = run_cli(*command, own, "--classifier", "majrity", "--scheme", "FAVOR,AGAINST")
        refused(done, 2, "no classifier is named 'majrity'; did you mean 'majority'?")


def test_the_folder_of_layers_is_sent_to_the_corpus_around_it(run_cli, small_corpus):
    root = small_corpus().root.name
    done = run_cli("validate", f"{root}/layers")
    assert done.status == 1
    assert done.stdout.startswith(f"{root}/layers not-a-corpus: this folder is not a corpus")
    assert done.stdout.endswith(f"the corpus is the folder around it: {root}\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('nam = "x"\n', ":1 corpus-config: unknown key 'nam'; did you mean 'name'?"),
        ('name = "x"\n\n[stance]\nlable = ["a"]\n', ":4 corpus-config: stance: unknown key 'lable'; did you mean 'labels'?"),
        ('name = "x"\n[layers.ann]\nkindd = "x"\n', ":3 corpus-config: layers[...]: unknown key 'kindd'; did you mean 'kind'?"),
        ('name = "x"\nversion = 3\n', ":2 corpus-config: version: must be str, found int"),
        ('title = "x"\n', " corpus-config: the required key 'name' is missing"),
    ],
)
def test_a_fault_of_corpus_toml_has_its_line_and_a_near_miss(run_cli, small_corpus, content, said):
    corpus = small_corpus()
    (corpus.root / "corpus.toml").write_text(content)
    done = run_cli("validate", corpus.root.name)
    assert (done.status, done.stdout) == (1, f"{corpus.root.name}/corpus.toml{said}\n")


# wrong usage


def test_compare_without_gold_names_the_option(run_cli, own):
    refused(run_cli("compare", "p.jsonl", "q.jsonl"), 2, "say where the gold labels are: --gold FILE, or --dataset NAME")


def test_designs_that_are_all_impossible_are_a_failure(run_cli, tmp_path, small_corpus):
    done = run_cli("designs", small_corpus().root.name, "--layer", "ann", "--classifier", "majority")
    refused(done, 1, "no design is possible on these items, so nothing was measured")
    assert "warning: in-domain is impossible" in done.stderr


def test_a_misspelt_annotator_gets_no_table_of_zeros(run_cli, small_corpus):
    root = small_corpus().root.name
    done = run_cli("annotate", root, "--annotator", "anna", "--summary")
    refused(done, 2, f"{root}: nothing was annotated by 'anna'; did you mean 'ann'? there are: ann")
    assert done.stdout == ""
    assert run_cli("annotate", root, "--annotator", "ann", "--summary").status == 0
    refused(run_cli("annotate", "none", "--annotator", "ann", "--summary"), 1, "there is no such folder")


@pytest.mark.parametrize("command", [("split",), ("predict", "south-asia-ngrams")], ids=lambda command: command[0])
def test_a_corpus_given_for_a_file_of_items_is_told_how_they_are_made_whoever_reads_it(run_cli, small_corpus, command):
    root = small_corpus().root.name
    advice = f"make a file of items with: claimkit items {root} --out items.jsonl"
    refused(run_cli(*command, root), 1, f"{root}: this is a corpus, a file is needed; {advice}")


@pytest.mark.parametrize("more", [("--page",), ("--layers", "ann,bob")], ids=["page", "layers"])
def test_a_misspelt_corpus_is_missing_whatever_is_to_be_done_with_it(run_cli, more):
    refused(run_cli("adjudicate", "qarrel", *more), 1, "qarrel: there is no such corpus or file")


def test_a_benchmark_of_which_nothing_ran_prints_no_table(run_cli):
    done = run_cli(
        "benchmark", "--dataset", "vast", "--recipe", "majority", "--data-dir", "nowhere", "--results", "r", "--work", "w"
    )
    assert (done.status, done.stdout) == (1, "")
    assert "vast, majority: nowhere/vast" in done.stderr


def test_a_misspelt_split_is_answered_with_those_there_are(run_cli, own):
    done = run_cli("evaluate", "own.jsonl", "own.jsonl", "--split", "develop")
    assert done.status == 2
    assert "no gold item belongs to the split 'develop'" in done.stderr


def test_json_is_refused_where_nothing_would_print_it(run_cli, small_corpus):
    refused(run_cli("split", "items.jsonl", "--json"), 2, "name a file for the items with --out")
    refused(run_cli("annotate", small_corpus().root.name, "--annotator", "ann", "--json"), 2, "--json goes with --summary")
    refused(run_cli("benchmark", "--json", "--table", "markdown"), 2, "--json goes with a run")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("new", "-"), "a corpus is a folder"),
        (("annotate", "-", "--annotator", "ann"), "name a file of items"),
        (("repair", "-"), "name the file"),
    ],
)
def test_where_the_standard_input_will_not_do_it_is_said_why(run_cli, tmp_path, command, said):
    refused(run_cli(*command), 2, "so the standard", "will not do", said)
    assert not (tmp_path / "-").exists()


def test_items_from_the_standard_input_are_carried_over_with_the_scheme_that_is_given(run_cli, own, tmp_path):
    lines = (tmp_path / own).read_text()
    (tmp_path / "other.jsonl").write_text(lines.replace('"id": "i', '"id": "o').replace('"t"', '"u"').replace("good", "fair"))
    command = ("transfer", "-", "other.jsonl", "--classifier", "majority", "--work", "w", "--replicates", "100")
    refused(run_cli(*command, input=lines.encode()), 2, "the items name no label scheme; give it with --scheme")
    done = run_cli(*command, "--scheme", "FAVOR,AGAINST", input=lines.encode())
    assert done.status == 0, done.stderr
    assert "items: 60 rows to learn from" in done.stderr


def test_list_says_all_that_it_lists(run_cli):
    done = run_cli("list", "--help")
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    for word in ("classifiers", "metrics", "coefficients", "data sets", "attribution", "encoders", "recipes", "schemes", "codes"):
        assert word in done.stdout.partition("Options:")[0].partition("\n\n")[2]
        assert word in page.partition("`claimkit list WHAT`")[2]


def test_help_speaks_of_what_stands_in_the_usage_line(run_cli):
    assert "SOURCES" not in run_cli("agreement", "--help").stdout
    assert "predicted labels" not in run_cli("data", "convert", "--help").stdout
