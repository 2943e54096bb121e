"""What annotators reach: each against the majority of the others, which bounds what a system can be expected to reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from claimkit.adjudication.voting import majority
from claimkit.evaluation.result import Ceiling
from claimkit.evaluation.sample import Codes
from claimkit.evaluation.scorer import Scorer

GOLD = "gold"
OTHERS = "the majority of the others"


def ceiling_of(scorer: Scorer, annotators: Mapping[str, Codes]) -> list[Ceiling]:
    """Return the scores of each annotator against the adjudicated rest, on the items that both have labelled.

    Parameters
    ----------
    scorer : Scorer
        Of the gold sample.
    annotators : mapping of str to int array of shape (n,)
        Labels as places in the scheme; ``len(labels)`` where the annotator has none. A single annotator is compared with gold, on
        which that annotator must then have had no part.
    """
    k = scorer.k
    found = []
    for name, codes in annotators.items():
        others = [other for label, other in annotators.items() if label != name]
        reference = majority_of(others, k) if others else scorer.sample.gold
        both = (codes < k) & (reference < k)
        undecided = int(((codes < k) & (reference == k + 1)).sum())
        items = [item for item, keep in zip(scorer.sample.items, both, strict=True) if keep]
        if not items:
            found.append(Ceiling(annotator=name, against=OTHERS if others else GOLD, n=0, undecided=undecided, metrics={}))
            continue
        part = replace(scorer.sample, items=items, gold=reference[both], predicted=codes[both])
        plans = [plan.restricted(both) for plan in scorer.plans]
        scores = Scorer(part, scorer.metrics, plans, None, None).scores((part.predicted,))
        found.append(Ceiling(annotator=name, against=OTHERS if others else GOLD, n=len(items), undecided=undecided, metrics=scores))
    return found


def majority_of(annotators: Sequence[Codes], k: int) -> npt.NDArray[np.int64]:
    """Return the label that most annotators give each item; ``k`` where nobody labelled it, ``k + 1`` where the most are several.

    >>> majority_of([np.array([0, 0, 2]), np.array([0, 1, 2])], 2).tolist()
    [0, 3, 2]
    """
    codes = np.stack(annotators, axis=1)
    votes = majority(np.where(codes < k, codes, -1), k)
    return np.where(votes.winner < 0, k, np.where(votes.is_tied, k + 1, votes.winner)).astype(np.int64)
