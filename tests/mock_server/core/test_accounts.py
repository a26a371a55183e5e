from __future__ import annotations

from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.accounts import MOST_ACCOUNTS, Account, Accounts, RateLimit, bearer, fingerprint
from mock_server.core.capacity import Line
from mock_server.core.clock import Clock
from mock_server.core.errors import RateLimited, UserAccountError
from tests.mock_server.core.request_maker import make_request


def make_account(name: str = "an-account", now: float = 1_000.0) -> Account:
    clock = Clock(lambda: now)
    clock.freeze()
    return Account(name, clock, Line(None, lambda _: None))


@pytest.mark.parametrize(
    "header",
    ["Bearer s3cret-token", "bearer s3cret-token", "BEARER s3cret-token", "Bearer   s3cret-token  "],
)
def test_a_token_is_taken_out_of_its_header(header: str) -> None:
    assert bearer(header) == "s3cret-token"


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer    ", "s3cret-token", "Basic s3cret-token", "Bearers s3cret-token", " "],
)
def test_a_header_without_a_token_is_refused_with_the_header_that_is_wanted(header: str | None) -> None:
    with pytest.raises(UserAccountError, match="Authorization: Bearer <token>") as error:
        bearer(header)
    assert "s3cret" not in error.value.message


def test_a_fingerprint_is_a_hash_of_the_token() -> None:
    assert fingerprint("a-token") == blake2b(b"a-token", digest_size=8).hexdigest()


def test_any_token_is_an_account_of_its_own_and_always_the_same() -> None:
    accounts = Accounts((), make_account)
    first, second = accounts.of("one"), accounts.of("two")
    assert first is not second
    assert accounts.of("one") is first
    assert [each.fingerprint for each in accounts] == [fingerprint("one"), fingerprint("two")]
    assert len(accounts) == 2
    assert accounts.named(fingerprint("two")) is second
    with pytest.raises(KeyError):
        accounts.named(fingerprint("three"))


def test_where_tokens_are_listed_no_other_is_accepted_or_remembered() -> None:
    accounts = Accounts(["good", "better"], make_account)
    assert accounts.of("good") is not accounts.of("better")
    for token in ("bad", "", "good "):
        with pytest.raises(UserAccountError) as error:
            accounts.of(token)
        assert "good" not in error.value.message
    assert len(accounts) == 2


def test_an_account_that_was_discarded_begins_anew() -> None:
    accounts = Accounts((), make_account)
    account = accounts.of("one")
    accounts.discard(account)
    accounts.discard(account)
    assert len(accounts) == 0
    assert accounts.of("one") is not account


def test_the_current_account_is_itself_while_it_is_known() -> None:
    accounts = Accounts((), make_account)
    account = accounts.of("one")
    assert accounts.current(account) is account


def test_the_current_account_is_the_one_that_took_its_place() -> None:
    accounts = Accounts((), make_account)
    old = accounts.of("one")
    accounts.discard(old)
    new = accounts.of("one")
    assert accounts.current(old) is new
    accounts.discard(new)
    assert accounts.current(old) in list(accounts)
    assert len(accounts) == 1


def test_old_accounts_without_requests_make_room_and_those_with_requests_stay() -> None:
    accounts = Accounts((), make_account)
    busy = [accounts.of(f"busy-{number}") for number in range(40)]
    for account in busy:
        account.requests["a-request"] = make_request()
    for number in range(MOST_ACCOUNTS + 500):
        accounts.of(f"passing-{number}")
        assert len(accounts) <= MOST_ACCOUNTS + 3, "a few more for a moment, where only busy ones are looked at"
    assert {each.fingerprint for each in accounts} >= {each.fingerprint for each in busy}
    assert all(accounts.named(each.fingerprint) is each for each in busy)
    latest = fingerprint(f"passing-{MOST_ACCOUNTS + 499}")
    assert accounts.named(latest).fingerprint == latest


def test_no_account_with_requests_is_ever_forgotten() -> None:
    accounts = Accounts((), make_account)
    for number in range(MOST_ACCOUNTS + 20):
        accounts.of(f"busy-{number}").requests["a-request"] = make_request()
    assert len(accounts) == MOST_ACCOUNTS + 20


def test_a_window_takes_so_many_calls_and_then_no_more_until_it_is_over() -> None:
    account, limit = make_account(), RateLimit(3, 10)
    for _ in range(3):
        limit.count(account)
    account.clock.advance(9.5)
    with pytest.raises(RateLimited, match="more than 3 calls in 10 seconds") as error:
        limit.count(account)
    assert error.value.headers == {"Retry-After": "1"}
    account.clock.advance(0.5)
    for _ in range(3):
        limit.count(account)
    with pytest.raises(RateLimited) as error:
        limit.count(account)
    assert error.value.headers == {"Retry-After": "10"}


def test_accounts_have_windows_of_their_own() -> None:
    one, two, limit = make_account("one"), make_account("two"), RateLimit(1, 60)
    limit.count(one)
    limit.count(two)
    with pytest.raises(RateLimited):
        limit.count(one)


@pytest.mark.parametrize("start", [0.0, 59.0, 1_000.0])
def test_the_first_window_begins_with_the_first_call_wherever_the_clock_begins(start: float) -> None:
    account, limit = make_account(now=start), RateLimit(1, 60)
    limit.count(account)
    account.clock.advance(59)
    with pytest.raises(RateLimited):
        limit.count(account)
    account.clock.advance(1)
    limit.count(account)


@settings(deadline=None)
@given(st.integers(1, 5), st.floats(0.01, 1e5), st.lists(st.floats(0, 200), max_size=40))
def test_no_window_takes_more_than_its_calls_and_who_waits_as_told_is_let_in(
    calls: int, seconds: float, gaps: list[float]
) -> None:
    account, limit = make_account(now=1_700_000_000.123), RateLimit(calls, seconds)
    windows: list[list[float]] = []  # the times of the calls let in, the first of each is its beginning
    for gap in gaps:
        account.clock.advance(gap)
        now = account.clock.now()
        if not windows or now >= windows[-1][0] + seconds:
            windows.append([])
        if len(windows[-1]) < calls:
            limit.count(account)
            windows[-1].append(now)
            continue
        with pytest.raises(RateLimited) as error:
            limit.count(account)
        wait = int(error.value.headers["Retry-After"])
        assert 1 <= wait <= seconds + 1
        account.clock.advance(wait)
        limit.count(account)
        windows.append([account.clock.now()])
