"""The calls of a trace, made ready to be written as commands: an id is what its submit answers the next time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from contracts.exchange import Call, Exchange

SUBMIT = "submit"
AUTHORIZATION = "authorization"

# Such ids are the same in a path and in JSON; others stay as they were.
_PLAIN_ID = re.compile(r"[A-Za-z0-9._~-]+")
_DELIMITERS = re.compile(r"([/?&=])")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT_IN_URLS = "%/?#[]@!$&'()*+,;=:"


@dataclass(frozen=True, slots=True)
class Captured:
    """The id that the submit with this ``number``, counted from 1, has answered."""

    number: int


Parts = tuple[str | Captured, ...]
"""A text with ids in it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call: ``text`` is its body if that is UTF-8; ``captures`` numbers the id to keep of its answer, if any."""

    call: Call
    url: Parts
    text: Parts | None
    captures: Captured | None

    @property
    def headers(self) -> Mapping[str, str]:
        """The call's own headers."""
        return self.call.headers

    def has_header(self, name: str) -> bool:
        """Tell whether the call brings a header of its own; ``name`` is in lower case."""
        return any(each.lower() == name for each in self.call.headers)


def steps(exchanges: Sequence[Exchange], base_url: str) -> list[Step]:
    """Make the calls of a trace repeatable.

    An id that a submit of the trace answered is replaced where a later call has it: as a segment or a value of its
    path, or as a JSON text of its body. One with characters that a URL writes in another way is left as it is.
    """
    sources = list(_sources(exchanges))
    used = {
        index
        for exchange, known in zip(exchanges, sources, strict=True)
        for index in _uses([*_DELIMITERS.split(exchange.call.path), *_json_texts(exchange.call.body)], known)
    }
    names = {index: Captured(number) for number, index in enumerate(sorted(used), 1)}
    return [
        _step(exchange, base_url, {text: names[at] for text, at in known.items() if at in names}, names.get(index))
        for index, (exchange, known) in enumerate(zip(exchanges, sources, strict=True))
    ]


def _sources(exchanges: Sequence[Exchange]) -> Iterator[Mapping[str, int]]:
    """Tell for each call which ids are known before it, and the place of the submit that answered them last."""
    known: dict[str, int] = {}
    for index, exchange in enumerate(exchanges):
        yield dict(known)
        if exchange.call.operation == SUBMIT and exchange.answer is not None:
            request_id = exchange.answer.get("request_id")
            if isinstance(request_id, str) and _PLAIN_ID.fullmatch(request_id):
                known[request_id] = index


def _uses(texts: Iterable[str], known: Mapping[str, int]) -> set[int]:
    return {known[text] for text in texts if text in known}


def _json_texts(body: bytes | None) -> list[str]:
    text = _decoded(body)
    return [] if text is None else re.findall(r'"([A-Za-z0-9._~-]+)"', text)


def _decoded(body: bytes | None) -> str | None:
    try:
        return None if body is None else body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _step(exchange: Exchange, base_url: str, names: Mapping[str, Captured], captures: Captured | None) -> Step:
    call = exchange.call
    path = _BARE_PERCENT.sub("%25", quote(call.path, safe=_KEPT_IN_URLS))
    text = _decoded(call.body)
    return Step(
        call=call,
        url=_merged([base_url.rstrip("/"), *(names.get(part, part) for part in _DELIMITERS.split(path))]),
        text=None if text is None else _with_names(text, names),
        captures=captures,
    )


def _with_names(text: str, names: Mapping[str, Captured]) -> Parts:
    if not names:
        return (text,)
    quoted = re.compile(f'(?<=")({"|".join(re.escape(name) for name in names)})(?=")')
    return _merged(names[part] if index % 2 else part for index, part in enumerate(quoted.split(text)))


def _merged(parts: Iterable[str | Captured]) -> Parts:
    """Join texts that stand beside each other, and drop empty ones."""
    merged: list[str | Captured] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged) or ("",)
