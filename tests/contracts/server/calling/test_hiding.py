from __future__ import annotations

import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer
from contracts.server.calling.hiding import Hiding

TOKEN, LONGER = "tok/en+with=signs", "tok/en+with=signs-and-more"
HIDING = Hiding({TOKEN: "$ONE", LONGER: "$TWO"})

tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=20)


@given(tokens, st.text(max_size=20), st.text(max_size=20))
def test_no_way_of_writing_a_token_gets_through(token: str, before: str, after: str) -> None:
    hiding = Hiding({token: ""})
    for form in (token, quote(token, safe=""), json.dumps(token)[1:-1], token.replace("/", "\\/")):
        assert form not in hiding.text(f"<{form}>")
        body = f"{before}{form}{after}".encode("utf-8", "replace")
        answer = hiding.answer(Answer(200, {f"x-{form}": form}, body))
        assert form not in str(answer.headers)
        assert len(answer.body) < len(body)


def test_of_two_tokens_the_longer_is_seen_first() -> None:
    assert HIDING.text(f"{LONGER} {TOKEN}") == "$TWO $ONE"
    assert HIDING.answer(Answer(200, {}, f"{LONGER} {TOKEN}".encode())).body == b"$TWO $ONE"


@given(st.binary(max_size=30), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2))
def test_an_answer_without_tokens_is_itself(body: bytes, headers: dict[str, str]) -> None:
    answer = Answer(200, headers, body)
    assert HIDING.answer(answer) is answer


def test_bodies_of_any_bytes_are_looked_at() -> None:
    answer = HIDING.answer(Answer(418, {"a": "b"}, b"\xff" + TOKEN.encode() + b"\0", 1.5))
    assert answer == Answer(418, {"a": "b"}, b"\xff$ONE\0", 1.5)


def test_what_is_short_is_no_secret() -> None:
    assert Hiding({"": "x", "a": "x", "kling": "x"}).text("a kling model") == "a kling model"
