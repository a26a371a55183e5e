"""Which operation a call is for, told from its method and path alone, before anything else looks at it."""

from __future__ import annotations

import functools
from typing import NamedTuple

from mock_server.trouble.call import Operation

_REQUESTS, _MODELS, _MEDIA = "/v1/requests/", "/v1/models", "/media/"
_VERBS = {
    ("GET", "status"): Operation.STATUS,
    ("GET", "result"): Operation.RESULT,
    ("POST", "cancel"): Operation.CANCEL,
}
_LONGEST_REMEMBERED = 256


class Address(NamedTuple):
    """An operation, and the id in the path, of a model or of a request."""

    operation: Operation
    model_id: str | None = None
    request_id: str | None = None


def address(method: str, path: str) -> Address | None:
    """Return what a call is addressed to; ``None`` where no operation is."""
    return (_remembered if len(path) <= _LONGEST_REMEMBERED else _address)(method, path)


def _address(method: str, path: str) -> Address | None:
    if path.startswith(_REQUESTS):
        request_id, _, verb = path[len(_REQUESTS) :].rpartition("/")
        operation = _VERBS.get((method, verb))
        return Address(operation, None, request_id) if operation and request_id else None
    if path.startswith(_MODELS):
        return _model(method, path[len(_MODELS) :])
    if path.startswith(_MEDIA) and method in ("GET", "HEAD"):
        request_id = path[len(_MEDIA) :].partition("/")[0]
        return Address(Operation.MEDIA, request_id=request_id)
    return None


_remembered = functools.lru_cache(maxsize=1024)(_address)  # who polls asks for the same path again and again


def _model(method: str, rest: str) -> Address | None:
    if not rest:
        return Address(Operation.LIST) if method == "GET" else None
    if not rest.startswith("/"):
        return None
    if rest == "/categories" and method == "GET":
        return Address(Operation.CATEGORIES)
    if method not in ("GET", "POST"):
        return None
    return Address(Operation.SUBMIT if method == "POST" else Operation.MODEL, model_id=rest[1:])
