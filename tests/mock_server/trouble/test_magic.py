"""Every magic word does what its text says, in a token and in a prompt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mock_server import MockRunComfy
from mock_server.core.clock import Clock
from mock_server.trouble.magic import WORDS, Magic, in_payload, in_token, table
from tests.inprocess import SUBMIT, client

ALL = {"submit", "status", "result", "cancel", "list", "categories", "model"}


class Life:
    """One client's calls; each returns its status, or the name of what it raised."""

    def __init__(self, fake: MockRunComfy, token: str, prompt: str) -> None:
        self.fake = fake
        self.token = token
        self.caller = client(fake, token)
        self.prompt = prompt
        self.answer = httpx.Response(0)

    def call(self, method: str, path: str, **more: Any) -> object:
        try:
            self.answer = self.caller.request(method, path, **more)
        except httpx.TransportError as error:
            return type(error).__name__
        return self.answer.status_code

    @property
    def clock(self) -> Clock:
        return self.fake.app.service.accounts.of(self.token).clock

    def submit(self) -> object:
        return self.call("POST", SUBMIT, json={"prompt": self.prompt})

    def read(self, verb: str = "status") -> object:
        return self.call("GET", f"/v1/requests/{self.fake.requests[-1].request.request_id}/{verb}")

    def media(self) -> object:
        headers = {"Authorization": ""}
        return self.call("GET", f"/media/{self.fake.requests[-1].request.request_id}/0.mp4", headers=headers)

    @property
    def code(self) -> object:
        return self.answer.json()["error_code"]


def busy(life: Life) -> None:
    assert (life.submit(), life.answer.headers["retry-after"]) == (429, "1")
    assert [life.submit(), life.submit()] == [200, 200]


def limited(life: Life) -> None:
    assert [life.submit() for _ in range(4)] == [429] * 4


def down(life: Life) -> None:
    assert (life.submit(), life.answer.headers["content-type"]) == (503, "text/html")
    assert life.submit() == 200


def outage(life: Life) -> None:
    assert [life.submit(), life.submit()] == [503, 503]
    assert life.answer.text.startswith("<html>")


def denied(life: Life) -> None:
    assert [life.submit(), life.submit()] == [401, 401]
    assert life.code == 400004


def no_balance(life: Life) -> None:
    assert [life.submit(), life.submit(), life.code] == [400, 400, 400002]


def lost_answer(life: Life) -> None:
    assert (life.submit(), len(life.fake.requests)) == ("ReadError", 1)
    assert (life.submit(), len(life.fake.requests)) == (200, 2)


def late(life: Life) -> None:
    life.fake.clock.freeze()
    for call in (life.submit, life.read, lambda: life.read("result"), life.submit):
        before = life.clock.now()
        assert call() == 200
        assert life.clock.now() - before == pytest.approx(2)


def flaky(life: Life) -> None:
    life.submit()
    assert [life.read() for _ in range(4)] == [502, "ReadError", "RemoteProtocolError", 200]


def fails(life: Life) -> None:
    for _ in range(2):
        life.submit()
        life.read()
        life.read("result")
        assert life.answer.json()["status"] == "failed"


def fails_as_text(life: Life) -> None:
    fails(life)
    assert life.answer.json()["error"] == "the generation failed"


def held(status: str) -> Callable[[Life], None]:
    def check(life: Life) -> None:
        life.submit()
        for _ in range(5):
            life.fake.clock.advance(1e5)
            life.read()
            assert life.answer.json()["status"] == status

    return check


def slow(life: Life) -> None:
    life.fake.clock.freeze()
    life.submit()
    life.read()
    life.fake.clock.advance(3599)
    life.read()
    assert life.answer.json()["status"] == "in_progress"
    life.fake.clock.advance(1)
    life.read()
    assert life.answer.json()["status"] == "completed"


def forgotten(life: Life) -> None:
    assert life.submit() == 200
    url = life.answer.json()["status_url"]
    assert (life.call("GET", url), life.fake.requests, life.fake.spend().usd > 0) == (404, [], True)


def finished(life: Life) -> None:
    life.submit()
    life.fake.move(life.fake.requests[-1].request.request_id, "completed")


def no_output(life: Life) -> None:
    finished(life)
    assert life.read("result") == 200
    assert (life.answer.json()["status"], "output" in life.answer.json()) == ("succeeded", False)


def expired_media(life: Life) -> None:
    finished(life)
    assert [life.media(), life.media()] == [403, 403]


def cut_media(life: Life) -> None:
    finished(life)
    assert [life.media(), life.media()] == ["RemoteProtocolError"] * 2


DEEDS: dict[str, Callable[[Life], None]] = {
    "busy": busy,
    "limited": limited,
    "down": down,
    "outage": outage,
    "denied": denied,
    "no-balance": no_balance,
    "lost-answer": lost_answer,
    "late": late,
    "flaky": flaky,
    "fails": fails,
    "fails-as-text": fails_as_text,
    "queued": held("in_queue"),
    "stuck": held("in_progress"),
    "slow": slow,
    "forgotten": forgotten,
    "no-output": no_output,
    "expired-media": expired_media,
    "cut-media": cut_media,
}


def test_every_word_is_tried_and_told() -> None:
    assert set(DEEDS) == set(WORDS) == {word for word, text in table() if text}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    ("token", "prompt", "settings"),
    [
        ("mock.{}", "a boat", {}),
        ("alice.mock.{}", "a boat", {"tokens": ["alice"]}),
        ("alice.mock.{}", "a boat", {"magic": "tokens"}),
        ("alice-token", "a [mock:{}] boat", {"magic": "prompts"}),
        ("alice-token", "a [mock:{}] boat", {}),
    ],
)
def test_a_word_does_what_its_text_says(word: str, token: str, prompt: str, settings: dict[str, Any]) -> None:
    fake = MockRunComfy(pace="polls:0,1", **settings)
    life = Life(fake, token.format(word), prompt.format(word))
    DEEDS[word](life)
    assert {entry.rule for entry in fake.journal} >= {f"mock:{word}"}
    other = Life(fake, "alice" if "tokens" in settings else "another-token", "a boat")
    assert [other.submit(), other.read()] == [200, 200]


@pytest.mark.parametrize("word", ["denied", "outage"])
def test_every_call_means_every_operation(word: str) -> None:
    caller = client(MockRunComfy(), f"mock.{word}")
    paths = ["/v1/models", "/v1/models/categories", SUBMIT, "/v1/requests/x/status", "/v1/requests/x/result"]
    assert {caller.get(path).status_code for path in paths} == {401 if word == "denied" else 503}


@pytest.mark.parametrize(
    ("magic", "token", "prompt"),
    [
        ("off", "mock.limited", "[mock:limited]"),
        ("tokens", "a-token", "[mock:limited]"),
        ("prompts", "mock.limited", "x"),
        ("both", "mock.limited.x", "[mock: limited]"),
        ("both", "xmock.limited", "mock:limited"),
    ],
)
def test_where_words_mean_nothing_nothing_happens(magic: str, token: str, prompt: str) -> None:
    assert Life(MockRunComfy(magic=magic), token, prompt).submit() == 200


def test_an_unknown_word_says_so_and_is_not_written_down() -> None:
    fake = MockRunComfy()
    in_the_token, in_the_prompt = Life(fake, "mock.s3cr3t-word", "x"), Life(fake, "a-token", "[mock:bsuy]")
    assert [in_the_token.submit(), in_the_token.code, in_the_prompt.submit(), in_the_prompt.code] == [
        *(401, 400004),
        *(422, 422001),
    ]
    for life, word in ((in_the_token, "s3cr3t-word"), (in_the_prompt, "bsuy")):
        assert f"unknown magic word '{word}'; known are busy, " in life.answer.json()["error_message"]
    assert "s3cr3t-word" not in repr(fake.journal)


def test_a_word_opens_no_door_that_a_token_does_not() -> None:
    fake = MockRunComfy(tokens=["alice"])
    for token in ("eve.mock.busy", "mock.busy", "alice.mock"):
        life = Life(fake, token, "x")
        assert [life.submit(), life.code] == [401, 400004]


def test_prompts_count_each_for_itself_and_tokens_for_all() -> None:
    fake = MockRunComfy()
    one, other = Life(fake, "a-token", "[mock:busy] one"), Life(fake, "a-token", "[mock:busy] other")
    assert [one.submit(), other.submit(), one.submit(), other.submit()] == [429, 429, 200, 200]
    assert one.call("POST", SUBMIT, json={"prompt": one.prompt, "sound": False}) == 200
    assert Life(fake, "b-token", "[mock:busy] one").submit() == 429
    near, far = (Life(fake, "alice.mock.busy", prompt) for prompt in ("one", "other"))
    assert [near.submit(), far.submit()] == [429, 200]


def test_reads_count_for_each_request() -> None:
    fake = MockRunComfy()
    life = Life(fake, "a-token", "[mock:flaky]")
    for _ in range(2):
        flaky(life)


def test_a_rule_comes_before_a_word() -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=[503], match={"operation": "submit"})
    life = Life(fake, "mock.busy", "x")
    assert [life.submit() for _ in range(3)] == [503, 429, 200]


def test_a_reset_begins_anew() -> None:
    fake = MockRunComfy()
    life = Life(fake, "mock.busy", "x")
    assert [life.submit(), life.submit()] == [429, 200]
    life.caller.post("/__mock__/reset")
    assert [life.submit(), life.submit()] == [429, 200]


def test_words_are_found_where_they_may_stand() -> None:
    assert in_token("a.b.mock.busy") == ("busy", "a.b")
    assert in_token("mock.busy") == ("busy", "")
    assert in_token("mock.") is None
    assert in_payload({"prompt": "x[mock:a-b]y[mock:c]"}) == "a-b"
    others: list[object] = [None, [], {"prompt": 1}, {"text": "[mock:busy]"}, {"prompt": "[mock:]"}]
    for document in others:
        assert in_payload(document) is None
    assert [each for each in Magic if each.in_tokens] == [Magic.BOTH, Magic.TOKENS]
    assert [each for each in Magic if each.in_prompts] == [Magic.BOTH, Magic.PROMPTS]
