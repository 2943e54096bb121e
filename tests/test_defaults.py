"""Defaults: chosen on all data sets but one, never by what the one left out says; and the page is what the scores give."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.catalog import DATASETS
from claimkit.classifiers import CLASSIFIERS, make_classifier
from claimkit.errors import MissingExtraError

ROOT = Path(__file__).parent.parent


def module_of(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


table = module_of("defaults_table")
grid = module_of("defaults_grid")
DATA, NAMES = ("a", "b", "c", "d"), ["shipped", "x", "y"]
value = st.integers(0, 100).map(lambda n: n / 100)
score_rows = st.lists(st.lists(value, min_size=3, max_size=3), min_size=5, max_size=5)


def scores(rows, **changes):
    """Scores of three settings on four data sets, the last of which has two designs."""
    designs = {name: table.Design(name[0], ("document",), 100, 4) for name in ("a", "b", "c", "d", "d, new targets")}
    found = {
        design: {name: table.Scored(number, number - 0.02, number + 0.02) for name, number in zip(NAMES, row, strict=True)}
        | {"majority": table.Scored(0.2), "text-only": table.Scored(0.3)}
        for design, row in zip(designs, rows, strict=True)
    }
    made = table.Scores(
        rows=100,
        words=1000,
        folds=4,
        seed=13,
        designs=designs,
        families={"family": NAMES},
        artefacts=["majority", "text-only"],
        scores=found,
    )
    return msgspec.structs.replace(made, **changes)


@given(score_rows, st.sampled_from(DATA), st.lists(value, min_size=3, max_size=3))
def test_what_is_chosen_for_a_data_set_does_not_depend_on_what_it_says(rows, left_out, other):
    before = table.choices(scores(rows), "family")[left_out]
    changed = [other if design[0] == left_out else row for design, row in zip(("a", "b", "c", "d", "d2"), rows, strict=True)]
    assert table.choices(scores(changed), "family")[left_out] == before


@given(score_rows)
def test_places_are_means_of_0_and_two_designs_of_one_data_set_count_as_one(rows):
    found = table.normalised(scores(rows), NAMES)
    assert list(found) == list(DATA)
    for places in found.values():
        assert sum(places.values()) == pytest.approx(0, abs=1e-9)
        assert all(abs(place) <= 2**0.5 + 1e-9 for place in places.values())  # the most that one of three values can deviate


def test_places_are_standard_deviations_above_the_mean():
    found = table.normalised(scores([[0.5, 0.6, 0.7]] * 5), NAMES)
    assert list(found["a"].values()) == pytest.approx([-(1.5**0.5), 0, 1.5**0.5])
    assert set(table.normalised(scores([[0.5] * 3] * 5), NAMES)["a"].values()) == {0.0}


def test_a_setting_that_wins_by_a_hair_everywhere_is_preferred_to_one_that_wins_big_once():
    hair = [[0.50, 0.51, 0.50]] * 3
    big = [[0.50, 0.50, 0.90]] * 2
    found = scores([*hair, *big])
    assert table.chosen(table.normalised(found, NAMES)) == "x"
    assert table.chosen(table.raw(found, NAMES)) == "y"
    assert table.choices(found, "family") == {"a": "x", "b": "x", "c": "x", "d": "x"}


def test_the_table_of_a_family_shows_choice_regret_gain_and_the_best_artefact():
    made = scores([[0.5, 0.6, 0.5], [0.5, 0.6, 0.5], [0.5, 0.6, 0.5], [0.7, 0.6, 0.5], [0.7, 0.6, 0.5]])
    assert table.wanted_gains(made) == {"family": {"x"}}
    gains = {"family": {design: {"x": table.Scored(-0.1, -0.15, -0.05)} for design in made.designs}}
    made = msgspec.structs.replace(made, gains=gains)
    lines = table.family_table(made, "family").splitlines()
    expected = "| d | 100 | x | .600 [.580, .620] | shipped .700 | .100 | .700 | −.100 [−.150, −.050] | text-only .300 |"
    assert expected in lines
    assert table.shown(made, "family", "x") == (0, 5)
    summary = table.summary_table(made).splitlines()[-1]
    # chosen: .6 everywhere; the default: .5 three times and .7; the best: .6 three times and .7
    assert "| x | +.050 | .025 | .075 | 0 / 5 of 5 |" in summary


def test_marks_in_a_page_are_filled_and_words_around_them_stay():
    made = scores([[0.5, 0.6, 0.5]] * 5)
    text = "before\n<!-- table: settings family -->\nold\n<!-- end -->\nafter"
    once = table.filled(text, made)
    assert once.startswith("before\n<!-- table: settings family -->\n\n| setting |")
    assert once.endswith("<!-- end -->\nafter")
    assert "old" not in once
    assert table.filled(once, made) == once


@pytest.mark.parametrize("name", list(grid.SETTINGS))
def test_every_setting_is_a_classifier_with_parameters_that_it_has_or_a_mean_of_such(name):
    setting = grid.SETTINGS[name]
    assert bool(setting.classifier) != bool(setting.mean_of)
    assert all(member in grid.SETTINGS for member in (*setting.mean_of, *([setting.same_as] if setting.same_as else [])))
    if setting.classifier in CLASSIFIERS:
        try:
            make_classifier(setting.classifier, ("a", "b"), **setting.parameters)._check_parameters()
        except MissingExtraError as missing:
            pytest.skip(str(missing))


def test_every_stance_data_set_of_the_catalogue_with_a_training_part_is_in_the_grid():
    named = {design.dataset for design in grid.DESIGNS.values()} - {"south-asia"}
    others = {name for name in DATASETS if name.startswith("checkthat") or DATASETS[name].facts.holds != "items"}
    assert named == {name for name in DATASETS if "train" in DATASETS[name].facts.splits} - others


@pytest.mark.parametrize("name", ["ibm-claim-stance", "fnc1", "semeval2016-t6a, new targets", "south-asia"])
def test_no_held_out_value_is_learnt_from_and_every_row_of_the_sample_is_scored_once(name, request):
    runner, design = module_of("choose_defaults"), grid.DESIGNS[name]
    data_dir = None if design.dataset == "south-asia" else request.getfixturevalue("data_dir")
    sample = runner.sample_of(design, data_dir)
    assert 0 < len(sample.items) <= grid.ROWS
    assert sorted(item.id for _, test in sample.steps for item in test) == sorted(item.id for item in sample.items)
    for train, test in sample.steps:
        for key in design.held_out:
            assert not {item.groups[key] for item in train} & {item.groups[key] for item in test}


def test_the_page_of_defaults_is_the_one_that_the_scores_give():
    made = table.read_scores(ROOT / "models" / "defaults" / "leave-one-out.json")
    assert set(made.designs) == set(grid.DESIGNS)
    assert all(set(row) == set(grid.SETTINGS) for row in made.scores.values())
    page = (ROOT / "docs" / "defaults.md").read_text()
    assert page.count("<!-- table: ") >= 6
    assert page == table.filled(page, made), "run: python scripts/choose_defaults.py page"
