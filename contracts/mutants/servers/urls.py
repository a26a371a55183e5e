"""Wrong URLs: where an answer sends its reader."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from contracts.mutants.asgi import Scope, calls, header
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.wrapping import OK, Document, Reply, edited, telling
from contracts.targets import App

_URLS = ("urls.absolute",)
_NAMES = ("status_url", "result_url", "cancel_url")


def _each(operation: str, change: Callable[[str], str]) -> Break:
    def edit(document: Document) -> None:
        document.update({name: change(document[name]) for name in _NAMES if name in document})

    return telling(operation, edit)


def _path(url: str) -> str:
    return urlsplit(url).path


def _swapped(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"


def _without_port(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.hostname or "").geturl()


def _inside(url: str) -> str:
    return "http://model-api.internal:8080" + _path(url)


def _without_version(url: str) -> str:
    return url.replace("/v1/requests/", "/requests/", 1)


def _missing(name: str) -> Break:
    def edit(document: Document) -> None:
        document.pop(name, None)

    return telling("submit status", edit)


def _same(document: Document) -> None:
    document["result_url"] = document["status_url"]


def _of_another(app: App) -> App:
    """Send who submits to the status of the request before."""
    last: list[str] = []

    def edit(reply: Reply, scope: Scope) -> Reply:
        document = reply.document
        if reply.status not in OK:
            return reply
        own = document["status_url"]
        if last and app.service.known(last[0].split("/")[-2]) is not None:
            document["status_url"] = last[0]
        last[:] = [own]
        return reply.saying(document)

    return edited(app, calls("submit"), edit)


def _with_token(app: App) -> App:
    """Sign URLs with the caller's token."""

    def edit(reply: Reply, scope: Scope) -> Reply:
        _, _, token = (header(scope, b"authorization") or "").partition(" ")
        if reply.status not in OK:
            return reply
        document = reply.document
        return reply.saying(document | {name: f"{document[name]}?token={token}" for name in _NAMES if name in document})

    return edited(app, calls("submit"), edit)


MUTANTS = (
    Mutant("urls-inside", "URLs of a submit name a host of the server's own network", _URLS, _each("submit", _inside)),
    Mutant(
        "status-urls-inside",
        "URLs of a status name a host of the server's own network",
        _URLS,
        _each("status", _inside),
    ),
    Mutant("urls-relative", "URLs of a submit are paths", _URLS, _each("submit", _path)),
    Mutant(
        "urls-scheme-swapped",
        "URLs of a submit have http for https, or https for http",
        _URLS,
        _each("submit", _swapped),
    ),
    Mutant("urls-without-port", "URLs of a submit lack the port", _URLS, _each("submit", _without_port)),
    Mutant("urls-without-version", "URLs of a submit lack /v1", _URLS, _each("submit", _without_version)),
    Mutant("urls-with-token", "URLs of a submit have the caller's token in them", _URLS, _with_token),
    Mutant("status-url-of-another", "status_url leads to the request before", ("submit", *_URLS), _of_another),
    Mutant("result-url-of-status", "result_url leads to the status", ("submit", *_URLS), telling("submit", _same)),
    Mutant("cancel-url-missing", "a submit has no cancel_url", ("submit",), _missing("cancel_url")),
    Mutant("result-url-missing", "submit and status have no result_url", ("submit", "status"), _missing("result_url")),
)
