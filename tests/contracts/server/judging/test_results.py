from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer
from contracts.server.judging import results
from contracts.server.judging.results import media_urls, moment
from schemas.pricing import cost
from tests.contracts.server.scripted import (
    BASE,
    CREATED,
    ID,
    KLING,
    MODEL,
    PAYLOAD,
    Tale,
    accepted,
    begun,
    broken,
    checks_of,
    covered,
    play,
    result,
    session,
)

PRICE = cost(MODEL, PAYLOAD)
LATER = "2026-01-01T00:00:07Z"
OTHER = "22222222-2222-4222-8222-222222222222"
WELL = ("result", result("succeeded"))


def one(name: str, answer: Answer, *due: str) -> Tale:
    return Tale([(name, answer)], due)


def filed(url: object) -> Answer:
    return result("succeeded", output={"video": url})


WRONG: Mapping[str, Tale] = {
    "created at no moment": one("result", result("in_queue", created_at="noon"), "result.timestamps:result:created_at"),
    "a date alone": one(
        "result", result("in_queue", created_at="2026-01-01"), "result.timestamps:result:created_at"
    ),
    "finished at no moment": one(
        "result", result("failed", finished_at="1767225600"), "result.timestamps:result:finished_at"
    ),
    "finished before it was created": one(
        "result", result("failed", finished_at="2025-12-31T23:59:59Z"), "result.order:result:ends"
    ),
    "created twice": Tale(
        [("result", result("in_queue")), ("result", result("in_progress", created_at=LATER))],
        ["result.repeatable:result:created_at"],
    ),
    "another output": Tale([WELL, ("result", filed("https://a.runcomfy.net/2.mp4"))], ["result.repeatable:result"]),
    "another number for a truth": Tale(
        [
            ("result", result("failed", error={"error_message": "x", "retry": True})),
            ("result", result("failed", error={"error_message": "x", "retry": 1})),
        ],
        ["result.repeatable:result"],
    ),
    "a cost that nobody asked for": one(
        "result", result("succeeded", cost=PRICE), "result.cost:result:unasked"
    ),
    "no cost": one("cost", result("succeeded"), "result.cost:result:asked"),
    "another price": one("cost", result("succeeded", cost=PRICE + 0.01), "result.price:result:succeeded"),
    "a price without end": one("cost", result("succeeded", cost=10**300), "result.price:result:succeeded"),
    "a failure is billed": one("cost", result("failed", cost=0.01), "result.price:result:failed"),
    "a cancelled one is billed": one("cost", result("cancelled", cost=PRICE), "result.price:result:cancelled"),
    "an output without a file": one("result", result("succeeded", output={}), "result.output:result"),
    "a file that is no URL": one("result", filed(7), "result.output:result"),
    "a name that the model has not": one(
        "result", result("succeeded", output={"film": "https://a.runcomfy.net/1.mp4"}), "result.output:result"
    ),
    "too many files": one(
        "result",
        result("succeeded", output={"videos": ["https://a.runcomfy.net/1.mp4", "https://a.runcomfy.net/2.mp4"]}),
        "result.output:result:count",
    ),
    "another's host": one("result", filed("https://runcomfy.net.example.com/a.mp4"), "result.media-host:result"),
    "a host that ends alike": one("result", filed("https://notruncomfy.net/a.mp4"), "result.media-host:result"),
    "a user in the URL": one("result", filed("https://runcomfy.net@example.com/a.mp4"), "result.media-host:result"),
    "not encrypted": one("result", filed("http://a.runcomfy.net/a.mp4"), "result.media-host:result"),
    "another payload": one("result", result("in_queue", input={"prompt": "else"}), "result.input:result:input"),
    "a number for a truth": one(
        "result", result("in_queue", input=PAYLOAD | {"sound": 1}), "result.input:result:input"
    ),
    "another model": one("result", result("in_queue", model_id="a/b"), "result.input:result:model_id"),
}  # fmt: skip

RIGHT: Mapping[str, Tale] = {
    "early, then over": Tale([("result", result("in_queue")), ("result", result("in_progress")), WELL, WELL]),
    "the word completed": Tale([("result", result("completed"))]),
    "finished as it was created": one("result", result("failed", finished_at=CREATED)),
    "costs that are right": Tale([("cost", result("succeeded", cost=PRICE)), WELL]),
    "a cost before the end": Tale([("cost", result("in_queue", cost=0)), ("cost", result("in_progress", cost=PRICE))]),
    "what was not billed": one("cost", result("failed", cost=0)),
    "what has no cost": one("cost", result("cancelled")),
    "the vendor's other domain": one("result", filed("https://cdn.runcomfy.com/a.mp4")),
    "the server's own files": one("result", filed(f"{BASE}/media/a.mp4")),
    "files as a list": one("result", result("succeeded", output={"videos": ["https://a.runcomfy.net/1.mp4"]})),
    "an echo": one("cost", result("succeeded", cost=PRICE, input=PAYLOAD, model_id=KLING)),
    "an error that is a text": one("result", result("failed", error="out of memory")),
}


@pytest.mark.parametrize("name", [*WRONG, *RIGHT])
def test_what_is_broken_is_found_and_no_more(name: str) -> None:
    tale = {**WRONG, **RIGHT}[name]
    found = [each for each in broken(tale.tell()) if not each.startswith(("ledger.", "answer.undeclared"))]
    assert [each for each in found if each.startswith("result.")] == list(tale.due)
    assert found == list(tale.due) or name in WRONG


def test_each_check_is_broken_in_one_tale_and_kept_in_another() -> None:
    wrong, right = covered([*WRONG.values(), *RIGHT.values()])
    assert checks_of(results) <= wrong
    assert checks_of(results) <= right


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"12", b"\xff", b'{"duration": "x", "sound": {}, "multi_prompt": [1]}']
)
def test_a_body_that_should_have_been_refused_is_no_trouble(body: bytes) -> None:
    told = session(accepted(), result("succeeded", cost=1.0, input={"prompt": "x"}))
    told.submit_raw(KLING, body)
    play(told, "cost")
    assert "result.input:result:input" in broken(told)


def test_a_later_submit_is_created_later() -> None:
    told = session(
        accepted(),
        accepted(OTHER),
        result("in_queue", OTHER, created_at=CREATED),
        result("in_queue", created_at=LATER),
    )
    for _ in range(2):
        told.submit(MODEL, PAYLOAD)
    told.result(OTHER)
    assert broken(told) == []
    told.result(ID)
    assert broken(told) == ["result.order:result:submits"]


def test_what_differs_is_told() -> None:
    told = begun(result("failed", error="one", finished_at=LATER), result("failed", error="two"))
    play(told, "result", "result")
    [found] = [each for each in told.collector.broken.values() if each.check == "result.repeatable"]
    assert found.message == (
        'finished_at was "2026-01-01T00:00:07Z", and now it is "2026-01-01T00:00:06Z"; '
        'error was "one", and now it is "two"'
    )


ZONES: st.SearchStrategy[tzinfo] = st.integers(-23 * 60, 23 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.one_of(st.none(), ZONES)))  # noqa: DTZ001
def test_moments_are_read_back(written: datetime) -> None:
    due = (written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp()
    assert moment(written.isoformat()) == due


@given(st.none() | st.integers() | st.lists(st.text()) | st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*"))
def test_anything_may_stand_for_a_moment(text: object) -> None:
    read = moment(text)
    assert read is None or isinstance(text, str)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_the_urls_of_anything_are_texts(output: object) -> None:
    assert all(isinstance(url, str) for url in media_urls(output))
