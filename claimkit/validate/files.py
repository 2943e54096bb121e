"""The checks of one file alone, without a corpus around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claimkit.corpus.known import Known, check_span, spans_of
from claimkit.errors import UsageError, suggest
from claimkit.issues import Issue
from claimkit.records import Document, Item, Prediction, Record, Relation, Statement
from claimkit.records.check import Finding
from claimkit.schemes import LabelScheme, scheme_of
from claimkit.validate.lines import Reader, file_issue, kind_of, located, tag_of, unknown_type

_SUM_TOLERANCE = 1e-3


def check_file(path: Path, reader: Reader) -> Iterator[Issue]:
    """Yield every problem of a file of records of any types."""
    seen: dict[type[Record], dict[str, int]] = {}
    schemes: dict[str, LabelScheme | str] = {}
    is_empty = True
    for line in reader.lines(path):
        is_empty = False
        kind = kind_of(line.raw)
        if kind is None:
            yield from unknown_type(line, path)
            continue
        record, issues = line.read(kind, path)
        yield from issues
        if record is None:
            continue
        findings = list(_check_alone(record, schemes))
        first = seen.setdefault(kind, {}).setdefault(record.id, line.number)
        if first != line.number:
            findings.append(Finding(("id",), "duplicate-id", f"the id '{record.id}' is already used in line {first}"))
        if findings:
            yield from located(findings, line, path)
        reader.counts[tag_of(kind)] += 1
    if is_empty:
        yield file_issue(path, "file-empty", "the file holds no record")


def _check_alone(record: Record, schemes: dict[str, LabelScheme | str]) -> Iterator[Finding]:
    """Yield what can be said of a record's content without a corpus around it."""
    if isinstance(record, Item):
        yield from _check_distribution(record.weights, "weights")
        if record.scheme is not None:
            yield from _check_scheme(record, record.scheme, schemes)
    elif isinstance(record, Prediction):
        yield from _check_distribution(record.probabilities, "probabilities")
    elif isinstance(record, Document):
        yield from Known((), ()).check_document(record)
    elif isinstance(record, Statement):
        for path, span in spans_of(record):
            yield from check_span(span, None, path)
    elif isinstance(record, Relation) and record.source in record.targets:
        path = ("targets", record.targets.index(record.source))
        yield Finding(path, "relation-to-itself", f"'{record.source}' is related to itself")


def _check_scheme(record: Item, name: str | tuple[str, ...], schemes: dict[str, LabelScheme | str]) -> Iterator[Finding]:
    """Yield what is wrong with an item's scheme and label; ``schemes`` holds those of the file so far, or why there is none."""
    key = name if isinstance(name, str) else "\n".join(name)
    if key not in schemes:
        before = _distinct(schemes)
        try:
            schemes[key] = scheme_of(name)
        except (UsageError, ValueError) as error:
            schemes[key] = str(error)
        if before == 1 and _distinct(schemes) == 2:
            yield Finding(("scheme",), "mixed-schemes", "the items of this file belong to different label schemes")
    scheme = schemes[key]
    if isinstance(scheme, str):
        yield Finding(("scheme",), "not-allowed", scheme)
    elif record.stance is not None and record.stance not in scheme.labels:
        message = f"stance '{record.stance}' is not one of {', '.join(scheme.labels)}"
        yield Finding(("stance",), "stance-not-in-scheme", message, suggest(record.stance, scheme.labels) or None)


def _distinct(schemes: dict[str, LabelScheme | str]) -> int:
    return len({scheme.labels for scheme in schemes.values() if isinstance(scheme, LabelScheme)})


def _check_distribution(shares: dict[str, float], name: str) -> Iterator[Finding]:
    if shares and abs(sum(shares.values()) - 1) > _SUM_TOLERANCE:
        yield Finding((name,), "probabilities-sum", f"the {name} sum to {sum(shares.values()):.4f}, not to 1")
