"""The records of a corpus: one frozen type per ``"type"`` value, the same names in JSON and in Python."""

from __future__ import annotations

from claimkit.records.base import Meta, Record, Span, decoder_of, encode
from claimkit.records.entities import Actor, Affiliation, Claim, Document
from claimkit.records.items import Item, Prediction
from claimkit.records.marks import Relation, Statement, Target

RECORD_TYPES: dict[str, type[Record]] = {
    "document": Document,
    "actor": Actor,
    "claim": Claim,
    "statement": Statement,
    "relation": Relation,
    "item": Item,
    "prediction": Prediction,
}

__all__ = [
    "RECORD_TYPES",
    "Actor",
    "Affiliation",
    "Claim",
    "Document",
    "Item",
    "Meta",
    "Prediction",
    "Record",
    "Relation",
    "Span",
    "Statement",
    "Target",
    "decoder_of",
    "encode",
]
