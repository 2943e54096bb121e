"""The page of adjudication: its routes, and starting it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request as WebRequest
from starlette.responses import Response

from claimkit.annotate.cases_view import document, one, overview, state
from claimkit.annotate.corpus_page import Spent, Turn
from claimkit.annotate.deciding import DecideRequest, DecisionSession, Entry
from claimkit.annotate.guard import hash_of
from claimkit.annotate.guideline import Guideline, find_guideline, read_guideline
from claimkit.annotate.ledger import Outcome
from claimkit.annotate.server import Endpoint, addressed, answer, application, parameter, serve


class _Write(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That gold is to be written; ``force``: also where there is one."""

    force: bool = False
    revision: int = 0
    request: str | None = None


class _Pages:
    """The routes over a session of decisions."""

    def __init__(self, session: DecisionSession, guideline: Guideline | None) -> None:
        self.session = session
        self.guideline = guideline

    def routes(self) -> dict[str, Endpoint]:
        """Return the endpoints by method and path."""
        return {
            "GET /api/cases": self.cases,
            "GET /api/document": self.document,
            "POST /api/change": self.change,
            "POST /api/undo": self.undo,
            "POST /api/redo": self.redo,
            "POST /api/gold": self.gold,
            "POST /api/time": self.time,
        }

    async def cases(self, _: WebRequest) -> Response:
        return answer(overview(self.session, self.guideline))

    async def document(self, request: WebRequest) -> Response:
        return answer({"document": document(self.session.store, parameter(request, "id")), **state(self.session)})

    async def change(self, request: WebRequest) -> Response:
        return self._done(self.session.decide(msgspec.json.decode(await request.body(), type=DecideRequest)))

    async def undo(self, request: WebRequest) -> Response:
        return await self._turn(request, self.session.undo)

    async def redo(self, request: WebRequest) -> Response:
        return await self._turn(request, self.session.redo)

    async def _turn(self, request: WebRequest, turn: Callable[[int, str | None], Outcome]) -> Response:
        body = msgspec.json.decode(await request.body(), type=Turn)
        return self._done(turn(body.revision, body.request))

    def _done(self, outcome: Outcome) -> Response:
        unit = outcome.document
        return answer({"outcome": outcome, "case": None if unit is None else one(self.session.store, unit), **state(self.session)})

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

    async def time(self, request: WebRequest) -> Response:
        body = msgspec.json.decode(await request.body(), type=Spent)
        if body.document in self.session.store.corpus.documents:
            self.session.spend(body.document, body.seconds)
        return answer({})


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
        with addressed(port) as (listener, address), contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one leaves
            app = application(_Pages(session, text).routes(), "adjudicate.html", address, session.tokens())
            session.start(hash_of(address.token))
            ready(address.url)
            serve(app, listener, opening=address.url if open_browser else None)
    finally:
        session.close()
