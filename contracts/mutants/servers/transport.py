"""Wrong HTTP: statuses, methods, media types, redirects, and bodies that are cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from contracts.mutants.asgi import Scope, calls, operation
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.wrapping import OK, Reply, answered, asked, edited, error, replying
from contracts.targets import App

_JSON = ("submit", "status", "result")
_CODES = ("error.undocumented-codes",)
_SEVENTH = 7


def _under(content_type: bytes) -> Break:
    return replying("", lambda reply: reply.under(b"content-type", content_type))


def _in_western(reply: Reply) -> Reply:
    """Write in the character set of a Western desktop what says that it is JSON."""
    return replace(reply, body=reply.body.decode().encode("cp1252", "replace"))


def _marked(reply: Reply) -> Reply:
    return replace(reply, body=b"\xef\xbb\xbf" + reply.body)


def _every(nth: int, edit: Callable[[Reply], Reply]) -> Break:
    """Edit every nth answer to a read of a request."""

    def break_(app: App) -> App:
        count = 0

        def counted(reply: Reply, scope: Scope) -> Reply:
            nonlocal count
            if reply.status not in OK:
                return reply
            count += 1
            return edit(reply) if count % nth == 0 else reply

        return edited(app, calls("status", "result"), counted)

    return break_


def _cut(reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _any_method(app: App) -> App:
    """Read a status with any method."""

    def is_post(scope: Scope) -> bool:
        return bool(scope["method"] == "POST") and operation({**scope, "method": "GET"}) in ("status", "result")

    return asked(app, is_post, lambda scope: {**scope, "method": "GET"})


def _redirecting(app: App) -> App:
    """Send who asks for the list to the same path with a slash behind it."""
    slashed = "/v1/models/"

    def answer(scope: Scope) -> Reply:
        question = b"?" + scope["query_string"] if scope["query_string"] else b""
        root = scope.get("root_path", "").encode()
        location = root + slashed.encode() + question
        return Reply(307, ((b"location", location), (b"content-type", b"text/plain")), b"")

    def is_slashed(scope: Scope) -> bool:
        return bool(scope["method"] == "GET" and scope["path"] == slashed)

    def unslashed(scope: Scope) -> Scope:
        return {**scope, "path": slashed[:-1], "raw_path": slashed[:-1].encode()}

    return answered(asked(app, is_slashed, unslashed), calls("list"), answer)


def _nowhere(app: App) -> App:
    """Answer paths that there are not with 200 and nothing."""

    def is_nowhere(scope: Scope) -> bool:
        return not operation(scope) and str(scope["path"]).startswith("/v1/")

    def edit(reply: Reply, scope: Scope) -> Reply:
        return reply.saying({}, 200) if reply.status == 404 else reply  # noqa: PLR2004 - no such path

    return edited(app, is_nowhere, edit)


def _method_404(app: App) -> App:
    def edit(reply: Reply, scope: Scope) -> Reply:
        return error(404, 404000, "no such path") if reply.status == 405 else reply  # noqa: PLR2004 - no such method

    return edited(app, lambda _scope: True, edit)


MUTANTS = (
    Mutant(
        "submit-201",
        "a submit is answered 201",
        ("submit",),
        replying("submit", lambda reply: replace(reply, status=201)),
    ),
    Mutant(
        "submit-202",
        "a submit is answered 202",
        ("submit",),
        replying("submit", lambda reply: replace(reply, status=202)),
    ),
    Mutant("success-as-html", "JSON comes as text/html", _JSON, _under(b"text/html; charset=utf-8")),
    Mutant("success-as-text", "JSON comes as text/plain", _JSON, _under(b"text/plain; charset=utf-8")),
    Mutant("charset-broken", "JSON is not written in UTF-8", ("models.one", "models.list"), replying("", _in_western)),
    Mutant("byte-order-mark", "a byte-order mark stands before the JSON", _JSON, replying("", _marked)),
    Mutant("body-cut", "every seventh read is cut off halfway", ("status", "result"), _every(_SEVENTH, _cut)),
    Mutant(
        "body-empty",
        "every seventh read is answered 204 without a body",
        ("status", "result"),
        _every(_SEVENTH, lambda _reply: Reply(204, (), b"")),
    ),
    Mutant("read-by-post", "a POST reads a status or a result", _CODES, _any_method),
    Mutant("unknown-path-200", "a path that there is not is answered 200", _CODES, _nowhere),
    Mutant("wrong-method-404", "a method that there is not is answered 404", _CODES, _method_404),
    Mutant(
        "list-redirects", "the list is answered by a redirect to the path with a slash", ("models.list",), _redirecting
    ),
)
