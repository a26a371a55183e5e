"""What can be asked of calls: a name, what is wanted of it, and how an entry is held against that."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from mock_server.core.entry import Entry
from mock_server.core.patterns import fits, glob
from mock_server.core.span import Span
from schemas import pointers
from schemas.findings import cut, shorten

OPERATIONS = ("submit", "status", "result", "cancel", "list", "categories", "model", "media", "unknown")

Predicate = Callable[[Entry], object]


class QuestionError(ValueError):
    """A question that cannot be asked. ``place`` is its name, the text says what was wrong and what is allowed."""

    def __init__(self, place: str, message: str) -> None:
        """Say ``message`` of ``place``."""
        super().__init__(f"{place}: {message}")
        self.place = place


class Filters(TypedDict, total=False):
    """What calls can be asked for; all that is given must hold.

    Texts may be globs (``*``, ``?``). ``None`` asks for calls that have none. ``http_status``, ``error_code``
    and ``connection`` are numbers or spans (``"500..599"``, ``"2.."``); a status may be a class too (``"5xx"``).
    ``payload`` maps JSON pointers (``*`` for every item of an array) to what is there, as the match of a rule does: a
    glob for texts, ``"*"`` for any value at all, else the very value.
    ``after`` asks for calls with a higher number (`Entry.seq`) alone.
    """

    operation: str
    method: str
    path: str
    model: str | None
    request_id: str | None
    account: str
    http_status: int | str
    error_code: int | str | None
    rule: str | None
    effect: str | None
    payload: Mapping[str, Any]
    connection: int | str
    token_sent_to_media: bool
    after: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is asked: ``asked`` tells it, ``found`` what an entry has instead.

    ``is_there`` tells whether an entry has anything that could be it, ``reads_payload`` marks one that cannot be judged
    where the journal has no more than the beginning of a payload, ``is_own`` a function of the user's.
    """

    name: str
    asked: str
    test: Predicate
    found: Callable[[Entry], str]
    is_there: Predicate = lambda _: True
    reads_payload: bool = False
    is_own: bool = False


def criteria(filters: Mapping[str, Any]) -> list[Criterion]:
    """Read filters, as `Filters` has them. Raises `QuestionError`."""
    found: list[Criterion] = []
    for name, value in filters.items():
        maker = _MAKERS.get(name)
        if maker is None:
            raise QuestionError(name, f"calls cannot be asked for that{suggestion(name, _MAKERS)}")
        found += maker(name, value)
    return sorted(found, key=lambda each: each.reads_payload)  # the cheap ones first


def of_predicate(predicate: Predicate) -> Criterion:
    """Ask a function of the user's own. Raises `QuestionError`."""
    if not callable(predicate):
        raise QuestionError("where", f"{predicate!r} is no function of an entry; filters are given by name")
    name = getattr(predicate, "__name__", "a function")
    return Criterion(name, "true", predicate, lambda _: "false", is_own=True)


def one_operation(name: str) -> str:
    """Return the name of an operation. Raises `QuestionError`."""
    if name not in OPERATIONS:
        raise QuestionError(str(name), f"there is no such operation{suggestion(name, OPERATIONS)}")
    return name


def suggestion(name: object, known: Iterable[str]) -> str:
    """Write what was meant, as it seems, and what there is."""
    names = list(known)
    close = difflib.get_close_matches(str(name)[:100], names, n=1)
    meant = f"; did you mean {close[0]}" if close else ""
    return f"{meant}; known are {', '.join(names)}"


# -- how each is read


def _text(attribute: str, *, optional: bool = False) -> Callable[[str, object], list[Criterion]]:
    def make(name: str, value: object) -> list[Criterion]:
        if value is None and optional:
            return [_criterion(name, "none", attribute, lambda found: found is None)]
        matches = _glob(name, value)
        return [_criterion(name, str(value), attribute, lambda found: found is not None and matches(found))]

    return make


def _operation(name: str, value: object) -> list[Criterion]:
    matches = _glob(name, value)
    if not any(map(matches, OPERATIONS)):
        raise QuestionError(name, f"{shorten(value)} is no operation{suggestion(value, OPERATIONS)}")
    return _text("operation")(name, value)


def _effect(name: str, value: object) -> list[Criterion]:
    if value is None:
        return [_criterion(name, "none", "effects", lambda found: not found)]
    matches = _glob(name, value)
    return [_criterion(name, str(value), "effects", lambda found: any(map(matches, found)))]


def _number(attribute: str, *, optional: bool = False) -> Callable[[str, object], list[Criterion]]:
    def make(name: str, value: object) -> list[Criterion]:
        if value is None and optional:
            return [_criterion(name, "none", attribute, lambda found: found is None)]
        span = _span(name, value)
        return [_criterion(name, str(value), attribute, lambda found: found is not None and found in span)]

    return make


_CLASS = re.compile(r"([1-5])xx", re.IGNORECASE | re.ASCII)
_STATUSES = "503, '5xx', '500..599', '400..', 0 for none sent"
_LEAST_STATUS, _MOST_STATUS = 100, 999


def _status(name: str, value: object) -> list[Criterion]:
    status_class = _CLASS.fullmatch(value) if isinstance(value, str) else None
    if status_class is not None:
        first = int(status_class[1]) * 100
        span = Span(first, first + 99)
    else:
        try:
            span = Span.parse(value)
        except ValueError:
            raise QuestionError(name, f"{shorten(value)} is none of {_STATUSES}") from None
        ends = [span.least, *([] if span.most is None else [span.most])]
        from_the_start = isinstance(value, str) and value.startswith("..")
        for end in ends[from_the_start:]:
            if end and not _LEAST_STATUS <= end <= _MOST_STATUS:
                hint = f"; {str(end)[0]}xx is the class" if 0 < end < _LEAST_STATUS else ""
                raise QuestionError(name, f"{shorten(value)} is none of {_STATUSES}{hint}")
    return [_criterion(name, str(value), "http_status", lambda found: found in span)]


def _flag(name: str, value: object) -> list[Criterion]:
    if not isinstance(value, bool):
        raise QuestionError(name, f"{_told(value)} is neither true nor false")
    return [_criterion(name, str(value).lower(), name, lambda found: found is value)]


def _after(name: str, value: object) -> list[Criterion]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise QuestionError(name, f"{_told(value)} is no number of a call, from 0 (none)")
    return [_criterion(name, str(value), "seq", lambda found: found > value)]


def _payload(name: str, value: object) -> list[Criterion]:
    if not isinstance(value, Mapping) or not value:
        raise QuestionError(name, f'{_told(value)} is no object of JSON pointers, such as {{"/prompt": "*boat*"}}')
    return [_at(name, pointer, wanted) for pointer, wanted in value.items()]


def _at(name: str, pointer: object, wanted: object) -> Criterion:
    try:
        if not isinstance(pointer, str):
            raise ValueError(f"a JSON pointer is a text, not {pointer!r}")  # noqa: TRY301
        parts = pointers.split(pointer)
    except ValueError as error:
        raise QuestionError(name, str(error)) from None
    try:
        asked = json.loads(json.dumps(wanted))
    except (TypeError, ValueError, RecursionError):
        raise QuestionError(name, f"{pointer}: {wanted!r} is nothing that JSON can hold") from None

    def told(entry: Entry) -> str:
        if entry.payload is None:
            return "missing, there is no payload"
        found = _values(entry.payload, parts)
        return ", ".join(map(_told, found[:3])) if found else "missing"

    return Criterion(
        f"{name} {pointer}",
        _told(wanted),
        lambda entry: entry.payload is not None and any(fits(each, asked) for each in _values(entry.payload, parts)),
        told,
        lambda entry: entry.payload is not None and _values(entry.payload, parts),
        reads_payload=True,
    )


def _values(payload: bytes, parts: list[str]) -> list[object]:
    try:
        return pointers.values(json.loads(payload), parts)
    except (ValueError, RecursionError):  # no JSON: what a submit was refused for
        return []


_NOTHING = (None, "", ())


def _criterion(name: str, asked: str, attribute: str, test: Callable[[Any], object]) -> Criterion:
    return Criterion(
        name,
        asked,
        lambda entry: test(getattr(entry, attribute)),
        lambda entry: _plainly(getattr(entry, attribute)),
        lambda entry: getattr(entry, attribute) not in _NOTHING,
    )


def _plainly(found: object) -> str:
    if isinstance(found, tuple):
        found = ", ".join(map(str, found))
    return "none" if found in _NOTHING else cut(str(found))


def _told(value: object) -> str:
    return cut(repr(value)) if isinstance(value, str) or not _is_json(value) else shorten(value)


def _is_json(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | Mapping | list | tuple)


def _glob(name: str, value: object) -> Callable[[str], object]:
    if not isinstance(value, str):
        raise QuestionError(name, f"{_told(value)} is no text; '*' and '?' stand for what may be there")
    return glob(value).fullmatch


def _span(name: str, value: object) -> Span:
    try:
        return Span.parse(value)
    except ValueError as error:
        raise QuestionError(name, str(error)) from None


_MAKERS: Mapping[str, Callable[[str, object], list[Criterion]]] = {
    "operation": _operation,
    "method": _text("method"),
    "path": _text("path"),
    "model": _text("model_id", optional=True),
    "request_id": _text("request_id", optional=True),
    "account": _text("account"),
    "http_status": _status,
    "error_code": _number("error_code", optional=True),
    "rule": _text("rule", optional=True),
    "effect": _effect,
    "payload": _payload,
    "connection": _number("connection"),
    "token_sent_to_media": _flag,
    "after": _after,
}
FILTERS = tuple(_MAKERS)
