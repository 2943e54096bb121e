"""Claim and stance of a suggested statement: the most similar claim of the corpus, and what a classifier says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from claimkit.catalog.annotated import UNKNOWN_CLAIM
from claimkit.claimmatching import BM25
from claimkit.corpus.derive import paragraph_of, text_of
from claimkit.errors import UsageError
from claimkit.records import Item, Statement

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier
    from claimkit.corpus import Corpus

PARAGRAPH = 0.5  # weight of the paragraph beside the statement, which may only say "the charge"


class Proposal(NamedTuple):
    """A claim and a stance for a statement.

    Attributes
    ----------
    claim : str or None
        Id; ``None`` where no claim shares a word with the statement.
    score : float
        Of BM25, at least 0.
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

    Raises
    ------
    UsageError
        When the classifier has other labels than the corpus.
    """

    def __init__(self, corpus: Corpus, classifier: StanceClassifier) -> None:
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

    def find_claims(self, statements: Sequence[Statement]) -> list[tuple[str | None, float]]:
        """Return the most similar claim of each statement with its score; ``None`` where none shares a word with it."""
        if not self._claims or not statements:
            return [(None, 0.0)] * len(statements)
        scores = self._bm25.scores([text_of(statement) for statement in statements])
        scores = scores + PARAGRAPH * self._bm25.scores([self._paragraph(statement) for statement in statements])
        best = scores.argmax(axis=1)
        found = [(self._claims[place], float(row[place])) for place, row in zip(best, scores, strict=True)]
        return [(claim, round(score, 4)) if score > 0 else (None, 0.0) for claim, score in found]

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
