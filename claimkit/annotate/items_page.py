"""The page for flat items: its routes, and starting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from starlette.requests import Request as WebRequest
from starlette.responses import Response

from claimkit.annotate.guideline import Guideline, find_guideline, read_guideline
from claimkit.annotate.items import ItemSession, LabelRequest
from claimkit.annotate.ledger import Outcome
from claimkit.annotate.pages import Pages, TimeReport, serve_pages
from claimkit.annotate.server import Endpoint, answer, parameter
from claimkit.annotate.views import label_views
from claimkit.records import Item
from claimkit.schemes import LabelScheme

Which = Literal["open", "skipped", "flagged", "labelled", "all"]
_WINDOW = 40  # items that the page holds ahead


class _Pages(Pages[ItemSession]):
    """The routes over a session with items."""

    def __init__(self, session: ItemSession, guideline: Guideline | None, order: str) -> None:
        super().__init__(session, guideline)
        self.order = order

    def views(self) -> dict[str, Endpoint]:
        return {
            "GET /api/items": self.items,
            "GET /api/state": self.state,
            "GET /api/queue": self.queue,
        }

    def _state(self) -> dict[str, Any]:
        session = self.session
        said = session.store.tables["item"].values()
        return {
            "revision": session.revision,
            "undo": session.next_undo,
            "redo": session.next_redo,
            "total": len(session.queue),
            "labelled": len(session.store.labelled),
            "flagged": sum(bool(entry.get("flag")) for entry in said),
            "skipped": sum(bool(entry.get("skipped")) for entry in said),
            "seconds": round(sum(session.seconds.values())),
        }

    def _view(self, name: str) -> dict[str, Any]:
        """Return what is shown of an item; never the label that the file gives it, nor what a model thinks."""
        store = self.session.store
        item, found = store.items[name], store.labelled.get(name)
        said = store.tables["item"].get(name, {})
        return {
            "id": name,
            "text": item.text,
            "target": item.target,
            "target_kind": item.target_kind,
            "context": item.context,
            "label": found.stance if found else None,
            "flag": bool(said.get("flag")),
            "skipped": bool(said.get("skipped")),
            "note": said.get("note"),
        }

    async def items(self, _: WebRequest) -> Response:
        session = self.session
        return answer(
            {
                "mode": "items",
                "name": session.name,
                "annotator": session.annotator,
                "labels": label_views(session.scheme),
                "order": self.order,
                "guideline": self.guideline,
                **self._state(),
            }
        )

    async def state(self, _: WebRequest) -> Response:
        return answer(self._state())

    async def queue(self, request: WebRequest) -> Response:
        which: Any = parameter(request, "which")
        names = self.session.pending(which if which in get_args(Which) else "open")
        start = names.index(first) if (first := parameter(request, "from")) in names else 0
        return answer(
            {"items": [self._view(name) for name in names[start : start + _WINDOW]], "count": len(names), **self._state()}
        )

    def make(self, body: bytes) -> Outcome:
        return self.session.label(msgspec.json.decode(body, type=LabelRequest))

    def told(self, outcome: Outcome) -> dict[str, Any]:
        view = self._view(outcome.document) if outcome.document in self.session.store.items else None
        return {"item": view, **self._state()}

    def spend(self, report: TimeReport) -> dict[str, Any]:
        if report.document in self.session.store.items:
            self.session.spend(report.document, report.seconds)
        return {}


def annotate_items(
    path: str | Path,
    annotator: str,
    *,
    scheme: str | None = None,
    order: Callable[[Sequence[Item], LabelScheme], list[str]] | None = None,
    order_name: str = "file",
    guideline: str | Path | None = None,
    port: int | None = None,
    ready: Callable[[str], object] = print,
    open_browser: bool = True,
) -> None:
    """Open the page for a file of items and serve it until the program is told to stop.

    Parameters
    ----------
    path : path-like
        Of the items.
    annotator : str
        The labelled items stand beside them, in ``<name>.<annotator>.jsonl``.
    scheme : str, optional
        A scheme or its labels in order; by default that of the items.
    order : callable, optional
        See :class:`claimkit.annotate.items.ItemSession`.
    order_name : str
        What the page calls the order.
    guideline : path-like, optional
        A Markdown file; by default ``guideline.md`` beside the items.
    port : int, optional
        Of 127.0.0.1; by default the first free one from 8321 on.
    ready : callable
        Is given the address as soon as it answers.
    open_browser : bool
    """
    session = ItemSession(path, annotator, scheme=scheme, order=order)
    try:
        text = read_guideline(guideline) if guideline is not None else find_guideline(Path(path).parent)
        serve_pages(_Pages(session, text, order_name), "items.html", port=port, ready=ready, open_browser=open_browser)
    finally:
        session.close()
