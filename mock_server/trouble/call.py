"""What is known of a call before it is answered: all that a rule can ask for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from mock_server.core.lifecycle import Request, Status


class Operation(StrEnum):
    """The operations that rules apply to."""

    SUBMIT = "submit"
    STATUS = "status"
    RESULT = "result"
    CANCEL = "cancel"
    LIST = "list"
    CATEGORIES = "categories"
    MODEL = "model"
    MEDIA = "media"


EVERY = frozenset(Operation)
READS = frozenset({Operation.STATUS, Operation.RESULT})
OF_REQUEST = READS | {Operation.CANCEL, Operation.MEDIA}
JSON = EVERY - {Operation.MEDIA}


_LONGEST_KEPT = 16 * 1024
_parsed = functools.lru_cache(maxsize=128)(orjson.loads)  # for reading alone


_UNREAD: Any = object()


@dataclass(slots=True)
class Call:
    """One call: its operation, account (a fingerprint, ``""`` if none), headers, and what it is about.

    ``payload`` is the body of a submit, ``None`` where there is none that can be read. Of the calls about a request,
    model and payload are those of the request; ``state`` tells its present status, ``None`` where it is unknown.
    """

    operation: Operation
    account: str = ""
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    model_id: str | None = None
    request_id: str | None = None
    request: Request | None = None
    payload: bytes | None = None
    state: Callable[[], Status | None] = lambda: None
    _document: Any = field(default=_UNREAD, repr=False)

    @property
    def document(self) -> Any:
        """The payload as JSON; ``None`` where it is none."""
        if self._document is _UNREAD:
            self._document = None
            if self.payload is None:
                return None
            try:
                # The payload of a request is the same object at each of its calls, and its hash is known by then.
                is_kept = self.request is not None and len(self.payload) <= _LONGEST_KEPT
                self._document = _parsed(self.payload) if is_kept else orjson.loads(self.payload)
            except orjson.JSONDecodeError:
                self.payload = None
        return self._document

    @property
    def failed(self) -> bool:
        """Whether the request has failed, or will."""
        return self.request is not None and self.request.failure is not None
