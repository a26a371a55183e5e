"""Trouble for clients that can be configured with nothing but a token or a prompt: one word in either brings it.

A token ends in ``mock.WORD``, alone or behind a dot (``alice.mock.busy``); a prompt has ``[mock:WORD]`` in it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mock_server.trouble import scenario
from mock_server.trouble.book import Standing

MARK = b"[mock:"
_IN_TOKEN = re.compile(r"(?:(?P<base>.+)\.)?mock\.(?P<word>[A-Za-z0-9_-]{1,40})", re.DOTALL)
_IN_PROMPT = re.compile(r"\[mock:([A-Za-z0-9_-]{1,40})\]")
_CALLS = ("submit", "status", "result", "cancel", "list", "categories", "model")
_READS = ("status", "result")
_PAGE = {"effect": "http", "status": 503}


class Magic(StrEnum):
    """Where magic words work."""

    BOTH = "both"
    TOKENS = "tokens"
    PROMPTS = "prompts"
    OFF = "off"

    @property
    def in_tokens(self) -> bool:
        """Whether they work in tokens."""
        return self in (Magic.BOTH, Magic.TOKENS)

    @property
    def in_prompts(self) -> bool:
        """Whether they work in prompts."""
        return self in (Magic.BOTH, Magic.PROMPTS)


@dataclass(frozen=True, slots=True)
class Word:
    """A magic word: what it does, and the rules that do it."""

    text: str
    rules: Sequence[Mapping[str, Any]]


def _word(text: str, operation: str | Sequence[str], *answers: Any, then: str = "ok") -> Word:
    operations = operation if isinstance(operation, str) else list(operation)
    return Word(text, [{"match": {"operation": operations}, "answers": list(answers), "then": then}])


def _always(text: str, operation: str | Sequence[str], answer: Any) -> Word:
    return _word(text, operation, answer, then="repeat_last")


WORDS: Mapping[str, Word] = {
    "busy": _word("the first submit is answered 429 with Retry-After: 1", "submit", 429),
    "limited": _always("every submit is answered 429", "submit", 429),
    "down": _word("the first submit is answered 503 with a page of HTML", "submit", _PAGE),
    "outage": _always("every call of the API is answered 503 with a page of HTML", _CALLS, _PAGE),
    "denied": _always("every call is answered 400004, as an expired token", _CALLS, 400004),
    "no-balance": _always("every submit is answered 400002", "submit", 400002),
    "lost-answer": _word(
        "the first submit is accepted, and the connection reset before its answer",
        "submit",
        {"effect": "reset", "at": "accepted"},
    ),
    "late": _always(
        "answers to submits and reads come two seconds late", ("submit", *_READS), {"effect": "latency", "seconds": 2}
    ),
    "flaky": _word(
        "the first reads are answered 502, cut off in the headers, and cut off in the body",
        _READS,
        {"effect": "http", "status": 502},
        {"effect": "reset", "at": "headers"},
        {"effect": "truncate"},
    ),
    "fails": _always("the generation fails", "submit", "fail"),
    "fails-as-text": _always(
        "the generation fails, and its error is a text", "submit", {"effect": "fail", "form": "string"}
    ),
    "queued": _always("the request stays in the queue", "submit", {"effect": "stuck", "in": "in_queue"}),
    "stuck": _always("the request stays in progress", "submit", "stuck"),
    "slow": _always("the generation takes an hour", "submit", {"effect": "slow", "seconds": 3600}),
    "forgotten": _always("the request is accepted, billed, and unknown from then on", "submit", "forget"),
    "no-output": _always("the generation succeeds without output", "result", "no_output"),
    "expired-media": _always("the output's URL answers 403", "media", "expired_url"),
    "cut-media": _always("a download breaks off halfway", "media", "truncate"),
}


@functools.lru_cache(maxsize=256)
def standing(word: str, *, prompt: bool) -> Sequence[Standing]:
    """Return the rules behind a word; of one that there is not, a rule that says so at every submit."""
    found = WORDS.get(word)
    if found is None:
        message = f"unknown magic word {word!r}; known are {', '.join(WORDS)} (--magic off has them mean nothing)"
        error = {"effect": "error", "error_code": 422001 if prompt else 400004, "message": message}
        found = _always("", "submit", error)
    name = f"mock:{word}" if word in WORDS else "mock:unknown"  # the end of a token is not to be read in the journal
    rules = scenario.read({"rule": [{"name": name, **rule} for rule in found.rules]})
    return [Standing(name, rule, lasting=True) for rule in rules]


def in_token(token: str) -> tuple[str, str] | None:
    """Return the word in a token and the token without it, or ``None``."""
    found = _IN_TOKEN.fullmatch(token)
    return None if found is None else (found["word"], found["base"] or "")


def in_payload(document: Any) -> str | None:
    """Return the word in a payload's prompt, or ``None``."""
    prompt = document.get("prompt") if isinstance(document, dict) else None
    found = _IN_PROMPT.search(prompt) if isinstance(prompt, str) else None
    return None if found is None else found[1]


def table() -> Iterator[tuple[str, str]]:
    """Return every word and what it does."""
    return ((word, each.text) for word, each in WORDS.items())
