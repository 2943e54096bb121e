"""What every data set of annotated texts has to fulfil; read from the official files, which CLAIMKIT_DATA has to name."""

from __future__ import annotations

from collections import Counter

import pytest

from claimkit.catalog import DATASETS, export_corpus, load_dataset
from claimkit.catalog.annotated import records_of
from claimkit.corpus import load_corpus
from claimkit.errors import UsageError
from claimkit.jsonl import write_records
from claimkit.schemes import scheme_of
from claimkit.validate import validate

NAMES = [name for name in DATASETS if DATASETS[name].facts.holds == "statements"]
# Data set -> split -> first and last statement of the reference: id, pieces of the content, cue, source; as start and end. Taken
# from the official files with tar, cut and grep alone.
ENDS = {
    "polnear": {
        "train": (
            ("breitbart_2015-11-11_the-ninth-circle-the-hellish-vie_d473-E1", [(120, 211)], (113, 119), (110, 112)),
            ("west-journal_2016-09-06_schlafly-s-final-column-explains_ef2d-E18", [(2834, 2960)], (2965, 2970), (2961, 2964)),
        ),
        "dev": (
            ("breitbart_2016-09-12_stealth-over-health-hillary-clin_ef2d-E1", [(115, 290)], (107, 114), (89, 106)),
            ("west-journal_2016-10-05_pence-gives-gop-a-boost-with-sol_d473-E14", [(2418, 2575)], (2584, 2589), (2576, 2583)),
        ),
        "test": (
            ("breitbart_2016-10-12_washington-post-backs-hillary-cl_ef2d-E1", [(22, 51)], (16, 21), (0, 15)),
            (
                "west-journal_2016-11-05_woman-who-accused-trump-of-rape-_d473-E15",
                [(1865, 1917), (1927, 1957)],
                (1921, 1925),
                (1918, 1920),
            ),
        ),
        "annotator-training": (
            ("breitbart_2016-03-11_activists-brick-up-entrance-to-m_4b22-E1", [(190, 281)], (179, 189), (90, 111)),
            ("breitbart_2016-03-11_africa-builds-expertise-in-scien_4b22-E21", [(2083, 2094)], (2103, 2110), (2114, 2150)),
        ),
    }
}


def place(span):
    return None if span is None else (span.start, span.end)


@pytest.fixture(scope="module", params=NAMES)
def data(request, data_dir):
    return load_dataset(request.param, data_dir=data_dir)


@pytest.fixture(scope="module")
def texts(data):
    return {split: list(data.texts(split)) for split in data.splits}


def test_each_split_has_the_kinds_of_statements_of_the_facts(data, texts):
    found = {split: Counter(entry.meta["kind"] for text in part for entry in text.reference) for split, part in texts.items()}
    assert found == data.facts.labels
    assert sum(1 for _ in data.statements()) == len(data)
    assert set().union(*found.values()) == set(scheme_of(data.facts.scheme).labels)


def test_the_first_and_the_last_statement_are_those_of_the_official_files(data):
    assert set(ENDS[data.name]) == set(data.splits)
    for split, ends in ENDS[data.name].items():
        statements = list(load_dataset(data.name, split, data_dir=data.folder.parent).statements())
        found = [
            (entry.id, [place(span) for span in entry.spans], place(entry.cue), place(entry.speaker_span))
            for entry in (statements[0], statements[-1])
        ]
        assert found == list(ends)


def test_every_span_covers_its_words(texts):
    for part in texts.values():
        for text in part:
            for entry in (entry for layer in text.layers.values() for entry in layer):
                for span in (*entry.spans, entry.cue, entry.speaker_span):
                    assert span is None or text.document.text[span.start : span.end] == span.text != ""
                assert list(entry.spans) == sorted(entry.spans, key=lambda span: span.start)


def test_documents_have_unique_ids_and_belong_to_one_split(texts):
    ids = [text.document.id for part in texts.values() for text in part]
    assert len(set(ids)) == len(ids)


def test_the_statements_of_an_annotator_are_those_of_his_texts(data, texts):
    layers = Counter()
    for part in texts.values():
        for text in part:
            layers.update({annotator: len(statements) for annotator, statements in text.layers.items()})
    assert {annotator: sum(1 for _ in data.statements(annotator)) for annotator in layers} == layers


def test_reading_twice_gives_the_same_texts(data, texts):
    assert {split: list(data.texts(split)) for split in data.splits} == texts


def test_iteration_says_what_to_do_instead(data):
    with pytest.raises(UsageError, match=f"^the data set '{data.name}' has annotated texts .* data export {data.name} --out DIR$"):
        list(data)


def test_the_exported_corpus_is_valid_and_has_every_statement_under_its_annotator(data, texts, tmp_path):
    folder = export_corpus(data, tmp_path / "corpus")
    assert [str(issue) for issue in validate(folder) if issue.severity == "error"] == []
    corpus = load_corpus(folder)
    assert list(corpus.documents.values()) == list(data.documents())
    for annotator in corpus.layers:
        assert list(corpus.statements(annotator)) == list(data.statements(annotator))


def test_the_exported_lines_are_valid(data, texts, tmp_path):
    path = tmp_path / "records.jsonl"
    write_records(path, records_of(data.texts()))
    assert [str(issue) for issue in validate(path) if issue.severity == "error"] == []
