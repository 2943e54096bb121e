"""The structural check of one record that names every fault, and its place; the decoder alone names only the first."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from claimkit.errors import suggest
from claimkit.records.base import DATE_PATTERN, ID_PATTERN, Record

_ID = re.compile(ID_PATTERN)
_DATE = re.compile(DATE_PATTERN)
_JSON_NAMES = {dict: "an object", list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number"}


class Finding(NamedTuple):
    """A fault of a value against its type; ``path`` leads from the record to the value, ``of_key`` tells that the key is at fault."""

    path: tuple[str | int, ...]
    code: str
    message: str
    hint: str | None = None
    of_key: bool = False


@functools.cache
def _type_info(kind: type[Record]) -> inspect.StructType:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)  # a record is a Struct
    return info


def check_record(value: dict[str, Any], kind: type[Record]) -> Iterator[Finding]:
    """Yield every fault of a JSON object against a record type, in the order of its keys.

    Parameters
    ----------
    value : dict
        The object as a JSON reader gives it.
    kind : type
        One of :data:`claimkit.records.RECORD_TYPES`.
    """
    tag = _type_info(kind).tag
    if "type" in value and value["type"] != tag:
        yield Finding(("type",), "unknown-type", f"type is {value['type']!r}, expected '{tag}'")
    yield from _check(value, _type_info(kind), (), skip="type")


@functools.lru_cache(maxsize=65536)
def is_date(text: str) -> bool:
    """Tell whether a text is an ISO 8601 date or date-time whose day and time exist.

    >>> is_date("2019-02-26"), is_date("2019-02-30"), is_date("26.2.2019")
    (True, False, False)
    """
    if not _DATE.match(text):
        return False
    try:
        datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def is_id(text: str) -> bool:
    """Tell whether a text may serve as an id: 1 to 200 characters, no white space, no slash or backslash, no control character."""
    return len(text) <= 200 and _ID.match(text) is not None


@functools.cache
def _date_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)  # a record is a Struct
    return tuple(field.encode_name for field in info.fields if _holds_date(field.type))


def _holds_date(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return (kind.extra_json_schema or {}).get("pattern") == DATE_PATTERN
    if isinstance(kind, inspect.UnionType):
        return any(_holds_date(option) for option in kind.types)
    if isinstance(kind, inspect.VarTupleType):
        return _holds_date(kind.item_type)
    return isinstance(kind, inspect.StructType) and bool(_date_fields(kind.cls))


def is_well_formed(record: Record) -> bool:
    """Tell whether the id and the dates of a decoded record have their form: what the decoder leaves to be checked."""
    if not is_id(record.id):
        return False
    for name in _date_fields(type(record)):
        value = getattr(record, name)
        if value is not None and value != () and not (isinstance(value, str) and is_date(value)):
            return False  # or a structure that holds dates, which the full check looks into
    return True


def _check(value: Any, kind: inspect.Type, path: tuple[str | int, ...], skip: str = "") -> Iterator[Finding]:
    if isinstance(kind, inspect.Metadata):
        faults = list(_check(value, kind.type, path))
        yield from faults
        pattern = (kind.extra_json_schema or {}).get("pattern")
        if not faults and pattern == ID_PATTERN and not is_id(value):
            yield Finding(path, "not-allowed", f"{value!r} is not an id", "an id has 1 to 200 characters, no space and no slash")
        elif not faults and pattern == DATE_PATTERN and not is_date(value):
            yield Finding(path, "not-a-date", f"{value!r} is not a date", "write it as 2019-02-26 or 2019-02-26T14:30:00Z")
    elif isinstance(kind, inspect.StructType):
        yield from _check_object(value, kind, path, skip)
    elif isinstance(kind, inspect.UnionType):
        yield from _check_union(value, kind, path)
    elif isinstance(kind, inspect.VarTupleType | inspect.ListType):
        if not isinstance(value, list):
            yield _wrong(value, "an array", path)
        elif kind.min_length and len(value) < kind.min_length:
            yield Finding(path, "not-allowed", f"{_last(path)} is empty; at least {kind.min_length} is needed")
        else:
            for index, entry in enumerate(value):
                yield from _check(entry, kind.item_type, (*path, index))
    elif isinstance(kind, inspect.DictType):
        if not isinstance(value, dict):
            yield _wrong(value, "an object", path)
        else:
            for key, entry in value.items():
                yield from _check(entry, kind.value_type, (*path, key))
    elif isinstance(kind, inspect.LiteralType):
        yield from _check_literal(value, kind, path)
    elif not isinstance(kind, inspect.AnyType):
        yield from _check_scalar(value, kind, path)


def _check_object(value: Any, kind: inspect.StructType, path: tuple[str | int, ...], skip: str) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield _wrong(value, "an object", path)
        return
    fields = {field.encode_name: field for field in kind.fields}
    for key, entry in value.items():
        if key in fields:
            yield from _check(entry, fields[key].type, (*path, key))
        elif key != skip:
            near = suggest(key, fields)
            free = "free data goes under 'meta'" if "meta" in fields else f"allowed: {', '.join(fields)}"
            yield Finding((*path, key), "unknown-key", f"unknown key '{key}'", near or free, of_key=True)
    for name, field in fields.items():
        if field.required and name not in value:
            yield Finding(path, "missing-key", f"the required key '{name}' is missing")


def _check_union(value: Any, kind: inspect.UnionType, path: tuple[str | int, ...]) -> Iterator[Finding]:
    attempts = [list(_check(value, option, path)) for option in kind.types]
    if all(attempts):
        shapes = [attempt for attempt, option in zip(attempts, kind.types, strict=True) if not isinstance(option, inspect.NoneType)]
        # The alternative whose shape fits best is the one that was meant: its faults lie deepest.
        yield from max(shapes, key=lambda attempt: (len(attempt[0].path), attempt[0].code != "wrong-type"))


def _check_literal(value: Any, kind: inspect.LiteralType, path: tuple[str | int, ...]) -> Iterator[Finding]:
    allowed = [str(option) for option in kind.values]
    if not isinstance(value, str):
        yield _wrong(value, "a text", path)
    elif value not in allowed:
        yield Finding(
            path, "not-allowed", f"{_last(path)} {value!r} is not one of {', '.join(allowed)}", suggest(value, allowed) or None
        )


def _check_scalar(value: Any, kind: inspect.Type, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if isinstance(kind, inspect.StrType):
        if not isinstance(value, str):
            yield _wrong(value, "a text", path)
        elif kind.min_length and len(value) < kind.min_length:
            yield Finding(path, "not-allowed", f"{_last(path)} is an empty text")
        elif kind.pattern and not re.search(kind.pattern, value):
            yield Finding(path, "not-allowed", f"{_last(path)} {value!r} does not have the form {kind.pattern}")
    elif isinstance(kind, inspect.IntType):
        if isinstance(value, bool) or not isinstance(value, int):
            yield _wrong(value, "a whole number", path)
        else:
            yield from _check_range(value, kind, path)
    elif isinstance(kind, inspect.FloatType):
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield _wrong(value, "a number", path)
        else:
            yield from _check_range(value, kind, path)
    elif isinstance(kind, inspect.NoneType):
        if value is not None:
            yield _wrong(value, "null", path)
    else:
        raise TypeError(f"a record type uses {type(kind).__name__}, which the checker does not know")


def _check_range(value: float, kind: inspect.IntType | inspect.FloatType, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if kind.ge is not None and value < kind.ge:
        yield Finding(path, "not-allowed", f"{_last(path)} is {value}; it must be at least {kind.ge}")
    if kind.le is not None and value > kind.le:
        yield Finding(path, "not-allowed", f"{_last(path)} is {value}; it must be at most {kind.le}")


def _wrong(value: Any, wanted: str, path: tuple[str | int, ...]) -> Finding:
    found = "null" if value is None else _JSON_NAMES[type(value)]
    return Finding(path, "wrong-type", f"{_last(path)} must be {wanted}, found {found}")


def _last(path: tuple[str | int, ...]) -> str:
    names = [part for part in path if isinstance(part, str)]
    return f"'{names[-1]}'" if names else "the record"


def json_schema(kind: type[Record]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record type, generated from the type itself."""
    schema = msgspec.json.schema(kind)
    tag = _type_info(kind).tag
    title = f"claimkit {tag}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}
