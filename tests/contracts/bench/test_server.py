from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterator
from io import StringIO
from urllib.parse import urlsplit

import pytest

from contracts.bench.hello import BODY
from contracts.bench.server import Usage, main

MIB = 1024 * 1024


def fetch(url: str, path: str) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def run(*arguments: str, path: str = "/") -> tuple[list[dict[str, object]], bytes]:
    """Serve, fetch a path between two questions, and return all that was said and what was fetched."""
    out = StringIO()
    fetched = b""

    def lines() -> Iterator[str]:
        nonlocal fetched
        yield "\n"
        fetched = fetch(json.loads(out.getvalue().splitlines()[0])["url"], path)
        yield "\n"

    main(arguments, lines(), out)
    return [json.loads(line) for line in out.getvalue().splitlines()], fetched


def test_the_hello_is_served_until_its_input_ends() -> None:
    said, fetched = run("hello")
    assert fetched == BODY
    with pytest.raises(ConnectionRefusedError):
        fetch(str(said[0]["url"]), "/")


def test_the_fake_is_served_with_its_options() -> None:
    _, fetched = run("fake", "--pace", "polls:3,4", path="/__mock__/health")
    assert json.loads(fetched)["pace"] == "polls:3,4"


def test_each_line_is_answered_with_the_usage_so_far() -> None:
    said, _ = run("hello")
    first, second = (Usage(**usage) for usage in said[1:])  # type: ignore[arg-type]
    assert 0 < first.cpu_seconds < second.cpu_seconds


def test_only_hello_and_fake_are_served() -> None:
    with pytest.raises(SystemExit, match="goodbye"):
        main(["goodbye"], [], StringIO())


def test_work_shows_in_the_cpu_time() -> None:
    before = Usage.of_this_process().cpu_seconds
    sum(range(200_000))
    assert Usage.of_this_process().cpu_seconds > before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of the moment")
def test_memory_that_is_taken_shows() -> None:
    before = Usage.of_this_process()
    block = bytearray(b"x") * (64 * MIB)
    after = Usage.of_this_process()
    assert before.memory is not None
    assert after.memory is not None
    assert 48 * MIB < after.memory - before.memory < 80 * MIB
    assert after.peak_memory is not None
    assert after.peak_memory > 60 * MIB
    assert after.memory < 1.1 * after.peak_memory
    assert len(block) == 64 * MIB


@pytest.mark.parametrize(("now", "peak", "resident"), [(5, 9, 5), (None, 9, 9), (None, None, None)])
def test_the_peak_stands_in_where_the_memory_of_the_moment_is_unknown(
    now: int | None, peak: int | None, resident: int | None
) -> None:
    assert Usage(1.0, now, peak).resident == resident
