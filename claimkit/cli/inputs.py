"""Gold labels and predictions as commands take them: JSON Lines, or a shared task's own files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from claimkit.evaluation.sample import Place
    from claimkit.experiment.transfer import System
    from claimkit.records import Item, Prediction


def read_pairs(given: tuple[str, ...], option: str) -> dict[str, list[Prediction]]:
    """Return the predictions that pairs NAME=FILE name."""
    import click

    found = {}
    for entry in given:
        name, sign, path = entry.partition("=")
        if not sign or not name or not path:
            raise click.BadParameter(f"'{entry}' is not a pair NAME=FILE", param_hint=option)
        if name in found:
            raise click.BadParameter(f"the name '{name}' is given twice", param_hint=option)
        found[name] = read_said(Path(path)).predictions
    return found


def read_system(text: str, option: str) -> System:
    """Return the classifier that a text names: a classifier or recipe, with parameters as in ``ngrams{C = 3.0}``."""
    import click
    import msgspec

    from claimkit.benchmark.suites import OFFICIAL, recipe_of
    from claimkit.experiment.transfer import System

    name, brace, rest = text.partition("{")
    recipe = recipe_of(name.strip())
    try:
        given = msgspec.toml.decode(f"parameters = {brace}{rest}")["parameters"] if brace else {}
    except msgspec.DecodeError as error:
        hint = "write them as in a configuration, such as 'ngrams{C = 3.0}'"
        raise click.BadParameter(f"'{text}' has no parameters that can be read ({error}); {hint}", param_hint=option) from None
    parameters = {key: "f1_macro" if value == OFFICIAL else value for key, value in recipe.parameters.items()}
    return System(name=text, classifier=recipe.classifier, parameters={**parameters, **given})


class Gold(NamedTuple):
    """Gold items, what they are called, where each stands, and the ids of the items of other splits, which are not scored."""

    items: list[Item]
    name: str
    place: Place
    others: Callable[[], Collection[str]] = frozenset

    def scored(self, predictions: list[Prediction]) -> list[Prediction]:
        """Leave out predictions of items of other splits; those of items that the gold data does not have stay, as an error."""
        from claimkit.errors import DataError

        known = {item.id for item in self.items}
        if all(entry.id in known for entry in predictions):
            return predictions
        others = self.others()
        kept = [entry for entry in predictions if entry.id in known or entry.id not in others]
        if not kept:
            asked = f"the split '{self.items[0].split}'"
            raise DataError(
                f"none of the {len(predictions)} predictions belongs to {asked}; they are of other items of '{self.name}'"
            )
        return kept


class Said(NamedTuple):
    """Predictions, and where each stands."""

    predictions: list[Prediction]
    place: Place


def read_gold(path: Path | None, dataset: str | None, split: str | None, data_dir: Path | None) -> Gold:
    """Return the gold items of a file or of a data set of the catalogue, of one split where it is named."""
    import click

    if dataset:
        from claimkit.catalog import load_dataset

        gold = Gold(list(load_dataset(dataset, split, data_dir=data_dir)), dataset, lambda _: {})
        others = lambda: {item.id for item in load_dataset(dataset, data_dir=data_dir)}  # noqa: E731 - as short as what it stands for
    elif path is not None:
        gold = _from_file(path)
        others = lambda: {item.id for item in gold.items}  # noqa: E731 - likewise
    else:
        raise click.UsageError("say where the gold labels are: a file, or --dataset NAME")
    items = [item for item in gold.items if split is None or item.split == split]
    if not items:
        there = sorted({item.split for item in gold.items if item.split})
        hint = f"there are: {', '.join(there)}" if there else "no item has a split; claimkit split sets them"
        raise click.UsageError(f"no gold item belongs to the split '{split}'; {hint}")
    return gold._replace(items=items, others=others) if split is not None else gold


def _from_file(path: Path) -> Gold:
    from claimkit.catalog.official import official_format
    from claimkit.evaluation.files import Numbered
    from claimkit.records import Item

    known = official_format(path)
    if known is not None:
        return Gold(list(known.read_gold(path)), path.stem, lambda _: {"path": path})
    numbered = Numbered(path, Item)
    return Gold(list(numbered), path.stem, numbered.place)


def read_said(path: Path) -> Said:
    """Read predictions."""
    from claimkit.catalog.official import official_format
    from claimkit.evaluation.files import Numbered
    from claimkit.records import Prediction

    known = official_format(path)
    if known is not None:
        return Said(list(known.read_predictions(path)), lambda _: {"path": path})
    numbered = Numbered(path, Prediction)
    return Said(list(numbered), numbered.place)
