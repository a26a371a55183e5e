"""A trace as commands of a POSIX shell: a line of curl for each call, to be pasted as it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from contracts.exchange import Who
from contracts.report.bodies import cut, expression
from contracts.report.trace import AUTHORIZATION, Captured, Parts, Step

VARIABLES = {Who.FIRST: "RUNCOMFY_TOKEN", Who.SECOND: "RUNCOMFY_OTHER_TOKEN"}
"""The variables of the environment that hold the tokens."""

_LONGEST_ARGUMENT = 8_000
_LONGEST_PRINTF = 2_000
_REQUEST_ID = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"request_id\"])'"
# What means itself between double quotes, also to a shell that somebody types into.
_PLAIN = re.compile(r"[A-Za-z0-9/_.:?=&%@+,~-]*")
_WANT_A_LENGTH = {"POST", "PUT", "PATCH"}


def render(steps: Sequence[Step]) -> str:
    """Return the lines. Nothing in them but printable characters; a body that was cut is announced by a comment."""
    return "\n".join(line for step in steps for line in _lines(step))


def _lines(step: Step) -> Iterator[str]:
    before, body, comment = _body(step)
    if comment:
        yield f"# {comment}"
    # An answer that an id is taken out of is read by a program: no headers in it.
    shown = "curl -sS" if step.captures else r"curl -sS -i -w '\n'"
    command = " ".join([before + shown, *_method(step), _url(step), *_headers(step), *body])
    yield f"{_name(step.captures)}=$({command} | {_REQUEST_ID})" if step.captures else command


def _method(step: Step) -> Iterable[str]:
    method, has_body = step.call.method, step.call.body is not None
    if method == "HEAD" and not has_body:
        return ["--head"]  # with -X HEAD curl waits for the body that is announced
    return [] if method == "GET" and not has_body else ["-X", word(method)]


def _url(step: Step) -> str:
    literal = "".join(part for part in step.url if isinstance(part, str))
    as_it_is = "--path-as-is " if re.search(r"/\.\.?(?=[/?]|$)", literal) else ""
    unglobbed = "-g " if set("[]{}") & set(literal) else ""
    return as_it_is + unglobbed + _quoted(step.url)


def _headers(step: Step) -> Iterator[str]:
    call = step.call
    if call.who in VARIABLES and not step.has_header(AUTHORIZATION):
        yield f'-H "Authorization: Bearer ${VARIABLES[call.who]}"'
    for name, value in call.headers.items():
        yield f"-H {word(f'{name}: {value}' if value else f'{name};')}"
    if call.body is not None and not step.has_header("content-type"):
        yield "-H Content-Type:"  # or curl says that it is a form
    if call.body is None and call.method in _WANT_A_LENGTH and not step.has_header("content-length"):
        yield "-H 'Content-Length: 0'"


def _body(step: Step) -> tuple[str, list[str], str]:
    """Return what is piped into curl, curl's options, and a comment."""
    body = step.call.body
    if body is None:
        return "", [], ""
    literal = "".join(part for part in step.text or () if isinstance(part, str))
    if step.text is not None and literal.isprintable() and len(body) <= _LONGEST_ARGUMENT:
        # A leading @ would name a file.
        return "", ["--data-raw" if literal.startswith("@") else "--data-binary", _quoted(step.text)], ""
    comment = ""
    if len(body) <= _LONGEST_PRINTF:
        source = _printf((body,) if step.text is None else step.text)
    else:
        python = expression(body)
        if python is None:
            body, comment = cut(body)
            python = repr(body)
        source = f"python3 -c {shlex.quote(f'import sys; sys.stdout.buffer.write({python})')}"
    return f"{source} | ", ["--data-binary", "@-"], comment


def word(text: str) -> str:
    """Quote one word for the shell; characters that do not print are made by printf."""
    return shlex.quote(text) if text.isprintable() else f'"$({_printf((text,))})"'


def _quoted(parts: Parts) -> str:
    if all(isinstance(part, str) for part in parts):
        return word("".join(str(part) for part in parts))
    if all(isinstance(part, Captured) or _PLAIN.fullmatch(part) for part in parts):
        return '"' + "".join(part if isinstance(part, str) else f"${{{_name(part)}}}" for part in parts) + '"'
    return "".join(word(part) if isinstance(part, str) else f'"${_name(part)}"' for part in parts)


def _printf(parts: Iterable[str | bytes | Captured]) -> str:
    """Return the printf that writes ``parts``; ids are its arguments."""
    parts = list(parts)
    form = "".join("%s" if isinstance(part, Captured) else _escaped(part) for part in parts)
    if form.startswith("-"):
        form = rf"\055{form[1:]}"  # or it were an option
    arguments = [f'"${_name(part)}"' for part in parts if isinstance(part, Captured)]
    return " ".join(["printf", shlex.quote(form), *arguments])


def _escaped(part: str | bytes) -> str:
    text = part.decode("utf-8", errors="surrogateescape") if isinstance(part, bytes) else part
    return "".join(_ESCAPED.get(each) or (each if each.isprintable() else _octal(each)) for each in text)


_ESCAPED = {"%": "%%", "\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", errors="surrogateescape"))


def _name(captured: Captured) -> str:
    return f"REQUEST_{captured.number}"
