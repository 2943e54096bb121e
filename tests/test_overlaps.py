"""What parts of data sets have in common: counted on known defects of public data, and against a comparison of all pairs."""

from __future__ import annotations

import json
import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.catalog import DATASETS, overlaps, overlaps_between
from claimkit.catalog.shared_texts import Part, pairs_of
from claimkit.errors import UsageError
from claimkit.nearness import near_across
from claimkit.records import Item

TRAIN, TEST, OTHER = Part("one", "train"), Part("one", "test"), Part("two", "test")
LONG = "the ministers of both countries met in Geneva on Monday and promised to keep the treaty whatever happens next"


def items(*rows):
    return [Item(id=str(number), text=text, target=target) for number, (text, target) in enumerate(rows)]


def found_in(report):
    return {
        (entry.dataset, entry.split, entry.other_dataset, entry.other_split): (
            entry.same_text,
            entry.same_text_and_target,
            entry.near_copies,
        )
        for entry in report.overlaps
    }


def test_items_are_counted_in_both_directions_and_near_copies_apart_from_same_texts():
    train = items(("We reject it.", "a"), ("we reject it", "b"), (LONG, "a"))
    test = items(("WE REJECT IT!", "B."), (LONG + "!", "b"), (LONG + " today", "a"), ("nothing of the kind", "a"))
    assert found_in(overlaps_between({TRAIN: train, TEST: test})) == {
        ("one", "train", "one", "test"): (3, 1, 0),
        ("one", "test", "one", "train"): (2, 1, 1),
    }


def test_parts_with_nothing_in_common_are_left_out_but_counted():
    report = overlaps_between({TRAIN: items(("yes", "a")), TEST: items(("no", "a"), ("never", "a"))})
    assert (report.overlaps, report.items) == ((), {"one": {"train": 1, "test": 2}})


def test_what_a_part_has_twice_is_no_overlap():
    assert overlaps_between({TRAIN: items(("yes", "a"), ("yes", "a"), (LONG, "a"), (LONG + " again", "a"))}).overlaps == ()


def test_a_pair_of_parts_is_told_once_with_the_later_split_first_and_data_sets_among_themselves_last():
    text = items(("the same words here", "a"))
    report = overlaps_between({OTHER: text, TRAIN: text, TEST: text})
    assert [(one.dataset, one.split, other.dataset, other.split) for one, other in pairs_of(report)] == [
        ("one", "test", "one", "train"),
        ("two", "test", "one", "train"),
        ("one", "test", "two", "test"),
    ]


WORDS = list("abcdefgh")


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.sets(st.integers(0, 2), min_size=1)), max_size=12
    )
)
def test_near_copies_across_sides_are_those_that_a_comparison_of_all_pairs_finds(rows):
    """Exactly, where the similarity is 1 to the word triples: banding cannot miss equal sets."""
    sides = {" ".join(words): frozenset(side) for words, side in rows}
    texts = list(sides)

    def triples(text):
        words = text.split()
        return {tuple(words)} if len(words) < 3 else {tuple(words[at : at + 3]) for at in range(len(words) - 2)}

    expected = [
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if triples(texts[a]) == triples(texts[b]) and len(sides[texts[a]] | sides[texts[b]]) > 1
    ]
    assert near_across(texts, [sides[text] for text in texts], similarity=1.0) == expected


def test_every_near_pair_across_sides_is_found_also_among_many_copies():
    rng = random.Random(1)
    words = LONG.split()
    texts = list(dict.fromkeys(" ".join([*words, str(rng.randrange(10**6))]) for _ in range(60)))
    sides = [{number % 3} for number in range(len(texts))]
    expected = sum(a % 3 != b % 3 for a, b in combinations(range(len(texts)), 2))
    assert len(near_across(texts, sides)) == expected


@pytest.mark.parametrize("similarity", [0, -0.1, 1.1])
def test_a_similarity_is_greater_than_0_and_at_most_1(similarity):
    with pytest.raises(ValueError, match="similarity must be greater than 0 and at most 1"):
        near_across(["a", "b"], [{0}, {1}], similarity)


# the catalogue


@pytest.fixture(scope="module")
def report(data_dir):
    return overlaps(data_dir=data_dir)


@pytest.mark.parametrize(
    ("part", "other", "same", "with_target"),
    [
        (("perspectrum", "test"), ("perspectrum", "train"), 732, 70),
        (("perspectrum", "dev"), ("perspectrum", "train"), 771, 31),
        (("ibm-claim-stance", "test"), ("ibm-claim-stance", "train"), 3, 0),
        (("newsmtsc", "test-rw"), ("newsmtsc", "train"), 4, 1),
        (("pstance", "test"), ("pstance", "train"), 4, 4),
        (("checkthat2019-t1", "test"), ("checkthat2019-t1", "train"), 1032, 1032),
        (("fnc1", "test"), ("fnc1", "train"), 237, None),
    ],
)
def test_the_known_defects_of_the_catalogue_are_found(report, part, other, same, with_target):
    """The numbers are those of the facts, which were counted when the data sets were added."""
    found = found_in(report)[(*part, *other)]
    assert found[0] == same
    assert with_target is None or found[1] == with_target


def test_no_item_is_counted_twice_and_all_data_sets_are_compared(report):
    assert all(entry.same_text + entry.near_copies <= entry.items for entry in report.overlaps)
    assert report.items["semeval2016-t6a"] == {"train": 2814, "trial": 100, "test": 1249}
    assert report.skipped == {}


def test_a_named_data_set_is_compared_with_all_and_an_unknown_one_refused(tmp_path, data_dir):
    with pytest.raises(UsageError, match="no data set is named 'perspektrum'; did you mean 'perspectrum'"):
        overlaps(["perspektrum"], tmp_path)


def test_the_command_prints_a_table_and_names_what_is_not_at_hand(run_cli, tmp_path, data_dir):
    (tmp_path / "perspectrum").symlink_to(data_dir / "perspectrum")
    done = run_cli("data", "overlaps", "--data-dir", tmp_path)
    assert done.status == 0
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "perspectrum test train 2773 / 6978 732 / 1073 70 / 70 0 / 0" in rows
    assert "skipped, because their files are not at hand: checkthat2019-t1 train," in done.stderr
    assert "perspectrum" not in done.stderr


def test_the_command_prints_json(run_cli, tmp_path):
    done = run_cli("data", "overlaps", "--json", "--data-dir", tmp_path)
    report = json.loads(done.stdout)
    assert (done.status, report["overlaps"], report["items"], report["similarity"]) == (0, [], {}, 0.8)
    assert len(report["skipped"]) == sum(len(DATASETS[name].facts.splits) for name in DATASETS)
    assert "perspectrum" in report["skipped"]["perspectrum test"]


def test_the_table_of_the_documentation_is_what_the_command_prints(report):
    from pathlib import Path

    page = (Path(__file__).parent.parent / "docs" / "datasets.md").read_text(encoding="utf-8")
    for one, other in pairs_of(report):
        second = other.split if one.dataset == other.dataset else f"`{other.dataset}` {other.split}"
        cells = [f"`{one.dataset}` {one.split}", second]
        cells += [
            f"{getattr(one, name)} / {getattr(other, name)}"
            for name in ("items", "same_text", "same_text_and_target", "near_copies")
        ]
        assert f"| {' | '.join(cells)} |" in page
