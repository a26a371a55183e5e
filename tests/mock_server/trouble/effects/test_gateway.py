from __future__ import annotations

import pytest

from mock_server.trouble.call import Operation
from mock_server.trouble.parts import CHUNK, Head, Reply
from tests.mock_server.trouble.effects.scenes import REPLY, effect, parts_of, scene


@pytest.mark.parametrize("name", ["wrong_type", "cut_json", "garbage", "gzip", "bom"])
def test_where_there_is_no_answer_there_is_none_to_change(name: str) -> None:
    assert effect(name).reply(None, scene()) is None


@pytest.mark.parametrize(("operation", "filling"), [(Operation.LIST, b" "), (Operation.MEDIA, b"\0")])
def test_a_huge_body_is_filled_up_to_the_byte(operation: Operation, filling: bytes) -> None:
    head, body, *rest = parts_of(effect("huge", bytes=CHUNK + 100), REPLY, operation)
    missing = CHUNK + 100 - len(REPLY.body)
    assert isinstance(head, Head)
    assert (head.length, body) == (CHUNK + 100, REPLY.body)
    assert rest == [filling * CHUNK, filling * (missing - CHUNK)]


def test_an_empty_body_in_chunks_has_none() -> None:
    assert parts_of(effect("chunked"), Reply(200, (), b"")) == [Head(200, ())]
