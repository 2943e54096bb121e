"""The page of adjudication: its routes, and starting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request as WebRequest
from starlette.responses import Response

from claimkit.annotate.cases_view import document, one, overview, state
from claimkit.annotate.deciding import DecideRequest, DecisionSession, Entry
from claimkit.annotate.guideline import find_guideline, read_guideline
from claimkit.annotate.ledger import Outcome
from claimkit.annotate.pages import Pages, TimeReport, serve_pages
from claimkit.annotate.server import Endpoint, answer, parameter


class _Write(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That gold is to be written; ``force``: also where there is one."""

    force: bool = False
    revision: int = 0
    request: str | None = None


class _Pages(Pages[DecisionSession]):
    """The routes over a session of decisions."""

    def views(self) -> dict[str, Endpoint]:
        return {
            "GET /api/cases": self.cases,
            "GET /api/document": self.document,
            "POST /api/gold": self.gold,
        }

    async def cases(self, _: WebRequest) -> Response:
        return answer(overview(self.session, self.guideline))

    async def document(self, request: WebRequest) -> Response:
        return answer({"document": document(self.session.store, parameter(request, "id")), **state(self.session)})

    def make(self, body: bytes) -> Outcome:
        return self.session.decide(msgspec.json.decode(body, type=DecideRequest))

    def told(self, outcome: Outcome) -> dict[str, Any]:
        files = self.session.store
        entry = None if outcome.document is None else files.find(outcome.document)
        if entry is None or not entry.case.disputed:  # an undo may reach a case that is gone or agreed on by now
            return {"case": None, **state(self.session)}
        return {"case": one(files, entry), **state(self.session)}

    def spend(self, report: TimeReport) -> dict[str, Any]:
        if report.document in self.session.store.corpus.documents:
            self.session.spend(report.document, report.seconds)
        return {}

    async def gold(self, request: WebRequest) -> Response:
        body = msgspec.json.decode(await request.body(), type=_Write)
        result = self.session.write(force=body.force)
        entries: list[Entry] = [*result.cases, *result.relation_cases]
        return answer(
            {
                "path": f"layers/{result.layer}.jsonl",
                "statements": len(result.statements),
                "relations": len(result.relations),
                "decided": sum(entry.decision is not None for entry in entries),
                "stale": [decision.unit for decision in result.stale],
                **state(self.session),
            }
        )


def adjudicate_on_page(
    folder: str | Path,
    layers: Sequence[str],
    *,
    guideline: str | Path | None = None,
    port: int | None = None,
    ready: Callable[[str], object] = print,
    open_browser: bool = True,
    **options: Any,
) -> None:
    """Open the page of adjudication and serve it until the program is told to stop.

    Parameters
    ----------
    folder : path-like
        Of the corpus.
    layers : sequence of str
        What is decided from.
    guideline : path-like, optional
        A Markdown file; by default ``guideline.md`` of the corpus, or a codebook beside it.
    port : int, optional
        Of 127.0.0.1; by default the first free one from 8321 on.
    ready : callable
        Is given the address as soon as it answers.
    open_browser : bool
    **options
        As in :class:`claimkit.annotate.deciding.DecisionSession`.
    """
    session = DecisionSession(folder, layers, **options)
    try:
        text = read_guideline(guideline) if guideline is not None else find_guideline(folder, session.store.corpus.config.name)
        serve_pages(_Pages(session, text), "adjudicate.html", port=port, ready=ready, open_browser=open_browser)
    finally:
        session.close()
