"""HTML pages: self-contained, readable on a phone, in light and dark."""

from __future__ import annotations

from claimkit.report.page import render

__all__ = ["render"]
