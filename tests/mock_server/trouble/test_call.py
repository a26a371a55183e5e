from __future__ import annotations

from types import SimpleNamespace

import orjson
import pytest

from mock_server.core.lifecycle import Failure
from mock_server.trouble import call as call_module
from mock_server.trouble.call import EVERY, JSON, OF_REQUEST, READS, Call, Operation
from tests.mock_server.core.request_maker import make_request


def test_a_payload_is_read_once_and_as_json() -> None:
    call = Call(Operation.SUBMIT, payload=b'{"a": 1}')
    assert call.document == {"a": 1}
    assert call.document is call.document
    assert Call(Operation.SUBMIT, payload=b"{").document is None
    assert Call(Operation.LIST).document is None


def test_a_request_has_failed_if_it_will() -> None:
    request = make_request()
    assert not Call(Operation.STATUS).failed
    assert not Call(Operation.STATUS, request=request).failed
    request.failure = Failure(1, "x")
    assert Call(Operation.STATUS, request=request).failed


def test_kinds_of_operations_are_parts_of_all() -> None:
    assert READS < OF_REQUEST < EVERY
    assert {Operation.MEDIA} == EVERY - JSON


def test_a_payload_is_read_once_whatever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[bytes] = []

    def loads(payload: bytes) -> object:
        reads.append(payload)
        return orjson.loads(payload)

    monkeypatch.setattr("mock_server.trouble.call.orjson", SimpleNamespace(loads=loads, JSONDecodeError=ValueError))
    for payload, document in ((b"null", None), (b"{}", {}), (b"nonsense", None)):
        call = Call(Operation.SUBMIT, payload=payload)
        assert [call.document for _ in range(3)] == [document] * 3
    assert len(reads) == 3


def test_of_payloads_of_requests_the_short_ones_are_kept_as_documents() -> None:
    call_module._parsed.cache_clear()
    for size, kept in ((call_module._LONGEST_KEPT, 1), (call_module._LONGEST_KEPT + 1, 1)):
        payload = b'{"a": 1}'.ljust(size)
        calls = [Call(Operation.STATUS, request=make_request(), payload=payload) for _ in range(2)]
        assert [call.document for call in calls] == [{"a": 1}] * 2
        assert call_module._parsed.cache_info().currsize == kept
    assert Call(Operation.SUBMIT, payload=b'{"a": 2}').document == {"a": 2}
    assert call_module._parsed.cache_info().currsize == 1
