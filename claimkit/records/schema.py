"""The JSON Schema of the records, generated from their types, with the words of their docstrings."""

from __future__ import annotations

import inspect
import re
from typing import Any

import msgspec

from claimkit.records import RECORD_TYPES
from claimkit.records.base import Record
from claimkit.records.check import needs_type, type_info

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: type[Record]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record type.

    Parameters
    ----------
    kind : type
        One of :data:`claimkit.records.RECORD_TYPES`.

    Examples
    --------
    >>> from claimkit.records import Prediction
    >>> schema = json_schema(Prediction)
    >>> schema["title"], schema["$defs"]["Prediction"]["required"]
    ('claimkit prediction', ['id', 'stance'])
    """
    return _finished(msgspec.json.schema(kind), f"claimkit {type_info(kind).tag}")


def json_schema_of_any() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record of any type."""
    kinds = tuple(RECORD_TYPES.values())
    _, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    choices = [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]
    return _finished({"anyOf": choices, "$defs": components}, "claimkit record")


def schema_files() -> dict[str, bytes]:
    """Return the content of the files in ``annotations/schema/``, by name: one for each record type and one for any record."""
    schemas = {name: json_schema(kind) for name, kind in RECORD_TYPES.items()} | {"record": json_schema_of_any()}
    return {
        f"{name}.schema.json": msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
        for name, schema in schemas.items()
    }


def _finished(schema: dict[str, Any], title: str) -> dict[str, Any]:
    schema = msgspec.json.decode(msgspec.json.encode(schema))  # defaults become plain JSON
    structures = _structures()
    for name, entry in schema["$defs"].items():
        kind = structures[name]
        _describe(entry, inspect.getdoc(kind) or "")
        if issubclass(kind, Record) and not needs_type(kind):
            entry["required"].remove("type")
    return {"$schema": DIALECT, "title": title, **schema}


def _structures() -> dict[str, type[msgspec.Struct]]:
    found: dict[str, type[msgspec.Struct]] = {}
    waiting: list[Any] = [type_info(kind) for kind in RECORD_TYPES.values()]
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType) and info.cls.__name__ not in found:
            found[info.cls.__name__] = info.cls
            waiting.extend(field.type for field in info.fields)
        elif isinstance(info, msgspec.inspect.Metadata):
            waiting.append(info.type)
        elif isinstance(info, msgspec.inspect.UnionType):
            waiting.extend(info.types)
        elif isinstance(info, msgspec.inspect.VarTupleType):
            waiting.append(info.item_type)
    return found


def _describe(entry: dict[str, Any], docstring: str) -> None:
    """Spread a numpydoc docstring over a schema: its first paragraphs on the whole, each attribute's words on its property."""
    words, _, attributes = docstring.partition("\nAttributes\n----------\n")
    entry["description"] = _plain(words)
    for names, text in re.findall(r"^(\S.*?) : .*\n((?:[ ]{4}.*\n?)*)", attributes, flags=re.MULTILINE):
        for name in names.split(", "):
            if text and name in entry["properties"]:
                entry["properties"][name]["description"] = _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("``None``", "null").replace("``", "'")
