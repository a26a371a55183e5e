"""``runcomfy-mock check`` against servers that are none, or none any more: a word, an exit code, and no hang."""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from schemas.terminal import Exit
from tests.e2e.checking import Asked, Reply, listening, right, told, until
from tests.e2e.processes import Ended, run

_FIRST_TWO = ("--phase", "calls", "--phase", "payloads")
QUICK = ("--depth", "quick", "--seed", "1", "--timeout", "0.4")
SECRET = "a-token-that-nobody-prints"


def check(url: str, *options: str | Path, **variables: str) -> Ended:
    ended = run("check", "--target", url, *QUICK, *options, env=variables)
    for text in (ended.out, ended.err):
        assert "Traceback" not in text
        assert "Exception" not in text
    return ended


def refused(ended: Ended) -> str:
    """Return the word of a run that could not begin; the report says the same, and that nothing was checked."""
    word = ended.err.removeprefix("Error: ").strip()
    assert ended.err == f"Error: {word}\n"
    assert word in ended.out
    assert "UNCHECKED" in ended.out
    return word


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    ended = check(f"http://127.0.0.1:{port}")
    assert ended.code == Exit.UNAVAILABLE
    assert "cannot be reached" in refused(ended)


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (lambda _: told(200, b"<h1>Hello</h1>", "text/html"), "is answered 200 with a body of text/html"),
        (lambda _: told(500, b"oops", "text/plain"), "is answered 500 with a body of text/plain"),
        (lambda _: told(204, b"", "text/plain"), "an empty body"),
        (lambda _: told(302, b"", location="https://model-api.runcomfy.net/"), "a redirect to"),
        (lambda _: None, "has not answered within 0.4 s"),
        (lambda _: b"\x00\xff\xfe" * 40, "does not keep to HTTP"),
        (lambda _: b"", "does not keep to HTTP"),
    ],
    ids="html 500 204 redirect hangs bytes closes".split(),
)
def test_nobody_who_speaks_the_api_is_there(reply: Reply, word: str) -> None:
    with listening(reply) as place:
        ended = check(place.url, "--json", RUNCOMFY_TOKEN=SECRET)
    assert ended.code == Exit.UNAVAILABLE
    assert word in ended.err
    document = json.loads(ended.out)
    assert document["verdict"] == "unchecked"
    assert {each["outcome"] for each in document["checks"]} == {"unchecked"}
    assert all(word in each["reason"] for each in document["unchecked"])
    assert len(place.asked) <= 2
    assert not any(SECRET in str(each.headers) for each in place.asked)  # nobody whom a made-up token would do for


@pytest.mark.parametrize(("token", "word"), [(None, "set RUNCOMFY_TOKEN"), ("another", "rejects the token")])
def test_a_token_that_is_none(token: str | None, word: str) -> None:
    with listening(right("--token", SECRET)) as place:
        ended = check(place.url, "--live", **({} if token is None else {"RUNCOMFY_TOKEN": token}))
    assert ended.code == Exit.TOKEN_REJECTED
    assert word in refused(ended)


@pytest.mark.parametrize("token", [f"{SECRET}\nx", f"{SECRET} x", f"{SECRET}é"])
def test_a_token_that_no_header_can_carry_is_not_printed(token: str) -> None:
    with listening(right("--token", SECRET)) as place:
        ended = check(place.url, RUNCOMFY_TOKEN=token)
    assert ended.code == Exit.TOKEN_REJECTED
    assert "RUNCOMFY_TOKEN holds no token" in refused(ended)
    assert SECRET not in ended.out + ended.err


def _wrong_from_the_50th(after: Reply) -> Reply:
    return until(50, right("--pace", "polls:1,1"), after)


@pytest.mark.parametrize(
    ("phase", "after"),
    [
        *((phase, lambda _: None) for phase in ("calls", "payloads", "lives", "schemathesis")),
        ("calls", lambda _: b""),
        ("schemathesis", lambda _: b"\x00\xff" * 40),
    ],
    ids="calls-hangs payloads-hangs lives-hangs schemathesis-hangs calls-closes schemathesis-bytes".split(),
)
def test_a_server_that_goes_away_is_given_up(after: Reply, phase: str, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("junit", "html", "ndjson")}
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    with listening(_wrong_from_the_50th(after)) as place:
        ended = check(place.url, "--phase", phase, "--json", *options)
    document = json.loads(ended.out)
    assert ended.err == ""
    assert ended.code == Exit.BROKEN  # what did not arrive is a finding
    assert "calls in a row have had no answer" in document["stopped"]
    assert 50 <= len(place.asked) <= 60
    assert "answer.arrives" in {each["check"] for each in document["findings"]}
    assert sum(each["outcome"] == "pass" for each in document["checks"]) > 3  # what was seen before is kept
    ET.parse(files["junit"])
    assert files["html"].read_text("utf-8").endswith("</html>\n")
    events = [json.loads(line) for line in files["ndjson"].read_text("utf-8").splitlines()]
    assert events[-1]["event"] == "run_finished"


@pytest.mark.parametrize("phase", ["payloads", "schemathesis"])
def test_a_server_that_dies_is_given_up(phase: str) -> None:
    answer = right("--pace", "polls:1,1")

    def reply(asked: Asked) -> Any:
        if asked.number < 50:
            return answer(asked)
        place.die()
        return b""

    with listening(reply) as place:
        ended = check(place.url, "--phase", phase, "--json")
    document = json.loads(ended.out)
    assert (ended.code, ended.err) == (Exit.BROKEN, "")
    assert "cannot be reached" in document["stopped"] or "Connection" in document["stopped"]
    assert "calls in a row have had no answer" in document["stopped"]


@pytest.mark.parametrize("after", [told(500), told(200), told(500, b"<html>", "text/html")], ids="500 200 html".split())
def test_a_server_that_goes_mad_is_told_all_of_it(after: Any) -> None:
    with listening(_wrong_from_the_50th(lambda _: after)) as place:
        ended = check(place.url, "--json", *_FIRST_TWO)
    document = json.loads(ended.out)
    assert (ended.code, ended.err) == (Exit.BROKEN, "")
    assert {each["phase"] for each in document["findings"]} >= {"calls"}


@pytest.mark.parametrize("answer", [told(200), told(500), told(200, b"[]"), told(200, b"null")], ids=str)
def test_a_server_that_answers_the_same_to_all_is_broken(answer: Any) -> None:
    with listening(lambda _: answer) as place:
        ended = check(place.url, "--json", *_FIRST_TWO)
    assert (ended.code, ended.err) == (Exit.BROKEN, "")
    assert len(json.loads(ended.out)["findings"]) > 5


def test_a_redirect_is_followed_nowhere() -> None:
    with listening(lambda _: told(200)) as elsewhere:
        away = told(307, b"{}", location=f"{elsewhere.url}/v1/models")
        with listening(_wrong_from_the_50th(lambda _: away)) as place:
            ended = check(place.url, *_FIRST_TWO)
        assert elsewhere.asked == []
    assert ended.code == Exit.BROKEN


def test_a_server_of_random_bytes_is_told_with_a_word() -> None:
    chance = random.Random(1)
    with listening(_wrong_from_the_50th(lambda _: told(200, chance.randbytes(200)))) as place:
        ended = check(place.url)
    assert (ended.code, ended.err) == (Exit.BROKEN, "")


def test_a_token_that_the_server_echoes_is_in_no_report(tmp_path: Path) -> None:
    answer = right("--token", SECRET)

    def reply(asked: Asked) -> Any:
        found = answer(asked)
        echoed = {"error_code": "none", "error_message": asked.headers.get("authorization")}
        return found if asked.number < 5 else told(400, json.dumps(echoed).encode(), location=str(asked.headers))

    files = {name: tmp_path / name for name in ("junit", "html", "ndjson")}
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    with listening(reply) as place:
        ended = check(
            place.url, "--live", "--rate-limit", "1000", "--verbose", *_FIRST_TWO, *options, RUNCOMFY_TOKEN=SECRET
        )
    assert ended.code == Exit.BROKEN
    assert "$RUNCOMFY_TOKEN" in ended.out
    for text in (ended.out, ended.err, *(path.read_text("utf-8") for path in files.values())):
        assert SECRET not in text
