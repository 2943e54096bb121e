"""Tasks in which the items of each group are ranked by the probability of one label, such as the sentences of a debate."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from claimkit.benchmark.kinds import Scored
from claimkit.benchmark.labels import LabelTasks, Parts
from claimkit.benchmark.paired import SEED, Floats, lift_of_means
from claimkit.catalog import DATASETS
from claimkit.classifiers import CLASSIFIERS
from claimkit.evaluation.rankings import RankingEvaluation, evaluate_rankings, mean_over_queries, rankings_of_items, sign_ranking
from claimkit.evaluation.result import SeedSpread
from claimkit.evaluation.signature import data_hash
from claimkit.metrics import RankingMetric, parse_metric
from claimkit.records import Item, Prediction
from claimkit.schemes import scheme_of

if TYPE_CHECKING:
    from claimkit.benchmark.run import Job

FURTHER = ("mrr", "success_at_k(k=10)")  # metrics beside the official one


class Order(NamedTuple):
    """An order that does not depend on what items say: a number for each item of which a greater one comes first."""

    name: str
    seed: int

    def score(self, item: Item, place: int, n: int) -> float:
        """Return the number of an item, in [0, 1]; ``place`` is where it stands among the n items of its split."""
        if self.name == "position":
            return 1 - place / n
        return int.from_bytes(hashlib.sha256(f"{self.seed} {item.id}".encode()).digest()[:6], "big") / 2**48


class RankingTasks(LabelTasks):
    """Items that are ranked within their group."""

    name: ClassVar[str] = "ranking"
    counted: ClassVar[str] = "rankings"

    def systems(self) -> Collection[str]:
        """Return the names of all classifiers, and of orders that read nothing."""
        return (*CLASSIFIERS, "random-order", "position")

    def fit(self, job: Job, seed: int, data: Parts, folder: Path) -> Any:
        """Return the fitted classifier, or an order."""
        name = job.recipe.classifier
        return Order(name, seed) if name in ("random-order", "position") else super().fit(job, seed, data, folder)

    def predict(self, job: Job, fitted: Any, data: Parts) -> list[Prediction]:
        """Return a prediction for each item of the test part, in an order that has nothing to do with the items.

        Items of equal probability stay in the order of the predictions, which would favour those that come first in a text.
        """
        if isinstance(fitted, Order):
            first, second, *_ = scheme_of(DATASETS[job.task.dataset].facts.scheme).labels
            found = []
            for place, item in enumerate(data.test):
                share = fitted.score(item, place, len(data.test))
                found.append(Prediction(id=item.id, stance=first, probabilities={first: share, second: 1 - share}, model=job.name))
        else:
            found = super().predict(job, fitted, data)
        return sorted(found, key=lambda entry: hashlib.sha256(entry.id.encode()).digest())

    def score(
        self, job: Job, runs: Sequence[list[Prediction]], baselines: Mapping[str, list[Prediction]], data: Parts, replicates: int
    ) -> Scored:
        """Return the official metric and :data:`FURTHER` ones, means over the groups."""
        facts = DATASETS[job.task.dataset].facts
        official = str(parse_metric(facts.metric))
        metrics = (official, *FURTHER)

        def evaluated(predictions: list[Prediction]) -> RankingEvaluation:
            found = rankings_of_items(data.test, predictions, facts.query or "document", scheme=scheme_of(facts.scheme))
            return evaluate_rankings(found.relevant, found.scores, metrics=metrics, replicates=1)

        return score_rankings(
            metrics,
            [evaluated(run) for run in runs],
            {name: evaluated(run) for name, run in baselines.items()},
            replicates,
            Scored(official, {}, {}, None, len(data.train), 0, f"{facts.name}@{data_hash(data.test)}"),
        )


def score_rankings(
    names: Sequence[str],
    runs: Sequence[RankingEvaluation],
    baselines: Mapping[str, RankingEvaluation],
    replicates: int,
    scored: Scored,
) -> Scored:
    """Return the means over queries of several runs, their lift over the best baseline, and how they vary over seeds.

    Parameters
    ----------
    names : sequence of str
        Of the metrics.
    runs : sequence of RankingEvaluation
        One for each seed.
    baselines : mapping of str to RankingEvaluation
    replicates : int
        Of the bootstrap over queries.
    scored : Scored
        With what is known beside the numbers.
    """
    queries = sorted(entry.query for entry in runs[0].queries)

    def values(found: RankingEvaluation, name: str) -> Floats:
        by_query = {entry.query: entry.metrics[name] for entry in found.queries}
        return np.array([by_query[query] for query in queries])

    metrics, lift, seeds = {}, {}, {}
    for name in names:
        metric = parse_metric(name)
        assert isinstance(metric, RankingMetric)
        each = [values(run, name) for run in runs]
        mean = np.mean(each, axis=0)
        many = len(runs) if len(runs) > 1 else None
        metrics[name] = sign_ranking(metric, mean_over_queries(mean, replicates, SEED), scored.data, SEED, len(queries), many)
        over = lift_of_means(mean, {label: values(found, name) for label, found in baselines.items()}, replicates)
        if over is not None:
            lift[name] = over
        if len(runs) > 1:
            seeds[name] = SeedSpread.of([float(run.mean()) for run in each])
    return scored._replace(metrics=metrics, lift=lift, seeds=seeds or None, n=len(queries))


RANKING = RankingTasks()
