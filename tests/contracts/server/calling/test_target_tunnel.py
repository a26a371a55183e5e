from __future__ import annotations

from typing import Any

import pytest

from contracts.server.calling.target import TOKEN, NotAllowed, UrlTarget
from contracts.targets import serving


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
