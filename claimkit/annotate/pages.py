"""What the three pages have in common: the routes of changes, undo, redo and time, and being served."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from starlette.requests import Request as WebRequest
from starlette.responses import Response

from claimkit.annotate.guard import hash_of
from claimkit.annotate.guideline import Guideline
from claimkit.annotate.ledger import Ledger, Outcome
from claimkit.annotate.server import Endpoint, addressed, answer, application, serve


class _Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Undo or redo, as a page asks for it."""

    revision: int
    request: str | None = None


class TimeReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of activity on a document or item.

    Attributes
    ----------
    document : str
        Or item.
    seconds : float
    hidden : bool
        Whether all the time no suggestion was to be seen, though there may be some.
    """

    document: str
    seconds: float
    hidden: bool = False


SessionT = TypeVar("SessionT", bound=Ledger[Any])


class Pages(abc.ABC, Generic[SessionT]):
    """The routes over a session.

    Requests are answered one after the other, each to its end: a change is on disk before the next one is looked at.
    """

    def __init__(self, session: SessionT, guideline: Guideline | None) -> None:
        self.session = session
        self.guideline = guideline

    def routes(self) -> dict[str, Endpoint]:
        """Return the endpoints by method and path."""
        return {
            **self.views(),
            "POST /api/change": self.change,
            "POST /api/undo": self.undo,
            "POST /api/redo": self.redo,
            "POST /api/time": self.time,
        }

    @abc.abstractmethod
    def views(self) -> dict[str, Endpoint]:
        """Return the endpoints that are this page's own."""

    @abc.abstractmethod
    def make(self, body: bytes) -> Outcome:
        """Make the change that a request asks for."""

    @abc.abstractmethod
    def told(self, outcome: Outcome) -> dict[str, Any]:
        """Return what the page is told about a change beside its outcome."""

    @abc.abstractmethod
    def spend(self, report: TimeReport) -> dict[str, Any]:
        """Add seconds of activity, and return what the page is told."""

    async def change(self, request: WebRequest) -> Response:
        """Answer a change."""
        return self._done(self.make(await request.body()))

    async def undo(self, request: WebRequest) -> Response:
        """Answer undo."""
        return await self._turn(request, self.session.undo)

    async def redo(self, request: WebRequest) -> Response:
        """Answer redo."""
        return await self._turn(request, self.session.redo)

    async def time(self, request: WebRequest) -> Response:
        """Answer a note of time."""
        return answer(self.spend(msgspec.json.decode(await request.body(), type=TimeReport)))

    async def _turn(self, request: WebRequest, turn: Callable[[int, str | None], Outcome]) -> Response:
        body = msgspec.json.decode(await request.body(), type=_Turn)
        return self._done(turn(body.revision, body.request))

    def _done(self, outcome: Outcome) -> Response:
        return answer({"outcome": outcome, **self.told(outcome)})


def serve_pages(pages: Pages[Any], html: str, *, port: int | None, ready: Callable[[str], object], open_browser: bool) -> None:
    """Serve a page until the program is told to stop.

    Parameters
    ----------
    pages : Pages
    html : str
        Name of the file, among the static ones.
    port : int, optional
        Of 127.0.0.1; by default the first free one from 8321 on.
    ready : callable
        Is given the address as soon as it answers.
    open_browser : bool
    """
    with addressed(port) as (listener, address), contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one leaves
        app = application(pages.routes(), html, address, pages.session.tokens())
        pages.session.start(hash_of(address.token))
        ready(address.url)
        serve(app, listener, opening=address.url if open_browser else None)
