"""Agreement on relations, on statements that stand for one another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

import numpy as np

from claimkit.agreement.coefficients import krippendorff_alpha
from claimkit.agreement.levels import Floats
from claimkit.agreement.measuring import Measuring, Settings
from claimkit.agreement.ratings import MISSING, Label, Ratings
from claimkit.agreement.result import Coefficient, RelationAgreement
from claimkit.corpus.alignment import Unit
from claimkit.metrics.base import ratio
from claimkit.records import Relation
from claimkit.stats import cluster_estimates


class Triple(NamedTuple):
    """A relation between a statement and another one, or a claim.

    Attributes
    ----------
    source : str
        Id of a unit.
    kind : str
    target : str
        Id of a unit or, after ``claim:``, of a claim.
    """

    source: str
    kind: str
    target: str


@dataclass
class _Text:
    """The units of a document, and the triples of each layer that has read it."""

    units: list[Unit] = field(default_factory=list)
    triples: dict[str, set[Triple]] = field(default_factory=dict)


def triples_of(
    relations: Sequence[Relation], unit_of: Mapping[str, str], claims: Mapping[str, object]
) -> Iterator[tuple[Triple, Relation]]:
    """Yield a triple for each target of each relation, with the relation; arguments that stand in no unit are left out.

    Parameters
    ----------
    relations : sequence of Relation
    unit_of : mapping of str to str
        Id of a statement to that of its unit.
    claims : mapping
        With the ids of claims as keys.
    """
    for relation in relations:
        if relation.source not in unit_of:
            continue
        for target in relation.targets:
            if target in unit_of:
                yield Triple(unit_of[relation.source], relation.kind, unit_of[target]), relation
            elif target in claims:
                yield Triple(unit_of[relation.source], relation.kind, f"claim:{target}"), relation


def relation_agreement(
    units: Sequence[Unit],
    relations: Mapping[str, Sequence[Relation]],
    claims: Mapping[str, object],
    settings: Settings,
) -> RelationAgreement | None:
    """Return how well layers agree on relations; ``None`` where no layer has one.

    Parameters
    ----------
    units : sequence of Unit
        The statements of the layers.
    relations : mapping of str to sequence of Relation
        By layer, in the order of the layers.
    claims : mapping
        With the ids of claims as keys.
    settings : Settings
    """
    if not any(relations.values()):
        return None
    texts: dict[str, _Text] = defaultdict(_Text)
    unit_of: dict[str, str] = {}
    document_of: dict[str, str] = {}
    for unit in units:
        if len(unit.readers) >= 2:
            text = texts[unit.document]
            text.units.append(unit)
            for layer in unit.readers:
                text.triples.setdefault(layer, set())
            unit_of |= {statement.id: unit.id for statement in unit.members.values()}
            document_of[unit.id] = unit.document
    for layer, entries in relations.items():
        for triple, _ in triples_of(entries, unit_of, claims):
            texts[document_of[triple.source]].triples.setdefault(layer, set()).add(triple)
    read = list(texts.values())
    table = np.array([_columns(text) for text in read]).reshape(-1, 4)
    f1, unlabelled = cluster_estimates(table, _f1, unit=settings.unit, replicates=settings.replicates, seed=settings.seed)
    layers = tuple(relations)
    related, of_kind = (_ratings(read, layers, conditional=conditional) for conditional in (False, True))
    return RelationAgreement(
        n_relations=sum(len(triples) for text in read for triples in text.triples.values()),
        f1=f1,
        f1_unlabelled=unlabelled,
        alpha=_alpha(related, settings),
        alpha_of_kind=_alpha(of_kind, settings),
    )


def _alpha(ratings: Ratings, settings: Settings) -> Coefficient:
    at_sets = Settings("masi", settings.replicates, settings.seed, settings.data, settings.unit)
    return Measuring(ratings, at_sets).coefficients([krippendorff_alpha])[krippendorff_alpha.name]


def _columns(text: _Text) -> list[float]:
    """Return common triples and all triples over pairs of layers, with and without their kinds."""
    found = np.zeros(4)
    for ours, theirs in combinations(text.triples.values(), 2):
        pairs, others = ({(triple.source, triple.target) for triple in triples} for triples in (ours, theirs))
        found += [len(ours & theirs), len(ours) + len(theirs), len(pairs & others), len(pairs) + len(others)]
    return found.tolist()


def _f1(sums: Floats) -> Floats:
    return np.stack([ratio(2 * sums[:, 0], sums[:, 1]), ratio(2 * sums[:, 2], sums[:, 3])], axis=1)


def _ratings(texts: Sequence[_Text], layers: Sequence[str], *, conditional: bool) -> Ratings:
    """Return the kinds that each layer sees between two units, as sets; with ``conditional`` only where it sees any."""
    nothing: frozenset[str] = frozenset()
    labels: dict[Label, int] = {nothing: 0}
    rows: list[list[int]] = []
    documents: list[int] = []
    weights: list[int] = []
    for number, text in enumerate(texts):
        members = {unit.id: frozenset(unit.members) for unit in text.units}
        kinds: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for layer, triples in text.triples.items():
            for triple in triples:
                if triple.target in members and triple.target != triple.source:
                    kinds[triple.source, triple.target][layer].add(triple.kind)
        unrelated = _pairs_by_layers(list(members.values()))
        for (source, target), seen in kinds.items():
            both = members[source] & members[target]
            unrelated[both] -= 1
            given = {layer: frozenset(seen[layer]) for layer in both if not conditional or seen[layer]}
            codes = {layer: labels.setdefault(label, len(labels)) for layer, label in given.items()}
            rows.append([codes.get(layer, MISSING) for layer in layers])
            documents.append(number)
            weights.append(1)
        for both, count in unrelated.items():
            if count and len(both) >= 2 and not conditional:
                rows.append([0 if layer in both else MISSING for layer in layers])
                documents.append(number)
                weights.append(count)
    codes_of = np.array(rows, dtype=np.int32).reshape(-1, len(layers))
    names = tuple(map(str, range(len(texts))))
    return Ratings(
        codes_of, tuple(labels), tuple(layers), None, np.array(documents, dtype=np.int64), names, np.array(weights, dtype=np.int64)
    )


def _pairs_by_layers(members: Sequence[frozenset[str]]) -> Counter[frozenset[str]]:
    """Count the ordered pairs of units by the layers that have marked both; pairs are counted, not listed."""
    found: Counter[frozenset[str]] = Counter()
    sizes = Counter(members)
    for one, n in sizes.items():
        for other, m in sizes.items():
            found[one & other] += n * (m - (one == other))
    return found
