"""``serve --write-hosts`` with the machine's own hosts file and port 443: for programs that ignore every proxy."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mock_server.intercept.hosts_file import PATH
from schemas.terminal import Exit
from tests.e2e.hardcoded import API
from tests.e2e.processes import Served, run, serve, start
from tests.e2e.programs import program
from tests.e2e.test_intercept import REPOSITORY, SECRET, check_life, hardcoded
from tests.mock_server.intercept.test_interception import free_port

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(name="before")
def fixture_before() -> Iterator[bytes]:
    """Return what the hosts file holds; it holds that again afterwards, whatever happens."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("port 443 and the hosts file are for root")
    try:
        socket.create_server(("127.0.0.1", 443)).close()
        before = PATH.read_bytes()
        with PATH.open("r+b"):
            pass
    except OSError as error:
        pytest.skip(f"port 443 or {PATH} cannot be had here: {error}")
    try:
        yield before
    finally:
        if PATH.read_bytes() != before:
            with PATH.open("r+b") as file:
                file.write(before)
                file.truncate()


def environment(served: Served) -> dict[str, str]:
    """Return the variables for a program, but for those of proxies: it is to come by the hosts file alone."""
    told: dict[str, str] = run("intercept-env", "--url", served.url, "--json").document
    return {name: value for name, value in told.items() if "proxy" not in name.lower()} | {"RUNCOMFY_TOKEN": SECRET}


def test_programs_that_ignore_proxies_live_on_the_fake(before: bytes) -> None:
    with serve("--write-hosts", "--json", "--pace", "polls:1,1") as served:
        variables = environment(served)
        for client in ("aiohttp", "urllib"):
            command = [program("bash"), "-c", f"exec {hardcoded(client)}"]
            check_life(start(command, cwd=REPOSITORY, env=variables).document)
        code = shlex.join([sys.executable, "-c", f"import urllib.request as u; u.urlopen({API!r})"])
        untrusting = start([program("bash"), "-c", f"exec {code}"], env={"RUNCOMFY_TOKEN": SECRET})
        assert "CERTIFICATE_VERIFY_FAILED" in untrusting.err
        ended, _ = served.stop(signal.SIGTERM)
    assert (ended.code, ended.err) == (Exit.FINE, "")
    assert SECRET not in ended.out
    assert ended.document["intercept"]["hosts_file"] == str(PATH)
    assert PATH.read_bytes() == before


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: str(number.name))
def test_a_signal_undoes_the_hosts_file(number: signal.Signals, before: bytes) -> None:
    with serve("--write-hosts") as served:
        assert PATH.read_bytes().startswith(before)
        assert served.url.encode() in PATH.read_bytes()
        ended, _ = served.stop(number)
    assert (ended.code, ended.err) == (Exit.FINE, "")
    assert PATH.read_bytes() == before


def test_what_a_killed_run_left_is_gone_with_the_next(before: bytes, tmp_path: Path) -> None:
    with serve("--write-hosts", env={"TMPDIR": str(tmp_path)}) as served:
        served.stop(signal.SIGKILL)
    assert PATH.read_bytes() != before
    with serve("--write-hosts") as again:
        assert PATH.read_bytes().count(b"runcomfy-mock http") == 1
        again.stop(signal.SIGTERM)
    assert PATH.read_bytes() == before


def test_two_fakes_leave_each_other_their_lines(before: bytes) -> None:
    one_port, other_port = (("--intercept-port", str(free_port())) for _ in range(2))
    with serve("--write-hosts", *one_port) as one, serve("--write-hosts", *other_port) as other:
        assert all(url.encode() in PATH.read_bytes() for url in (one.url, other.url))
        one.stop(signal.SIGTERM)
        assert one.url.encode() not in PATH.read_bytes()
        assert other.url.encode() in PATH.read_bytes()
        other.stop(signal.SIGTERM)
    assert PATH.read_bytes() == before


def test_with_the_port_alone_the_lines_are_left_to_the_user(before: bytes) -> None:
    with serve("--intercept-port", "443") as served:
        assert PATH.read_bytes() == before
        told = httpx.get(f"{served.url}/__mock__/intercept").json()
        served.stop(signal.SIGTERM)
    assert told["tls"] == "127.0.0.1:443"
    assert told["hosts_lines"][0].startswith("127.0.0.1 model-api.runcomfy.net ")
    assert PATH.read_bytes() == before


def test_a_port_in_use_leaves_the_hosts_file_alone(before: bytes) -> None:
    with socket.create_server(("127.0.0.1", 443)):
        ended = run("serve", "--port", "0", "--write-hosts")
    assert ended.code == Exit.UNAVAILABLE
    assert "cannot listen on 127.0.0.1:443: Address already in use" in ended.clear_error
    assert PATH.read_bytes() == before
    assert Path(PATH).stat().st_nlink == 1
