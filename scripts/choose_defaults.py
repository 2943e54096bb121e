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
import hashlib
import random
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

import msgspec

from claimkit.catalog import load_dataset
from claimkit.classifiers import make_classifier, predict_items
from claimkit.classifiers.base import StanceClassifier
from claimkit.classifiers.embeddings import EmbeddingClassifier
from claimkit.classifiers.linear import NgramClassifier
from claimkit.corpus import load_corpus
from claimkit.encoders.cache import default_cache
from claimkit.errors import DataError
from claimkit.evaluation import evaluate
from claimkit.experiment.folds import fold_items
from claimkit.jsonl import read_predictions, write_records
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme, scheme_of
from claimkit.shipped import shipped_corpus

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "models" / "defaults" / "leave-one-out.json"
ROWS, WORDS = 1500, 250_000  # of a sample, at most: long articles take long
FOLDS = 4
SEED = 13


class Design(NamedTuple):
    """A data set, and the keys whose values are never on both sides: what its own test part holds out, or else its targets."""

    dataset: str
    held_out: tuple[str, ...]


class Setting(NamedTuple):
    """A classifier with parameters.

    Attributes
    ----------
    family : str
        What it is compared with.
    classifier : str
    parameters : dict
    mean_of : tuple of str
        Settings whose probabilities it is the mean of, in place of a classifier.
    same_as : str or None
        The pooled setting that gives the same where no target has rows enough for a head of its own.
    """

    family: str
    classifier: str = ""
    parameters: dict[str, Any] = {}  # noqa: RUF012 - never changed
    mean_of: tuple[str, ...] = ()
    same_as: str | None = None

    @property
    def stage(self) -> int:
        """When it can be run: 0 at once, 1 after a setting that it may be the same as, 2 after those it is the mean of."""
        return 2 if self.mean_of else 1 if self.same_as else 0

    @property
    def key(self) -> str:
        """Eight hexadecimal digits that name what is run."""
        raw = msgspec.json.encode((self.classifier, self.parameters, self.mean_of, ROWS, WORDS, FOLDS, SEED), order="sorted")
        return hashlib.sha256(raw).hexdigest()[:8]


# The unit in which the official test part of each data set is new. SemEval-2016 and P-Stance have the same targets in their test
# parts, and stand here twice, because targets that are new are another task.
DESIGNS: dict[str, Design] = {
    "semeval2016-t6a": Design("semeval2016-t6a", ("random",)),
    "semeval2016-t6a, new targets": Design("semeval2016-t6a", ("target",)),
    "pstance": Design("pstance", ("random",)),
    "pstance, new targets": Design("pstance", ("target",)),
    "vast": Design("vast", ("document",)),
    "perspectrum": Design("perspectrum", ("claim",)),
    "ibm-claim-stance": Design("ibm-claim-stance", ("topic",)),
    "rumoureval2017": Design("rumoureval2017", ("thread",)),
    "newsmtsc": Design("newsmtsc", ("document",)),
    "fnc1": Design("fnc1", ("body", "headline")),
    "south-asia": Design("south-asia", ("document",)),
}


def _ngrams(**parameters: Any) -> Setting:
    return Setting("ngrams", "ngrams", {"calibration": "none", **parameters})  # a temperature changes no label, only takes time


def _svm(**parameters: Any) -> Setting:
    return Setting("svm-ngrams", "svm-ngrams", {"calibration": "none", **parameters})


def _minilm(**parameters: Any) -> Setting:
    return Setting("embeddings", "embeddings", {"encoders": ["onnx:minilm"], **parameters})


# The first of a family is the shipped default.
SETTINGS: dict[str, Setting] = {
    "majority": Setting("artefact", "majority"),
    "majority-per-target": Setting("artefact", "majority-per-target"),
    "target-only": Setting("artefact", "target-only"),
    "text-only": Setting("artefact", "text-only"),
    "ngrams": Setting("ngrams", "ngrams"),
    "ngrams, C 0.3": _ngrams(C=0.3),
    "ngrams, C 3": _ngrams(C=3.0),
    "ngrams, C 10": _ngrams(C=10.0),
    "ngrams, classes as they are": _ngrams(class_weight="none"),
    "ngrams, C 3, classes as they are": _ngrams(C=3.0, class_weight="none"),
    "ngrams, C 10, classes as they are": _ngrams(C=10.0, class_weight="none"),
    "ngrams, words 1": _ngrams(word_ngrams=[1, 1]),
    "ngrams, words 1-3": _ngrams(word_ngrams=[1, 3]),
    "ngrams, words only": _ngrams(char_ngrams=[]),
    "ngrams, characters only": _ngrams(word_ngrams=[]),
    "ngrams, characters 3-5": _ngrams(char_ngrams=[3, 5]),
    "ngrams, characters 2-4": _ngrams(char_ngrams=[2, 4]),
    "ngrams, min_df 1": _ngrams(min_df=1),
    "ngrams, target weight 1": _ngrams(target_weight=1.0),
    "ngrams, targets not marked": _ngrams(mark_target="never"),
    "ngrams, no pair features": Setting("ngrams", "ngrams-without-pairs", {"calibration": "none"}),
    "svm-ngrams": _svm(calibration="temperature"),
    "svm-ngrams, pooled": Setting("svm-ngrams", "svm-ngrams", {"calibration": "none", "per_target": False}, same_as="svm-ngrams"),
    "svm-ngrams, C 0.003": _svm(C=0.003),
    "svm-ngrams, C 0.03": _svm(C=0.03),
    "svm-ngrams, C 0.1": _svm(C=0.1),
    "svm-ngrams, classes balanced": _svm(class_weight="balanced"),
    "svm-ngrams, min_df 2": _svm(min_df=2),
    "embeddings": Setting("embeddings", "embeddings"),
    "minilm": _minilm(),
    "minilm, a head for each target": Setting(
        "embeddings", "embeddings", {"encoders": ["onnx:minilm"], "per_target": True}, same_as="minilm"
    ),
    "minilm, classes balanced": _minilm(class_weight="balanced"),
    "minilm, C 0.001": _minilm(C=0.001),
    "minilm, C 0.0001": _minilm(C=0.0001),
    "minilm, network": _minilm(head="network"),
    "minilm, text alone": Setting("embeddings", "embeddings-without-target", {"encoders": ["onnx:minilm"]}),
    "ensemble": Setting("ensemble", mean_of=("ngrams", "svm-ngrams")),
    "ngrams + minilm": Setting("ensemble", mean_of=("ngrams", "minilm")),
    "ngrams + minilm, a head for each target": Setting("ensemble", mean_of=("ngrams", "minilm, a head for each target")),
    "ngrams + minilm + network": Setting("ensemble", mean_of=("ngrams", "minilm", "minilm, network")),
    "svm-ngrams + minilm, a head for each target": Setting("ensemble", mean_of=("svm-ngrams", "minilm, a head for each target")),
    "ngrams + svm-ngrams + minilm": Setting("ensemble", mean_of=("ngrams", "svm-ngrams", "minilm")),
    "ngrams + svm-ngrams + minilm, a head for each target": Setting(
        "ensemble", mean_of=("ngrams", "svm-ngrams", "minilm, a head for each target")
    ),
    "boosting": Setting("boosting", "boosting"),
    "boosting, minilm": Setting("boosting", "boosting", {"encoders": ["onnx:minilm"]}),
}


class WithoutPairs(NgramClassifier):
    """``ngrams`` without the features of text and target together."""

    _parts = ("text", "target")


class WithoutTarget(EmbeddingClassifier):
    """``embeddings`` of the text alone, and how near it is to the target."""

    def _features(self, vectors: Any, rows: Any, *, alone: bool) -> Any:  # noqa: ARG002 - always alone
        return super()._features(vectors, rows, alone=True)


ABLATIONS = {"ngrams-without-pairs": WithoutPairs, "embeddings-without-target": WithoutTarget}


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


def score(work, data_dir, replicates):
    """Score the predictions, and set the settings that leave-one-out picks beside the defaults."""
    found: dict[str, dict[str, Scored]] = {}
    sizes: dict[str, tuple[int, int]] = {}
    said: dict[str, dict[str, list[Prediction]]] = {}
    for design in DESIGNS:
        sample = _sample(design, data_dir)
        sizes[design] = (len(sample.items), len(sample.steps))
        said[design] = {name: list(read_predictions(place_of(work, design, name))) for name in SETTINGS}
        found[design] = {}
        for name, predictions in said[design].items():
            result = evaluate(sample.items, predictions, scheme=scheme_of(sample.scheme.labels), slices=(), replicates=replicates)
            estimate = result.metrics["f1_macro"]
            found[design][name] = Scored(
                f1_macro=_rounded(estimate.value),
                low=_rounded(estimate.low),
                high=_rounded(estimate.high),
                accuracy=_rounded(result.metrics["accuracy"].value),
            )
        print(design, flush=True)
    scores = Scores(scores=found, sizes=sizes)
    return msgspec.structs.replace(scores, gains=_gains(scores, said, data_dir, replicates))


def _gains(
    scores: Scores, said: Mapping[str, Mapping[str, Sequence[Prediction]]], data_dir: Path | None, replicates: int
) -> dict[str, dict[str, dict[str, Scored]]]:
    """Return, for each family and design, by how much each candidate exceeds the default, with paired intervals."""
    found: dict[str, dict[str, dict[str, Scored]]] = {}
    for family, candidates in scores.candidates().items():
        found[family] = {}
        for design in DESIGNS:
            sample, default = _sample(design, data_dir), scores.default(family)
            found[family][design] = {}
            for name in candidates[design]:
                if name == default:
                    continue
                beside = {"default": said[design][default]}
                result = evaluate(
                    sample.items, said[design][name], scheme=sample.scheme, slices=(), baselines=beside, replicates=replicates
                )
                lift = result.baselines[0].lift["f1_macro"]
                found[family][design][name] = Scored(
                    f1_macro=_rounded(lift.value), low=_rounded(lift.low), high=_rounded(lift.high)
                )
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


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
        tables(RESULT, ROOT / "docs" / "defaults.md")


if __name__ == "__main__":
    main()
