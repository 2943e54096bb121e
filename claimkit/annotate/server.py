"""The server of the page: a few routes over a session, on the loopback interface alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.routing import Route

from claimkit.annotate.guard import App, Guard, hash_of
from claimkit.annotate.ledger import NotSavedError, StaleError
from claimkit.errors import ClaimkitError, DataError, UsageError

if TYPE_CHECKING:
    import uvicorn

FIRST_PORT = 8321
_TRIED_PORTS = 40
_STATIC = Path(__file__).parent / "static"
_TYPES = MappingProxyType(
    {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}  # whatever the system believes
)
Endpoint: TypeAlias = Callable[[WebRequest], Awaitable[Response]]


class Address(msgspec.Struct, frozen=True):
    """Where the page is: a port of 127.0.0.1, and the secret."""

    port: int
    token: str

    @property
    def url(self) -> str:
        """The address to be opened."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"


def listening(port: int | None) -> socket.socket:
    """Return a socket that listens on 127.0.0.1.

    Parameters
    ----------
    port : int or None
        ``None``: the first free one from 8321 on, so that a page which is still open finds the server again after a restart.

    Raises
    ------
    UsageError
        When the port is taken.
    """
    for number in [port] if port is not None else [*range(FIRST_PORT, FIRST_PORT + _TRIED_PORTS), 0]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere this would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
            listener.listen(64)
        except OSError as error:
            listener.close()
            if port is not None:
                raise UsageError(
                    f"port {port} cannot be used ({(error.strerror or 'refused').lower()}); choose another with --port"
                ) from None
        else:
            return listener
    raise UsageError("no port is free on 127.0.0.1")  # pragma: no cover - port 0 always finds one


def application(routes: dict[str, Endpoint], page: str, address: Address, earlier: list[str]) -> App:
    """Return the guarded application.

    Parameters
    ----------
    routes : dict of str to endpoint
        Paths with their method before them, such as ``"POST /api/change"``.
    page : str
        File name of the page among the static files.
    address : Address
    earlier : list of str
        Hashes of the secrets of earlier starts.
    """

    async def index(_: WebRequest) -> Response:
        return _file(page)

    async def static(request: WebRequest) -> Response:
        return _file(request.path_params["name"])

    made = [Route("/", index), Route("/static/{name}", static)]
    for place, endpoint in routes.items():
        method, _, path = place.partition(" ")
        made.append(Route(path, _answering(endpoint), methods=[method]))
    return Guard(Starlette(routes=made), address.port, [hash_of(address.token), *earlier])


def _file(name: str) -> Response:
    known = {path.name: path for path in _STATIC.iterdir() if path.suffix in _TYPES}  # no name leads out of the folder
    if name not in known:
        return answer({"error": "there is no such file"}, 404)
    return Response(known[name].read_bytes(), media_type=_TYPES[known[name].suffix])


def answer(value: Any, status: int = 200) -> Response:
    """Return JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json")


def _answering(endpoint: Endpoint) -> Endpoint:
    """Turn the errors of the library into statuses: 409 stale, 507 not saved, 422 not valid."""

    async def guarded(request: WebRequest) -> Response:
        try:
            return await endpoint(request)
        except StaleError as error:
            return answer({"error": error.message}, 409)
        except NotSavedError as error:
            return answer({"error": error.message}, 507)
        except DataError as error:
            return answer({"error": error.message, "code": error.code}, 422)
        except ClaimkitError as error:
            return answer({"error": str(error)}, 422)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return answer({"error": f"not a request of this page: {error}"}, 422)

    return guarded


def parameter(request: WebRequest, name: str) -> str:
    """Return a value of the query, at most 500 characters."""
    return request.query_params.get(name, "")[:500]


@contextlib.contextmanager
def addressed(port: int | None) -> Iterator[tuple[socket.socket, Address]]:
    """Give a listening socket and the address that leads to it."""
    listener = listening(port)
    with contextlib.closing(listener):
        yield listener, Address(listener.getsockname()[1], secrets.token_urlsafe(24))


def serve(app: App, listener: socket.socket, *, opening: str | None = None) -> None:
    """Answer requests until the program is told to stop.

    Parameters
    ----------
    app : ASGI application
    listener : socket
    opening : str, optional
        An address to be opened in the browser.
    """
    if opening is not None:
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(opening,), daemon=True).start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be told to stop is to stop in order
    _server(app).run(sockets=[listener])


def _server(app: App) -> uvicorn.Server:
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
