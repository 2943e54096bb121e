"""The grid from which defaults are chosen: data sets with what is held out in each, and settings of classifiers."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import msgspec

ROWS, WORDS = 1500, 250_000  # of a sample, at most: long articles take long
FOLDS = 4
SEED = 13
ARTEFACT = "artefact"


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
    "majority": Setting(ARTEFACT, "majority"),
    "majority-per-target": Setting(ARTEFACT, "majority-per-target"),
    "target-only": Setting(ARTEFACT, "target-only"),
    "text-only": Setting(ARTEFACT, "text-only"),
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
    "svm-ngrams, C 0.03": _svm(C=0.03),
    "svm-ngrams, classes balanced": _svm(class_weight="balanced"),
    "embeddings": Setting("embeddings without an encoder", "embeddings"),
    "minilm": _minilm(),
    "minilm, a head for each target": Setting(
        "embeddings", "embeddings", {"encoders": ["onnx:minilm"], "per_target": True}, same_as="minilm"
    ),
    "minilm, classes balanced": _minilm(class_weight="balanced"),
    "minilm, a head for each target, classes balanced": Setting(
        "embeddings",
        "embeddings",
        {"encoders": ["onnx:minilm"], "per_target": True, "class_weight": "balanced"},
        same_as="minilm, classes balanced",
    ),
    "minilm, C 0.001": _minilm(C=0.001),
    "minilm, network": _minilm(head="network"),
    "boosting": Setting("boosting", "boosting"),
    "boosting, minilm": Setting("boosting", "boosting", {"encoders": ["onnx:minilm"]}),
    "boosting, minilm, classes balanced": Setting(
        "boosting", "boosting", {"encoders": ["onnx:minilm"], "class_weight": "balanced"}
    ),
    "ensemble": Setting("ensemble", mean_of=("ngrams", "svm-ngrams")),
    "ngrams + minilm": Setting("ensemble", mean_of=("ngrams", "minilm")),
    "ngrams + minilm, a head for each target": Setting("ensemble", mean_of=("ngrams", "minilm, a head for each target")),
    "ngrams + minilm, a head for each target, classes balanced": Setting(
        "ensemble", mean_of=("ngrams", "minilm, a head for each target, classes balanced")
    ),
    "ngrams + minilm, a head for each target + boosting, minilm": Setting(
        "ensemble", mean_of=("ngrams", "minilm, a head for each target", "boosting, minilm")
    ),
    "ngrams + minilm + minilm, network": Setting("ensemble", mean_of=("ngrams", "minilm", "minilm, network")),
    "svm-ngrams + minilm, a head for each target": Setting("ensemble", mean_of=("svm-ngrams", "minilm, a head for each target")),
    "ngrams + svm-ngrams + minilm": Setting("ensemble", mean_of=("ngrams", "svm-ngrams", "minilm")),
    "ngrams + svm-ngrams + minilm, a head for each target": Setting(
        "ensemble", mean_of=("ngrams", "svm-ngrams", "minilm, a head for each target")
    ),
}

# What a newcomer chooses between, the default of all commands first: classifiers without an encoder, with one, and means of them.
CANDIDATES = (
    "ngrams",
    "svm-ngrams",
    "embeddings",
    "boosting",
    "ensemble",
    "minilm",
    "minilm, classes balanced",
    "minilm, a head for each target",
    "minilm, a head for each target, classes balanced",
    "minilm, network",
    "boosting, minilm",
    *(name for name, setting in SETTINGS.items() if setting.mean_of and name != "ensemble"),
)
