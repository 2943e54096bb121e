"""What layers say on the same words: the statements of several layers that stand for one another, and their labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from claimkit.errors import UsageError
from claimkit.matching import Mark, MarkPair, pair_marks
from claimkit.records import Document, Prediction, Statement

if TYPE_CHECKING:
    from claimkit.corpus.model import Corpus

LEAST_SHARE = 0.5  # intersection over union, as in relaxed span F1
# Words can hold several statements. The claim is what a statement is about, so it decides before words and speaker do.
_SAME_CLAIM, _SAME_SPEAKER = 2.0, 0.5


def mark_of(statement: Statement) -> Mark:
    """Return the stretches of text that a statement covers, in order."""
    return tuple(sorted((span.start, span.end) for span in statement.spans))


def labels_of(corpus: Corpus, layer: str, on: str = "gold") -> Iterator[Prediction]:
    """Yield the stance that a layer takes on each statement of another one, as a prediction of its item.

    Statements of one document on one claim are paired by their words, at least half of which they must have in common, those of the
    same speaker first; a statement without a partner has no label in the layer.

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
        for pair in _pairs(statements, others):
            yield Prediction(id=statements[pair.a].id, stance=others[pair.b].stance, model=layer)


def _by_claim(corpus: Corpus, layer: str) -> dict[tuple[str, str], list[Statement]]:
    found: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in corpus.statements(layer):
        found[statement.document, statement.claim].append(statement)
    return found


@dataclass(frozen=True)
class Unit:
    """Statements of several layers that stand for one another.

    Attributes
    ----------
    document : str
    readers : tuple of str
        The layers whose annotators have read the document, in the order in which they were named.
    members : mapping of str to Statement
        At most one of each layer, in the same order; never empty.
    """

    document: str
    readers: tuple[str, ...]
    members: Mapping[str, Statement]

    @property
    def id(self) -> str:
        """The id of the first member, which no other unit has."""
        return self.first.id

    @property
    def first(self) -> Statement:
        """The statement of the layer that was named first."""
        return next(iter(self.members.values()))

    @property
    def absent(self) -> tuple[str, ...]:
        """The layers that have read the document and marked nothing here."""
        return tuple(layer for layer in self.readers if layer not in self.members)


class _Node(NamedTuple):
    """A statement by its layer, and where it stands among the statements of the layer in the document."""

    layer: int
    place: int


def readers_of(corpus: Corpus, layers: Sequence[str], *, unmarked: str = "none") -> dict[str, tuple[str, ...]]:
    """Return which of some layers have read each document, in the order of the layers; documents nobody has read are left out.

    Parameters
    ----------
    corpus : Corpus
    layers : sequence of str
        At least one.
    unmarked : {"none", "missing"}
        What it means that a layer has no statement in a document in which another one has: that its annotator found none there, or
        that he has not read it. A document whose ``meta`` has a list ``annotators`` was read by those whom it names, whatever they
        marked. One in which none of the layers has a statement was read by nobody.

    Raises
    ------
    UsageError
        When a layer does not exist, is named twice, or ``unmarked`` is something else.
    """
    if unmarked not in ("none", "missing"):
        raise UsageError(f"what is unmarked counts as none or as missing, found '{unmarked}'")
    if len(set(layers)) < len(layers):
        raise UsageError(f"a layer is named twice: {', '.join(layers)}")
    marked = {layer: {statement.document for statement in corpus.statements(layer)} for layer in layers}
    found = {}
    for name, document in corpus.documents.items():
        listed = _annotators(document)
        if listed is not None:
            readers = tuple(layer for layer in layers if layer in listed or name in marked[layer])
        elif unmarked == "none" and any(name in documents for documents in marked.values()):
            readers = tuple(layers)
        else:
            readers = tuple(layer for layer in layers if name in marked[layer])
        if readers:
            found[name] = readers
    return found


def _annotators(document: Document) -> set[str] | None:
    listed = document.meta.get("annotators")
    return {str(name) for name in listed} if isinstance(listed, list) else None


def align_layers(corpus: Corpus, layers: Sequence[str], *, unmarked: str = "none") -> list[Unit]:
    """Return what layers marked, statements that stand for one another together.

    Of each two layers the statements of a document are paired one to one by their words, at least half of which they must have in
    common; among several that could be paired, those on the same claim are, then those of the same speaker, then those with the
    most words in common. Pairs are joined into units, the best first, so that no unit has two statements of one layer. With three
    layers or more, statements can come into a unit through a third one. Which statements stand together does not depend on the
    order of the layers, except among statements that are alike in all of this.

    Parameters
    ----------
    corpus : Corpus
    layers : sequence of str
    unmarked : {"none", "missing"}
        As in :func:`readers_of`.

    Returns
    -------
    list of Unit
        By document, in the order of the file, then by place in the text.
    """
    readers = readers_of(corpus, layers, unmarked=unmarked)
    by_document: dict[str, list[list[Statement]]] = {name: [[] for _ in layers] for name in readers}
    for index, layer in enumerate(layers):
        for statement in corpus.statements(layer):
            by_document[statement.document][index].append(statement)
    units: list[Unit] = []
    for name, marked in by_document.items():
        groups = [{layers[node.layer]: marked[node.layer][node.place] for node in sorted(group)} for group in _groups(marked)]
        found = [Unit(name, readers[name], members) for members in groups]
        units += sorted(found, key=lambda unit: (min(mark_of(entry) for entry in unit.members.values()), unit.id))
    return units


def _groups(marked: Sequence[Sequence[Statement]]) -> list[list[_Node]]:
    """Join the statements of several layers in one document into groups of at most one of each layer."""
    edges: list[tuple[float, str, str, _Node, _Node]] = []
    for one, other in combinations(range(len(marked)), 2):
        edges += _edges(marked, one, other)
    group_of = {node: [node] for index, layer in enumerate(marked) for node in (_Node(index, place) for place in range(len(layer)))}
    for *_, a, b in sorted(edges, key=lambda edge: (-edge[0], edge[1], edge[2])):
        ours, theirs = group_of[a], group_of[b]
        if ours is theirs or {node.layer for node in ours} & {node.layer for node in theirs}:
            continue
        ours += theirs
        for node in theirs:
            group_of[node] = ours
    return list({id(group): group for group in group_of.values()}.values())


def _edges(marked: Sequence[Sequence[Statement]], one: int, other: int) -> Iterator[tuple[float, str, str, _Node, _Node]]:
    ours, theirs = marked[one], marked[other]
    for pair in _pairs(ours, theirs):
        low, high = sorted((ours[pair.a].id, theirs[pair.b].id))
        nearness = pair.share + _bonus(ours[pair.a], theirs[pair.b])
        yield nearness, low, high, _Node(one, pair.a), _Node(other, pair.b)


def _pairs(ours: Sequence[Statement], theirs: Sequence[Statement]) -> list[MarkPair]:
    return pair_marks(
        [mark_of(entry) for entry in ours],
        [mark_of(entry) for entry in theirs],
        at_least=LEAST_SHARE,
        bonus=lambda a, b: _bonus(ours[a], theirs[b]),
    )


def _bonus(one: Statement, other: Statement) -> float:
    return _SAME_CLAIM * (one.claim == other.claim) + _SAME_SPEAKER * (one.speaker == other.speaker)
