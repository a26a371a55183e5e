from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from mock_server.core.calls import Calls, Counts, IncompleteJournalError, VerificationError
from mock_server.core.entry import Entry
from mock_server.core.journal import Journal
from mock_server.core.question import OPERATIONS, QuestionError
from tests.mock_server.core.entry_maker import make_entry


def entries_of(*operations: str) -> list[Entry]:
    return [replace(make_entry(), operation=name, seq=seq) for seq, name in enumerate(operations, 1)]


def calls_of(*operations: str) -> Calls:
    return Calls(entries_of(*operations))


def prompts(*texts: str) -> Calls:
    return Calls(
        replace(make_entry(payload=b'{"prompt": "%b"}' % text.encode()), seq=seq) for seq, text in enumerate(texts, 1)
    )


LIFE = ("submit", "status", "status", "result", "media")


def test_it_is_a_sequence_that_equals_the_list_of_its_entries() -> None:
    entries = entries_of(*LIFE)
    calls = Calls(entries)
    assert calls == entries
    assert entries == calls
    assert calls == Calls(entries)
    assert calls != entries[1:]
    assert calls != "calls"
    assert (len(calls), list(calls), calls[0], calls[-1]) == (5, entries, entries[0], entries[-1])
    assert isinstance(calls, Sequence)
    assert isinstance(calls[1:3], Calls)
    assert calls[1:3] == entries[1:3]
    assert entries[2] in calls
    assert (calls.index(entries[2]), calls.count(entries[2]), calls.count(make_entry())) == (2, 1, 0)
    assert Calls([]) == []
    assert not Calls([])
    assert repr(calls) == f"Calls({entries!r})"
    with pytest.raises(TypeError, match="unhashable"):
        hash(calls)


def test_questions_narrow_and_combine() -> None:
    calls = calls_of(*LIFE)
    assert [entry.seq for entry in calls.where(operation="status")] == [2, 3]
    assert [entry.seq for entry in calls.where(operation="s*", after=2)] == [3]
    assert [entry.seq for entry in calls.where(operation="s*").where(after=1).where(after=2)] == [3]
    assert [entry.seq for entry in calls.where(lambda entry: entry.seq % 2, operation="s*")] == [1, 3]
    assert calls.where() == calls
    assert (calls.count(), calls.count(operation="status"), calls.count(lambda entry: entry.seq > 3)) == (5, 2, 2)


@pytest.mark.parametrize(
    "ask",
    [
        lambda calls: calls.where(opertion="submit"),
        lambda calls: calls.where("submit"),
        lambda calls: calls.where(self=1),
        lambda calls: calls.count("submit"),
        lambda calls: calls.count(operation="submitt"),
        lambda calls: calls.verify(),
        lambda calls: calls.verify(1, submit=1),
        lambda calls: calls.verify(submitt=0),
        lambda calls: calls.verify(expected=1),
        lambda calls: calls.verify(submit=None),
        lambda calls: calls.verify("two"),
        lambda calls: calls.verify(True),
        lambda calls: calls.in_order(),
        lambda calls: calls.in_order("submit", "statsu"),
    ],
)
def test_what_cannot_be_asked_is_an_error_and_never_a_pass(ask: Callable[[Calls], object]) -> None:
    with pytest.raises(QuestionError):
        ask(calls_of(*LIFE))


def test_counts_are_held_to_what_is_expected() -> None:
    calls = calls_of(*LIFE)
    calls.verify(submit=1, status="2..", result="..1", media="1..3", cancel=0, list="..2")
    calls.verify(5)
    calls.where(operation="status").verify("1..")
    calls.where(operation="cancel").verify(0)
    assert set(Counts.__annotations__) == set(OPERATIONS)


def test_a_count_that_is_another_tells_expected_found_and_the_calls() -> None:
    with pytest.raises(VerificationError) as raised:
        calls_of(*LIFE).verify(submit=1, status="3..", cancel="1..", media=0)
    assert str(raised.value).splitlines() == [
        "expected status: 3 or more, cancel: 1 or more, media: exactly 0",
        "found status: 2, cancel: 0, media: 1",
        "no other call matched operation=status; closest was #5 POST /v1/models (media, 200): operation is media",
        "the calls found:",
        "  #1 POST /v1/models (submit, 200)",
        "  #2 POST /v1/models (status, 200)",
        "  #3 POST /v1/models (status, 200)",
        "  #4 POST /v1/models (result, 200)",
        "  #5 POST /v1/models (media, 200)",
    ]


def test_too_many_calls_have_no_near_miss() -> None:
    with pytest.raises(VerificationError) as raised:
        calls_of(*LIFE).where(operation="status").verify("..1")
    assert str(raised.value).splitlines() == [
        "expected at most 1 of the calls with operation=status",
        "found 2",
        "the calls found:",
        "  #2 POST /v1/models (status, 200)",
        "  #3 POST /v1/models (status, 200)",
    ]
    assert raised.value.closest is None


def test_the_near_miss_meets_the_most_and_is_the_latest_of_equals() -> None:
    calls = prompts("a kitten", "a boat", "a boat")
    with pytest.raises(VerificationError) as raised:
        calls.where(operation="submit", payload={"/prompt": "*kitten*"}, http_status=503).verify("1..")
    assert (
        "no call matched operation=submit, http_status=503, payload /prompt='*kitten*'; closest was #1 "
        "POST /v1/models (submit, 200): http_status is 200" in str(raised.value)
    )
    with pytest.raises(VerificationError) as raised:
        calls.where(operation="submit").where(payload={"/prompt": "*dog*"}).verify(1)
    assert "closest was #3 POST /v1/models (submit, 200): payload /prompt is 'a boat'" in str(raised.value)
    assert raised.value.closest is calls[2]
    assert "the calls there are:" in str(raised.value)


def test_a_predicate_sees_only_calls_that_meet_the_rest_also_for_the_near_miss() -> None:
    def is_vast(entry: Entry) -> bool:
        assert entry.payload is not None
        return len(entry.payload) > 1000

    calls = Calls([*prompts("a boat"), replace(make_entry(), operation="status", seq=2)])
    with pytest.raises(VerificationError, match=r"is_vast=true; closest was #1 .*: is_vast is false"):
        calls.where(is_vast, operation="submit").verify(1)


def test_without_calls_there_is_none_to_tell() -> None:
    with pytest.raises(VerificationError) as raised:
        Calls([]).verify(submit=1)
    assert str(raised.value).splitlines()[-1] == "there are no calls"
    assert raised.value.closest is None


def test_a_long_list_of_calls_is_told_in_part() -> None:
    with pytest.raises(VerificationError) as raised:
        calls_of(*["status"] * 50).verify(status=1)
    lines = str(raised.value).splitlines()
    assert lines[3] == "  … 30 earlier ones"
    assert (len(lines), lines[-1]) == (24, "  #50 POST /v1/models (status, 200)")


def test_a_call_without_an_answer_is_told_so() -> None:
    with pytest.raises(VerificationError, match="no answer"):
        Calls([replace(make_entry(), http_status=0)]).verify(0)


@pytest.mark.parametrize(
    "wanted", [LIFE, ("submit",), ("submit", "result"), ("status", "status", "media"), ("submit", "media")]
)
def test_an_order_is_found_with_others_between(wanted: tuple[str, ...]) -> None:
    calls_of(*LIFE).in_order(*wanted)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (
            ("submit", "result", "status"),
            "step 3 of 3, status, is missing after #4 POST /v1/models (result, 200); instead came #5 media",
        ),
        (("cancel",), "step 1 of 1, cancel, is missing; instead came #1 submit, #2 status, #3 status, #4 result"),
        (
            ("media", "submit"),
            "step 2 of 2, submit, is missing after #5 POST /v1/models (media, 200); instead came nothing",
        ),
    ],
)
def test_an_order_that_breaks_tells_where_and_what_came_instead(wanted: tuple[str, ...], told: str) -> None:
    with pytest.raises(VerificationError, match=re.escape(told)):
        calls_of(*LIFE).in_order(*wanted)


ASKS: list[Callable[[Calls], Any]] = [
    lambda calls: calls.count(),
    lambda calls: calls.count(operation="submit"),
    lambda calls: calls.verify("0.."),
    lambda calls: calls.verify(submit=1),
    lambda calls: calls.in_order("submit"),
    lambda calls: calls.where(operation="submit").verify("1.."),
    lambda calls: calls[-1:].verify(1),
]


def journal_with_losses() -> Journal:
    journal = Journal(2 * make_entry().size)
    for account in ("loud", "loud", "loud", "quiet"):
        journal.append(make_entry(account=account))
    return journal


@pytest.mark.parametrize("ask", ASKS)
def test_where_calls_are_gone_there_is_no_telling(ask: Callable[[Calls], Any]) -> None:
    journal = journal_with_losses()
    for calls in (Calls.of(journal, None), Calls.of(journal, "loud")):
        assert (len(calls) < 4, calls.evicted) == (True, 2)
        with pytest.raises(IncompleteJournalError, match=r"2 earlier calls.*--journal-bytes"):
            ask(calls)


def test_a_loud_account_does_not_spoil_a_quiet_one() -> None:
    journal = journal_with_losses()
    Calls.of(journal, "quiet").verify(submit=1)
    everyone = Calls.of(journal, None)
    assert everyone.where(account="quiet").evicted == 0
    assert everyone.where(account="q*").count() == 1
    assert everyone.where(account="l*").evicted == 2


def test_what_comes_after_the_last_that_is_gone_can_be_asked() -> None:
    everyone = Calls.of(journal_with_losses(), None)
    everyone.where(after=2).verify(submit=2)
    assert (everyone.where(after=1).evicted, everyone.where(after=2).evicted) == (2, 0)
    with pytest.raises(VerificationError) as raised:
        everyone.where(after=3).verify(status=1)
    assert "#3" not in str(raised.value)


def test_where_a_payload_was_cut_there_is_no_telling_what_it_had() -> None:
    cut = replace(make_entry(payload=b'{"prompt": "a bo'), payload_cut=True, seq=9)
    calls = Calls([*prompts("a boat"), cut, cut])
    calls.where(operation="submit").verify(3)
    calls.where(operation="status", payload={"/prompt": "*"}).verify(0)
    found = calls.where(payload={"/prompt": "*boat*"})
    assert len(found) == 1
    with pytest.raises(IncompleteJournalError, match=r"payload of #9 POST .* and 1 more is cut at 16384 bytes"):
        found.verify(1)
    with pytest.raises(IncompleteJournalError, match=r"200\) is cut"):
        calls[:2].count(payload={"/prompt": "*boat*"})
    found.where(operation="status").verify(0)
    with pytest.raises(IncompleteJournalError, match=r"payload of #9 POST"):
        found.where(operation="submit").verify(1)
