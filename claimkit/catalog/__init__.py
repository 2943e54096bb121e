"""The catalogue of public data sets for stance and claims: facts, checksums, and one adapter file each."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimkit.catalog.annotated import AnnotatedText
from claimkit.catalog.dataset import DataFile, Dataset, Facts, LoadedDataset, read_facts
from claimkit.registry import Registry

# A new data set is one adapter file and one line here.
DATASETS = Registry(
    "data set",
    "claimkit.datasets",
    {
        "checkthat2019-t1": "claimkit.catalog.checkthat2019_t1:DATASET",
        "checkthat2020-t2": "claimkit.catalog.checkthat2020_t2:DATASET",
        "fnc1": "claimkit.catalog.fnc1:DATASET",
        "ibm-claim-stance": "claimkit.catalog.ibm_claim_stance:DATASET",
        "newsmtsc": "claimkit.catalog.newsmtsc:DATASET",
        "perspectrum": "claimkit.catalog.perspectrum:DATASET",
        "polnear": "claimkit.catalog.polnear:DATASET",
        "pstance": "claimkit.catalog.pstance:DATASET",
        "rumoureval2017": "claimkit.catalog.rumoureval2017:DATASET",
        "semeval2016-t6a": "claimkit.catalog.semeval2016_t6a:DATASET",
        "semeval2016-t6b": "claimkit.catalog.semeval2016_t6b:DATASET",
        "vast": "claimkit.catalog.vast:DATASET",
    },
)


def load_dataset(name: str, split: str | None = None, data_dir: str | Path | None = None) -> LoadedDataset:
    """Find the official files of a data set, compare their checksums, and return its items.

    Parameters
    ----------
    name : str
        A name of :data:`DATASETS`.
    split : str, optional
        ``"train"``, ``"dev"`` or ``"test"`` in most data sets; all of them where it is left out.
    data_dir : path-like, optional
        The folder of all data sets, or that of this one; else the environment variable ``CLAIMKIT_DATA`` names it.

    Returns
    -------
    LoadedDataset
        Iterable over :class:`~claimkit.records.Item`, with ``facts``, ``scheme``, ``to_pandas()`` and ``to_datasets()``.

    Raises
    ------
    UsageError
        When there is no data set or split of that name.
    DataError
        When a file is missing or is not the official one.
    """
    dataset: Dataset = DATASETS[name]
    dataset.check_split(split)
    return LoadedDataset(dataset, dataset.locate(data_dir or data_dir_of_environment(), split), split)


def data_dir_of_environment() -> str | None:
    """Return the folder that ``CLAIMKIT_DATA`` names, or ``None``."""
    return os.environ.get("CLAIMKIT_DATA") or None


# Public functions that few need, each loaded when it is first used: name -> module.
_LATER = {
    "Columns": "claimkit.catalog.own",
    "TableFormat": "claimkit.catalog.tables",
    "export_corpus": "claimkit.catalog.annotated",
    "fetch_dataset": "claimkit.catalog.fetch",
    "items_from_dataset": "claimkit.catalog.own",
    "items_from_table": "claimkit.catalog.own",
    "items_from_tables": "claimkit.catalog.own",
    "overlaps": "claimkit.catalog.shared_texts",
    "overlaps_between": "claimkit.catalog.shared_texts",
    "plan_fetch": "claimkit.catalog.fetch",
}

if TYPE_CHECKING:
    from claimkit.catalog.annotated import export_corpus
    from claimkit.catalog.fetch import fetch_dataset, plan_fetch
    from claimkit.catalog.own import Columns, items_from_dataset, items_from_table, items_from_tables
    from claimkit.catalog.shared_texts import overlaps, overlaps_between
    from claimkit.catalog.tables import TableFormat


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'claimkit.catalog' has no attribute {name!r}")


__all__ = [
    "DATASETS",
    "AnnotatedText",
    "Columns",
    "DataFile",
    "Dataset",
    "Facts",
    "LoadedDataset",
    "TableFormat",
    "data_dir_of_environment",
    "export_corpus",
    "fetch_dataset",
    "items_from_dataset",
    "items_from_table",
    "items_from_tables",
    "load_dataset",
    "overlaps",
    "overlaps_between",
    "plan_fetch",
    "read_facts",
]
