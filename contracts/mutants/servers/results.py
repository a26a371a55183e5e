"""Wrong results: one asked for too early, and outputs of the wrong shape."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from contracts.mutants.asgi import Scope, calls, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.wrapping import OK, Document, Reply, edited, error, replying, telling
from contracts.targets import App, Request

_OUTPUT = ("result.output",)
_EARLY = ("result.early",)
_ELSEWHERE = "http://localhost:9000"
_PLACE = "/media/pending/video.mp4"


def _early(answer: Callable[[Reply], Reply]) -> Break:
    def edit(reply: Reply) -> Reply:
        return answer(reply) if reply.document.get("status") in ("in_queue", "in_progress") else reply

    return replying("result", edit)


def _refused(status: int, code: int) -> Break:
    return _early(lambda _reply: error(status, code, "the result is not there yet"))


def _output(change: Callable[[Any], Any]) -> Break:
    def edit(document: Document) -> None:
        if "output" in document:
            document["output"] = change(document["output"])

    return telling("result", edit)


def _urls(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Change every URL of an output, which is a text or stands in lists and objects."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: changed(part) for name, part in value.items()}
        if isinstance(value, list):
            return [changed(part) for part in value]
        return change(value)

    return changed


def _without(document: Document) -> None:
    document.pop("output", None)


def _null(document: Document) -> None:
    document.setdefault("output", None)


def _empty(document: Document) -> None:
    document.setdefault("output", {})


def _premature(document: Document) -> None:
    if document["status"] == "in_progress":
        document["output"] = {"video": _ELSEWHERE + _PLACE}


def _first_url(output: Any) -> Any:
    while isinstance(output, (dict, list)):
        output = next(iter(output.values() if isinstance(output, dict) else output), "")
    return output


def _as_lists(output: Any) -> Any:
    return {name: value if isinstance(value, list) else [value] for name, value in output.items()}


def _as_objects(output: Any) -> Any:
    return {name: value if isinstance(value, list) else {"url": value} for name, value in output.items()}


def _renamed(output: Any) -> Any:
    return {f"{name}_url": value for name, value in output.items()}


def _enveloped(reply: Reply) -> Reply:
    return reply.saying({"data": reply.document})


def _of_first(app: App) -> App:
    """Show the output of the first success ever after, as a cache does that forgets what it was asked for."""
    first: list[tuple[Request, Any]] = []

    def edit(reply: Reply, scope: Scope) -> Reply:
        request = app.service.known(request_id(scope))
        document = reply.document
        if request is None or reply.status not in OK or "output" not in document:
            return reply
        if not first or app.service.known(first[0][0].request_id) is not first[0][0]:  # none yet, or a reset since
            first[:] = [(request, document["output"])]
        return reply.saying({**document, "output": first[0][1]})

    return edited(app, calls("result"), edit)


def _echoing_less(document: Document) -> None:
    """Echo texts in composed form, without the blanks around them."""
    if isinstance(document.get("input"), dict):
        document["input"] = {
            name: unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value
            for name, value in document["input"].items()
        }


def _as_png(app: App) -> App:
    def edit(reply: Reply, _scope: Scope) -> Reply:
        return reply.under(b"content-type", b"image/png") if reply.status in OK else reply

    return edited(app, lambda scope: scope["path"].startswith("/media/"), edit)


def _path(url: str) -> str:
    return urlsplit(url).path


MUTANTS = (
    Mutant("result-early-404", "a result asked for before the end is answered 404", _EARLY, _refused(404, 404001)),
    Mutant("result-early-409", "a result asked for before the end is answered 409", _EARLY, _refused(409, 409001)),
    Mutant("result-early-425", "a result asked for before the end is answered 425", _EARLY, _refused(425, 425001)),
    Mutant(
        "result-early-202",
        "a result asked for before the end is answered 202",
        _EARLY,
        _early(lambda reply: reply.saying(reply.document, 202)),
    ),
    Mutant("output-early", "output is there while in_progress", (*_OUTPUT, *_EARLY), telling("result", _premature)),
    Mutant("output-null", "output is null where it should not be there", _OUTPUT, telling("result", _null)),
    Mutant("output-empty", "output is {} where it should not be there", _OUTPUT, telling("result", _empty)),
    Mutant("output-missing", "a success has no output", _OUTPUT, telling("result", _without)),
    Mutant("output-text", "output is a URL instead of an object", _OUTPUT, _output(_first_url)),
    Mutant("output-list", "video in output is a list", _OUTPUT, _output(_as_lists)),
    Mutant("output-object", "video in output is an object with a url", _OUTPUT, _output(_as_objects)),
    Mutant("output-renamed", "output has video_url instead of video", _OUTPUT, _output(_renamed)),
    Mutant("output-relative", "URLs in output are paths", _OUTPUT, _output(_urls(_path))),
    Mutant(
        "output-localhost",
        "URLs in output name the host as the server's own network calls it",
        ("output.host",),
        _output(_urls(lambda url: _ELSEWHERE + _path(url))),
    ),
    Mutant("result-enveloped", "the result stands inside of data", ("result",), replying("result", _enveloped)),
    Mutant("output-of-first", "every success has the output of the first one", _OUTPUT, _of_first),
    Mutant("media-wrong-kind", "files are served as image/png, whatever they are", (*_OUTPUT, "output.host"), _as_png),
    Mutant(
        "echo-normalised",
        "the input is echoed with its texts stripped and composed",
        ("result.echo",),
        telling("result", _echoing_less),
        needs="--variant",
    ),
)
