"""Find the claims of a collection that a text repeats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from claimkit.claimmatching.conditional import ConditionalLogit
from claimkit.claimmatching.counts import Floats
from claimkit.claimmatching.features import ClaimFeatures, QueryFeatures, TextEncoder
from claimkit.errors import DataError
from claimkit.nearness import normal_words
from claimkit.records import Claim, Document

_BLOCK = 64
Places = npt.NDArray[np.int64]


class ClaimRanker:
    """Rank the claims of a collection by whether a text repeats them.

    BM25 over title and text finds candidates; with an encoder, the nearest vectors are candidates too. After :meth:`fit`, a
    conditional logistic regression on what text and claim have in common puts them in order; before, their BM25 does. Claims with
    the same words (capitals and punctuation aside) have the same score and stand in the order of the collection.

    Parameters
    ----------
    claims : sequence of Document or Claim
        The collection; a document's title is used where it has one.
    k1, b : float
        Of :class:`BM25`.
    depth : int
        How many candidates BM25 gives.
    encoder : optional
        Has ``encode(texts)``, an array of float32 of shape (n, dimension) whose rows have length 1.
    dense_depth : int
        How many candidates the mean cosine with text and title gives; without an encoder none.
    C : float
        Of :class:`ConditionalLogit`.

    Attributes
    ----------
    features : tuple of str
        Names of what the regression sees.
    encoder : TextEncoder or None
    model : ConditionalLogit or None
        ``None`` before :meth:`fit`.

    Raises
    ------
    DataError
        When an id comes twice.

    Examples
    --------
    >>> claims = [Claim(id="wall", text="The wall stands."), Claim(id="bridge", text="The bridge was built in 1950.")]
    >>> ranker = ClaimRanker(claims)
    >>> list(ranker.rank({"t1": "They say the bridge is from 1950"}, k=1)["t1"])
    ['bridge']
    """

    def __init__(
        self,
        claims: Sequence[Document | Claim],
        *,
        k1: float = 1.2,
        b: float = 0.4,
        depth: int = 100,
        encoder: TextEncoder | None = None,
        dense_depth: int = 50,
        C: float = 1.0,
    ) -> None:
        if depth < 1 or dense_depth < 0:
            raise ValueError(f"depth must be at least 1 and dense_depth at least 0. Got {depth!r} and {dense_depth!r}.")
        self.k1, self.b = k1, b
        self.depth = depth
        self.dense_depth = dense_depth
        self.C = C
        self.encoder = encoder
        self.model: ConditionalLogit | None = None
        self._ids = [claim.id for claim in claims]
        self._places = {name: place for place, name in enumerate(self._ids)}
        if len(self._places) < len(self._ids):
            twice = next(name for place, name in enumerate(self._ids) if self._places[name] != place)
            raise DataError(f"the claim '{twice}' comes twice in the collection", code="duplicate-id")
        texts = [claim.text or "" for claim in claims]
        titles = [(claim.title if isinstance(claim, Document) else None) or "" for claim in claims]
        first: dict[str, int] = {}
        self._first = np.array([first.setdefault(normal_words(text), place) for place, text in enumerate(texts)], dtype=np.int64)
        self._claims = ClaimFeatures(texts, titles, k1=k1, b=b, encoder=encoder)
        self.features = self._claims.names

    def __repr__(self) -> str:
        return f"<ranker of {len(self._ids)} claims, {'BM25 alone' if self.model is None else 're-ranked'}>"

    def fit(
        self, queries: Mapping[str, str], relevant: Mapping[str, Collection[str]], after: Callable[[int], object] | None = None
    ) -> ClaimRanker:
        """Learn from judged pairs how to order the candidates.

        A query of which no relevant claim is among the candidates teaches nothing. Claims with the same words as a relevant one are
        left out, since judgements tend to name one of them only.

        Parameters
        ----------
        queries : mapping of str to str
            Query to text.
        relevant : mapping of str to collection of str
            Query to the claims that it repeats.
        after : callable, optional
            Called with the number of queries that were looked at since the last call.

        Raises
        ------
        DataError
            When a judgement names a claim that is not in the collection, or there is nothing to learn from.
        """
        judged = {query: text for query, text in queries.items() if relevant.get(query)}
        tables, chosen = [], []
        for query, found, row, candidates in self._candidates(judged, after):
            right = self._places_of(query, relevant[query])
            same = np.isin(self._first[candidates], self._first[right])
            wanted = np.isin(candidates, right)
            kept = wanted | ~same
            if wanted.any() and not wanted[kept].all():
                tables.append(found.table(row, self._first[candidates[kept]]))
                chosen.append(wanted[kept].astype(np.int64))
        if not tables:
            raise DataError("no query has a relevant claim among its candidates, so there is nothing to learn from")
        self.model = ConditionalLogit(self.C).fit(tables, chosen)
        return self

    def rank(
        self, queries: Mapping[str, str], k: int = 100, after: Callable[[int], object] | None = None
    ) -> dict[str, dict[str, float]]:
        """Return the best claims of each query, the best first.

        Parameters
        ----------
        queries : mapping of str to str
            Query to text.
        k : int
            At most so many claims a query; there are never more than candidates.
        after : callable, optional
            Called with the number of queries that were ranked since the last call.

        Returns
        -------
        dict of str to dict of str to float
            Query to claim to score, as :func:`claimkit.evaluation.rankings.evaluate_rankings` takes it; scores compare within a
            query.
        """
        ranked: dict[str, dict[str, float]] = {query: {} for query in queries}
        for query, found, row, candidates in self._candidates(queries, after):
            same = self._first[candidates]
            scores = found.bm25[0][row, same] if self.model is None else self.model.scores(found.table(row, same))
            order = np.lexsort((candidates, -scores))[:k]
            ranked[query] = {self._ids[candidates[place]]: float(scores[place]) for place in order}
        return ranked

    def _candidates(
        self, queries: Mapping[str, str], after: Callable[[int], object] | None
    ) -> Iterator[tuple[str, QueryFeatures, int, Places]]:
        names = list(queries)
        for start in range(0, len(names) if self._ids else 0, _BLOCK):
            block = names[start : start + _BLOCK]
            found = self._claims.of([queries[name] for name in block])
            for row, name in enumerate(block):
                best = _best(found.bm25[0][row], self.depth)
                if found.dense:
                    nearest = _best(np.mean([cosines[row] for cosines in found.dense], axis=0), self.dense_depth)
                    best = np.union1d(best, nearest)
                yield name, found, row, best
            if after is not None:
                after(len(block))

    def _places_of(self, query: str, claims: Collection[str]) -> Places:
        unknown = next((claim for claim in claims if claim not in self._places), None)
        if unknown is not None:
            raise DataError(
                f"the query '{query}' is judged to repeat '{unknown}', which is not in the collection", code="dangling-reference"
            )
        return np.array([self._places[claim] for claim in claims], dtype=np.int64)


def _best(scores: Floats, depth: int) -> Places:
    return np.argsort(-scores, kind="stable")[:depth].astype(np.int64)
