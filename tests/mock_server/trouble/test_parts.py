from __future__ import annotations

import pytest

from mock_server.trouble.parts import HangUp, Head, Part, Raw, Reply, Wait, break_off, pieces, plain

REPLY = Reply(200, ((b"content-type", b"a/b"),), b"abcde")
HEAD = Head(200, ((b"content-length", b"5"), (b"content-type", b"a/b")))


def test_a_reply_is_sent_whole() -> None:
    assert list(plain(REPLY)) == [HEAD, b"abcde"]
    assert list(plain(Reply(204, (), b"x"))) == [Head(204, ())]


def test_a_head_is_written_as_http_has_it() -> None:
    assert HEAD.text == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-type: a/b\r\n\r\n"
    assert Head(599, ()).text == b"HTTP/1.1 599 \r\n\r\n"


def test_a_head_announces_what_it_is_told() -> None:
    assert (HEAD.length, HEAD.with_length(9).length, HEAD.with_length(None).length) == (5, 9, None)
    assert HEAD.with_length(5) == HEAD


def test_a_header_is_set_once() -> None:
    changed = REPLY.with_header(b"content-type", b"c/d").with_header(b"x", b"y")
    assert (changed.header(b"content-type"), changed.header(b"x"), changed.header(b"z")) == (b"c/d", b"y", None)
    assert len(changed.headers) == 2


def test_pieces_are_no_longer_than_told() -> None:
    assert list(pieces(b"abcde", 2)) == [b"ab", b"cd", b"e"]
    assert list(pieces(b"", 2)) == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("accepted", [Wait(1), HangUp()]),
        ("headers", [Wait(1), Raw(HEAD.text[: len(HEAD.text) // 2]), HangUp()]),
        ("body", [Wait(1), HEAD, b"ab", HangUp()]),
    ],
)
def test_an_answer_breaks_off_where_it_is_told(at: str, expected: list[Part]) -> None:
    assert list(break_off([Wait(1), HEAD, b"abcde", b"fgh"], at, HangUp())) == expected


def test_an_empty_body_does_not_break_off() -> None:
    assert list(break_off([HEAD, b""], "body", HangUp())) == [HEAD, b""]
