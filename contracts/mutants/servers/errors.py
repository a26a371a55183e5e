"""Wrong errors: under which status, with which code, in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts.mutants.asgi import Scope
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.wrapping import REFUSED, Document, Reply, edited, replying, telling
from contracts.targets import App

_BODY = ("error.body",)
_DETAIL = ("error.422", "error.422-detail")
_TEXTS = ("error_message", "message", "error")
_PAGE = b"<!doctype html><title>Error</title><h1>Something went wrong</h1>"
_INVALID = range(422, 423)
_UNKNOWN_REQUEST, _UNKNOWN_MODEL = 404001, 400001


def _broken(change: Callable[[Document], object]) -> Break:
    return telling("", change, REFUSED)


def _recoded(code: int, status: int, to: int) -> Break:
    """Answer one error under another status, with another code."""

    def edit(reply: Reply) -> Reply:
        document = reply.document
        if not isinstance(document, dict) or document.get("error_code") != code:
            return reply
        return reply.saying({**document, "error_code": to}, status)

    return replying("", edit, REFUSED)


def _detailed(change: Callable[[list[Any]], Any]) -> Break:
    """Change a list of findings; ``None``: there is no detail."""

    def edit(document: Document) -> None:
        if isinstance(document.get("detail"), list):
            changed = change(document.pop("detail"))
            if changed is not None:
                document["detail"] = changed

    return telling("", edit, _INVALID)


def _at_first(findings: list[Any]) -> Any:
    return findings[:1]


def _misplaced(findings: list[Any]) -> Any:
    """Name the parent of what is wrong."""
    return [{**each, "pointer": each["pointer"].rpartition("/")[0]} if "pointer" in each else each for each in findings]


def _mistaken(findings: list[Any]) -> Any:
    """Name the first property of the form, whichever is wrong."""
    return [{**each, "pointer": "/prompt" if each.get("pointer") != "/prompt" else "/duration"} for each in findings]


def _without_limit(findings: list[Any]) -> Any:
    return [{**each, "limit": None} for each in findings]


def _code_as_text(document: Document) -> None:
    if "error_code" in document:
        document["error_code"] = str(document["error_code"])


def _code_as_name(document: Document) -> None:
    if "error_code" in document:
        document["error_code"] = "ERR_REFUSED"


def _code_short(document: Document) -> None:
    if "error_code" in document:
        document["error_code"] //= 1000


def _code_alien(document: Document) -> None:
    if "error_code" in document:
        document["error_code"] = 500000 + document["error_code"] % 1000


def _no_code(document: Document) -> None:
    document.pop("error_code", None)


def _no_text(document: Document) -> None:
    for name in _TEXTS:
        document.pop(name, None)


def _empty_text(document: Document) -> None:
    document.update({name: "" for name in _TEXTS if name in document})


def _framed(document: Document) -> None:
    """Write it as a framework does by itself."""
    text = next((document[name] for name in _TEXTS if name in document), "")
    document.clear()
    document["detail"] = text


def _nested(document: Document) -> None:
    inner = dict(document)
    document.clear()
    document["error"] = inner


def _as_page(reply: Reply) -> Reply:
    return replace(reply.under(b"content-type", b"text/html"), body=_PAGE)


def _as_line(reply: Reply) -> Reply:
    document = reply.document
    text = next((document[name] for name in _TEXTS if name in document), "") if isinstance(document, dict) else ""
    return replace(reply.under(b"content-type", b"text/plain; charset=utf-8"), body=text.encode())


def _malformed_500(reply: Reply) -> Reply:
    """Fail at a body that is no JSON object."""
    document = reply.document
    texts = [document[name] for name in _TEXTS if name in document] if isinstance(document, dict) else []
    if not any(text.startswith(("the body is", "the body gives")) for text in texts) or reply.status not in (400, 422):
        return reply
    return reply.saying({"error_code": 500001, "error_message": "an unexpected error"}, 500)


def _invalid(status: int, code: int) -> Break:
    return replying("submit", lambda reply: reply.saying({**reply.document, "error_code": code}, status), _INVALID)


def _id_500(app: App) -> App:
    """Fail at a request_id that is no UUID."""

    def is_alien(scope: Scope) -> bool:
        parts = scope["path"].split("/")
        return scope["path"].startswith("/v1/requests/") and len(parts) == 5 and parts[3].count("-") != 4  # noqa: PLR2004 - as a UUID

    def edit(reply: Reply, scope: Scope) -> Reply:
        if reply.status != 404:  # noqa: PLR2004 - unknown
            return reply
        return reply.saying({"error_code": 500001, "error_message": "an unexpected error"}, 500)

    return edited(app, is_alien, edit)


MUTANTS = (
    Mutant("invalid-400", "an invalid payload is answered 400", ("error.422",), _invalid(400, 400000)),
    Mutant("invalid-500", "an invalid payload is answered 500", ("error.422",), _invalid(500, 500001)),
    Mutant(
        "invalid-200",
        "an invalid payload is answered 200, with an error_code",
        ("error.422", "error.under-200"),
        replying("submit", lambda reply: replace(reply, status=200), _INVALID),
    ),
    Mutant("detail-first-alone", "of all findings the first alone is told", _DETAIL, _detailed(_at_first)),
    Mutant("detail-of-parent", "findings name the place around the wrong value", _DETAIL, _detailed(_misplaced)),
    Mutant("detail-of-another", "findings name another property", _DETAIL, _detailed(_mistaken)),
    Mutant("detail-without-limit", "findings do not tell the limit", _DETAIL, _detailed(_without_limit)),
    Mutant("detail-missing", "there is no detail", _DETAIL, _detailed(lambda _findings: None)),
    Mutant("error-code-text", "error_code is a text", _BODY, _broken(_code_as_text)),
    Mutant("error-code-name", "error_code is a name", _BODY, _broken(_code_as_name)),
    Mutant("error-code-status", "error_code is the HTTP status alone", _BODY, _broken(_code_short)),
    Mutant("error-code-alien", "error_code begins with another status", _BODY, _broken(_code_alien)),
    Mutant("error-code-missing", "there is no error_code", _BODY, _broken(_no_code)),
    Mutant("error-text-empty", "error_message is empty", _BODY, _broken(_empty_text)),
    Mutant("error-text-missing", "there is no error_message", _BODY, _broken(_no_text)),
    Mutant("error-framed", "errors have a detail alone, as a framework writes them", _BODY, _broken(_framed)),
    Mutant("error-nested", "errors stand inside of error", _BODY, _broken(_nested)),
    Mutant("error-page", "errors are pages of HTML", _BODY, replying("", _as_page, REFUSED)),
    Mutant("error-line", "errors are lines of text", _BODY, replying("", _as_line, REFUSED)),
    Mutant(
        "unknown-model-404",
        "an unknown model is answered 404",
        ("error.400001",),
        _recoded(_UNKNOWN_MODEL, 404, 404001),
    ),
    Mutant(
        "unknown-model-422",
        "an unknown model is answered 422",
        ("error.400001",),
        _recoded(_UNKNOWN_MODEL, 422, 422001),
    ),
    Mutant(
        "unknown-request-400",
        "an unknown request is answered 400",
        ("error.404001",),
        _recoded(_UNKNOWN_REQUEST, 400, 400001),
    ),
    Mutant(
        "unknown-request-410",
        "an unknown request is answered 410",
        ("error.404001",),
        _recoded(_UNKNOWN_REQUEST, 410, 410001),
    ),
    Mutant("alien-id-500", "a request_id that is no UUID is answered 500", ("error.404001",), _id_500),
    Mutant(
        "malformed-body-500",
        "a body that is no JSON object is answered 500",
        ("error.malformed-body",),
        replying("submit", _malformed_500, REFUSED),
    ),
)
