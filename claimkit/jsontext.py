"""A strict JSON reader that knows where everything stands and finds all faults it can; slow and exact, for lines that failed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 64
MAX_DIGITS = 4300  # Python's own limit for turning digits into an int

_SPACE = re.compile(r"[ \t\n\r]*")
_CHUNK = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"-?[A-Za-z_]+")
_CUT_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.|(?:\.[0-9]+)?[eE][+-]?)")
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{0,3})?")
_HEX4 = re.compile(r"[0-9A-Fa-f]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CONSTANTS = {"true": True, "false": False, "null": None}
_NOT_NUMBERS = {"NaN", "-NaN", "Infinity", "-Infinity", "inf", "-inf", "nan"}


class Fault(NamedTuple):
    """Something wrong at one place of a JSON text; ``at`` is an index into the text, in characters."""

    at: int
    code: str
    message: str
    hint: str | None = None


@dataclass
class Scan:
    """What a JSON text holds.

    Attributes
    ----------
    value : object
        The value as far as it could be read; of duplicate keys the last one.
    places, keys : dict of path to int
        Where each value and each key of an object starts, in characters. The path of the whole is ``()``.
    faults : list of Fault
        All that is wrong, in order; a fault of syntax ends the reading.
    is_cut : bool
        Whether the text is good so far and only ends too early: what a crash in the middle of a write leaves behind.
    """

    value: Any = None
    places: dict[Path, int] = field(default_factory=dict)
    keys: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    is_cut: bool = False


class _SyntaxError(Exception):
    pass


def scan(text: str) -> Scan:
    """Read a JSON text strictly (RFC 8259) and note where everything stands.

    >>> scan('{"a": 1, "a": NaN}').faults
    [Fault(at=9, code='duplicate-key', message="the key 'a' occurs twice in one object", hint='keep one of the two'), \
Fault(at=14, code='json-not-a-number', message='NaN is not JSON', hint='leave the key out, or write null')]
    """
    reader = _Reader(text)
    try:
        end = reader.space(0)
        reader.result.value, end = reader.value(end, ())
        end = reader.space(end)
        if end < len(text):
            reader.stop(end, f"{_name(text[end])} after the end of the record", "write one record a line")
    except _SyntaxError:
        pass
    return reader.result


def is_cut(raw: bytes) -> bool:
    """Tell whether bytes are the beginning of a JSON object that ends too early, as a crash in the middle of a write leaves it.

    Zero bytes at the end count as missing: some file systems fill with them what was never written.

    >>> is_cut(b'{"id":"c1","te'), is_cut(b'{"id":"c1"}'), is_cut(b'{"id":c1')
    (True, False, False)
    """
    kept = raw.rstrip(b"\0")
    if not kept.strip():
        return len(kept) < len(raw)
    try:
        text = kept.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < len(kept) or "unexpected end" not in error.reason:
            return False
        text = kept[: error.start].decode("utf-8")
    return text.lstrip(" \t").startswith("{") and scan(text).is_cut


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.result = Scan()

    def fault(self, at: int, code: str, message: str, hint: str | None = None) -> None:
        self.result.faults.append(Fault(at, code, message, hint))

    def stop(self, at: int, message: str, hint: str | None = None, code: str = "json-syntax", is_cut: bool = False) -> NoReturn:
        self.fault(at, code, message, hint)
        self.result.is_cut = is_cut
        raise _SyntaxError

    def space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        self.result.places[path] = at
        if len(path) > MAX_DEPTH:
            self.stop(at, f"objects and arrays are nested more than {MAX_DEPTH} deep", code="json-depth")
        char = self.text[at : at + 1]
        if char == "{":
            return self.object(at, path)
        if char == "[":
            return self.array(at, path)
        if char == '"':
            return self.string(at)
        if char and char in "-0123456789" and self.text[at + 1 : at + 2] not in ("I", "N", "i", "n"):
            return self.number(at)
        return self.word(at)

    def object(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        members: dict[str, Any] = {}
        at = self.space(at + 1)
        if self.text[at : at + 1] == "}":
            return members, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                self.expected(at, "a key in double quotes" if not members else 'a key in double quotes after ","')
            key_at = at
            key, at = self.string(at)
            if key in members:
                self.fault(key_at, "duplicate-key", f"the key '{key}' occurs twice in one object", "keep one of the two")
            at = self.space(at)
            if self.text[at : at + 1] != ":":
                self.expected(at, '":" after a key')
            self.result.keys[(*path, key)] = key_at
            members[key], at = self.value(self.space(at + 1), (*path, key))
            at = self.space(at)
            char = self.text[at : at + 1]
            if char == "}":
                return members, at + 1
            if char != ",":
                self.expected(at, '"," or "}"')
            at = self.space(at + 1)

    def array(self, at: int, path: Path) -> tuple[list[Any], int]:
        values: list[Any] = []
        at = self.space(at + 1)
        if self.text[at : at + 1] == "]":
            return values, at + 1
        while True:
            value, at = self.value(at, (*path, len(values)))
            values.append(value)
            at = self.space(at)
            char = self.text[at : at + 1]
            if char == "]":
                return values, at + 1
            if char != ",":
                self.expected(at, '"," or "]"')
            at = self.space(at + 1)

    def string(self, at: int) -> tuple[str, int]:
        text, start, parts = self.text, at, []
        at += 1
        while True:
            match = _CHUNK.match(text, at)
            assert match is not None  # the pattern matches the empty string
            parts.append(match.group())
            at = match.end()
            char = text[at : at + 1]
            if char == '"':
                return "".join(parts), at + 1
            if char == "\\":
                piece, at = self.escape(at)
                parts.append(piece)
            elif char:
                self.stop(at, f"{_name(char)} stands unescaped in a text", f"write it as \\u{ord(char):04x}")
            else:
                self.stop(start, "a text is not closed: the line ends before its closing quote", is_cut=True)

    def escape(self, at: int) -> tuple[str, int]:
        text = self.text
        char = text[at + 1 : at + 2]
        if char in _ESCAPES and char:
            return _ESCAPES[char], at + 2
        if char != "u" or not _HEX4.match(text, at + 2):
            cut = _CUT_ESCAPE.fullmatch(text, at) is not None
            self.stop(at, f"'{text[at : at + 2]}' is not an escape of JSON", 'write a backslash as "\\\\"', is_cut=cut)
        code, end = int(text[at + 2 : at + 6], 16), at + 6
        if 0xD800 <= code < 0xDC00 and text[end : end + 2] == "\\u" and _HEX4.match(text, end + 2):
            low = int(text[end + 2 : end + 6], 16)
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)), end + 6
        if 0xD800 <= code < 0xE000:
            self.fault(at, "lone-surrogate", f"{text[at:end]} is half of a surrogate pair", "write the character itself, in UTF-8")
            return "\ufffd", end
        if code == 0:
            self.fault(at, "nul-character", "a text holds the character U+0000", "take it out")
        return chr(code), end

    def number(self, at: int) -> tuple[int | float, int]:
        match = _NUMBER.match(self.text, at)
        if match is None:
            self.expected(at + 1, "a digit after '-'")
        digits, end = match.group(), match.end()
        if self.text[end : end + 1] and self.text[end] in "0123456789.eE+-":
            hint, cut = "no leading zero, no bare point, no '+'", _CUT_NUMBER.fullmatch(self.text, at) is not None
            self.stop(at, f"'{self.text[at : end + 1]}' is not a number of JSON", hint, is_cut=cut)
        if match.group(1) is None and match.group(2) is None:
            if len(digits) > MAX_DIGITS:
                self.fault(at, "json-number", f"a number of {len(digits)} digits; {MAX_DIGITS} are allowed", "write it as a text")
                return 0, end
            return int(digits), end
        number = float(digits)
        if math.isinf(number):
            self.fault(at, "json-number", f"{digits[:40]} is too large for a number", "write it as a text")
            return 0.0, end
        return number, end

    def word(self, at: int) -> tuple[Any, int]:
        match = _WORD.match(self.text, at)
        word = match.group() if match else ""
        if word in _CONSTANTS:
            return _CONSTANTS[word], at + len(word)
        if word in _NOT_NUMBERS:
            self.fault(at, "json-not-a-number", f"{word} is not JSON", "leave the key out, or write null")
            return None, at + len(word)
        cut = bool(word) and at + len(word) == len(self.text) and any(name.startswith(word) for name in _CONSTANTS)
        return self.expected(at, "a value", word, is_cut=cut)

    def expected(self, at: int, what: str, found: str = "", is_cut: bool = False) -> NoReturn:
        char = self.text[at : at + 1]
        if not char:
            self.stop(at, f"the line ends where {what} should stand", is_cut=True)
        hint = None
        if char in "'“”":
            hint = 'JSON wants straight double quotes: "'
        elif char in "}]" and self.text[:at].rstrip().endswith(","):
            hint = "take out the comma before it"
        elif found in ("True", "False", "None"):
            hint = f"write {'null' if found == 'None' else found.lower()}"
        self.stop(at, f"expected {what}, found {repr(found) if found else _name(char)}", hint, is_cut=is_cut)


def _name(char: str) -> str:
    if char.isprintable() and not char.isspace():
        return f"'{char}'"
    return f"the character U+{ord(char):04X}"
