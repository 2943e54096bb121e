"""The tour of everything on one corpus: validate, split, train, evaluate, track, report."""

from __future__ import annotations

from claimkit.demo.tour import Tour, take_tour

__all__ = ["Tour", "take_tour"]
