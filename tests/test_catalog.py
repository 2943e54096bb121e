"""The catalogue of public data sets, and the official file format of SemEval-2016 task 6."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import msgspec
import pytest

import claimkit
from claimkit.catalog import DATASETS, DataFile, Dataset, Facts, load_dataset
from claimkit.catalog.dataset import LoadedDataset
from claimkit.catalog.submission import read_semeval, read_semeval_predictions, write_semeval
from claimkit.errors import ConfigError, DataError, UsageError
from claimkit.records import Item, Prediction

TSV = "one\tpro\ntwo\tcon\n"


def read_toy(folder, split):
    for number, line in enumerate((folder / f"{split}.tsv").read_text().splitlines()):
        text, stance = line.split("\t")
        yield Item(id=f"{split}-{number}", text=text, target="t", stance=stance, scheme="vast", split=split)


def toy(**changes):
    files = tuple(
        DataFile(name=f"{split}.tsv", bytes=len(TSV), sha256=hashlib.sha256(TSV.encode()).hexdigest(), splits=(split,))
        for split in ("train", "test")
    )
    facts = {
        "name": "toy",
        "title": "Toy",
        "sentence": "A toy.",
        "folder": "toys",
        "licence": "CC0",
        "citation": "Nobody (2020).",
        "url": "https://example.org/toy",
        "origin": "example/toy@0",
        "scheme": "vast",
        "metric": "f1_macro",
        "files": files,
        "labels": {"train": {"pro": 1, "con": 1}, "test": {"pro": 1, "con": 1}},
    }
    return Dataset(read_toy, Facts(**(facts | changes)))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "toys").mkdir()
    for split in ("train", "test"):
        (tmp_path / "toys" / f"{split}.tsv").write_text(TSV)
    return tmp_path


# finding the files


def test_the_files_are_found_in_the_folder_of_all_data_sets_and_in_their_own(folder):
    assert toy().locate(folder) == folder / "toys"
    assert toy().locate(folder / "toys") == folder / "toys"


def test_without_a_folder_the_message_says_where_the_files_come_from_and_what_to_set():
    with pytest.raises(
        DataError, match=r"get the official files from https://example\.org/toy, .*'toys'.*--data-dir or CLAIMKIT_DATA$"
    ):
        toy().locate(None)


def test_a_missing_file_is_named_with_its_source_and_what_to_set(folder):
    (folder / "toys" / "test.tsv").unlink()
    with pytest.raises(DataError, match=r"toys/test\.tsv: .* missing; .*https://example\.org/toy.*--data-dir or CLAIMKIT_DATA$"):
        toy().locate(folder)


def test_a_split_needs_only_its_own_files(folder):
    (folder / "toys" / "test.tsv").unlink()
    assert toy().locate(folder, "train") == folder / "toys"


def test_a_file_with_another_checksum_is_refused(folder):
    (folder / "toys" / "test.tsv").write_text(TSV.replace("pro", "con"))
    with pytest.raises(
        DataError, match=r"toys/test\.tsv: this is not the official file: its SHA-256 is [0-9a-f]{12}…, not [0-9a-f]{12}…"
    ):
        toy().locate(folder)


def restored():
    return toy(files=tuple(msgspec.structs.replace(file, is_restored=True) for file in toy().facts.files))


def test_where_the_checksum_is_that_of_a_restored_copy_the_official_file_is_taken_too(folder):
    path = folder / "toys" / "test.tsv"
    path.write_text("two\tcon\none, with more columns\tpro\n")
    loaded = LoadedDataset(restored(), restored().locate(folder), None)
    assert [item.text for item in loaded] == ["one", "two", "two", "one, with more columns"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("one\tpro\n", "its split test has pro 1, not con 1, pro 1"),
        (TSV.replace("pro", "con"), "its split test has con 2, not con 1, pro 1"),
        ("", "its split test has no row, not con 1, pro 1"),
    ],
)
def test_a_file_in_the_place_of_a_restored_copy_is_judged_by_its_labels(folder, content, message):
    (folder / "toys" / "test.tsv").write_text(content)
    loaded = LoadedDataset(restored(), restored().locate(folder), "test")
    with pytest.raises(DataError, match=rf"toys/test\.tsv: this is not the official file: {message}"):
        list(loaded)


def test_a_file_without_a_column_in_the_place_of_a_restored_copy_is_refused(tmp_path):
    (tmp_path / "ibm_claim_stance").mkdir()
    (tmp_path / "ibm_claim_stance" / "claim_stance_dataset_v1.csv").write_text("split,claims.claimId\ntest,7\n")
    with pytest.raises(DataError, match=r"claim_stance_dataset_v1\.csv: this is not the official file: it lacks 'claims"):
        list(load_dataset("ibm-claim-stance", "test", data_dir=tmp_path))


def test_an_unknown_split_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match=r"has no split 'tset'; did you mean 'test'.* there are: train, test"):
        toy().check_split("tset")


def test_an_unknown_data_set_is_refused_with_a_near_miss():
    with pytest.raises(UsageError, match="no data set is named 'semeval2016_t6a'; did you mean 'semeval2016-t6a'"):
        load_dataset("semeval2016_t6a")


def test_the_environment_is_read_when_a_data_set_is_loaded(monkeypatch, tmp_path):
    monkeypatch.delenv("CLAIMKIT_DATA", raising=False)
    with pytest.raises(DataError, match="with --data-dir or CLAIMKIT_DATA"):
        load_dataset("perspectrum")
    monkeypatch.setenv("CLAIMKIT_DATA", str(tmp_path))
    with pytest.raises(DataError, match=f"^{tmp_path}/perspectrum/.*missing"):
        load_dataset("perspectrum")


def test_looking_at_the_names_of_the_catalogue_reads_no_file_and_load_dataset_is_public():
    assert {"perspectrum", "semeval2016-t6a"} <= set(DATASETS)
    assert claimkit.load_dataset is load_dataset


def test_an_unknown_key_among_facts_in_a_file_is_refused(tmp_path):
    path = tmp_path / "toy.toml"
    path.write_text('name = "toy"\nlicense = "CC0"\n')
    with pytest.raises(ConfigError, match=r"toy\.toml.*(unknown key 'license'|the required key)"):
        _ = Dataset(read_toy, path).facts


# reading


def test_a_loaded_data_set_streams_its_splits_in_order(folder):
    data = LoadedDataset(toy(), folder / "toys", None)
    assert [item.id for item in data] == ["train-0", "train-1", "test-0", "test-1"]
    assert len(data) == 4
    assert data.scheme.labels == ("con", "pro", "neutral")
    assert next(iter(data)).id == "train-0"


def test_a_split_alone_is_one_dataset_and_all_are_a_dataset_for_each(folder):
    assert LoadedDataset(toy(), folder / "toys", "test").to_datasets()["id"][:] == ["test-0", "test-1"]
    assert list(LoadedDataset(toy(), folder / "toys", None).to_datasets()) == ["train", "test"]


def f1(gold, predicted, label):
    hits = sum(a == b == label for a, b in zip(gold, predicted, strict=True))
    return 2 * hits / (gold.count(label) + predicted.count(label))


def test_the_majority_of_each_target_reaches_the_published_6522_on_semeval(data_dir):
    """Mohammad et al. 2016: the majority class of each target, 65.22."""
    train = list(load_dataset("semeval2016-t6a", "train", data_dir=data_dir))
    test = list(load_dataset("semeval2016-t6a", "test", data_dir=data_dir))
    most = {
        target: Counter(item.stance for item in train if item.target == target).most_common(1)[0][0]
        for target in {item.target for item in train}
    }
    gold, predicted = [item.stance for item in test], [most[item.target] for item in test]
    assert round((f1(gold, predicted, "FAVOR") + f1(gold, predicted, "AGAINST")) / 2, 4) == 0.6522


def test_the_majority_reaches_3466_macro_f1_on_perspectrum(data_dir):
    """All SUPPORT on the official test split, recomputed from its counts: 2 · 1471 / (2 · 1471 + 1302) / 2."""
    gold = [item.stance for item in load_dataset("perspectrum", "test", data_dir=data_dir)]
    predicted = ["SUPPORT"] * len(gold)
    assert round((f1(gold, predicted, "SUPPORT") + f1(gold, predicted, "UNDERMINE")) / 2, 4) == 0.3466


def test_the_training_file_of_semeval_is_read_as_cp1252(data_dir):
    tweets = {item.id: item.text for item in load_dataset("semeval2016-t6a", "train", data_dir=data_dir)}
    odd = {name: {char for char in text if ord(char) > 127} for name, text in tweets.items() if not text.isascii()}
    assert odd == {"110": set("Í¢‘„î"), "1828": set("Í¢‘„î")}


def test_semeval_keeps_the_further_columns_under_meta(data_dir):
    first = next(iter(load_dataset("semeval2016-t6a", "test", data_dir=data_dir)))
    assert first.meta == {"opinion_towards": "TARGET", "sentiment": "POSITIVE"}
    assert first.groups == {"target": "Atheism"}


def test_paraphrases_of_perspectrum_share_a_cluster_and_its_label(data_dir):
    clusters = {}
    for item in load_dataset("perspectrum", data_dir=data_dir):
        clusters.setdefault(item.groups["cluster"], set()).add((item.stance, item.split, item.target))
    assert all(len(values) == 1 for values in clusters.values())


def test_the_known_defect_of_perspectrum_is_in_the_data(data_dir):
    def words(text):
        return "".join(char.lower() if char.isalnum() else " " for char in text).split()

    parts = {split: list(load_dataset("perspectrum", split, data_dir=data_dir)) for split in ("train", "test")}
    seen = {tuple(words(item.text)) for item in parts["train"]}
    assert sum(tuple(words(item.text)) in seen for item in parts["test"]) == 732


# the official format of SemEval-2016 task 6


def semeval(tmp_path, rows, header="ID\tTarget\tTweet\tStance", encoding="utf-8"):
    path = tmp_path / "gold.txt"
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def test_rows_of_the_task_become_items_and_back(tmp_path):
    path = semeval(tmp_path, ["1\tAtheism\tShe said “no”. #SemST\tAGAINST", "2\tAtheism\t\"quoted' \tNONE"])
    items = list(read_semeval(path))
    assert [(item.id, item.target, item.stance, item.scheme) for item in items] == [
        ("1", "Atheism", "AGAINST", "semeval2016"),
        ("2", "Atheism", "NONE", "semeval2016"),
    ]
    assert write_semeval(tmp_path / "out.txt", items) == 2
    assert (tmp_path / "out.txt").read_bytes() == path.read_bytes()


def test_predictions_take_the_place_of_gold_labels_and_missing_ones_are_unknown(tmp_path):
    items = list(read_semeval(semeval(tmp_path, ["1\tAtheism\ta\tAGAINST", "2\tAtheism\tb\tNONE"])))
    write_semeval(tmp_path / "run.txt", items, [Prediction(id="2", stance="FAVOR")])
    assert (tmp_path / "run.txt").read_text().splitlines()[1:] == ["1\tAtheism\ta\tUNKNOWN", "2\tAtheism\tb\tFAVOR"]
    assert list(read_semeval_predictions(tmp_path / "run.txt", model="m")) == [Prediction(id="2", stance="FAVOR", model="m")]
    assert [item.stance for item in read_semeval(tmp_path / "run.txt")] == [None, "FAVOR"]


def test_characters_that_end_a_cell_are_written_as_spaces(tmp_path):
    write_semeval(tmp_path / "run.txt", [Item(id="1", text="a\tb\r\nc", target="t", stance="NONE")])
    assert (tmp_path / "run.txt").read_text().splitlines()[1] == "1\tt\ta b  c\tNONE"


def test_windows_line_ends_and_a_byte_order_mark_are_taken(tmp_path):
    path = tmp_path / "w.txt"
    path.write_bytes("\ufeffID\tTarget\tTweet\tStance\r\n1\tt\ta\tFAVOR\r\n".encode())
    assert [item.stance for item in read_semeval(path)] == ["FAVOR"]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (["1\tt\ta\tFAVOUR"], "ID\tTarget\tTweet\tStance", r"gold\.txt:2: stance 'FAVOUR' is not one of .*did you mean 'FAVOR'"),
        (["1\tt\ta\tNONE", "2\tt\ta"], "ID\tTarget\tTweet\tStance", r"gold\.txt:3: 3 columns, the header has 4"),
        (["1\tt\ta\tNONE"], "id,target", r"gold\.txt:1: the first line must be ID<TAB>Target<TAB>Tweet<TAB>Stance"),
        (["\tt\ta\tNONE"], "ID\tTarget\tTweet\tStance", r"gold\.txt:2: ID and Target must not be empty"),
    ],
)
def test_a_file_that_is_not_in_the_format_is_refused_with_its_line(tmp_path, rows, header, message):
    with pytest.raises(DataError, match=message):
        list(read_semeval(semeval(tmp_path, rows, header)))


def test_another_encoding_is_refused_with_its_line(tmp_path):
    with pytest.raises(DataError, match=r"gold\.txt:2: byte 0x92 is not utf-8; the task's training file is cp1252"):
        list(read_semeval(semeval(tmp_path, ["1\tt\tit’s\tNONE"], encoding="cp1252")))


@pytest.mark.parametrize(
    ("prediction", "message"),
    [
        (Prediction(id="9", stance="FAVOR"), "there is no item '9' for this prediction"),
        (Prediction(id="1", stance="pro"), "'pro', the stance of '1', is not one of FAVOR, AGAINST, NONE"),
    ],
)
def test_a_submission_that_the_scorer_would_refuse_is_not_written(tmp_path, prediction, message):
    item = Item(id="1", text="a", target="t")
    with pytest.raises(DataError, match=message):
        write_semeval(tmp_path / "run.txt", [item], [prediction])
    assert not (tmp_path / "run.txt").exists()


def test_the_official_test_labels_survive_the_format(data_dir, tmp_path):
    items = list(load_dataset("semeval2016-t6a", "test", data_dir=data_dir))
    write_semeval(tmp_path / "gold.txt", items)
    assert [(item.id, item.text, item.stance) for item in read_semeval(tmp_path / "gold.txt")] == [
        (item.id, item.text, item.stance) for item in items
    ]


def test_files_made_for_the_official_scorer_are_read(oracle_dir):
    folder = oracle_dir / "semeval2016t6"
    gold = list(read_semeval(folder / "gold.txt"))
    for name in ("pred_allagainst.txt", "pred_majority.txt", "pred_tweeteval.txt"):
        assert [entry.id for entry in read_semeval_predictions(folder / name)] == [item.id for item in gold]


# the command


def test_data_list_names_all_data_sets_without_their_files(run_cli, tmp_path):
    done = run_cli("data", "list", "--json", "--data-dir", tmp_path)
    assert done.status == 0
    found = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert set(found) == set(DATASETS)
    assert found["perspectrum"]["path"] is None
    assert found["perspectrum"]["counts"] == {"train": 6978, "dev": 2071, "test": 2773}


def test_data_info_shows_licence_citation_checksums_and_defects(run_cli, tmp_path):
    done = run_cli("data", "info", "semeval2016-t6a", "--data-dir", tmp_path)
    facts = DATASETS["semeval2016-t6a"].facts
    shown = " ".join(done.stdout.split())
    assert done.status == 0
    for text in ("do not redistribute", "Mohammad", "cp1252", facts.files[0].sha256, "1249"):
        assert text in shown


def test_data_path_ends_with_status_1_and_one_sentence_where_the_files_are_missing(run_cli, tmp_path):
    done = run_cli("data", "path", "perspectrum", "--data-dir", tmp_path)
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "https://github.com/CogComp/perspectrum" in done.stderr


def test_data_path_prints_the_folder_of_checked_files(run_cli, data_dir):
    done = run_cli("data", "path", "perspectrum", "--data-dir", data_dir)
    assert (done.status, done.stdout) == (0, f"{data_dir / 'perspectrum'}\n")


def test_data_export_prints_the_items_of_a_split(run_cli, data_dir):
    done = run_cli("data", "export", "semeval2016-t6a", "--split", "test", "--data-dir", data_dir)
    lines = done.stdout.splitlines()
    assert (done.status, len(lines)) == (0, 1249)
    assert json.loads(lines[0])["id"] == "10001"
    assert "do not redistribute" in done.stderr


def test_data_knows_only_names_of_the_catalogue(run_cli):
    done = run_cli("data", "info", "perspektrum")
    assert (done.status, done.stdout) == (2, "")
    assert "did you mean 'perspectrum'" in done.stderr
