"""Trouble that the API itself makes: errors in its own shape, and redirects. ``ok`` is the absence of trouble."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from mock_server.core.clock import LATEST
from mock_server.trouble.domains import Choice, Number, Text, Url, Whole
from mock_server.trouble.effects.base import Effect, ErrorLook, Layer, Scene, Substitute, accepted, parameter
from mock_server.trouble.parts import Reply

RATE_LIMITED = 429
_WEEK = 7 * 86400.0
_CODE_PER_STATUS = 1000


@dataclass(frozen=True, slots=True)
class Ok(Effect):
    """Nothing: the call is served as ever, and no later rule is asked."""

    NAME: ClassVar[str] = "ok"
    LAYER: ClassVar[Layer] = Layer.API


@dataclass(frozen=True, slots=True)
class Error(Substitute):
    """An error in the API's own shape; under HTTP 200 too."""

    NAME: ClassVar[str] = "error"
    LAYER: ClassVar[Layer] = Layer.API

    error_code: int | None = parameter(None, Whole(100_000, 999_999), "the code; of the status if it is not given")
    status: int | None = parameter(None, Whole(200, 599), "the HTTP status; as the ledger has it for the code")
    message: str | None = parameter(None, Text(), "the text")
    retry_after: float | None = parameter(None, Number(0, _WEEK), "seconds to wait; of a 429 it is 1 if not given")
    retry_after_form: str = parameter("seconds", Choice(("seconds", "date", "absent")), "how Retry-After says it")
    text_key: str | None = parameter(None, Choice(("error_message", "message", "error")), "what the text is called")
    detail: str | None = parameter(None, Choice(("findings", "fastapi", "text")), "have a detail, in this form")
    accepted: bool = accepted(False)

    def __post_init__(self) -> None:
        """Check that it says which error. Raises ``ValueError``."""
        if self.error_code is None and self.status is None:
            raise ValueError("error_code: say which error: an error_code such as 429001, a status such as 429, or both")
        if not 200 <= self._http_status <= 599:  # noqa: PLR2004 - what a final answer has
            raise ValueError(f"error_code: {self.error_code} begins with no HTTP status from 200 to 599; give a status")

    @property
    def _http_status(self) -> int:
        return self.status or (self.error_code or 0) // _CODE_PER_STATUS

    def reply(self, reply: Reply | None, scene: Scene) -> Reply:
        """Answer with the error."""
        look = ErrorLook(self.status, self.error_code, self.message, self.text_key, self.detail)
        answer = scene.error(look)
        seconds = self.retry_after
        if seconds is None and self._http_status == RATE_LIMITED:
            seconds = 1.0
        if seconds is None or self.retry_after_form == "absent":
            return answer
        return answer.with_header(b"retry-after", _retry_after(seconds, self.retry_after_form, scene.now))


def _retry_after(seconds: float, form: str, now: float) -> bytes:
    """Write ``Retry-After`` (RFC 9110, 10.2.3): whole seconds, or a date, neither earlier than what was asked for."""
    if form == "seconds":
        return b"%d" % math.ceil(seconds)
    moment = datetime.fromtimestamp(min(math.ceil(now + seconds), LATEST), UTC)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    text = f"{days[moment.weekday()]}, {moment.day:02d} {months[moment.month - 1]} {moment.year:04d}"
    return f"{text} {moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} GMT".encode("ascii")


@dataclass(frozen=True, slots=True)
class Redirect(Substitute):
    """A redirect; by default to another host name that leads to the fake too, so that it sees who follows."""

    NAME: ClassVar[str] = "redirect"
    LAYER: ClassVar[Layer] = Layer.API

    status: int = parameter(307, Whole(300, 399), "the HTTP status")
    to: str = parameter("elsewhere", Url(("elsewhere", "here")), "where to; here is the same host")
    accepted: bool = accepted(False)

    def reply(self, reply: Reply | None, scene: Scene) -> Reply:
        """Answer with the redirect."""
        location = self.to
        if self.to in ("here", "elsewhere"):
            base = scene.base_url if self.to == "here" else _other_host(scene.base_url)
            location = f"{base}/redirected{scene.path}"
        return Reply(self.status, ((b"location", location.encode("ascii", "replace")),), b"")


def _other_host(base_url: str) -> str:
    """Return another name of the same machine: of the vendor's domain, or of loopback."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host.endswith((".runcomfy.net", ".runcomfy.com")):
        name = "elsewhere.runcomfy.net"
    else:
        name = "127.0.0.1" if host == "localhost" else "localhost"
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{name}{port}{parts.path}"


def number(value: Any) -> Error:
    """Read an error that is given as a number: an HTTP status, or an error code. Raises ``ValueError``."""
    if isinstance(value, int) and not isinstance(value, bool):
        if 400 <= value <= 599:  # noqa: PLR2004 - the errors of HTTP
            return Error(status=value)
        if 400_000 <= value <= 599_999:  # noqa: PLR2004 - as above, and three digits
            return Error(error_code=value)
    raise ValueError("a number is an HTTP status from 400 to 599, or an error code of six digits such as 429001")
