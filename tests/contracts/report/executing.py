"""Run what a reproduction says, as a person would, and write down what a server hears of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from starlette.types import Receive, Scope, Send

from contracts.exchange import Answer, Call, Exchange, Who
from contracts.targets import serving

TOKENS = {Who.FIRST: 'first token\'s "value"', Who.SECOND: "second$token"}
VARIABLES = {"RUNCOMFY_TOKEN": TOKENS[Who.FIRST], "RUNCOMFY_OTHER_TOKEN": TOKENS[Who.SECOND]}
ENVIRONMENT = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()} | VARIABLES


@dataclass(frozen=True, slots=True)
class Heard:
    """One call as it arrived."""

    method: str
    target: bytes
    headers: dict[str, bytes]
    body: bytes


@dataclass(slots=True)
class Ear:
    """An application that keeps what it hears and answers each call with an id of its own."""

    heard: list[Heard] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        headers = {name.decode(): value for name, value in scope["headers"]}
        self.heard.append(Heard(scope["method"], scope["raw_path"] + query, headers, body))
        answer = b'{"request_id": "id-%d"}' % len(self.heard)
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer})


@contextmanager
def listening() -> Iterator[tuple[Ear, str]]:
    ear = Ear()
    with serving(ear) as url:
        yield ear, url


def in_shell(text: str, shell: str = "bash") -> str:
    return _output([shell, "-eu"], text)


def in_python(text: str) -> str:
    return _output([sys.executable, "-I", "-W", "error::SyntaxWarning", "-"], text)


def _output(command: list[str], text: str) -> str:
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, env=ENVIRONMENT | {"PYTHONIOENCODING": "utf-8"}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b""), (done.stderr.decode(), text[:3000])
    return done.stdout.decode("utf-8", errors="replace")


def exchanged(client: httpx.Client, call: Call, number: int = 0) -> Exchange:
    """Make a call as a harness would."""
    headers = dict(call.headers)
    if call.who in TOKENS:
        headers["Authorization"] = f"Bearer {TOKENS[call.who]}"
    answer = client.request(call.method, call.path, headers=headers, content=call.body)
    return Exchange(call, Answer(answer.status_code, dict(answer.headers), answer.content), number=number)
