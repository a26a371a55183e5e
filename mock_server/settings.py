"""Everything that can be set, in one table: the fields of `Settings`.

Each field says what it does; the command line's options, the ``RUNCOMFY_MOCK_*`` variables and the README's table are
made from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mock_server.core.accounts import RateLimit
from mock_server.core.clock import ClockError, checked_speed
from mock_server.core.pacing import Pace
from schemas.variants import Variants

MIB = 1024 * 1024


class SettingsError(ValueError):
    """A setting has a value that it cannot have; the text says which values it can."""


def _setting(default: Any, text: str, *, parse: Callable[[str], Any] | None = None, metavar: str = "") -> Any:
    """Declare a setting. ``parse`` reads its text form; without one it is a switch that is on or off."""
    return field(default=default, metadata={"help": text, "parse": parse, "metavar": metavar})


def _whole(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.strip().isascii() or not text.strip().removeprefix("-").isdigit() or int(text) < least:
            raise ValueError(f"expected a whole number, {least} or more, not {text!r}")
        return int(text)

    return parse


def _not_negative(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(f"expected a number, 0 or more, not {text!r}")
    return number


def _positive(text: str) -> float:
    number = _not_negative(text)
    if number == 0:
        raise ValueError("expected a number above 0")
    return number


def _speed(text: str) -> float:
    return checked_speed(_positive(text))


def _rate(text: str) -> RateLimit:
    calls, _, seconds = text.partition("/")
    if not calls.isascii() or not calls.isdigit() or int(calls) < 1:
        raise ValueError(f"expected CALLS/SECONDS such as 10/60, not {text!r}")
    return RateLimit(int(calls), _positive(seconds))


def _base_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        valid = valid and (parts.port is None or parts.port > 0) and not any(map(str.isspace, text))
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"expected a URL such as https://media.example.com, not {text!r}")
    return text.rstrip("/")


def _token(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a token, not an empty text")
    return text


def _tokens(text: str) -> tuple[str, ...]:
    return (_token(text),)


def _paths(text: str) -> tuple[Path, ...]:
    return (Path(text),)


def _variant(text: str) -> Variants:
    name, _, value = text.partition("=")
    return Variants().with_({name: value})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a fake is set to; the defaults are those of ``serve``."""

    pace: Pace = _setting(
        Pace.parse("time:2,4"),
        "how requests get on: instant, manual, polls:Q,R (reads that find one queued, then running) "
        "or time:Q,R (seconds)",
        parse=Pace.parse,
        metavar="PACE",
    )
    speed: float = _setting(1.0, "seconds of the fake's clock in a real second", parse=_speed, metavar="X")
    slots: int | None = _setting(
        None, "how many requests of an account run at once; the others wait in line", parse=_whole(1), metavar="N"
    )
    tokens: tuple[str, ...] = _setting(
        (),
        "a token to accept (may be repeated); without any, every token is an account",
        parse=_tokens,
        metavar="TOKEN",
    )
    strict: bool = _setting(False, "refuse properties that a model does not declare")
    seed: int | None = _setting(
        None, "what request ids are drawn from; fresh if not given", parse=_whole(0), metavar="N"
    )
    schemas: tuple[Path, ...] = _setting(
        (), "one more folder of models, <model_id>/input.json each (may be repeated)", parse=_paths, metavar="DIR"
    )
    lenient_schemas: bool = _setting(False, "warn of unknown schema keywords instead of refusing to start")
    variant: Variants = _setting(
        Variants(),
        "choose a variant of the ledger (may be repeated); see models ledger",
        parse=_variant,
        metavar="NAME=VALUE",
    )
    balance_usd: float | None = _setting(
        None, "what an account can spend before submits are refused with 400002", parse=_not_negative, metavar="USD"
    )
    rate_limit: RateLimit | None = _setting(
        None, "calls an account may make in so many seconds before 429", parse=_rate, metavar="CALLS/SECONDS"
    )
    output_base_url: str | None = _setting(
        None, "put this URL before the outputs' paths, instead of the fake's own", parse=_base_url, metavar="URL"
    )
    control_token: str | None = _setting(
        None,
        "open /__mock__/ to every host, for calls that carry this in X-Control-Token",
        parse=_token,
        metavar="TOKEN",
    )
    max_requests: int = _setting(
        100_000, "how many requests to remember; the oldest finished ones are forgotten", parse=_whole(1), metavar="N"
    )
    max_body_bytes: int = _setting(64 * MIB, "the largest body to read", parse=_whole(1), metavar="BYTES")
    journal_bytes: int = _setting(
        64 * MIB, "about how much memory the journal may take", parse=_whole(1), metavar="BYTES"
    )

    def __post_init__(self) -> None:
        """Check what Python code can get wrong. Raises `SettingsError`."""
        for name in ("slots", "max_requests", "max_body_bytes", "journal_bytes"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise SettingsError(f"{name} is a whole number, 1 or more, not {number!r}")
        try:
            checked_speed(self.speed)
        except ClockError as error:
            raise SettingsError(f"speed: {error}") from None

    @property
    def variants(self) -> Variants:
        """The ledger's variants, with ``strict`` taken in."""
        return self.variant.with_({"unknown_properties": "refused"}) if self.strict else self.variant


@dataclass(frozen=True, slots=True)
class Spec:
    """One row of the settings table."""

    name: str
    default: Any
    text: str
    parse: Callable[[str], Any] | None
    metavar: str

    @property
    def flag(self) -> str:
        """The option of ``serve``."""
        return "--token" if self.name == "tokens" else "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "RUNCOMFY_MOCK_" + self.flag.removeprefix("--").replace("-", "_").upper()

    @property
    def repeated(self) -> bool:
        """Whether it may be given more than once (in the variable: separated by spaces)."""
        return isinstance(self.default, (tuple, Variants))

    def read(self, text: str) -> Any:
        """Read the text form of a value. Raises `SettingsError` naming the option."""
        assert self.parse is not None
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingsError(f"{self.flag}: {error}") from None


def _spec(setting: Field[Any]) -> Spec:
    return Spec(
        name=setting.name,
        default=setting.default,
        text=setting.metadata["help"],
        parse=setting.metadata["parse"],
        metavar=setting.metadata["metavar"],
    )


SPECS: tuple[Spec, ...] = tuple(map(_spec, fields(Settings)))


def from_texts(texts: Mapping[str, object]) -> Settings:
    """Make settings out of texts by field name: a text, a sequence of texts where repeated, a bool for a switch.

    ``None``, and an empty sequence, mean that the setting was not given. Raises `SettingsError`.
    """
    values: dict[str, Any] = {}
    for spec in SPECS:
        given = texts.get(spec.name)
        if given is None or given == ():
            continue
        if spec.parse is None:
            values[spec.name] = given
        elif spec.name == "variant":
            assert isinstance(given, (tuple, list))
            for text in given:
                spec.read(text)
            choices = dict(text.partition("=")[::2] for text in given)
            values[spec.name] = Variants().with_(choices)
        elif spec.repeated:
            assert isinstance(given, (tuple, list))
            values[spec.name] = tuple(item for text in given for item in spec.read(text))
        else:
            values[spec.name] = spec.read(str(given))
    return Settings(**values)
