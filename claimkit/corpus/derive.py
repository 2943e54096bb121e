"""From the statements of a layer to flat items for classifiers: their own stances, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from claimkit.corpus.parts import read_parts
from claimkit.errors import UsageError, suggest
from claimkit.records import Claim, Document, Item, Span, Statement, Target
from claimkit.schemes import SCHEMES

if TYPE_CHECKING:
    from claimkit.corpus.loading import Layer
    from claimkit.corpus.model import Corpus

JOINT = " … "


def derive_items(
    corpus: Corpus, layer: Layer, kinds: Sequence[str] = ("stance",), negative_label: str = "neutral"
) -> Iterator[Item]:
    """Yield the items of a layer; see :meth:`claimkit.corpus.Corpus.items`."""
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind not in KINDS:
            near = suggest(kind, KINDS)
            raise UsageError(f"no kind of items is named '{kind}'; {near + ' ' if near else ''}known: {', '.join(KINDS)}")
    labels = corpus.config.stance.labels
    if "other-claims" in kinds and negative_label not in labels:
        raise UsageError(
            f"the negative label '{negative_label}' is not one of {', '.join(labels)}; choose one with --negative-label"
        )
    return _Derivation(corpus, layer, negative_label).items(kinds)


def text_of(statement: Statement) -> str:
    """Return the texts of a statement's spans, joined by ``" … "``."""
    spans = statement.spans
    return spans[0].text if len(spans) == 1 else JOINT.join(span.text for span in spans)


def paragraph_of(text: str, span: Span) -> str:
    r"""Return the paragraph in which a span stands, or the paragraphs where it crosses their border.

    Paragraphs end with an empty line; in a text without empty lines, with each line.

    >>> paragraph_of("One.\n\nTwo. Three.\n\nFour.", Span(11, 17, "Three."))
    'Two. Three.'
    """
    border = "\n\n" if "\n\n" in text else "\n"
    start = text.rfind(border, 0, span.start)
    end = text.find(border, span.end)
    return text[start + len(border) if start >= 0 else 0 : end if end >= 0 else len(text)].strip()


def _weights(shares: dict[str, Any]) -> dict[str, float]:
    return {label: float(share) for label, share in shares.items() if isinstance(share, int | float) and 0 < share <= 1}


class _Derivation:
    """What the items of one layer have in common, computed once."""

    def __init__(self, corpus: Corpus, layer: Layer, negative_label: str) -> None:
        self.corpus = corpus
        self.layer = layer
        self.negative_label = negative_label
        scheme = corpus.config.scheme
        self.opposites = scheme.opposites
        self.scheme: str | tuple[str, ...] = scheme.name if scheme.name in SCHEMES else scheme.labels
        self.split_of = read_parts(corpus.config.splits, corpus.documents, corpus.path / "corpus.toml")
        self.claims_of_document: dict[str, dict[str, None]] = {}
        self.claims_of_words: dict[tuple[str, int, int], set[str]] = {}
        for statement in layer.statements.values():
            self.claims_of_document.setdefault(statement.document, {}).setdefault(statement.claim)
            for span in statement.spans:
                self.claims_of_words.setdefault((statement.document, span.start, span.end), set()).add(statement.claim)

    def items(self, kinds: Sequence[str]) -> Iterator[Item]:
        chosen = [derive for kind, derive in KINDS.items() if kind in kinds]
        for statement in self.layer.statements.values():
            for derive in chosen:
                yield from derive(self, statement)

    def stance(self, statement: Statement) -> Iterator[Item]:
        item = self.on_claim(statement, self.corpus.claims[statement.claim], statement.stance, statement.id, {})
        shares = statement.meta.get("stance_distribution")  # of a soft gold layer
        yield msgspec.structs.replace(item, weights=_weights(shares)) if isinstance(shares, dict) else item

    def contradicting(self, statement: Statement) -> Iterator[Item]:
        opposite = self.opposites.get(statement.stance)
        if opposite is None:
            return
        annotated = self.claims_in_words_of(statement)
        for claim in map(self.corpus.claims.__getitem__, self.corpus.contradicting(statement.claim)):
            if claim.id not in annotated:
                meta = {"derived": "contradicting", "statement": statement.id}
                yield self.on_claim(statement, claim, opposite, f"{statement.id}~contradicts~{claim.id}", meta)

    def other_claims(self, statement: Statement) -> Iterator[Item]:
        claims = self.corpus.claims
        own = claims[statement.claim]
        linked = {own.id, *own.contradicts, *own.entails, *self.claims_in_words_of(statement)}
        for name in self.claims_of_document[statement.document]:
            if name not in linked and own.id not in claims[name].entails:
                meta = {"derived": "other-claims", "statement": statement.id}
                yield self.on_claim(statement, claims[name], self.negative_label, f"{statement.id}~other~{name}", meta)

    def attitude(self, statement: Statement) -> Iterator[Item]:
        first: dict[str, Target] = {}
        for target in statement.targets:
            first.setdefault(target.actor, target)
        for target in first.values():
            yield Item(
                id=f"{statement.id}~attitude~{target.actor}",
                text=text_of(statement),
                target=self.corpus.actors[target.actor].name,
                stance=target.attitude,
                scheme="attitude",
                target_kind="actor",
                context=self.context(statement),
                split=self.split_of.get(statement.document),
                groups=self.groups(statement, statement.claim, target.actor),
                meta={"statement": statement.id},
            )

    def on_claim(self, statement: Statement, claim: Claim, label: str, name: str, meta: dict[str, Any]) -> Item:
        party = self.corpus.party(statement)
        return Item(
            id=name,
            text=text_of(statement),
            target=claim.text,
            stance=label,
            scheme=self.scheme,
            target_kind="claim",
            context=self.context(statement),
            split=self.split_of.get(statement.document),
            groups=self.groups(statement, claim.id, next((actor for actor in claim.about if actor != party), None)),
            meta=meta,
        )

    def claims_in_words_of(self, statement: Statement) -> set[str]:
        """Return the claims of all statements of the layer that stand in the same words."""
        return set().union(*(self.claims_of_words[statement.document, span.start, span.end] for span in statement.spans))

    def context(self, statement: Statement) -> str | None:
        text = self.document(statement).text
        return None if text is None else paragraph_of(text, statement.spans[0])

    def document(self, statement: Statement) -> Document:
        return self.corpus.documents[statement.document]

    def groups(self, statement: Statement, claim: str, target_actor: str | None) -> dict[str, str]:
        """Return the keys by which the rows of a corpus depend on each other."""
        party = self.corpus.party(statement)
        date = self.corpus.date(statement)
        values = {
            "document": statement.document,
            "speaker": statement.speaker,
            "actor": party,
            "target_actor": target_actor,
            "actor_pair": "|".join(sorted((party, target_actor))) if target_actor else None,
            "claim": claim,
            "source": self.document(statement).source,
            "date": date,
            "year": date[:4] if date else None,
            "quotation": statement.quotation,
            "modality": statement.modality,
        }
        return {key: value for key, value in values.items() if value}


# The kinds of items, in the order in which they are derived from one statement.
KINDS: Mapping[str, Callable[[_Derivation, Statement], Iterator[Item]]] = MappingProxyType(
    {
        "stance": _Derivation.stance,
        "contradicting": _Derivation.contradicting,
        "other-claims": _Derivation.other_claims,
        "attitude": _Derivation.attitude,
    }
)
