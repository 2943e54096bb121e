"""Pairing of marks, against trying every way."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.matching import length_of, overlap_of, pair_marks

spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
marks = st.lists(spans.map(lambda span: (span,)), max_size=4)


def share(one, other):
    both = overlap_of(one, other)
    return both / (length_of(one) + length_of(other) - both)


@given(marks, marks)
def test_the_pairs_are_the_best_of_all_ways_to_pair(ours, theirs):
    pairs = pair_marks(ours, theirs)
    assert len({pair.a for pair in pairs}) == len({pair.b for pair in pairs}) == len(pairs)
    assert all(pair.overlap > 0 and pair.share == pytest.approx(share(ours[pair.a], theirs[pair.b])) for pair in pairs)
    padded = [*range(len(theirs)), *[None] * len(ours)]
    ways = ([(mark, b) for mark, b in zip(ours, way, strict=True) if b is not None] for way in permutations(padded, len(ours)))
    best = max((sum(share(mark, theirs[b]) for mark, b in way) for way in ways), default=0.0)
    assert sum(pair.share for pair in pairs) == pytest.approx(best)


@given(marks, marks, st.sampled_from([0.3, 0.5, 0.9]))
def test_no_pair_has_less_in_common_than_asked(ours, theirs, least):
    assert all(pair.share >= least for pair in pair_marks(ours, theirs, at_least=least))


def test_interrupted_marks_overlap_by_all_their_parts():
    assert overlap_of(((0, 5), (10, 15)), ((3, 12),)) == 4
