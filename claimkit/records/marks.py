"""What annotators mark in a text: statements and the relations between them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from claimkit.records.base import Date, Id, Meta, Record, Share, Span, Text

Attitude = Literal["positive", "negative", "neutral"]
Quotation = Literal["direct", "indirect", "mixed", "narrated"]
Modality = Literal["asserted", "hedged", "conditional", "question", "hypothetical"]
Origin = Literal["manual", "suggested", "accepted", "edited", "imported", "model", "adjudicated"]
Basis = Literal["explicit", "inferred", "presupposed"]


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The attitude that a statement shows toward an actor; another thing than its stance toward the claim."""

    actor: Id
    attitude: Attitude


class Statement(Record, frozen=True, kw_only=True, tag="statement"):
    """An event in a text: a speaker takes a stance on a claim.

    Attributes
    ----------
    spans : tuple of Span
        Where it stands; several when it is interrupted.
    speaker, claim : str
        Ids of an actor and of a claim.
    stance : str
        A label of the corpus.
    cue, speaker_span : Span or None
        The words that report ("denied") and that name the speaker.
    on_behalf_of : str or None, optional
        Omitted: resolved from the speaker's dated affiliations. ``None`` (JSON ``null``): explicitly for himself.
    targets : tuple of Target
    addressees : tuple of str
        Actor ids.
    chain : tuple of str
        Actor ids of the outer reporters, outermost first.
    said : str or None
        ISO 8601 date; omitted where it is the document's.
    duplicate_spans : tuple of Span
        The same words again, as a pull quote or a caption.
    confidence : float or None
        In [0, 1].
    decided_from : tuple of str
        In a gold layer, the ids of the statements it was decided from.
    """

    document: Id
    spans: Annotated[tuple[Span, ...], msgspec.Meta(min_length=1)]
    speaker: Id
    claim: Id
    stance: Text
    cue: Span | None = None
    speaker_span: Span | None = None
    on_behalf_of: Id | UnsetType | None = UNSET
    targets: tuple[Target, ...] = ()
    addressees: tuple[Id, ...] = ()
    chain: tuple[Id, ...] = ()
    quotation: Quotation | None = None
    modality: Modality | None = None
    said: Date | None = None
    duplicate_spans: tuple[Span, ...] = ()
    confidence: Share | None = None
    origin: Origin | None = None
    guideline: str | None = None
    created: Date | None = None
    annotator: str | None = None
    decided_from: tuple[Id, ...] = ()
    note: str | None = None
    meta: Meta = msgspec.field(default_factory=dict)


class Relation(Record, frozen=True, kw_only=True, tag="relation"):
    """How a statement answers other statements or claims.

    Attributes
    ----------
    kind : str
        A relation kind of the corpus.
    source : str
        Id of a statement.
    targets : tuple of str
        Ids of statements or claims; several for a wholesale rejection.
    evidence : Span or None
        The words that show the relation, in the document of the source statement.
    decided_from : tuple of str
        In a gold layer, the ids of the relations it was decided from.
    """

    kind: Text
    source: Id
    targets: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1)]
    basis: Basis | None = None
    evidence: Span | None = None
    confidence: Share | None = None
    origin: Origin | None = None
    guideline: str | None = None
    created: Date | None = None
    annotator: str | None = None
    decided_from: tuple[Id, ...] = ()
    note: str | None = None
    meta: Meta = msgspec.field(default_factory=dict)
