from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.exchange import CONTROL, Answer, Call, Exchange, Who
from contracts.findings import Reproduction
from contracts.report.reproduction import reproduction
from contracts.targets import fake, serving
from tests.contracts.report.executing import TOKENS, Ear, exchanged, in_python, in_shell, listening

MODEL = "/v1/models/kling/kling-3.0/pro/text-to-video"
JSON = {"Content-Type": "application/json"}
NASTY = 'it\'s "quoted"\n\t$HOME `id` \\ !! %s %% \x1b[31m \x00 \u202e é 猫 \U0001f600 {x} $(id)'


def run_curl(made: Reproduction) -> str:
    return in_shell(made.curl)


def run_python(made: Reproduction) -> str:
    return in_python(made.python)


BOTH = pytest.mark.parametrize("run", [run_curl, run_python])


@pytest.fixture(scope="module")
def ear() -> Iterator[tuple[Ear, str]]:
    with listening() as both:
        yield both


@pytest.fixture
def client() -> Iterator[tuple[httpx.Client, str]]:
    with (
        serving(fake(["--pace", "manual"])) as url,
        httpx.Client(base_url=url, trust_env=False) as made,
    ):
        yield made, url


def submit(payload: Any, who: Who = Who.FIRST) -> Call:
    return Call("submit", "POST", MODEL, who, json.dumps(payload, ensure_ascii=False).encode(), JSON)


def last_status_line(output: str) -> str:
    return [line.strip() for line in output.splitlines() if line.startswith("HTTP/1.1 ")][-1]


# What is heard.

header_values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20).map(str.strip)
bodies = st.one_of(
    st.none(),
    st.just(NASTY.encode()),
    st.binary(max_size=60),
    st.text(max_size=60).map(str.encode),
    st.sampled_from([b"@file", b"-n", b"%d", b"\xff\xfe", b"\x00" * 70, b"a\n\n", b"'", b"\\c", b"!x", b"\\0019"]),
    st.builds(lambda unit, times: unit * times, st.binary(min_size=1, max_size=3), st.integers(100, 9000)),
)
calls = st.builds(
    Call,
    operation=st.sampled_from(["status", CONTROL]),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    path=st.sampled_from(
        ["/v1/models?search=a%20b&limit=1", "/v1/a'b", "/v1/[x]{1,2}?q=[1-3]", "/__mock__/clock", "/a$HOME!!(b)*;"]
    ),
    who=st.sampled_from(Who),
    body=bodies,
    headers=st.dictionaries(st.sampled_from(["X-One", "X-Two"]), header_values).flatmap(
        lambda some: st.sampled_from([some, some | JSON])
    ),
)


@BOTH
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shell an example: shrinking takes minutes
)
@given(trace=st.lists(calls, min_size=8, max_size=12))
def test_what_is_sent_is_what_was_sent(
    ear: tuple[Ear, str], run: Callable[[Reproduction], str], trace: list[Call]
) -> None:
    ears, url = ear
    ears.heard.clear()
    run(reproduction([Exchange(call, None) for call in trace], url))
    assert len(ears.heard) == len(trace)
    for heard, call in zip(ears.heard, trace, strict=True):
        assert (heard.method, heard.body) == (call.method, call.body or b"")
        assert httpx.URL(url + call.path).raw_path == httpx.URL(url + heard.target.decode()).raw_path
        token = TOKENS.get(call.who)
        assert heard.headers.get("authorization") == (token and f"Bearer {token}".encode())
        assert heard.headers.get("content-type") == (b"application/json" if "Content-Type" in call.headers else None)
        own = {name.lower(): value.encode() for name, value in call.headers.items()}
        assert {name: heard.headers.get(name) for name in own} == own


@BOTH
def test_a_body_of_any_size_arrives_whole(ear: tuple[Ear, str], run: Callable[[Reproduction], str]) -> None:
    ears, url = ear
    ears.heard.clear()
    wanted = [
        b'{"prompt": "' + b"a" * 3_000_000 + b'"}',
        bytes(range(256)) * 100,
        json.dumps([{"number": number, "text": NASTY} for number in range(1500)]).encode(),
        b"\x00\xff" * 500_000,
    ]
    made = reproduction([Exchange(Call("submit", "POST", MODEL, body=body), None) for body in wanted], url)
    assert max(len(line) for line in [*made.curl.splitlines(), *made.python.splitlines()]) < 131_072
    run(made)
    assert [heard.body for heard in ears.heard] == wanted


@BOTH
def test_a_body_that_cannot_be_told_is_cut_and_says_so(
    ear: tuple[Ear, str], run: Callable[[Reproduction], str]
) -> None:
    ears, url = ear
    ears.heard.clear()
    noise = random.Random(1).randbytes(300_000).hex().encode()
    made = reproduction([Exchange(Call("submit", "POST", MODEL, body=noise), None)], url)
    run(made)
    assert ears.heard[0].body == noise[: len(ears.heard[0].body)]
    assert f"# CUT: the body had {len(noise):,} bytes" in made.curl
    assert f"# CUT: the body had {len(noise):,} bytes" in made.python


@BOTH
def test_head_does_not_wait_for_a_body(ear: tuple[Ear, str], run: Callable[[Reproduction], str]) -> None:
    ears, url = ear
    ears.heard.clear()
    output = run(reproduction([Exchange(Call("list", "HEAD", "/v1/models"), None)], url))
    assert last_status_line(output) == "HTTP/1.1 200 OK"
    assert ears.heard[0].method == "HEAD"


@BOTH
def test_a_header_of_the_call_stands_for_the_token(ear: tuple[Ear, str], run: Callable[[Reproduction], str]) -> None:
    ears, url = ear
    ears.heard.clear()
    headers = {"authorization": "Basic e'e", "X-Empty": "", "X-Wide": "é"}
    run(reproduction([Exchange(Call("list", "GET", "/v1/models", Who.FIRST, headers=headers), None)], url))
    heard = ears.heard[0].headers
    assert (heard["authorization"], heard["x-empty"], heard["x-wide"]) == (b"Basic e'e", b"", "é".encode())


def test_a_path_is_not_tidied_by_curl(ear: tuple[Ear, str]) -> None:
    ears, url = ear
    ears.heard.clear()
    in_shell(reproduction([Exchange(Call("status", "GET", "/v1/requests/../x/."), None)], url).curl)
    assert ears.heard[0].target == b"/v1/requests/../x/."


@BOTH
def test_ids_of_the_next_time_are_used_where_those_of_this_time_were(
    ear: tuple[Ear, str], run: Callable[[Reproduction], str]
) -> None:
    ears, url = ear
    ears.heard.clear()

    def answered(call: Call, request_id: Any) -> Exchange:
        return Exchange(call, Answer(200, {}, json.dumps({"request_id": request_id}).encode()))

    rule = {"match": {"request_id": "old-2"}, "text": NASTY, "other": "xold-2"}
    trace = [
        answered(submit({"prompt": "never asked for"}), "old-1"),
        answered(submit({"prompt": NASTY}), "old-2"),
        answered(submit({"prompt": "{}"}), "old-3"),
        Exchange(Call("status", "GET", "/v1/requests/old-3/status"), None),
        Exchange(Call(CONTROL, "POST", "/__mock__/requests/old-2?of=old-3&not=old-33", body=b'{"to": "failed"}'), None),
        Exchange(Call(CONTROL, "POST", "/__mock__/rules", body=json.dumps(rule).encode()), None),
        Exchange(Call(CONTROL, "POST", "/__mock__/rules", body=json.dumps(rule, ensure_ascii=False).encode()), None),
        Exchange(Call("status", "GET", "/v1/requests/o'ld(2)/old-2/old-9"), None),
        answered(submit({"prompt": "again"}), "old-2"),
        Exchange(Call("status", "GET", "/v1/requests/old-2/status"), None),
    ]
    made = reproduction(trace, url)
    assert [name in made.curl for name in ("REQUEST_3=", "REQUEST_4=", "REQUEST_1=")] == [True, False, True]
    run(made)
    assert [heard.target.decode() for heard in ears.heard[3:]] == [
        "/v1/requests/id-3/status",
        "/__mock__/requests/id-2?of=id-3&not=old-33",
        "/__mock__/rules",
        "/__mock__/rules",
        "/v1/requests/o'ld(2)/id-2/old-9",
        MODEL,
        "/v1/requests/id-9/status",
    ]
    expected = {"match": {"request_id": "id-2"}, "text": NASTY, "other": "xold-2"}
    assert [json.loads(heard.body) for heard in ears.heard[5:7]] == [expected, expected]


# Against the fake.


@BOTH
def test_a_life_is_lived_again(client: tuple[httpx.Client, str], run: Callable[[Reproduction], str]) -> None:
    http, url = client
    first = exchanged(http, submit({"prompt": NASTY, "duration": 5}))
    assert first.answer is not None
    request_id = first.answer.get("request_id")
    trace = [
        first,
        *(
            exchanged(http, call)
            for call in (
                Call("cancel", "POST", f"/v1/requests/{request_id}/cancel"),
                Call(CONTROL, "POST", "/__mock__/clock", body=b'{"advance": 3}'),
                Call("result", "GET", f"/v1/requests/{request_id}/result?include_cost=true"),
            )
        ),
    ]
    output = run(reproduction(trace, url))
    last = trace[-1].answer
    assert last is not None
    assert last_status_line(output) == f"HTTP/1.1 {last.status} OK"
    told = json.loads(output[output.rindex('{"') :])
    assert told["request_id"] != request_id
    assert told["status"] == last.get("status") == "cancelled"


@BOTH
@pytest.mark.parametrize(
    ("call", "line"),
    [
        (submit({"prompt": NASTY, "duration": 99}), "HTTP/1.1 422 "),
        (submit({"prompt": NASTY}, Who.NOBODY), "HTTP/1.1 401 "),
        (submit({"prompt": NASTY}, Who.SECOND), "HTTP/1.1 200 OK"),
        (Call("submit", "POST", MODEL, body=b"\xff{", headers=JSON), "HTTP/1.1 422 "),
        (Call("submit", "POST", MODEL, body=b"{}", headers={"Content-Type": "text/plain"}), "HTTP/1.1 415 "),
        (Call("status", "GET", "/v1/requests/unknown/status"), "HTTP/1.1 404 "),
    ],
)
def test_an_answer_is_seen_again(
    client: tuple[httpx.Client, str], run: Callable[[Reproduction], str], call: Call, line: str
) -> None:
    http, url = client
    exchange = exchanged(http, call)
    assert exchange.answer is not None
    output = run(reproduction([exchange], url))
    assert last_status_line(output).startswith(line.strip())
    assert last_status_line(output).split()[1] == str(exchange.answer.status)


@BOTH
def test_the_second_account_may_not_see_what_is_of_the_first(
    client: tuple[httpx.Client, str], run: Callable[[Reproduction], str]
) -> None:
    http, url = client
    first = exchanged(http, submit({"prompt": "a"}))
    assert first.answer is not None
    path = f"/v1/requests/{first.answer.get('request_id')}/status"
    second = exchanged(http, Call("status", "GET", path, Who.SECOND))
    assert second.answer is not None
    assert second.answer.status == 403
    assert last_status_line(run(reproduction([first, second], url))).startswith("HTTP/1.1 403 ")


# As text.


@settings(max_examples=100)
@given(st.lists(calls, max_size=6))
def test_what_is_shown_prints_and_keeps_no_secret(trace: list[Call]) -> None:
    made = reproduction([Exchange(call, None) for call in trace], "http://127.0.0.1:8787", "start it")
    assert made.setup == "start it"
    for text in (made.curl, made.python):
        assert text.replace("\n", "").isprintable()
        assert not any(token in text for token in TOKENS.values())
    assert len(made.curl.splitlines()) == len(trace)
