"""Tasks in which statements are marked in texts: source, cue and content of attributions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from claimkit.benchmark.kinds import Scored, TaskKind
from claimkit.benchmark.paired import SEED, Floats, lift_of_counts, mean_of_runs
from claimkit.catalog import DATASETS, AnnotatedText, load_dataset
from claimkit.errors import DataError, UsageError
from claimkit.evaluation.result import SeedSpread
from claimkit.evaluation.spans import sign_spans, span_counts_by_document, statements_hash
from claimkit.jsonl import read_records, write_records
from claimkit.metrics import SpanMetric, parse_metric
from claimkit.metrics.marked import PARTS
from claimkit.metrics.spans import precision_recall_f1_of_spans
from claimkit.records import Document, Statement
from claimkit.registry import Registry

if TYPE_CHECKING:
    from claimkit.benchmark.run import Job

# What marks statements: a class whose parameters are those of the recipe; see Marker.
MARKERS = Registry(
    "marker of statements",
    "claimkit.markers",
    {
        "quotation-marks": "claimkit.benchmark.quotations:QuotationMarks",
        "attribution-rules": "claimkit.benchmark.attributors:AttributionRules",
        "attribution-tagger": "claimkit.benchmark.attributors:AttributionTagger",
    },
)
_MATCHES = ("strict", "relaxed")


class Marker(Protocol):
    """What marks statements in documents after it was fitted on annotated texts."""

    def fit(self, texts: Sequence[AnnotatedText]) -> Marker:
        """Learn from annotated texts."""
        ...

    def statements(self, document: Document) -> Iterable[Statement]:
        """Return the statements of a document."""
        ...


class SpanParts(NamedTuple):
    """The annotated texts that are learnt from, and those in which statements are marked."""

    train: list[AnnotatedText]
    test: list[AnnotatedText]


class SpanTasks(TaskKind):
    """Marked statements."""

    name: ClassVar[str] = "spans"
    counted: ClassVar[str] = "texts"
    learnt: ClassVar[str] = "texts"

    def systems(self) -> Collection[str]:
        """Return the names of all markers."""
        return tuple(MARKERS)

    def load(self, job: Job, data_dir: str | Path | None) -> SpanParts:
        """Return the annotated texts."""
        task = job.task
        data = load_dataset(task.dataset, data_dir=data_dir)
        train = [text for split in task.train for text in data.texts(split)]
        test = list(data.texts(task.test))
        if not train or not test:
            raise DataError(f"'{task.dataset}' has no texts of the split {task.test if train else ', '.join(task.train)}")
        return SpanParts(train, test)

    def fit(self, job: Job, seed: int, data: SpanParts, folder: Path) -> Marker:
        """Return the fitted marker."""
        kind = MARKERS[job.recipe.classifier]
        try:
            marker: Marker = kind(**job.recipe.parameters)
        except TypeError as error:
            raise UsageError(f"the marker '{job.recipe.classifier}' does not have these parameters: {error}") from None
        return marker.fit(data.train)

    def predict(self, job: Job, fitted: Marker, data: SpanParts) -> list[Statement]:
        """Return the statements of all test texts."""
        return [statement for text in data.test for statement in fitted.statements(text.document)]

    def write(self, path: Path, predictions: Sequence[Statement]) -> None:
        """Write statements."""
        write_records(path, predictions)

    def read(self, path: Path) -> list[Statement]:
        """Read statements."""
        return list(read_records(path, Statement))

    def score(
        self, job: Job, runs: Sequence[list[Statement]], baselines: Mapping[str, list[Statement]], data: SpanParts, replicates: int
    ) -> Scored:
        """Return the F1 of content, cue and source, of equal spans and of those with half in common."""
        facts = DATASETS[job.task.dataset].facts
        gold = [statement for text in data.test for statement in text.reference]
        documents = [text.document.id for text in data.test]
        named = f"{facts.name}@{statements_hash(gold)}"
        many = len(runs) if len(runs) > 1 else None
        metrics, lift, seeds = {}, {}, {}
        for part in PARTS:
            for match in _MATCHES:
                metric = parse_metric(f"span_f1(match={match})")
                assert isinstance(metric, SpanMetric)
                name = f"{part} {metric}"
                tables = [span_counts_by_document(gold, run, part, metric, documents) for run in runs]
                beside = {label: span_counts_by_document(gold, said, part, metric, documents) for label, said in baselines.items()}
                metrics[name] = sign_spans(metric, mean_of_runs(tables, _f1, replicates), named, SEED, len(documents), many)
                over = lift_of_counts(tables, beside, _f1, replicates)
                if over is not None:
                    lift[name] = over
                if many:
                    seeds[name] = SeedSpread.of([float(_f1(table.sum(axis=0))) for table in tables])
        official = f"content {parse_metric(facts.metric)}"
        return Scored(official, metrics, lift, seeds or None, len(data.train), len(documents), named)


def _f1(sums: Floats) -> Any:
    return precision_recall_f1_of_spans(sums)[2]


SPANS = SpanTasks()
