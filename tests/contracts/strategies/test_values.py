from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from contracts.strategies.values import short_text, value
from contracts.targets import Choice, Domain, Flag, Headers, Text, Url, Whole
from mock_server.trouble.effects.catalogue import CATALOGUE

QUICK = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
DOMAINS = list(dict.fromkeys(each.metadata["domain"] for kind in CATALOGUE.values() for each in kind.parameters()))


@pytest.mark.parametrize("domain", DOMAINS, ids=repr)
def test_a_domain_reads_what_is_drawn_for_it(domain: Domain) -> None:
    @settings(QUICK, max_examples=30)
    @given(value(domain))
    def check(drawn: object) -> None:
        domain.read(drawn)
        assert json.loads(json.dumps(drawn)) == drawn

    check()


def test_every_kind_of_domain_occurs() -> None:
    assert {type(domain) for domain in DOMAINS} == set(get_args(Domain))


@pytest.mark.parametrize(
    ("domain", "simplest"),
    [
        (Whole(1, 9), 1),
        (Choice(("b", "a")), "b"),
        (Flag(), False),
        (Text(), ""),
        (Headers(), {}),
        (Url(), "http://elsewhere.invalid/moved"),
    ],
)
def test_the_simplest_value_is_plain(domain: Domain, simplest: object) -> None:
    assert find(value(domain), lambda _: True, settings=QUICK) == simplest


def test_texts_are_short_and_can_be_written() -> None:
    @settings(QUICK)
    @given(st.integers(0, 30).flatmap(lambda longest: st.tuples(st.just(longest), short_text(longest))))
    def check(drawn: tuple[int, str]) -> None:
        longest, text = drawn
        assert len(text) <= min(longest, 20)
        text.encode()

    check()
