from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.bench.client import Client
from contracts.bench.hello import BODY
from contracts.bench.process import ServerGone, ServerProcess

PARENT = """
import sys
from pathlib import Path
from contracts.bench.process import ServerProcess
server = ServerProcess("hello")
print(server.url, flush=True)
sys.stdin.read()
"""


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_server_answers_while_the_context_lasts() -> None:
    with ServerProcess("hello") as server:
        with Client.to(server.url) as client:
            assert client.call(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n") == (200, BODY)
        first, second = server.usage(), server.usage()
        assert 0 < first.cpu_seconds < second.cpu_seconds
    assert is_gone(server.pid)


@pytest.mark.parametrize("package", ["contracts", "mock_server", "schemas"])
def test_a_folder_named_like_a_package_of_ours_is_not_in_the_way(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("raise AssertionError")
    monkeypatch.chdir(tmp_path)
    with ServerProcess("fake") as server:
        assert server.url


def test_an_error_in_the_context_ends_the_process_too() -> None:
    with pytest.raises(ZeroDivisionError), ServerProcess("hello") as server:
        raise ZeroDivisionError
    assert is_gone(server.pid)


def test_a_server_that_cannot_start_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ServerGone):
        ServerProcess("fake", "--pace", "nonsense")
    assert "nonsense" in capfd.readouterr().err


def test_a_server_that_ends_early_is_told() -> None:
    with ServerProcess("hello") as server:
        server._process.terminate()
        server._process.wait()
        with pytest.raises(ServerGone):
            server.usage()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_server_goes_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        parent.kill()
        parent.communicate(timeout=20)  # ends when the last process that holds its stderr does: the server
    with pytest.raises(ConnectionRefusedError):
        Client.to(url)
