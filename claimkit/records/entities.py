"""What statements are about: documents, actors and claims."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from claimkit.records.base import Date, Id, Meta, Record, Text

ActorKind = Literal[
    "state", "government", "organisation", "person", "armed_group", "media", "collective", "unnamed_source", "unspecified"
]
ClaimKind = Literal["factual", "evaluative", "normative", "predictive", "commissive"]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class Document(Record, frozen=True, kw_only=True, tag="document"):
    """A text in which statements are made.

    Attributes
    ----------
    text : str or None
        ``None`` in corpora whose texts may not be passed on; then ``text_sha256`` names the text (SHA-256 of its UTF-8 bytes).
    source : str or None
        The outlet.
    published : str or None
        ISO 8601 date or date-time.
    meta : dict
        Free data, kept untouched.
    """

    text: str | None
    text_sha256: Sha256 | None = None
    title: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    published: Date | None = None
    section: str | None = None
    lang: str | None = None
    licence: str | None = None
    meta: Meta = msgspec.field(default_factory=dict)


class Affiliation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """That a person spoke for a state or organisation, from ``start`` to ``end``; both days included, open where absent."""

    actor: Id
    role: str | None = None
    sector: str | None = None
    start: Date | None = None
    end: Date | None = None


class Actor(Record, frozen=True, kw_only=True, tag="actor"):
    """Somebody who can say something: a state, an office, a person, an outlet, an unnamed source.

    An anonymous "senior military official" is an actor of kind ``unnamed_source``, one per document, never merged across documents.

    Attributes
    ----------
    part_of : str or None
        Id of the actor to which this one belongs.
    affiliations : tuple of Affiliation
        Dated, because roles are: a former ambassador speaks for himself, not for the state.
    external_ids : dict of str to str
        For example ``{"wikidata": "Q30", "iso3166": "US"}``.
    """

    name: Text
    kind: ActorKind
    aliases: tuple[Text, ...] = ()
    part_of: Id | None = None
    affiliations: tuple[Affiliation, ...] = ()
    external_ids: dict[str, str] = msgspec.field(default_factory=dict)
    meta: Meta = msgspec.field(default_factory=dict)


class Claim(Record, frozen=True, kw_only=True, tag="claim"):
    """One canonical proposition on which many statements can take a stance.

    Attributes
    ----------
    about : tuple of str
        Ids of the actors whom the proposition is about.
    contradicts : tuple of str
        Ids of claims that cannot hold together with this one; symmetric after loading.
    entails : tuple of str
        Ids of claims that hold when this one does.
    """

    text: Text
    kind: ClaimKind | None = None
    about: tuple[Id, ...] = ()
    topics: tuple[Text, ...] = ()
    contradicts: tuple[Id, ...] = ()
    entails: tuple[Id, ...] = ()
    meta: Meta = msgspec.field(default_factory=dict)
