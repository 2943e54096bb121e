"""The structural check of one record that names every fault, and its place; the decoder alone names only the first."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, inspect

from claimkit.errors import suggest
from claimkit.records.base import DATE_PATTERN, ID_PATTERN, Record
from claimkit.records.items import Item, Prediction

_ID = re.compile(ID_PATTERN)
_DATE = re.compile(DATE_PATTERN)
_JSON_NAMES = {dict: "an object", list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number"}


class Finding(NamedTuple):
    """A fault of a value against its type; ``path`` leads to the value, ``of_key`` tells that its key is at fault."""

    path: tuple[str | int, ...]
    code: str
    message: str
    hint: str | None = None
    of_key: bool = False


@functools.cache
def type_info(kind: type[msgspec.Struct]) -> inspect.StructType:
    """Return what msgspec knows of a structure."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)  # because kind is a Struct
    return info


def needs_type(kind: type[Record]) -> bool:
    """Tell whether a line must say ``"type"``; only items and predictions, which stand alone in their files, may leave it out."""
    return kind is not Item and kind is not Prediction


def check_record(value: dict[str, Any], kind: type[Record]) -> Iterator[Finding]:
    """Yield every fault of a JSON object against a record type, in the order of its keys.

    Parameters
    ----------
    value : dict
        The object as a JSON reader gives it.
    kind : type
        One of :data:`claimkit.records.RECORD_TYPES`.
    """
    tag = type_info(kind).tag
    if "type" in value and value["type"] != tag:
        yield Finding(("type",), "unknown-type", f"type is {value['type']!r}, expected '{tag}'")
    elif "type" not in value and needs_type(kind):
        yield Finding((), "missing-key", "the required key 'type' is missing", f'add "type":"{tag}" as the first key')
    yield from _check(value, type_info(kind), (), skip="type")


def is_date(text: str) -> bool:
    """Tell whether a text is an ISO 8601 date or date-time whose day and time exist.

    >>> is_date("2019-02-26"), is_date("2019-02-30"), is_date("26.2.2019")
    (True, False, False)
    """
    return _DATE.match(text) is not None


def is_id(text: str) -> bool:
    """Tell whether a text may serve as an id: 1 to 200 characters, no white space, no slash or backslash, no control character.

    >>> is_id("doc-1"), is_id("doc 1"), is_id("a/b")
    (True, False, False)
    """
    return len(text) <= 200 and _ID.match(text) is not None


class _Forms(NamedTuple):
    """How to get the attributes of a structure that hold ids, and those that hold dates, each all at once."""

    ids: Callable[[Any], tuple[Any, ...]]
    dates: Callable[[Any], tuple[Any, ...]]


@functools.cache
def _forms(kind: type[msgspec.Struct]) -> _Forms:
    patterns = {field.name: _patterns(field.type) for field in type_info(kind).fields if field.name != "id"}
    return _Forms(*(_getter([name for name in patterns if wanted in patterns[name]]) for wanted in (ID_PATTERN, DATE_PATTERN)))


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _patterns(kind: inspect.Type) -> set[str]:
    """Return the patterns that stand anywhere in a type."""
    if isinstance(kind, inspect.Metadata):
        return {(kind.extra_json_schema or {}).get("pattern", "")} - {""} | _patterns(kind.type)
    if isinstance(kind, inspect.UnionType):
        return set().union(*(_patterns(option) for option in kind.types))
    if isinstance(kind, inspect.VarTupleType):
        return _patterns(kind.item_type)
    if isinstance(kind, inspect.StructType):
        return set().union(*(_patterns(field.type) for field in kind.fields))
    return set()


# References and dates repeat, so those that were found good are remembered, and looked up all in one step.
_NOTHING = frozenset({None, (), UNSET})
_good_ids: set[object] = set(_NOTHING)
_good_dates: set[object] = set(_NOTHING)
_MOST_REMEMBERED = 1_000_000


def is_well_formed(record: Record) -> bool:
    """Tell whether all ids and dates of a decoded record have their form: what the decoder leaves to be checked."""
    if len(record.id) > 200 or _ID.match(record.id) is None:  # is_id, without the call: this runs for every line
        return False
    ids, dates = _forms(type(record))
    if _good_ids.issuperset(ids(record)) and _good_dates.issuperset(dates(record)):
        return True
    return _has_forms(record)


def _has_forms(structure: msgspec.Struct) -> bool:
    ids, dates = _forms(type(structure))
    return _are_good(ids(structure), is_id, _good_ids) and _are_good(dates(structure), is_date, _good_dates)


def _are_good(values: Iterable[Any], test: Callable[[str], bool], good: set[object]) -> bool:
    """Check values that are texts, structures or tuples of them, and remember the good ones."""
    for value in values:
        if value in good:
            continue
        if isinstance(value, str):
            is_good = test(value)
        else:
            is_good = _are_good(value, test, good) if isinstance(value, tuple) else _has_forms(value)
        if not is_good:
            return False
        if len(good) > _MOST_REMEMBERED:
            good.intersection_update(_NOTHING)
        good.add(value)
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
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
            yield _wrong(value, "a whole number", path)  # 3.0 is one, as in JSON Schema
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
