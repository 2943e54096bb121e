"""Re-enact the podium of the Fake News Challenge: who won, over single pairs and over whole articles.

Run with: python scripts/reenact_fnc1.py LABELS STANCES

LABELS holds the labels of three systems (row, body_id, headline_idx, gold, and a column for each system, cut to three letters),
STANCES is the challenge's competition_test_stances.csv, in the same order.

The three letters "dis" stand for disagree and for discuss alike. Gold labels are taken in full from STANCES; a predicted "dis" is
read as discuss, which the three systems meant in 98 to 99 of 100 such cases. The scores therefore differ a little from the official
ones, which are printed beside them where a file of them is given with --official.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

from claimkit.evaluation import compare
from claimkit.records import Item, Prediction

FULL = {"agr": "agree", "dis": "discuss", "unr": "unrelated"}
METRICS = ("accuracy", "fnc_score", "f1_macro")


def read(labels: Path, stances: Path) -> tuple[list[Item], dict[str, list[Prediction]]]:
    """Return the gold pairs and what each system says of them."""
    with labels.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with stances.open(newline="", encoding="utf-8") as file:
        full = list(csv.DictReader(file))
    if len(rows) != len(full):
        raise SystemExit(f"{labels} has {len(rows)} rows and {stances} {len(full)}; they must be of the same test set")
    items: list[Item] = []
    systems = [name for name in rows[0] if name not in ("row", "body_id", "headline_idx", "gold")]
    said: dict[str, list[Prediction]] = {name: [] for name in systems}
    for row, gold in zip(rows, full, strict=True):
        if row["body_id"] != gold["Body ID"] or row["gold"] != gold["Stance"][:3]:
            raise SystemExit(f"row {row['row']} of {labels} is not the one of {stances}")
        groups = {"body": row["body_id"], "headline": row["headline_idx"]}
        items.append(Item(id=row["row"], text=gold["Headline"], target="body", stance=gold["Stance"], scheme="fnc1", groups=groups))
        for name in systems:
            said[name].append(Prediction(id=row["row"], stance=FULL[row[name]]))
    return items, said


def main() -> None:
    """Print the scores and the paired tests of every two systems, over pairs and over bodies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("stances", type=Path)
    parser.add_argument("--official", type=Path, help="JSON with fnc_rel of each system")
    parser.add_argument("--replicates", type=int, default=10_000)
    options = parser.parse_args()
    items, said = read(options.labels, options.stances)
    official = json.loads(options.official.read_text()) if options.official else {}
    for cluster in ("none", "body"):
        found = compare(items, said, metrics=METRICS, cluster=cluster, replicates=options.replicates)
        over = f"{found.clusters['body']} bodies" if found.clusters else f"{found.n} single pairs"
        print(f"\nResampled and swapped over {over}")
        print(f"{'system':10} {'official':>9} {'here':>7}  95 % interval")
        for name, scores in found.scores.items():
            score = scores["fnc_score"]
            printed = f"{official[name]['fnc_rel']:.4f}" if name in official else "–"
            print(f"{name:10} {printed:>9} {score.value:7.4f}  [{score.low:.4f}, {score.high:.4f}]")
        print(f"{'pair':18} {'difference':>10}  {'95 % interval':19} {'p':>7} {'p (Holm)':>9}")
        for pair in found.pairs:
            if pair.metric == "fnc_score":
                interval = f"[{pair.low:+.4f}, {pair.high:+.4f}]"
                print(f"{pair.a + ' − ' + pair.b:18} {pair.difference:+10.4f}  {interval:19} {pair.p:7.4f} {pair.p_holm:9.4f}")


if __name__ == "__main__":
    main()
