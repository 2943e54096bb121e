"""Agreement on marked stretches of text: F1 of each two annotators, and two alphas, of characters and of units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from claimkit.agreement.levels import Floats
from claimkit.agreement.measuring import Settings
from claimkit.agreement.result import SpanAgreement
from claimkit.agreement.unitizing import Continuum, Stretch, UnitizingSums, merged, segments
from claimkit.metrics.base import ratio
from claimkit.metrics.spans import MarkedText, span_counts
from claimkit.stats import Estimate, cluster_estimates, wilson_interval

# Columns of a document. Over all pairs of annotators: equal marks, marks with half in common, marks of both. Of characters: by how
# much annotators differ, how often they mark them, how often not.
_STRICT, _RELAXED, _SIZES, _DIFFERING, _MARKED, _PLAIN = range(6)


class ReadText(NamedTuple):
    """A text and what each annotator who has read it marked there; ``length`` is ``None`` where the text is not given."""

    length: int | None
    marks: Mapping[str, MarkedText]


def span_agreement(texts: Sequence[ReadText], settings: Settings) -> SpanAgreement | None:
    """Return how well annotators agree on marks; ``None`` where nobody marked anything.

    An annotator who has read a text and marked nothing there counts as one who found nothing, not as missing. Marks of one
    annotator that overlap are one stretch to both alphas, and the pieces of an interrupted mark are units of their own.

    Parameters
    ----------
    texts : sequence of ReadText
        Those with fewer than two annotators are left out.
    settings : Settings
    """
    read = [text for text in texts if len(text.marks) >= 2]
    n_marks = sum(len(marked.marks) for text in read for marked in text.marks.values())
    if not n_marks:
        return None
    plain = np.array([_columns(text) for text in read])
    counted = UnitizingSums.of([_continuum(text) for text in read])
    table = np.concatenate([plain, counted.table], axis=1)

    def compute(sums: Floats) -> Floats:
        found = [
            ratio(2 * sums[:, _STRICT], sums[:, _SIZES]),
            ratio(2 * sums[:, _RELAXED], sums[:, _SIZES]),
            _character_alpha(sums),
            counted.alpha(sums[:, plain.shape[1] :]),
        ]
        return np.stack(found, axis=1)

    estimates = cluster_estimates(table, compute, unit=settings.unit, replicates=settings.replicates, seed=settings.seed)
    why = "undefined: the texts are not given" if all(text.length is None for text in read) else "undefined"
    strict, relaxed, characters, units = (
        entry if entry.value is not None else Estimate(value=None, method=why) for entry in estimates
    )
    return SpanAgreement(
        n_documents=len(read),
        n_marks=n_marks,
        f1_strict=strict,
        f1_relaxed=relaxed,
        character_alpha=characters,
        unitizing_alpha=units,
    )


def relaxed_f1_of(text: ReadText) -> tuple[int, Estimate]:
    """Return how many marks a text has, and the relaxed F1 of its annotators, with the interval of a share of half as many marks.

    A pair of marks is found or not, and there are half as many pairs as marks.
    """
    columns = _columns(text._replace(length=None))
    n_marks = sum(len(marked.marks) for marked in text.marks.values())
    if not n_marks:
        return 0, Estimate(value=None, method="undefined: nothing is marked")
    value = float(2 * columns[_RELAXED] / columns[_SIZES])
    low, high = wilson_interval(value * n_marks / 2, n_marks / 2)
    return n_marks, Estimate(value=value, low=low, high=high, method="mark,wilson")


def _columns(text: ReadText) -> list[float]:
    found = [0.0] * 6
    for ours, theirs in combinations(text.marks.values(), 2):
        found[_STRICT] += span_counts(ours, theirs, "strict")[0]
        found[_RELAXED] += span_counts(ours, theirs, "relaxed")[0]
        found[_SIZES] += len(ours.marks) + len(theirs.marks)
    if text.length is not None:
        annotators = len(text.marks)
        for marked, length in segments(list(_units(text)), text.length):
            found[_DIFFERING] += 2 * length * marked * (annotators - marked) / (annotators - 1)
            found[_MARKED] += length * marked
            found[_PLAIN] += length * (annotators - marked)
    return found


def _character_alpha(sums: Floats) -> Floats:
    marked, plain = sums[:, _MARKED], sums[:, _PLAIN]
    return np.asarray(1 - ratio((marked + plain - 1) * sums[:, _DIFFERING], 2 * marked * plain))


def _continuum(text: ReadText) -> Continuum:
    if text.length is None:
        return Continuum(0, 0, [[] for _ in text.marks])
    return Continuum(0, text.length, list(_units(text)))


def _units(text: ReadText) -> Iterator[list[Stretch]]:
    for marked in text.marks.values():
        yield merged(stretch for mark in marked.marks for stretch in mark)
