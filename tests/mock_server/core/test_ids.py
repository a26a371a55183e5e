from __future__ import annotations

import re
from itertools import product
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.ids import Format, digest, request_id

FORMATS: tuple[Format, ...] = get_args(Format)
OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,128}")  # what clients accept

seeds = st.integers(0, 2**128)
accounts = st.text(st.sampled_from("0123456789abcdef"), min_size=16, max_size=16)
numbers = st.integers(1, 10**9)

each_format = pytest.mark.parametrize("form", FORMATS)


@each_format
@settings(deadline=None)
@given(seed=seeds, account=accounts, number=numbers)
def test_every_id_is_one_that_clients_accept_and_is_drawn_again_the_same(
    form: Format, seed: int, account: str, number: int
) -> None:
    name = request_id(seed, account, number, form)
    assert OPAQUE.fullmatch(name)
    assert request_id(seed, account, number, form) == name


def test_a_seed_may_have_any_number_of_digits() -> None:
    seeds = (10**63, 10**64, 10**64 + 1, 10**200)
    assert len({request_id(seed, "account", 1) for seed in seeds}) == len(seeds)


@settings(deadline=None)
@given(seeds, accounts, numbers)
def test_a_uuid_is_of_version_4_in_its_usual_form(seed: int, account: str, number: int) -> None:
    name = request_id(seed, account, number)
    uuid = UUID(name)
    assert (uuid.version, uuid.variant, str(uuid)) == (4, "specified in RFC 4122", name)


def test_the_longest_ids_are_as_long_as_clients_accept() -> None:
    assert {len(request_id(1, "a", number, "longest")) for number in range(50)} == {128}


@each_format
def test_another_seed_account_or_number_gives_another_id(form: Format) -> None:
    draws = list(product((0, 1, 10, 11), ("a", "b", "a1"), (1, 2, 11, 12)))
    assert len({request_id(seed, account, number, form) for seed, account, number in draws}) == len(draws)


@each_format
def test_thousands_of_ids_are_all_different_and_use_their_whole_alphabet(form: Format) -> None:
    names = [request_id(7, "account", number, form) for number in range(3_000)]
    assert len(set(names)) == len(names)
    alphabet = "0123456789abcdef-" if form == "uuid" else "-_0123456789ABCXYZabcxyz"
    assert set(alphabet) <= set("".join(names))


def test_ids_follow_the_seed_from_one_release_to_the_next() -> None:
    assert request_id(7, "account", 1) == request_id(7, "account", 1, "uuid")
    assert digest(7, "account", "submit", 1).hex() == "007384bcf93377bc246d143364f2260e"


def test_the_names_of_a_draw_do_not_run_together() -> None:
    assert len({digest(1, "ab", "c"), digest(1, "a", "bc"), digest(1, "abc"), digest(1, "a", "b", "c")}) == 4


@pytest.mark.parametrize("size", [1, 16, 64])
def test_a_draw_has_the_size_asked_for(size: int) -> None:
    assert len(digest(0, "x", size=size)) == size
