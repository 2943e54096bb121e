"""Published submissions in the formats of their tasks, scored by one command."""

from __future__ import annotations

import csv
import json
import random

import pytest

from claimkit.catalog.official import official_format
from claimkit.errors import DataError


def scores(run_cli, gold, said, *metrics):
    options = [part for name in metrics for part in ("--metric", name)]
    done = run_cli("evaluate", gold, said, "--json", *options)
    assert done.status == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("submission", "favg"),
    [("pred_majority.txt", 0.6522), ("pred_allagainst.txt", 0.3641), ("pred_tweeteval.txt", 0.7244), ("gold.txt", 1.0)],
)
def test_submissions_to_semeval_score_as_with_the_official_program(run_cli, oracle_dir, submission, favg):
    folder = oracle_dir / "semeval2016t6"
    result = scores(run_cli, folder / "gold.txt", folder / submission, "f1_favor_against")
    assert result["n"] == 1249
    assert result["metrics"]["f1_favor_against"]["value"] == pytest.approx(favg, abs=5e-5)


def test_the_fnc_gold_scores_as_the_organisers_say_whatever_the_order_of_rows(run_cli, data_dir, tmp_path):
    gold = data_dir / "fnc1" / "competition_test_stances.csv"
    with gold.open(newline="") as file:
        rows = list(csv.DictReader(file))
    shuffled = tmp_path / "shuffled.csv"
    random.Random(1).shuffle(rows)
    with shuffled.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["Headline", "Body ID", "Stance"])
        writer.writeheader()
        writer.writerows(rows)
    unrelated = tmp_path / "unrelated.csv"
    with unrelated.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["Headline", "Body ID", "Stance"])
        writer.writeheader()
        writer.writerows({**row, "Stance": "unrelated"} for row in rows)
    assert scores(run_cli, gold, shuffled, "fnc_score")["metrics"]["fnc_score"]["value"] == 1.0
    result = scores(run_cli, gold, unrelated, "fnc_score", "f1_macro")
    assert result["metrics"]["fnc_score"]["value"] == pytest.approx(0.3937, abs=5e-5)  # 4587.25 of 11651.25 points
    assert result["metrics"]["f1_macro"]["value"] == pytest.approx(0.210, abs=5e-4)
    assert result["clusters"] == {"body": 904}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Headline,Body ID,Stance\na,1,agre\n", r":2: stance 'agre' is not one of .*; did you mean 'agree'"),
        ("Headline,Body ID,Stance\na,x,agree\n", r":2: Body ID must be a number, found 'x'"),
        ("Headline,Body ID,Stance\na,1\n", r":2: 2 columns, the header has 3"),
    ],
)
def test_a_wrong_row_of_an_official_file_is_named(tmp_path, content, message):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        list(official_format(path).read_gold(path))


def test_other_files_are_not_taken_for_official_ones(tmp_path):
    path = tmp_path / "items.jsonl"
    path.write_text('{"type":"item"}\n')
    assert official_format(path) is None
