from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.bench.client import Answer, Client, ProtocolError


class Packets(socket.socket):
    """A socket whose other end sends exactly these packets, then closes."""

    def __init__(self, packets: Iterable[bytes]) -> None:
        super().__init__()
        self._packets = [packet for packet in packets if packet]
        self.sent = b""

    def sendall(self, data: object, flags: int = 0) -> None:
        assert isinstance(data, bytes)
        self.sent += data

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        if not self._packets:
            return b""
        packet = self._packets.pop(0)
        if len(packet) > bufsize:
            self._packets.insert(0, packet[bufsize:])
        return packet[:bufsize]


def answer(status: int, body: bytes, *, name: bytes = b"Content-Length") -> bytes:
    head = b"HTTP/1.1 %d Some Reason\r\nDate: now\r\n%s: %d\r\nX-Content-Length: 3\r\n\r\n"
    return head % (status, name, len(body)) + body


def split(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


def call(packets: Iterable[bytes]) -> Answer:
    with Client(Packets(packets)) as client:
        return client.call(b"GET / HTTP/1.1\r\n\r\n")


bodies = st.one_of(st.binary(max_size=200), st.just(b"\r\n\r\nContent-Length: 1\r\n\r\n"))
statuses = st.integers(100, 599)
cuts = st.lists(st.integers(0, 10_000), max_size=12)


@given(statuses, bodies, cuts)
def test_an_answer_is_the_same_however_its_packets_are_split(status: int, body: bytes, places: list[int]) -> None:
    assert call(split(answer(status, body), places)) == (status, body)


@given(bodies, bodies)
def test_an_answer_in_single_bytes_is_read_to_its_end_and_no_further(first: bytes, second: bytes) -> None:
    stream = answer(200, first) + answer(201, second)
    with Client(Packets(stream[index : index + 1] for index in range(len(stream)))) as client:
        assert client.receive() == (200, first)
        assert client.receive() == (201, second)


@given(st.binary(min_size=1, max_size=200), bodies, st.data())
def test_a_body_is_not_read_into_the_next_answer(first: bytes, second: bytes, data: st.DataObject) -> None:
    stream = answer(200, first) + answer(201, second)
    head = len(answer(200, first)) - len(first)
    cut = data.draw(st.integers(head, head + len(first) - 1))
    with Client(Packets([stream[:cut], stream[cut:]])) as client:
        assert client.receive() == (200, first)
        assert client.receive() == (201, second)


@given(bodies, st.data())
def test_an_answer_that_breaks_off_is_an_error(body: bytes, data: st.DataObject) -> None:
    whole = answer(200, body)
    kept = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ProtocolError, match="closed before the end"):
        call([whole[:kept]])


@given(bodies, st.binary(min_size=1, max_size=20))
def test_bytes_behind_the_answer_are_an_error(body: bytes, more: bytes) -> None:
    with pytest.raises(ProtocolError, match=f"{len(more)} bytes longer"):
        call([answer(200, body) + more])


@pytest.mark.parametrize("name", [b"content-length", b"CONTENT-LENGTH"])
def test_the_length_is_found_in_any_case(name: bytes) -> None:
    assert call([answer(404, b"gone", name=name)]) == (404, b"gone")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Content-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\r\nContent-Length: 1\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        b"SSH-2.0-server\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_what_is_no_http_answer_with_a_length_is_an_error(head: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"not an HTTP/1\.1 answer with a Content-Length"):
        call([head])


def test_a_head_without_an_end_is_not_read_for_ever() -> None:
    with pytest.raises(ProtocolError, match="does not end"):
        call([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n" * 1000] * 1000])


def test_the_request_goes_out_as_it_is() -> None:
    connection = Packets([answer(200, b"")])
    with Client(connection) as client:
        client.call(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
    assert connection.sent == b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


def test_one_connection_carries_every_call_until_it_is_closed() -> None:
    accepted: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while data := connection.recv(1000):
                    accepted.append(data)
                    connection.sendall(answer(200, data))

        thread = threading.Thread(target=serve)
        thread.start()
        with Client.to(f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            found = [client.call(b"%d" % number).body for number in range(3)]
        thread.join(10)
    assert not thread.is_alive()
    assert found == accepted == [b"0", b"1", b"2"]
