"""What all records share: strictness, the canonical bytes of a record, and the span."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias, TypeVar, Union

import msgspec

# An id names a record in files, on the command line and in URLs of the local page, so it has no space and no slash.
# Patterns stand in the JSON Schema and are checked once per value by claimkit.records.check: inside the decoder they would cost
# two thirds of its speed. They spell out what \s and \d leave to the dialect, and end in (?!\n) because $ alone lets a final
# line feed pass in Python: every validator has to give the same verdict.
ID_PATTERN = r"^[^/\\\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$(?!\n)"
_DAY = (
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"  # leap years
)
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
DATE_PATTERN = rf"^(?!0000)(?:{_DAY})(?:{_TIME})?$(?!\n)"
Id: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": ID_PATTERN, "minLength": 1, "maxLength": 200})]
Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Date: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": DATE_PATTERN})]
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Meta: TypeAlias = dict[str, Any]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A stretch of a document: half-open offsets in Unicode code points, with the text they cover.

    Attributes
    ----------
    start, end : int
        ``document.text[start:end] == text`` always holds in a valid corpus.
    text : str
    """

    start: Annotated[int, msgspec.Meta(ge=0)]
    end: Annotated[int, msgspec.Meta(ge=0)]
    text: str


class Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of all records; ``id`` is unique among the records of one type in a corpus."""

    id: Id


AnyRecord = TypeVar("AnyRecord", bound=Record)


@functools.cache
def decoder_of(kind: type[AnyRecord]) -> msgspec.json.Decoder[AnyRecord]:
    """Return the shared decoder of a record type."""
    return msgspec.json.Decoder(kind)


@functools.cache
def decoder_of_any(*kinds: type[Record]) -> msgspec.json.Decoder[Any]:
    """Return the shared decoder of records of several types, told apart by their ``"type"``."""
    return msgspec.json.Decoder(Union[kinds])  # noqa: UP007 - the types are known only here


_encoder = msgspec.json.Encoder()


def encode(record: msgspec.Struct) -> bytes:
    """Return the canonical JSON of a record: UTF-8, no spaces, keys in record order, defaults left out, no line feed.

    >>> from claimkit.records import Claim
    >>> encode(Claim(id="c1", text="The treaty stands."))
    b'{"type":"claim","id":"c1","text":"The treaty stands."}'
    """
    return _encoder.encode(record)


def encode_lines(records: Sequence[msgspec.Struct]) -> bytes:
    """Return the canonical lines of records, each with its line feed."""
    return _encoder.encode_lines(records)
