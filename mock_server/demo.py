"""One request from submit to a file on disk, as a client that knows nothing but the API would do it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mock_server import environment
from schemas.model import Model
from schemas.outputs import place

TOKEN = "demo-token"  # noqa: S105 - any text is a token to the fake
_MOST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Poll every ``interval`` seconds, and give up after ``timeout`` seconds."""

    interval: float
    timeout: float


class Refused(Exception):
    """The fake refused what the demo sent; the text is the fake's answer."""


class NeverOver(Exception):
    """The request was not over in time."""


class NoFile(Exception):
    """What the model puts out is no file; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of the demo and its answer; ``note`` says what it is for."""

    note: str
    method: str
    url: str
    sent: dict[str, Any] | None
    status: int
    content_type: str
    body: bytes

    @property
    def document(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Story:
    """What the demo went through; `as_json` is what ``demo --json`` prints."""

    base_url: str
    model_id: str
    request_id: str = ""
    statuses: list[str] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the story as one JSON object."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def follow(base_url: str, model: Model, directory: Path, patience: Patience, tell: Callable[[Exchange], None]) -> Story:
    """Submit the model's example, poll until it is over, fetch the result, and save its first output.

    ``tell`` hears of each call as it happens. Raises `Refused` if the fake does not take the example, `NeverOver` if
    the request does not end, `NoFile` if the model puts out none, ``OSError`` where the file cannot be written or the
    fake is gone.
    """
    story = Story(base_url, model.model_id)

    def call(
        note: str, method: str, url: str, payload: dict[str, Any] | None = None, *, token: bool = True
    ) -> Exchange:
        exchange = _call(note, method, url, payload, token=token)
        tell(exchange)
        if exchange.status >= http.client.BAD_REQUEST:
            raise Refused(f"{method} {url} was answered {exchange.status}: {exchange.body.decode()}")
        return exchange

    submitted = call("submit", "POST", f"{base_url}/v1/models/{model.model_id}", model.example()).document
    story.request_id = submitted["request_id"]
    deadline = environment.wall_clock() + patience.timeout
    while True:
        status = call("poll", "GET", submitted["status_url"]).document["status"]
        if status not in story.statuses:
            story.statuses.append(status)
        if status in ("completed", "cancelled"):
            break
        if environment.wall_clock() + patience.interval > deadline:
            hint = "take a quicker --pace or a longer --timeout"
            raise NeverOver(f"the request is still {status} after {patience.timeout:g} seconds; {hint}")
        environment.wait(patience.interval)
    story.result = call("fetch the result", "GET", submitted["result_url"] + "?include_cost=true").document
    url = _first_url(model, story.result["output"])
    download = call("download, without the token", "GET", url, token=False)
    path = directory / f"runcomfy-mock-demo{Path(urlsplit(url).path).suffix}"
    path.write_bytes(download.body)
    story.file = {
        "path": str(path.resolve()),
        "bytes": len(download.body),
        "content_type": download.content_type,
    }
    return story


def _call(note: str, method: str, url: str, payload: dict[str, Any] | None, *, token: bool) -> Exchange:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_MOST_SECONDS)
    headers = {"Authorization": f"Bearer {TOKEN}"} if token else {}
    body = None
    if payload is not None:
        body = json.dumps(payload).encode()
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        content_type = answer.headers.get("Content-Type", "")
        return Exchange(note, method, url, payload, answer.status, content_type, answer.read())
    finally:
        connection.close()


def _first_url(model: Model, output: dict[str, Any]) -> str:
    media = output.get(place(model).name or "")
    if not media:
        raise NoFile(f"{model.model_id} puts out no file to download: {json.dumps(output)}")
    return str(media[0] if isinstance(media, list) else media)
