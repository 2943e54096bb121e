"""Claim tracking: who takes which position on which claim, and who contradicts whom."""

from __future__ import annotations

from claimkit.tracking.contradictions import Contradiction, contradictions
from claimkit.tracking.positions import ClaimTally, Position, positions, tally_claims

__all__ = ["ClaimTally", "Contradiction", "Position", "contradictions", "positions", "tally_claims"]
