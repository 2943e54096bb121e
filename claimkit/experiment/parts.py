"""Parts between which what was learnt is carried over: data sets or targets, with labels of one scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from claimkit.catalog import DATASETS, load_dataset
from claimkit.errors import DataError, UsageError, suggest
from claimkit.experiment.config import DataConfig, ExperimentConfig
from claimkit.experiment.sources import load_source
from claimkit.labelmaps import map_onto
from claimkit.records import Item
from claimkit.schemes import LabelScheme, scheme_of

TRAIN, TEST = "train", "test"
LEAST_LEARNT, LEAST_SCORED = 100, 30  # rows of a target


class Given(NamedTuple):
    """Data as it was named, before its labels are mapped.

    Attributes
    ----------
    name : str
    scheme : LabelScheme
    train, test : list of Item
        The same rows where the data has no split; ``train`` is empty where there is a test part only.
    """

    name: str
    scheme: LabelScheme
    train: list[Item]
    test: list[Item]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What can be learnt from, tested on, or both.

    Attributes
    ----------
    name : str
    train, test : list of Item
        With stances of the shared scheme; either may be empty.
    folded : bool
        Whether both are the same rows, so that on the diagonal they are predicted in folds.
    labels : dict of str to str
        From labels of the data to labels of the shared scheme.
    left_out : dict of str to int
        Rows of either part whose label has no counterpart there, by label.
    """

    name: str
    train: list[Item]
    test: list[Item]
    folded: bool
    labels: dict[str, str]
    left_out: dict[str, int]


def load_given(name: str, *, layer: str = "gold", data_dir: str | Path | None = None, scheme: LabelScheme | None = None) -> Given:
    """Load a data set of the catalogue, a file of items, or a corpus.

    Parameters
    ----------
    name : str
        ``NAME`` or ``NAME/SPLIT`` of the catalogue, where SPLIT is what is scored; or a path. Items that name the splits train and
        test are learnt from and scored by them; of others all are both. ``"-"`` is the standard input, with items.
    layer : str
        Of a corpus.
    data_dir : path-like, optional
        Where the files of the catalogue lie.
    scheme : LabelScheme, optional
        Of a file whose items name none.

    Raises
    ------
    UsageError
        When there is no data set, split or file of the name.
    DataError
        When items have no stance or no target.
    """
    if name == "-" or Path(name).exists() or Path(name).suffix == ".jsonl":
        return _from_path(name, layer, scheme)
    dataset, _, test = name.partition("/")
    facts = DATASETS[dataset].facts
    if not test:
        test = next((split for split in facts.splits if split.startswith(TEST)), facts.splits[-1])
    DATASETS[dataset].check_split(test)
    items = list(load_dataset(dataset, data_dir=data_dir))
    train = [item for item in items if item.split == TRAIN]
    return Given(name, scheme_of(facts.scheme), train, [item for item in items if item.split == test])


def _from_path(name: str, layer: str, scheme: LabelScheme | None) -> Given:
    is_corpus = Path(name).is_dir()
    data = DataConfig(corpus=name, layer=layer) if is_corpus else DataConfig(train=name)
    found = load_source(ExperimentConfig(data=data), Path(), splits=False, scheme_of_unnamed=scheme)
    parts = {split: [item for item in found.items if item.split == split] for split in (TRAIN, TEST)}
    if not all(parts.values()):
        parts = dict.fromkeys(parts, found.items)
    return Given(found.name, found.scheme, parts[TRAIN], parts[TEST])


def parts_by_data(given: Sequence[Given], scheme: LabelScheme, label_map: str | None = None) -> list[Part]:
    """Return each data set as a part, its labels mapped to the shared scheme.

    Parameters
    ----------
    given : sequence of Given
    scheme : LabelScheme
        Rows with labels that have no counterpart there are left out and counted.
    label_map : str, optional
        Pairs for labels that no map is known for (:func:`claimkit.labelmaps.map_onto`).

    Raises
    ------
    UsageError
        When a data set has no label for one of the scheme, or two have the same name.
    """
    repeated = [name for name, n in Counter(entry.name for entry in given).items() if n > 1]
    if repeated:
        raise UsageError(f"'{repeated[0]}' is given twice; give files of the same name other names")
    return [_mapped(entry, scheme, label_map) for entry in given]


def _mapped(given: Given, scheme: LabelScheme, label_map: str | None) -> Part:
    try:
        labels = map_onto(given.scheme, scheme, label_map).mapping
    except UsageError as error:
        raise UsageError(f"'{given.name}': {error}") from None
    folded = bool(given.train) and given.train is given.test
    lost: Counter[str] = Counter()
    kept = []
    for rows in (given.train, given.test):
        lost.update(str(item.stance) for item in rows if item.stance not in labels)
        kept.append(
            [
                msgspec.structs.replace(item, stance=labels[item.stance], scheme=scheme.labels)
                for item in rows
                if item.stance in labels
            ]
        )
        if folded:
            kept *= 2
            break
    if not any(kept):
        raise DataError(f"'{given.name}': no row has a label that means {', '.join(scheme.labels)}")
    return Part(name=given.name, train=kept[0], test=kept[1], folded=folded, labels=labels, left_out=dict(lost))


def parts_by_target(
    parts: Iterable[Part], targets: Sequence[str] = (), *, least_learnt: int = LEAST_LEARNT, least_scored: int = LEAST_SCORED
) -> list[Part]:
    """Return each frequent target as a part.

    Parameters
    ----------
    parts : iterable of Part
    targets : sequence of str
        Which ones; default: those with at least ``least_learnt`` rows to learn from or ``least_scored`` rows to score. A target
        with fewer rows of either kind has no row, or no column, in the matrix.
    least_learnt, least_scored : int

    Raises
    ------
    UsageError
        When a target does not occur, or none is frequent enough.
    """
    data = list(parts)
    known = list(dict.fromkeys(target_of(item) for part in data for item in (*part.train, *part.test)))
    for target in targets:
        if target not in known:
            near = suggest(target, known)
            shown = ", ".join(known[:10]) + (" …" if len(known) > 10 else "")
            raise UsageError(f"no item has the target '{target}'; {near or f'there are: {shown}'}")
    found = []
    for part in data:
        for target in dict.fromkeys(target_of(item) for item in (*part.train, *part.test)):
            if targets and target not in targets:
                continue
            one = _of_target(part, target, targets, len(data) > 1, least_learnt, least_scored)
            if one is not None:
                found.append(one)
    if len(found) < 2:
        raise UsageError(
            f"{len(found)} targets have at least {least_learnt} rows to learn from or {least_scored} to score; two are needed"
        )
    return found


def _of_target(part: Part, target: str, wanted: Sequence[str], named: bool, learnt: int, scored: int) -> Part | None:
    train, test = ([item for item in rows if target_of(item) == target] for rows in (part.train, part.test))
    train = train if wanted or len(train) >= learnt else []
    test = test if wanted or len(test) >= scored else []
    if part.folded and not (train and test):
        return None
    if not train and not test:
        return None
    name = f"{part.name}: {target}" if named else target
    return msgspec.structs.replace(part, name=name, train=train, test=test, left_out={})


def target_of(item: Item) -> str:
    """Return what the target of an item is called: the group of that key, or else the target itself."""
    return item.groups.get("target", item.target)


def shared_scheme(given: Sequence[Given]) -> LabelScheme:
    """Return the scheme of all data where they have the same labels, else support, oppose and neutral."""
    schemes = {entry.scheme.labels: entry.scheme for entry in given}
    return next(iter(schemes.values())) if len(schemes) == 1 else scheme_of("support,oppose,neutral")
