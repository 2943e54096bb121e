"""The page for a corpus: its routes, and starting it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request as WebRequest
from starlette.responses import Response

from claimkit.annotate.actions import Request
from claimkit.annotate.guard import hash_of
from claimkit.annotate.guideline import Guideline, find_guideline, read_guideline
from claimkit.annotate.ledger import Outcome
from claimkit.annotate.names import near_actors, near_claims
from claimkit.annotate.server import Endpoint, addressed, answer, application, parameter, serve
from claimkit.annotate.session import Session
from claimkit.annotate.views import (
    candidates_view,
    corpus_view,
    document_list,
    document_view,
    entities_view,
    pairs_view,
    search_view,
    state_view,
)
from claimkit.errors import DataError


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Undo or redo, as the page asks for it."""

    revision: int
    request: str | None = None


class Spent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of activity on a document or item."""

    document: str
    seconds: float


class _Pages:
    """The routes over a session.

    Requests are answered one after the other, each to its end: a change is on disk before the next one is looked at.
    """

    def __init__(self, session: Session, guideline: Guideline | None) -> None:
        self.session = session
        self.guideline = guideline

    def routes(self) -> dict[str, Endpoint]:
        """Return the endpoints by method and path."""
        return {
            "GET /api/corpus": self.corpus,
            "GET /api/state": self.state,
            "GET /api/entities": self.entities,
            "GET /api/document": self.document,
            "GET /api/candidates": self.candidates,
            "GET /api/pairs": self.pairs,
            "GET /api/near": self.near,
            "GET /api/search": self.search,
            "POST /api/change": self.change,
            "POST /api/undo": self.undo,
            "POST /api/redo": self.redo,
            "POST /api/time": self.time,
        }

    async def corpus(self, _: WebRequest) -> Response:
        with contextlib.suppress(DataError):  # what others have just written may wait; a change says what is wrong with it
            self.session.store.corpus.refresh()
        return answer(corpus_view(self.session, self.guideline))

    async def state(self, _: WebRequest) -> Response:
        return answer(state_view(self.session))

    async def entities(self, _: WebRequest) -> Response:
        self.session.store.corpus.refresh()
        return answer({**entities_view(self.session), **state_view(self.session)})

    async def document(self, request: WebRequest) -> Response:
        name = parameter(request, "id")
        return answer({"document": document_view(self.session, name), **state_view(self.session)})

    async def candidates(self, request: WebRequest) -> Response:
        return answer(candidates_view(self.session, parameter(request, "source")))

    async def pairs(self, request: WebRequest) -> Response:
        return answer(pairs_view(self.session, parameter(request, "document")))

    async def near(self, request: WebRequest) -> Response:
        corpus, text = self.session.store.corpus, parameter(request, "text")
        if parameter(request, "kind") == "actor":
            return answer([near._asdict() for near in near_actors(text, corpus.actors.values())])
        return answer([near._asdict() for near in near_claims(text, corpus.claims.values())])

    async def search(self, request: WebRequest) -> Response:
        query = parameter(request, "q").strip()
        return answer(search_view(self.session, query) if query else {"found": [], "more": False})

    async def change(self, request: WebRequest) -> Response:
        body = msgspec.json.decode(await request.body(), type=Request)
        return self._done(self.session.change(body))

    async def undo(self, request: WebRequest) -> Response:
        return await self._turn(request, self.session.undo)

    async def redo(self, request: WebRequest) -> Response:
        return await self._turn(request, self.session.redo)

    async def _turn(self, request: WebRequest, turn: Callable[[int, str | None], Outcome]) -> Response:
        body = msgspec.json.decode(await request.body(), type=Turn)
        return self._done(turn(body.revision, body.request))

    def _done(self, outcome: Outcome) -> Response:
        view: dict[str, Any] = {"outcome": outcome, **state_view(self.session)}
        if outcome.document is not None:
            view["document"] = document_view(self.session, outcome.document, with_text=False)
            view["documents"] = document_list(self.session, outcome.document)
        return answer(view)

    async def time(self, request: WebRequest) -> Response:
        body = msgspec.json.decode(await request.body(), type=Spent)
        self.session.spend_on(body.document, body.seconds)
        return answer({"seconds": round(self.session.seconds.get(body.document, 0.0))})


def annotate_corpus(
    folder: str | Path,
    annotator: str,
    *,
    suggestions: str | None = None,
    blind_share: float = 0.0,
    seed: int = 13,
    guideline: str | Path | None = None,
    port: int | None = None,
    ready: Callable[[str], object] = print,
    open_browser: bool = True,
) -> None:
    """Open the annotation page of a corpus and serve it until the program is told to stop.

    Parameters
    ----------
    folder : path-like
        Of the corpus.
    annotator : str
        Names the layer.
    suggestions : str, optional
        A layer, or a file of statements, to be shown as suggestions.
    blind_share : float
        Share of the documents, in [0, 1], in which none is shown.
    seed : int
        Which documents these are.
    guideline : path-like, optional
        A Markdown file; by default ``guideline.md`` of the corpus, or a codebook beside it.
    port : int, optional
        Of 127.0.0.1; by default the first free one from 8321 on.
    ready : callable
        Is given the address as soon as it answers.
    open_browser : bool
    """
    session = Session(folder, annotator, suggestions=suggestions, blind_share=blind_share, seed=seed)
    try:
        text = read_guideline(guideline) if guideline is not None else find_guideline(folder, session.store.corpus.config.name)
        with addressed(port) as (listener, address), contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one leaves
            app = application(_Pages(session, text).routes(), "index.html", address, session.tokens())
            session.start(hash_of(address.token))
            ready(address.url)
            serve(app, listener, opening=address.url if open_browser else None)
    finally:
        session.close()
