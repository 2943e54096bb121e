"""Who may speak to the page's server: this machine, with the secret, from the page itself; and what answers forbid the browser."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 4 * 1024 * 1024
TOKEN_HEADER = b"x-claimkit-token"

# No inline script, no style but ours, nothing from elsewhere, no frame, and no text that becomes markup (Trusted Types).
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cache-control", b"no-store"),
]


def hash_of(token: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


class Guard:
    """Stands before the application and lets through what comes from the page that was opened.

    Parameters
    ----------
    app : ASGI application
    port : int
        On which the server listens.
    hashes : iterable of str
        SHA-256 of the secrets that are accepted.
    """

    def __init__(self, app: App, port: int, hashes: Iterable[str]) -> None:
        self.app = app
        self.hashes = tuple(hashes)
        self.hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}
        self.origins = {b"http://" + host for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with a sentence."""
        if scope["type"] != "http":
            return
        refusal = self.refusal(scope)
        if refusal is not None:
            await _say(send, *refusal)
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self.app(scope, receive, send_guarded)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return the status and the sentence with which a request is refused, ``None`` where it is let through."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if headers.get(b"host") not in self.hosts:
            return 421, "this server answers to 127.0.0.1 only"
        origin = headers.get(b"origin")
        if origin is not None and origin not in self.origins:
            return 403, "this page belongs to another site"
        is_link = scope["path"] == "/" and headers.get(b"sec-fetch-mode") == b"navigate"  # such as one in a terminal that is a page
        if headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none") and not is_link:
            return 403, "this request comes from another site"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST are answered"
        if scope["path"].startswith("/static/"):  # the program's own files, the same for everybody
            return None
        if not self.knows(self._token(scope, headers)):
            return 403, "open the address that claimkit has printed; it holds a secret that this one lacks"
        if scope["method"] == "POST":
            if headers.get(b"content-type", b"").split(b";")[0].strip() != b"application/json":
                return 415, "send JSON"
            size = headers.get(b"content-length", b"")
            if not size.isdigit():
                return 411, "say how long the request is"
            if int(size) > MAX_BODY:
                return 413, "this request is too long"
        return None

    def knows(self, token: str) -> bool:
        """Tell whether a secret is one of the accepted ones."""
        found = hash_of(token)
        return any([hmac.compare_digest(found, known) for known in self.hashes])  # noqa: C419 - always as many comparisons

    @staticmethod
    def _token(scope: Scope, headers: dict[bytes, bytes]) -> str:
        if scope["path"] == "/":  # a browser that opens an address cannot send a header
            query: str = scope["query_string"].decode("latin-1")
            return parse_qs(query).get("token", [""])[0]
        return headers.get(TOKEN_HEADER, b"").decode("latin-1")


async def _say(send: Send, status: int, sentence: str) -> None:
    body = f"claimkit: {sentence}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
