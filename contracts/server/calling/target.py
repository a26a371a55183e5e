"""Whom a run is about: a fake in this process, or whatever answers at a URL."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from contracts.exchange import NOT_JSON, Answer
from contracts.server.calling.connection import Connection, Unanswered
from contracts.server.calling.hiding import Hiding
from contracts.server.calling.in_process import Application, InProcess
from contracts.server.calling.limits import Meter
from contracts.server.calling.over_http import OverHttp
from contracts.server.calling.refusals import is_refused_token
from contracts.server.calling.stage import Promises, Stage, Tokens, ask_promises
from contracts.server.judging.collector import Scene
from contracts.server.playing.crowd import CROWD
from contracts.targets import App, fake
from schemas import catalog
from schemas.findings import cut

TOKEN, OTHER_TOKEN = "RUNCOMFY_TOKEN", "RUNCOMFY_OTHER_TOKEN"
ADDRESS = "http://127.0.0.1:8787"
_V4, _LOOPBACK = 4, IPv6Address(1)
_BEGINNING = "2026-01-01T00:00:00Z"
_REDIRECTS = range(300, 400)
_UNAUTHORIZED, _NOT_FOUND, _NOT_FOUND_CODE = 401, 404, 404001
_TIMEOUTS = {False: 10.0, True: 30.0}  # seconds for one call, by whether the target is live


class Unreachable(Exception):
    """Nobody answers there, or nobody who speaks the API."""


class TokenRejected(Exception):
    """The target takes no token that there is."""


class NotAllowed(ValueError):
    """The target may not be called like that; the text says what would allow it."""


class Target(Protocol):
    """Whom a run is about."""

    name: str
    live: bool
    """Whether its calls may be billed."""

    def open(self, meter: Meter | None = None) -> Stage:
        """Get ready to call it, with calls that ``meter`` counts.

        Raises `Unreachable` or `TokenRejected`, and what the meter raises.
        """

    def staged(self, *options: str, more: Sequence[Path] = ()) -> Stage | None:
        """Set up such a server with other options of ``serve``, and ``more`` folders of models.

        ``None`` where that is not in our hands.
        """

    def close(self) -> None:
        """Let go of it."""


class FakeTarget:
    """The fake in this process, or a server made from it by ``change``."""

    live = False

    def __init__(
        self,
        seed: int,
        schemas: Sequence[Path] = (),
        change: Callable[[App], Application] = lambda app: app,
        name: str = "fake",
    ) -> None:
        """``schemas`` are folders of models beside the packaged ones."""
        self.name = name
        self._seed = seed
        self._schemas = schemas
        self._change = change
        self._catalog = catalog.load(schemas)

    def open(self, meter: Meter | None = None) -> Stage:
        """Set up the fake that most calls are made to: everybody is welcome, one request runs at a time."""
        return self.staged("--pace", "time:2,4", "--slots", "1")

    def staged(self, *options: str, more: Sequence[Path] = ()) -> Stage:
        """Set up one with other options; its clock stands until it is moved."""
        folders = [part for folder in self._schemas for part in ("--schemas", str(folder))]
        folders += [part for folder in more for part in ("--schemas", str(folder))]
        given = [*options, *folders, "--frozen-at", _BEGINNING, "--seed", str(self._seed), "--magic", "off"]
        is_open = "--token" not in given
        connection = InProcess(self._change(fake(given)), ADDRESS)
        first: str = "the-first-account"
        second: str | None = "the-second-account"
        if not is_open:
            first, second, *_ = [*(given[index + 1] for index, part in enumerate(given) if part == "--token"), None]
        return Stage(
            connection,
            catalog.load([*self._schemas, *more]) if more else self._catalog,
            Tokens(first, second, made_up=is_open),
            Scene(ADDRESS, _setup(given, first, second)),
            promises=ask_promises(connection),
        )

    def close(self) -> None:
        """There is nothing to let go of."""


def _setup(options: Sequence[str], first: str, second: str | None) -> str:
    """Say how to start such a server, for accounts that are nobody's secret."""
    lines = [f"export {TOKEN}={first}" + (f" {OTHER_TOKEN}={second}" if second else "")]
    shown = list(options)
    for index, option in enumerate(shown):
        if Path(option).name == CROWD:  # a folder that is gone by the time somebody reads this
            shown[index] = CROWD
            lines.append(f"python3 -m contracts.server.playing.crowd {CROWD}")
    lines.append(f"runcomfy-mock serve {shlex.join(shown)} &")
    return "\n".join(lines)


class UrlTarget:
    """A server at a URL. ``environment`` holds the tokens; one that is not on this machine is live."""

    def __init__(
        self,
        url: str,
        environment: Mapping[str, str],
        *,
        timeout: float | None,
        allow_live: bool,
        schemas: Sequence[Path] = (),
    ) -> None:
        """Take the address. Raises `NotAllowed` for one that is none, or may not be called."""
        self.name = base_url = base_of(url)
        host = urlsplit(base_url).hostname or ""
        is_loopback = is_this_machine(host)
        self.live = not is_loopback
        if self.live and not allow_live:
            raise NotAllowed(f"{host} is not this machine: what is called there may be billed; --live allows it")
        if self.live and base_url.startswith("http:"):
            raise NotAllowed(
                f"{base_url} is not encrypted: a token that is sent there can be read on its way; use https"
            )
        self._allows_live = allow_live
        self._environment = environment
        self._catalog = catalog.load(schemas)
        self._connection = OverHttp(base_url, timeout or _TIMEOUTS[self.live], is_loopback=is_loopback)

    def open(self, meter: Meter | None = None) -> Stage:
        """Knock, with a made-up token where nobody is billed, else with that of the environment."""
        counted = self._connection if meter is None else _Counted(self._connection, meter)
        if not self.live:
            made_up = f"runcomfy-mock-check-{secrets.token_hex(6)}"
            if self._knock(counted, made_up):
                tokens = Tokens(f"{made_up}-a", f"{made_up}-b", made_up=True)
                setup = f"export {TOKEN}=a-first-account {OTHER_TOKEN}=a-second-account"
                return self._stage(tokens, ask_promises(counted), setup)
        token, other = self._token(TOKEN), self._token(OTHER_TOKEN)
        if not self.live:
            if token is None:
                raise TokenRejected(f"{self.name} takes no made-up token; set {TOKEN} to one that it takes")
            self._beware(counted)
        elif token is None:
            raise TokenRejected(f"set {TOKEN}: no live target is called without a token")
        if not self._knock(counted, token):
            raise TokenRejected(f"{self.name} rejects the token in {TOKEN}")
        if other is not None and (other == token or not self._knock(counted, other)):
            raise TokenRejected(f"{OTHER_TOKEN} must be accepted, and be another account's than {TOKEN}")
        return self._stage(Tokens(token, other), None if self.live else ask_promises(counted))

    def _beware(self, connection: Connection) -> None:
        """Take a server that knows its tokens for a tunnel to the live API, unless it has the fake's control plane."""
        if ask_promises(connection) is None:
            if not self._allows_live:
                raise NotAllowed(
                    f"{self.name} takes no made-up token and has no control plane: it may lead to the live API, "
                    "and what is called there may be billed; --live allows it"
                )
            self.live = True

    def _token(self, name: str) -> str | None:
        """Read a token, without the line break that a file may have put behind it."""
        token = self._environment.get(name, "").strip()
        if not all("!" <= each <= "~" for each in token):
            raise TokenRejected(f"{name} holds no token: it has characters in it that no header can have")
        return token or None

    def _stage(self, tokens: Tokens, promises: Promises | None, setup: str = "") -> Stage:
        return Stage(self._connection, self._catalog, tokens, Scene(self.name, setup), self.live, promises)

    def staged(self, *options: str, more: Sequence[Path] = ()) -> Stage | None:
        """A server at a URL is set as it is."""
        return None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _knock(self, connection: Connection, token: str) -> bool:
        """Tell whether the server takes a token. Raises `Unreachable` for one that is not the API."""
        answers = [
            _ask(connection, self.name, path, token)
            for path in ("/v1/models?limit=1", "/v1/requests/00000000-0000-4000-8000-000000000000/status")
        ]
        is_elsewhere = answers[0].status == _NOT_FOUND and answers[1].get("error_code") != _NOT_FOUND_CODE
        if is_elsewhere or answers[0].status in _REDIRECTS or all(answer.document is NOT_JSON for answer in answers):
            what = _kind_of(answers[0])
            raise Unreachable(f"{self.name} is not the API: GET /v1/models is answered {answers[0].status} with {what}")
        return not is_refused_token(answers[0]) and answers[0].status != _UNAUTHORIZED


class _Counted:
    """A connection whose calls are counted, and held to the limits."""

    def __init__(self, connection: Connection, meter: Meter) -> None:
        self.base_url = connection.base_url
        self._connection = connection
        self._meter = meter

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self._meter.count()
        return self._connection.send(method, path, headers, body)

    def close(self) -> None:
        self._connection.close()


def _ask(connection: Connection, name: str, path: str, token: str) -> Answer:
    hiding = Hiding({token: "the token"})
    try:
        return hiding.answer(connection.send("GET", path, {"Authorization": f"Bearer {token}"}, None))
    except Unanswered as error:
        raise Unreachable(f"{name} {hiding.text(str(error))}") from None


def _kind_of(answer: Answer) -> str:
    location = answer.headers.get("location")
    if location:
        return f"a redirect to {cut(location)!r}, which is not followed"
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    unread = ", which is no JSON" if answer.document is NOT_JSON else ""
    return f"a body of {cut(media_type) or 'no type'}{unread}" if answer.body else "an empty body"


def base_of(url: str) -> str:
    """Return the base URL of a target, without a slash or ``/v1`` at its end. Raises `NotAllowed`."""
    url = url.strip()
    shown = url.partition("?")[0].partition("#")[0].rpartition("@")[2]  # the rest may be a secret
    if not all("!" <= each <= "~" for each in url) or "\\" in url:
        # What one parser reads as a path another may read as a host, and the token goes where the other says.
        raise NotAllowed(f"{shown!a} is no URL: it may have neither spaces nor backslashes, and only ASCII")
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        raise NotAllowed(f"{shown!r} is no URL: its host or its port is none") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowed(f"a target is fake, or a URL such as {ADDRESS}, not {shown!r}")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(f"the URL must hold no user and no password; the token is read from {TOKEN}")
    if parts.query or parts.fragment:
        raise NotAllowed(f"a target's URL has no query and no fragment, and {shown!r} goes on with one")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if "%" in host or not f"{parts.netloc.lower()}:".startswith(f"{host}:"):
        raise NotAllowed(f"{shown!r} is no URL: {parts.netloc!r} is no host")
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/').removesuffix('/v1')}"


def is_this_machine(host: str) -> bool:
    """Tell whether a host is this machine by its name or number alone; nothing is looked up."""
    if host.lower().removesuffix(".") == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    # Versions of Python differ on ::ffff:127.0.0.1, and none is sure to reach what 127.0.0.1 does.
    return address.is_loopback and (address.version == _V4 or address == _LOOPBACK)
