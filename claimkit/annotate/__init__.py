"""The annotation page: a session that loses nothing, a server that only this machine reaches, a page without a build step."""

from __future__ import annotations

from claimkit.annotate.actions import Request
from claimkit.annotate.session import NotSavedError, Outcome, Session, StaleError

__all__ = ["NotSavedError", "Outcome", "Request", "Session", "StaleError"]
