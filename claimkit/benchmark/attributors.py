"""Attribution systems as markers of statements: by rules, and by a tagger that is learnt from the training texts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence

from claimkit.attribution import Attributor, load_attributor
from claimkit.catalog.annotated import AnnotatedText
from claimkit.evaluation.attributions import statements_of
from claimkit.records import Document, Statement


class AttributionRules:
    """What the attribution system ``rules`` finds; attributions within others are left out, as PolNeAR hardly marks any."""

    def __init__(self) -> None:
        self._system: Attributor = load_attributor("rules")

    def fit(self, texts: Sequence[AnnotatedText]) -> AttributionRules:
        """Return itself: nothing is learnt."""
        return self

    def statements(self, document: Document) -> Iterator[Statement]:
        """Yield a statement for each attribution of a document."""
        text = document.text or ""
        outermost = [entry for entry in self._system.find(text) if entry.outer is None]
        yield from statements_of(document.id, text, outermost)


class AttributionTagger(AttributionRules):
    """The same of the attribution system ``tagger``, learnt from the texts."""

    def fit(self, texts: Sequence[AnnotatedText]) -> AttributionTagger:
        """Learn the tagger; needs the extra ``crf``."""
        from claimkit.attribution.training import train_tagger

        marked = [(text.document.text or "", list(text.reference)) for text in texts]
        with tempfile.TemporaryDirectory() as folder:
            train_tagger(marked, f"{folder}/tagger", data="training texts")
            self._system = load_attributor(f"tagger:{folder}/tagger")
        return self
