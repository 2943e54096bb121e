"""Agreement of layers: on what is marked, by whom, on which claim, and on relations; on texts small enough to count by hand."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.agreement import Settings, documents_by_guideline, layer_agreement, layers_to_compare
from claimkit.agreement.levels import Scale
from claimkit.agreement.spans import ReadText, relaxed_f1_of, span_agreement
from claimkit.agreement.unitizing import Continuum, UnitizingSums, merged, segments
from claimkit.corpus import load_corpus
from claimkit.errors import DataError, UsageError
from claimkit.metrics.spans import MarkedText
from claimkit.shipped import shipped_corpus
from tests.quarrel import LINE, relation, statement, write_quarrel

CLEAN, DENIES, AGREES = "The mill is clean", "The town denies it", "Bob agrees with the town"


def marked(*marks):
    return MarkedText(tuple(((start, end),) for start, end in marks), frozenset())


# marks


def test_f1_of_marks_is_counted_over_pairs_and_texts():
    texts = [
        ReadText(100, {"a": marked((0, 10), (20, 30)), "b": marked((0, 10), (21, 30)), "c": marked()}),
        ReadText(100, {"a": marked((50, 60)), "b": marked((55, 70)), "c": marked((50, 60))}),
    ]
    found = span_agreement(texts, Settings(replicates=100))
    # equal: a-b in the first text, a-c in the second; half in common: one more in the first
    # marks over pairs: a-b 4, a-c 2, b-c 2 in the first text, 2 each in the second
    assert found.f1_strict.value == pytest.approx(2 * 2 / 14)
    assert found.f1_relaxed.value == pytest.approx(2 * 3 / 14)
    assert (found.n_documents, found.n_marks) == (2, 7)


def test_who_marked_nothing_found_nothing_and_who_has_not_read_is_missing():
    with_nothing = span_agreement([ReadText(10, {"a": marked((0, 5)), "b": marked()})], Settings(replicates=100))
    assert with_nothing.f1_relaxed.value == 0
    assert span_agreement([ReadText(10, {"a": marked((0, 5))})], Settings(replicates=100)) is None


def test_alpha_of_characters_is_alpha_of_the_characters_one_by_one():
    texts = [ReadText(40, {"a": marked((3, 20)), "b": marked((5, 25), (30, 33)), "c": marked((3, 18))})]
    found = span_agreement(texts, Settings(replicates=100))
    codes = np.zeros((40, 3), dtype=int)
    for column, marks in enumerate(([(3, 20)], [(5, 25), (30, 33)], [(3, 18)])):
        for start, end in marks:
            codes[start:end, column] = 1
    ones = codes.sum(axis=1)
    differing = (2 * ones * (3 - ones) / 2).sum()
    n, n_ones = 120, codes.sum()
    assert found.character_alpha.value == pytest.approx(1 - (n - 1) * differing / (2 * n_ones * (n - n_ones)))


def test_texts_that_are_not_given_have_no_alpha_but_f1():
    found = span_agreement([ReadText(None, {"a": marked((0, 5)), "b": marked((0, 5))})], Settings(replicates=100))
    assert found.f1_strict.value == 1
    assert found.character_alpha.value is None
    assert found.unitizing_alpha.method == "undefined: the texts are not given"


stretches = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6)


@given(stretches)
def test_merged_stretches_cover_the_same_characters_and_do_not_overlap(given_stretches):
    found = merged(given_stretches)
    assert {n for start, end in found for n in range(start, end)} == {
        n for start, end in given_stretches for n in range(start, end)
    }
    assert all(one[1] <= other[0] for one, other in pairwise(found))


@given(st.lists(stretches.map(merged), min_size=2, max_size=4))
def test_segments_add_up_to_the_text_and_to_what_is_marked(units):
    found = segments(units, 80)
    assert sum(length for _, length in found) == 80
    assert sum(depth * length for depth, length in found) == sum(end - start for side in units for start, end in side)


@given(st.lists(stretches.map(merged), min_size=2, max_size=3))
@settings(deadline=None)
def test_units_that_all_mark_alike_have_alpha_one_and_others_less(units):
    alike = UnitizingSums.of([Continuum(0, 80, [units[0]] * 3)])
    if units[0]:
        assert alike.alpha(alike.table)[0] == pytest.approx(1.0)
    counted = UnitizingSums.of([Continuum(0, 80, units)])
    alpha = counted.alpha(counted.table)[0]
    if any(units):
        assert alpha <= 1.0
        assert (alpha == 1.0) == all(side == units[0] for side in units)
    else:
        assert np.isnan(alpha)


def test_expected_disagreement_of_units_is_that_of_all_ways_to_shift_them():
    # One unit of length b for each of two annotators on a continuum of length L: pairs of positions at a distance t < b differ by
    # 2 t², and each unit differs by b² from every place of a gap into which it fits; Krippendorff (1995), equation 7.
    counted = UnitizingSums.of([Continuum(0, 20, [[(2, 6)], [(10, 14)]])])
    b, length, gaps = 4, 20, [2, 14, 10, 6]
    shifts = sum(2 * t * t for t in range(1 - b, b))
    places = 2 * (shifts / 2 + b * b * sum(max(0, gap - b + 1) for gap in gaps))
    expected = 2 / length * places / (2 * length * (2 * length - 1) - 2 * b * (b - 1))
    assert counted.disagreements(counted.table)[1][0] == pytest.approx(expected)


def test_relaxed_f1_of_one_text_has_the_interval_of_a_share():
    n_marks, found = relaxed_f1_of(ReadText(None, {"a": marked((0, 10), (20, 30)), "b": marked((0, 10))}))
    assert n_marks == 3
    assert found.value == pytest.approx(2 / 3)
    assert found.low < 2 / 3 < found.high


# layers


@pytest.fixture(scope="module")
def quarrel(tmp_path_factory):
    """Twelve texts: all agree on the first statement, b differs on the second in a third of the texts, c skips the third."""
    layers = {name: [] for name in "abc"}
    for n in range(12):
        for name, records in layers.items():
            stance = "neutral" if name == "b" and n % 3 == 0 else "oppose"
            records.append(statement(f"{name}{n}-1", f"d{n}", CLEAN))
            records.append(statement(f"{name}{n}-2", f"d{n}", DENIES, "town", stance=stance))
            if name != "c":
                speaker = "bob" if name == "a" or n % 2 else "town"
                records.append(statement(f"{name}{n}-3", f"d{n}", AGREES, speaker, stance="oppose"))
        for name, records in layers.items():
            records.append(
                relation(f"{name}{n}-r", f"{name}{n}-2", f"{name}{n}-1", kind="denies" if name != "b" or n % 4 else "rebuts")
            )
    layers["a"] += [relation(f"a{n}-q", f"a{n}-3", f"a{n}-2", kind="supports") for n in range(12)]
    return load_corpus(write_quarrel(tmp_path_factory.mktemp("quarrel") / "c", layers, documents=12))


@pytest.fixture(scope="module")
def found(quarrel):
    return layer_agreement(quarrel, replicates=500)


def test_stances_are_compared_on_aligned_statements(found):
    # 12 items of three equal labels, 12 of which 4 have one of three labels different, 12 of two equal labels
    entry = found.coefficients["percent_agreement"]
    assert (entry.n_items, entry.n_values) == (36, 12 * 3 + 12 * 3 + 12 * 2)
    assert entry.value == pytest.approx((12 + 8 + 4 / 3 + 12) / 36)
    assert found.clusters == {"document": 12}


def test_a_statement_that_is_not_marked_counts_as_none_where_that_is_asked(found):
    entry = found.attributes["stance_or_none"]["percent_agreement"]
    assert entry.n_values == 36 * 3
    assert entry.value == pytest.approx((12 + 8 + 4 / 3 + 12 / 3) / 36)  # two of three agree on the third statement


def test_speakers_are_compared_on_ids(found):
    entry = found.attributes["speaker"]["percent_agreement"]
    assert entry.value == pytest.approx((24 + 6) / 36)
    assert found.attributes["claim"]["percent_agreement"].value == 1
    assert found.attributes["claim"]["krippendorff_alpha"].value is None  # one claim alone


def test_statements_on_different_claims_are_items_of_their_own(tmp_path):
    folder = write_quarrel(
        tmp_path / "c", {"a": [statement("a1", "d0", CLEAN)], "b": [statement("b1", "d0", CLEAN, claim="dirty", stance="oppose")]}
    )
    result = layer_agreement(load_corpus(folder), replicates=100)
    assert result.coefficients["percent_agreement"].n_items == 0
    assert result.attributes["claim"]["percent_agreement"].value == 0


def test_relations_are_triples_whose_arguments_stand_for_one_another(found):
    relations = found.relations
    # denies/rebuts: 36 triples, b differs in 3 texts, so of 3 pairs of layers 2 miss; supports: 12 triples of a alone
    hits, sizes = 12 * 3 - 3 * 2, 2 * 36 + 2 * 12
    assert relations.n_relations == 48
    assert relations.f1.value == pytest.approx(2 * hits / sizes)
    assert relations.f1_unlabelled.value == pytest.approx(2 * 36 / sizes)


def test_alpha_of_relations_counts_every_pair_of_statements_that_two_layers_marked(found):
    # ordered pairs: of the first two statements all three layers have marked both, of the others only a and b
    assert found.relations.alpha.n_items == 12 * 6
    assert found.relations.alpha.n_values == 12 * (2 * 3 + 4 * 2)
    assert (found.relations.alpha_of_kind.n_items, found.relations.alpha_of_kind.n_values) == (12, 36)
    scale = Scale((frozenset(), frozenset({"denies"}), frozenset({"rebuts"}), frozenset({"supports"})), "masi")
    rows = [[0, 0, 0]] * 12 + [[0, 0]] * 36 + [[1, 1, 1]] * 9 + [[1, 1, 2]] * 3 + [[3, 0]] * 12
    observed = sum(
        scale.distances[x, y] / (len(row) - 1) for row in rows for i, x in enumerate(row) for j, y in enumerate(row) if i != j
    )
    totals = np.bincount([label for row in rows for label in row], minlength=4)
    expected = totals @ scale.distances @ totals / (totals.sum() - 1)
    assert found.relations.alpha.value == pytest.approx(1 - observed / expected)


def test_pairs_have_their_own_spans_and_coefficients(found):
    pair = next(entry for entry in found.pairs if (entry.a, entry.b) == ("a", "b"))
    assert pair.n_items == 36
    assert pair.spans["content"].f1_strict.value == 1
    other = next(entry for entry in found.pairs if (entry.a, entry.b) == ("a", "c"))
    assert other.spans["content"].f1_strict.value == pytest.approx(2 * 24 / 60)


def test_documents_come_worst_first_with_labels_and_marks(found):
    assert [entry.document for entry in found.documents[:4]] == ["d0", "d3", "d6", "d9"]
    assert found.documents[0].share_of_disagreement == pytest.approx(1 / 4)
    assert found.documents[0].n_marks == 8
    assert found.documents[0].f1_relaxed.value == pytest.approx(2 * (3 + 2 + 2) / (6 + 5 + 5))


def test_the_worst_items_come_with_their_words(found):
    assert found.items[0].text == DENIES
    assert found.items[0].target == "The mill is clean."
    assert found.items[0].labels == {"a": "oppose", "b": "neutral", "c": "oppose"}


def test_an_empty_text_counts_as_none_found_and_the_output_says_so(tmp_path):
    layers = {
        "a": [statement(f"a{n}", f"d{n}", CLEAN) for n in range(4)],
        "b": [statement(f"b{n}", f"d{n}", CLEAN) for n in range(2)],
    }
    corpus = load_corpus(write_quarrel(tmp_path / "c", layers, documents=4))
    result = layer_agreement(corpus, replicates=100)
    assert result.spans["content"].f1_strict.value == pytest.approx(2 * 2 / 6)
    assert any(
        "b marks nothing in 2 of 4 documents, which counts as having found nothing there" in line for line in result.warnings
    )
    read = layer_agreement(corpus, unmarked="missing", replicates=100)
    assert read.spans["content"].f1_strict.value == 1
    assert "2 of 4 documents were read by fewer than two of the layers" in read.warnings


def test_only_documents_that_all_layers_have_read_are_looked_at_when_that_is_asked(tmp_path):
    layers = {name: [statement(f"{name}{n}", f"d{n}", CLEAN) for n in range(2)] for name in "abc"}
    corpus = load_corpus(write_quarrel(tmp_path / "c", layers, documents=2, d1=["a", "b"]))
    layers["c"].pop()
    folder = write_quarrel(tmp_path / "other", layers, documents=2, d1=["a", "b"])
    assert layer_agreement(load_corpus(folder), shared=True, replicates=100).spans["content"].n_documents == 1
    assert layer_agreement(load_corpus(folder), replicates=100).spans["content"].n_documents == 2
    assert layer_agreement(corpus, shared=True, replicates=100).spans["content"].n_documents == 2  # a mark shows that it was read


def test_layers_of_adjudication_are_not_compared_unless_they_are_named():
    corpus = load_corpus(shipped_corpus())
    found = layers_to_compare(corpus)
    assert set(found) == set(corpus.layers) - {"gold"}
    assert layers_to_compare(corpus, ["gold", found[0]]) == ("gold", found[0])


def test_one_layer_cannot_agree(tmp_path):
    corpus = load_corpus(write_quarrel(tmp_path / "c", {"a": [statement("a1", "d0", CLEAN)]}))
    with pytest.raises(DataError, match="at least two layers of annotators; there are: a"):
        layers_to_compare(corpus)
    with pytest.raises(UsageError, match="at least two layers, each once; found: a"):
        layers_to_compare(corpus, ["a"])
    with pytest.raises(UsageError, match="no layer is named 'b'"):
        layers_to_compare(corpus, ["a", "b"])


def test_a_layer_agrees_with_its_copy_in_everything(tmp_path):
    records = [statement("s1", "d0", CLEAN), statement("s2", "d0", DENIES, "town", stance="oppose"), relation("r", "s2", "s1")]
    twin = [
        {**record, "id": f"t-{record['id']}"} | ({"source": "t-s2", "targets": ["t-s1"]} if record["type"] == "relation" else {})
        for record in records
    ]
    result = layer_agreement(load_corpus(write_quarrel(tmp_path / "c", {"a": records, "b": twin})), replicates=100)
    assert {name: entry.value for name, entry in result.coefficients.items()} == dict.fromkeys(result.coefficients, 1.0)
    content = result.spans["content"]
    values = (content.f1_strict, content.f1_relaxed, content.character_alpha, content.unitizing_alpha, result.relations.f1)
    assert [entry.value for entry in values] == pytest.approx([1.0] * 5)
    assert len(LINE) > 0


def test_what_one_version_of_the_guideline_marked_is_measured_as_if_nothing_else_were_there(tmp_path):
    corpus = load_corpus(shipped_corpus())
    layers = ("model-a", "model-b")
    chosen = documents_by_guideline(corpus, layers, "1.0")
    assert 0 < len(chosen) < len(corpus.documents)
    found = layer_agreement(corpus, layers, documents=chosen, replicates=200)

    cut = tmp_path / "cut"
    shutil.copytree(shipped_corpus(), cut)
    for path in [cut / "documents.jsonl", *(cut / "layers").glob("*.jsonl")]:
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        kept = {record["id"] for record in records if record.get("document", record["id"]) in chosen}
        kept |= {record["id"] for record in records if record.get("source") in kept}
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line, record in zip(lines, records, strict=True) if record["id"] in kept)
        path.write_text(text + "\n", encoding="utf-8")
    alone = layer_agreement(load_corpus(cut), layers, replicates=200)
    assert msgspec.structs.replace(found, warnings=[], signature=None) == msgspec.structs.replace(
        alone, warnings=[], signature=None
    )


def test_a_version_of_the_guideline_that_marked_nothing_is_named_beside_those_that_did():
    with pytest.raises(UsageError, match=r"version '0\.9'.*versions in the records: 1\.0, 1\.1"):
        documents_by_guideline(load_corpus(shipped_corpus()), ("model-a", "model-b"), "0.9")
