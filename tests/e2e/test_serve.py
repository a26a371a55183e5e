"""``runcomfy-mock serve`` as a process: how it starts, what it says, how it ends."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server.settings_table import SPECS
from schemas.terminal import Exit
from tests.e2e.processes import Served, run, script, serve, start
from tests.e2e.programs import program

SECRET = "a-token-that-nobody-prints"
SUBMIT = "/v1/models/kling/kling-3.0/pro/text-to-video"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: str(number.name))
def test_a_signal_ends_it_in_good_order_and_at_once(number: signal.Signals) -> None:
    with serve() as served, httpx.Client(base_url=served.url) as kept_alive:
        assert kept_alive.get("/__mock__/health").json()["status"] == "ok"
        ended, seconds = served.stop(number)
        with pytest.raises(httpx.TransportError):
            kept_alive.get("/__mock__/health")
    assert ended.err == ""
    assert seconds < 3
    assert ended.code == Exit.FINE


def test_a_body_that_never_ends_does_not_hold_up_the_end() -> None:
    with serve() as served:
        address = urlsplit(served.url)
        with socket.create_connection((address.hostname or "", address.port or 0)) as half_sent:
            head = f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
            half_sent.sendall((head + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n{").encode())
            assert b"100 Continue" in half_sent.recv(100)  # the call is being read by now
            ended, seconds = served.stop(signal.SIGINT)
    assert seconds < 5
    assert (ended.code, ended.err) == (Exit.FINE, "")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no hang-up signal on this platform")
def test_where_a_hang_up_is_to_be_ignored_it_is() -> None:
    command = [program("bash"), "-c", f"trap '' HUP; exec {shlex.quote(script())} serve \"$@\"", "bash"]
    with serve(command=command) as served:
        served.process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{served.url}/__mock__/health").status_code == 200
        ended, _ = served.stop(signal.SIGTERM)
    assert ended.code == Exit.FINE


def test_it_serves_where_nobody_listens_to_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    bash = program("bash")
    command = f"exec {shlex.quote(script())} serve --port 0 --ready-file {shlex.quote(str(file))} >&-"
    with subprocess.Popen([bash, "-c", command], stderr=subprocess.PIPE, text=True) as process:
        try:
            while not file.exists():
                assert process.poll() is None
            assert httpx.get(f"{file.read_text('utf-8')}/__mock__/health").status_code == 200
            process.terminate()
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, err) == (Exit.FINE, "")


@pytest.mark.parametrize("host", ["", "\udcff", "no.such.host.invalid"])
def test_a_host_that_is_none_ends_it_with_a_word(host: str) -> None:
    ended = run("serve", "--host", host, "--port", "0")
    assert ended.code in (Exit.USAGE, Exit.UNAVAILABLE)
    assert ended.clear_error


def test_the_ready_file_has_the_url_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    with serve("--ready-file", file) as served:
        assert file.read_text("utf-8") == served.url
        assert list(tmp_path.iterdir()) == [file]


def test_a_fake_that_cannot_listen_leaves_the_ready_file_of_the_one_that_does(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    with serve("--ready-file", file) as served:
        ended = run("serve", "--port", served.url.rpartition(":")[2], "--ready-file", file)
        assert ended.code == Exit.UNAVAILABLE
        assert file.read_text("utf-8") == served.url
        with serve("--ready-file", file) as second:
            served.stop(signal.SIGTERM)
            assert file.read_text("utf-8") == second.url


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no hang-up signal on this platform")
def test_a_closed_terminal_ends_it_cleanly(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    with serve("--ready-file", file) as served:
        ended, seconds = served.stop(signal.SIGHUP)
    assert (ended.code, ended.err) == (Exit.FINE, "")
    assert seconds < 5
    assert list(tmp_path.iterdir()) == []


def test_a_ready_file_that_cannot_be_written_ends_it_with_a_word(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "ready"
    ended = run("serve", "--port", "0", "--ready-file", file)
    assert ended.code not in (Exit.FINE, Exit.BROKEN)
    assert "Traceback" not in ended.err
    assert str(file.parent) in ended.err


def test_what_it_prints_works_as_pasted() -> None:
    bash = program("bash")
    program("curl")
    with serve("--pace", "instant") as served:
        greeting = _greeting(served)
        lines = [line.strip() for line in greeting.splitlines()]
        exports = [line for line in lines if line.startswith("export ")]
        (curl,) = (line for line in lines if line.startswith("curl "))
        pasted = "\n".join([*exports, curl.replace("curl ", "curl -q -sS -w '\\n%{http_code}\\n' ", 1), "env"])
        ended = start([bash, "-c", pasted])
    body, status, *variables = ended.out.splitlines()
    assert (status, ended.err) == ("200", "")
    assert json.loads(body)["status_url"].startswith(served.url + "/v1/requests/")
    assert f"RUNCOMFY_MODEL_API_BASE={served.url}/v1" in variables
    assert any(line.startswith("RUNCOMFY_TOKEN=") and line != "RUNCOMFY_TOKEN=" for line in variables)


def test_with_a_token_list_the_printed_curl_takes_the_token_from_the_environment() -> None:
    bash = program("bash")
    program("curl")
    with serve("--token", SECRET) as served:
        (curl,) = (line.strip() for line in _greeting(served).splitlines() if line.strip().startswith("curl "))
        pasted = curl.replace("curl ", "curl -q -sS -f ", 1)
        accepted = start([bash, "-c", pasted], env={"RUNCOMFY_TOKEN": SECRET})
        refused = start([bash, "-c", pasted], env={"RUNCOMFY_TOKEN": "another"})
    assert accepted.code == 0
    assert "request_id" in json.loads(accepted.out)
    assert refused.code == 22


def test_json_is_one_document_with_what_a_client_needs() -> None:
    with serve("--json", "--seed", "7", "--pace", "polls:1,2") as served:
        ended, _ = served.stop(signal.SIGTERM)
    facts = ended.document
    assert facts["url"] == served.url
    assert facts["environment"]["RUNCOMFY_MODEL_API_BASE"] == f"{served.url}/v1"
    assert facts["environment"]["RUNCOMFY_TOKEN"]
    assert (facts["seed"], facts["pace"]) == (7, "polls:1,2")


def test_a_port_in_use_is_told_with_its_exit_code() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        ended = run("serve", "--port", str(port))
    assert ended.code == Exit.UNAVAILABLE
    assert f"127.0.0.1:{port}" in ended.clear_error
    assert "in use" in ended.clear_error


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b"], ids=["not of this machine", "no name"])
def test_a_host_that_cannot_be_bound_is_told_with_its_exit_code(host: str) -> None:
    ended = run("serve", "--host", host, "--port", "0")
    assert ended.code == Exit.UNAVAILABLE
    assert host in ended.clear_error


@pytest.mark.parametrize("options", [("--pace", "never"), ("--no-such-option",), ("--port", "65536")], ids=" ".join)
def test_a_bad_option_is_a_usage_error(options: tuple[str, ...]) -> None:
    ended = run("serve", *options)
    assert ended.code == Exit.USAGE
    assert options[0] in ended.clear_error


def test_a_bad_folder_of_schemas_is_bad_input_that_names_the_file(tmp_path: Path) -> None:
    model = tmp_path / "maker" / "model"
    model.mkdir(parents=True)
    (model / "input.json").write_text('{"type": "object", "properties": {"a": {"type": "string", "foo": 1}}}')
    ended = run("serve", "--port", "0", "--schemas", tmp_path)
    assert ended.code == Exit.BAD_INPUT
    for word in ("input.json", "/properties/a", "foo"):
        assert word in ended.clear_error
    with serve("--schemas", tmp_path, "--lenient-schemas") as served:
        ended, _ = served.stop(signal.SIGTERM)
    assert "Warning: " in ended.err
    assert "foo" in ended.err


def test_a_variable_that_sets_nothing_is_told() -> None:
    with serve(env={"RUNCOMFY_MOCK_TOKENS": SECRET, "RUNCOMFY_MOCK_PACE": "instant"}) as served:
        ended, _ = served.stop(signal.SIGTERM)
    assert ended.err == "Warning: the variable RUNCOMFY_MOCK_TOKENS sets nothing; did you mean RUNCOMFY_MOCK_TOKEN?\n"


def test_a_wrong_value_is_blamed_on_where_it_came_from() -> None:
    by_variable = run("serve", env={"RUNCOMFY_MOCK_PACE": "fast"})
    by_option = run("serve", "--pace", "fast", env={"RUNCOMFY_MOCK_PACE": "instant"})
    assert (by_variable.code, by_option.code) == (Exit.USAGE, Exit.USAGE)
    assert by_variable.clear_error.startswith("RUNCOMFY_MOCK_PACE: unknown pace 'fast'")
    assert by_option.clear_error.startswith("--pace: unknown pace 'fast'")


def test_folders_in_a_variable_stand_as_in_a_path_and_may_have_spaces(tmp_path: Path) -> None:
    for name in ("a folder", "another one"):
        folder = tmp_path / name / "acme" / name.replace(" ", "-")
        folder.mkdir(parents=True)
        (folder / "input.json").write_text('{"type": "object"}', "utf-8")
    roots = os.pathsep.join(str(tmp_path / name) for name in ("a folder", "another one"))
    with serve(env={"RUNCOMFY_MOCK_SCHEMAS": roots}) as served:
        found = httpx.get(f"{served.url}/v1/models", params={"search": "acme/"}, headers=bearer("t")).json()
    assert [model["model_id"] for model in found["models"]] == ["acme/a-folder", "acme/another-one"]


def test_it_can_be_set_by_variables_alone() -> None:
    variables = {"PACE": "instant", "TOKEN": f"{SECRET} second", "SEED": "11", "STRICT": "1", "SLOTS": "3"}
    with serve(env={f"RUNCOMFY_MOCK_{name}": value for name, value in variables.items()}) as served:
        health = httpx.get(f"{served.url}/__mock__/health").json()
        assert (health["pace"], health["seed"], health["slots"]) == ("instant", 11, 3)
        answers = [
            httpx.post(served.url + SUBMIT, headers=bearer(token), json={"prompt": "x"} | more).status_code
            for token, more in ((SECRET, {}), ("second", {}), ("third", {}), ("second", {"unknown": 1}))
        ]
    assert answers == [200, 200, 401, 422]


def test_the_module_is_serve() -> None:
    with serve(command=[sys.executable, "-m", "mock_server"]) as served:
        ended, _ = served.stop(signal.SIGTERM)
    assert "runcomfy-mock" in ended.out
    assert start([sys.executable, "-m", "mock_server", "--pace", "never"]).code == Exit.USAGE


def test_an_accepted_token_is_told_to_nobody() -> None:
    with serve("--token", SECRET, "--control-token", f"control-{SECRET}") as served:
        control = {"X-Control-Token": f"control-{SECRET}"}
        seen = []
        with httpx.Client(base_url=served.url) as client:
            for token in (SECRET, f"wrong-{SECRET}"):
                client.post(SUBMIT, headers=bearer(token), json={"prompt": 1})
                client.get(f"/v1/requests/{token}/status", headers=bearer(token))
                client.get("/v1/models", params={"search": token}, headers=bearer(token))
            for path in ("", "/health", "/journal", "/requests", "/clock", "/openapi.json"):
                answer = client.get(f"/__mock__{path}", headers=control)
                assert answer.status_code == 200
                seen.append(answer.text)
        ended, _ = served.stop(signal.SIGTERM)
    for text in (*seen, ended.out, ended.err):
        assert SECRET not in text


def test_it_serves_on_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    with serve("--host", "::1") as served:
        assert served.url.startswith("http://[::1]:")
        answer = httpx.post(served.url + SUBMIT, headers=bearer("any"), json={"prompt": "x"})
    assert answer.json()["status_url"].startswith(served.url + "/v1/")


def test_help_names_every_setting() -> None:
    ended = run("serve", "--help")
    assert (ended.code, ended.err) == (Exit.FINE, "")
    for flag in ("--host", "--port", "--ready-file", "--json", *(spec.flag for spec in SPECS)):
        assert f"  {flag} " in ended.out or f"  {flag}\n" in ended.out


def _greeting(served: Served) -> str:
    """Read the greeting up to its last line, which says how to stop."""
    assert served.process.stdout is not None
    lines = [served.said]
    while "Ctrl-C" not in lines[-1]:
        lines.append(served.process.stdout.readline())
        assert lines[-1], "the greeting ended early"
    return "".join(lines)
