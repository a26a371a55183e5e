"""Which calls a rule is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_server.core.lifecycle import Status
from mock_server.core.patterns import fits, glob
from mock_server.trouble.call import Call, Operation
from schemas.pointers import split, values

_SAFE = re.compile(r"[^\x00-\x1f\"/\\\x7f\ud800-\udfff]+")  # what JSON writes as it is, or with a backslash
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Match:
    """All that is given must hold; what is not given holds always.

    ``model`` is a glob (``*`` is any text, slashes included, and ``?`` one character). ``payload`` has JSON pointers (a
    token ``*`` is every item of an array) and what is there: a text is a glob, ``"*"`` alone is any value at all, every
    other value is compared as JSON. ``header`` has globs by name in lower case. ``nth`` counts the calls for which all
    else holds, from 1: those before it are let pass. ``account`` is a fingerprint.
    """

    operation: frozenset[Operation]
    model: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    state: Status | None = None
    account: str | None = None
    nth: int = 1

    def model_fits(self, model_id: str | None) -> bool:
        """Tell whether a call of this model is meant."""
        return self.model is None or (model_id is not None and glob(self.model).fullmatch(model_id) is not None)

    def fits(self, call: Call) -> bool:
        """Tell whether a call is meant, but for its operation and its number."""
        return (
            self.model_fits(call.model_id)
            and (self.account is None or self.account == call.account)
            and all(self._header_fits(call, name, pattern) for name, pattern in self.header.items())
            and (self.state is None or call.state() is self.state)
            and (not self.payload or self._payload_fits(call))
        )

    @property
    def needle(self) -> bytes | None:
        """Bytes that stand in every payload that is meant and has no escapes; ``None`` where there are none such."""
        literals = [
            part
            for wanted in self.payload.values()
            if isinstance(wanted, str)
            for part in _WILD.split(wanted)
            if _SAFE.fullmatch(part)
        ]
        return max(literals, key=len).encode() if literals else None

    def _payload_fits(self, call: Call) -> bool:
        document = call.document
        if call.payload is None:  # none that can be read, which is not the same as null
            return False
        return all(
            any(fits(value, wanted) for value in values(document, split(pointer)))
            for pointer, wanted in self.payload.items()
        )

    @staticmethod
    def _header_fits(call: Call, name: str, pattern: str) -> bool:
        sent = call.headers.get(name.encode("ascii"))
        return sent is not None and glob(pattern).fullmatch(sent.decode("latin-1")) is not None
