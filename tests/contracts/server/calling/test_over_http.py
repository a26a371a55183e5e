from __future__ import annotations

import gzip
from time import monotonic

import pytest

from contracts.server.calling.connection import Unanswered
from contracts.server.calling.over_http import LARGEST, OverHttp
from tests.contracts.server.loopback import Peer, Script, answering, keeping, listening, reply
from tests.contracts.server.making_calls import SECRET, calling, get

TIMEOUT = 0.4
OK = b"HTTP/1.1 200 OK\r\n"


def silent(peer: Peer) -> None:
    peer.call()
    peer.stop.wait(10)


def dripping(first: bytes, piece: bytes) -> Script:
    def script(peer: Peer) -> None:
        peer.call()
        peer.drip(first, piece)

    return script


@pytest.mark.parametrize(
    "script",
    [
        silent,
        lambda peer: peer.stop.wait(10),
        dripping(OK + b"X: ", b"a"),
        dripping(b"HTTP/1.1 200 ", b"a"),
        dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        dripping(OK + b"Content-Length: 100000\r\n\r\n", b"a"),
        dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
        dripping(OK + b"\r\n", b"a"),
    ],
    ids=["silent", "reads nothing", "headers", "status line", "1xx", "body", "chunks", "chunk head", "until the end"],
)
def test_no_call_outlasts_its_time(script: Script) -> None:
    with calling(script, TIMEOUT) as (connection, _):
        for method in ("GET", "POST"):
            start = monotonic()
            with pytest.raises(Unanswered, match=r"^has not answered within 0\.4 s$"):
                get(connection, method=method)
            assert TIMEOUT - 0.1 <= monotonic() - start < TIMEOUT + 3  # noisy machines are late, and never for ever


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not keep to HTTP: Server disconnected"),
        (b"\0\1\2 hello\r\n\r\n", "does not keep to HTTP: illegal status line"),
        (b"<html>HTTP/0.9 has no head</html>\n", "does not keep to HTTP"),
        (b"HTTP/2 200 OK\r\n\r\n", "does not keep to HTTP"),
        (b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n", "does not keep to HTTP"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nxx", "does not keep to HTTP"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "does not keep to HTTP"),
        (OK, "does not keep to HTTP"),
        (OK + b"Content-Length: 10\r\n\r\nabc", "does not keep to HTTP: peer closed connection"),
        (OK + b"Content-Length: x\r\n\r\nabc", "does not keep to HTTP: bad Content-Length"),
        (OK + b"Content-Length: -3\r\n\r\nabc", "does not keep to HTTP: bad Content-Length"),
        (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "does not keep to HTTP: conflicting"),
        (OK + b"X\xff y: \x00\r\nContent-Length: 0\r\n\r\n", "does not keep to HTTP: illegal header line"),
        (OK + b"X: a\x00b\r\nContent-Length: 0\r\n\r\n", "does not keep to HTTP: illegal header"),
        (OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n", "does not keep to HTTP"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "does not keep to HTTP: illegal chunk"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "gave no answer that can be read: Decoding"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://[::bad/\r\nContent-Length: 0\r\n\r\n",
            "does not keep to HTTP: Invalid URL in location",
        ),
    ],
)
def test_what_is_no_answer_is_said_in_words(data: bytes, words: str) -> None:
    with calling(answering(data)) as (connection, server), pytest.raises(Unanswered) as caught:
        get(connection)
    assert str(caught.value).startswith(words)
    assert server.connections == 1


def reset_after_the_call(peer: Peer) -> None:
    peer.call()
    peer.reset()


def reset_in_the_body(peer: Peer) -> None:
    peer.call()
    peer.say(OK + b"Content-Length: 10\r\n\r\nabc")
    peer.stop.wait(0.05)
    peer.reset()


@pytest.mark.parametrize("script", [reset_after_the_call, reset_in_the_body])
def test_a_reset_is_said_in_words(script: Script) -> None:
    with calling(script) as (connection, _), pytest.raises(Unanswered, match=r"^broke the connection: "):
        get(connection)


def test_nobody_there_is_said_in_words() -> None:
    with listening(silent) as server:
        url = server.url
    connection = OverHttp(url, 1, is_loopback=True)
    with pytest.raises(Unanswered, match=r"^cannot be reached: "):
        get(connection)
    connection.close()


@pytest.mark.parametrize(
    "data",
    [
        OK + b"\r\n" + b"a" * (LARGEST + 1),
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"a" * (LARGEST + 1), mtime=0),
    ],
    ids=["plain", "gzip"],
)
def test_an_answer_has_a_size(data: bytes) -> None:
    with calling(answering(data)) as (connection, _), pytest.raises(Unanswered, match=f"^sends more than {LARGEST} b"):
        get(connection)


def test_the_largest_answer_is_one() -> None:
    with calling(answering(reply(b"a" * LARGEST))) as (connection, _):
        assert len(get(connection).body) == LARGEST


@pytest.mark.parametrize(
    ("data", "status", "body"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + reply(b"[1]"), 200, b"[1]"),
        (b"HTTP/1.0 200 OK\r\n\r\n{}", 200, b"{}"),
        (reply(status="999 Odd"), 999, b"{}"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}", mtime=0), 200, b"{}"),
        (OK + b"Content-Encoding: unheard-of\r\n\r\n\xff", 200, b"\xff"),
        (OK + b"Content-Type: text/\xff; charset=\xfe\r\n\r\n\xff", 200, b"\xff"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    ],
)
def test_what_is_odd_and_still_an_answer_is_one(data: bytes, status: int, body: bytes) -> None:
    with calling(answering(data)) as (connection, _):
        answer = get(connection)
    assert (answer.status, answer.body) == (status, body)
    assert all(name == name.lower() for name in answer.headers)


def test_headers_of_one_name_are_one() -> None:
    with calling(answering(reply(b"{}", "200 OK", b"X-A: 1", b"x-a: 2"))) as (connection, _):
        assert get(connection).headers["x-a"] == "1, 2"


def test_a_redirect_is_an_answer_and_nobody_goes_there() -> None:
    with listening(keeping(reply())) as other:
        moved = reply(b"", "307 Temporary Redirect", f"Location: {other.url}/v1/models".encode())
        with calling(answering(moved)) as (connection, _):
            answer = get(connection)
    assert (answer.status, answer.headers["location"]) == (307, f"{other.url}/v1/models")
    assert other.connections == 0


def test_a_head_has_no_body_to_wait_for() -> None:
    with calling(answering(OK + b"Content-Length: 7\r\n\r\n"), TIMEOUT) as (connection, _):
        assert get(connection, method="HEAD").body == b""


@pytest.mark.parametrize(
    "path", ["/v1/requests/../x", "/v1/./a//b", "/v1/requests/%2e%2e/status", "/v1/a?b=%20&c=[]", "/v1/%zz"]
)
def test_a_path_goes_out_as_it_is(path: str) -> None:
    with calling(keeping(reply())) as (connection, server):
        get(connection, path)
    assert server.calls[0].split(b" ")[1] == path.encode()


def test_a_base_with_a_path_stands_before_it() -> None:
    with listening(keeping(reply())) as server:
        connection = OverHttp(f"{server.url}/base", 10, is_loopback=True)
        get(connection)
        connection.close()
    assert server.calls[0].startswith(b"GET /base/v1/models HTTP/1.1\r\n")


def test_no_cookie_is_kept() -> None:
    with calling(keeping(reply(b"{}", "200 OK", b"Set-Cookie: session=first; Path=/"))) as (
        connection,
        server,
    ):
        get(connection)
        get(connection)
    assert b"session" not in b"".join(server.calls)


def test_space_around_a_header_is_no_part_of_it() -> None:
    with calling(keeping(reply())) as (connection, server):
        connection.send("GET", "/", {"Authorization": "Bearer "}, None)
    assert b"\r\nAuthorization: Bearer\r\n" in server.calls[0]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Authorization": f"Bearer {SECRET}\nX: y"}),
        ("/", {"Authorization": f"Bearer {SECRET}\0"}),
        ("/", {"Authorization": f"Bearer {SECRET}é"}),
        (f"/{SECRET}\0", {}),
        (f"/{SECRET}/é", {}),
        (f"/{SECRET}" + "a" * 70_000, {}),
    ],
)
def test_what_cannot_be_sent_is_said_without_the_token(path: str, headers: dict[str, str]) -> None:
    with calling(keeping(reply())) as (connection, server), pytest.raises(Unanswered) as caught:
        connection.send("GET", path, headers, None)
    assert SECRET not in str(caught.value)
    assert "cannot be asked that" in str(caught.value)
    assert server.calls == []


def test_a_proxy_of_the_environment_sees_nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(keeping(reply(b'"proxy"'))) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with calling(keeping(reply(b'"server"'))) as (connection, _):
            assert get(connection).document == "server"
    assert proxy.connections == 0


def test_a_proxy_keeps_to_the_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with listening(dripping(OK + b"X: ", b"a")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        connection = OverHttp("http://nobody.invalid", TIMEOUT, is_loopback=False)
        with pytest.raises(Unanswered, match="has not answered within"):
            get(connection)
        connection.close()
    assert proxy.connections == 1
