"""Connections that are kept, and what becomes of a call that meets one as it is closed."""

from __future__ import annotations

import pytest

from contracts.server.calling.connection import Unanswered
from tests.contracts.server.loopback import Peer, answering, keeping, reply
from tests.contracts.server.making_calls import calling, get

TIMEOUT = 0.4
OK = b"HTTP/1.1 200 OK\r\n"


def test_a_connection_is_kept() -> None:
    with calling(keeping(reply())) as (connection, server):
        for _ in range(3):
            get(connection)
            get(connection, method="POST", body=b"{}")
    assert (server.connections, len(server.calls)) == (1, 6)


def test_a_failure_leaves_nothing_behind() -> None:
    """What came of a call that was given up is never the answer to the next one."""

    def script(peer: Peer) -> None:
        peer.call()
        if peer.number == 1:
            peer.say(OK + b"Content-Length: 5\r\n\r\nol")
            peer.stop.wait(TIMEOUT * 2)
            peer.say(b"d!!")
        peer.say(reply(b'"new"'))

    with calling(script, TIMEOUT) as (connection, _), pytest.raises(Unanswered):
        get(connection)
    with calling(answering(reply(b'"new"') + reply(b'"unasked"'))) as (connection, _):
        assert [get(connection).document, get(connection).document] == ["new", "new"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_was_closed_between_two_calls_is_opened_anew(method: str) -> None:
    with calling(answering(reply())) as (connection, server):  # it says nothing of closing
        for number in range(1, 4):
            server.closed.clear()
            assert get(connection, method=method).status == 200
            assert server.closed.wait(10)
            assert server.connections == number
    assert len(server.calls) == 3


def closing_on_the_second_call(peer: Peer) -> None:
    """Close as the second call is on its way: its client could not know."""
    peer.call()
    peer.say(reply())
    if peer.number == 1:
        peer.call()


def test_a_read_that_meets_a_closing_connection_is_made_again() -> None:
    with calling(closing_on_the_second_call) as (connection, server):
        assert [get(connection).status for _ in range(3)] == [200, 200, 200]
    assert len(server.calls) == 4  # one of which was not answered
    assert b"\r\nconnection: close" in server.calls[-1].lower()


def test_a_submit_that_meets_a_closing_connection_is_never_made_again() -> None:
    with calling(closing_on_the_second_call) as (connection, server):
        get(connection)
        with pytest.raises(Unanswered, match=r"^closed a kept connection .* not made again, because it may have been"):
            get(connection, "/v1/models/a/b", "POST", b"{}")
        assert [call.partition(b" ")[0] for call in server.calls] == [b"GET", b"POST"]
        assert get(connection, "/v1/models/a/b", "POST", b"{}").status == 200  # which goes on a fresh connection


def test_a_fresh_connection_that_is_closed_is_no_reason_to_call_again() -> None:
    with calling(answering(b"")) as (connection, server), pytest.raises(Unanswered):
        get(connection)
    assert len(server.calls) == 1


def test_an_answer_that_breaks_off_on_a_kept_connection_is_not_asked_for_again() -> None:
    def script(peer: Peer) -> None:
        peer.call()
        peer.say(reply())
        peer.call()
        peer.say(b"HTTP/1.1 2")

    with calling(script) as (connection, server):
        get(connection)
        with pytest.raises(Unanswered, match="does not keep to HTTP"):
            get(connection)
    assert len(server.calls) == 2
