"""Gold items and predictions, joined by id and turned into arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from claimkit.errors import DataError, UsageError, suggest
from claimkit.labelmaps import maps_for, parse_label_map
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme, scheme_of

Codes: TypeAlias = npt.NDArray[np.int64]
Place: TypeAlias = Callable[[str], dict[str, Any]]


def _nowhere(_: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Sample:
    """Gold and predicted labels as numbers, row by row.

    Attributes
    ----------
    items : list of Item
    scheme : LabelScheme
    gold : int array of shape (n,)
        Places in the scheme.
    predicted : int array of shape (n,)
        Likewise; ``len(scheme.labels)`` stands for a missing prediction.
    """

    items: list[Item]
    scheme: LabelScheme
    gold: Codes
    predicted: Codes

    @property
    def n(self) -> int:
        """How many gold items there are."""
        return len(self.items)

    def column(self, key: str) -> list[str | None]:
        """Return the value of a group key for every item; also of ``target``, and of ``year`` where items only have a date."""
        if key == "target":
            return [item.groups.get("target", item.target) for item in self.items]
        if key == "year":
            return [item.groups.get("year", item.groups.get("date", "")[:4]) or None for item in self.items]
        return [item.groups.get(key) for item in self.items]

    def check_key(self, key: str, hint: str = "") -> None:
        """Refuse a group key that no item has.

        Raises
        ------
        UsageError
            Names a near miss and the keys that there are.
        """
        present = self.group_keys()
        virtual = ["target", *(["year"] if "date" in present else [])]
        if key in virtual or key in present:
            return
        near = suggest(key, [*present, *virtual])
        known = ", ".join(dict.fromkeys([*virtual, *present]))
        raise UsageError(f"no item has the group key '{key}'; {near + ' ' if near else ''}the items have: {known}{hint}")

    def group_keys(self) -> list[str]:
        """Return the group keys that occur, in the order of their first occurrence."""
        return list(dict.fromkeys(key for item in self.items for key in item.groups))


def scheme_of_items(items: Iterable[Item]) -> LabelScheme:
    """Return the one scheme that the items name.

    Raises
    ------
    UsageError
        When they name none.
    DataError
        When they name several.
    """
    named = dict.fromkeys(item.scheme for item in items)
    given = [entry for entry in named if entry is not None]
    if not given:
        raise UsageError(
            "the items name no label scheme; give it with --scheme, as a name or as labels in order (FAVOR,AGAINST,NONE)"
        )
    schemes = {scheme_of(entry).labels: scheme_of(entry) for entry in given}
    if len(schemes) > 1:
        shown = " and ".join("/".join(labels) for labels in list(schemes)[:2])
        raise DataError(f"the items belong to different label schemes ({shown}); evaluate each apart", code="mixed-schemes")
    return next(iter(schemes.values()))


def join(
    items: Iterable[Item],
    predictions: Iterable[Prediction],
    scheme: LabelScheme | None = None,
    *,
    label_map: str | None = None,
    gold_place: Place = _nowhere,
    prediction_place: Place = _nowhere,
) -> Sample:
    """Join gold items and predictions by id.

    Parameters
    ----------
    items : iterable of Item
        Each with a stance of the scheme.
    predictions : iterable of Prediction
        At most one for each item; an item without one counts as wrong.
    scheme : LabelScheme, optional
        Default: the one that the items name.
    label_map : str, optional
        Applied to the predicted labels (:func:`claimkit.labelmaps.parse_label_map`).
    gold_place, prediction_place : callable
        From an id to the ``path`` and ``line`` of its record, for messages.

    Raises
    ------
    DataError
        For ids that occur twice, predictions of unknown items, items without a label, labels outside the scheme.
    """
    gold = list(items)
    if not gold:
        raise DataError("there is no gold item to evaluate on", **gold_place(""))
    scheme = scheme or scheme_of_items(gold)
    rows = _rows_by_id(gold, gold_place)
    codes = {label: index for index, label in enumerate(scheme.labels)}
    truth = np.array([_gold_code(item, scheme, codes, gold_place) for item in gold], dtype=np.int64)
    return Sample(gold, scheme, truth, predicted_codes(rows, predictions, scheme, label_map, prediction_place))


def predicted_codes(
    rows: dict[str, int],
    predictions: Iterable[Prediction],
    scheme: LabelScheme,
    label_map: str | None = None,
    place: Place = _nowhere,
) -> Codes:
    """Return the predicted labels in the order of the gold rows, as places in the scheme."""
    given = list(predictions)
    translate = parse_label_map(label_map, (entry.stance for entry in given), scheme).mapping.get if label_map else None
    codes = {label: index for index, label in enumerate(scheme.labels)}
    result = np.full(len(rows), len(codes), dtype=np.int64)
    unknown: list[Prediction] = []
    seen: set[str] = set()
    for entry in given:
        if entry.id in seen:
            raise DataError(
                f"the item '{entry.id}' is predicted twice; keep one prediction", code="duplicate-id", **place(entry.id)
            )
        seen.add(entry.id)
        row = rows.get(entry.id)
        if row is None:
            unknown.append(entry)
            continue
        label = translate(entry.stance) if translate else entry.stance
        if label is None or label not in codes:
            raise DataError(_outside(entry.stance, given, scheme, label_map), code="stance-not-in-scheme", **place(entry.id))
        result[row] = codes[label]
    if unknown:
        raise DataError(_strange(unknown, given, rows), code="dangling-reference", **place(unknown[0].id))
    return result


def _rows_by_id(items: Sequence[Item], place: Place) -> dict[str, int]:
    rows: dict[str, int] = {}
    for index, item in enumerate(items):
        if rows.setdefault(item.id, index) != index:
            raise DataError(f"the id '{item.id}' occurs twice among the gold items", code="duplicate-id", **place(item.id))
    return rows


def _gold_code(item: Item, scheme: LabelScheme, codes: dict[str, int], place: Place) -> int:
    if item.stance is None:
        raise DataError(
            f"the gold item '{item.id}' has no stance, so nothing can be measured on it", code="missing-key", **place(item.id)
        )
    if item.stance not in codes:
        near = suggest(item.stance, scheme.labels)
        message = (
            f"the gold stance '{item.stance}' of '{item.id}' is not one of {', '.join(scheme.labels)}{'; ' + near if near else ''}"
        )
        raise DataError(message, code="stance-not-in-scheme", **place(item.id))
    return codes[item.stance]


def _outside(stance: str, given: Sequence[Prediction], scheme: LabelScheme, label_map: str | None) -> str:
    message = f"the predicted stance '{stance}' is not one of {', '.join(scheme.labels)}"
    if label_map:
        return f"{message}, and the label map does not cover it"
    labels = dict.fromkeys(entry.stance for entry in given)
    maps = maps_for(labels, scheme)
    if maps:
        return f"{message}; map it with --label-map {maps[0]}"
    near = suggest(stance, scheme.labels)
    example = ",".join(
        f"{label}={scheme.labels[min(index, len(scheme.labels) - 1)]}" for index, label in enumerate(list(labels)[:2])
    )
    return f"{message}; {near + ' ' if near else ''}a map can be given, as in --label-map {example}"


def _strange(unknown: Sequence[Prediction], given: Sequence[Prediction], rows: dict[str, int]) -> str:
    first = unknown[0].id
    if len(unknown) == len(given):
        example = f"(first: '{first}', gold has '{next(iter(rows))}')"
        return f"none of the {len(given)} predictions belongs to a gold item {example}: is this another data set or split?"
    near = suggest(first, rows) if len(rows) <= 5000 else ""
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return (
        f"there is no gold item '{first}'{more}; {near or 'predictions of items that are not in the gold file must be taken out'}"
    )
