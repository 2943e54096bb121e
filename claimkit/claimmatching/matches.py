"""Rankings of claims as lines: JSON Lines of our own, and the run files of TREC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from claimkit.errors import DataError
from claimkit.jsonl import read_lines, write_lines


class RankedClaim(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A claim that a text may repeat; the greater the score, the likelier, among the claims of one text.

    Attributes
    ----------
    id : str
    score : float
    text : str or None
        Of the claim, for readers.
    """

    id: str
    score: float
    text: str | None = None


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text by its id, and the claims that it may repeat, the likeliest first."""

    id: str
    claims: tuple[RankedClaim, ...]


def matches_of(ranked: Mapping[str, Mapping[str, float]], texts: Mapping[str, str] | None = None) -> Iterator[Match]:
    """Yield the rankings that :meth:`claimkit.claimmatching.ClaimRanker.rank` returns.

    Parameters
    ----------
    ranked : mapping of str to mapping of str to float
        Text to claim to score.
    texts : mapping of str to str, optional
        Claim to its words.
    """
    for name, claims in ranked.items():
        yield Match(name, tuple(RankedClaim(claim, score, texts[claim] if texts else None) for claim, score in claims.items()))


def write_matches(path: str | Path, matches: Iterable[Match]) -> int:
    """Write matches as JSON Lines, whole or not at all, and return how many; ``-`` is the standard output."""
    encode = msgspec.json.Encoder().encode
    return write_lines(path, (encode(match) + b"\n" for match in matches))


def read_matches(path: str | Path) -> Iterator[Match]:
    """Yield the matches of a file.

    Raises
    ------
    DataError
        At the first line that is none; with its number.
    """
    decode = msgspec.json.Decoder(Match).decode
    for line in read_lines(path):
        if line.raw.strip():
            try:
                yield decode(line.raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise DataError(f"this is no match: {str(error).lower()}", path=path, line=line.number) from None


def format_run(matches: Iterable[Match], tag: str) -> Iterator[str]:
    """Yield the lines of a run file of TREC: query, Q0, document, rank from 1, score, tag; each ends with a line feed.

    >>> [line.split() for line in format_run([Match("t1", (RankedClaim("c9", 1.5),))], "mine")]
    [['t1', 'Q0', 'c9', '1', '1.5', 'mine']]
    """
    for match in matches:
        for rank, claim in enumerate(match.claims, start=1):
            yield f"{match.id}\tQ0\t{claim.id}\t{rank}\t{claim.score!r}\t{tag}\n"
