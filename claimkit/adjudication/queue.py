"""The disagreements of layers as lines that a person can read and decide on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from claimkit.adjudication.cases import CORE_FIELDS, FIELDS, Case, RelationCase
from claimkit.adjudication.decisions import Disagreement
from claimkit.adjudication.gold import Adjudication
from claimkit.records import Statement

if TYPE_CHECKING:
    from claimkit.corpus import Corpus


def disagreements(corpus: Corpus, result: Adjudication) -> Iterator[Disagreement]:
    """Yield the disputed statements and relations, those without a majority first, then in the order of the texts."""
    words = {
        statement.id: corpus.annotated_text(statement) for entry in result.cases for statement in entry.case.unit.members.values()
    }
    found = [_of_statement(entry.case, entry.proposed, words) for entry in result.cases if entry.case.disputed]
    found += [_of_relation(entry.case, entry.proposed, words) for entry in result.relation_cases if entry.case.disputed]
    yield from sorted(found, key=lambda entry: not entry.tied)


def _of_statement(case: Case, proposed: Statement | None, words: dict[str, str]) -> Disagreement:
    said: dict[str, Any] = {}
    for layer in case.unit.readers:
        statement = case.unit.members.get(layer)
        said[layer] = None if statement is None else _fields(statement, words[statement.id])
    text = words[case.spans_of.id]
    return Disagreement(
        kind="statement",
        unit=case.id,
        document=case.unit.document,
        disputed=case.disputed,
        tied=case.is_tied,
        text=text,
        said=said,
        proposed=None if proposed is None else _fields(proposed, text),
        sources=case.sources,
        digest=case.digest,
    )


def _fields(statement: Statement, text: str) -> dict[str, Any]:
    """Return what a person looks at: the core fields, the words and where they stand."""
    spans = [[span.start, span.end] for span in statement.spans]
    values = {name: msgspec.to_builtins(FIELDS[name](statement)) for name in CORE_FIELDS}
    return {"id": statement.id, **values, "text": text, "spans": spans}


def _of_relation(case: RelationCase, proposed: str | None, words: dict[str, str]) -> Disagreement:
    said: dict[str, Any] = dict.fromkeys(case.asked)
    for layer, relations in case.given.items():
        said[layer] = {"id": relations[0].id, "kind": relations[0].kind}
    target = words.get(case.target, case.target)
    return Disagreement(
        kind="relation",
        unit=case.id,
        document=case.document,
        disputed=case.disputed,
        tied=case.is_tied,
        text=f"{words[case.source]} → {target}",
        said=said,
        proposed=None if proposed is None else {"kind": proposed},
        sources=case.sources,
        digest=case.digest,
    )
