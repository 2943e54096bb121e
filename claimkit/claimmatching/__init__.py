"""Claim matching: which claim of a collection does a text repeat? BM25, and re-ranking that is learnt from judged pairs."""

from __future__ import annotations

from claimkit.claimmatching.bm25 import BM25
from claimkit.claimmatching.conditional import ConditionalLogit
from claimkit.claimmatching.persistence import load_ranker, save_ranker
from claimkit.claimmatching.ranker import ClaimRanker
from claimkit.claimmatching.words import plain_words, words_of

__all__ = ["BM25", "ClaimRanker", "ConditionalLogit", "load_ranker", "plain_words", "save_ranker", "words_of"]
