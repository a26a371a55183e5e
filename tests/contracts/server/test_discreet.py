from __future__ import annotations

from collections.abc import Mapping

import pytest

from contracts.exchange import Answer
from contracts.server.connection import Unanswered
from contracts.server.discreet import Discreet, Secrets

SECRETS = Secrets({"ONE": "secret-1", "TWO": "secret-1-and-2", "SHORT": "a"})


class Echo:
    base_url = "http://127.0.0.1"

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if method == "BREAK":
            raise Unanswered(f"does not like {headers['x']}")
        return Answer(200, headers, body or b"")

    def close(self) -> None:
        self.base_url = ""


def test_tokens_are_in_nothing_that_comes_back() -> None:
    connection = Discreet(Echo(), SECRETS)
    answer = connection.send("GET", "/", {"x": "Bearer secret-1-and-2"}, b'{"a": "secret-1 secret-1-and-2"}')
    assert (answer.headers["x"], answer.body) == ("Bearer $TWO", b'{"a": "$ONE $TWO"}')
    with pytest.raises(Unanswered, match=r"^does not like \$ONE$"):
        connection.send("BREAK", "/", {"x": "secret-1"}, None)


def test_an_answer_without_one_is_left_alone() -> None:
    answer = Answer(200, {"x": "a"}, b"a banana")
    assert SECRETS.hide_in(answer) is answer


def test_nothing_shows_them() -> None:
    assert "secret" not in repr(SECRETS)


def test_it_closes_what_it_stands_before() -> None:
    echo = Echo()
    Discreet(echo, SECRETS).close()
    assert echo.base_url == ""
