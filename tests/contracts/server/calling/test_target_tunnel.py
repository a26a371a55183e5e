from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.server.calling.target import TOKEN, NotAllowed, Unreachable, UrlTarget
from contracts.targets import serving
from tests.contracts.server.loopback import keeping, listening, reply


@pytest.mark.parametrize("allow_live", [True, False])
def test_a_server_here_that_takes_only_real_tokens_may_be_a_tunnel(*, allow_live: bool) -> None:
    async def picky(scope: Any, receive: Any, send: Any) -> None:
        known = (b"authorization", b"Bearer the-real-token") in scope["headers"]
        body = b"{}" if known else b'{"error_code": 400004, "error_message": "no"}'
        status = 200 if known else 401
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    with serving(picky) as url:
        target = UrlTarget(url, {TOKEN: "the-real-token"}, timeout=5, allow_live=allow_live)
        if not allow_live:
            with pytest.raises(NotAllowed, match="may lead to the live API"):
                target.open()
        else:
            assert target.open().live
            assert target.live
        target.close()


@pytest.mark.parametrize(("status", "is_there"), [("200 OK", True), ("500 No", True), ("404 Not Found", False)])
def test_a_server_that_answers_in_json_is_looked_at_unless_nothing_is_there(status: str, *, is_there: bool) -> None:
    with listening(keeping(reply(json.dumps({"detail": "x"}).encode(), status))) as server:
        served = UrlTarget(server.url, {}, timeout=5, allow_live=False)
        if is_there:
            assert served.open().promises is None
        else:
            with pytest.raises(Unreachable, match="is not the API: GET /v1/models is answered 404"):
                served.open()
        served.close()
