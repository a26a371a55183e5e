"""Trouble of the network: late, slow, stalled, cut off.

On a submit each has two forms: before the request was accepted, and after. The second is the one that costs money: the
request is there, is billed, and its client does not know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from mock_server.core.orders import Orders
from mock_server.core.pacing import LONGEST
from mock_server.trouble.domains import Choice, Number, Whole
from mock_server.trouble.effects.base import Effect, Interruption, Layer, Scene, accepted, parameter
from mock_server.trouble.parts import HangUp, Part, Reset, Stall, Wait, break_off, pieces

_PLACES = Choice(("before", "accepted", "headers", "body"))
_WHERE = "before the call is served, once it was accepted, in the headers, in the body"
_KEPT = "whether a submit is kept; if not, its answer is of a request that is not there"


@dataclass(frozen=True, slots=True)
class Latency(Effect):
    """The answer comes late, on the account's clock; with ``sigma`` by a lognormal time around ``seconds``."""

    NAME: ClassVar[str] = "latency"
    LAYER: ClassVar[Layer] = Layer.SOCKET

    seconds: float = parameter(1.0, Number(0, LONGEST), "how late; with sigma, the median")
    sigma: float = parameter(0.0, Number(0, 10), "spread of the lognormal distribution; 0: always the same")
    accepted: bool = accepted(False, "whether the call is served first and its answer held back, or held back itself")

    def _drawn(self, scene: Scene) -> float:
        if not self.sigma:
            return self.seconds
        return min(LONGEST, self.seconds * math.exp(self.sigma * scene.draws.normal("latency")))

    def hold(self, scene: Scene) -> float:
        """Hold the call back."""
        return 0.0 if self.accepted else self._drawn(scene)

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Hold the answer back."""
        if self.accepted:
            yield Wait(self._drawn(scene))
        yield from parts


@dataclass(frozen=True, slots=True)
class Dribble(Interruption):
    """The body comes in small pieces, with time between them."""

    NAME: ClassVar[str] = "dribble"
    LAYER: ClassVar[Layer] = Layer.SOCKET

    bytes: int = parameter(16, Whole(1, 1_000_000), "bytes in a piece")
    seconds: float = parameter(0.05, Number(0, LONGEST), "seconds before each piece")
    accepted: bool = accepted(True, _KEPT)

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Cut the body into pieces."""
        for part in parts:
            if isinstance(part, bytes):
                for piece in pieces(part, self.bytes):
                    yield Wait(self.seconds)
                    yield piece
            else:
                yield part


@dataclass(frozen=True)
class _Break(Interruption):
    """The connection breaks, or falls silent, at one of four places."""

    __slots__ = ()

    LAYER: ClassVar[Layer] = Layer.SOCKET
    END: ClassVar[Part]

    at: str = parameter("before", _PLACES, _WHERE)
    accepted: bool = accepted(True, _KEPT)

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Make the effect; ``accepted`` belongs to a break in the midst of an answer, since the other places say it."""
        made = super().read(given)
        if "accepted" in given and made.at in ("before", "accepted"):
            raise ValueError(f'accepted: at = "{made.at}" says that already; it goes with "headers" and "body"')
        return made

    @property
    def replaces(self) -> bool:
        """Whether the call is not served at all."""
        return self.at == "before"

    def orders(self, orders: Orders) -> Orders:
        """Keep the request if that is said by the place."""
        return orders if self.at == "accepted" else super().orders(orders)

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Break off."""
        return break_off(parts, "accepted" if self.replaces else self.at, self.END)


@dataclass(frozen=True, slots=True)
class ResetConnection(_Break):
    """The connection is reset."""

    NAME: ClassVar[str] = "reset"
    END: ClassVar[Part] = Reset()


@dataclass(frozen=True, slots=True)
class HangUpConnection(_Break):
    """The connection is closed without an answer, or in the midst of one."""

    NAME: ClassVar[str] = "hang_up"
    END: ClassVar[Part] = HangUp()


@dataclass(frozen=True, slots=True)
class StallConnection(_Break):
    """Nothing more comes until the client gives up."""

    NAME: ClassVar[str] = "stall"
    END: ClassVar[Part] = Stall()


@dataclass(frozen=True, slots=True)
class Truncate(Interruption):
    """The body ends early, and the connection with it: less comes than was announced."""

    NAME: ClassVar[str] = "truncate"
    LAYER: ClassVar[Layer] = Layer.SOCKET

    keep: float = parameter(0.5, Number(0, 0.99), "the part of the body that comes")
    accepted: bool = accepted(True, _KEPT)

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Cut the first piece of the body, and hang up; an empty body cannot be shorter."""
        for part in parts:
            if isinstance(part, bytes):
                yield part[: int(len(part) * self.keep)]
                if not part:
                    return
                break
            yield part
        yield HangUp()
