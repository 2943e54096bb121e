"""What the page may ask for: one type for each action, so that a wrong request is refused with the place of the fault."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from claimkit.records.entities import ActorKind, ClaimKind
from claimkit.records.marks import Attitude, Basis, Modality, Quotation

Offset = Annotated[int, msgspec.Meta(ge=0)]
Stretch: TypeAlias = tuple[Offset, Offset]
"""Half-open offsets in code points; the text they cover is taken from the document."""


class Behalf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On whose behalf: ``auto`` is by dated affiliation, ``self`` explicitly for the speaker alone."""

    how: Literal["auto", "self", "actor"]
    actor: str | None = None


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Values of a statement to be set; ``None`` takes a value out, what is left out stays as it is.

    An actor or a claim made in the same change is named by its ``as``, such as ``"$new"``.
    """

    spans: tuple[Stretch, ...] | UnsetType = UNSET
    speaker: str | UnsetType | None = UNSET
    claim: str | UnsetType | None = UNSET
    stance: str | UnsetType | None = UNSET
    cue: Stretch | UnsetType | None = UNSET
    speaker_span: Stretch | UnsetType | None = UNSET
    behalf: Behalf | UnsetType = UNSET
    targets: tuple[tuple[str, Attitude], ...] | UnsetType = UNSET
    addressees: tuple[str, ...] | UnsetType = UNSET
    chain: tuple[str, ...] | UnsetType = UNSET
    quotation: Quotation | UnsetType | None = UNSET
    modality: Modality | UnsetType | None = UNSET
    said: str | UnsetType | None = UNSET
    duplicate_spans: tuple[Stretch, ...] | UnsetType = UNSET
    confidence: float | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="mark"):
    """Mark a statement; it is a draft until speaker, claim and stance are there."""

    document: str
    fields: Fields


class Set(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="set"):
    """Set values of a statement or a draft; ``id`` may be left out for the one marked or accepted in the same change."""

    fields: Fields
    id: str | None = None


class Remove(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="remove"):
    """Take a statement or a draft out, with the relations it has."""

    id: str


class Relate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="relate"):
    """Say how a statement answers others, or claims."""

    source: str
    kind: str
    targets: tuple[str, ...]
    basis: Basis | None = None
    evidence: Stretch | None = None


class RelationFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of a relation to be set."""

    kind: str | UnsetType = UNSET
    targets: tuple[str, ...] | UnsetType = UNSET
    basis: Basis | UnsetType | None = UNSET
    evidence: Stretch | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET


class SetRelation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="set-relation"):
    """Set values of a relation."""

    id: str
    fields: RelationFields


class Unrelate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="unrelate"):
    """Take a relation out."""

    id: str


class NewActor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="actor", rename={"name_as": "as"}):
    """Add an actor to the corpus."""

    name: str
    kind: ActorKind
    name_as: str = "$new"
    part_of: str | None = None


class NewClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="claim", rename={"name_as": "as"}):
    """Add a claim to the corpus."""

    text: str
    name_as: str = "$new"
    kind: ClaimKind | None = None
    contradicts: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


class SetDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="document"):
    """Say something of a document as a whole."""

    document: str
    done: bool | UnsetType = UNSET
    flag: bool | UnsetType = UNSET
    note: str | UnsetType | None = UNSET


class Accept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="accept"):
    """Make a suggestion a statement of the layer."""

    suggestion: str


class Reject(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="reject"):
    """Put a suggestion away."""

    suggestion: str


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="decline"):
    """Say that a proposed pair of statements is not related."""

    source: str
    target: str


Action: TypeAlias = (
    Mark | Set | Remove | Relate | SetRelation | Unrelate | NewActor | NewClaim | SetDocument | Accept | Reject | Decline
)


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change that the page asks for.

    Attributes
    ----------
    revision : int
        The last one that the page has seen.
    actions : tuple of Action
        Made together or not at all, and undone together.
    request : str
        Made up by the page, another one for each change.
    label : str
        What is done, in words, for "undo …".
    """

    revision: int
    actions: Annotated[tuple[Action, ...], msgspec.Meta(min_length=1, max_length=100)]
    request: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    label: Annotated[str, msgspec.Meta(max_length=80)] = "change"
