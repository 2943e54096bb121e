"""Agreement and adjudication against published tables and against what other programs give for them."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from claimkit.adjudication.dawid_skene import Observed, dawid_skene
from claimkit.agreement import Rating, Ratings, coefficients_of, ratings_of
from claimkit.agreement.unitizing import Continuum, observed_sum, unitizing_disagreement

ALPHAS = [
    ("krippendorff_2011_C", "nominal", 0.743),
    ("krippendorff_2011_C", "ordinal", 0.815),
    ("krippendorff_2011_C", "interval", 0.849),
    ("krippendorff_2011_C", "ratio", 0.797),
    ("binary_2x10", "nominal", 0.095),
    ("nominal_2x12", "nominal", 0.692),
    ("wikipedia_3x15", "nominal", 0.691),
    ("wikipedia_3x15", "interval", 0.811),
    ("hayes_krippendorff_2007", "ordinal", 0.7598),
    ("krippendorff_1980_p139", "nominal", 0.642),
    ("krippendorff_1980_p139", "interval", 0.547),
    ("krippendorff_1980_p139", "ratio", 0.483),
]
TABLES = ["cohen1960_p37", "cohen1960_p45", "artstein_poesio_1", "artstein_poesio_2", "wiki_cohen_20_5_10_15", "wiki_45_15_25_15",
          "wiki_25_35_5_35", "gwet_paradox_118_5_2_0", "gwet_fixture_80_7_8_5", "dkpro_gwet_hand", "krippendorff2004_p246a",
          "krippendorff2004_p246b"]  # fmt: skip


@pytest.fixture(scope="module")
def oracle(oracle_dir):
    """The published tables with their values."""
    return json.loads((oracle_dir / "agreement" / "iaa_oracles.json").read_text())


def from_items(rows):
    """Return the ratings of items that are lists of labels by annotator."""
    found = [
        Rating(str(item), str(annotator), label if isinstance(label, str) else float(label))
        for item, labels in enumerate(rows)
        for annotator, label in enumerate(labels)
        if label is not None
    ]
    return ratings_of(found)


def from_table(table):
    """Return the ratings of two annotators from the table of how often they gave which two labels."""
    pairs = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    return Ratings(np.array(pairs), tuple(map(str, range(len(table)))), ("a", "b"))


@pytest.mark.parametrize(("name", "level", "value"), ALPHAS)
def test_alpha_is_the_published_one(oracle, name, level, value):
    data = oracle[name].get("data") or oracle[name]["data_items_by_rater"]
    stated = oracle[name].get(f"alpha_{level}") or oracle[name]["alpha"][level]
    assert stated == value  # the expected values stand here so that they can be read; they are those of the file
    found = coefficients_of(from_items(data), ["krippendorff_alpha"], level=level, replicates=100)
    digits = len(str(value).partition(".")[2])
    assert round(found["krippendorff_alpha"].value, digits) == value


@pytest.mark.parametrize("name", TABLES)
def test_coefficients_of_two_annotators_are_the_published_ones(oracle, name):
    ratings, stated = from_table(oracle["tables"][name]["table"]), oracle["tables"][name]["expected"]
    found = coefficients_of(ratings, ["percent_agreement", "cohen_kappa", "scott_pi", "gwet_ac1", "bennett_s"], replicates=100)
    for key, coefficient in (("po", "percent_agreement"), ("cohen", "cohen_kappa"), ("scott", "scott_pi"), ("ac1", "gwet_ac1")):
        assert found[coefficient].value == pytest.approx(stated[key], abs=1e-6), coefficient
    assert found["bennett_s"].value == pytest.approx(stated["s"], abs=1e-6)


def test_fleiss_kappa_is_the_one_of_1971(oracle):
    found = coefficients_of(from_items(oracle["fleiss_1971"]["data"]), ["fleiss_kappa", "percent_agreement"], replicates=100)
    assert found["fleiss_kappa"].value == pytest.approx(0.430, abs=5e-4)
    assert found["percent_agreement"].value == pytest.approx(0.5556, abs=5e-5)


def test_fleiss_kappa_is_the_one_of_a_table_of_counts(oracle):
    rows = [
        [label for label, count in enumerate(counts) for _ in range(count)]
        for counts in oracle["fleiss_wikipedia_counts"]["counts"]
    ]
    found = coefficients_of(from_items(rows), ["fleiss_kappa"], replicates=100)
    assert round(found["fleiss_kappa"].value, 2) == 0.21


def continuum(oracle, category):
    stated = oracle["unitizing_krippendorff_2004_p254"]
    units = [[(start, start + length) for start, length in stated[category][name]] for name in ("ann0", "ann1")]
    return Continuum(*stated["range"], units)


def test_alpha_of_unitizing_is_the_published_one(oracle):
    stated = oracle["unitizing_krippendorff_2004_p254"]
    found, together = unitizing_disagreement({name: continuum(oracle, name) for name in ("c", "k")})
    assert found["c"].observed == pytest.approx(stated["c"]["Do"], abs=5e-5)
    assert found["c"].expected == pytest.approx(stated["c"]["De"], abs=5e-5)
    assert found["c"].alpha == pytest.approx(stated["c"]["alpha"], abs=5e-5)
    assert found["k"].alpha == stated["k"]["alpha"] == 1.0
    # The publication computes the whole from disagreements that it has rounded to four digits.
    rounded = 1 - round(together.observed, 4) / (round(found["c"].expected, 4) + round(found["k"].expected, 4))
    assert round(rounded, 4) == stated["overall"] == 0.8591
    assert together.alpha == pytest.approx(stated["overall"], abs=5e-4)


def test_units_differ_as_in_the_examples_of_the_publication():
    # Krippendorff (2004), Content Analysis, p. 254; the unit of length 20 lies in a gap.
    assert observed_sum([[(225, 295)], [(220, 300)]]) == 2 * 50
    assert observed_sum([[(370, 400)], [(355, 375)]]) == 2 * 850
    assert observed_sum([[(370, 400)], [(355, 375), (400, 420)]]) == 2 * (850 + 400)


@pytest.mark.parametrize(
    ("stretch", "expected"),
    [(1.0, None), (0.5, 0.05494)],  # the second is what another program gives, to five digits
)
def test_disagreement_of_units_is_that_of_1995(stretch, expected):
    # Krippendorff (1995), Sociological Methodology 25, p. 57, pair C: observed disagreement .02777 at every scale.
    ours, theirs = [(2, 6), (10, 2), (14, 4), (20, 2)], [(0, 2), (4, 4), (10, 4), (16, 2), (20, 2)]
    units = [[(int(start * stretch), int((start + length) * stretch)) for start, length in side] for side in (ours, theirs)]
    found, _ = unitizing_disagreement({"C": Continuum(0, int(24 * stretch), units)})
    assert found["C"].observed == pytest.approx(0.02777, abs=1e-5)
    if expected is not None:
        assert found["C"].expected == pytest.approx(expected, abs=1e-5)


def test_dawid_and_skene_find_what_they_found_in_1979(oracle_dir):
    folder = oracle_dir / "agreement"
    with (folder / "dawid_skene_1979.csv").open() as file:
        rows = [(int(row["item"]) - 1, int(row["rater"]) - 1, int(row["label"]) - 1) for row in csv.DictReader(file)]
    stated = json.loads((folder / "dawid_skene_1979_expected.json").read_text())
    found = dawid_skene(Observed(*np.array(rows).T), items=45, annotators=5, labels=4)
    assert found.converged
    assert found.log_likelihood == pytest.approx(-184.775, abs=5e-4)
    np.testing.assert_allclose(found.priors, [0.3997, 0.4220, 0.1116, 0.0667], atol=5e-5)
    np.testing.assert_allclose(found.confusion, stated["confusion"], atol=1e-4)
    assert (found.posterior.argmax(axis=1) + 1).tolist() == stated["map"]
