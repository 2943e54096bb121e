"""TOML files read into struct types, every fault with its line and the path of its key."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from claimkit.errors import ConfigError, DataError, suggest
from claimkit.jsonl import open_input

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(path: str | Path, kind: type[Any]) -> Any:
    """Read a TOML file into a struct type.

    Raises
    ------
    DataError
        When the file cannot be read or is not TOML; with line and column.
    ConfigError
        When a key is unknown or a value has the wrong type; with the path of the key.
    """
    with open_input(path) as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise DataError(f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8", path=path, line=number) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        message = re.sub(r" \(at .*\)", "", str(error))
        if place:
            line, column = int(place.group(1)), int(place.group(2))
        else:  # "at end of document"
            line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
        raise DataError(f"not valid TOML: {message.lower()}", path=path, line=line, column=column) from None
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, key = str(error).partition(" - at `$")
        raise _refused(message, key.strip("`."), kind, text, path) from None


def _refused(message: str, key: str, kind: type[Any], text: str, path: str | Path) -> ConfigError:
    keys = re.findall(r"\[[^\]]*\]|[^.\[\]]+", key)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
    hint = suggest(unknown.group(1), _fields_at(kind, keys)) if unknown else ""
    line = _line_of(text, [*keys, unknown.group(1)] if unknown else keys)
    return ConfigError(f"{_humanise(message)}{'; ' + hint if hint else ''}", path=path, line=line, key=key or None)


def _fields_at(kind: type[Any], keys: Sequence[str]) -> list[str]:
    """Return the keys that a struct type knows at a place; ``[...]`` stands for any key of a dict, ``[0]`` for one of a list."""
    found: Any = msgspec.inspect.type_info(kind)
    for key in keys:
        if isinstance(found, msgspec.inspect.UnionType):
            found = next((entry for entry in found.types if isinstance(entry, msgspec.inspect.StructType)), None)
        if isinstance(found, msgspec.inspect.StructType):
            found = next((field.type for field in found.fields if field.encode_name == key), None)
        elif isinstance(found, msgspec.inspect.DictType):
            found = found.value_type
    if isinstance(found, msgspec.inspect.UnionType):
        found = next((entry for entry in found.types if isinstance(entry, msgspec.inspect.StructType)), None)
    return [field.encode_name for field in found.fields] if isinstance(found, msgspec.inspect.StructType) else []


def _line_of(text: str, keys: Sequence[str]) -> int | None:
    r"""Return the line of TOML in which a key stands, or ``None`` where it cannot be told.

    >>> _line_of('name = "x"\n\n[stance]\nlable = []\n', ["stance", "lable"])
    4
    """
    section: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*\[\[?([^\[\]]+)\]", line)
        entry = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if head:
            section = _parts(head.group(1))
        found = [*section, *_parts(entry.group(1))] if entry and not head else section if head else []
        if keys and len(found) >= len(keys) and all(a in (b, "[...]") for a, b in zip(keys, found, strict=False)):
            return number
    return None


def _parts(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in key.split(".")]


def _humanise(message: str) -> str:
    message = re.sub(r"Object contains unknown field `(.*)`", r"unknown key '\1'", message)
    message = re.sub(r"Object missing required field `(.*)`", r"the required key '\1' is missing", message)
    return re.sub(r"Expected `(.*)`, got `(.*)`", r"must be \1, found \2", message)
