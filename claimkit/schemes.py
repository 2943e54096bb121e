"""Label schemes: closed, ordered sets of stance labels, and the maps between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from claimkit.errors import DataError, UsageError, suggest


class LabelScheme(msgspec.Struct, frozen=True):
    """A closed and ordered set of labels; its order is the order of every table, matrix and probability vector.

    Attributes
    ----------
    name : str
    labels : tuple of str
    opposites : dict of str to str
        Which label a stance turns into when the claim is replaced by one that contradicts it.
    """

    name: str
    labels: tuple[str, ...]
    opposites: dict[str, str] = {}

    def __post_init__(self) -> None:
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"labels must be distinct and at least one. Got {self.labels!r}.")

    def index(self, label: str) -> int:
        """Return the place of a label in the scheme.

        Raises
        ------
        DataError
            When the label is not in the scheme; names a near miss.
        """
        try:
            return self.labels.index(label)
        except ValueError:
            near = suggest(label, self.labels)
            raise DataError(
                f"{label!r} is not a label of '{self.name}' ({', '.join(self.labels)}){'; ' + near if near else ''}"
            ) from None


def _scheme(name: str, labels: str, *opposed: tuple[str, str]) -> LabelScheme:
    both = dict(opposed) | {b: a for a, b in opposed}
    return LabelScheme(name, tuple(labels.split()), both)


# Labels as their sources spell and order them.
SCHEMES: Mapping[str, LabelScheme] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            _scheme("claims", "support oppose neutral unclear", ("support", "oppose")),
            _scheme("attitude", "positive negative neutral", ("positive", "negative")),
            _scheme("semeval2016", "FAVOR AGAINST NONE", ("FAVOR", "AGAINST")),
            _scheme("pstance", "FAVOR AGAINST", ("FAVOR", "AGAINST")),
            _scheme("fnc1", "agree disagree discuss unrelated", ("agree", "disagree")),
            _scheme("vast", "con pro neutral", ("con", "pro")),
            _scheme("perspectrum", "SUPPORT UNDERMINE", ("SUPPORT", "UNDERMINE")),
            _scheme("ibm-claim-stance", "PRO CON", ("PRO", "CON")),
            _scheme("rumoureval", "support deny query comment", ("support", "deny")),
            _scheme("newsmtsc", "negative neutral positive", ("negative", "positive")),
            _scheme("checkworthiness", "check-worthy other"),
            _scheme("claim-matching", "match other"),
        )
    }
)


def scheme_of(value: str | Iterable[str]) -> LabelScheme:
    """Return the scheme that a name or a list of labels stands for.

    Parameters
    ----------
    value : str or iterable of str
        A known name (``"semeval2016"``), labels in one text (``"FAVOR,AGAINST,NONE"``), or labels in a list.

    Raises
    ------
    UsageError
        When a single word is neither a known scheme nor a list of labels.

    Examples
    --------
    >>> scheme_of("semeval2016").labels
    ('FAVOR', 'AGAINST', 'NONE')
    >>> scheme_of("yes,no").labels
    ('yes', 'no')
    """
    if isinstance(value, str):
        if value in SCHEMES:
            return SCHEMES[value]
        labels = tuple(part for part in re.split(r"[,;|\s]+", value.strip()) if part)
        if len(labels) < 2:
            near = suggest(value, SCHEMES)
            raise UsageError(
                f"no label scheme is named '{value}'; {near + ' ' if near else ''}known: {', '.join(SCHEMES)}; "
                "or give the labels in order, as in FAVOR,AGAINST,NONE"
            )
    else:
        labels = tuple(value)
    for scheme in SCHEMES.values():
        if scheme.labels == labels:
            return scheme
    opposed = [pair for scheme in SCHEMES.values() for pair in scheme.opposites.items()]
    return LabelScheme(",".join(labels), labels, {a: b for a, b in opposed if a in labels and b in labels})


def schemes_with(labels: Iterable[str]) -> list[LabelScheme]:
    """Return the known schemes that hold all of the given labels."""
    wanted = set(labels)
    return [scheme for scheme in SCHEMES.values() if wanted <= set(scheme.labels)]


class LabelMap(msgspec.Struct, frozen=True):
    """A map from the labels of one scheme to those of another.

    Attributes
    ----------
    source, target : LabelScheme
    mapping : dict of str to str
        Every key is a label of ``source``, every value one of ``target``.
    """

    source: LabelScheme
    target: LabelScheme
    mapping: dict[str, str]

    def __post_init__(self) -> None:
        for label, image in self.mapping.items():
            self.source.index(label)
            self.target.index(image)

    def __call__(self, label: str) -> str | None:
        """Return the image of a label, or ``None`` where the map loses it."""
        self.source.index(label)
        return self.mapping.get(label)

    @property
    def loses(self) -> tuple[str, ...]:
        """Labels of the source that have no image."""
        return tuple(label for label in self.source.labels if label not in self.mapping)

    @property
    def merges(self) -> dict[str, tuple[str, ...]]:
        """Labels of the target into which several labels of the source fall."""
        images = {
            image: tuple(label for label in self.source.labels if self.mapping.get(label) == image) for image in self.target.labels
        }
        return {image: labels for image, labels in images.items() if len(labels) > 1}
