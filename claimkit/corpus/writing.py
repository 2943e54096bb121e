"""Writing a whole corpus folder from records, such as those of another collection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from claimkit.corpus.config import CorpusConfig, layer_files, read_config
from claimkit.errors import DataError
from claimkit.jsonl import write_records
from claimkit.jsonl.folders import check_replaceable, writing_folder
from claimkit.records import Actor, Claim, Document, Relation, Statement

_CONFIG = "corpus.toml"


def write_corpus(
    folder: str | Path,
    config: CorpusConfig,
    documents: Iterable[Document],
    actors: Iterable[Actor],
    claims: Iterable[Claim],
    layers: Mapping[str, Iterable[Statement | Relation]],
    *,
    force: bool = False,
) -> Path:
    """Write a corpus folder, completely or not at all; ``claimkit validate`` says whether its records fit each other.

    Parameters
    ----------
    folder : path-like
        Is made, with its parents; must not exist yet, or be empty, or with ``force`` be a corpus of the same name that has no
        other layers.
    config : CorpusConfig
        Becomes ``corpus.toml``.
    documents, actors, claims : iterable of record
    layers : mapping of str to iterable of Statement and Relation
        By name; a layer without a record gets no file.
    force : bool
        Replace the corpus that is there.

    Raises
    ------
    DataError
        When the folder may not be replaced, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from claimkit.corpus import load_corpus
    >>> document = Document(id="d", text="All is well, she said.")
    >>> actor, claim = Actor(id="a", name="she", kind="unspecified"), Claim(id="c", text="All is well.")
    >>> config = CorpusConfig(name="tiny", splits={"test": ["d"]})
    >>> folder = write_corpus(Path(tempfile.mkdtemp()) / "tiny", config, [document], [actor], [claim], {})
    >>> load_corpus(folder)
    <Corpus tiny: 1 documents, 1 actors, 1 claims; statements: none>
    """
    check_replaceable(folder, force=force, marker=_CONFIG)
    _check_same_corpus(Path(folder), config.name, layers)
    with writing_folder(folder, force=force, marker=_CONFIG) as work:
        (work / _CONFIG).write_text(format_config(config), encoding="utf-8")
        write_records(work / "documents.jsonl", documents)
        write_records(work / "actors.jsonl", actors)
        write_records(work / "claims.jsonl", claims)
        (work / "layers").mkdir()
        for name, records in layers.items():
            kept = list(records)
            if kept:
                write_records(work / "layers" / f"{name}.jsonl", kept)
    return Path(folder)


def _check_same_corpus(folder: Path, name: str, layers: Iterable[str]) -> None:
    """Refuse to replace a corpus of another name, or one in which somebody else has annotated too."""
    if not (folder / _CONFIG).is_file():
        return
    there = read_config(folder).name
    if there != name:
        message = f"this is another corpus ('{there}', not '{name}'), so it is not replaced; name another folder"
        raise DataError(message, path=folder)
    others = [path.stem for path in layer_files(folder) if path.stem not in layers]
    if others:
        message = f"the corpus has a layer '{others[0]}' that is not of '{name}' and would be lost; name another folder"
        raise DataError(message, path=folder)


def format_config(config: CorpusConfig) -> str:
    r"""Return the text of ``corpus.toml``; what is not said is left out.

    >>> print(format_config(CorpusConfig(name="tiny", splits={"test": ["d1", "d2"]})), end="")
    name = "tiny"
    version = "0.1.0"
    <BLANKLINE>
    [stance]
    labels = ["support", "oppose", "neutral", "unclear"]
    <BLANKLINE>
    [splits]
    test = ["d1", "d2"]
    """
    values = msgspec.to_builtins(config)
    if config.relations == CorpusConfig(name="").relations:
        del values["relations"]
    return "\n".join(_table(values, ()))


def _table(values: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table, its plain values first and then the tables inside it."""
    plain = {key: value for key, value in values.items() if value is not None and not isinstance(value, dict)}
    if path and plain:
        yield f"[{'.'.join(_key(part) for part in path)}]"
    # strings, numbers, booleans and lists of them are written alike in JSON and in TOML, but for U+007F
    yield from (f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f") for key, value in plain.items())
    if plain:
        yield ""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _table(value, (*path, key))


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else json.dumps(name, ensure_ascii=False)
