"""Suggestions: statements that attribution finds in the documents of a corpus, written as a layer of their own."""

from __future__ import annotations

from claimkit.suggestion.claims import ClaimFinder
from claimkit.suggestion.layer import Suggestions, suggest_statements, write_suggestions

__all__ = ["ClaimFinder", "Suggestions", "suggest_statements", "write_suggestions"]
