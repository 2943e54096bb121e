"""What another layer says on the statements of a layer: the same words, the same claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from claimkit.matching import Mark, pair_marks
from claimkit.records import Prediction, Statement

if TYPE_CHECKING:
    from claimkit.corpus.model import Corpus

LEAST_SHARE = 0.5  # intersection over union, as in relaxed span F1


def mark_of(statement: Statement) -> Mark:
    """Return the stretches of text that a statement covers, in order."""
    return tuple(sorted((span.start, span.end) for span in statement.spans))


def labels_of(corpus: Corpus, layer: str, on: str = "gold") -> Iterator[Prediction]:
    """Yield the stance that a layer takes on each statement of another one, as a prediction of its item.

    Statements of one document on one claim are paired by their words, at least half of which they must have in common; a statement
    without a partner has no label in the layer.

    Parameters
    ----------
    corpus : Corpus
    layer : str
        Whose labels.
    on : str
        On the statements of which layer.
    """
    ours, theirs = _by_claim(corpus, on), _by_claim(corpus, layer)
    for key, statements in ours.items():
        others = theirs.get(key, [])
        marks = [[mark_of(entry) for entry in layer] for layer in (statements, others)]
        for pair in pair_marks(*marks, at_least=LEAST_SHARE):
            yield Prediction(id=statements[pair.a].id, stance=others[pair.b].stance, model=layer)


def _by_claim(corpus: Corpus, layer: str) -> dict[tuple[str, str], list[Statement]]:
    found: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in corpus.statements(layer):
        found[statement.document, statement.claim].append(statement)
    return found
