"""What every effect is: its name, where it applies, its parameters, and the moments of a call at which it may act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

from mock_server.core.draws import Draws
from mock_server.core.orders import Orders
from mock_server.trouble.call import EVERY, Call, Operation
from mock_server.trouble.domains import Domain, Flag
from mock_server.trouble.parts import Part, Reply

ACCEPTED = "accepted"


class Layer(StrEnum):
    """Whose trouble it is."""

    API = "API"
    LIFECYCLE = "lifecycle"
    GATEWAY = "gateway"
    SOCKET = "socket"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class ErrorLook:
    """How an error of the API is to look; ``None`` leaves it to the ledger's variants.

    ``status`` is the HTTP status and ``error_code`` the code in the body (at least one is given), ``text_key`` names
    the property of the text, ``detail`` says in which form findings are told, if any are.
    """

    status: int | None = None
    error_code: int | None = None
    message: str | None = None
    text_key: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The call that an effect acts on.

    ``now`` is the account's time in seconds since 1970, ``base_url`` the scheme and host that were called, ``draws``
    the chance of this occasion, ``error`` writes an error as the API does.
    """

    call: Call
    now: float
    base_url: str
    path: str
    draws: Draws
    error: Callable[[ErrorLook], Reply]


def parameter(default: Any, domain: Domain, text: str) -> Any:
    """Declare a parameter of an effect: its default (``...``: it must be given), what it may be, what it means."""
    metadata = {"domain": domain, "text": text}
    return field(default=MISSING if default is ... else default, metadata=metadata)


def accepted(default: bool, text: str = "whether the call takes effect all the same") -> Any:  # noqa: FBT001 - a default
    """Declare the parameter ``accepted``, which every effect has that keeps an answer from its caller."""
    return parameter(default, Flag(), text)


class Effect:
    """Something that happens to a call. Every effect is a frozen dataclass whose fields are its parameters."""

    __slots__ = ()

    NAME: ClassVar[str]
    LAYER: ClassVar[Layer]
    OPERATIONS: ClassVar[frozenset[Operation]] = EVERY
    """The operations that it can happen to."""
    ENDS: ClassVar[bool] = False
    """Whether it decides how the answer is sent; no two such effects go together."""
    REPLIES: ClassVar[bool] = False
    """Whether it puts an answer of its own in the place of the API's; no two such effects go together."""

    @classmethod
    def parameters(cls) -> tuple[Field[Any], ...]:
        """Return the parameters, as `parameter` declared them."""
        return fields(cls)  # type: ignore[arg-type]  # every effect is a dataclass

    @classmethod
    def called(cls, parameter: Field[Any]) -> str:
        """Return the name that a parameter has in documents: that of the field, which may not be a word of Python."""
        return parameter.name.rstrip("_")

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Make the effect out of parameters by name. Raises ``ValueError``, its text begins with the name."""
        known = {cls.called(each): each for each in cls.parameters()}
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                allowed = f"{cls.NAME} takes {', '.join(known)}" if known else f"{cls.NAME} takes no parameters"
                raise ValueError(f"{name}: unknown parameter; {allowed}")
            try:
                values[known[name].name] = known[name].metadata["domain"].read(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        for name, each in known.items():
            if each.default is MISSING and each.default_factory is MISSING and name not in given:
                raise ValueError(f"{name}: {cls.NAME} needs it: {each.metadata['text']}")
        return cls(**values)

    @property
    def replaces(self) -> bool:
        """Whether the call is not served at all."""
        return False

    def applies(self, call: Call) -> bool:
        """Tell whether it can happen to this call in its present state; if not, the rule does not fire."""
        return True

    def hold(self, scene: Scene) -> float:
        """Return how many seconds of the account's clock pass before the call is served."""
        return 0.0

    def orders(self, orders: Orders) -> Orders:
        """Add to the orders of the call."""
        return orders

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Change the answer; ``None`` where there is none, since the call was not served."""
        return reply

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterable[Part]:
        """Change how the answer is sent."""
        return parts


class Substitute(Effect):
    """Puts an answer of its own in the place of the API's; the call is served all the same if it is ``accepted``."""

    __slots__ = ()

    REPLIES: ClassVar[bool] = True

    accepted: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the call is not served at all."""
        return not self.accepted


class Interruption(Effect):
    """Has the call served, and its answer not come whole; a submit is undone unless it is ``accepted``."""

    __slots__ = ()

    ENDS: ClassVar[bool] = True

    accepted: bool

    def orders(self, orders: Orders) -> Orders:
        """Do not keep the request, if it is not to be accepted."""
        return orders if self.accepted else replace(orders, withdraw=True)
