"""The annotation page: a session that loses nothing, a server that only this machine reaches, a page without a build step."""

from __future__ import annotations

from claimkit.annotate.actions import Request
from claimkit.annotate.ledger import NotSavedError, Outcome, StaleError
from claimkit.annotate.session import Session

__all__ = ["NotSavedError", "Outcome", "Request", "Session", "StaleError"]
