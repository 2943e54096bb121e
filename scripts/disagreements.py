"""Count on what the layers of a corpus disagree, kind by kind, over each two of them.

Run with: python scripts/disagreements.py annotations/south-asia model-a model-b model-c --documents sa-002 sa-004

A guideline is revised from such counts: they say which field needs a sharper rule. Two statements are the same when they have one
speaker, one claim and a word in common; of what remains, those are the same of which three tenths of the words are common.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from itertools import combinations
from typing import TypeAlias

from claimkit import load_corpus
from claimkit.corpus import Corpus
from claimkit.corpus.alignment import mark_of
from claimkit.matching import pair_marks
from claimkit.records import Statement

Links: TypeAlias = dict[tuple[str, str], str]

LEAST_SHARE = 0.3
FIELDS = (
    *("spans", "cue", "speaker_span", "speaker", "chain", "on_behalf_of", "claim", "stance"),
    *("quotation", "modality", "said", "targets", "addressees"),
)


def align(ours: list[Statement], theirs: list[Statement]) -> list[tuple[Statement, Statement]]:
    """Pair the statements of one document that two annotators both found."""
    groups: dict[tuple[str, str], tuple[list[Statement], list[Statement]]] = defaultdict(lambda: ([], []))
    for side, entries in enumerate((ours, theirs)):
        for entry in entries:
            groups[entry.speaker, entry.claim][side].append(entry)
    pairs = [pair for group in groups.values() for pair in by_words(*group, 0.0)]
    found = {entry.id for pair in pairs for entry in pair}
    rest = [[entry for entry in side if entry.id not in found] for side in (ours, theirs)]
    return pairs + by_words(rest[0], rest[1], LEAST_SHARE)


def by_words(ours: list[Statement], theirs: list[Statement], least: float) -> list[tuple[Statement, Statement]]:
    """Pair statements by the share of their words that they have in common."""
    found = pair_marks([mark_of(entry) for entry in ours], [mark_of(entry) for entry in theirs], at_least=least)
    return [(ours[pair.a], theirs[pair.b]) for pair in found]


def links(corpus: Corpus, layer: str, documents: set[str], names: dict[str, str]) -> Links:
    """Return the kind of each link from a source to a target, statements under the names that ``names`` gives them."""
    statements = {entry.id: entry for entry in corpus.statements(layer)}
    return {
        (names.get(relation.source, relation.source), names.get(target, target)): relation.kind
        for relation in corpus.relations(layer)
        for target in relation.targets
        if statements[relation.source].document in documents
    }


def compare(corpus: Corpus, one: str, other: str, documents: set[str]) -> Counter[str]:
    """Count all kinds of disagreement between two layers."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for document in sorted(documents):
        ours, theirs = ([entry for entry in corpus.statements(layer) if entry.document == document] for layer in (one, other))
        pairs = align(ours, theirs)
        names.update({first.id: second.id for first, second in pairs})
        counts["statements in both"] += len(pairs)
        counts["statements in one only"] += len(ours) + len(theirs) - 2 * len(pairs)
        for first, second in pairs:
            counts.update(field for field in FIELDS if getattr(first, field) != getattr(second, field))
            counts["number of spans"] += len(first.spans) != len(second.spans)
    return counts + compare_links(
        links(corpus, one, documents, names), links(corpus, other, documents, {}), {*names.values(), *corpus.claims}
    )


def compare_links(ours: Links, theirs: Links, known: set[str]) -> Counter[str]:
    """Count the links of two layers; ``known`` are the claims and the statements that both layers have."""
    both = ours.keys() & theirs.keys()
    counts = Counter({"links in both": len(both), "kind of a link in both": sum(ours[link] != theirs[link] for link in both)})
    sources = {source for source, _ in ours} & {source for source, _ in theirs}
    for source, target in ours.keys() ^ theirs.keys():
        counts["links in one only"] += 1
        if not {source, target} <= known:
            counts["links in one only: a statement is missing"] += 1
        elif source in sources:
            counts["links in one only: another target"] += 1
        else:
            counts["links in one only: no relation"] += 1
    return counts


def main() -> None:
    """Print one count a line, with a column for each two layers and one for the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("layers", nargs="+")
    parser.add_argument("--documents", nargs="*", help="all, where none is named")
    options = parser.parse_args()
    corpus = load_corpus(options.corpus)
    documents = set(options.documents or corpus.documents)
    columns = {f"{one} {other}": compare(corpus, one, other, documents) for one, other in combinations(options.layers, 2)}
    columns["sum"] = sum(columns.values(), Counter())
    print("kind", *columns, sep="\t")
    for kind, _ in columns["sum"].most_common():
        print(kind, *(counts[kind] for counts in columns.values()), sep="\t")


if __name__ == "__main__":
    main()
