from __future__ import annotations

import pytest

from mock_server.trouble.call import Operation
from mock_server.trouble.effects.documents import OPTIONAL, changed
from mock_server.trouble.parts import Reply
from tests.mock_server.trouble.effects.scenes import JSON, REPLY, effect, scene


@pytest.mark.parametrize(
    "reply",
    [None, Reply(404, JSON, b"{}"), Reply(200, (), b"{}"), Reply(200, JSON, b"{"), Reply(200, JSON, b"[]")],
    ids=str,
)
def test_what_is_no_document_of_a_success_stays(reply: Reply | None) -> None:
    assert changed(reply, lambda document: document | {"x": 1}) is reply


def test_a_document_is_changed() -> None:
    made = changed(REPLY, lambda document: document | {"x": 1})
    assert made == Reply(200, JSON, b'{"status":"x","x":1}')


def test_every_operation_with_json_has_its_optional_fields() -> None:
    assert set(OPTIONAL) == {each.value for each in Operation} - {"media"}


def test_extra_fields_hide_none() -> None:
    reply = effect("extra_fields", fields=["status", "more"]).reply(REPLY, scene())
    assert reply is not None
    assert b'"status":"x"' in reply.body
