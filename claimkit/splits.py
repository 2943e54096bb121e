"""Splits into train, dev and test in which rows that depend on each other stay on one side."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from claimkit.errors import DataError, UsageError, suggest
from claimkit.nearness import near_duplicates, normal_words
from claimkit.records import Item

DEFAULT_SHARES = {"train": 0.6, "dev": 0.2, "test": 0.2}
# What users say -> the group key.
_ALIASES = {"pair": "actor_pair"}


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one part is known from the training part through one key."""

    key: str
    split: str
    values: int
    shared: int
    rows: int


class SplitReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a split did.

    Attributes
    ----------
    held_out : tuple of str
        Keys whose values were kept on one side.
    components : int
        Groups of rows that had to stay together.
    largest : int
        Rows of the largest one.
    sizes : dict of str to int
    labels : dict of str to dict of str to int
        Split to label to rows.
    leaks : list of Leak
        For every group key and for the text itself.
    """

    held_out: tuple[str, ...]
    components: int
    largest: int
    sizes: dict[str, int]
    labels: dict[str, dict[str, int]]
    leaks: list[Leak]


class Splitting(msgspec.Struct, frozen=True, kw_only=True):
    """Items in their old order, each with its ``split`` set, and what was done."""

    items: list[Item]
    report: SplitReport


def split_items(
    items: Iterable[Item],
    by: str | Sequence[str] = "document",
    shares: Mapping[str, float] | None = None,
    *,
    seed: int = 13,
    stratify: bool = True,
    most: float = 0.5,
    tie_texts: bool = True,
) -> Splitting:
    """Split items so that no value of a key, and no text or near copy of it, occurs on two sides.

    Rows that share a value of any of the keys, or whose texts are nearly the same, are connected; each connected component goes to
    one side as a whole, the large ones first, to where sizes and label counts come closest to the wanted shares.

    Parameters
    ----------
    items : iterable of Item
    by : str or sequence of str
        Group keys, ``"target"``, or ``"pair"`` for the pair of actors; ``"time"`` puts the earlier dates (group ``date``) into the
        first split, the later into the next; ``"random"`` ties rows by their text only.
    shares : mapping of str to float
        Split to share, positive, in order; default .6 train, .2 dev, .2 test.
    seed : int
    stratify : bool
        Whether label counts are balanced as well as sizes.
    most : float
        The greatest share of the rows that a component may hold.
    tie_texts : bool
        Whether rows with nearly the same text stay together; without it the report counts those that do not.

    Raises
    ------
    DataError
        When a component holds more than that share of the rows, or there are fewer components than splits.
    UsageError
        When no item has the key.

    Examples
    --------
    >>> rows = [Item(id=str(i), text=f"text {i}", target="t", groups={"document": f"d{i // 2}"}) for i in range(20)]
    >>> split_items(rows, "document").report.sizes
    {'train': 12, 'dev': 4, 'test': 4}
    """
    rows = list(items)
    wanted = dict(shares or DEFAULT_SHARES)
    if not rows:
        raise DataError("there is no item to split")
    if not wanted or min(wanted.values()) <= 0:
        raise UsageError("every split needs a share greater than zero")
    keys = tuple(_ALIASES.get(key, key) for key in ((by,) if isinstance(by, str) else by))
    tied = [key for key in keys if key not in ("random", "time")]
    _check_keys(rows, ["date" if key == "time" else key for key in keys if key != "random"])
    components = _components(rows, tied, tie_texts)
    largest = max(components, key=len)
    if len(largest) > len(rows) * most and len(wanted) > 1:
        raise DataError(_too_large(rows, tied, largest, tie_texts))
    if len(components) < len(wanted):
        raise DataError(f"{len(components)} groups of rows that belong together cannot be spread over {len(wanted)} splits")
    by_time = "time" in keys
    parts = _assign_by_time(rows, components, wanted) if by_time else _assign(rows, components, wanted, seed, stratify)
    empty = [name for name in wanted if name not in parts]
    if empty:
        raise DataError(f"the split '{empty[0]}' would be empty; give it a larger share or hold out another key")
    split = [msgspec.structs.replace(row, split=part) for row, part in zip(rows, parts, strict=True)]
    return Splitting(items=split, report=report_on(split, held_out=keys, components=len(components), largest=len(largest)))


def report_on(items: Sequence[Item], *, held_out: tuple[str, ...] = (), components: int = 0, largest: int = 0) -> SplitReport:
    """Return the sizes, labels and leaks of items that have their splits."""
    sizes = Counter(item.split or "" for item in items)
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        if item.stance is not None:
            labels[item.split or ""][item.stance] += 1
    return SplitReport(
        held_out=held_out,
        components=components,
        largest=largest,
        sizes=dict(sizes),
        labels={name: dict(counts) for name, counts in labels.items()},
        leaks=leakage(items),
    )


def leakage(items: Sequence[Item], train: str = "train") -> list[Leak]:
    """Return, for every key and other split, how many of its values and rows are known from the training rows."""
    keys = ["text", "target", *dict.fromkeys(key for item in items for key in item.groups if key != "target")]
    others = [name for name in dict.fromkeys(item.split for item in items) if name not in (train, None)]
    found = []
    for key in keys:
        known = {_value(item, key) for item in items if item.split == train} - {None}
        for name in others:
            values = [_value(item, key) for item in items if item.split == name]
            distinct = set(values) - {None}
            hit = sum(value in known for value in values)
            found.append(Leak(key=key, split=str(name), values=len(distinct), shared=len(distinct & known), rows=hit))
    return found


def _value(item: Item, key: str) -> str | None:
    if key == "text":
        return normal_words(item.text)
    if key == "target":
        return item.groups.get("target", item.target)
    return item.groups.get(key)


def _check_keys(rows: Sequence[Item], keys: Sequence[str]) -> None:
    present = list(dict.fromkeys(key for row in rows for key in row.groups))
    for key in keys:
        if key != "target" and key not in present:
            near = suggest(key, [*present, "target", "time", "random"])
            raise UsageError(
                f"no item has the group key '{key}'; {near + ' ' if near else ''}the items have: {', '.join([*present, 'target'])}"
            )


def _components(rows: Sequence[Item], keys: Sequence[str], tie_texts: bool) -> list[list[int]]:
    """Return the connected components of rows that share a value of any key, or, where it is wanted, nearly the same words."""
    parent = list(range(len(rows)))

    def find(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def join(one: int, other: int) -> None:
        a, b = find(one), find(other)
        parent[max(a, b)] = min(a, b)

    for one, other in near_duplicates([row.text for row in rows]) if tie_texts else ():
        join(one, other)
    for key in keys:
        first: dict[str, int] = {}
        for index, row in enumerate(rows):
            value = _value(row, key)
            if value is not None:
                join(first.setdefault(value, index), index)
    members: dict[int, list[int]] = defaultdict(list)
    for index in range(len(rows)):
        members[find(index)].append(index)
    return list(members.values())


def _assign(rows: Sequence[Item], components: list[list[int]], shares: Mapping[str, float], seed: int, stratify: bool) -> list[str]:
    """Put each component where the squared distance from the wanted counts grows least."""
    order = list(components)
    random.Random(seed).shuffle(order)  # noqa: S311 - a seeded shuffle, nothing secret
    order.sort(key=len, reverse=True)
    labels = [row.stance or "" if stratify else "" for row in rows]
    totals = Counter(labels)
    scale = sum(shares.values())
    want = {name: {label: share / scale * n for label, n in totals.items()} for name, share in shares.items()}
    have: dict[str, Counter[str]] = {name: Counter() for name in shares}
    parts = [""] * len(rows)
    for component in order:
        add = Counter(labels[row] for row in component)

        def growth(name: str, add: Counter[str] = add) -> float:
            gap = {label: have[name][label] - want[name][label] for label in add}
            return sum(((gap[label] + n) ** 2 - gap[label] ** 2) / totals[label] for label, n in add.items())

        best = min(shares, key=growth)
        have[best].update(add)
        for row in component:
            parts[row] = best
    return parts


def _assign_by_time(rows: Sequence[Item], components: list[list[int]], shares: Mapping[str, float]) -> list[str]:
    """Fill the splits in the order of time; rows of one day stay together."""
    undated = next((row for row in rows if not row.groups.get("date")), None)
    if undated is not None:
        raise DataError(f"the item '{undated.id}' has no date, so it cannot be put in order of time")
    component_of = {row: number for number, component in enumerate(components) for row in component}
    latest = [max(rows[row].groups["date"][:10] for row in component) for component in components]
    days: dict[str, list[int]] = defaultdict(list)
    for row in range(len(rows)):
        days[latest[component_of[row]]].append(row)
    names, scale = list(shares), sum(shares.values())
    ends = [sum(list(shares.values())[: index + 1]) / scale * len(rows) for index in range(len(names))]
    parts, done = [""] * len(rows), 0
    for day in sorted(days):
        middle = done + len(days[day]) / 2
        name = next((name for name, end in zip(names, ends, strict=True) if middle <= end), names[-1])
        for row in days[day]:
            parts[row] = name
        done += len(days[day])
    return parts


def _too_large(rows: Sequence[Item], keys: Sequence[str], largest: list[int], tie_texts: bool) -> str:
    for key in keys:
        counts = Counter(_value(rows[row], key) for row in largest)
        value, n = counts.most_common(1)[0]
        if value is not None and n > len(rows) / 2:
            return f"{n} of {len(rows)} rows have the {key} '{value}', so it cannot be held out; hold out another key"
    names = " and ".join([*keys, *(["near copies of texts"] if tie_texts else [])])
    hint = ", or do not tie texts (--no-text-ties)" if tie_texts and keys else ""
    return f"{len(largest)} of {len(rows)} rows hang together through {names}, so they cannot be split; hold out fewer keys{hint}"
