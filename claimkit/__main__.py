"""Lets ``python -m claimkit`` do what ``claimkit`` does."""

from __future__ import annotations

from claimkit.cli import main

if __name__ == "__main__":
    main()
