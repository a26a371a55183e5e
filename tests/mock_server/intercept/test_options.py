"""The options of ``serve`` that have it intercept: what they mean, alone and together."""

from __future__ import annotations

import socket
import subprocess
import sys

import click
import pytest

from mock_server.intercept import hosts_file, interception
from mock_server.intercept.options import Asked, intercept_options, intercepted
from schemas.extras import installing
from schemas.terminal import Exit

URL = "http://127.0.0.1:8787"


@pytest.mark.parametrize(
    ("asked", "port", "has_hosts"),
    [
        (Asked(True, None, False), None, False),
        (Asked(False, 8443, False), 8443, False),
        (Asked(False, None, True), 443, True),
        (Asked(True, 8443, True), 8443, True),
    ],
    ids=["intercept", "port", "hosts", "all"],
)
def test_what_is_asked_for_is_made(
    asked: Asked, port: int | None, monkeypatch: pytest.MonkeyPatch, *, has_hosts: bool
) -> None:
    made: list[tuple[str, str, int | None, bool]] = []

    def make(url: str, host: str, port: int | None, hosts: hosts_file.HostsFile | None) -> None:
        made.append((url, host, port, hosts is not None))

    monkeypatch.setattr(interception, "Interception", make)
    intercepted(URL, "127.0.0.1", asked)
    assert made == [(URL, "127.0.0.1", port, has_hosts)]


def test_nothing_is_made_and_nothing_loaded_where_nothing_is_asked_for() -> None:
    code = (
        "import sys, mock_server.commands\nfrom mock_server.intercept.options import Asked, intercepted\n"
        f"assert intercepted({URL!r}, '127.0.0.1', Asked(False, None, False)) is None\n"
        "assert not {'trustme', 'cryptography', 'tempfile.x', 'mock_server.intercept.proxy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)


def test_a_missing_library_is_told_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    for name in ("authority", "interception"):
        monkeypatch.delitem(sys.modules, f"mock_server.intercept.{name}", raising=False)
    with pytest.raises(SystemExit) as ended:
        intercepted(URL, "127.0.0.1", Asked(True, None, False))
    assert ended.value.code == Exit.UNAVAILABLE
    told = capsys.readouterr().err
    assert told == f"Error: serve --intercept needs trustme: {installing('intercept')}\n"


def test_a_port_that_cannot_be_had_ends_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            intercepted(URL, "127.0.0.1", Asked(True, port, False))
    assert ended.value.code == Exit.UNAVAILABLE
    assert f"Error: cannot listen on 127.0.0.1:{port}: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "variables", "wanted"),
    [
        ([], {}, Asked(False, None, False)),
        (["--intercept"], {}, Asked(True, None, False)),
        (["--intercept-port", "443", "--write-hosts"], {}, Asked(False, 443, True)),
        ([], {"INTERCEPT": "1", "INTERCEPT_PORT": "443", "WRITE_HOSTS": "yes"}, Asked(True, 443, True)),
        (["--intercept-port", "8443"], {"INTERCEPT_PORT": "443"}, Asked(False, 8443, False)),
    ],
)
def test_the_options_have_variables(
    arguments: list[str], variables: dict[str, str], wanted: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Asked] = []

    @click.command()
    @intercept_options
    def command(*, intercept: bool, intercept_port: int | None, write_hosts: bool) -> None:
        seen.append(Asked(intercept, intercept_port, write_hosts))

    for name, value in variables.items():
        monkeypatch.setenv(f"RUNCOMFY_MOCK_{name}", value)
    command.main(arguments, standalone_mode=False)
    assert seen == [wanted]
