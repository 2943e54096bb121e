"""What an annotator has done: time by document, and what suggestions did, measured against documents without any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from claimkit.annotate.session import Session
from claimkit.annotate.suggestions import Suggestions
from claimkit.annotate.views import document_list
from claimkit.corpus.alignment import LEAST_SHARE, mark_of
from claimkit.matching import Mark, pair_marks
from claimkit.records import Statement
from claimkit.stats import MIN_CLUSTERS, draw_cluster_sums, percentile_interval

REPLICATES = 10_000
_COMPARED = ("speaker", "claim", "stance")  # as far as the suggestion says them


class Share(msgspec.Struct, frozen=True):
    """A share or a difference of shares, with its 95 % interval over documents; ``None`` where it is undefined.

    Attributes
    ----------
    value, low, high : float or None
        The interval needs ten documents (of each kind, for a difference); with fewer it would be far too narrow.
    n, documents : int
        Statements, and documents in which they stand.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    documents: int


class Anchoring(msgspec.Struct, frozen=True):
    """How often an annotator's statements are those of the suggestions, where he saw them and where he did not.

    A statement agrees when a suggestion has at least half of its characters in common and says the same speaker, claim and stance,
    as far as it says any. What is seen is approved more readily than it is found, so a positive ``difference`` is anchoring.

    Attributes
    ----------
    suggested : dict of str to int
        Suggestions shown in these documents, by what became of them: ``accepted``, ``edited``, ``rejected``, ``open``.
    shown, blind, difference : Share
        ``difference`` is shown less blind.
    """

    source: str
    suggested: dict[str, int]
    shown: Share
    blind: Share
    difference: Share


class Summary(msgspec.Struct, frozen=True):
    """The work of an annotator.

    Attributes
    ----------
    documents : list of dict
        As the page lists them, with ``statements``, ``drafts``, ``done`` and ``seconds``; ``blind`` are those in which no
        suggestion was ever shown, by the choice of documents or because the annotator had hidden them.
    seconds : float
    statements : int
    anchoring : Anchoring or None
        ``None`` without suggestions.
    """

    annotator: str
    documents: list[dict[str, Any]]
    seconds: float
    statements: int
    anchoring: Anchoring | None


def summarise(session: Session, *, seed: int = 13) -> Summary:
    """Return what an annotator has done.

    Parameters
    ----------
    session : Session
        May be readonly.
    seed : int
        Of the intervals.
    """
    return Summary(
        annotator=session.annotator,
        documents=[{**entry, "blind": session.is_blind(entry["id"])} for entry in document_list(session)],
        seconds=round(sum(session.seconds.values()), 1),
        statements=sum(1 for _ in session.store.statements()),
        anchoring=None if session.suggestions is None else _anchoring(session, seed),
    )


def _anchoring(session: Session, seed: int) -> Anchoring:
    suggestions = session.suggestions
    assert suggestions is not None  # the caller looks
    by_document: dict[str, list[Statement]] = {}
    for statement in session.store.statements():
        by_document.setdefault(statement.document, []).append(statement)
    tables: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    fate: Counter[str] = Counter()
    for name in session.store.corpus.documents:
        is_blind = session.is_blind(name)
        offered = list(suggestions.of_document(name))
        ours = by_document.get(name, [])
        if ours:
            tables[is_blind].append((len(ours), _agreeing(ours, [value for _, value in offered])))
        if not is_blind:
            fate.update(_fate(session, suggestions, identity) for identity, _ in offered)
    shown, blind = (np.array(tables[key], dtype=np.int64).reshape(-1, 2) for key in (False, True))
    drawn = [_drawn(table, seed + place) for place, table in enumerate((shown, blind))]
    value = [_value(table.sum(axis=0)) for table in (shown, blind)]
    both = None if value[0] is None or value[1] is None else value[0] - value[1]
    return Anchoring(
        source=suggestions.name,
        suggested={key: fate[key] for key in ("accepted", "edited", "rejected", "open")},
        shown=_share(value[0], drawn[0], shown),
        blind=_share(value[1], drawn[1], blind),
        difference=_share(
            both, None if drawn[0] is None or drawn[1] is None else drawn[0] - drawn[1], np.concatenate([shown, blind])
        ),
    )


def _agreeing(ours: Sequence[Statement], offered: Sequence[Mapping[str, Any]]) -> int:
    """Return how many statements have a suggestion that says the same; each suggestion serves one of them."""
    theirs: list[Mark] = [tuple(sorted((span["start"], span["end"]) for span in value["spans"])) for value in offered]
    pairs = pair_marks([mark_of(statement) for statement in ours], theirs, at_least=LEAST_SHARE)
    return sum(
        all(key not in offered[pair.b] or offered[pair.b][key] == getattr(ours[pair.a], key) for key in _COMPARED) for pair in pairs
    )


def _fate(session: Session, suggestions: Suggestions, name: str) -> str:
    verdict = suggestions.verdict(name, session.store.tables["suggestion"])
    if verdict is None:
        return "open"
    if verdict["verdict"] == "rejected":
        return "rejected"
    found = session.store.mark(verdict["statement"])
    return "edited" if found is not None and found[1].get("origin") == "edited" else "accepted"


def _value(sums: npt.NDArray[Any]) -> float | None:
    return float(sums[1] / sums[0]) if sums[0] else None


def _drawn(table: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.float64] | None:
    if len(table) < MIN_CLUSTERS:
        return None
    sums = np.concatenate(list(draw_cluster_sums(table, REPLICATES, seed, REPLICATES)))
    shares: npt.NDArray[np.float64] = sums[:, 1] / sums[:, 0]  # every document counted has a statement
    return shares


def _share(value: float | None, drawn: npt.NDArray[np.float64] | None, table: npt.NDArray[np.int64]) -> Share:
    low, high = (None, None) if drawn is None else percentile_interval(drawn)
    return Share(value=value, low=low, high=high, n=int(table[:, 0].sum()), documents=len(table))
