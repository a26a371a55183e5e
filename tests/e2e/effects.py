"""A fake on a socket, a rule on it, and what a client reads there byte by byte, up to the way in which it ends."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mock_server import MockRunComfy
from mock_server.core.entry import Entry
from tests.inprocess import KLING, TOKEN, client

_Test = TypeVar("_Test", bound=Callable[..., None])

FIN, RESET, SILENCE = "closed", "reset", "silence"
PATIENCE = 10.0
BRIEF = 0.15
PROMPT = "a paper boat"
PRICE = 0.84

VERBS = {"submit": "POST", "cancel": "POST"}
PATHS = {
    "submit": f"/v1/models/{KLING}",
    "status": "/v1/requests/{}/status",
    "result": "/v1/requests/{}/result",
    "cancel": "/v1/requests/{}/cancel",
    "list": "/v1/models?limit=2",
    "categories": "/v1/models/categories",
    "model": f"/v1/models/{KLING}",
    "media": "/media/{}/0.mp4",
}


def proves(*names: str) -> Callable[[_Test], _Test]:
    """Mark a test as the proof of effects; ``name:before`` and ``name:accepted`` are the two forms on a submit."""

    def mark(test: _Test) -> _Test:
        test.proves = names  # type: ignore[attr-defined]
        return test

    return mark


@dataclass(frozen=True, slots=True)
class Got:
    """All bytes that came, and how they ended."""

    data: bytes
    end: str

    @property
    def head(self) -> bytes:
        """The status line and the headers."""
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        """What came after the headers, as it came."""
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        """The status."""
        return int(self.head.split(b" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        """The headers, their names in lower case; none is there twice."""
        lines = [line.decode("latin-1").partition(": ") for line in self.head.split(b"\r\n")[1:]]
        headers = {name.lower(): value for name, _, value in lines}
        assert len(headers) == len(lines)
        return headers

    @property
    def length(self) -> int:
        """The length that was announced."""
        return int(self.headers["content-length"])

    @property
    def document(self) -> Any:
        """The body as JSON, which must be all that was announced."""
        assert self.length == len(self.body)
        return json.loads(self.body)

    @property
    def chunks(self) -> list[bytes]:
        """The chunks of the body, the empty last one left out; it must be there."""
        assert self.headers["transfer-encoding"] == "chunked"
        found, rest = [], self.body
        while rest != b"0\r\n\r\n":
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16)
            found.append(rest[:length])
            assert rest[length : length + 2] == b"\r\n"
            rest = rest[length + 2 :]
        return found


class Rig:
    """A served fake whose requests go on by hand alone, and one account on it."""

    def __init__(self, fake: MockRunComfy, url: str) -> None:
        self.fake = fake
        self.url = url
        self.near = client(fake)  # the same fake, past the socket

    def rule(self, *answers: Any, then: str = "repeat_last", **match: Any) -> None:
        """Have the answers happen."""
        self.fake.rules.add(match=match, answers=list(answers), then=then)

    def submitted(self, *moves: str, **payload: Any) -> str:
        """Submit past all rules of the test, which come later, and move the request."""
        answer = self.near.post(PATHS["submit"], json={"prompt": PROMPT} | payload)
        request_id = str(answer.json()["request_id"])
        for to in moves:
            self.fake.move(request_id, to)
        return request_id

    def open(
        self, operation: str, request_id: str = "-", *, method: str | None = None, **headers: str
    ) -> socket.socket:
        """Make a call, and return the socket to read from."""
        address = urlsplit(self.url)
        body = json.dumps({"prompt": PROMPT}).encode() if operation == "submit" else b""
        lines = {"Host": address.netloc, "Connection": "close", "Content-Length": str(len(body))}
        if operation != "media":
            lines["Authorization"] = f"Bearer {TOKEN}"
        if operation == "submit":
            lines["Content-Type"] = "application/json"
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        verb = method or VERBS.get(operation, "GET")
        head = f"{verb} {PATHS[operation].format(request_id)} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items()
        )
        opened = socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE)
        opened.sendall(head.encode() + b"\r\n" + body)
        return opened

    def call(
        self,
        operation: str,
        request_id: str = "-",
        *,
        patience: float = PATIENCE,
        method: str | None = None,
        **headers: str,
    ) -> Got:
        """Make a call, and read until the end, or until nothing has come for ``patience`` seconds."""
        with self.open(operation, request_id, method=method, **headers) as opened:
            return read(opened, patience)

    @property
    def last(self) -> Entry:
        """The journal's last entry."""
        return self.fake.journal[-1]

    @property
    def kept(self) -> tuple[int, float]:
        """How many requests there are, and what is billed."""
        return len(self.fake.requests), self.fake.spend().usd


def read(opened: socket.socket, patience: float = PATIENCE) -> Got:
    """Read a socket to its end."""
    opened.settimeout(patience)
    data = bytearray()
    try:
        while piece := opened.recv(65536):
            data += piece
    except ConnectionResetError:
        return Got(bytes(data), RESET)
    except TimeoutError:
        return Got(bytes(data), SILENCE)
    return Got(bytes(data), FIN)


def settled(fake: MockRunComfy, calls: int) -> None:
    """Wait until the journal has so many calls: an entry is written when the client's end is known."""
    done = threading.Event()
    journal = fake.app.service.journal
    append = journal.append

    def appended(entry: Any) -> None:
        append(entry)
        if len(journal) >= calls:
            done.set()

    journal.append = appended  # type: ignore[method-assign]
    assert len(journal) >= calls or done.wait(10)
    journal.append = append  # type: ignore[method-assign]


@contextmanager
def rigged(**fields: Any) -> Iterator[Rig]:
    """Serve a fake of these settings."""
    given: dict[str, Any] = {"pace": "manual", "seed": 7} | fields
    fake = MockRunComfy(**given)
    with fake.serve() as url:
        yield Rig(fake, url)
