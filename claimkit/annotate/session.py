"""One annotator at work on one layer of a corpus; testable without a page."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from claimkit.annotate.actions import Request
from claimkit.annotate.ledger import Ledger, Outcome, now_utc
from claimkit.annotate.plan import Plan
from claimkit.annotate.store import Store
from claimkit.annotate.suggestions import Suggestions
from claimkit.corpus.config import read_config
from claimkit.errors import UsageError
from claimkit.records.check import is_id


def journal_path(folder: str | Path, annotator: str) -> Path:
    """Return where the journal of an annotator lies: beside the layer, with another ending, so that no reader takes it for one."""
    return Path(folder) / "layers" / f"{annotator}.journal"


def check_annotator(annotator: str) -> None:
    """Raise a :class:`UsageError` when a name cannot be that of an annotator."""
    if not is_id(annotator) or len(annotator) > 60 or annotator.startswith("."):
        raise UsageError(f"{annotator!r} cannot name an annotator: at most 60 characters, no space, no slash, no dot at the start")
    if annotator == "gold":
        raise UsageError("gold is what adjudication makes of the layers of annotators; name yourself with --annotator NAME")


class Session(Ledger[Store]):
    """The work of one annotator on a corpus.

    Parameters
    ----------
    folder : path-like
        Of a corpus.
    annotator : str
        Names the layer; it is made with the first finished statement.
    suggestions : str, optional
        A layer, or a file of statements, to be shown as suggestions.
    blind_share : float
        Share of the documents in which none is shown, in [0, 1].
    seed : int
        Which documents these are.
    clock : callable
        Gives the time, for the journal and for ``created``.
    readonly : bool
        Only look, also while the page is open.

    Raises
    ------
    DataError, ConfigError, UsageError
        When the corpus is not valid, or another program works on the layer.
    """

    def __init__(
        self,
        folder: str | Path,
        annotator: str,
        *,
        suggestions: str | None = None,
        blind_share: float = 0.0,
        seed: int = 13,
        clock: Callable[[], datetime.datetime] = now_utc,
        readonly: bool = False,
    ) -> None:
        check_annotator(annotator)
        read_config(folder)  # before anything is made in what is no corpus
        self.annotator = annotator
        self.suggestions: Suggestions | None = None

        def open_files() -> Store:
            store = Store(folder, annotator)
            if suggestions is not None:
                self.suggestions = Suggestions(store, suggestions, blind_share=blind_share, seed=seed)
            return store

        super().__init__(journal_path(folder, annotator), open_files, clock, readonly=readonly)

    def change(self, request: Request) -> Outcome:
        """Make a change that the page asks for; see :meth:`claimkit.annotate.ledger.Ledger.make` for what is raised."""

        def prepare() -> Plan:
            return Plan(self.store, self.suggestions, self._used, self.clock().date().isoformat(), request.actions)

        return self.make(prepare, seen=request.revision, request=request.request, label=request.label)

    def spend_on(self, document: str, seconds: float, *, hidden: bool = False) -> None:
        """Add to the time of a document of the corpus; ``hidden``: the annotator had its suggestions hidden all the while."""
        if document in self.store.corpus.documents:
            shown = None if self.suggestions is None else not (hidden or self.suggestions.is_blind(document))
            self.spend(document, seconds, shown=shown)

    def is_blind(self, document: str) -> bool:
        """Tell whether the suggestions of a document were never shown while it was open; of one that was not, whether they will be.

        A suggestion that was accepted or rejected was shown. Journals of older versions do not know of hiding: what they call shown
        may have been hidden, and counts as shown.
        """
        if self.suggestions is None:
            return False
        verdicts = self.store.tables["suggestion"]
        if any(self.suggestions.verdict(name, verdicts) is not None for name, _ in self.suggestions.of_document(document)):
            return False
        seen = self.shown.get(document)
        return self.suggestions.is_blind(document) if seen is None else True not in seen
