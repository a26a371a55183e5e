"""Right payloads refused: what a validator holds against them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import Payload, judging, refusing
from contracts.targets import InternalError
from schemas.findings import Finding, shorten
from schemas.model import Model
from schemas.validation import Verdict

_REFUSED = ("error.422",)
_BASIC = 0xFFFF
_LONGEST = 2500


def _properties(model: Model) -> Mapping[str, Any]:
    found = model.input.normalised.get("properties", {})
    return found if isinstance(found, Mapping) else {}


def _finding(name: str, keyword: str, limit: object, value: object) -> Finding:
    return Finding(f"/{name}", keyword, limit, shorten(value), f"does not meet {keyword}")


def _first(find: Callable[[str, Mapping[str, Any], Any], Finding | None]) -> Break:
    """Refuse a payload for its first property that ``find`` (its name, its schema, its value) has a finding of."""

    def found(model: Model, payload: Mapping[str, Any]) -> Finding | None:
        known = ((name, part, payload[name]) for name, part in _properties(model).items() if name in payload)
        return next((each for place in known if (each := find(*place)) is not None), None)

    return refusing(found)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _at_maximum(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    if not _is_number(value) or "maximum" not in part or value != part["maximum"]:
        return None
    return _finding(name, "exclusiveMaximum", part["maximum"], value)


def _at_minimum(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    if not _is_number(value) or "minimum" not in part or value != part["minimum"]:
        return None
    return _finding(name, "exclusiveMinimum", part["minimum"], value)


def _whole(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    is_whole = part.get("type") == "number" and isinstance(value, int) and not isinstance(value, bool)
    return _finding(name, "type", "float", value) if is_whole else None


def _whole_fraction(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    is_one = part.get("type") == "integer" and isinstance(value, float) and value.is_integer()
    return _finding(name, "type", "integer", value) if is_one else None


def _fraction(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    is_one = part.get("type") == "number" and isinstance(value, float) and not value.is_integer()
    return _finding(name, "type", "integer", value) if is_one else None


def _foreign(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    return _finding(name, "pattern", "^[ -~]*$", value) if isinstance(value, str) and not value.isascii() else None


def _long(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    return _finding(name, "maxLength", _LONGEST, value) if isinstance(value, str) and len(value) > _LONGEST else None


def _lines(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    return _finding(name, "pattern", "^.*$", value) if isinstance(value, str) and "\n" in value else None


def _padded(name: str, part: Mapping[str, Any], value: Any) -> Finding | None:
    is_blank = isinstance(value, str) and not value.strip()
    return _finding(name, "minLength", 1, value) if is_blank else None


def _float_as_text(model: Model, payload: Payload, verdict: Verdict) -> Verdict:
    """Take the page's ``float``, which is no type of JSON Schema, for a text."""
    declared = model.input.vendored.get("properties", {})
    names = [name for name, part in declared.items() if isinstance(part, Mapping) and part.get("type") == "float"]
    pointers = {f"/{name}" for name in names}
    kept = [each for each in verdict.findings if each.pointer not in pointers]
    more = [
        _finding(name, "type", "string", payload[name])
        for name in names
        if name in payload and not isinstance(payload[name], str)
    ]
    return replace(verdict, findings=(*kept, *more))


def _required(is_meant: Callable[[Mapping[str, Any]], bool]) -> Break:
    def find(model: Model, payload: Mapping[str, Any]) -> Finding | None:
        missing = (name for name, part in _properties(model).items() if is_meant(part) and name not in payload)
        name = next(missing, None)
        return None if name is None else Finding("", "required", name, shorten(payload), f"{name} is required")

    return refusing(find)


def _texts(value: object) -> Iterator[str]:
    """Walk over every text of a payload, the names of properties among them; without recursion, for it may be deep."""
    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            rest += [*part, *part.values()]
        elif isinstance(part, list):
            rest += part


def _failing(model: Model, payload: Payload, verdict: Verdict, *, at: Callable[[str], bool]) -> Verdict:
    """Fail at some texts, as code does that expects none such."""
    if any(at(text) for text in _texts(payload)):
        raise InternalError("an unexpected error")
    return verdict


def _is_astral(text: str) -> bool:
    return any(ord(letter) > _BASIC for letter in text)


MUTANTS = (
    Mutant("maximum-exclusive", "a number that is its maximum is refused", _REFUSED, _first(_at_maximum)),
    Mutant("minimum-exclusive", "a number that is its minimum is refused", _REFUSED, _first(_at_minimum)),
    Mutant(
        "whole-number-refused",
        "1 is refused where a number is expected",
        ("error.422", "dialect.float"),
        _first(_whole),
    ),
    Mutant("whole-fraction-refused", "5.0 is refused where an integer is expected", _REFUSED, _first(_whole_fraction)),
    Mutant("float-as-integer", "type float takes integers alone", ("dialect.float",), _first(_fraction)),
    Mutant("float-as-text", "type float is taken for a text", ("dialect.float",), judging(_float_as_text)),
    Mutant("unicode-refused", "a text that is not ASCII is refused", _REFUSED, _first(_foreign)),
    Mutant("long-text-refused", "a text of more than 2500 characters is refused", _REFUSED, _first(_long)),
    Mutant("lines-refused", "a text of more than one line is refused", _REFUSED, _first(_lines)),
    Mutant("blank-text-refused", "an empty text is refused", _REFUSED, _first(_padded)),
    Mutant(
        "optional-required",
        "an optional property without a default is required",
        _REFUSED,
        _required(lambda part: "default" not in part),
    ),
    Mutant(
        "integers-required",
        "an optional property is required in spite of its default",
        _REFUSED,
        _required(lambda part: part.get("type") == "integer"),
    ),
    Mutant(
        "astral-500",
        "a text with characters beyond the basic plane is answered 500",
        ("error.422", "submit"),
        judging(partial(_failing, at=_is_astral)),
    ),
    Mutant(
        "empty-text-500",
        "an empty text is answered 500",
        ("error.422", "submit"),
        judging(partial(_failing, at=lambda text: not text)),
    ),
)
