"""What names the gold of a data set in a signature; signatures themselves are those of :mod:`claimkit.stats.signature`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from claimkit.records import Item
from claimkit.stats.signature import Signature, format_signature, parse_signature, signed

__all__ = ["Signature", "data_hash", "format_signature", "parse_signature", "signed"]


def data_hash(items: Iterable[Item]) -> str:
    """Return eight hexadecimal digits that name the gold of a data set: the same for any order and formatting of its rows.

    >>> one = Item(id="1", text="It rains.", target="rain", stance="FAVOR")
    >>> two = Item(id="2", text="It snows.", target="rain", stance="AGAINST")
    >>> data_hash([one, two]) == data_hash([two, one]), data_hash([one]) == data_hash([two])
    (True, False)
    """
    rows = sorted(f"{item.id}\t{item.target}\t{item.stance}\t{hashlib.sha256(item.text.encode()).hexdigest()}" for item in items)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:8]
