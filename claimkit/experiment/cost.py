"""What a training run costs: seconds and memory, kept apart from its results because they are never the same twice."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
from collections.abc import Iterator

import msgspec

try:
    import resource
except ModuleNotFoundError:  # not on Windows
    resource = None  # type: ignore[assignment]  # stands for the missing module


class SeedCost(msgspec.Struct, kw_only=True):
    """What one seed cost.

    Attributes
    ----------
    seed : int or None
        ``None`` for a classifier that is not random.
    fit_seconds, predict_seconds : float
        With folds, ``fit_seconds`` is that of the model that is kept, and ``folds_seconds`` are for fitting and predicting in all
        folds; seeds after the first have the latter only.
    folds_seconds : float or None
    predicted : int
        Items.
    peak_memory_mib : float or None
        Most memory that the whole process had held at once up to the end of this seed; it never falls from seed to seed.
    """

    seed: int | None
    fit_seconds: float | None = None
    predict_seconds: float | None = None
    folds_seconds: float | None = None
    predicted: int = 0
    peak_memory_mib: float | None = None

    @contextlib.contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Add the seconds that the block takes to an attribute, and look at the memory at its end."""
        start = time.perf_counter()
        try:
            yield
        finally:
            setattr(self, what, round((getattr(self, what) or 0.0) + time.perf_counter() - start, 3))
            self.peak_memory_mib = peak_memory()


class Cost(msgspec.Struct, kw_only=True):
    """The content of ``cost.json``.

    Attributes
    ----------
    seeds : list of SeedCost
    cpus : int
        That the process may use.
    machine : str
    """

    seeds: list[SeedCost]
    cpus: int = msgspec.field(default_factory=lambda: _cpus())
    machine: str = msgspec.field(default_factory=lambda: f"{platform.system()} {platform.machine()}")


def peak_memory() -> float | None:
    """Return the most memory that this process has held at once, in MiB; ``None`` where the system does not tell."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
