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
from claimkit.annotate.guideline import find_guideline, read_guideline
from claimkit.annotate.ledger import Outcome
from claimkit.annotate.names import near_actors, near_claims
from claimkit.annotate.pages import Pages, TimeReport, serve_pages
from claimkit.annotate.server import Endpoint, answer, parameter
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


class _Pages(Pages[Session]):
    """The routes over a session."""

    def views(self) -> dict[str, Endpoint]:
        return {
            "GET /api/corpus": self.corpus,
            "GET /api/state": self.state,
            "GET /api/entities": self.entities,
            "GET /api/document": self.document,
            "GET /api/candidates": self.candidates,
            "GET /api/pairs": self.pairs,
            "GET /api/near": self.near,
            "GET /api/search": self.search,
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

    def make(self, body: bytes) -> Outcome:
        return self.session.change(msgspec.json.decode(body, type=Request))

    def told(self, outcome: Outcome) -> dict[str, Any]:
        view: dict[str, Any] = state_view(self.session)
        if outcome.document is not None:
            view["document"] = document_view(self.session, outcome.document, with_text=False)
            view["documents"] = document_list(self.session, outcome.document)
        return view

    def spend(self, report: TimeReport) -> dict[str, Any]:
        self.session.spend_on(report.document, report.seconds, hidden=report.hidden)
        return {"seconds": round(self.session.seconds.get(report.document, 0.0))}


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
        serve_pages(_Pages(session, text), "index.html", port=port, ready=ready, open_browser=open_browser)
    finally:
        session.close()
