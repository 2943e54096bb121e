"""Attribution: who is reported to have said what in a text, found by rules or by a tagger that was learnt.

A system is one module and one line in the table below; other packages add theirs through the entry point group
``claimkit.attributors``. Importing this package loads nothing heavy.
"""

from __future__ import annotations

from claimkit.attribution.model import Attribution, Attributor
from claimkit.errors import UsageError
from claimkit.registry import Registry

ATTRIBUTORS = Registry(
    "attribution system",
    "claimkit.attributors",
    {
        "rules": "claimkit.attribution.rules:RuleAttributor",
        "tagger": "claimkit.attribution.tagger:TaggerAttributor",
    },
)
_NEED_A_PLACE = frozenset({"tagger"})


def load_attributor(spec: str = "rules") -> Attributor:
    """Return the attribution system that a spec names.

    Parameters
    ----------
    spec : str
        ``"rules"``, ``"tagger:FOLDER"`` (made by ``claimkit attribution train``), or a name that another package adds.

    Raises
    ------
    UsageError
        When there is no such system, or its folder is missing from the spec.
    DataError
        When the folder does not hold what the system needs.
    MissingExtraError
        When a package is missing; says what to install.

    Examples
    --------
    >>> [entry.cue[0].text for entry in load_attributor().find("Kabul denied it. “No,” said Delhi.")]
    ['denied', 'said']
    """
    name, _, place = spec.partition(":")
    made = ATTRIBUTORS[name]
    if name in _NEED_A_PLACE and not place:
        raise UsageError(f"the attribution system '{spec}' lacks its folder; write {name}:FOLDER")
    system: Attributor = made(place) if place else made()
    return system


__all__ = ["ATTRIBUTORS", "Attribution", "Attributor", "load_attributor"]
