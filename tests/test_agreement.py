"""Coefficients of agreement: against four libraries, against the definition pair by pair, and where they have no value."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.agreement import COEFFICIENTS, Rating, Ratings, Settings, coefficients_of, measure_agreement, ratings_of
from claimkit.agreement.levels import Scale, masi_distance
from claimkit.agreement.measuring import Measuring
from claimkit.agreement.tally import tally
from claimkit.errors import DataError, UsageError

QUICK = 100  # resamples, where the interval is not what is tested
tables = st.integers(2, 5).flatmap(
    lambda annotators: st.lists(st.lists(st.integers(-1, 3), min_size=annotators, max_size=annotators), min_size=2, max_size=12)
)


def ratings(codes, labels=None, documents=None):
    codes = np.array(codes)
    names = labels or tuple("abcdefgh"[: int(codes.max(initial=0)) + 1])
    places = None if documents is None else np.array(documents)
    known = () if documents is None else tuple(f"d{place}" for place in range(max(documents) + 1))
    return Ratings(codes, names, tuple(f"ann{n}" for n in range(codes.shape[1])), documents=places, document_names=known)


def value(codes, name, level="nominal", labels=None):
    return coefficients_of(ratings(codes, labels), [name], level=level, replicates=QUICK)[name].value


def random_codes(seed, items=60, annotators=4, labels=4, missing=0.0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, items)
    codes = np.where(rng.random((items, annotators)) < 0.6, truth[:, None], rng.integers(0, labels, (items, annotators)))
    codes[rng.random(codes.shape) < missing] = -1
    return codes


# against four libraries, on random data

SEEDS = range(8)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_is_that_of_krippendorff_with_and_without_missing_labels(level, seed):
    library = pytest.importorskip("krippendorff")
    codes = random_codes(seed, missing=0.3 * (seed % 2))
    data = np.where(codes < 0, np.nan, codes.astype(float)).T
    expected = library.alpha(reliability_data=data, level_of_measurement=level, value_domain=[0.0, 1.0, 2.0, 3.0])
    labels = (0.0, 1.0, 2.0, 3.0)
    assert value(codes, "krippendorff_alpha", level, labels) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_coefficients_of_many_annotators_are_those_of_nltk(seed):
    metrics = pytest.importorskip("nltk.metrics")
    codes = random_codes(seed, annotators=3)
    task = metrics.AnnotationTask([(f"c{a}", i, int(label)) for i, row in enumerate(codes) for a, label in enumerate(row)])
    assert value(codes, "cohen_kappa") == pytest.approx(task.kappa(), abs=1e-12)
    assert value(codes, "krippendorff_alpha") == pytest.approx(task.alpha(), abs=1e-12)
    pair = codes[:, :2]
    two = metrics.AnnotationTask([(f"c{a}", i, int(label)) for i, row in enumerate(pair) for a, label in enumerate(row)])
    assert value(pair, "scott_pi") == pytest.approx(two.pi(), abs=1e-12)
    assert value(pair, "bennett_s", labels=tuple("abcd")) == pytest.approx(two.S(), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_of_sets_is_that_of_nltk_with_masi(seed):
    metrics = pytest.importorskip("nltk.metrics")
    rng = np.random.default_rng(seed)
    sets = [[frozenset(rng.choice(list("wxyz"), rng.integers(1, 4), replace=False).tolist()) for _ in range(3)] for _ in range(25)]
    task = metrics.AnnotationTask(
        [(f"c{a}", i, label) for i, row in enumerate(sets) for a, label in enumerate(row)], distance=metrics.masi_distance
    )
    rows = [Rating(str(i), f"c{a}", label) for i, row in enumerate(sets) for a, label in enumerate(row)]
    found = coefficients_of(ratings_of(rows), ["krippendorff_alpha"], level="masi", replicates=QUICK)
    assert found["krippendorff_alpha"].value == pytest.approx(task.alpha(), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_kappa_is_that_of_statsmodels(seed):
    library = pytest.importorskip("statsmodels.stats.inter_rater")
    codes = random_codes(seed, annotators=2 + seed % 4)
    counts = np.stack([(codes == label).sum(axis=1) for label in range(4)], axis=1)
    assert value(codes, "fleiss_kappa", labels=tuple("abcd")) == pytest.approx(library.fleiss_kappa(counts), abs=1e-12)


@pytest.mark.parametrize(("level", "weights"), [("nominal", None), ("ordinal", "linear"), ("interval", "quadratic")])
@pytest.mark.parametrize("seed", SEEDS)
def test_cohen_kappa_is_that_of_scikit_learn(level, weights, seed):
    metrics = pytest.importorskip("sklearn.metrics")
    codes = random_codes(seed, annotators=2)
    expected = metrics.cohen_kappa_score(codes[:, 0], codes[:, 1], labels=[0, 1, 2, 3], weights=weights)
    assert value(codes, "cohen_kappa", level, (0.0, 1.0, 2.0, 3.0)) == pytest.approx(expected, abs=1e-12)


# against the definition, pair by pair


def alpha_by_pairs(codes, distance):
    """Krippendorff's alpha as it is defined: the mean difference within items over that of all labels."""
    units = [[label for label in row if label >= 0] for row in codes]
    units = [unit for unit in units if len(unit) > 1]
    values = [label for unit in units for label in unit]
    n = len(values)
    observed = sum(
        distance(a, b) / (len(unit) - 1) for unit in units for a, b in itertools.permutations(unit, 2)
    ) / n if n else math.nan  # fmt: skip
    expected = sum(distance(a, b) for a, b in itertools.permutations(values, 2)) / (n * (n - 1)) if n > 1 else 0.0
    return 1 - observed / expected if expected else None


@given(tables)
@settings(deadline=None, max_examples=40)
def test_alpha_is_one_less_observed_over_expected_difference_of_all_pairs(codes):
    found = value(codes, "krippendorff_alpha", labels=tuple("abcd"))
    expected = alpha_by_pairs(codes, lambda a, b: float(a != b))
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-12)


@given(tables)
@settings(deadline=None, max_examples=40)
def test_alpha_of_numbers_is_that_of_their_squared_differences(codes):
    numbers = (0.0, 1.0, 5.0, 7.5)
    found = value(codes, "krippendorff_alpha", "interval", numbers)
    expected = alpha_by_pairs(codes, lambda a, b: (numbers[a] - numbers[b]) ** 2)
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-9)


@given(tables, st.permutations(range(4)), st.randoms())
@settings(deadline=None, max_examples=40)
def test_nominal_coefficients_do_not_care_about_order_of_items_annotators_or_names(codes, order, random):
    names = ["percent_agreement", "krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "scott_pi", "cohen_kappa"]
    before = coefficients_of(ratings(codes, tuple("abcd")), names, replicates=QUICK)
    turned = np.array(codes)[:, ::-1]
    renamed = np.where(turned >= 0, np.array([*order, -1])[turned], -1)
    rows = list(range(len(renamed)))
    random.shuffle(rows)
    after = coefficients_of(ratings(renamed[rows], tuple("abcd")), names, replicates=QUICK)
    for name in names:
        assert (before[name].value is None) == (after[name].value is None)
        if before[name].value is not None:
            assert after[name].value == pytest.approx(before[name].value, abs=1e-9), name


@given(tables)
@settings(deadline=None, max_examples=40)
def test_coefficients_stay_within_their_bounds(codes):
    found = coefficients_of(ratings(codes, tuple("abcd")), list(set(COEFFICIENTS) - {"gwet_ac2"}), replicates=QUICK)
    for name, entry in found.items():
        if entry.value is not None:
            assert -1.0000001 <= entry.value <= 1.0000001 or (name == "krippendorff_alpha" and entry.value <= 1), name
        if entry.low is not None:
            assert entry.low <= entry.high


def test_for_two_labels_ac2_is_ac1_whatever_the_weights():
    # With two labels the only distance is the largest, so every scheme of weights is that of AC1.
    codes = random_codes(3, labels=2)
    ac1 = value(codes, "gwet_ac1", labels=(0.0, 1.0))
    for level in ("ordinal", "interval"):
        assert value(codes, "gwet_ac2", level, (0.0, 1.0)) == pytest.approx(ac1, abs=1e-12)


def test_weights_of_gwet_are_those_of_his_handbook():
    # Gwet (2014), table 3.? for five ordinal labels: 1 - M(k,l)/M(1,5) with M the number of pairs between two places.
    weights = Scale(tuple("abcde"), "ordinal").gwet_weights
    np.testing.assert_allclose(weights[0], [1, 1 - 1 / 10, 1 - 3 / 10, 1 - 6 / 10, 0])
    np.testing.assert_allclose(Scale((1.0, 2.0, 3.0), "interval").gwet_weights[0], [1, 1 - 1 / 4, 0])
    np.testing.assert_allclose(Scale((1.0, 2.0, 3.0), "ratio").gwet_weights[0], [1, 1 - (1 / 3) ** 2 / (2 / 4) ** 2, 0])


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("ab", "ab", 0), ("a", "ab", 1 - 2 / 3 / 2), ("ab", "bc", 1 - 1 / 3 / 3), ("a", "b", 1), ("", "", 0), ("", "a", 1)],
)
def test_masi_weighs_what_sets_have_in_common_by_how_they_are_nested(one, other, distance):
    # Passonneau (2006), section 3: Jaccard times 1, 2/3, 1/3 or 0
    assert masi_distance(frozenset(one), frozenset(other)) == pytest.approx(distance)
    assert masi_distance(frozenset(other), frozenset(one)) == pytest.approx(distance)


# where there is no value


@pytest.mark.parametrize("name", sorted(set(COEFFICIENTS) - {"percent_agreement", "gwet_ac2"}))
def test_one_label_alone_has_no_coefficient_but_a_reason(name):
    found = coefficients_of(ratings([[0, 0, 0]] * 20, ("yes", "no")), [name])[name]
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.method == "undefined: every label is 'yes', so nothing tells agreement from chance"
    assert (found.n_items, found.n_values) == (20, 60)


@pytest.mark.parametrize("level", ["ordinal", "interval", "ratio"])
def test_one_number_alone_has_no_alpha(level):
    found = coefficients_of(ratings([[0, 0]] * 12, (3.0,)), level=level)
    assert {name for name, entry in found.items() if entry.value is not None} == {"percent_agreement"}


def test_without_an_item_of_two_annotators_there_is_no_coefficient_but_a_reason():
    found = coefficients_of(ratings([[0, -1], [-1, 1]], ("a", "b")))
    assert {entry.value for entry in found.values()} == {None}
    assert all("no item was rated by two annotators" in entry.method for entry in found.values())


def test_full_percent_agreement_has_the_interval_of_a_share_not_an_empty_one():
    found = coefficients_of(ratings([[0, 0], [1, 1]] * 10), ["percent_agreement"])["percent_agreement"]
    assert found.value == 1
    assert found.low == pytest.approx(0.8389, abs=1e-4)  # Wilson for 20 of 20


def test_few_documents_give_no_interval_and_say_why():
    found = measure_agreement(ratings(random_codes(1, items=30), documents=[n % 9 for n in range(30)]))
    assert found.coefficients["krippendorff_alpha"].low is None
    assert found.warnings == ["no interval: 9 documents are fewer than 10"]


# intervals


def test_documents_are_resampled_so_that_equal_items_in_one_document_count_once():
    codes, copies = random_codes(5, items=40, annotators=2), 10
    alone = coefficients_of(ratings(codes, documents=list(range(40))), ["krippendorff_alpha"])["krippendorff_alpha"]
    repeated = ratings(np.repeat(codes, copies, axis=0), documents=[n // copies for n in range(40 * copies)])
    tied = coefficients_of(repeated, ["krippendorff_alpha"])["krippendorff_alpha"]
    loose = coefficients_of(ratings(np.repeat(codes, copies, axis=0)), ["krippendorff_alpha"])["krippendorff_alpha"]
    assert tied.high - tied.low == pytest.approx(alone.high - alone.low, rel=0.05)
    assert loose.high - loose.low < 0.5 * (tied.high - tied.low)


def test_intervals_over_counted_kinds_are_those_of_drawing_rows():
    codes = random_codes(7, items=80, annotators=3)
    found = coefficients_of(ratings(codes), ["krippendorff_alpha"])["krippendorff_alpha"]
    rng = np.random.default_rng(0)
    drawn = [alpha_of(codes[rng.integers(0, 80, 80)]) for _ in range(1500)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.02), pytest.approx(high, abs=0.02))


def alpha_of(codes):
    counts = np.stack([(codes == label).sum(axis=1) for label in range(4)], axis=1)
    given = counts.sum(axis=1)
    differing = ((given**2 - (counts**2).sum(axis=1)) / (given - 1)).sum()
    totals = counts.sum(axis=0)
    return 1 - (totals.sum() - 1) * differing / (totals.sum() ** 2 - (totals**2).sum())


def test_very_many_kinds_of_items_are_dealt_into_groups_without_changing_the_value():
    rng = np.random.default_rng(2)
    numbers = tuple(float(n) for n in range(300))
    codes = np.clip(rng.integers(0, 300, (60_000, 1)) + rng.integers(-20, 20, (60_000, 2)), 0, 299)
    found = coefficients_of(ratings(codes, numbers), ["krippendorff_alpha"], level="interval", replicates=500)
    found = found["krippendorff_alpha"]
    x, y = codes.T.astype(float)
    pooled = np.concatenate([x, y])
    expected = 1 - ((x - y) ** 2).mean() / (2 * pooled.var() * len(pooled) / (len(pooled) - 1))
    assert found.value == pytest.approx(expected, abs=1e-9)
    assert found.method == "cluster(random group of items),percentile,500"
    assert found.low < found.value < found.high


@given(tables)
@settings(deadline=None, max_examples=40)
def test_kinds_of_items_hold_every_item_that_two_annotators_rated(codes):
    for ordered in (False, True):
        found = tally(ratings(codes, tuple("abcd")), ordered=ordered)
        for row, kind in zip(codes, found.kinds.tolist(), strict=True):
            given = [label for label in row if label >= 0]
            assert (kind >= 0) == (len(given) >= 2)
            if kind >= 0:
                assert found.counts[kind].tolist() == [given.count(label) for label in range(4)]
                if ordered:
                    assert found.codes[kind].tolist() == list(row)
        assert int(found.totals.sum()) == sum(kind >= 0 for kind in found.kinds)


def test_more_labels_than_fit_into_a_key_are_counted_all_the_same():
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 70, (80, 5))
    names = tuple(f"l{n}" for n in range(70))
    assert value(codes, "krippendorff_alpha", labels=names) == pytest.approx(
        alpha_by_pairs(codes.tolist(), lambda a, b: float(a != b)), abs=1e-12
    )


# the report


@pytest.fixture(scope="module")
def report():
    """Four annotators, one of whom guesses, in 20 documents of which one is quarrelled about."""
    rng = np.random.default_rng(99)
    codes = random_codes(9, items=200, labels=3)
    codes[:, 3] = rng.integers(0, 3, 200)
    documents = [n % 20 for n in range(200)]
    worst = [n for n in range(200) if documents[n] == 7]
    codes[worst] = np.array([[0, 1, 2, 0]] * len(worst))
    return measure_agreement(ratings(codes, ("no", "perhaps", "yes"), documents)), codes


def test_the_annotator_who_guesses_is_the_one_without_whom_alpha_rises(report):
    result, _ = report
    whole = result.coefficients["krippendorff_alpha"].value
    without = {entry.annotator: entry.alpha_without.value for entry in result.annotators}
    assert max(without, key=without.get) == "ann3"
    assert without["ann3"] > whole + 0.1


def test_the_quarrelled_document_and_its_items_come_first(report):
    result, _ = report
    assert result.documents[0].document == "d7"
    assert result.documents[0].unanimous.value == 0
    assert result.documents[0].krippendorff_alpha.value < 0
    assert sum(entry.share_of_disagreement for entry in result.documents) == pytest.approx(1)
    worst = [entry.disagreement for entry in result.items]
    assert worst == sorted(worst, reverse=True)
    assert worst[0] == pytest.approx(5 / 6)  # of the six pairs of 0, 1, 2, 0 one agrees


def test_pairs_are_measured_as_if_there_were_no_others(report):
    result, codes = report
    for pair in result.pairs:
        columns = [int(name.removeprefix("ann")) for name in (pair.a, pair.b)]
        alone = coefficients_of(ratings(codes[:, columns], ("no", "perhaps", "yes"), [n % 20 for n in range(200)]))
        for name, entry in alone.items():
            assert pair.coefficients[name].value == pytest.approx(entry.value)
            assert pair.coefficients[name].low == pytest.approx(entry.low)


def test_alpha_of_a_label_is_that_of_the_label_against_the_rest(report):
    result, codes = report
    for place, label in enumerate(("no", "perhaps", "yes")):
        merged = value((codes == place).astype(int), "krippendorff_alpha", labels=("other", label))
        assert result.per_label[label].krippendorff_alpha.value == pytest.approx(merged)
        pairs = [(a, b) for row in codes.tolist() for a, b in itertools.permutations(row, 2) if a == place]
        assert result.per_label[label].specific_agreement.value == pytest.approx(np.mean([a == b for a, b in pairs]))


def test_coincidences_add_up_to_the_values_and_agree_on_the_diagonal(report):
    result, codes = report
    table = np.array(result.coincidences.values)
    np.testing.assert_allclose(table, table.T)
    np.testing.assert_allclose(table.sum(axis=1), [(codes == label).sum() for label in range(3)])
    alpha = 1 - (800 - 1) * (table.sum() - np.trace(table)) / (800**2 - (table.sum(axis=1) ** 2).sum())
    assert result.coefficients["krippendorff_alpha"].value == pytest.approx(alpha)


def test_every_coefficient_has_its_signature_with_a_hash_that_the_order_of_items_does_not_change(report):
    _, codes = report
    turned = coefficients_of(ratings(codes[::-1], ("no", "perhaps", "yes")), ["krippendorff_alpha"])["krippendorff_alpha"]
    straight = coefficients_of(ratings(codes, ("no", "perhaps", "yes")), ["krippendorff_alpha"])["krippendorff_alpha"]
    assert turned.signature == straight.signature
    assert "krippendorff_alpha(level=nominal)|labels:no,perhaps,yes|missing:left out|data:ratings@" in straight.signature
    other = coefficients_of(ratings(np.where(codes == 2, 1, codes), ("no", "perhaps", "yes")), ["krippendorff_alpha"])
    assert other["krippendorff_alpha"].signature != straight.signature


def test_a_row_can_stand_for_many_items():
    codes = random_codes(6, items=30, annotators=3)
    weights = np.random.default_rng(0).integers(1, 6, 30)
    many = coefficients_of(ratings(np.repeat(codes, weights, axis=0)))
    weighted = Ratings(codes, tuple("abcd"), ("x", "y", "z"), weights=weights)
    for name, entry in coefficients_of(weighted).items():
        assert entry.value == pytest.approx(many[name].value)
        assert (entry.n_items, entry.n_values) == (many[name].n_items, many[name].n_values)


# wrong use


def test_a_single_annotator_cannot_agree():
    with pytest.raises(DataError, match="at least two annotators, found 1"):
        measure_agreement(ratings([[0], [1]]))


def test_a_coefficient_that_does_not_go_with_the_level_is_refused():
    with pytest.raises(UsageError, match="fleiss_kappa is not defined at the level interval; its levels: nominal"):
        coefficients_of(ratings([[0, 1]], (1.0, 2.0)), ["fleiss_kappa"], level="interval")


@pytest.mark.parametrize(
    ("level", "labels", "message"),
    [
        ("interval", ("a", "b"), "the level interval needs numbers as labels, found 'a'"),
        ("masi", ("a", "b"), "the level masi needs sets as labels"),
        ("ratio", (-1.0, 2.0), "the level ratio needs numbers from 0 upwards"),
        ("nominl", ("a", "b"), "did you mean 'nominal'"),
    ],
)
def test_labels_that_do_not_go_with_the_level_are_refused(level, labels, message):
    with pytest.raises(UsageError, match=message):
        coefficients_of(ratings([[0, 1]], labels), level=level)


def test_an_unknown_coefficient_is_named_with_a_near_miss():
    with pytest.raises(UsageError, match="did you mean 'cohen_kappa'"):
        coefficients_of(ratings([[0, 1]]), ["cohens_kappa"])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([Rating("1", "ann", "a"), Rating("1", "ann", "b")], "'ann' rates the item '1' twice"),
        ([Rating("1", "ann", "a", "d1"), Rating("1", "bob", "b", "d2")], "stands in two documents, 'd1' and 'd2'"),
    ],
)
def test_ratings_that_contradict_themselves_are_refused(rows, message):
    with pytest.raises(DataError, match=message):
        ratings_of(rows)


def test_codes_outside_the_labels_are_refused():
    with pytest.raises(ValueError, match="codes must lie between -1 and 1"):
        Ratings(np.array([[0, 2]]), ("a", "b"), ("x", "y"))


def test_the_default_coefficients_are_those_that_the_level_has():
    by_level = {level: set(coefficients_of(ratings([[0, 1], [1, 0]], (1.0, 2.0)), level=level)) for level in ("nominal", "ratio")}
    assert by_level["ratio"] == {"percent_agreement", "krippendorff_alpha", "gwet_ac2"}
    assert by_level["nominal"] >= {"krippendorff_alpha", "cohen_kappa", "scott_pi", "fleiss_kappa", "gwet_ac1", "percent_agreement"}


def test_settings_reach_every_number():
    found = Measuring(ratings(random_codes(1)), Settings(replicates=250, seed=3)).coefficients([COEFFICIENTS["fleiss_kappa"]])
    assert found["fleiss_kappa"].method == "item,percentile,250"
    assert "|seed:3|" in found["fleiss_kappa"].signature
