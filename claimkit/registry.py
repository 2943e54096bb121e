"""Named things that are loaded only when they are asked for."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from typing import Any

from claimkit.errors import UsageError, suggest


class Registry(Mapping[str, Any]):
    """A literal table of ``name -> "module:attribute"``, open to other packages through an entry point group.

    Looking at names loads nothing; ``registry[name]`` imports the module that holds it. This is one of the two places
    (the other is the body of a command) where heavy libraries come in.

    Parameters
    ----------
    noun : str
        What the table holds, in the singular, for messages.
    group : str
        Entry point group through which other packages add names.
    table : mapping of str to str

    Raises
    ------
    UsageError
        When a name is looked up that is not there; the message lists the names and names a near miss.
    """

    def __init__(self, noun: str, group: str, table: Mapping[str, str]) -> None:
        self.noun = noun
        self.group = group
        self._table = dict(table)
        self._searched = False

    def _names(self) -> dict[str, str]:
        if not self._searched:
            for point in importlib.metadata.entry_points(group=self.group):
                self._table.setdefault(point.name, point.value)
            self._searched = True
        return self._table

    def __getitem__(self, name: str) -> Any:
        place = self._table.get(name) or self._names().get(name)
        if place is None:
            hint = suggest(name, self._table)
            raise UsageError(
                f"no {self.noun} is named '{name}'; {hint + ' ' if hint else ''}known: {', '.join(sorted(self._table))}"
            )
        module, _, attribute = place.partition(":")
        return getattr(importlib.import_module(module), attribute)

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names()))

    def __len__(self) -> int:
        return len(self._names())
