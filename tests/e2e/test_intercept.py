"""``serve --intercept`` as processes: programs with the vendor's host hard-coded, unchanged, reach the fake."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.web.media import MEDIA
from schemas.terminal import Exit
from tests.e2e.hardcoded import API
from tests.e2e.processes import Ended, Served, run, script, serve, start
from tests.e2e.programs import program

SECRET = "a-token-that-only-the-fake-may-see"
OUTPUTS = "https://playgrounds-storage-public.runcomfy.net/media/"
BY_VARIABLES = ["curl", "requests", "httpx", "httpx2", "urllib", "aiohttp-trust-env", "fetch"]
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(name="served", scope="module")
def fixture_served() -> Iterator[Served]:
    with serve("--intercept", "--json", "--pace", "polls:1,1") as served:
        yield served
        ended, _ = served.stop(signal.SIGTERM)
    assert ended.err == ""
    assert SECRET not in ended.out


def paste(served: Served, command: str) -> Ended:
    """Run a command in a shell which has taken the environment of ``intercept-env`` as a user does."""
    words = f'eval "$({shlex.quote(script())} intercept-env --url {served.url})" && {command}'
    return start([program("bash"), "-c", words], cwd=REPOSITORY, env={"RUNCOMFY_TOKEN": SECRET})


def hardcoded(*arguments: str) -> str:
    """Return the command of the program with the vendor's host hard-coded."""
    return shlex.join([sys.executable, "-m", "tests.e2e.hardcoded", *arguments])


def check_life(seen: dict[str, Any]) -> None:
    """Hold what the program saw against what live would show."""
    request = f"{API}/requests/{seen['submitted']['request_id']}"
    assert [seen["submitted"][f"{name}_url"] for name in ("status", "result", "cancel")] == [
        f"{request}/{name}" for name in ("status", "result", "cancel")
    ]
    assert seen["statuses"] == ["in_queue", "in_progress", "completed"]
    assert seen["video"].startswith(OUTPUTS)
    assert seen["sha256"] == hashlib.sha256((MEDIA / "video.mp4").read_bytes()).hexdigest()


@pytest.mark.parametrize("client", BY_VARIABLES)
def test_an_unchanged_program_lives_on_the_fake_and_its_token_stays_there(client: str, served: Served) -> None:
    httpx.post(f"{served.url}/__mock__/reset")
    ended = paste(served, hardcoded(client))
    check_life(ended.document)
    journal = httpx.get(f"{served.url}/__mock__/journal")
    calls = [(entry["operation"], entry["http_status"]) for entry in journal.json()["entries"]]
    assert calls == [("submit", 200), *[("status", 200)] * 3, ("result", 200), ("media", 200)]
    assert not any(entry["token_sent_to_media"] for entry in journal.json()["entries"])
    told = httpx.get(f"{served.url}/__mock__/intercept")
    for text in (ended.out, ended.err, journal.text, told.text):
        assert SECRET not in text


@pytest.mark.parametrize("client", BY_VARIABLES)
@pytest.mark.parametrize("url", ["https://api.example.com/", "https://runcomfy.net.example.com/"])
def test_another_host_is_refused_and_named(client: str, url: str, served: Served) -> None:
    ended = paste(served, hardcoded(client, url))
    assert ended.code != 0
    assert ended.out == ""
    # Node.js is refused by the preload, or from version 24 by the proxy.
    words = {"curl": "CONNECT tunnel failed, response 403", "fetch": "nothing was sent there|Proxy response .403. "}
    assert re.search(words.get(client, "Forbidden by runcomfy-mock"), ended.err)
    assert SECRET not in ended.err


@pytest.mark.parametrize("client", [name for name in BY_VARIABLES if name != "fetch"])
def test_plain_http_to_another_host_is_refused_too(client: str, served: Served) -> None:
    ended = paste(served, hardcoded(client, "http://api.example.com/"))
    assert ended.document["status"] == 403
    assert "plain HTTP to api.example.com is refused, and nothing was sent there" in ended.document["text"]


def test_a_script_of_curl_alone_needs_no_change(served: Served) -> None:
    program("curl")
    submit = (
        f"curl -sS --fail-with-body {API}/models/kling/kling-3.0/pro/text-to-video"
        ' -H "Authorization: Bearer $RUNCOMFY_TOKEN" -H "Content-Type: application/json"'
        """ -d '{"prompt": "a paper boat"}'"""
    )
    assert paste(served, submit).document["status_url"].startswith(f"{API}/requests/")


@pytest.mark.parametrize(
    "code",
    [
        "require('https').get(MODELS, answer => console.log(answer.statusCode))",
        "require('https').get({host: 'model-api.runcomfy.net', path: '/v1/models'}, a => console.log(a.statusCode))",
        "require('tls').connect(443, 'model-api.runcomfy.net', function () { console.log(401); this.destroy(); })",
        "fetch('https://a.b.runcomfy.com/v1/models').then(answer => console.log(answer.status))",
        "import('tls').then(tls => tls.connect(443, 'runcomfy.net', function () { console.log(401); this.end(); }))",
        "require('https').get('https://api.example.com').on('error', e => console.log(REFUSED(e) ? 401 : e))",
        "require('https').get('https://runcomfy.net:8443').on('error', e => console.log(REFUSED(e) ? 401 : e))",
    ],
    ids=["url", "options", "tls", "deep name", "import", "another host", "another port"],
)
def test_whatever_node_opens_tls_with_is_led_here(code: str, served: Served) -> None:
    refused = "const REFUSED = e => /is refused, and nothing was sent|Forbidden by runcomfy-mock/.test(e.message);"
    pasted = f"const MODELS = '{API}/models';{refused}{code}"
    ended = paste(served, shlex.join([program("node"), "-e", pasted]))
    assert (ended.out, ended.err) == ("401\n", "")


REFUSED = re.compile(r"(\S+) is refused, and nothing was sent there\n")


@pytest.mark.parametrize("host", ["api.example.com", "model-api.runcomfy.net", "192.0.2.1"])
@pytest.mark.parametrize(
    "code",
    [
        "fetch(PAGE).then(answer => answer.text(), error => error.cause.message).then(console.log)",
        "require('http').get(PAGE, answer => answer.pipe(process.stdout)).on('error', e => console.log(e.message))",
        "require('net').connect(80, HOST).on('error', error => console.log(error.message)).write('secret')",
        "require('net').createConnection({port: 80, host: HOST}, GONE).on('error', e => console.log(e.message))",
        "new (require('net').Socket)().connect('80', HOST, GONE).on('error', error => console.log(error.message))",
        "import('node:net').then(({connect}) => connect(80, HOST).on('error', error => console.log(error.message)))",
        "new (require('tls').TLSSocket)().connect(80, HOST).on('error', error => console.log(error.message))",
    ],
    ids=["fetch", "http", "connect", "createConnection", "socket", "import", "tls"],
)
def test_node_sends_nothing_past_the_fake_in_plain_text_either(code: str, host: str, served: Served) -> None:
    pasted = f"const HOST = '{host}', PAGE = `http://${{HOST}}/`, GONE = () => console.log('gone');{code}"
    ended = paste(served, shlex.join([program("node"), "-e", pasted]))
    refused = REFUSED.search(ended.out) or re.search(r"plain HTTP to (\S+) is refused", ended.out)
    assert refused is not None, ended
    assert refused[1] in (host, f"{host}:80")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    "where", ["{port: A.port}", "A.port", "String(A.port)", "A.port, 'localhost'", "{port: A.port, host: '0.0.0.0'}"]
)
def test_node_still_reaches_its_own_machine(where: str, served: Served) -> None:
    code = (
        "const net = require('net'); const server = net.createServer(socket => socket.end('here'));"
        "server.listen(0, '0.0.0.0', () => { const A = server.address();"
        f"net.connect({where}).on('data', data => {{ console.log(String(data)); server.close(); }}); }});"
    )
    ended = paste(served, shlex.join([program("node"), "-e", code]))
    assert (ended.out, ended.err) == ("here\n", "")


@pytest.mark.parametrize("where", ["PATH", "{path: PATH}"])
def test_node_still_reaches_unix_sockets(where: str, served: Served, tmp_path: Path) -> None:
    code = (
        "const net = require('net'); const PATH = process.argv[1];"
        "const server = net.createServer(socket => socket.end('here'));"
        f"server.listen(PATH, () => net.connect({where}, () => console.log('connected'))"
        ".on('data', data => { console.log(String(data)); server.close(); }));"
    )
    ended = paste(served, f"cd {shlex.quote(str(tmp_path))} && {shlex.join([program('node'), '-e', code, 's'])}")
    assert (ended.out, ended.err) == ("connected\nhere\n", "")


def test_programs_still_reach_the_fake_and_this_machine_directly(served: Served) -> None:
    for client in BY_VARIABLES:
        ended = paste(served, hardcoded(client, f"{served.url}/__mock__/health"))
        assert ended.document["status"] == 200


def test_a_certificate_is_checked(served: Served) -> None:
    ended = paste(served, f"env -u SSL_CERT_FILE -u CURL_CA_BUNDLE {program('curl')} -q -sS {API}/models")
    assert ended.code == 60
    assert ended.out == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: str(number.name))
def test_the_certificates_folder_dies_with_the_process(number: signal.Signals) -> None:
    with serve("--intercept", "--json") as served:
        told = json.loads(served.said)["intercept"]
        folder = Path(told["ca_file"]).parent
        assert [path.name for path in folder.iterdir()] == [Path(told["ca_file"]).name]
        with httpx.Client(proxy=told["proxy"], verify=False, trust_env=False) as kept_alive:
            assert kept_alive.get(f"{API}/models").status_code == 401
            ended, seconds = served.stop(number)
    assert (ended.code, ended.err) == (Exit.FINE, "")
    assert seconds < 5
    assert not folder.exists()
    gone = run("intercept-env", "--url", served.url, "--json")
    assert gone.code == Exit.UNAVAILABLE
    assert "serve --intercept" in gone.clear_error


def test_a_foreign_host_that_a_hosts_file_led_here_is_named_once() -> None:
    with serve("--intercept", "--json") as served:
        host, _, port = json.loads(served.said)["intercept"]["tls"].rpartition(":")
        for _ in range(2):
            with socket.create_connection((host, int(port)), timeout=10) as plain, pytest.raises(OSError, match=r"."):
                ssl.create_default_context().wrap_socket(plain, server_hostname="api.example.com")
        ended, _ = served.stop(signal.SIGTERM)
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(
        "TLS for 'api.example.com' is refused: runcomfy-mock answers the vendor's hosts alone ("
    )


def test_what_is_printed_for_a_shell_is_no_variable_of_serve() -> None:
    with serve("--intercept") as served:
        printed = run("intercept-env", "--url", served.url, "--json").document
        served.stop(signal.SIGTERM)
    with serve(env=printed | {"RUNCOMFY_MOCK_URL": "http://127.0.0.1:1"}) as again:
        ended, _ = again.stop(signal.SIGTERM)
    assert ended.err == ""


def test_without_it_the_fake_does_not_intercept() -> None:
    with serve() as served:
        ended = run("intercept-env", "--json", env={"RUNCOMFY_MOCK_URL": served.url})
    assert ended.code == Exit.UNAVAILABLE
    assert f"the fake at {served.url} does not intercept" in ended.clear_error


@pytest.mark.parametrize("words", ["{} && echo live", "set -e; {}; echo live"], ids=["and", "set -e"])
@pytest.mark.parametrize("arguments", [[], ["--control-token", "x"], ["--url", "x"], ["--no-such-option"]])
def test_a_script_does_not_go_on_without_the_fake(arguments: list[str], words: str) -> None:
    with serve() as served:
        command = f'eval "$({shlex.join([script(), "intercept-env", *arguments])})"'
        trapped = f"trap 'env | grep ^HTTPS_PROXY=' EXIT; {words.format(command)}"
        environment = {"RUNCOMFY_MOCK_URL": served.url, "HTTPS_PROXY": "none"}
        ended = start([program("bash"), "-c", trapped], env=environment)
    assert ended.code != 0
    assert "Error: " in ended.err
    assert ended.out == "HTTPS_PROXY=none\n"
