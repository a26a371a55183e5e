from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer
from contracts.server.calling.stage import Pace, Promises, Tokens, ask_promises, json_body
from contracts.server.calling.target import FakeTarget
from schemas.ledger import describe
from schemas.variants import Variants
from tests.contracts.server.stages import Scripted, Sent, Speaker, always, saying, stage

HEALTH = {"status": "ok", "pace": "time:2,4", "slots": 1}
LEDGER = describe(Variants(auth_status="400"))


def telling(health: object, ledger: object) -> Speaker:
    def speaker(call: Sent) -> Answer:
        assert call.headers == {}  # nobody's token is anybody's business here
        return saying(ledger if call.path == "/__mock__/ledger" else health)

    return speaker


def asked(speaker: Speaker) -> Promises | None:
    return ask_promises(Scripted(speaker))


def test_a_server_tells_its_pace_its_slots_and_its_variants() -> None:
    assert asked(telling(HEALTH, LEDGER)) == Promises(Pace(2, 4), 1, Variants(auth_status="400"))


@pytest.mark.parametrize(
    ("options", "pace", "slots"),
    [
        (["--pace", "time:0.5,3", "--slots", "2"], Pace(0.5, 3), 2),
        (["--pace", "time:0,0"], Pace(0, 0), None),
        (["--pace", "polls:1,1"], None, None),
        (["--pace", "manual"], None, None),
        (["--pace", "instant"], None, None),
    ],
)
def test_the_fake_tells_what_it_was_set_to(options: list[str], pace: Pace | None, slots: int | None) -> None:
    promises = FakeTarget(1).staged(*options).promises
    assert promises is not None
    assert (promises.pace, promises.slots) == (pace, slots)


def test_what_the_fake_says_of_its_variants_is_so() -> None:
    promises = FakeTarget(1).staged("--variant", "auth_status=400").promises
    assert promises is not None
    assert promises.variants == Variants(auth_status="400")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["auth_status", "400", "time:1,2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("facts switch setting value pace slots".split()), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values, values)
def test_whatever_a_server_tells_is_taken_or_left(health: object, ledger: object) -> None:
    promises = asked(telling(health, ledger))
    assert promises is None or isinstance(promises.variants, Variants)


@pytest.mark.parametrize(
    "ledger",
    [
        {"facts": None},
        {"facts": 5},
        {"facts": {"a": 1}},
        {"facts": [None]},
        {"facts": ["text"]},
        {"facts": [{"switch": "text"}]},
        {"facts": [{"switch": {"setting": []}}]},
        {"facts": [{"switch": {"setting": "auth_status"}}]},
        {"facts": [{"switch": {"setting": "auth_status", "value": "999"}}]},
        {"facts": [{"switch": {"setting": "auth_status", "value": {}}}]},
    ],
)
def test_a_ledger_that_is_none_promises_nothing(ledger: object) -> None:
    assert asked(telling(HEALTH, ledger)) is None


@pytest.mark.parametrize(
    "pace", [None, 5, "time:1.2.3,4", "time:.,.", "time:" + "9" * 400 + ",1", "time:1,2 ", "time:-1,2"]
)
def test_a_pace_that_is_none_is_no_pace(pace: object) -> None:
    promises = asked(telling({**HEALTH, "pace": pace}, LEDGER))
    assert promises is None or promises.pace is None


@pytest.mark.parametrize("slots", [None, True, False, "1", 1.5, 0, -1])
def test_slots_that_are_none_are_no_slots(slots: object) -> None:
    promises = asked(telling({**HEALTH, "slots": slots}, LEDGER))
    assert promises is not None
    assert promises.slots is None


def silent(call: Sent) -> str:
    return "says nothing"


@pytest.mark.parametrize(
    "speaker", [silent, always(saying(HEALTH, 404)), always(saying([])), always(Answer(200, {}, b"<html>"))]
)
def test_a_server_without_a_control_plane_promises_nothing(speaker: Speaker) -> None:
    assert asked(speaker) is None


# -- tokens


def test_made_up_tokens_are_fresh_each_time_down_all_generations() -> None:
    tokens = Tokens("first", "second", made_up=True)
    all_of_them = [tokens, tokens.fresh(), tokens.fresh(), tokens.fresh().fresh(), tokens.fresh()]
    assert len({text for each in all_of_them for text in (each.first, each.second)}) == 2 * len(all_of_them)
    assert all(each.made_up for each in all_of_them)


def test_without_a_second_account_none_is_made_up() -> None:
    assert Tokens("first", None, made_up=True).fresh().second is None


def test_tokens_that_were_given_stay_as_they_are() -> None:
    tokens = Tokens("first", "second")
    assert tokens.fresh() is tokens


def test_no_token_is_written_out() -> None:
    where = stage(silent)
    assert where.tokens.first not in repr(where)
    assert "first-of" not in repr(Tokens("first-of", "second-of", made_up=True).fresh())
    assert "second-of" not in repr(Tokens("first-of", "second-of"))


def test_a_timetable_takes_a_pace_and_accounts_without_a_past() -> None:
    promises = Promises(Pace(2, 4), 1, Variants())
    assert stage(silent, made_up=True, promises=promises).pace == Pace(2, 4)
    assert stage(silent, made_up=False, promises=promises).pace is None
    assert stage(silent, made_up=True).pace is None


def test_a_body_is_utf_8_with_nothing_escaped_that_need_not_be() -> None:
    assert json_body({"a": "é猫"}) == '{"a": "é猫"}'.encode()
    assert json.loads(json_body({"a": [1, None, "\n"]})) == {"a": [1, None, "\n"]}
