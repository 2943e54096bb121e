"""What claimkit raises when it has to stop.

::

    ClaimkitError
    ├── DataError        a file holds something that cannot be used; has path, line and column
    │   └── TrainingError   (claimkit.classifiers.rows) rows that cannot be learnt from; also a ValueError
    ├── ConfigError      a configuration is wrong; has the key path
    ├── MissingExtraError an optional dependency is not installed; has the line to type
    └── UsageError       a call asks for something that does not exist; lists what does
        └── ParameterError  (claimkit.classifiers.rows) a parameter of a classifier is off; also a ValueError

Findings that need not stop the work are :class:`claimkit.issues.Issue`, yielded rather than raised.
Wrong calls of a function raise ``ValueError`` like everywhere in Python. A bug keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class ClaimkitError(Exception):
    """Base of all errors that carry a sentence for the user; ``exit_status`` is what the command line returns."""

    exit_status = 1


class DataError(ClaimkitError):
    """A file holds something that cannot be used.

    Parameters
    ----------
    message : str
        One sentence: what was found, what is allowed, what to do next.
    path : path-like, optional
    line, column : int, optional
        1-based; the column counts characters (Unicode code points), not bytes.
    code : str, optional
        A key of :data:`claimkit.issues.CODES`, where the error is one that ``validate`` would report.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
        code: str | None = None,
    ) -> None:
        self.message = message
        self.code = code
        self.path = None if path is None else str(path)
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (self.path, line, column if line else None) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)


class ConfigError(ClaimkitError):
    """A configuration is wrong; the message starts with the file, the line where it is known, and the path of the key."""

    def __init__(self, message: str, *, path: str | Path | None = None, line: int | None = None, key: str | None = None) -> None:
        self.message = message
        self.path = None if path is None else str(path)
        self.line = line
        self.key = key
        file = f"{self.path}:{line}" if self.path and line else self.path
        place = ": ".join(part for part in (file, key) if part)
        super().__init__(f"{place}: {message}" if place else message)


class MissingExtraError(ClaimkitError, ImportError):
    """An optional dependency is not installed; says what to type."""

    exit_status = 3

    def __init__(self, extra: str, purpose: str) -> None:
        self.extra = extra
        super().__init__(f"{purpose} needs the extra '{extra}': pip install 'claimkit[{extra}]'")


class UsageError(ClaimkitError):
    """A call asks for something that does not exist or does not go together."""

    exit_status = 2


def suggest(word: str, allowed: Iterable[str]) -> str:
    """Return ``"did you mean 'x'?"`` for a near miss, else the empty string.

    >>> suggest("speeker", ["speaker", "claim"])
    "did you mean 'speaker'?"
    >>> suggest("xyz", ["speaker"])
    ''
    """
    choices = list(allowed)
    folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.7)
    return f"did you mean '{folded[close[0]]}'?" if close else ""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, as a message says it.

    >>> counted(1, "item"), counted(3, "item"), counted(0, "query", "queries")
    ('1 item', '3 items', '0 queries')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def fewer_than(least: int, number: int, noun: str, of: str = "", plural: str | None = None) -> str:
    """Return the words that say that there is too little of something.

    >>> fewer_than(10, 9, "cluster", "of 'document'"), fewer_than(10, 1, "item")
    ("9 clusters of 'document' are fewer than 10", '1 item is fewer than 10')
    """
    return f"{counted(number, noun, plural)}{' ' + of if of else ''} {'is' if number == 1 else 'are'} fewer than {least}"
