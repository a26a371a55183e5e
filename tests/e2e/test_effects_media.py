"""Trouble with files, as it is on the wire: refused, cut, of a wrong length or type, endless, elsewhere, slow."""

from __future__ import annotations

import tracemalloc
from xml.etree import ElementTree as ET

import pytest

from mock_server.web.media import MEDIA
from tests.e2e.effects import FIN, Rig, proves, read, settled

FILE = (MEDIA / "video.mp4").read_bytes()
VAST = 64 * 1024**3  # so much that whoever sent it all to nobody would be busy for long


@pytest.fixture(name="request_id")
def fixture_request_id(rig: Rig) -> str:
    return rig.submitted("completed")


@proves("expired_url", "no_file")
@pytest.mark.parametrize(
    ("effect", "status", "code"), [("expired_url", 403, "AccessDenied"), ("no_file", 404, "NoSuchKey")]
)
def test_the_storage_refuses_a_file(rig: Rig, request_id: str, effect: str, status: int, code: str) -> None:
    rig.rule(effect)
    got = rig.call("media", request_id)
    assert (got.status, got.headers["content-type"], got.length) == (status, "application/xml", len(got.body))
    assert ET.fromstring(got.body).findtext("Code") == code
    assert rig.last.account == rig.fake.requests[0].request.account


@proves("wrong_length")
@pytest.mark.parametrize("by", [-1, -10, -1_000_000_000, 1, 10, 1_000_000_000])
@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_another_length_is_announced_than_comes(rig: Rig, request_id: str, by: int, connection: str) -> None:
    rig.rule({"effect": "wrong_length", "by": by})
    got = rig.call(
        "media", request_id, patience=2, Connection=connection
    )  # uvicorn lets nobody stay beyond five seconds
    assert (got.status, got.length, got.end) == (200, max(0, len(FILE) + by), FIN)
    assert got.body == FILE


def test_a_download_breaks_off(rig: Rig, request_id: str) -> None:
    rig.rule({"effect": "truncate", "keep": 0.9})
    got = rig.call("media", request_id)
    assert (got.length, got.body, got.end) == (len(FILE), FILE[: int(len(FILE) * 0.9)], FIN)


def test_a_part_of_a_file_breaks_off(rig: Rig, request_id: str) -> None:
    rig.rule("truncate")
    got = rig.call("media", request_id, Range="bytes=100-199")
    assert (got.status, got.length, got.body) == (206, 100, FILE[100:150])


def test_a_file_is_elsewhere(rig: Rig, request_id: str) -> None:
    rig.rule({"effect": "redirect", "status": 302})
    got = rig.call("media", request_id, Authorization="Bearer a-token-for-nobody")
    assert got.headers["location"].endswith(f"/redirected/media/{request_id}/0.mp4")
    assert "a-token-for-nobody" not in repr(rig.fake.journal)


def test_a_file_comes_slowly(rig: Rig, request_id: str) -> None:
    rig.fake.clock.freeze()
    rig.rule({"effect": "dribble", "bytes": len(FILE) // 2 + 1, "seconds": 60})
    with rig.open("media", request_id) as opened:
        data = b""
        while b"\r\n\r\n" not in data:
            data += opened.recv(4096)
        body = data.partition(b"\r\n\r\n")[2]
        while len(body) < len(FILE):
            rig.fake.clock.advance(60)
            body += opened.recv(65536)
        assert body == FILE
        assert read(opened).data == b""


@pytest.mark.parametrize(
    "answer", ["ok", "wrong_type", {"effect": "huge", "bytes": 10**9}, "truncate", "wrong_length", "dribble"]
)
def test_a_head_is_answered_without_a_body_and_with_its_length(rig: Rig, request_id: str, answer: str) -> None:
    honest = rig.call("media", request_id, method="HEAD")
    assert honest.length == len(FILE)
    rig.rule(answer)
    got = rig.call("media", request_id, method="HEAD")
    assert (got.status, got.body, got.end) == (200, b"", FIN)
    if answer in ("ok", "wrong_type", "truncate", "dribble"):
        assert got.length == len(FILE)


def test_a_huge_file_costs_no_memory_and_the_server_notices_who_leaves(rig: Rig, request_id: str) -> None:
    rig.rule({"effect": "huge", "bytes": VAST}, operation="media")
    rig.call("categories")
    buffer = bytearray(1024 * 1024)
    tracemalloc.start()
    try:
        with rig.open("media", request_id) as opened:
            count = opened.recv_into(buffer)
            assert b"content-length: %d\r\n" % VAST in buffer[:count]
            assert FILE[:1000] in buffer[: count + opened.recv_into(memoryview(buffer)[count:])]
            while count < 50 * 1024 * 1024:
                count += opened.recv_into(buffer)
            assert not any(buffer[:1000])
            assert rig.call("categories").status == 200  # others are served meanwhile
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    settled(rig.fake, 4)
    assert {entry.operation for entry in rig.fake.journal} == {"submit", "categories", "media"}
    assert rig.call("categories").status == 200
