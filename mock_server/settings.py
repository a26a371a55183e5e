"""Everything that can be set, in one table: the fields of `Settings`.

Each field says what it does; `settings_table` makes the command line's options of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from mock_server import setting_texts as texts
from mock_server.core.accounts import RateLimit
from mock_server.core.pacing import Pace
from mock_server.core.redaction import SHORTEST_SECRET
from mock_server.trouble.magic import Magic
from schemas.variants import Variants

MIB = 1024 * 1024


class SettingsError(ValueError):
    """A setting has a value that it cannot have; the text says which values it can."""


def _setting(
    default: Any,
    text: str,
    *,
    kind: type | tuple[type, ...],
    parse: Callable[[str], Any] | None = None,
    metavar: str = "",
    secret: bool = False,
) -> Any:
    """Declare a setting of a ``kind``.

    ``parse`` reads its text; without one it is a switch that is on or off. What is ``secret`` is left out of `repr`.
    """
    metadata = {"help": text, "kind": kind, "parse": parse, "metavar": metavar}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a fake is set to; the defaults are those of ``serve``."""

    pace: Pace = _setting(
        Pace.parse("time:2,4"),
        "how requests get on: instant, manual, polls:Q,R (reads that find one queued, then running) "
        "or time:Q,R (seconds)",
        parse=Pace.parse,
        metavar="PACE",
        kind=Pace,
    )
    speed: float = _setting(
        1.0, "seconds of the fake's clock in a real second", parse=texts.speed, metavar="X", kind=(int, float)
    )
    frozen_at: datetime | None = _setting(
        None,
        "a moment at which the clock stands until it is moved, so that the same calls give the same bytes",
        parse=texts.moment,
        metavar="MOMENT",
        kind=datetime,
    )
    slots: int | None = _setting(
        None,
        "how many requests of an account run at once; the others wait in line",
        parse=texts.whole(1),
        metavar="N",
        kind=int,
    )
    tokens: tuple[str, ...] = _setting(
        (),
        "a token to accept (may be repeated); without any, every token is an account",
        parse=texts.tokens,
        metavar="TOKEN",
        secret=True,
        kind=tuple,
    )
    strict: bool = _setting(False, "refuse properties that a model does not declare", kind=bool)
    seed: int | None = _setting(
        None,
        "what ids and chance are drawn from; fresh if not given",
        parse=texts.whole(0),
        metavar="N",
        kind=int,
    )
    schemas: tuple[Path, ...] = _setting(
        (),
        "one more folder of models, <model_id>/input.json each (may be repeated)",
        parse=texts.paths,
        metavar="DIR",
        kind=tuple,
    )
    lenient_schemas: bool = _setting(False, "warn of unknown schema keywords instead of refusing to start", kind=bool)
    variants: Variants = _setting(
        Variants(),
        "choose a variant of the ledger (may be repeated); see models ledger",
        parse=texts.variant,
        metavar="NAME=VALUE",
        kind=Variants,
    )
    balance_usd: float | None = _setting(
        None,
        "what an account can spend before submits are refused with 400002",
        parse=texts.not_negative,
        metavar="USD",
        kind=(int, float),
    )
    rate_limit: RateLimit | None = _setting(
        None,
        "calls an account may make in so many seconds before 429",
        parse=texts.rate,
        metavar="CALLS/SECONDS",
        kind=RateLimit,
    )
    scenario: tuple[Path, ...] = _setting(
        (),
        "a file of rules, TOML or JSON: what goes wrong, and when (may be repeated)",
        parse=texts.paths,
        metavar="FILE",
        kind=tuple,
    )
    magic: Magic = _setting(
        Magic.BOTH,
        "where magic words bring trouble: in both, in tokens, in prompts, or off",
        parse=texts.magic,
        metavar="WHERE",
        kind=Magic,
    )
    output_base_url: str | None = _setting(
        None,
        "put this URL before the outputs' paths, instead of the fake's own",
        parse=texts.base_url,
        metavar="URL",
        kind=str,
    )
    control_token: str | None = _setting(
        None,
        "open /__mock__/ to every host, for calls that carry this in X-Control-Token",
        parse=texts.token,
        metavar="TOKEN",
        secret=True,
        kind=str,
    )
    max_requests: int = _setting(
        100_000,
        "how many requests to remember; the oldest finished ones are forgotten",
        parse=texts.whole(1),
        metavar="N",
        kind=int,
    )
    max_payload_bytes: int = _setting(
        1024 * MIB,
        "how many bytes of payload the remembered requests may have together",
        parse=texts.whole(1),
        metavar="BYTES",
        kind=int,
    )
    max_body_bytes: int = _setting(
        64 * MIB, "the largest body to read", parse=texts.whole(1), metavar="BYTES", kind=int
    )
    journal: Path | None = _setting(
        None,
        "a file to write every call and change into, and to go on from at the next start",
        parse=texts.path,
        metavar="FILE",
        kind=Path,
    )
    journal_bytes: int = _setting(
        64 * MIB, "about how much memory the journal may take", parse=texts.whole(1), metavar="BYTES", kind=int
    )

    def __post_init__(self) -> None:
        """Take values as their texts too, and check them all. Raises `SettingsError` naming the setting."""
        for setting in fields(self):
            try:
                value = _checked(setting, getattr(self, setting.name))
            except ValueError as error:
                raise SettingsError(f"{setting.name}: {error}") from None
            object.__setattr__(self, setting.name, value)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The tokens that the fake was told of, but for those too short to be told from any other word."""
        known = self.tokens if self.control_token is None else (*self.tokens, self.control_token)
        return tuple(token for token in known if len(token) >= SHORTEST_SECRET)

    @property
    def effective_variants(self) -> Variants:
        """The ledger's variants, with ``strict`` taken in."""
        return self.variants.with_({"unknown_properties": "refused"}) if self.strict else self.variants


class SettingsFields(TypedDict, total=False):
    """The settings as keyword arguments; each takes its text too (`Settings` says what each one does)."""

    pace: Pace | str
    speed: float | str
    frozen_at: datetime | str | None
    slots: int | str | None
    tokens: Iterable[str] | str
    strict: bool
    seed: int | str | None
    schemas: Iterable[Path | str] | Path | str
    lenient_schemas: bool
    variants: Variants | Mapping[str, str]
    balance_usd: float | str | None
    rate_limit: RateLimit | str | None
    scenario: Iterable[Path | str] | Path | str
    magic: Magic | str
    output_base_url: str | None
    control_token: str | None
    max_requests: int | str
    max_payload_bytes: int | str
    max_body_bytes: int | str
    journal: Path | str | None
    journal_bytes: int | str


def _checked(setting: Field[Any], value: Any) -> Any:
    """Return the value that a setting has if it is given ``value``. Raises ``ValueError``."""
    kind, parse = setting.metadata["kind"], setting.metadata["parse"]
    if value is None and setting.default is None:
        return None
    if kind is tuple:
        several = (value,) if isinstance(value, (str, Path)) else value
        items = list(several) if isinstance(several, Iterable) else [several]
        if not all(isinstance(item, (str, Path)) for item in items):
            raise ValueError(f"expected a list of texts, not {value!r}")
        return tuple(read for item in items for read in parse(str(item)))
    if isinstance(value, datetime):
        value = value.isoformat()
    if kind is Variants and isinstance(value, Mapping):
        return Variants().with_(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and kind in (int, (int, float))
    if parse is not None and (isinstance(value, str) or is_number):
        return parse(str(value))
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        names = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
        text = f" or its text ({setting.metadata['help']})" if parse is not None else ""
        raise ValueError(f"expected {names}{text}, not {value!r}")
    return value
