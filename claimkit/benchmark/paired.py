"""How much a system exceeds the best artefact baseline where values belong to queries or documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from claimkit.evaluation import Estimate
from claimkit.evaluation.rankings import mean_over_queries
from claimkit.evaluation.result import Lift
from claimkit.stats import MIN_CLUSTERS, draw_cluster_sums, percentile_interval

Floats = npt.NDArray[np.float64]
SEED = 13  # of all resamples


def lift_of_means(ours: Floats, baselines: Mapping[str, Floats], replicates: int) -> Lift | None:
    """Return the lift over the baseline with the greatest mean, ``None`` where there is no baseline.

    Parameters
    ----------
    ours : array of shape (queries,)
    baselines : mapping of str to array of shape (queries,)
        Of the same queries, in the same order.
    replicates : int
        Of the bootstrap over queries.
    """
    if not baselines:
        return None
    over = max(baselines, key=lambda name: float(baselines[name].mean()))
    return Lift(over=over, estimate=mean_over_queries(ours - baselines[over], replicates, SEED, within=(-1.0, 1.0)))


def mean_of_runs(tables: Sequence[Floats], compute: Callable[[Floats], Floats], replicates: int) -> Estimate:
    """Return the mean over runs of what is computed from the summed counts of documents, with its interval.

    Parameters
    ----------
    tables : sequence of array of shape (documents, counts)
        One for each run, all of the same documents.
    compute : callable
        From sums of shape (…, counts) to values of shape (…).
    replicates : int
        Of the bootstrap over documents.
    """
    return _estimate(tables, lambda sums: np.mean([compute(part) for part in sums], axis=0), replicates)


def lift_of_counts(
    tables: Sequence[Floats], baselines: Mapping[str, Floats], compute: Callable[[Floats], Floats], replicates: int
) -> Lift | None:
    """Return the lift over the best baseline; parameters as in :func:`mean_of_runs`, ``None`` where there is no baseline."""
    values = {name: float(np.nan_to_num(compute(table.sum(axis=0)))) for name, table in baselines.items()}
    if not values:
        return None
    over = max(values, key=lambda name: values[name])

    def difference(sums: Sequence[Floats]) -> Floats:
        # a system that marks nothing finds nothing, so that there is a difference to it
        return np.asarray(np.mean([np.nan_to_num(compute(part)) for part in sums[:-1]], axis=0) - np.nan_to_num(compute(sums[-1])))

    return Lift(over=over, estimate=_estimate([*tables, baselines[over]], difference, replicates))


def _estimate(tables: Sequence[Floats], compute: Callable[[Sequence[Floats]], Floats], replicates: int) -> Estimate:
    n, width = tables[0].shape
    value = float(compute([table.sum(axis=0) for table in tables]))
    if np.isnan(value):
        return Estimate(value=None, method="undefined")
    if n < MIN_CLUSTERS:
        return Estimate(value=value, method=f"{n} documents are fewer than {MIN_CLUSTERS}")
    ends = np.arange(1, len(tables)) * width
    drawn = draw_cluster_sums(np.concatenate(tables, axis=1), replicates, SEED, replicates)
    low, high = percentile_interval(np.concatenate([compute(np.split(sums, ends, axis=1)) for sums in drawn]))
    if np.isnan(low):
        return Estimate(value=value, method="undefined in more than one in twenty resamples")
    return Estimate(value=value, low=low, high=high, method=f"cluster(document),percentile,{replicates}")
