"""The HTTP clients that people use, each behind one function: a call goes in, a reply comes out."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import httpx2
import requests

from tests.e2e.programs import node, program

TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body as a JSON object."""
        assert self.headers["content-type"] == "application/json"
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


Send = Callable[[Call], Reply]


@contextmanager
def by_httpx() -> Iterator[Send]:
    """Call with httpx."""
    with httpx.Client(timeout=TIMEOUT) as client:

        def send(call: Call) -> Reply:
            answer = client.request(call.method, call.url, headers=dict(call.headers), content=call.body)
            return Reply(answer.status_code, dict(answer.headers), answer.content)

        yield send


@contextmanager
def by_httpx2() -> Iterator[Send]:
    """Call with httpx2."""
    with httpx2.Client(timeout=TIMEOUT) as client:

        def send(call: Call) -> Reply:
            answer = client.request(call.method, call.url, headers=dict(call.headers), content=call.body)
            return Reply(answer.status_code, dict(answer.headers), answer.content)

        yield send


@contextmanager
def by_requests() -> Iterator[Send]:
    """Call with requests."""
    with requests.Session() as session:

        def send(call: Call) -> Reply:
            answer = session.request(call.method, call.url, headers=call.headers, data=call.body, timeout=TIMEOUT)
            return Reply(answer.status_code, _lower(answer.headers), answer.content)

        yield send


@contextmanager
def by_urllib() -> Iterator[Send]:
    """Call with the standard library's urllib, a connection a call."""

    def send(call: Call) -> Reply:
        request = urllib.request.Request(call.url, call.body, dict(call.headers), method=call.method)
        try:
            answer = urllib.request.urlopen(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Reply(answer.status, _lower(answer.headers), answer.read())

    yield send


@contextmanager
def by_aiohttp(*, trust_env: bool = False) -> Iterator[Send]:
    """Call with aiohttp, on an event loop of its own; it looks for proxies in the environment if told so."""
    with asyncio.Runner() as runner:

        async def open_session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT), trust_env=trust_env)

        session = runner.run(open_session())

        async def call_once(call: Call) -> Reply:
            async with session.request(call.method, call.url, headers=call.headers, data=call.body) as answer:
                return Reply(answer.status, _lower(answer.headers), await answer.read())

        yield lambda call: runner.run(call_once(call))
        runner.run(session.close())


@contextmanager
def by_curl() -> Iterator[Send]:
    """Call with curl, a process a call."""
    curl = program("curl")
    with tempfile.TemporaryDirectory() as folder:
        head, body = Path(folder, "head"), Path(folder, "body")

        def send(call: Call) -> Reply:
            body.write_bytes(b"")
            command = [curl, "-q", "-sS", "--max-time", f"{TIMEOUT}", "-D", str(head), "-o", str(body)]
            command += ["-X", call.method]
            for name, value in call.headers.items():
                command += ["-H", f"{name}: {value}"]
            if call.body is not None:
                command += ["--data-binary", "@-"]
            subprocess.run([*command, call.url], input=call.body, timeout=TIMEOUT + 5, check=True)
            first, *lines = head.read_text("latin-1").strip().splitlines()
            pairs = (line.partition(":")[::2] for line in lines)
            headers = {name.lower(): value.strip() for name, value in pairs}
            return Reply(int(first.split()[1]), headers, body.read_bytes())

        yield send


@contextmanager
def by_fetch() -> Iterator[Send]:
    """Call with fetch, in one process of Node.js."""
    script = Path(__file__).with_name("fetch.mjs")
    with subprocess.Popen(
        [node(), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        sender, receiver = process.stdin, process.stdout

        def send(call: Call) -> Reply:
            body = None if call.body is None else base64.b64encode(call.body).decode()
            line = {"method": call.method, "url": call.url, "headers": dict(call.headers), "body": body}
            sender.write(json.dumps(line) + "\n")
            sender.flush()
            answer = json.loads(receiver.readline())
            return Reply(answer["status"], answer["headers"], base64.b64decode(answer["body"]))

        yield send
        sender.close()


CLIENTS: dict[str, Callable[[], AbstractContextManager[Send]]] = {
    "httpx": by_httpx,
    "httpx2": by_httpx2,
    "requests": by_requests,
    "urllib": by_urllib,
    "aiohttp": by_aiohttp,
    "curl": by_curl,
    "fetch": by_fetch,
}


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
