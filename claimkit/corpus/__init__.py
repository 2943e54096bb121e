"""A corpus: a folder of documents, actors, claims, and one layer of statements and relations per annotator."""

from __future__ import annotations

from claimkit.corpus.config import CorpusConfig
from claimkit.corpus.loading import Layer
from claimkit.corpus.model import Corpus, load_corpus

__all__ = ["Corpus", "CorpusConfig", "Layer", "load_corpus"]
