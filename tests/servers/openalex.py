"""A pretended OpenAlex on this machine, for tests and for use by hand.

    python -m tests.servers.openalex --port 8799 --works 2000
    OPENALEX_URL=http://127.0.0.1:8799 OPENALEX_API_KEY=any python -m review pull

It answers as OpenAlex does (`tests.servers.answers`) and can misbehave on a plan: each request for
works, or each that is aimed at, takes the next fault; when the plan is used up, all goes well.
"""

from __future__ import annotations

import argparse
import gzip
import json
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from tests.servers.answers import NOT_FOUND, Api, Reply, budget_spent, refused
from tests.servers.works import Work, make_works


class Fault(StrEnum):
    """What can go wrong with one request."""

    OK = "ok"
    PACE = "pace"
    BUDGET = "budget"
    PLAN = "plan"
    HTTP_400 = "400"
    HTTP_401 = "401"
    HTTP_403 = "403"
    HTTP_404 = "404"
    HTTP_500 = "500"
    HTTP_502 = "502"
    HTTP_503 = "503"
    HTTP_504 = "504"
    HTTP_520 = "520"
    HTML = "html"
    TRUNCATED = "truncated"
    CUT_JSON = "cut_json"
    RESET = "reset"
    RESET_BODY = "reset_body"
    STALL = "stall"
    TRICKLE = "trickle"
    REPEATED_CURSOR = "repeated_cursor"
    EARLY_NULL = "early_null"
    EMPTY_PAGE = "empty_page"
    DROPPED_ROW = "dropped_row"
    DUPLICATE_ROW = "duplicate_row"
    BAD_ROW = "bad_row"
    NULLS = "nulls"
    NEW_TYPE = "new_type"
    MISSING_META = "missing_meta"
    CHANGE = "change"


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    url: str


class OpenAlexServer:
    """The server as a context manager.

    Attributes:
        aim: which requests for works take a fault of the plan; all of them unless told otherwise.
        change: what happens to the list at `Fault.CHANGE`, before the request is answered.

    Args:
        works: how many works to make, or the works themselves.
        faults: what goes wrong, one entry a request for works.
        keys: keys it knows; every key is good when None.
        port: 0 for any free one.
        seed: of the works.
        delay: seconds before each answer.
        zipped: whether bodies are sent compressed, as OpenAlex does for who accepts it.
        options: further fields of `Api`.
    """

    def __init__(
        self,
        works: int | Sequence[Work] = 250,
        faults: Iterable[str] = (),
        keys: Collection[str] | None = None,
        port: int = 0,
        seed: int = 1,
        delay: float = 0.0,
        zipped: bool = False,
        **options: Any,
    ) -> None:
        self.delay, self.zipped = delay, zipped
        made = make_works(works, seed) if isinstance(works, int) else works
        self.api = Api(made, keys=keys, **options)
        self.faults = deque(Fault(fault) for fault in faults)
        self.requests: list[Seen] = []
        self.aim: Callable[[Seen], bool] = lambda seen: True
        self.change: Callable[[Seen], None] = lambda seen: None
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def works(self) -> Sequence[Work]:
        """What the server holds."""
        return self.api.works

    def next_fault(self, seen: Seen) -> Fault:
        """What goes wrong with a request."""
        with self._lock:
            wanted = seen.path.startswith("/works") and self.faults and self.aim(seen)
            return self.faults.popleft() if wanted else Fault.OK

    def __enter__(self) -> OpenAlexServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: OpenAlexServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what broke, unless it is a client that hung up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep test output clean; `requests` holds the log."""

    def do_GET(self) -> None:
        owner = cast(_Server, self.server).owner
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = unquote_plus(parts.path)
        seen = Seen(path, params, dict(self.headers), self.path)
        owner.requests.append(seen)
        fault = owner.next_fault(seen)
        owner.stopping.wait(owner.delay)
        if fault is Fault.CHANGE:
            owner.change(seen)
        if fault is Fault.RESET:
            self._reset()
            return
        early = _EARLY.get(fault)
        if early:
            reply = early()
        else:
            reply = owner.api.answer(path, params, self.headers)
            if reply.status == 200 and fault is not Fault.OK:
                reply = _spoilt(reply, fault, params)
        if owner.zipped and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers = reply.headers | {"Content-Encoding": "gzip"}
            reply = Reply(reply.status, gzip.compress(reply.body), headers)
        self._send(reply, fault, owner.stopping)

    def _send(self, reply: Reply, fault: Fault, stopping: threading.Event) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if fault not in _BROKEN:
            self.wfile.write(reply.body)
            return
        half = len(reply.body) // 2
        self.wfile.write(reply.body[:half])
        self.wfile.flush()
        if fault is Fault.STALL:
            stopping.wait(60)
        for at in range(half, len(reply.body) if fault is Fault.TRICKLE else half):
            if stopping.wait(0.05):
                break
            self.wfile.write(reply.body[at : at + 1])
        self.close_connection = True
        if fault is Fault.RESET_BODY:
            self._reset()

    def _reset(self) -> None:
        # Linger of zero seconds makes close() send a reset instead of a farewell.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()


def _limited(message: str, **headers: str) -> Reply:
    body = {"error": "Rate limit exceeded", "message": message, "retryAfter": 0.4}
    return Reply.of(429, body, **headers)


_BROKEN = frozenset({Fault.TRUNCATED, Fault.STALL, Fault.TRICKLE, Fault.RESET_BODY})
"""The head of the answer comes, and half of the body."""

_EARLY: dict[Fault, Callable[[], Reply]] = {
    Fault.PACE: lambda: _limited("Limit is 10 requests per second for you.", Retry_After="1"),
    Fault.BUDGET: budget_spent,
    Fault.PLAN: lambda: Reply.of(
        429, {"error": "Plan upgrade required", "message": "This needs a Member+ plan."}
    ),
    Fault.HTTP_400: lambda: refused("Invalid query parameters error.", "Value for type is gone."),
    Fault.HTTP_401: lambda: Reply.of(
        401, {"error": "Invalid or missing API key", "message": "API key not found"}
    ),
    Fault.HTTP_404: lambda: Reply.html(404, NOT_FOUND),
    Fault.HTTP_403: lambda: Reply.html(403, b"<html>Attention Required!</html>"),
    Fault.HTTP_500: lambda: Reply.html(500),
    Fault.HTTP_502: lambda: Reply.html(502),
    Fault.HTTP_503: lambda: Reply.of(
        503, {"error": "Search temporarily unavailable", "message": "Paused."}, Retry_After="60"
    ),
    Fault.HTTP_504: lambda: Reply.of(
        504, {"error": "Gateway timeout", "message": "Too slow.", "reason": "query_timeout"}
    ),
    Fault.HTTP_520: lambda: Reply.html(520),
    Fault.HTML: lambda: Reply.html(200, b"<!doctype html><h1>Just a moment...</h1>"),
}


def _spoilt(reply: Reply, fault: Fault, params: Mapping[str, str]) -> Reply:
    """A good list answer with one thing wrong."""
    if fault is Fault.CUT_JSON:
        return Reply(200, reply.body[: len(reply.body) * 2 // 3], reply.headers)
    content = json.loads(reply.body)
    if "results" not in content:
        return reply
    meta, rows = content["meta"], content["results"]
    if not rows:
        return reply
    match fault:
        case Fault.REPEATED_CURSOR:
            meta["next_cursor"] = params.get("cursor")
        case Fault.EARLY_NULL:
            meta["next_cursor"] = None
        case Fault.EMPTY_PAGE:
            rows.clear()
        case Fault.DROPPED_ROW:
            del rows[len(rows) // 2]
        case Fault.DUPLICATE_ROW:
            rows[-1] = rows[0]
        case Fault.BAD_ROW:
            rows[0] = {"title": "A row without an id"}
        case Fault.NULLS:
            rows[:] = [{name: None for name in row} | {"id": row["id"]} for row in rows]
        case Fault.NEW_TYPE:
            for row in rows:
                row["type"] = "hologram"
        case Fault.MISSING_META:
            del content["meta"]
    return Reply.of(200, content, **reply.headers)


def main() -> None:
    """Run the server until it is interrupted."""
    parser = argparse.ArgumentParser(description="A pretended OpenAlex on this machine.")
    parser.add_argument("--port", type=int, default=8799)
    parser.add_argument("--works", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--budget", type=float, default=1.0, help="US dollars")
    parser.add_argument(
        "--key", action="append", help="a key it knows; every key when none is named"
    )
    parser.add_argument("--faults", default="", help=f"comma-separated: {', '.join(Fault)}")
    asked = parser.parse_args()
    server = OpenAlexServer(
        asked.works,
        faults=filter(None, asked.faults.split(",")),
        keys=asked.key,
        port=asked.port,
        seed=asked.seed,
        delay=asked.delay,
        budget_usd=asked.budget,
    )
    with server:
        print(f"OPENALEX_URL={server.url}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
