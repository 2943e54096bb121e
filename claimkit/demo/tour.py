"""The steps of the tour, and the files it leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from claimkit.classifiers import make_classifier
from claimkit.corpus import Corpus, load_corpus
from claimkit.corpus.alignment import labels_of
from claimkit.demo.annotators import Annotators, compare_annotators
from claimkit.demo.view import page_of
from claimkit.errors import DataError
from claimkit.evaluation import Evaluation
from claimkit.evaluation.runs import Options, RunInputs, evaluate_with, run_files
from claimkit.experiment.folds import cross_predict, fold_items
from claimkit.jsonl import error_of, opening, replacing
from claimkit.jsonl.folders import check_makeable
from claimkit.records import Item, Prediction
from claimkit.tracking import ClaimTally, Contradiction, contradictions, tally_claims
from claimkit.validate import validate

MODEL = "ngrams"
# What each baseline gets to see says what it would mean if the model were no better.
BASELINES: dict[str, dict[str, str]] = {
    "majority": {},
    "majority-per-target": {},
    "actor-only": {"key": "actor"},
    "target-only": {},
    "text-only": {},
    "length-only": {},
    "sentiment-only": {},
}
_FIXED = (
    "items.jsonl",
    "predictions.jsonl",
    "result.json",
    "contradictions.json",
    "agreement.json",
    "disagreements.jsonl",
    "report.html",
)
_NUMBERED = re.compile(r"(?:baseline|annotator)-[0-9]+\.jsonl")
FOLDS = 5


class Tour(msgspec.Struct, kw_only=True):
    """What the tour found.

    Attributes
    ----------
    corpus : Corpus
    annotators : Annotators or None
        How the layers compare; ``None`` where there are fewer than two of annotators.
    items : list of Item
        With their folds.
    predictions : list of Prediction
    evaluation : Evaluation
    claims : list of ClaimTally
    contradictions : list of Contradiction
    report : Path
    """

    corpus: Corpus
    annotators: Annotators | None
    items: list[Item]
    predictions: list[Prediction]
    evaluation: Evaluation
    claims: list[ClaimTally]
    contradictions: list[Contradiction]
    report: Path


def take_tour(
    path: Path, out: Path, *, seed: int = 13, force: bool = False, step: Callable[[str], object] = lambda _: None
) -> Tour:
    """Go through the whole tour and write its report.

    Parameters
    ----------
    path : Path
        A corpus folder.
    out : Path
        Folder for the files; what an earlier tour left in it is replaced.
    seed : int
    force : bool
        Write into a folder that holds other files too.
    step : callable
        Called with a sentence before each step.

    Raises
    ------
    DataError
        When the corpus has an error, or the folder holds other files or cannot be written.
    """
    _check_folder(out, force)
    step("checking every record, reference and span")
    for issue in validate(path):
        if issue.severity == "error":
            raise error_of(issue)
    corpus = load_corpus(path)
    step("asking how far the annotators agree, and what a majority makes of them")
    compared = compare_annotators(corpus, seed=seed)
    items = fold_items(list(corpus.items()), "document", FOLDS, seed=seed)
    step(f"training {MODEL} and {len(BASELINES)} baselines, each document held out once")
    predictions = _predict(items, MODEL, corpus, seed, {})
    others = {name: _predict(items, name, corpus, seed, parameters) for name, parameters in BASELINES.items()}
    step("scoring, with intervals over whole documents")
    options = Options(slices=("actor", "quotation", "modality", "year"), seed=seed, data=corpus.config.name, split="folds")
    annotators = {name: list(labels_of(corpus, name)) for name in corpus.layers if name != "gold"}
    inputs = RunInputs(items=items, predictions=predictions, baselines=others, annotators=annotators)
    evaluation = evaluate_with(options, inputs)
    step("collecting who says what, and who contradicts whom")
    tour = Tour(
        corpus=corpus,
        annotators=compared,
        items=items,
        predictions=predictions,
        evaluation=evaluation,
        claims=tally_claims(corpus),
        contradictions=contradictions(corpus),
        report=out / "report.html",
    )
    files = run_files(inputs, options, evaluation)
    files["contradictions.json"] = msgspec.json.format(msgspec.json.encode(tour.contradictions), indent=1)
    if compared is not None:
        files["agreement.json"] = msgspec.json.format(msgspec.json.encode(compared.agreement), indent=1)
        files["disagreements.jsonl"] = b"".join(msgspec.json.encode(entry) + b"\n" for entry in compared.disputed)
    files["report.html"] = page_of(tour).encode()
    with opening(out):
        out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with replacing(out / name) as file:
            file.write(content)
    return tour


def _predict(items: list[Item], name: str, corpus: Corpus, seed: int, parameters: dict[str, str]) -> list[Prediction]:
    seeded = {"seed": seed} if name == MODEL else {}
    return cross_predict(items, lambda: make_classifier(name, corpus.config.scheme, **seeded, **parameters), model=name)


def is_of_tour(name: str) -> bool:
    """Tell whether a file name is one of those that a tour leaves."""
    return name in _FIXED or _NUMBERED.fullmatch(name) is not None


def _check_folder(out: Path, force: bool) -> None:
    if out.is_file():
        raise DataError("this is a file; the demo needs a folder to write to", path=out, code="file-is-folder")
    check_makeable(out)
    strange = sorted(entry.name for entry in out.iterdir() if not is_of_tour(entry.name)) if out.is_dir() else []
    if strange and not force:
        raise DataError(f"the folder holds other files ('{strange[0]}'); name a new one with --out, or add --force", path=out)
