"""What every data set of the catalogue has to fulfil; read from the official files, which CLAIMKIT_DATA has to name.

Those of annotated texts have contracts of their own besides, in test_every_annotated_dataset.py.
"""

from __future__ import annotations

from collections import Counter

import pytest

from claimkit.catalog import DATASETS, load_dataset
from claimkit.jsonl import write_records
from claimkit.metrics import METRICS
from claimkit.schemes import scheme_of
from claimkit.validate import validate

NAMES = list(DATASETS)
# Data set -> split -> first and last record: id, target, stance, characters of the text. Taken from the official files with
# sed, grep and awk, or the csv and json modules alone; the texts themselves may not be passed on everywhere, and a target that is
# such a text is told by its length.
ENDS = {
    "checkthat2019-t1": {
        "train": (
            ("20160209_msnbc_dem-1", "worth checking", "other", 68),
            ("20190108_oval_office-71", "worth checking", "other", 24),
        ),
        "test": (
            ("20151219_3_dem-1", "worth checking", "other", 24),
            ("20190215_trump_emergency-858", "worth checking", "other", 10),
        ),
    },
    "checkthat2020-t2": {
        "train": (("1-394", 120, "match", 315), ("998-539", 82, "match", 165)),
        "dev": (("0-784", 111, "match", 332), ("986-30", 135, "match", 191)),
        "test": (("999-6094", 117, "match", 183), ("1197-5553", 144, "match", 134)),
    },
    "fnc1": {
        "train": (("712-4a96102ef8a5-1", 115, "unrelated", 1093), ("2044-bd7a881285de-1", 55, "unrelated", 1052)),
        "test": (("2008-128206bb6384-1", 90, "unrelated", 1947), ("2586-05dcc2b3101d-1", 87, "agree", 5009)),
    },
    "ibm-claim-stance": {
        "train": (
            (
                "202105",
                "This house believes that open primaries are the most effective method of selecting candidates for elections",
                "CON",
                113,
            ),
            ("612556", "This house would promote democratization", "CON", 40),
        ),
        "test": (
            ("2973", "This house believes that the sale of violent video games to minors should be banned", "PRO", 145),
            ("534357", "This house would only teach abstinence for sex education in schools", "CON", 106),
        ),
    },
    "newsmtsc": {
        "train": (("train-1-1", "Winner", "neutral", 107), ("train-7758-1", "He", "negative", 183)),
        "test-rw": (("test-rw-1-1", "Mr. Trump", "negative", 134), ("test-rw-1067-1", "Kucherena", "neutral", 40)),
        "test-mt": (("test-mt-1-1", "Hillary Clinton’s", "negative", 408), ("test-mt-721-2", "Donaldson", "neutral", 198)),
    },
    "perspectrum": {
        "train": (
            ("167-0-1242", "Male infant circumcision is tantamount to child abuse", "UNDERMINE", 133),
            ("11-7-5791", "Internet access is a human right", "UNDERMINE", 53),
        ),
        "dev": (
            ("499-0-3695", "Vaccination must be made compulsory", "SUPPORT", 48),
            ("1004-10-25451", "Net Neutrality – All Internet Traffic Should Be Treated Equally", "SUPPORT", 37),
        ),
        "test": (
            ("943-0-7579", "School Day Should Be Extended", "SUPPORT", 31),
            ("697-7-20932", "Illegal downloaders should be cut off from the internet", "SUPPORT", 96),
        ),
    },
    "pstance": {
        "train": (("trump-train-1", "Donald Trump", "AGAINST", 128), ("bernie-train-5056", "Bernie Sanders", "AGAINST", 166)),
        "dev": (("trump-dev-1", "Donald Trump", "AGAINST", 118), ("bernie-dev-634", "Bernie Sanders", "AGAINST", 126)),
        "test": (("trump-test-1", "Donald Trump", "AGAINST", 133), ("bernie-test-635", "Bernie Sanders", "FAVOR", 275)),
    },
    "rumoureval2017": {
        "train": (("552785374507175936", 134, "comment", 134), ("544520273718812672", 133, "support", 133)),
        "dev": (("580319546592112640", 80, "comment", 54), ("581473088249958400", 137, "support", 137)),
        "test": (("498293763387568128", 93, "comment", 117), ("775057555865206784", 44, "support", 44)),
    },
    "semeval2016-t6a": {
        "train": (("101", "Atheism", "AGAINST", 136), ("2914", "Legalization of Abortion", "AGAINST", 137)),
        "trial": (("1", "Hillary Clinton", "AGAINST", 134), ("100", "Legalization of Abortion", "AGAINST", 136)),
        "test": (("10001", "Atheism", "AGAINST", 111), ("11249", "Legalization of Abortion", "AGAINST", 75)),
    },
    "semeval2016-t6b": {"test": (("20001", "Donald Trump", "NONE", 107), ("20707", "Donald Trump", "NONE", 115))},
    "vast": {
        "train": (("train-1", "company", "con", 372), ("train-13477", "mandatory child", "neutral", 1212)),
        "dev": (("dev-1", "comment section", "con", 561), ("dev-2062", "college student", "neutral", 433)),
        "test": (("test-1", "nuclear power", "pro", 405), ("test-3006", "employment", "neutral", 488)),
    },
}


@pytest.fixture(scope="module", params=[name for name in NAMES if DATASETS[name].facts.holds == "items"])
def data(request, data_dir):
    return load_dataset(request.param, data_dir=data_dir)


@pytest.mark.parametrize("name", NAMES)
def test_the_facts_are_complete(name):
    facts = DATASETS[name].facts
    assert facts.name == name
    assert facts.metric in METRICS
    assert all((facts.title, facts.sentence, facts.licence, facts.citation, facts.origin, facts.files))
    assert facts.url.startswith("https://")
    for counts in facts.labels.values():
        assert set(counts) <= set(scheme_of(facts.scheme).labels)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_have_the_sizes_of_the_facts(name, data_dir):
    data = load_dataset(name, data_dir=data_dir)
    for file in data.facts.files:
        assert (data.folder / file.name).stat().st_size == file.bytes


def test_each_split_has_the_labels_of_the_facts(data):
    found = {}
    for item in data:
        found.setdefault(item.split, Counter())[item.stance] += 1
    assert found == data.facts.labels


def test_the_first_and_the_last_record_are_those_of_the_official_files(data):
    assert set(ENDS[data.name]) == set(data.splits)
    for split, ends in ENDS[data.name].items():
        items = list(load_dataset(data.name, split, data_dir=data.folder.parent))
        for item, (name, target, stance, length) in zip((items[0], items[-1]), ends, strict=True):
            assert (item.id, item.stance, len(item.text)) == (name, stance, length)
            assert (len(item.target) if isinstance(target, int) else item.target) == target
        assert len(items) == data.facts.counts[split]


def test_ids_are_unique_over_all_splits(data):
    ids = [item.id for item in data]
    assert len(set(ids)) == len(ids) == len(data)


def test_all_items_have_the_scheme_of_the_facts_and_a_group(data):
    assert {item.scheme for item in data} == {data.facts.scheme}
    assert all(item.groups for item in data)


def test_reading_twice_gives_the_same_items(data):
    assert list(data) == list(data)


def test_the_items_are_valid_records(data, tmp_path):
    path = tmp_path / "items.jsonl"
    write_records(path, data)
    assert [str(issue) for issue in validate(path) if issue.severity == "error"] == []


def test_tables_and_datasets_hold_all_items(data):
    assert len(data.to_pandas()) == len(data)
    found = data.to_datasets()
    assert {split: part.num_rows for split, part in found.items()} == data.facts.counts
    first = data.splits[0]
    assert load_dataset(data.name, first, data_dir=data.folder.parent).to_datasets().column_names == found[first].column_names
