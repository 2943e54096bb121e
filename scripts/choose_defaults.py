"""Choose the defaults of classifiers by leaving out one data set after the other.

Run with: python scripts/choose_defaults.py run --data-dir datasets --workers 2
then:     python scripts/choose_defaults.py score --data-dir datasets
and:      python scripts/choose_defaults.py page

The first command predicts a sample of the training part of every stance data set in folds, with every setting of the grid; what is
done is on disk, and an interruption costs one setting on one data set. The second scores these predictions and writes
models/defaults/leave-one-out.json. The third writes the tables of docs/defaults.md from that file. No test part is read.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import defaults_table
import msgspec
from defaults_grid import ARTEFACT, CANDIDATES, DESIGNS, FOLDS, ROWS, SEED, SETTINGS, WORDS, Design, Setting
from defaults_table import ALL, Scored, Scores, filled, read_scores, wanted_gains

from claimkit.catalog import load_dataset
from claimkit.classifiers import make_classifier, predict_items
from claimkit.classifiers.base import StanceClassifier
from claimkit.classifiers.linear import NgramClassifier
from claimkit.corpus import load_corpus
from claimkit.encoders.cache import default_cache
from claimkit.errors import DataError
from claimkit.evaluation import Estimate, evaluate
from claimkit.experiment.folds import fold_items
from claimkit.jsonl import read_predictions, write_records
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme
from claimkit.shipped import shipped_corpus

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "models" / "defaults" / "leave-one-out.json"


class WithoutPairs(NgramClassifier):
    """``ngrams`` without the features of text and target together."""

    _parts = ("text", "target")


ABLATIONS = {"ngrams-without-pairs": WithoutPairs}


class Sample(NamedTuple):
    """The rows of a design in folds: pairs of rows to learn from and rows to predict."""

    items: list[Item]
    scheme: LabelScheme
    steps: list[tuple[list[Item], list[Item]]]


def sample_of(design: Design, data_dir: Path | None) -> Sample:
    """Return a seeded sample of the training part, in folds that no value of the held-out keys crosses."""
    if design.dataset == "south-asia":
        corpus = load_corpus(shipped_corpus())
        items, scheme = list(corpus.items()), corpus.config.scheme
    else:
        data = load_dataset(design.dataset, "train", data_dir=data_dir)
        items, scheme = list(data), data.scheme
    order = list(range(len(items)))
    random.Random(SEED).shuffle(order)
    kept, words = [], 0
    for place in order[:ROWS]:
        words += len(items[place].text.split())
        if words > WORDS:
            break
        kept.append(place)
    rows = [items[place] for place in sorted(kept)]
    first, *others = design.held_out
    folds = min(FOLDS, len({item.target for item in rows})) if first == "target" else FOLDS
    folded = fold_items(rows, first, folds, seed=SEED)
    steps = []
    for fold in dict.fromkeys(item.split for item in folded):
        test = [item for item in folded if item.split == fold]
        known = {(key, item.groups.get(key)) for key in others for item in test}
        train = [item for item in folded if item.split != fold and not any((key, item.groups.get(key)) in known for key in others)]
        steps.append((train, test))
    return Sample(folded, scheme, steps)


def make(setting: Setting, scheme: LabelScheme) -> StanceClassifier:
    """Return the classifier of a setting; those that only show what a part adds are not in the registry."""
    if setting.classifier in ABLATIONS:
        return ABLATIONS[setting.classifier](scheme.labels, **setting.parameters)
    return make_classifier(setting.classifier, scheme, **setting.parameters)


def place_of(work: Path, design: str, setting: str) -> Path:
    """Return where the predictions of a setting in a design lie."""
    key = f"{setting}--{SETTINGS[setting].key}".replace("/", "-").replace(" ", "-")
    return work / design.replace(" ", "-").replace(",", "") / f"{key}.jsonl"


@cache
def _sample(design: str, data_dir: Path | None) -> Sample:
    return sample_of(DESIGNS[design], data_dir)


def predict(design: str, setting: str, work: Path, data_dir: Path | None) -> tuple[str, str, float, str]:
    """Predict a design with a setting and keep what it says; returns the names, the seconds, and why it failed, if it did."""
    start = time.perf_counter()
    sample, chosen, path = _sample(design, data_dir), SETTINGS[setting], place_of(work, design, setting)
    found: list[Prediction] = []
    try:
        if chosen.same_as and not _has_own_heads(sample):
            found = list(read_predictions(place_of(work, design, chosen.same_as)))
        elif chosen.mean_of:
            found = _mean([list(read_predictions(place_of(work, design, name))) for name in chosen.mean_of], sample.scheme)
        else:
            for train, test in sample.steps:
                found += predict_items(make(chosen, sample.scheme).fit(train), test, model=setting)
    except DataError as error:
        return design, setting, time.perf_counter() - start, str(error)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_records(path, found)
    return design, setting, time.perf_counter() - start, ""


def _has_own_heads(sample: Sample, least: int = 100) -> bool:
    """Tell whether any scored row has a target of which enough rows are learnt from: else one head per target is the pooled one."""
    for train, test in sample.steps:
        counts: dict[str, int] = {}
        for item in train:
            counts[item.target] = counts.get(item.target, 0) + 1
        if any(counts.get(item.target, 0) >= least for item in test):
            return True
    return False


def _mean(runs: Sequence[Sequence[Prediction]], scheme: LabelScheme) -> list[Prediction]:
    """Return the mean of the members' probabilities, as the classifier ``ensemble`` with equal weights takes it."""
    found = []
    for entries in zip(*runs, strict=True):
        shares = {label: sum((entry.probabilities or {})[label] for entry in entries) / len(entries) for label in scheme.labels}
        found.append(Prediction(id=entries[0].id, stance=max(shares, key=lambda label: shares[label]), probabilities=shares))
    return found


def run(work: Path, data_dir: Path | None, workers: int, only: str) -> None:
    """Predict what is missing: first what others need, then those."""
    wanted = [(design, setting) for setting in SETTINGS for design in DESIGNS if only in setting]
    for stage in range(3):
        todo = [
            (design, setting)
            for design, setting in wanted
            if SETTINGS[setting].stage == stage and not place_of(work, design, setting).is_file()
        ]
        print(f"{len(todo)} of {len(wanted)} are missing", flush=True)
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            futures = [pool.submit(predict, design, setting, work, data_dir) for design, setting in todo]
            for number, future in enumerate(as_completed(futures), start=1):
                design, setting, seconds, reason = future.result()
                print(f"{number}/{len(todo)} {design}, {setting}: {reason or f'{seconds:.1f} s'}", flush=True)


def families() -> dict[str, list[str]]:
    """Return the settings of each family, the shipped default first; and what is compared across families."""
    found: dict[str, list[str]] = {}
    for name, setting in SETTINGS.items():
        if setting.family != ARTEFACT:
            found.setdefault(setting.family, []).append(name)
    return {family: names for family, names in found.items() if len(names) > 1} | {ALL: list(CANDIDATES)}


def score(work: Path, data_dir: Path | None, replicates: int) -> Scores:
    """Score the predictions, and set the settings that are chosen beside the defaults, on the same resamples."""
    scores = Scores(
        rows=ROWS, words=WORDS, folds=FOLDS, seed=SEED, designs={}, families=families(), scores={},
        artefacts=[name for name, setting in SETTINGS.items() if setting.family == ARTEFACT],
    )  # fmt: skip
    said: dict[str, dict[str, list[Prediction]]] = {}
    for name, design in DESIGNS.items():
        sample = _sample(name, data_dir)
        scores.designs[name] = defaults_table.Design(design.dataset, design.held_out, len(sample.items), len(sample.steps))
        said[name] = {setting: list(read_predictions(place_of(work, name, setting))) for setting in SETTINGS}
        scores.scores[name] = {}
        for setting, predictions in said[name].items():
            result = evaluate(sample.items, predictions, scheme=sample.scheme, slices=(), replicates=replicates)
            accuracy = result.metrics["accuracy"].value
            scores.scores[name][setting] = _scored(result.metrics["f1_macro"], None if accuracy is None else round(accuracy, 5))
        print(name, flush=True)
    for family, settings in wanted_gains(scores).items():
        scores.gains[family] = {}
        for name in DESIGNS:
            sample, default = _sample(name, data_dir), said[name][scores.families[family][0]]
            scores.gains[family][name] = {}
            for setting in sorted(settings):
                result = evaluate(
                    sample.items,
                    said[name][setting],
                    scheme=sample.scheme,
                    slices=(),
                    baselines={"it": default},
                    replicates=replicates,
                )
                scores.gains[family][name][setting] = _scored(result.baselines[0].lift["f1_macro"])
    return scores


def _scored(estimate: Estimate, accuracy: float | None = None) -> Scored:
    value, low, high = (None if number is None else round(number, 5) for number in (estimate.value, estimate.low, estimate.high))
    return Scored(value or 0.0, low, high, accuracy)


def main() -> None:
    """Run, score, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["run", "score", "page"])
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--work", type=Path, default=default_cache() / "defaults")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="", help="settings whose name has this in it")
    parser.add_argument("--replicates", type=int, default=10_000)
    options = parser.parse_args()
    if options.step == "run":
        run(options.work, options.data_dir, options.workers, options.only)
    elif options.step == "score":
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        raw = msgspec.json.encode(score(options.work, options.data_dir, options.replicates))
        RESULT.write_bytes(msgspec.json.format(raw, indent=1) + b"\n")
    else:
        page = ROOT / "docs" / "defaults.md"
        page.write_text(filled(page.read_text(encoding="utf-8"), read_scores(RESULT)), encoding="utf-8")


if __name__ == "__main__":
    main()
