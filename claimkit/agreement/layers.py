"""Agreement of the layers of a corpus: on stances, speakers, claims, targets, on what is marked, and on relations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from claimkit.agreement.labels import DOCUMENTS_KEPT, measure_agreement
from claimkit.agreement.measuring import Measuring, Settings, measures_of
from claimkit.agreement.ratings import Label, Rating, Ratings, ratings_of
from claimkit.agreement.relations import relation_agreement
from claimkit.agreement.result import Agreement, Coefficient, DocumentAgreement, ItemAgreement, SpanAgreement
from claimkit.agreement.spans import ReadText, relaxed_f1_of, span_agreement
from claimkit.corpus.alignment import Unit, align_layers, readers_of
from claimkit.errors import DataError, UsageError
from claimkit.metrics.marked import PARTS, UNMARKED, marked_texts
from claimkit.metrics.spans import MarkedText
from claimkit.records import Statement
from claimkit.stats import Estimate

if TYPE_CHECKING:
    from claimkit.corpus import Corpus

NOT_MARKED = "(none)"
_GOLD_KINDS = ("adjudicated",)
_OF_ATTRIBUTES = ("percent_agreement", "krippendorff_alpha", "gwet_ac1")


class Attribute(NamedTuple):
    """What is compared on statements that stand for one another: its ratings in one unit, and the level of the labels."""

    ratings: Callable[[Corpus, Unit], Iterator[Rating]]
    level: str = "nominal"


def _of_statement(value: Callable[[Corpus, Statement], Label | None]) -> Callable[[Corpus, Unit], Iterator[Rating]]:
    def ratings(corpus: Corpus, unit: Unit) -> Iterator[Rating]:
        for layer, statement in unit.members.items():
            label = value(corpus, statement)
            if label is not None:
                yield Rating(unit.id, layer, label, unit.document)

    return ratings


def _item(unit: Unit, statement: Statement) -> str:
    return f"{unit.id}|{statement.claim}"


def _stances(_: Corpus, unit: Unit) -> Iterator[Rating]:
    """Yield the stances of a unit; those on different claims are about different items."""
    for layer, statement in unit.members.items():
        yield Rating(_item(unit, statement), layer, statement.stance, unit.document)


def _stances_or_none(corpus: Corpus, unit: Unit) -> Iterator[Rating]:
    """Yield the stances of a unit, and for each claim that a layer which has read the text does not see there, that it has none."""
    yield from _stances(corpus, unit)
    for claim in dict.fromkeys(statement.claim for statement in unit.members.values()):
        for layer in unit.readers:
            if layer not in unit.members or unit.members[layer].claim != claim:
                yield Rating(f"{unit.id}|{claim}", layer, NOT_MARKED, unit.document)


def _attitudes(_: Corpus, unit: Unit) -> Iterator[Rating]:
    for layer, statement in unit.members.items():
        for actor, attitude in {target.actor: target.attitude for target in reversed(statement.targets)}.items():
            yield Rating(f"{unit.id}|{actor}", layer, attitude, unit.document)


# What is compared beside the stance, in the order of the report.
ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        "stance_or_none": Attribute(_stances_or_none),
        "claim": Attribute(_of_statement(lambda _, statement: statement.claim)),
        "speaker": Attribute(_of_statement(lambda _, statement: statement.speaker)),
        "party": Attribute(_of_statement(lambda corpus, statement: corpus.party(statement))),
        "targets": Attribute(
            _of_statement(lambda _, statement: frozenset(target.actor for target in statement.targets)), level="masi"
        ),
        "attitude": Attribute(_attitudes),
        "quotation": Attribute(_of_statement(lambda _, statement: statement.quotation)),
        "modality": Attribute(_of_statement(lambda _, statement: statement.modality)),
    }
)


def layers_to_compare(corpus: Corpus, layers: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of layers, by default all that no adjudication made.

    Raises
    ------
    DataError
        When there are fewer than two.
    UsageError
        When a layer does not exist or is named twice.
    """
    if layers is None:
        found = tuple(name for name, layer in corpus.layers.items() if name != "gold" and layer.config.kind not in _GOLD_KINDS)
        if len(found) < 2:
            there = ", ".join(corpus.layers) or "none"
            raise DataError(f"agreement needs at least two layers of annotators; there are: {there}", path=corpus.path)
        return found
    for name in layers:
        corpus.layer(name)
    if len(layers) < 2 or len(set(layers)) < len(layers):
        raise UsageError(f"name at least two layers, each once; found: {', '.join(layers)}")
    return tuple(layers)


def documents_by_guideline(corpus: Corpus, layers: Sequence[str], version: str) -> frozenset[str]:
    """Return the documents in which all that these layers marked was marked by one version of the guideline.

    Raises
    ------
    UsageError
        When there is none; the message names the versions that there are.
    """
    versions: dict[str, set[str | None]] = {}
    for layer in layers:
        for statement in corpus.statements(layer):
            versions.setdefault(statement.document, set()).add(statement.guideline)
    found = frozenset(document for document, used in versions.items() if used == {version})
    if not found:
        there = ", ".join(sorted({str(used) for several in versions.values() for used in several if used is not None})) or "none"
        raise UsageError(f"no document was marked by version '{version}' of the guideline alone; versions in the records: {there}")
    return found


def stance_ratings(corpus: Corpus, units: Sequence[Unit], layers: Sequence[str]) -> Ratings:
    """Return the stances of layers on the same claim in the same words, as ratings with all labels of the corpus."""
    rows = [rating for unit in units for rating in _stances(corpus, unit)]
    return ratings_of(rows, labels=corpus.config.stance.labels, annotators=layers)


def layer_agreement(
    corpus: Corpus,
    layers: Sequence[str] | None = None,
    coefficients: Sequence[str] | None = None,
    *,
    unmarked: str = "none",
    shared: bool = False,
    documents: Collection[str] | None = None,
    replicates: int = 10_000,
    seed: int = 13,
    step: Callable[[int], object] = lambda _: None,
) -> Agreement:
    """Measure how well the layers of a corpus agree; documents are resampled for the intervals.

    Parameters
    ----------
    corpus : Corpus
    layers : sequence of str, optional
        Default: all that no adjudication made.
    coefficients : sequence of str, optional
        For the stances; default: all that are usual.
    unmarked : {"none", "missing"}
        What it means that a layer has no statement in a document; see :func:`claimkit.corpus.alignment.readers_of`.
    shared : bool
        Look only at documents that all of the layers have read.
    documents : collection of str, optional
        Look only at the documents with these ids.
    replicates, seed : int
        Of the bootstrap.
    step : callable
        Called with 1 after each pair of layers, twice.

    Raises
    ------
    DataError
        When there are fewer than two layers.
    UsageError
        When a layer or coefficient does not exist.
    """
    names = layers_to_compare(corpus, layers)
    settings = Settings("nominal", replicates, seed, corpus.config.name)
    readers = readers_of(corpus, names, unmarked=unmarked)
    if shared:
        readers = {document: layers for document, layers in readers.items() if len(layers) == len(names)}
    if documents is not None:
        readers = {document: layers for document, layers in readers.items() if document in documents}
    units = [unit for unit in align_layers(corpus, names, unmarked=unmarked) if unit.document in readers]
    if not units:
        chosen = "none of the chosen documents" if documents is not None else "no document"
        raise DataError(f"{chosen} was read by {'all' if shared else 'any'} of {', '.join(names)}", path=corpus.path)
    found = measure_agreement(stance_ratings(corpus, units, names), coefficients, settings=settings, step=step)
    marks = {part: {name: marked_texts(corpus.statements(name), part) for name in names} for part in PARTS}
    pairs = []
    for pair, (a, b) in zip(found.pairs, combinations(names, 2), strict=True):
        spans = _spans(corpus, _restricted(readers, (a, b)), marks, settings)
        pairs.append(msgspec.structs.replace(pair, spans=spans))
        step(1)
    return msgspec.structs.replace(
        found,
        attributes=dict(_attributes(corpus, units, names, settings)),
        spans=_spans(corpus, readers, marks, settings),
        relations=relation_agreement(units, {name: list(corpus.relations(name)) for name in names}, corpus.claims, settings),
        pairs=pairs,
        documents=_documents(corpus, readers, marks["content"], found.documents),
        items=_with_words(corpus, units, found.items),
        warnings=[*found.warnings, *_warnings(corpus, names, readers, unmarked, documents)],
    )


def _with_words(corpus: Corpus, units: Sequence[Unit], items: Sequence[ItemAgreement]) -> list[ItemAgreement]:
    """Return items with the words of the statement that was named first, and the claim."""
    words = {}
    for unit in units:
        for statement in reversed(list(unit.members.values())):
            words[_item(unit, statement)] = (corpus.annotated_text(statement), corpus.claims[statement.claim].text)
    return [msgspec.structs.replace(item, text=words[item.item][0], target=words[item.item][1]) for item in items]


def _attributes(
    corpus: Corpus, units: Sequence[Unit], names: Sequence[str], settings: Settings
) -> Iterator[tuple[str, dict[str, Coefficient]]]:
    for name, attribute in ATTRIBUTES.items():
        rows = [rating for unit in units for rating in attribute.ratings(corpus, unit)]
        if not rows:
            continue
        labels = (*corpus.config.stance.labels, NOT_MARKED) if name == "stance_or_none" else None
        of_level = Settings(attribute.level, settings.replicates, settings.seed, f"{settings.data} {name}")
        measures = [measure for measure in measures_of(None, attribute.level) if measure.name in _OF_ATTRIBUTES]
        yield name, Measuring(ratings_of(rows, labels=labels, annotators=names), of_level).coefficients(measures)


def _restricted(readers: Mapping[str, tuple[str, ...]], pair: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    return {document: pair for document, layers in readers.items() if set(pair) <= set(layers)}


def _texts(
    corpus: Corpus, readers: Mapping[str, tuple[str, ...]], of_layer: Mapping[str, Mapping[str, MarkedText]]
) -> Iterator[tuple[str, ReadText]]:
    """Yield each document with the marks of those who have read it."""
    for document, layers in readers.items():
        text = corpus.documents[document].text
        yield (
            document,
            ReadText(None if text is None else len(text), {name: of_layer[name].get(document, UNMARKED) for name in layers}),
        )


def _spans(
    corpus: Corpus,
    readers: Mapping[str, tuple[str, ...]],
    marks: Mapping[str, Mapping[str, Mapping[str, MarkedText]]],
    settings: Settings,
) -> dict[str, SpanAgreement]:
    found = {}
    for part, of_layer in marks.items():
        agreement = span_agreement([text for _, text in _texts(corpus, readers, of_layer)], settings)
        if agreement is not None:
            found[part] = agreement
    return found


def _documents(
    corpus: Corpus,
    readers: Mapping[str, tuple[str, ...]],
    of_layer: Mapping[str, Mapping[str, MarkedText]],
    known: Sequence[DocumentAgreement],
) -> list[DocumentAgreement]:
    """Return the agreement in each document on labels and on marks, the worst first."""
    by_name = {entry.document: entry for entry in known}
    nothing = Estimate(value=None, method="undefined: no item was rated by two annotators")
    found = []
    for document, text in _texts(corpus, readers, of_layer):
        n_marks, f1 = relaxed_f1_of(text) if len(text.marks) > 1 else (0, nothing)
        if n_marks:
            entry = by_name.get(document) or DocumentAgreement(
                document=document, n_items=0, n_values=0, unanimous=nothing, krippendorff_alpha=nothing, share_of_disagreement=None
            )
            found.append(msgspec.structs.replace(entry, n_marks=n_marks, f1_relaxed=f1))
    found.sort(key=lambda entry: (-(entry.share_of_disagreement or 0.0), (entry.f1_relaxed or nothing).value or 0.0))
    return found[:DOCUMENTS_KEPT]


def _warnings(
    corpus: Corpus, names: Sequence[str], readers: Mapping[str, tuple[str, ...]], unmarked: str, documents: Collection[str] | None
) -> Iterator[str]:
    read = [document for document, layers in readers.items() if len(layers) >= 2]
    chosen = len(corpus.documents) if documents is None else len(documents)
    if len(read) < chosen:
        yield f"{chosen - len(read)} of {chosen} documents were read by fewer than two of the layers"
    for name in names:
        marked = {statement.document for statement in corpus.statements(name)}
        empty = sum(name in readers[document] and document not in marked for document in read)
        if empty:
            hint = "; where it has not read them, add --unmarked missing" if unmarked == "none" else ""
            yield f"{name} marks nothing in {empty} of {len(read)} documents, which counts as having found nothing there{hint}"
    hidden = sum(corpus.documents[document].text is None for document in read)
    if hidden:
        yield f"the texts of {hidden} documents are not given, so they are missing from the alphas of spans"
