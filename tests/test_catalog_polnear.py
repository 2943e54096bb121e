"""PolNeAR: the figures of the corpus, its stand-off files with their oddities, the recorded defects."""

from __future__ import annotations

import io
import re
import tarfile
from collections import Counter

import pytest

from claimkit.catalog import DATASETS, load_dataset, overlaps_between
from claimkit.catalog.annotated import AnnotatedText, records_of
from claimkit.catalog.polnear import read_texts
from claimkit.catalog.shared_texts import Part
from claimkit.corpus import CorpusConfig, load_corpus
from claimkit.corpus.writing import format_config, write_corpus
from claimkit.errors import DataError, UsageError
from claimkit.records import Actor, Claim, Document, Item

NAME = "polnear"
HEADER = (
    "compartment\tfilename\tlevel\tannotators\tpublisher\tpublication_date\tauthor\ttitle\ttrump_count\tclinton_count\tcredit\twire"
)


# the stand-off format, on a small archive of our own


def archive(folder, text, **marked):
    """Write an archive with one article of train and the marks of its annotators."""
    row = f'train\ta1\t3\t{"|".join(marked)}\tpaper\t2016-03-11\tNone\tA "title"\t2\t1\tNone\tAP'
    files = {"data/metadata.tsv": f"{HEADER}\n{row}\n", "data/train/text/a1.txt": text}
    files |= {f"data/train/attributions/a1_{code}.ann": "".join(f"{line}\n" for line in lines) for code, lines in marked.items()}
    with tarfile.open(folder / "polnear.tar.gz", "w:gz") as out:
        for name, content in files.items():
            raw = content.encode()
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            out.addfile(member, io.BytesIO(raw))
    return list(read_texts(folder, "train"))


def places(spans):
    return [(span.start, span.end, span.text) for span in spans]


TEXT = "𝕏 “Yes,” she said, “we will.”"
FIRST = ["T1\tContent 2 8\t“Yes,”", "T2\tSource 9 12\tshe", "T3\tCue 13 17\tsaid", "T4\tAttribution 13 17\tsaid"]


def test_an_attribution_becomes_a_statement_with_content_cue_and_source(tmp_path):
    [text] = archive(tmp_path, TEXT, ab12=[*FIRST, "E1\tAttribution:T4 Content:T1 Cue:T3 Source:T2"])
    [statement] = text.layers["ab12"]
    assert (statement.id, statement.document, statement.annotator) == ("a1_ab12-E1", "a1", "ab12")
    assert places(statement.spans) == [(2, 8, "“Yes,”")]
    assert (statement.cue.text, statement.speaker_span.text, statement.meta) == ("said", "she", {"kind": "Attribution"})


def test_the_article_has_what_the_table_says_of_it_and_quotation_marks_are_characters_like_others(tmp_path):
    [text] = archive(tmp_path, TEXT, ab12=[])
    assert text.document == Document(
        id="a1",
        text=TEXT,
        title='A "title"',
        source="paper",
        published="2016-03-11",
        lang="en",
        meta={"annotators": ["ab12"], "trump_count": 2, "clinton_count": 1, "level": "3", "wire": "AP"},
    )


def test_the_pieces_of_a_content_are_kept_in_the_order_of_the_text(tmp_path):
    marks = ["T1\tContent 19 29;2 8\t“we will.” “Yes,”", *FIRST[1:]]
    [text] = archive(tmp_path, TEXT, ab12=[*marks, "E1\tAttribution:T4 Content:T1 Cue:T3 Source:T2"])
    assert places(text.reference[0].spans) == [(2, 8, "“Yes,”"), (19, 29, "“we will.”")]


def test_a_second_content_goes_on_with_the_first(tmp_path):
    marks = [*FIRST, "T5\tContent 19 29\t“we will.”"]
    [text] = archive(tmp_path, TEXT, ab12=[*marks, "E1\tAttribution:T4 Content:T1 Cue:T3 Content2:T5"])
    assert len(text.reference[0].spans) == 2
    assert text.reference[0].speaker_span is None


def test_a_source_in_pieces_is_marked_from_the_first_to_the_last_and_its_pieces_are_kept(tmp_path):
    marks = [FIRST[0], "T2\tSource 9 12;13 17\tshe said", *FIRST[2:]]
    [text] = archive(tmp_path, TEXT, ab12=[*marks, "E1\tAttribution:T4 Content:T1 Source:T2"])
    [statement] = text.reference
    assert statement.speaker_span.text == "she said"
    assert statement.meta["source_pieces"] == [[9, 12], [13, 17]]
    assert statement.cue is None


def test_an_attribution_without_content_and_lines_that_are_no_marks_are_left_out(tmp_path):
    marks = [*FIRST, "and the rest of a text", "", "#1\tAnnotatorNotes T1\tWhy?", "E1\tAttribution:T4 ", "T9\tDiscard 0 1\t𝕏"]
    [text] = archive(tmp_path, TEXT, ab12=[*marks, "E2\tAttribution-no-source:T4 Content:T1 Cue:T3"])
    assert [(entry.id, entry.meta["kind"]) for entry in text.reference] == [("a1_ab12-E2", "Attribution-no-source")]


def test_the_first_annotator_of_the_article_is_the_reference_and_one_who_found_nothing_is_there(tmp_path):
    event = "E1\tAttribution:T4 Content:T1 Cue:T3 Source:T2"
    [text] = archive(tmp_path, TEXT, ef01=[], ab12=[*FIRST, event])
    assert list(text.layers) == ["ef01", "ab12"]
    assert text.reference == ()
    assert len(text.layers["ab12"]) == 1


# the official files


def test_the_files_have_the_attributions_that_the_corpus_is_known_for(data_dir):
    """19,868 / 2193 / 2044 attributions of the first annotators in 840 / 84 / 84 articles, counted as lines, without our reader."""
    counts, contentless, articles = Counter(), Counter(), {}
    with tarfile.open(data_dir / "polnear" / "polnear.tar.gz") as files:
        table = files.extractfile("data/metadata.tsv").read().decode().splitlines()
        for split, name, _, annotators, *_ in (row.split("\t") for row in table[1:]):
            if split == "parc3-replication":
                continue
            articles.setdefault(split, []).append(name)
            path = f"data/{split}/attributions/{name}_{annotators.split('|')[0]}.ann"
            events = re.findall(r"^E\d+\t(.*)$", files.extractfile(path).read().decode(), flags=re.MULTILINE)
            counts[split] += len(events)
            contentless[split] += sum("Content" not in event for event in events)
    facts = DATASETS[NAME].facts
    assert {split: len(names) for split, names in articles.items()} == {
        "train": 840,
        "dev": 84,
        "test": 84,
        "annotator-training": 4,
    }
    assert (counts["train"], counts["dev"], counts["test"]) == (19_868, 2_193, 2_044)
    assert {split: counts[split] - contentless[split] for split in counts} == facts.counts
    assert any("36 of the 19,868" in defect and "1 of the 2193" in defect for defect in facts.defects)


def test_fifteen_training_articles_have_six_annotators_and_one_has_five(data_dir):
    found = Counter(len(text.layers) for text in load_dataset(NAME, "train", data_dir=data_dir).texts())
    assert found == {1: 824, 6: 15, 5: 1}


def test_the_recorded_defect_that_attributions_share_words_is_in_the_data(data_dir):
    """Its README says that each token is involved in at most one attribution."""
    shared = 0
    for text in load_dataset(NAME, "test", data_dir=data_dir).texts():
        used = Counter()
        for entry in text.reference:
            parts = (*entry.spans, entry.cue, entry.speaker_span)
            used.update({place for span in parts if span is not None for place in range(span.start, span.end)})
        shared += any(count > 1 for count in used.values())
    assert any(f"{shared} of the 84 test articles" in defect for defect in DATASETS[NAME].facts.defects)


# what holds of all annotated texts


def test_two_records_of_one_id_must_be_the_same():
    texts = [AnnotatedText(Document(id=name, text="…"), {}, (Actor(id="a", name=name, kind="person"),)) for name in ("d1", "d2")]
    with pytest.raises(DataError, match="two records have the id 'a'"):
        list(records_of(texts))


def test_a_data_set_of_items_has_no_annotated_texts(data_dir):
    with pytest.raises(UsageError, match="'perspectrum' has items rather than annotated texts; iterate over it"):
        next(load_dataset("perspectrum", "dev", data_dir=data_dir).texts())


def test_a_corpus_is_not_written_into_a_folder_with_something_in_it(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mine.txt").write_text("mine")
    records = [Document(id="d", text="…")], [Actor(id="a", name="a", kind="person")], [Claim(id="c", text="c")]
    for force in (False, True):
        with pytest.raises(DataError, match=r"corpus: the folder (has something in it|holds no corpus\.toml)"):
            write_corpus(tmp_path / "corpus", CorpusConfig(name="x"), *records, {}, force=force)
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == ["mine.txt"]


def test_a_corpus_is_only_replaced_by_itself(tmp_path, small_corpus):
    corpus = small_corpus()
    records = [Document(id="d", text="…")], [Actor(id="a", name="a", kind="person")], [Claim(id="c", text="c")]
    before = {path: path.read_bytes() for path in corpus.root.rglob("*") if path.is_file()}
    with pytest.raises(DataError, match=r"small: this is another corpus \('small', not 'x'\), so it is not replaced"):
        write_corpus(corpus.root, CorpusConfig(name="x"), *records, {"ann": []}, force=True)
    with pytest.raises(DataError, match="small: the corpus has a layer 'ann' that is not of 'small' and would be lost"):
        write_corpus(corpus.root, CorpusConfig(name="small"), *records, {"bob": []}, force=True)
    assert {path: path.read_bytes() for path in corpus.root.rglob("*") if path.is_file()} == before
    write_corpus(corpus.root, CorpusConfig(name="small"), *records, {"ann": []}, force=True)
    assert list(load_corpus(corpus.root).documents) == ["d"]


def test_what_a_corpus_says_of_itself_survives_writing(tmp_path):
    config = CorpusConfig(
        name='with "quotes"\nand \x7f',
        licence="CC0",
        splits={"test": ["d"], "train": []},
        origin={"from here": "é", "deep": {"n": [1, 2.5], "yes": True}},
    )
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "corpus.toml").write_text(format_config(config), encoding="utf-8")
    write_corpus(
        tmp_path / "corpus",
        config,
        [Document(id="d", text="…")],
        [Actor(id="a", name="a", kind="person")],
        [Claim(id="c", text="c")],
        {"empty": []},
        force=True,
    )
    assert load_corpus(tmp_path / "corpus").config == config


def test_the_texts_of_annotated_articles_are_compared_with_items():
    found = overlaps_between(
        {
            Part("a", "train"): [Item(id="1", text="We agree.", target="statements")],
            Part("b", "test"): [Item(id="2", text="we agree", target="the treaty")],
        }
    )
    assert [(entry.same_text, entry.same_text_and_target) for entry in found.overlaps] == [(1, 0), (1, 0)]


def test_data_export_makes_a_corpus_that_is_valid_and_is_not_replaced_unasked(run_cli, data_dir, tmp_path):
    arguments = ("data", "export", NAME, "--split", "dev", "--data-dir", data_dir, "--out", tmp_path / "corpus")
    assert run_cli(*arguments).status == 0
    assert run_cli("validate", tmp_path / "corpus").status == 0
    again = run_cli(*arguments)
    assert (again.status, again.stderr.count("--force")) == (1, 1)
    assert run_cli(*arguments, "--force").status == 0


def test_data_export_prints_records_of_annotated_texts(run_cli, data_dir, tmp_path):
    done = run_cli("data", "export", NAME, "--split", "test", "--data-dir", data_dir, "--out", tmp_path / "test.jsonl")
    assert (done.status, done.stdout) == (0, "")
    checked = run_cli("validate", tmp_path / "test.jsonl")
    assert "84 documents, 1 actor, 1 claim, 2,231 statements checked, no errors" in checked.stderr


def test_where_items_are_asked_for_the_message_says_what_there_is_instead(run_cli, data_dir, tmp_path):
    (tmp_path / "none.jsonl").write_text("")
    done = run_cli("evaluate", "--dataset", NAME, "--data-dir", data_dir, tmp_path / "none.jsonl")
    assert (done.status, done.stdout) == (2, "")
    assert "has annotated texts rather than items" in done.stderr
