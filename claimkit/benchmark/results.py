"""Signed numbers of one recipe on one task, as they are kept under ``models/results``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from claimkit.errors import DataError
from claimkit.evaluation import Estimate
from claimkit.evaluation.result import Lift, SeedSpread
from claimkit.jsonl import open_input, replacing

SCHEMA_VERSION = 1


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a run took: seconds to fit and to predict (mean over seeds), and the peak of memory in MiB if the system tells it."""

    fit_seconds: float
    predict_seconds: float
    peak_mib: float | None


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of a result file.

    Attributes
    ----------
    schema_version : int
    task, recipe : str
    classifier : str
    parameters : dict
    recipe_hash : str
        Names classifier, parameters, training splits and seeds; another hash is another run.
    trained_on, n : int
        Rows.
    data : str
        Name of the data set and hash of its test part.
    metric : str
        The official one.
    metrics : dict of str to Estimate
        Accuracy, the official metric and macro-F1, signed.
    lift : dict of str to Lift
        Over the best artefact baseline.
    seeds : dict of str to SeedSpread or None
    cost : Cost
    environment : dict of str to str
        Versions of libraries and identities of encoders when the predictions were made.
    """

    schema_version: int = SCHEMA_VERSION
    task: str
    recipe: str
    classifier: str
    parameters: dict[str, Any]
    recipe_hash: str
    trained_on: int
    n: int
    data: str
    metric: str
    metrics: dict[str, Estimate]
    lift: dict[str, Lift]
    seeds: dict[str, SeedSpread] | None
    cost: Cost
    environment: dict[str, str]


def result_path(folder: Path, task: str, recipe: str) -> Path:
    """Return where a result lies."""
    return folder / f"{task.replace('/', '--')}--{recipe}.json"


def write_result(folder: Path, result: Result) -> Path:
    """Write a result, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = result_path(folder, result.task, result.recipe)
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return path


def read_results(folder: str | Path) -> list[Result]:
    """Return the results of a folder, by task and recipe.

    Raises
    ------
    DataError
        When a file is not a result.
    """
    found = []
    for path in sorted(Path(folder).glob("*.json")):
        with open_input(path) as file:
            raw = file.read()
        try:
            found.append(msgspec.json.decode(raw, type=Result))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"not the result of a benchmark: {str(error).lower()}; remove it and run again", path=path) from None
    return sorted(found, key=lambda entry: (entry.task, entry.recipe))
