"""Which document belongs to train, dev or test, as ``[splits]`` in ``corpus.toml`` says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from claimkit.errors import ConfigError, suggest
from claimkit.records import Document

_NAMES = ("train", "dev", "test")
_DATES = ("train_until", "dev_until")


def read_parts(splits: Mapping[str, Any], documents: Mapping[str, Document], path: str | Path | None = None) -> dict[str, str]:
    """Return the split of every document that has one.

    Parameters
    ----------
    splits : mapping
        The table ``[splits]``, in one of two forms. By name::

            [splits]
            test = ["sa-001", "sa-004"]
            dev = ["sa-002"]

        Documents that no list names are ``train``, unless there is a list ``train``. By date of publication, both days included::

            [splits]
            train_until = "2018-12-31"
            dev_until = "2019-02-28"

        Later documents are ``test``, or ``dev_until`` may be left out; documents without a date have no split.
    documents : mapping of str to Document
    path : path-like, optional
        The file, for messages.

    Raises
    ------
    ConfigError
        When a key is unknown, a document does not exist or stands in two lists.

    Examples
    --------
    >>> from claimkit.records import Document
    >>> documents = {name: Document(id=name, text="…", published=f"2019-0{name}-01") for name in "123"}
    >>> read_parts({"test": ["3"]}, documents)
    {'1': 'train', '2': 'train', '3': 'test'}
    >>> read_parts({"train_until": "2019-01-31", "dev_until": "2019-02-28"}, documents)
    {'1': 'train', '2': 'dev', '3': 'test'}
    """
    if not splits:
        return {}
    for key in splits:
        if key not in _NAMES + _DATES:
            near = suggest(key, _NAMES + _DATES)
            raise ConfigError(
                f"unknown key; {near + ' ' if near else ''}known: {', '.join(_NAMES + _DATES)}", path=path, key=f"splits.{key}"
            )
    if any(key in _DATES for key in splits):
        return _by_date(splits, documents, path)
    return _by_name(splits, documents, path)


def _by_name(splits: Mapping[str, Any], documents: Mapping[str, Document], path: str | Path | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, ids in splits.items():
        if not isinstance(ids, list) or not all(isinstance(entry, str) for entry in ids):
            raise ConfigError("must be a list of document ids", path=path, key=f"splits.{name}")
        for entry in ids:
            if entry not in documents:
                near = suggest(entry, documents)
                raise ConfigError(f"there is no document '{entry}'{'; ' + near if near else ''}", path=path, key=f"splits.{name}")
            if found.setdefault(entry, name) != name:
                raise ConfigError(f"the document '{entry}' stands also in '{found[entry]}'", path=path, key=f"splits.{name}")
    rest = None if "train" in splits else "train"
    return {name: split for name in documents if (split := found.get(name, rest)) is not None}


def _by_date(splits: Mapping[str, Any], documents: Mapping[str, Document], path: str | Path | None) -> dict[str, str]:
    for key, value in splits.items():
        if key not in _DATES:
            raise ConfigError("lists of documents and dates do not go together", path=path, key=f"splits.{key}")
        if not isinstance(value, str):
            raise ConfigError('must be a date in quotes, such as "2018-12-31"', path=path, key=f"splits.{key}")
    train_until = splits.get("train_until", "")
    dev_until = splits.get("dev_until", train_until)
    dated = {name: document.published[:10] for name, document in documents.items() if document.published}
    return {name: "train" if day <= train_until else "dev" if day <= dev_until else "test" for name, day in dated.items()}
