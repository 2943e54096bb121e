"""From the labels of several annotators to one for each flat item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np

from claimkit.adjudication.dawid_skene import DawidSkene, Observed, dawid_skene
from claimkit.adjudication.decisions import EDITED, MAJORITY, NEITHER, Decision, Disagreement, take_decision, wrong_take
from claimkit.adjudication.gold import SURE, strategy_named
from claimkit.adjudication.voting import majority
from claimkit.agreement.ratings import MISSING, Ratings, text_of
from claimkit.errors import DataError
from claimkit.records import Item, Prediction
from claimkit.records.ids import digest_of


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The label of one item.

    Attributes
    ----------
    item : str
    label : str or None
        ``None`` where a person decided that none fits.
    tie : bool
        Whether no label had a majority; then it is that of the annotator who stands first.
    said : dict of str to str
        By annotator.
    votes : dict of str to int
    distribution : dict of str to float
        How likely each label is: the share of votes, or what the model holds.
    decision : Decision or None
        Of a person, where there is one.
    """

    item: str
    label: str | None
    tie: bool
    said: dict[str, str]
    votes: dict[str, int]
    distribution: dict[str, float]
    decision: Decision | None


@dataclass
class ItemAdjudication:
    """The labels of items and how they came about.

    Attributes
    ----------
    strategy : str
    annotators, labels : tuple of str
    items : list of Decided
    model : DawidSkene or None
        With the strategy ``dawid-skene``.
    stale : list of Decision
        Decisions on labels that have changed since, or on items that do not exist; they were not used.
    """

    strategy: str
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    items: list[Decided] = field(default_factory=list)
    model: DawidSkene | None = None
    stale: list[Decision] = field(default_factory=list)


def adjudicate_ratings(
    ratings: Ratings, *, strategy: str = "majority", decisions: Mapping[str, Decision] | None = None
) -> ItemAdjudication:
    """Decide on the label of each item that anybody labelled.

    Parameters
    ----------
    ratings : Ratings
    strategy : {"majority", "soft", "dawid-skene"}
        Most votes; likewise, with the shares of votes kept; the model of Dawid and Skene, with its probabilities kept.
    decisions : mapping of str to Decision, optional
        By item; they take an annotator, or edit the ``label``.

    Raises
    ------
    UsageError
        When there is no such strategy.
    DataError
        When a decision takes what is not there.
    """
    labels = tuple(map(text_of, ratings.labels))
    result = ItemAdjudication(strategy_named(strategy), ratings.annotators, labels)
    votes = majority(ratings.codes, len(labels))
    winner, is_tied, shares = votes.winner, votes.is_tied, votes.shares
    if strategy == "dawid-skene":
        result.model = dawid_skene(
            Observed.of(ratings.codes), items=len(ratings.codes), annotators=len(ratings.annotators), labels=len(labels)
        )
        shares = result.model.posterior
        best = np.sort(np.nan_to_num(shares), axis=1)
        is_rated = winner >= 0
        winner = np.where(is_rated, np.nan_to_num(shares).argmax(axis=1), -1)
        is_tied = is_rated & (best[:, -1] - best[:, -2] < SURE) if len(labels) > 1 else np.zeros(len(winner), dtype=bool)
    given = dict(decisions or {})
    for row in np.flatnonzero(winner >= 0).tolist():
        said = _said(ratings, row, labels)
        decision, is_stale = take_decision(ratings.name_of(row), tuple(said), digest_of(said), given)
        result.stale += is_stale
        label = labels[winner[row]]
        result.items.append(
            Decided(
                item=ratings.name_of(row),
                label=label if decision is None else _decided(decision, said, label, labels),
                tie=bool(is_tied[row]),
                said=said,
                votes={label: int(count) for label, count in zip(labels, votes.counts[row], strict=True) if count},
                distribution={label: round(float(share), 6) for label, share in zip(labels, shares[row], strict=True)},
                decision=decision,
            )
        )
    result.stale += given.values()
    return result


def _said(ratings: Ratings, row: int, labels: tuple[str, ...]) -> dict[str, str]:
    codes = ratings.codes[row].tolist()
    return {name: labels[code] for name, code in zip(ratings.annotators, codes, strict=True) if code != MISSING}


def _decided(decision: Decision, said: Mapping[str, str], label: str, labels: tuple[str, ...]) -> str | None:
    if decision.take == NEITHER:
        return None
    if decision.take in (MAJORITY, EDITED):
        found = label
    elif decision.take in said:
        found = said[decision.take]
    else:
        raise DataError(wrong_take(decision, tuple(said)))
    edited = str(decision.edits.get("label", decision.edits.get("stance", found)))
    if edited not in labels:
        raise DataError(f"the decision on '{decision.unit}' names the label '{edited}', which is not one of {', '.join(labels)}")
    return edited


def item_disagreements(result: ItemAdjudication, texts: Mapping[str, str] | None = None) -> Iterator[Disagreement]:
    """Yield the items on which annotators differ, those without a majority first."""
    differing = [entry for entry in result.items if len(entry.votes) > 1]
    for entry in sorted(differing, key=lambda entry: not entry.tie):
        yield Disagreement(
            kind="item",
            unit=entry.item,
            document=None,
            disputed=("label",),
            tied=entry.tie,
            text=(texts or {}).get(entry.item),
            said=dict(entry.said),
            proposed=max(entry.distribution, key=lambda label: entry.distribution[label]) if entry.label is None else entry.label,
            sources=tuple(entry.said),
            digest=digest_of(entry.said),
        )


def _meta(entry: Decided, strategy: str) -> dict[str, object]:
    found: dict[str, object] = {"votes": entry.votes, "decided_from": list(entry.said)}
    if entry.tie:
        found["tie"] = True
    if entry.decision is not None:
        found["decision"] = {"take": entry.decision.take, "reason": entry.decision.reason, "by": entry.decision.by}
    return found | {"strategy": strategy}


def as_predictions(result: ItemAdjudication) -> Iterator[Prediction]:
    """Yield the decided labels as predictions of the items, with how likely each label is."""
    for entry in result.items:
        if entry.label is not None:
            kept = {} if entry.decision is not None else entry.distribution
            yield Prediction(
                id=entry.item,
                stance=entry.label,
                probabilities=kept,
                model=result.strategy,
                meta={"adjudication": _meta(entry, result.strategy)},
            )


def as_items(result: ItemAdjudication, items: Iterable[Item]) -> Iterator[Item]:
    """Yield items with the decided labels, how likely each label is as ``weights``, and under ``meta`` what was decided from.

    Items that nobody labelled are left out, and so are those of which a person decided that no label fits.
    """
    by_id = {entry.item: entry for entry in result.items}
    for item in items:
        entry = by_id.get(item.id)
        if entry is None or entry.label is None:
            continue
        keep_shares = result.strategy != "majority" and entry.decision is None
        weights = {label: share for label, share in entry.distribution.items() if share > 0} if keep_shares else {}
        yield msgspec.structs.replace(
            item, stance=entry.label, weights=weights, meta={**item.meta, "adjudication": _meta(entry, result.strategy)}
        )
