"""``intercept-env`` against fakes in process, and against what is none."""

from __future__ import annotations

import itertools
import json
import shlex
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from mock_server import MockRunComfy, environment
from mock_server.intercept.commands import intercept_env
from mock_server.intercept.variables import variables
from schemas.terminal import Exit, run

Printed = Callable[..., tuple[int, str, str]]
TOLD = variables("http://127.0.0.1:1", "http://127.0.0.1:2", "127.0.0.1:3", Path("ca.pem"))


@pytest.fixture(name="printed")
def fixture_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Printed:
    """Run the command; return its code and what it printed, on both streams."""

    def call(*arguments: str, **environment: str) -> tuple[int, str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            run(intercept_env, "runcomfy-mock", arguments)
        assert isinstance(ended.value.code, int)
        shown = capsys.readouterr()
        return ended.value.code, shown.out, shown.err

    monkeypatch.delenv("NODE_OPTIONS", raising=False)
    return call


@contextmanager
def served(told: Mapping[str, str] | None = TOLD, control_token: str | None = None) -> Iterator[str]:
    """Serve a fake that says it intercepts, and how."""
    fake = MockRunComfy(control_token=control_token)
    if told is not None:
        fake.app.control.interception = {"environment": told}
    with fake.serve() as url:
        yield url


def test_it_prints_what_a_shell_needs(printed: Printed) -> None:
    with served() as url:
        code, out, err = printed("--url", f"{url}/")
    assert (code, err) == (Exit.FINE, "")
    words = [shlex.split(line) for line in out.splitlines()]
    assert {word[0] for word in words} == {"export"}
    assert dict(word[1].split("=", 1) for word in words) == TOLD


def test_it_prints_one_json_object(printed: Printed) -> None:
    with served() as url:
        _, out, _ = printed("--json", RUNCOMFY_MOCK_URL=url)
    assert json.loads(out) == TOLD


@pytest.mark.parametrize(("shell", "word"), [("fish", "set -gx "), ("powershell", "$env:"), ("sh", "export ")])
def test_it_speaks_to_several_shells(shell: str, word: str, printed: Printed) -> None:
    with served() as url:
        _, out, _ = printed("--url", url, "--shell", shell)
    assert all(line.startswith(word) for line in out.splitlines())


def test_the_options_that_node_has_already_are_kept(printed: Printed) -> None:
    with served() as url:
        _, out, _ = printed("--url", url, "--json", NODE_OPTIONS="--max-old-space-size=100")
    assert json.loads(out)["NODE_OPTIONS"] == f"--max-old-space-size=100 {TOLD['NODE_OPTIONS']}"


def test_no_proxy_of_the_environment_is_used_to_ask(printed: Printed) -> None:
    with served() as url:
        code, _, _ = printed(
            "--url", url, HTTP_PROXY="http://127.0.0.1:1", http_proxy="http://127.0.0.1:1", NO_PROXY=""
        )
    assert code == Exit.FINE


def test_a_control_token_is_sent(printed: Printed) -> None:
    with served(control_token="a-control-token") as url:
        assert printed("--url", url, RUNCOMFY_MOCK_CONTROL_TOKEN="a-control-token")[0] == Exit.FINE
        assert printed("--url", url, "--control-token", "a-control-token")[0] == Exit.FINE
        code, out, err = printed("--url", url, RUNCOMFY_MOCK_CONTROL_TOKEN="another-token")
    assert (code, out) == (Exit.TOKEN_REJECTED, "false\n")
    assert "--control-token" in err
    assert "another-token" not in err


def test_a_fake_that_does_not_intercept_is_told(printed: Printed) -> None:
    with served(None) as url:
        code, out, err = printed("--url", url)
    assert (code, out) == (Exit.UNAVAILABLE, "false\n")
    assert err == f"Error: the fake at {url} does not intercept; start it with: runcomfy-mock serve --intercept\n"


def test_nobody_there_is_told(printed: Printed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    code, out, err = printed("--url", url, "--wait", "0")
    assert (code, out) == (Exit.UNAVAILABLE, "false\n")
    assert err.startswith(f"Error: no fake answers at {url} (")
    assert "serve --intercept" in err


def test_a_fake_that_is_just_being_started_is_waited_for(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    with ExitStack() as late, socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
        place.close()

        def start(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                fake = MockRunComfy()
                fake.app.control.interception = {"environment": TOLD}
                late.enter_context(fake.serve(port=port))

        monkeypatch.setattr(environment, "wait", start)
        code, out, err = printed("--url", f"http://127.0.0.1:{port}", "--json")
    assert (code, err, json.loads(out)) == (Exit.FINE, "", TOLD)
    assert len(waited) == 3


def test_nobody_is_waited_for_longer_than_is_said(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count()
    monkeypatch.setattr(environment, "wall_clock", lambda: float(next(now)))
    monkeypatch.setattr(environment, "wait", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert printed("--url", url, "--wait", "5")[0] == Exit.UNAVAILABLE
    assert next(now) == 6
    assert printed("--url", url, "--wait", "-1")[0] == Exit.USAGE


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"junk\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1]",
        b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"environment": {"PATH": "; rm", "$(x)": "y"}}',
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"[" * 900_000,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + json.dumps({"environment": TOLD | {"NO_PROXY": []}}).encode(),
    ],
    ids=["nothing", "junk", "no such path", "no object", "other variables", "deep", "no texts"],
)
def test_what_is_no_fake_gets_nothing_into_a_shell(answer: bytes, printed: Printed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def reply() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(answer)

        thread = threading.Thread(target=reply)
        thread.start()
        code, out, err = printed("--url", f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join(10)
    assert (code, out) == (Exit.UNAVAILABLE, "false\n")
    assert err.startswith("Error: ")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8787", "https://127.0.0.1", "http://", "http://[", "http://a:x", "http://a/?b", "http://é"]
)
def test_what_is_no_url_of_a_fake_is_a_usage_error(url: str, printed: Printed) -> None:
    code, out, err = printed("--url", url)
    assert (code, out) == (Exit.USAGE, "false\n")
    assert "--url: expected the URL of a fake, such as http://127.0.0.1:8787" in err


THROW = "throw 'runcomfy-mock intercept-env failed'\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "false\n"),
        (["--shell", "sh"], "false\n"),
        (["--shell", "fish"], "false\n"),
        (["--shell", "powershell"], THROW),
        (["--shell=powershell"], THROW),
        (["--json"], ""),
    ],
)
def test_a_shell_that_evaluates_a_failure_fails(arguments: list[str], line: str, printed: Printed) -> None:
    with served(None) as url:
        assert printed("--url", url, *arguments)[:2] == (Exit.UNAVAILABLE, line)
    assert printed("--url", "no URL", *arguments)[:2] == (Exit.USAGE, line)
    assert printed("--no-such-option", *arguments)[:2] == (Exit.USAGE, line)


def test_what_is_interrupted_fails_in_the_shell_too(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(url: str, token: str | None, patience: float) -> dict[str, str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("mock_server.intercept.commands._ask", interrupt)
    assert printed()[:2] == (130, "false\n")


def test_to_ask_for_help_is_no_failure(printed: Printed) -> None:
    code, out, _ = printed("--help")
    assert code == Exit.FINE
    assert "false" not in out.splitlines()
