"""What stands between client and API, as it is on the wire: pages, framing, encodings, bytes that are no JSON."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.e2e.effects import FIN, PRICE, Rig, proves, rigged

CATEGORIES = b'{"categories"'


@proves("http")
@pytest.mark.parametrize(
    ("given", "kind", "begins"),
    [
        ({"status": 502}, "text/html", b"<html>\r\n<head><title>502 Bad Gateway</title>"),
        ({"status": 503, "body": "html"}, "text/html", b"<html>\r\n<head><title>503 Service Temporarily Unavailable"),
        ({"status": 418}, "text/html", b"<html>\r\n<head><title>418</title>"),
        ({"status": 503, "body": "empty"}, None, b""),
        ({"status": 503, "body": "json"}, "application/json", b'{"error_code":503'),
        ({"status": 200, "body": '{"a": 1}'}, "application/json", b'{"a": 1}'),
        ({"status": 200, "body": "[1"}, "application/json", b"[1"),
        ({"status": 200, "body": "<xml/>"}, "text/html", b"<xml/>"),
        ({"status": 599, "body": "née"}, "text/plain; charset=utf-8", "née".encode()),
        ({"status": 200, "body": ""}, "text/plain; charset=utf-8", b""),
    ],
    ids=str,
)
def test_any_answer_is_possible(rig: Rig, given: dict[str, Any], kind: str | None, begins: bytes) -> None:
    rig.rule({"effect": "http"} | given, operation="submit")
    got = rig.call("submit")
    assert (got.status, got.headers.get("content-type"), got.end) == (given["status"], kind, FIN)
    assert got.body.startswith(begins)
    assert len(got.body) == got.length
    assert bool(got.body) is bool(begins)
    assert rig.kept == (0, 0)


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("given", [{"effect": "http"}, {"effect": "error"}], ids=str)
def test_a_status_that_has_no_body_comes_without_one(rig: Rig, status: int, given: dict[str, Any]) -> None:
    rig.rule(given | {"status": status}, operation="list")
    got = rig.call("list")
    assert (got.status, got.body, got.end) == (status, b"", FIN)
    assert not {"content-length", "transfer-encoding"} & set(got.headers)


def test_headers_are_added_or_have_another_value(rig: Rig) -> None:
    headers = {"Content-Type": "text/é", "X-Request-Id": "a, b", "Retry-After": "soon", "x-empty": ""}
    rig.rule({"effect": "http", "status": 200, "headers": headers, "accepted": True}, operation="submit")
    got = rig.call("submit")
    assert {name.lower(): value for name, value in headers.items()}.items() <= got.headers.items()
    assert rig.kept == (1, PRICE)


@proves("wrong_type")
@pytest.mark.parametrize("operation", ["categories", "media"])
def test_the_right_body_has_a_wrong_type(rig: Rig, operation: str) -> None:
    request_id = rig.submitted("completed")
    honest = rig.call(operation, request_id)
    rig.rule({"effect": "wrong_type", "content_type": "application/x-none"})
    got = rig.call(operation, request_id)
    assert got.headers == honest.headers | {"content-type": "application/x-none", "date": got.headers["date"]}
    assert (got.status, got.body, got.length) == (200, honest.body, honest.length)


@proves("cut_json")
def test_json_ends_in_the_middle_of_an_answer_that_is_whole(rig: Rig) -> None:
    honest = rig.call("categories")
    rig.rule("cut_json")
    got = rig.call("categories")
    assert got.length == len(got.body) == honest.length // 2
    assert honest.body.startswith(got.body)
    assert got.headers["content-type"] == "application/json"


@proves("garbage")
@pytest.mark.parametrize("size", [1, 64, 65, 5000])
def test_garbage_is_neither_json_nor_text(rig: Rig, size: int) -> None:
    rig.rule({"effect": "garbage", "bytes": size})
    got, other = rig.call("list"), rig.call("list")
    assert (got.status, got.length, len(got.body), got.body[:1]) == (200, size, size, b"\xff")
    assert (got.body == other.body) is (size == 1)  # each time others, and yet the same with every run


@proves("gzip")
@pytest.mark.parametrize("operation", ["categories", "media"])
def test_a_body_is_compressed_unasked(rig: Rig, operation: str) -> None:
    request_id = rig.submitted("completed")
    honest = rig.call(operation, request_id)
    rig.rule("gzip")
    got = rig.call(operation, request_id, Accept_Encoding="identity")
    assert got.headers["content-encoding"] == "gzip"
    assert got.length == len(got.body)
    assert got.body[:2] == b"\x1f\x8b"
    assert gzip.decompress(got.body) == honest.body


@proves("chunked")
@pytest.mark.parametrize("size", [1, 100, 1048576])
def test_a_body_comes_in_chunks_of_that_size(rig: Rig, size: int) -> None:
    honest = rig.call("categories").body
    rig.rule({"effect": "chunked", "bytes": size})
    got = rig.call("categories")
    assert "content-length" not in got.headers
    assert got.chunks == [honest[start : start + size] for start in range(0, len(honest), size)]


def test_an_empty_body_in_chunks_is_the_last_one(rig: Rig) -> None:
    rig.rule([{"effect": "http", "status": 500, "body": "empty"}, "chunked"])
    assert rig.call("list").chunks == []


@proves("bom")
def test_a_byte_order_mark_stands_before_the_json(rig: Rig) -> None:
    rig.rule("bom")
    got = rig.call("categories")
    assert got.length == len(got.body)
    assert got.body.startswith(b"\xef\xbb\xbf" + CATEGORIES)
    assert json.loads(got.body.decode("utf-8-sig"))


@proves("huge")
@pytest.mark.parametrize("size", [1, 300_000])
def test_a_body_is_filled_up_with_spaces(rig: Rig, size: int) -> None:
    honest = rig.call("categories").body
    rig.rule({"effect": "huge", "bytes": size})
    got = rig.call("categories")
    assert got.length == len(got.body) == max(size, len(honest))
    assert got.body == honest + b" " * (got.length - len(honest))
    assert json.loads(got.body)


def test_effects_go_together(rig: Rig) -> None:
    page = {"effect": "http", "status": 503, "body": "<html>"}
    rig.rule([page, "gzip", "bom", {"effect": "wrong_type", "content_type": "a/b"}, {"effect": "chunked", "bytes": 7}])
    got = rig.call("list")
    assert (got.status, got.headers["content-type"], got.headers["content-encoding"]) == (503, "a/b", "gzip")
    assert b"".join(got.chunks) == b"\xef\xbb\xbf" + gzip.compress(b"<html>", mtime=0)
    assert rig.last.effects == ("http", "gzip", "bom", "wrong_type", "chunked")


def test_a_connection_goes_on_after_an_answer_that_was_whole() -> None:
    with rigged() as rig:
        rig.rule(
            429, {"effect": "http", "status": 204}, "chunked", "gzip", {"effect": "huge", "bytes": 90000}, "garbage"
        )
        call = b"GET /v1/models/categories HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a-long-token\r\n\r\n"
        with rig.open("list", Connection="keep-alive") as opened:
            opened.sendall(call * 5 + call.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            data = b""
            while piece := opened.recv(65536):
                data += piece
        assert data.count(b"HTTP/1.1 ") == 7
        connections = {entry.connection for entry in rig.fake.journal}
    assert len(connections) == 1
