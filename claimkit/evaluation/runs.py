"""Run folders: an evaluation with everything it was computed from, so that it can be computed again to the byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from claimkit.errors import DataError
from claimkit.evaluation.result import Evaluation
from claimkit.evaluation.sample import Place
from claimkit.evaluation.score import DEFAULT_METRICS, REPLICATES, evaluate
from claimkit.jsonl import lines_of, open_input, read_items, read_predictions
from claimkit.jsonl.folders import writing_folder
from claimkit.records import Item, Prediction

SCHEMA_VERSION = 1
RESULT = "result.json"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an evaluation is made; see :func:`claimkit.evaluation.evaluate`."""

    scheme: str | tuple[str, ...] | None = None
    metrics: tuple[str, ...] = DEFAULT_METRICS
    cluster: str = "auto"
    label_map: str | None = None
    slices: tuple[str, ...] = ()
    replicates: int = REPLICATES
    seed: int = 13
    data: str | None = None
    split: str | None = None


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """The content of ``result.json``.

    Attributes
    ----------
    schema_version : int
    options : Options
    baselines : tuple of str
        Their predictions lie in ``baseline-<n>.jsonl``, counted from 1.
    evaluation : Evaluation
    """

    schema_version: int = SCHEMA_VERSION
    options: Options
    baselines: tuple[str, ...]
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
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    baselines: Mapping[str, Sequence[Prediction]],
    options: Options,
    evaluation: Evaluation,
) -> dict[str, bytes]:
    """Return the files of a run folder by name."""
    content = RunResult(options=options, baselines=tuple(baselines), evaluation=evaluation)
    files = {"items.jsonl": b"".join(lines_of(items)), "predictions.jsonl": b"".join(lines_of(predictions))}
    for number, entries in enumerate(baselines.values(), start=1):
        files[f"baseline-{number}.jsonl"] = b"".join(lines_of(entries))
    return files | {RESULT: msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"}


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
    try:
        run = msgspec.json.decode(stored, type=RunResult)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"not the result of a run: {str(error).lower()}", path=path) from None
    if run.schema_version != SCHEMA_VERSION:
        raise DataError(f"its schema version is {run.schema_version}, this claimkit knows {SCHEMA_VERSION}", path=path)
    items, predictions = list(read_items(folder / "items.jsonl")), list(read_predictions(folder / "predictions.jsonl"))
    baselines = {
        name: list(read_predictions(folder / f"baseline-{number}.jsonl")) for number, name in enumerate(run.baselines, start=1)
    }
    evaluation = evaluate_with(run.options, items, predictions, baselines)
    return Rescored(stored, run_files(items, predictions, baselines, run.options, evaluation)[RESULT])


def evaluate_with(
    options: Options,
    items: Sequence[Item],
    predictions: Sequence[Prediction],
    baselines: Mapping[str, Sequence[Prediction]],
    *,
    gold_place: Place | None = None,
    prediction_place: Place | None = None,
) -> Evaluation:
    """Evaluate as the options say; see :func:`claimkit.evaluation.evaluate`."""
    return evaluate(
        items,
        predictions,
        scheme=options.scheme,
        metrics=options.metrics,
        cluster=options.cluster,
        label_map=options.label_map,
        baselines=baselines,
        slices=options.slices,
        replicates=options.replicates,
        seed=options.seed,
        data=options.data,
        split=options.split,
        gold_place=gold_place,
        prediction_place=prediction_place,
    )
