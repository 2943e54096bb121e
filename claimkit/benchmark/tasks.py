"""What is run on what: a task is a part of a data set, a recipe a classifier with its parameters."""

from __future__ import annotations

from typing import Any

import msgspec

FOLDS = "folds"  # in place of a split: every training item, predicted in five folds by what has not seen its fold


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a data set that is predicted.

    Attributes
    ----------
    dataset : str
        A name of the catalogue.
    test : str
        The split that is scored, or :data:`FOLDS`.
    train : tuple of str
        The splits that are learnt from.
    """

    dataset: str
    test: str = "test"
    train: tuple[str, ...] = ("train",)

    def __str__(self) -> str:
        return self.dataset if self.test == "test" else f"{self.dataset}/{self.test}"


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A classifier, or another system that is fitted and then predicts, with its parameters.

    Attributes
    ----------
    classifier : str
        Name of the classifier, or of a system of the kind of task.
    parameters : dict
        Those that are not defaults.
    sentence : str
    kinds : tuple of str
        The kinds of tasks that it is for; see :data:`claimkit.benchmark.kinds.KINDS`.
    is_artefact : bool
        Whether it does without the task: what others are set beside.
    is_random : bool
        Whether it is run with several seeds.
    also : tuple of str
        Data sets whose training parts are learnt from, too, their labels mapped; none for their own task.
    least_labels : int
        Of a scheme that it can be run on.
    is_costly : bool
        Whether it takes a laptop more than minutes, or an encoder that is hard to have: it is run only where it is named.
    """

    classifier: str
    sentence: str
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    is_artefact: bool = False
    is_random: bool = False
    also: tuple[str, ...] = ()
    least_labels: int = 2
    is_costly: bool = False
    kinds: tuple[str, ...] = ("labels",)
