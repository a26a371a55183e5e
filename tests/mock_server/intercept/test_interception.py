"""All of it together, round a fake in process: opened, told of, and gone without a trace."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import MockRunComfy, greeting
from mock_server.intercept.hosts_file import HostsFile
from mock_server.intercept.interception import Interception
from mock_server.intercept.variables import NAMES
from mock_server.serving import Server, listen, url_of
from tests.inprocess import SUBMIT
from tests.mock_server.intercept.hello import client_hello

API = "https://model-api.runcomfy.net"
AUTH = {"Authorization": "Bearer a-token"}


@pytest.fixture(name="scratch")
def fixture_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary folders are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@contextlib.contextmanager
def intercepting(fake: MockRunComfy, port: int | None = None, hosts: Path | None = None) -> Iterator[dict[str, Any]]:
    """Serve a fake which intercepts from a thread, and yield what it tells of that."""
    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    interception = Interception(url, "127.0.0.1", port, HostsFile(url, hosts) if hosts else None)
    started = threading.Event()
    server = Server(fake.app, started.set, interception)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert started.wait(10)
        yield interception.facts()
    finally:
        server.stop()
        thread.join(10)
        interception.close()
    assert not thread.is_alive()


def client(told: dict[str, Any]) -> httpx.Client:
    """Return a client as the variables would have it."""
    trusting = ssl.create_default_context(cafile=told["ca_file"])
    return httpx.Client(proxy=told["proxy"], verify=trusting, trust_env=False, headers=AUTH)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.usefixtures("scratch")
def test_a_life_by_the_vendors_hosts_alone() -> None:
    fake = MockRunComfy(pace="polls:1,1")
    with intercepting(fake) as told, client(told) as caller:
        submitted = caller.post(API + SUBMIT, json={"prompt": "a paper boat"}).json()
        assert all(submitted[name].startswith(f"{API}/v1/requests/") for name in submitted if name.endswith("_url"))
        statuses = [caller.get(submitted["status_url"]).json()["status"] for _ in range(3)]
        video = caller.get(submitted["result_url"]).json()["output"]["video"]
        assert video.startswith("https://playgrounds-storage-public.runcomfy.net/media/")
        assert caller.get(video).content[4:8] == b"ftyp"
        with pytest.raises(httpx.ProxyError, match="403 Forbidden by runcomfy-mock"):
            caller.get("https://example.com/")
    assert statuses == ["in_queue", "in_progress", "completed"]
    assert len(fake.journal) == 6


@pytest.mark.usefixtures("scratch")
def test_all_calls_of_a_client_come_on_one_connection_that_the_fake_itself_has() -> None:
    fake = MockRunComfy()
    with intercepting(fake) as told, client(told) as caller:
        for _ in range(3):
            assert caller.get(f"{API}/v1/models").status_code == 200
    assert [entry.call for entry in fake.journal] == [1, 2, 3]
    assert len({entry.connection for entry in fake.journal}) == 1


@pytest.mark.usefixtures("scratch")
def test_what_is_told_is_where_it_is() -> None:
    with intercepting(MockRunComfy()) as told:
        assert told["environment"].keys() == NAMES
        assert told["hosts_lines"] == []
        assert told["hosts_file"] is None
        for address in (told["proxy"].removeprefix("http://"), told["tls"]):
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), timeout=10).close()


def test_its_folder_is_readable_by_all_and_gone_at_the_end(scratch: Path) -> None:
    with intercepting(MockRunComfy()) as told:
        ca_file = Path(told["ca_file"])
        assert list(scratch.iterdir()) == [ca_file.parent]
        assert list(ca_file.parent.iterdir()) == [ca_file]
        assert ca_file.parent.stat().st_mode & 0o777 == 0o755
    assert list(scratch.iterdir()) == []


@pytest.mark.usefixtures("scratch")
def test_the_hosts_file_has_its_lines_as_long_as_it_listens(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_bytes(b"127.0.0.1 localhost\n")
    with intercepting(MockRunComfy(), free_port(), hosts) as told:
        lines = hosts.read_text().splitlines()
        *entries, note = told["hosts_lines"]
        assert lines[2:-1] == entries
        assert lines[2].split()[:2] == ["127.0.0.1", "model-api.runcomfy.net"]
        assert note.startswith("# other media hosts under runcomfy.net and runcomfy.com, ")
        assert told["hosts_file"] == str(hosts)
    assert hosts.read_bytes() == b"127.0.0.1 localhost\n"


@pytest.mark.usefixtures("scratch")
def test_the_greeting_says_which_hosts_no_hosts_file_leads_here() -> None:
    fake = MockRunComfy()
    with intercepting(fake, free_port()) as told:
        fake.app.control.interception = told
        lines = greeting.text(fake.app, API).splitlines()
    note = "  # other media hosts under runcomfy.net and runcomfy.com, asked for past the proxy, are not led here"
    assert lines.index(note) > lines.index(f"  {told['hosts_lines'][0]}")


@pytest.mark.usefixtures("scratch")
def test_a_hosts_file_that_cannot_be_undone_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hosts = tmp_path / "hosts"
    hosts.touch()
    with intercepting(MockRunComfy(), free_port(), hosts):
        hosts.unlink()
    assert f"{hosts} keeps lines of runcomfy-mock: No such file" in caplog.text


def test_what_cannot_be_had_is_told_and_nothing_stays_bound(tmp_path: Path, scratch: Path) -> None:
    missing = HostsFile("x", tmp_path / "missing")
    with pytest.raises(
        OSError, match=r"cannot write .*missing: No such file.*add this line yourself: 127\.0\.0\.1 mod"
    ):
        Interception("http://127.0.0.1:1", "0.0.0.0", 443, missing)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1:{port}: Address already in use"):
            Interception("http://127.0.0.1:1", "127.0.0.1", port)
    assert list(scratch.iterdir()) == []


def test_a_port_for_root_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(host: str, port: int) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("mock_server.intercept.interception.listen", refuse)
    with pytest.raises(OSError, match=r"127\.0\.0\.1:0: Permission denied; a port below 1024 is for root"):
        Interception("http://127.0.0.1:1", "127.0.0.1", 443)


def test_one_that_was_never_opened_is_closed_all_the_same() -> None:
    interception = Interception("http://127.0.0.1:1", "127.0.0.1")
    interception.close()
    interception.close()


def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path, scratch: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_bytes(b"127.0.0.1 localhost\n")

    def fail() -> None:
        assert len(hosts.read_bytes().splitlines()) > 1
        raise BrokenPipeError

    listener = listen("127.0.0.1", 0)
    interception = Interception("http://127.0.0.1:1", "127.0.0.1", free_port(), HostsFile("x", hosts))
    with pytest.raises(BrokenPipeError):
        Server(MockRunComfy().app, fail, interception).run([listener])
    interception.close()
    listener.close()
    assert hosts.read_bytes() == b"127.0.0.1 localhost\n"
    assert list(scratch.iterdir()) == []


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("name", [b"\xff\xfe", b"a..b", b"example.com", b"x" * 300])
def test_a_client_that_asks_tls_for_junk_gets_no_traceback(name: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.unraisablehook
    with intercepting(MockRunComfy()) as told:
        host, _, port = told["tls"].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as junk:
            junk.sendall(client_hello(name))
            with contextlib.suppress(ConnectionError):
                assert junk.recv(100)[:1] in (b"", b"\x15")
        with client(told) as caller:
            assert caller.get(f"{API}/v1/models").status_code == 200
    assert sys.unraisablehook is before
    assert capfd.readouterr().err == ""


class Tls:
    """A client of TLS that sees how its TCP connection ends, which the standard library hides."""

    def __init__(self, told: dict[str, Any], door: str) -> None:
        host, _, port = told[door].removeprefix("http://").rpartition(":")
        self._tcp = socket.create_connection((host, int(port)), timeout=10)
        if door == "proxy":
            self._tcp.sendall(b"CONNECT model-api.runcomfy.net:443 HTTP/1.1\r\n\r\n")
            assert b" 200 " in self._tcp.recv(1000)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        trusting = ssl.create_default_context(cafile=told["ca_file"])
        self._tls = trusting.wrap_bio(self._in, self._out, server_hostname="model-api.runcomfy.net")
        self._until_done(self._tls.do_handshake)

    def _until_done(self, act: Callable[[], None]) -> None:
        while True:
            try:
                act()
            except ssl.SSLWantReadError:
                self._tcp.sendall(self._out.read())
                self._in.write(self._tcp.recv(65536))
            else:
                self._tcp.sendall(self._out.read())
                return

    def end_of(self, request: bytes) -> str:
        """Make a call, and tell how the connection ends."""
        self._tls.write(request)
        self._tcp.sendall(self._out.read())
        with self._tcp:
            try:
                while self._tcp.recv(65536):
                    continue
            except ConnectionResetError:
                return "reset"
            return "closed"


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("at", ["before", "headers", "body"])
@pytest.mark.parametrize(("effect", "end"), [("reset", "reset"), ("hang_up", "closed")])
def test_a_connection_breaks_through_tls_as_it_does_without(effect: str, end: str, at: str) -> None:
    fake = MockRunComfy(rules=[{"answers": [{"effect": effect, "at": at}], "then": "repeat_last"}])
    request = b"GET /v1/models HTTP/1.1\r\nHost: model-api.runcomfy.net\r\nAuthorization: Bearer a-token\r\n\r\n"
    with intercepting(fake) as told:
        assert [Tls(told, door).end_of(request) for door in ("tls", "proxy")] == [end, end]
    assert [entry.effects for entry in fake.journal] == [(effect,)] * 2
