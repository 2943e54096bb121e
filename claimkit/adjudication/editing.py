"""Edits of a decision: fields of a statement with other values, or with those of one of its versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from claimkit.adjudication.cases import FIELDS
from claimkit.adjudication.decisions import Decision
from claimkit.errors import DataError, suggest
from claimkit.records import Statement
from claimkit.records.base import decoder_of
from claimkit.records.check import check_record

FROM = "from"
_KEPT = ("id", "type", "document", "decided_from")
# A version can lack a field that says something by being left out, as on_behalf_of does; no value stands for that.
_IN_VERSIONS = ("spans", *FIELDS)


def edited(statement: Statement, decision: Decision, versions: Mapping[str, Statement]) -> Statement:
    """Return a statement with the edits of a decision.

    Parameters
    ----------
    statement : Statement
        What is taken.
    decision : Decision
        Its edits are values by field; ``{"from": LAYER}`` stands for what a version says.
    versions : mapping of str to Statement
        By layer.

    Raises
    ------
    DataError
        When a field cannot be edited, a value is not valid, or there is no version of the layer.
    """
    values = _plain(statement)
    for key, value in decision.edits.items():
        if key in _KEPT:
            raise DataError(f"the decision on '{decision.unit}' edits '{key}', which cannot be edited")
        if key in _IN_VERSIONS and isinstance(value, dict) and set(value) == {FROM}:
            said = _plain(_version(key, value[FROM], decision, versions))
            values.pop(key, None)
            values |= {key: said[key]} if key in said else {}
        else:
            values[key] = value
    line = msgspec.json.encode(values)
    for finding in check_record(msgspec.json.decode(line), Statement):
        hint = f"; {finding.hint}" if finding.hint else ""
        raise DataError(f"the edits of the decision on '{decision.unit}' are not valid: {finding.message}{hint}", code=finding.code)
    try:
        made: Statement = decoder_of(Statement).decode(line)
    except msgspec.ValidationError as error:  # an offset that is larger than any text
        raise DataError(f"the edits of the decision on '{decision.unit}' are not valid: {str(error).lower()}") from None
    return made


def _plain(statement: Statement) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(statement))
    return values


def _version(key: str, layer: Any, decision: Decision, versions: Mapping[str, Statement]) -> Statement:
    if isinstance(layer, str) and layer in versions:
        return versions[layer]
    near = suggest(str(layer), versions)
    allowed = f"{near + ' ' if near else ''}allowed: {', '.join(versions)}"
    raise DataError(f"the decision on '{decision.unit}' takes '{key}' from '{layer}', which has no version of it; {allowed}")
