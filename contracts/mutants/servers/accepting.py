"""Wrong payloads let in: what a validator is blind to, and what it takes for something else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from contracts.mutants.asgi import ASGIApp, Message, Receive, Scope, Send, calls, header, with_header
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import Payload, overlooking, patched
from contracts.mutants.wrapping import around, asked
from contracts.targets import App
from schemas.findings import Finding
from schemas.model import Model
from schemas.pointers import split
from schemas.validation import Verdict

_REFUSED = ("error.422",)
_SUM = ("rules.multi-prompt",)
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_NUMERAL = re.compile(r'"-?[0-9]{1,9}(\.[0-9]{1,9})?"')
_FLAGS = {'"true"': True, '"false"': False, "1": True, "0": False}
_NUMBERS = ("integer", "number")


def _keywords(*keywords: str) -> Break:
    return overlooking(lambda _model, finding: finding.keyword in keywords)


def _is_nested(finding: Finding) -> bool:
    return len(split(finding.pointer)) > 1


def _is_sum(model: Model, finding: Finding) -> bool:
    return any(rule.rule_id == finding.keyword for rule in model.rules)


def _sum_differs(is_fine: Callable[[float], bool]) -> Break:
    """Overlook sums by how much they are over what they should be."""

    def is_blind(model: Model, finding: Finding) -> bool:
        if not _is_sum(model, finding) or not isinstance(finding.limit, (int, float)):
            return False
        try:
            return is_fine(float(finding.value) - finding.limit)
        except (ValueError, OverflowError):  # a sum too long to be shown whole
            return False

    return overlooking(is_blind)


def _coercing(read: Callable[[Finding], Any]) -> Break:
    """Read some values of a wrong type as one of the right type; ``None`` from ``read``: not this one."""

    def break_(app: App) -> App:
        def make(check: Callable[..., Verdict]) -> object:
            def changed(model: Model, payload: Payload) -> Verdict:
                verdict = check(model, payload)
                found = [(each.pointer, read(each)) for each in verdict.findings if each.keyword == "type"]
                read_ones = [(pointer, value) for pointer, value in found if value is not None and pointer]
                for pointer, value in read_ones:
                    _put(payload, pointer, value)
                return check(model, payload) if read_ones else verdict

            return changed

        patched(app.service, "check", make)
        return app

    return break_


def _put(payload: Any, pointer: str, value: Any) -> None:
    *parents, name = split(pointer)
    place = payload
    for step in parents:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(name) if isinstance(place, list) else name] = value


def _numeral(finding: Finding) -> Any:
    is_one = finding.limit in _NUMBERS and _NUMERAL.fullmatch(finding.value)
    return float(json.loads(finding.value)) if is_one else None


def _flag(finding: Finding) -> Any:
    return _FLAGS.get(finding.value) if finding.limit == "boolean" else None


def _number_of_flag(finding: Finding) -> Any:
    return {"true": 1, "false": 0}.get(finding.value) if finding.limit in _NUMBERS else None


def _text_of_number(finding: Finding) -> Any:
    is_one = finding.limit == "string" and re.fullmatch(r"-?[0-9.]{1,20}", finding.value)
    return finding.value if is_one else None


def _case_apart(model: Model, finding: Finding) -> bool:
    if finding.keyword != "enum" or not isinstance(finding.limit, list):
        return False
    return finding.value.lower() in [json.dumps(each).lower() for each in finding.limit]


def _cut_to_whole(finding: Finding) -> Any:
    is_one = finding.limit == "integer" and re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", finding.value)
    return int(float(finding.value)) if is_one else None


def _clamped(app: App) -> App:
    """Take the nearest bound for a number that is out of bounds."""

    def make(check: Callable[..., Verdict]) -> object:
        def changed(model: Model, payload: Payload) -> Verdict:
            verdict = check(model, payload)
            found = [each for each in verdict.findings if each.keyword in _BOUNDS and each.pointer]
            for each in found:
                _put(payload, each.pointer, each.limit)
            return check(model, payload) if found else verdict

        return changed

    patched(app.service, "check", make)
    return app


def _any_type(app: App) -> App:
    """Read a body as JSON whatever it says that it is."""

    def is_other(scope: Mapping[str, Any]) -> bool:
        return calls("submit")(dict(scope)) and "json" not in (header(dict(scope), b"content-type") or "")

    return asked(app, is_other, lambda scope: with_header(scope, b"content-type", b"application/json"))


def _numbers_in_words(app: App) -> App:
    """Read NaN and Infinity, which JSON does not have, as some number, as lenient readers of JSON do."""

    def make(inner: ASGIApp) -> ASGIApp:
        async def api(scope: Scope, receive: Receive, send: Send) -> None:
            if not calls("submit")(scope):
                await inner(scope, receive, send)
                return
            messages = [await receive()]
            while messages[-1].get("more_body", False):
                messages.append(await receive())
            body = b"".join(message.get("body", b"") for message in messages)
            read = _without_words(body)
            if read != body:
                messages = [{"type": "http.request", "body": read, "more_body": False}]
                scope = with_header(scope, b"content-length", b"%d" % len(read))

            async def replay() -> Message:
                return messages.pop(0) if messages else await receive()

            await inner(scope, replay, send)

        return api

    return around(app, make)


def _without_words(body: bytes) -> bytes:
    words: list[str] = []

    def number(word: str) -> float:
        words.append(word)
        return 0.5

    try:
        document = json.loads(body, parse_constant=number)
    except (ValueError, RecursionError):
        return body
    return json.dumps(document).encode() if words else body


MUTANTS = (
    Mutant("maximum-ignored", "a number over its maximum is accepted", _REFUSED, _keywords("maximum")),
    Mutant("minimum-ignored", "a number under its minimum is accepted", _REFUSED, _keywords("minimum")),
    Mutant("bounds-clamped", "a number out of bounds is taken for the nearest bound", _REFUSED, _clamped),
    Mutant("enum-ignored", "a word that is none of an enum's is accepted", _REFUSED, _keywords("enum")),
    Mutant("enum-case-ignored", "a word of an enum is accepted in other case", _REFUSED, overlooking(_case_apart)),
    Mutant("required-ignored", "a required property may be missing", _REFUSED, _keywords("required")),
    Mutant("type-ignored", "a value of another type is accepted", _REFUSED, _keywords("type")),
    Mutant("max-items-ignored", "a list may be too long", _REFUSED, _keywords("maxItems")),
    Mutant("texts-as-numbers", 'the text "5" is accepted for the number 5', _REFUSED, _coercing(_numeral)),
    Mutant("numbers-as-texts", "a number is accepted for a text", _REFUSED, _coercing(_text_of_number)),
    Mutant("flags-coerced", '"true" and 1 are accepted for true', _REFUSED, _coercing(_flag)),
    Mutant("flags-as-numbers", "true is accepted for a number, as 1", _REFUSED, _coercing(_number_of_flag)),
    Mutant("fractions-cut", "5.7 is accepted for an integer, as 5", _REFUSED, _coercing(_cut_to_whole)),
    Mutant(
        "null-accepted",
        "null is accepted for a property that may be missing",
        _REFUSED,
        overlooking(lambda _model, finding: finding.value == "null" and finding.keyword in ("type", "enum")),
    ),
    Mutant(
        "items-unchecked",
        "what is inside a list is not looked at",
        ("error.422", "dialect.items-map"),
        overlooking(lambda _model, finding: _is_nested(finding)),
    ),
    Mutant(
        "nested-bounds-ignored",
        "a bound inside a list is ignored",
        ("error.422", "dialect.items-map"),
        overlooking(lambda _model, finding: _is_nested(finding) and finding.keyword in _BOUNDS),
    ),
    Mutant("sum-ignored", "durations need not add up", _SUM, overlooking(_is_sum)),
    Mutant(
        "sum-off-by-one",
        "durations may add up to one more or one less",
        _SUM,
        _sum_differs(lambda over: abs(over) <= 1),
    ),
    Mutant("sum-at-most", "durations may add up to less", _SUM, _sum_differs(lambda over: over < 0)),
    Mutant("media-type-ignored", "a submit may be sent as text", ("body.json", "error.media-type"), _any_type),
    Mutant(
        "nan-accepted",
        "NaN and Infinity are accepted for numbers",
        ("body.json", "error.malformed-body"),
        _numbers_in_words,
    ),
)
