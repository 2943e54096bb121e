"""Which texts the parts of data sets have in common: leaks inside a data set, and from one data set into another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import msgspec

from claimkit.catalog import DATASETS, load_dataset
from claimkit.errors import DataError
from claimkit.nearness import near_across, normal_words
from claimkit.records import Item


class Part(msgspec.Struct, frozen=True):
    """A split of a data set."""

    dataset: str
    split: str


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """How many items of one part have a text that another part has too.

    Attributes
    ----------
    dataset, split : str
        The part whose items are counted.
    items : int
        How many it has.
    other_dataset, other_split : str
        The part in which their texts are looked for.
    same_text : int
        Items with the same words as an item of the other part; capitals and punctuation aside.
    same_text_and_target : int
        Those of them whose target has the same words as well.
    near_copies : int
        Further items, with nearly the same words: the sets of word triples have the similarity or more.
    """

    dataset: str
    split: str
    items: int
    other_dataset: str
    other_split: str
    same_text: int
    same_text_and_target: int
    near_copies: int


class Overlaps(msgspec.Struct, frozen=True, kw_only=True):
    """What parts of data sets have in common.

    Attributes
    ----------
    similarity : float
        The least Jaccard similarity of near copies.
    items : dict of str to dict of str to int
        Data set to split to number of items, of all parts that were compared.
    overlaps : tuple of Overlap
        Pairs of parts that have anything in common, each in both directions; those of one data set come first.
    skipped : dict of str to str
        Data sets, or splits of them, that could not be compared, and why.
    """

    similarity: float
    items: dict[str, dict[str, int]]
    overlaps: tuple[Overlap, ...]
    skipped: dict[str, str]


def pairs_of(found: Overlaps) -> list[tuple[Overlap, Overlap]]:
    """Return each pair of parts once, with both directions: first that of the later split, the one that may have leaked."""
    places = {Part(name, split): place for name, splits in found.items.items() for place, split in enumerate(splits)}
    entries = {(Part(entry.dataset, entry.split), Part(entry.other_dataset, entry.other_split)): entry for entry in found.overlaps}
    return [
        (entry, entries[other, one])
        for (one, other), entry in entries.items()
        if (places[one], one.dataset, one.split) > (places[other], other.dataset, other.split)
    ]


class _Texts(msgspec.Struct):
    """The texts of a part by number, and how many items have each; alone and with their target."""

    alone: Counter[int]
    with_target: Counter[tuple[int, str]]


def overlaps(names: Iterable[str] = (), data_dir: str | Path | None = None, *, similarity: float = 0.8) -> Overlaps:
    """Report the items of each split that share their text with other splits and with other data sets of the catalogue.

    Data sets whose files are not at hand are skipped, and named.

    Parameters
    ----------
    names : iterable of str
        The data sets to report on; empty: all. Each is compared with all that are at hand.
    data_dir : path-like, optional
        As in :func:`claimkit.load_dataset`.
    similarity : float
        Least Jaccard similarity of the sets of word triples of near copies, in (0, 1].

    Raises
    ------
    UsageError
        When there is no data set of a name.
    """
    wanted = {DATASETS[name].facts.name for name in names}
    parts: dict[Part, list[Item]] = {}
    skipped: dict[str, str] = {}
    for name in DATASETS:
        for split in DATASETS[name].facts.splits:
            found = _items(name, split, data_dir)
            if isinstance(found, DataError):
                skipped[f"{name} {split}"] = str(found)
            else:
                parts[Part(name, split)] = found
    report = overlaps_between(parts, similarity=similarity)
    kept = tuple(entry for entry in report.overlaps if not wanted or wanted & {entry.dataset, entry.other_dataset})
    return msgspec.structs.replace(report, overlaps=kept, skipped=skipped)


def _items(name: str, split: str, data_dir: str | Path | None) -> list[Item] | DataError:
    try:
        data = load_dataset(name, split, data_dir=data_dir)
        if data.facts.holds == "items":
            return list(data)
        # a text in which statements are marked is compared as a whole; there is no target that it shares with another
        return [Item(id=text.id, text=text.text or "", target="statements") for text in data.documents()]
    except DataError as error:
        return error


def overlaps_between(parts: Mapping[Part, Iterable[Item]], *, similarity: float = 0.8) -> Overlaps:
    """Report what parts of any data sets have in common.

    Parameters
    ----------
    parts : mapping of Part to iterable of Item
    similarity : float
        As in :func:`overlaps`.

    Examples
    --------
    >>> train = [Item(id="1", text="We reject this.", target="The treaty")]
    >>> test = [Item(id="2", text="we REJECT this", target="the treaty!"), Item(id="3", text="We agree.", target="The treaty")]
    >>> found = overlaps_between({Part("mine", "train"): train, Part("mine", "test"): test}).overlaps
    >>> [(entry.split, entry.items, entry.same_text, entry.same_text_and_target) for entry in found]
    [('train', 1, 1, 1), ('test', 2, 1, 1)]
    """
    numbers: dict[str, int] = {}  # words of a text -> its number
    texts = {part: _texts(items, numbers) for part, items in parts.items()}
    near = _near(texts, list(numbers), similarity)
    both = [(_compared(one, other, texts, near), _compared(other, one, texts, near)) for one, other in combinations(texts, 2)]
    found = [entry for pair in both if any(entry.same_text or entry.near_copies for entry in pair) for entry in pair]
    items: dict[str, dict[str, int]] = defaultdict(dict)
    for part, known in texts.items():
        items[part.dataset][part.split] = known.alone.total()
    return Overlaps(
        similarity=similarity,
        items=dict(items),
        overlaps=tuple(sorted(found, key=lambda entry: entry.dataset != entry.other_dataset)),
        skipped={},
    )


def known_texts(
    learnt: Mapping[str, Iterable[Item]], scored: Mapping[str, Iterable[Item]], *, similarity: float = 0.8
) -> dict[tuple[str, str], frozenset[str]]:
    """Return, for each pair of a part that is learnt from and one that is scored, the texts of the former that the latter has too.

    Parameters
    ----------
    learnt, scored : mapping of str to iterable of Item
    similarity : float
        As in :func:`overlaps`: near copies count.

    Returns
    -------
    dict of (str, str) to frozenset of str
        Texts as they stand in the items that are learnt from; empty for most pairs.

    Examples
    --------
    >>> train = [Item(id="1", text="We reject this.", target="The treaty"), Item(id="2", text="We agree.", target="The treaty")]
    >>> known_texts({"a": train}, {"b": [Item(id="1", text="we REJECT this", target="Another treaty")]})
    {('a', 'b'): frozenset({'We reject this.'})}
    """
    numbers: dict[str, int] = {}
    sides: list[set[int]] = []
    texts: list[dict[str, int]] = []
    for part in (*learnt.values(), *scored.values()):
        texts.append({text: numbers.setdefault(normal_words(text), len(numbers)) for text in dict.fromkeys(i.text for i in part)})
        sides += [set() for _ in range(len(numbers) - len(sides))]
        for number in texts[-1].values():
            sides[number].add(len(texts) - 1)
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in near_across(list(numbers), sides, similarity):
        near[a].add(b)
        near[b].add(a)
    found = {}
    for left, one in zip(learnt, texts, strict=False):  # the parts that are scored stand behind those that are learnt from
        for right, other in zip(scored, texts[len(learnt) :], strict=True):
            there = set(other.values())
            shared = {number for number in one.values() if number in there or not there.isdisjoint(near.get(number, ()))}
            found[left, right] = frozenset(text for text, number in one.items() if number in shared)
    return found


def _texts(items: Iterable[Item], numbers: dict[str, int]) -> _Texts:
    known: dict[str, int] = {}  # a body of FNC-1 comes with many headlines
    targets: dict[str, str] = {}
    found = _Texts(Counter(), Counter())
    for item in items:
        if item.text not in known:
            known[item.text] = numbers.setdefault(normal_words(item.text), len(numbers))
        if item.target not in targets:
            targets[item.target] = normal_words(item.target)
        found.alone[known[item.text]] += 1
        found.with_target[known[item.text], targets[item.target]] += 1
    return found


def _near(texts: Mapping[Part, _Texts], words: list[str], similarity: float) -> dict[int, set[int]]:
    """Return, for each text that has any, its near copies on other sides."""
    sides: list[set[int]] = [set() for _ in words]
    for side, part in enumerate(texts.values()):
        for number in part.alone:
            sides[number].add(side)
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in near_across(words, sides, similarity):
        near[a].add(b)
        near[b].add(a)
    return near


def _compared(one: Part, other: Part, texts: Mapping[Part, _Texts], near: Mapping[int, set[int]]) -> Overlap:
    ours, theirs = texts[one], texts[other]
    same = sum(n for number, n in ours.alone.items() if number in theirs.alone)
    copies = sum(
        ours.alone[number]
        for number, others in near.items()
        if number in ours.alone and number not in theirs.alone and not others.isdisjoint(theirs.alone)
    )
    return Overlap(
        dataset=one.dataset,
        split=one.split,
        items=ours.alone.total(),
        other_dataset=other.dataset,
        other_split=other.split,
        same_text=same,
        same_text_and_target=sum(n for pair, n in ours.with_target.items() if pair in theirs.with_target),
        near_copies=copies,
    )
