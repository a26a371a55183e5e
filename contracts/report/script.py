"""A trace as a small Python program that needs httpx alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.exchange import Who
from contracts.report.bodies import cut, expression
from contracts.report.shell import VARIABLES
from contracts.report.trace import AUTHORIZATION, Captured, Parts, Step

_TIMEOUT_SECONDS = 60
_LONGEST_TEXT = 8_000
_LAST_WORDS = """\
print(answer.http_version, answer.status_code, answer.reason_phrase)
print(answer.text)"""


def render(steps: Sequence[Step]) -> str:
    """Return the program; it prints the status line and the body of the last answer."""
    whose = [who for who in VARIABLES if any(_signer(step) is who for step in steps)]
    lines = ["import os", ""] if whose else []
    lines += ["import httpx", ""]
    lines += [f'{who.name} = {{"Authorization": f"Bearer {{os.environ[{VARIABLES[who]!r}]}}"}}' for who in whose]
    lines += [f"client = httpx.Client(timeout={_TIMEOUT_SECONDS})", ""]
    for step in steps:
        lines += _lines(step)
    return "\n".join([*lines, _LAST_WORDS])


def _signer(step: Step) -> Who:
    return Who.NOBODY if step.has_header(AUTHORIZATION) else step.call.who


def _lines(step: Step) -> Iterator[str]:
    arguments = [repr(step.call.method), _literal(step.url)]
    headers = _headers(step)
    if headers:
        arguments.append(f"headers={headers}")
    content, comment = _content(step)
    if content:
        arguments.append(f"content={content}")
    if comment:
        yield f"# {comment}"
    yield f"answer = client.request({', '.join(arguments)})"
    if step.captures:
        yield f'{_name(step.captures)} = answer.json()["request_id"]'


def _headers(step: Step) -> str:
    signer = _signer(step)
    signed = signer.name if signer in VARIABLES else ""
    own = [f"{name!r}: {value!r}" + ("" if value.isascii() else ".encode()") for name, value in step.headers.items()]
    if not own:
        return signed
    return "{" + ", ".join([f"**{signed}"] * bool(signed) + own) + "}"


def _content(step: Step) -> tuple[str, str]:
    """Return the body as an expression, and a comment."""
    body = step.call.body
    if body is None:
        return "", ""
    if step.text is not None and len(body) <= _LONGEST_TEXT:
        return _literal(step.text), ""
    written = expression(body)
    if written is not None:
        return written, ""
    kept, comment = cut(body)
    return repr(kept), comment


def _literal(parts: Parts) -> str:
    if all(isinstance(part, str) for part in parts):
        return repr("".join(str(part) for part in parts))
    texts = (part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else _place(part) for part in parts)
    return f"f{''.join(texts)!r}"


def _place(captured: Captured) -> str:
    return f"{{{_name(captured)}}}"


def _name(captured: Captured) -> str:
    return f"request_{captured.number}"
