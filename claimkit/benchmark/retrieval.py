"""Tasks in which the documents of a collection that belong to a query are to be found, such as the claims that a tweet repeats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from claimkit.benchmark.kinds import Scored, TaskKind
from claimkit.benchmark.paired import SEED
from claimkit.benchmark.ranking import score_rankings
from claimkit.catalog import DATASETS, load_dataset
from claimkit.claimmatching import ClaimRanker
from claimkit.claimmatching.matches import matches_of, read_matches, write_matches
from claimkit.errors import DataError
from claimkit.evaluation.rankings import evaluate_rankings
from claimkit.evaluation.signature import parse_signature
from claimkit.metrics import parse_metric
from claimkit.records import Document, Item

if TYPE_CHECKING:
    from claimkit.benchmark.run import Job

FURTHER = ("mrr", "success_at_k(k=1)")  # metrics beside the official one
_DEPTH = 100  # documents that are kept of each query


class Queries(NamedTuple):
    """Queries by id, and the documents that belong to each."""

    texts: dict[str, str]
    relevant: dict[str, set[str]]

    @classmethod
    def of(cls, items: Sequence[Item], key: str) -> Queries:
        """Return the queries of items, each of which is a pair; ``key`` is the group key that names the query."""
        texts: dict[str, str] = {}
        relevant: dict[str, set[str]] = {}
        for item in items:
            texts[item.groups[key]] = item.text
            relevant.setdefault(item.groups[key], set()).add(item.groups["claim"])
        return cls(texts, relevant)


class RetrievalParts(NamedTuple):
    """The collection, and the queries that are learnt from and that are asked."""

    collection: list[Document]
    train: Queries
    test: Queries


class RetrievalTasks(TaskKind):
    """Documents that are to be found."""

    name: ClassVar[str] = "retrieval"
    counted: ClassVar[str] = "queries"
    learnt: ClassVar[str] = "queries"

    def systems(self) -> Collection[str]:
        """Return the names of what finds documents."""
        return ("bm25", "claim-ranker")

    def load(self, job: Job, data_dir: str | Path | None) -> RetrievalParts:
        """Return collection and queries."""
        task = job.task
        data = load_dataset(task.dataset, data_dir=data_dir)
        items, key = list(data), data.facts.query or "query"
        train = [item for item in items if item.split in task.train]
        test = [item for item in items if item.split == task.test]
        if not train or not test:
            raise DataError(f"'{task.dataset}' has no pairs of the split {task.test if train else ', '.join(task.train)}")
        return RetrievalParts(list(data.collection()), Queries.of(train, key), Queries.of(test, key))

    def fit(self, job: Job, seed: int, data: RetrievalParts, folder: Path) -> ClaimRanker:
        """Return BM25 over the collection, or a ranker that learnt from judged pairs."""
        parameters: dict[str, Any] = dict(job.recipe.parameters)
        encoder = parameters.pop("encoder", None)
        if encoder is not None:
            from claimkit.encoders import load_encoder

            parameters["encoder"] = load_encoder(encoder)
        ranker = ClaimRanker(data.collection, **parameters)
        return ranker if job.recipe.classifier == "bm25" else ranker.fit(data.train.texts, data.train.relevant)

    def predict(self, job: Job, fitted: ClaimRanker, data: RetrievalParts) -> dict[str, dict[str, float]]:
        """Return the best documents of each query."""
        return fitted.rank(data.test.texts, _DEPTH)

    def write(self, path: Path, predictions: Mapping[str, Mapping[str, float]]) -> None:
        """Write rankings."""
        write_matches(path, matches_of(predictions))

    def read(self, path: Path) -> dict[str, dict[str, float]]:
        """Read rankings."""
        return {match.id: {claim.id: claim.score for claim in match.claims} for match in read_matches(path)}

    def score(
        self,
        job: Job,
        runs: Sequence[Mapping[str, Mapping[str, float]]],
        baselines: Mapping[str, Mapping[str, Mapping[str, float]]],
        data: RetrievalParts,
        replicates: int,
    ) -> Scored:
        """Return the official metric and :data:`FURTHER` ones, means over the queries."""
        facts = DATASETS[job.task.dataset].facts
        official = str(parse_metric(facts.metric))
        metrics = (official, *FURTHER)
        relevant = data.test.relevant
        found = [evaluate_rankings(relevant, run, metrics=metrics, replicates=1, seed=SEED, data=facts.name) for run in runs]
        named = parse_signature(found[0].signature).data or facts.name
        return score_rankings(
            metrics,
            found,
            {name: evaluate_rankings(relevant, run, metrics=metrics, replicates=1) for name, run in baselines.items()},
            replicates,
            Scored(official, {}, {}, None, len(data.train.texts), 0, named),
        )


RETRIEVAL = RetrievalTasks()
