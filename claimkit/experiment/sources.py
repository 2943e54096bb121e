"""The items of a training run: loaded, given their splits, and checked before any time is spent on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from claimkit.errors import ConfigError, DataError, suggest
from claimkit.evaluation import scheme_of_items
from claimkit.evaluation.files import Numbered
from claimkit.experiment.config import ExperimentConfig, SplitConfig
from claimkit.records import Item
from claimkit.schemes import LabelScheme, scheme_of


class Source(NamedTuple):
    """Items with their splits.

    Attributes
    ----------
    name : str
        Of the data, for signatures and cards.
    description : str
        A sentence for the model card, in Markdown.
    items : list of Item
    scheme : LabelScheme
    """

    name: str
    description: str
    items: list[Item]
    scheme: LabelScheme

    def part(self, names: Sequence[str]) -> list[Item]:
        """Return the items of some splits."""
        return [item for item in self.items if item.split in names]


def load_source(
    config: ExperimentConfig,
    base: Path,
    data_dir: str | Path | None = None,
    *,
    needs_target: bool = True,
    splits: bool = True,
    scheme_of_unnamed: LabelScheme | None = None,
) -> Source:
    """Load the items that a configuration names.

    Parameters
    ----------
    config : ExperimentConfig
    base : Path
        Folder that relative paths are relative to.
    data_dir : path-like, optional
        Where the files of the catalogue lie.
    needs_target : bool
        Whether an item without a target is an error.
    splits : bool
        Whether items get the splits that the configuration wants; else they stay as they are.
    scheme_of_unnamed : LabelScheme, optional
        Of items that name no scheme, where the configuration names none.

    Raises
    ------
    DataError
        When there are no items, or one without a stance, a target, or a label of the scheme; names the file and line where it can.
    """
    data = config.data
    scheme = None if data.scheme is None else scheme_of(data.scheme)
    if data.corpus is not None:
        name, description, items, own = _from_corpus(config, base)
        scheme = scheme or own
        place: Callable[[str], dict[str, object]] = lambda _: {}  # noqa: E731 - as short as what it stands for
    elif data.dataset is not None:
        from claimkit.catalog import load_dataset

        loaded = load_dataset(data.dataset, data_dir=data_dir)
        name, items, scheme = loaded.name, list(loaded), scheme or loaded.scheme
        description = f"Data set `{name}` of the catalogue (licence: {loaded.facts.licence})"
        place = lambda _: {}  # noqa: E731 - likewise
    else:
        name, description, items, place = _from_files(config, base)
    if not items:
        raise DataError("there are no items to learn from")
    if scheme is None and all(item.scheme is None for item in items):
        scheme = scheme_of_unnamed
    scheme = scheme or scheme_of_items(items)
    _check(items, scheme, place, needs_target)
    return Source(name, description, _with_splits(config, items) if splits else items, scheme)


def _from_corpus(config: ExperimentConfig, base: Path) -> tuple[str, str, list[Item], LabelScheme]:
    from claimkit.corpus import load_corpus
    from claimkit.shipped import shipped_corpus

    data = config.data
    folder = shipped_corpus() if data.corpus == "shipped" else base / str(data.corpus)
    corpus = load_corpus(folder)
    about = corpus.config
    items = list(corpus.items(layer=data.layer, kinds=data.kinds))
    own = scheme_of("attitude") if tuple(data.kinds) == ("attitude",) else about.scheme
    licence = f", licence: {about.licence}" if about.licence else ""
    description = f"Corpus `{about.name}` {about.version}, layer `{data.layer}`, items of kind {', '.join(data.kinds)}{licence}"
    return about.name, description, items, own


def _from_files(config: ExperimentConfig, base: Path) -> tuple[str, str, list[Item], Callable[[str], dict[str, object]]]:
    data = config.data
    files = {name: path for name, path in (("train", data.train), ("dev", data.dev), ("test", data.test)) if path is not None}
    items: list[Item] = []
    places: dict[str, dict[str, object]] = {}
    for name, path in files.items():
        numbered = Numbered("-" if path == "-" else base / path, Item)
        for item in numbered:
            where = numbered.place(item.id)
            if item.id in places:
                raise DataError(f"the id '{item.id}' occurs twice", code="duplicate-id", **where)
            places[item.id] = where
            items.append(item if len(files) == 1 else msgspec.structs.replace(item, split=name))
    names = ", ".join(f"`{Path(path).name}`" for path in files.values())
    stem = "items" if data.train in (None, "-") else Path(str(data.train)).stem
    return stem, f"Items of {names}", items, lambda name: places.get(name, {})


def _check(items: Sequence[Item], scheme: LabelScheme, place: Callable[[str], dict[str, object]], needs_target: bool) -> None:
    labels = set(scheme.labels)
    for item in items:
        if item.stance is None:
            message = f"the item '{item.id}' has no stance, so nothing can be learnt from it; give it one or take it out"
        elif item.stance not in labels:
            near = suggest(item.stance, scheme.labels)
            hint = f"; {near}" if near else ""
            message = f"the stance '{item.stance}' of the item '{item.id}' is not one of {', '.join(scheme.labels)}{hint}"
        elif needs_target and not item.target.strip():
            message = f"the item '{item.id}' has an empty target; give the claim, actor or topic that the stance is about"
        else:
            continue
        raise DataError(message, **place(item.id))  # type: ignore[arg-type]  # path and line, as DataError takes them


def _with_splits(config: ExperimentConfig, items: list[Item]) -> list[Item]:
    from claimkit.experiment.folds import fold_items
    from claimkit.splits import split_items

    wanted = config.split
    if wanted is not None and wanted.folds is not None:
        return fold_items(items, wanted.by, wanted.folds, seed=config.seed)
    named = Counter(item.split for item in items)
    if wanted is None and set(named) == {None}:
        if config.data.corpus is None:
            return [msgspec.structs.replace(item, split=config.data.fit_on[0]) for item in items]
        wanted = SplitConfig()
    if wanted is not None:
        return split_items(items, wanted.by, wanted.shares, seed=config.seed, stratify=wanted.stratify).items
    if not any(named[name] for name in config.data.fit_on):
        there = ", ".join(str(name) for name in named if name is not None)
        raise ConfigError(f"no item belongs to the split {' or '.join(config.data.fit_on)}; there are: {there}", key="data.fit_on")
    return items
