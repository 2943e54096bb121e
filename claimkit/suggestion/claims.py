"""Claim and stance of a suggested statement: the most similar claim of the corpus, and what a classifier says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from claimkit.catalog.annotated import UNKNOWN_CLAIM
from claimkit.claimmatching import BM25
from claimkit.corpus.derive import paragraph_of, text_of
from claimkit.errors import UsageError
from claimkit.records import Item, Statement

if TYPE_CHECKING:
    from claimkit.claimmatching.counts import Floats
    from claimkit.classifiers.base import StanceClassifier
    from claimkit.corpus import Corpus
    from claimkit.encoders import Encoder

# Weights beside 1 for the words of the statement, which may only say "the charge"; chosen on the shipped corpus, in five folds.
PARAGRAPH = DOCUMENT = 0.3
EXAMPLES = 0.5  # of what gold says elsewhere on a claim
MEANING = 20.0  # of cosines of an encoder
_PARTS = 10  # examples of a document are never its own: documents are dealt into so many parts, and a part learns from the others


class Proposal(NamedTuple):
    """A claim and a stance for a statement.

    Attributes
    ----------
    claim : str or None
        Id; ``None`` where no claim shares a word with the statement.
    score : float
        At least 0; of BM25, and of cosines where there is an encoder.
    stance : str or None
    probability : float or None
        Of the stance, in [0, 1].
    """

    claim: str | None
    score: float
    stance: str | None
    probability: float | None


class ClaimFinder:
    """Proposes claims and stances for the statements of a corpus.

    Parameters
    ----------
    corpus : Corpus
    classifier : StanceClassifier
        Fitted, with the stance labels of the corpus in their order.
    examples : sequence of Statement
        Annotated ones, whose words are added to those of their claims; default: the layer ``gold``, where there is one. None serves
        for its own document.
    encoder : Encoder, optional
        Finds claims that mean the same in other words.

    Raises
    ------
    UsageError
        When the classifier has other labels than the corpus.
    """

    def __init__(
        self,
        corpus: Corpus,
        classifier: StanceClassifier,
        examples: Sequence[Statement] | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        labels = tuple(str(label) for label in classifier.classes_)
        if labels != corpus.config.stance.labels:
            raise UsageError(
                f"the model knows the labels {', '.join(labels)}, the corpus has {', '.join(corpus.config.stance.labels)}; "
                "take a model that was trained with the labels of the corpus"
            )
        self._corpus = corpus
        self._classifier = classifier
        self._labels = labels
        claims = [claim for claim in corpus.claims.values() if claim.id != UNKNOWN_CLAIM.id]
        self._claims = [claim.id for claim in claims]
        texts = [" ".join([claim.text, *(corpus.actors[actor].name for actor in claim.about)]) for claim in claims]
        self._bm25 = BM25(texts)
        if examples is None:
            examples = list(corpus.statements("gold")) if "gold" in corpus.layers else []
        self._part_of = {document: place % _PARTS for place, document in enumerate(corpus.documents)}
        self._examples = examples
        self._memories: dict[int, BM25 | None] = {}
        self._encoder = encoder
        self._meanings = None if encoder is None or not claims else encoder.encode([claim.text for claim in claims])

    def find_claims(self, statements: Sequence[Statement]) -> list[tuple[str | None, float]]:
        """Return the most similar claim of each statement with its score; ``None`` where nothing is in common with any."""
        if not self._claims or not statements:
            return [(None, 0.0)] * len(statements)
        scores = self._scores(statements)
        best = scores.argmax(axis=1)
        found = [(self._claims[place], float(row[place])) for place, row in zip(best, scores, strict=True)]
        return [(claim, round(score, 4)) if score > 0 else (None, 0.0) for claim, score in found]

    def _scores(self, statements: Sequence[Statement]) -> Floats:
        documents = list(dict.fromkeys(statement.document for statement in statements))
        row_of = {document: row for row, document in enumerate(documents)}
        rows = [row_of[statement.document] for statement in statements]
        own = [text_of(statement) for statement in statements]
        paragraphs = [self._paragraph(statement) for statement in statements]
        whole = [self._whole(document) for document in documents]
        scores = self._bm25.scores(own) + PARAGRAPH * self._bm25.scores(paragraphs) + DOCUMENT * self._bm25.scores(whole)[rows]
        for part in sorted({self._part_of[document] for document in documents}):
            here = [place for place, statement in enumerate(statements) if self._part_of[statement.document] == part]
            memory = self._memory(part)
            if memory is not None:
                scores[here] += EXAMPLES * memory.scores([own[place] for place in here])
        if self._encoder is not None and self._meanings is not None:
            parts = [self._encoder.encode(texts) @ self._meanings.T for texts in (own, paragraphs, whole)]
            scores = scores + MEANING * np.maximum(parts[0] + PARAGRAPH * parts[1] + DOCUMENT * parts[2][rows], 0.0)
        return scores

    def _memory(self, part: int) -> BM25 | None:
        """Return what has been said on each claim in the documents of the other parts; ``None`` where there is nothing."""
        if part not in self._memories:
            said: dict[str, list[str]] = {}
            for example in self._examples:
                if self._part_of[example.document] != part:
                    said.setdefault(example.claim, []).append(text_of(example))
            self._memories[part] = BM25([" ".join(said.get(claim, [])) for claim in self._claims]) if said else None
        return self._memories[part]

    def _whole(self, document: str) -> str:
        entry = self._corpus.documents[document]
        return f"{entry.title or ''} {entry.text or ''}"

    def stances(self, statements: Sequence[Statement], claims: Sequence[str]) -> list[tuple[str, float]]:
        """Return the stance of each statement toward a claim, with its probability."""
        if not statements:
            return []
        texts = (self._corpus.claims[claim].text for claim in claims)
        rows = [
            Item(id=statement.id, text=text_of(statement), target=target, context=self._paragraph(statement))
            for statement, target in zip(statements, texts, strict=True)
        ]
        probabilities = self._classifier.predict_proba(rows)
        return [(self._labels[int(row.argmax())], round(float(row.max()), 4)) for row in probabilities]

    def propose(self, statements: Sequence[Statement]) -> list[Proposal]:
        """Return a proposal for each statement."""
        found = self.find_claims(statements)
        known = [(statement, claim) for statement, (claim, _) in zip(statements, found, strict=True) if claim is not None]
        stances = iter(self.stances([statement for statement, _ in known], [claim for _, claim in known]))
        return [
            Proposal(None, 0.0, None, None) if claim is None else Proposal(claim, score, *next(stances)) for claim, score in found
        ]

    def _paragraph(self, statement: Statement) -> str:
        text = self._corpus.documents[statement.document].text or ""
        return paragraph_of(text, statement.spans[0])
