from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.trouble.book import RuleBook
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.effects.api import Error
from mock_server.trouble.scenario import read


def reference(answers: list[int], times: int, then: str, nth: int, calls: int) -> list[object]:
    """Write down what happens to each of so many calls, one after the other."""
    happens: list[object] = [None] * (nth - 1)
    for _ in range(times):
        happens += answers
    while len(happens) < calls:
        happens.append({"ok": None, "repeat_last": answers[-1], "error": "error"}[then])
    return happens[:calls]


@given(
    st.lists(st.integers(400, 599), min_size=1, max_size=4),
    st.integers(1, 3),
    st.sampled_from(["ok", "repeat_last", "error"]),
    st.integers(1, 4),
)
def test_answers_come_in_turn_as_often_as_told_and_then_what_comes_after(
    answers: list[int], times: int, then: str, nth: int
) -> None:
    document = {"answers": answers, "times": times, "then": then, "match": {"nth": nth}, "name": "it"}
    book = RuleBook()
    book.add(read(document))
    happened: list[object] = []
    for _ in range(20):
        fired = book.decide(Call(Operation.LIST))
        effect = fired and fired.answer[0]
        assert effect is None or isinstance(effect, Error)
        happened.append(effect and (effect.status or "error"))
    expected = reference(answers, times, then, nth, 20)
    assert happened == expected
    ((_, count),) = book.listed(None)
    ends = len(answers) * times + nth - 1
    assert count.fired == sum(each is not None for each in expected)
    assert count.met == (ends if then == "ok" else 20)


def test_a_call_too_many_is_told_with_the_name_of_the_rule() -> None:
    (rule,) = read({"name": "once", "answers": ["ok"], "then": "error"})
    (effect,) = rule.answer(1) or ()
    assert isinstance(effect, Error)
    assert "'once'" in str(effect.message)
    assert (rule.is_over(10), rule.answer(0)) == (False, rule.answers[0])
