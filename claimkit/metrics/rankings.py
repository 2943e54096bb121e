"""Metrics of rankings, each the mean over queries of a value that the ranks of the relevant documents give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from claimkit.metrics.base import RankingMetric

Ranks = npt.NDArray[np.int64]


def average_precision_of(ranks: Ranks, relevant: int, k: int | None = None) -> float:
    """Return the average precision of one ranking.

    Parameters
    ----------
    ranks : int array
        Ranks of the relevant documents that were found, from 1, ascending.
    relevant : int
        How many relevant documents there are, found or not.
    k : int, optional
        Look at the first k ranks only; the sum is then divided by the smaller of ``relevant`` and ``k``.

    Returns
    -------
    float
        In [0, 1].

    References
    ----------
    Buckley and Voorhees (2000), Evaluating Evaluation Measure Stability, SIGIR; the cut and its normaliser as in the scorers of
    CheckThat! 2019 and 2020.

    Examples
    --------
    >>> average_precision_of(np.array([2, 5]), 2), round(average_precision_of(np.array([1, 3, 5]), 3), 5)
    (0.45, 0.75556)
    """
    seen = ranks if k is None else ranks[ranks <= k]
    best = relevant if k is None else min(relevant, k)
    return float((np.arange(1, len(seen) + 1) / seen).sum() / best)


def reciprocal_rank_of(ranks: Ranks, relevant: int) -> float:
    """Return one over the rank of the first relevant document, 0 where none was found."""
    return 1.0 / float(ranks[0]) if len(ranks) else 0.0


def success_of(ranks: Ranks, relevant: int, k: int) -> float:
    """Return 1 where a relevant document stands among the first k, else 0."""
    return float(len(ranks) > 0 and ranks[0] <= k)


_CUT = "divided by the smaller of k and the number of relevant documents"

average_precision = RankingMetric(
    name="average_precision",
    sentence="Mean of the precision at the rank of each relevant document, 0 for one not found; over several rankings their mean.",
    source="Buckley and Voorhees (2000), Evaluating Evaluation Measure Stability, SIGIR.",
    of_query=average_precision_of,
)
map = RankingMetric(  # noqa: A001 - its name in the field; nothing in this module maps
    name="map",
    sentence="Mean over queries of the average precision of the whole ranking, divided by the number of relevant documents.",
    source="Buckley and Voorhees (2000), Evaluating Evaluation Measure Stability, SIGIR; official for CheckThat! 2019 task 1.",
    of_query=average_precision_of,
)
map_at_k = RankingMetric(
    name="map_at_k",
    sentence=f"Mean over queries of the average precision of the first k ranks, {_CUT}.",
    source="Barrón-Cedeño et al. (2020), Overview of CheckThat! 2020, CLEF, section 4.",
    of_query=average_precision_of,
    parameters={"k": 5},
)
mrr = RankingMetric(
    name="mrr",
    sentence="Mean over queries of one over the rank of the first relevant document.",
    source="Voorhees (1999), The TREC-8 Question Answering Track Report.",
    of_query=reciprocal_rank_of,
)
success_at_k = RankingMetric(
    name="success_at_k",
    sentence="Share of the queries with a relevant document among the first k.",
    source="Craswell (2009), Success at n, Encyclopedia of Database Systems.",
    of_query=success_of,
    parameters={"k": 5},
)
