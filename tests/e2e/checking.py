"""Servers to check: right ones that count their calls, and ones that are wrong from a certain call on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from contracts.exchange import Answer
from contracts.server.calling.in_process import InProcess
from contracts.targets import fake

CONTROL = "/__mock__/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: ``number`` counts from 1."""

    number: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


Reply = Callable[[Asked], "Answer | bytes | None"]
"""An answer, bytes that are none, or ``None`` for nothing at all until the test is over."""


@dataclass(slots=True)
class Place:
    """Where such a server listens, and the calls it has had; ``die`` lets nobody connect any more."""

    url: str
    die: Callable[[], None]
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def listening(reply: Reply) -> Iterator[Place]:
    """Serve what ``reply`` says on a free port of this machine."""
    over, lock = threading.Event(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length) if "content-length" in self.headers else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                asked = Asked(len(place.asked) + 1, self.command, self.path, headers, body)
                place.asked.append(asked)
                answer = reply(asked)
            if isinstance(answer, Answer):
                self.wfile.write(_raw(answer))
                return
            if answer is None:
                over.wait()
            else:
                self.wfile.write(answer)
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_TRACE = do_QUERY = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place = Place(f"http://127.0.0.1:{server.server_address[1]}", server.socket.close)
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    try:
        yield place
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _raw(answer: Answer) -> bytes:
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    headers["content-length"] = str(len(answer.body))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def right(*options: str) -> Reply:
    """Return the fake's own answers; it has no control plane, and so its time runs."""
    connections: dict[str, InProcess] = {}
    app = fake(options)

    def reply(asked: Asked) -> Answer:
        if asked.path.startswith(CONTROL):
            return told(404, b'{"error_code": 404000, "error_message": "there is nothing"}')
        base_url = f"http://{asked.headers['host']}"
        connection = connections.setdefault(base_url, InProcess(app, base_url))
        return connection.send(asked.method, asked.path, asked.headers, asked.body)

    return reply


def until(number: int, before: Reply, after: Reply) -> Reply:
    """Answer as ``before`` up to that call, and from it on as ``after``."""
    return lambda asked: (before if asked.number < number else after)(asked)


def told(status: int, body: bytes = b"{}", media_type: str = "application/json", **headers: str) -> Answer:
    """Return an answer."""
    return Answer(status, {"content-type": media_type} | headers, body)
