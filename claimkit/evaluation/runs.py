"""Run folders: an evaluation with everything it was computed from, so that it can be computed again to the byte."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec

import claimkit
from claimkit.errors import DataError
from claimkit.evaluation.resampling import IntervalKind
from claimkit.evaluation.result import Evaluation
from claimkit.evaluation.sample import Place
from claimkit.evaluation.score import DEFAULT_METRICS, REPLICATES, evaluate
from claimkit.jsonl import lines_of, open_input, read_items, read_predictions
from claimkit.jsonl.folders import writing_folder
from claimkit.records import Item, Prediction

SCHEMA_VERSION = 2
RESULT = "result.json"
_MODEL = "model.json"
_LIBRARIES = ("numpy", "scipy")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an evaluation is made; see :func:`claimkit.evaluation.evaluate`."""

    scheme: str | tuple[str, ...] | None = None
    metrics: tuple[str, ...] = DEFAULT_METRICS
    cluster: str = "auto"
    label_map: str | None = None
    slices: tuple[str, ...] | None = None
    interval: IntervalKind = "percentile"
    replicates: int = REPLICATES
    seed: int = 13
    data: str | None = None
    split: str | None = None


class RunInputs(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation is computed from.

    Attributes
    ----------
    items : sequence of Item
    predictions : sequence of Prediction
    baselines : mapping of str to sequence of Prediction
    annotators : mapping of str to sequence of Prediction
    other_seeds : sequence of sequences of Prediction
    """

    items: Sequence[Item]
    predictions: Sequence[Prediction]
    baselines: Mapping[str, Sequence[Prediction]] = msgspec.field(default_factory=dict)
    annotators: Mapping[str, Sequence[Prediction]] = msgspec.field(default_factory=dict)
    other_seeds: Sequence[Sequence[Prediction]] = ()


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """The content of ``result.json``.

    Attributes
    ----------
    schema_version : int
    options : Options
    options_hash : str
        Twelve hexadecimal digits that name the options.
    baselines, annotators : tuple of str
        Their predictions lie in ``baseline-<n>.jsonl`` and ``annotator-<n>.jsonl``, counted from 1.
    seeds : int
        Runs of the system; those after the first lie in ``predictions-<n>.jsonl``, counted from 2.
    environment : dict of str to str
        Versions with which it was computed.
    evaluation : Evaluation
    """

    schema_version: int = SCHEMA_VERSION
    options: Options
    options_hash: str
    baselines: tuple[str, ...]
    annotators: tuple[str, ...]
    seeds: int
    environment: dict[str, str]
    evaluation: Evaluation


class Rescored(NamedTuple):
    """What ``result.json`` holds, and what it would hold if it were made now."""

    stored: bytes
    computed: bytes

    @property
    def is_same(self) -> bool:
        """Whether the two agree to the byte."""
        return self.stored == self.computed


def run_files(
    inputs: RunInputs, options: Options, evaluation: Evaluation, environment: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """Return the files of a run folder by name; ``environment`` is the present one unless it is given."""
    content = RunResult(
        options=options,
        options_hash=hashlib.sha256(msgspec.json.encode(options, order="sorted")).hexdigest()[:12],
        baselines=tuple(inputs.baselines),
        annotators=tuple(inputs.annotators),
        seeds=1 + len(inputs.other_seeds),
        environment=dict(present_environment() if environment is None else environment),
        evaluation=evaluation,
    )
    files = {"items.jsonl": inputs.items, "predictions.jsonl": inputs.predictions}
    files |= {f"predictions-{number}.jsonl": run for number, run in enumerate(inputs.other_seeds, start=2)}
    files |= {f"baseline-{number}.jsonl": entries for number, entries in enumerate(inputs.baselines.values(), start=1)}
    files |= {f"annotator-{number}.jsonl": entries for number, entries in enumerate(inputs.annotators.values(), start=1)}
    packed = {name: b"".join(lines_of(records)) for name, records in files.items()}
    return packed | {RESULT: msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"}


def present_environment() -> dict[str, str]:
    """Return the versions on which numbers may depend."""
    versions = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), "claimkit": claimkit.__version__, **versions}


def write_run(folder: str | Path, files: Mapping[str, bytes], *, force: bool = False) -> Path:
    """Write a run folder, whole or not at all.

    Raises
    ------
    DataError
        When the folder has something in it and ``force`` is not given, or it is no run folder.
    """
    with writing_folder(folder, force=force, marker=RESULT) as work:
        for name, content in files.items():
            (work / name).write_bytes(content)
    return Path(folder)


def rescore(folder: str | Path) -> Rescored:
    """Compute an evaluation again from the files of its run folder.

    Raises
    ------
    DataError
        When a file is missing or is not what a run folder holds.
    """
    folder = Path(folder)
    path = folder / RESULT
    with open_input(path) as file:
        stored = file.read()
    if (folder / _MODEL).is_file():
        hint = "a run folder is made by --out of: claimkit evaluate, claimkit designs"
        raise DataError(
            f"this is the folder of a model, not of a run, so nothing can be computed again from it; {hint}", path=folder
        )
    try:
        run = msgspec.json.decode(stored, type=RunResult)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"not the result of a run: {str(error).lower()}", path=path) from None
    if run.schema_version != SCHEMA_VERSION:
        raise DataError(f"its schema version is {run.schema_version}, this claimkit knows {SCHEMA_VERSION}", path=path)
    inputs = RunInputs(
        items=list(read_items(folder / "items.jsonl")),
        predictions=list(read_predictions(folder / "predictions.jsonl")),
        baselines=_numbered(folder, "baseline", run.baselines),
        annotators=_numbered(folder, "annotator", run.annotators),
        other_seeds=[list(read_predictions(folder / f"predictions-{number}.jsonl")) for number in range(2, run.seeds + 1)],
    )
    evaluation = evaluate_with(run.options, inputs)
    return Rescored(stored, run_files(inputs, run.options, evaluation, run.environment)[RESULT])


def _numbered(folder: Path, kind: str, names: Sequence[str]) -> dict[str, list[Prediction]]:
    return {name: list(read_predictions(folder / f"{kind}-{number}.jsonl")) for number, name in enumerate(names, start=1)}


def evaluate_with(
    options: Options, inputs: RunInputs, *, gold_place: Place | None = None, prediction_place: Place | None = None
) -> Evaluation:
    """Evaluate as the options say; see :func:`claimkit.evaluation.evaluate`."""
    return evaluate(
        inputs.items,
        inputs.predictions,
        scheme=options.scheme,
        metrics=options.metrics,
        cluster=options.cluster,
        label_map=options.label_map,
        baselines=inputs.baselines,
        slices=options.slices,
        annotators=inputs.annotators,
        other_seeds=inputs.other_seeds,
        interval=options.interval,
        replicates=options.replicates,
        seed=options.seed,
        data=options.data,
        split=options.split,
        gold_place=gold_place,
        prediction_place=prediction_place,
    )
