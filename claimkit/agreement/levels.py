"""How far two labels are apart: levels of measurement, and the weights that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from claimkit.agreement.ratings import Label, text_of
from claimkit.errors import UsageError, suggest

Floats: TypeAlias = npt.NDArray[np.float64]
Level: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio", "masi"]
LEVELS: tuple[str, ...] = get_args(Level)


@dataclass(frozen=True)
class Scale:
    """Labels with the level at which they are measured.

    Attributes
    ----------
    labels : tuple of label
        In their order; numbers for ``interval`` and ``ratio``, sets for ``masi``.
    level : {"nominal", "ordinal", "interval", "ratio", "masi"}
    """

    labels: tuple[Label, ...]
    level: str = "nominal"

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            near = suggest(self.level, LEVELS)
            raise UsageError(f"no level is named '{self.level}'; {near + ' ' if near else ''}known: {', '.join(LEVELS)}")
        wanted = {"interval": float, "ratio": float, "masi": frozenset}.get(self.level)
        strange = next((label for label in self.labels if wanted is not None and not isinstance(label, wanted)), None)
        if strange is not None:
            what = "sets" if wanted is frozenset else "numbers"
            raise UsageError(f"the level {self.level} needs {what} as labels, found '{text_of(strange)}'")
        if self.level == "ratio" and any(isinstance(label, float) and label < 0 for label in self.labels):
            raise UsageError(f"the level ratio needs numbers from 0 upwards, found {text_of(self.labels[0])}; use interval")

    @property
    def k(self) -> int:
        """How many labels there are."""
        return len(self.labels)

    @cached_property
    def values(self) -> Floats:
        """The labels as numbers, an array of shape (k,): their own, or their places."""
        if self.level in ("interval", "ratio"):
            return np.array(self.labels, dtype=np.float64)
        return np.arange(self.k, dtype=np.float64)

    @cached_property
    def distances(self) -> Floats | None:
        """Krippendorff's squared difference of each two labels, an array of shape (k, k); ``None`` where it depends on the data.

        References
        ----------
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section E; sets: Passonneau (2006), Measuring Agreement on
        Set-valued Items (MASI) for Semantic and Pragmatic Annotation, LREC, section 3.
        """
        if self.level == "ordinal":
            return None
        if self.level == "masi":
            return np.array([[masi_distance(a, b) for b in self.labels] for a in self.labels], dtype=np.float64).reshape(
                self.k, self.k
            )
        one, other = self.values[:, None], self.values[None, :]
        if self.level == "interval":
            return np.asarray((one - other) ** 2)
        if self.level == "ratio":
            return _relative_squares(one, other)
        return np.asarray(one != other, dtype=np.float64)

    @cached_property
    def cohen_weights(self) -> Floats:
        """How much two labels agree to Cohen's kappa, an array of shape (k, k) in [0, 1]: linear for ranks, squares for numbers."""
        apart = np.abs(self.values[:, None] - self.values[None, :])
        most = apart.max(initial=0.0)
        if self.level == "nominal" or most == 0:
            return np.eye(self.k)
        return np.asarray(1 - (apart / most if self.level == "ordinal" else (apart / most) ** 2))

    @cached_property
    def gwet_weights(self) -> Floats:
        """How much two labels agree to Gwet's AC2, an array of shape (k, k) in [0, 1].

        References
        ----------
        Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, section 3.5: ordinal, quadratic and ratio weights.
        """
        one, other = self.values[:, None], self.values[None, :]
        if self.level == "ordinal":
            between = np.abs(one - other) + 1
            apart = np.where(one == other, 0.0, between * (between - 1) / 2)
        elif self.level == "ratio":
            apart = _relative_squares(one, other)
        elif self.level == "interval":
            apart = (one - other) ** 2
        else:
            return np.eye(self.k)
        most = apart.max(initial=0.0)
        return 1 - apart / most if most > 0 else np.eye(self.k)


def masi_distance(one: Label, other: Label) -> float:
    """Return how far two sets are apart, in [0, 1]: one less the share they have in common, weighted by how they are nested.

    >>> masi_distance(frozenset("ab"), frozenset("ab")), round(masi_distance(frozenset("a"), frozenset("ab")), 4)
    (0.0, 0.6667)
    """
    if not isinstance(one, frozenset) or not isinstance(other, frozenset):
        raise TypeError(f"MASI compares sets. Got {one!r} and {other!r}.")
    if one == other:
        return 0.0
    both = one & other
    nesting = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - nesting * len(both) / len(one | other) if both else 1.0


def _relative_squares(one: Floats, other: Floats) -> Floats:
    total = one + other
    return np.divide(one - other, total, out=np.zeros(np.broadcast_shapes(one.shape, other.shape)), where=total != 0) ** 2
