"""What is known of each request from its answers alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from contracts.exchange import Exchange, Who
from contracts.model import OVER, Word

_REQUEST = re.compile(r"/v1/requests/([^/?]*)/(?:status|result|cancel)(?:\?.*)?")
_MODEL = re.compile(r"/v1/models/([^?]*)")


def request_id_of(exchange: Exchange) -> str | None:
    """Return the request id in the path of a call, if there is one."""
    found = _REQUEST.fullmatch(exchange.call.path)
    return unquote(found[1]) if found else None


@dataclass
class Life:
    """One request that was accepted.

    ``word`` is the last that was seen of it; ``cancelled`` is what the first cancel was told (``None``: nobody tried);
    ``results`` holds the last result that was over, by whether the cost was asked for; ``moment`` is ``created_at``;
    ``files`` are the URLs of its outputs.
    """

    request_id: str
    who: Who
    submitted: Exchange
    word: Word | None = None
    position: int | None = None
    cancelled: str | None = None
    moment: float | None = None
    created_at: str | None = None
    ended: float | None = None
    results: dict[bool, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        """Whether it was seen to be over."""
        return self.word in OVER

    @property
    def model_id(self) -> str:
        """The model that it was submitted to."""
        found = _MODEL.match(self.submitted.call.path)
        assert found is not None, self.submitted.call.path
        return unquote(found[1])

    @cached_property
    def payload(self) -> Any:
        """What was submitted; ``None`` if it was no JSON, and the server took it all the same."""
        try:
            return json.loads(self.submitted.call.body or b"null")
        except (ValueError, RecursionError):
            return None


class Lives:
    """The requests of one session, by id."""

    def __init__(self) -> None:
        """Know of none."""
        self._lives: dict[str, Life] = {}

    def __iter__(self) -> Any:
        return iter(self._lives.values())

    def get(self, request_id: object) -> Life | None:
        """Return the request of that id."""
        return self._lives.get(request_id) if isinstance(request_id, str) else None

    def of(self, exchange: Exchange) -> Life | None:
        """Return the request that an exchange is about: by the path of its call, or the id that a submit answered."""
        if exchange.call.operation == "submit":
            return self.get(exchange.answer.get("request_id")) if exchange.answer is not None else None
        return self.get(request_id_of(exchange))

    def add(self, life: Life) -> None:
        """Take in a new request."""
        self._lives[life.request_id] = life
