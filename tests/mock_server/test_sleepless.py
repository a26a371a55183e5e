"""``runcomfy_sleepless``: clients that sleep between polls finish at once, and sleeps are real again afterwards."""

from __future__ import annotations

import os

import pytest

CLIENT = '''
"""A client that was written without a thought of tests, and imported long before them."""

import asyncio
import time
import time as clock
from time import sleep
from time import sleep as take_a_nap

SUBMIT = "/v1/models/kling/kling-3.0/pro/text-to-video"
INTERVAL = 5
MOST_POLLS = 400


def by_module(seconds):
    time.sleep(seconds)


def by_name(seconds):
    sleep(seconds)


def by_other_name(seconds):
    take_a_nap(seconds)


def by_other_module_name(seconds):
    clock.sleep(seconds)


def follow(client, base, nap):
    submitted = client.post(base + SUBMIT, json={"prompt": "x"}).json()
    for polls in range(1, MOST_POLLS):
        if client.get(submitted["status_url"]).json()["status"] == "completed":
            return polls
        nap(INTERVAL)
    raise AssertionError("it never came to an end")


async def follow_async(client, base):
    submitted = (await client.post(base + SUBMIT, json={"prompt": "x"})).json()
    for polls in range(1, MOST_POLLS):
        if (await client.get(submitted["status_url"])).json()["status"] == "completed":
            return polls
        assert await asyncio.sleep(INTERVAL, "slept") == "slept"
    raise AssertionError("it never came to an end")
'''

CONFTEST = """
import time

import httpx
import pytest

@pytest.fixture
def near(runcomfy_mock):
    kwargs = {"transport": runcomfy_mock.transport(), "headers": {"Authorization": "Bearer a-token"}}
    return httpx.Client(**kwargs), httpx.AsyncClient(**kwargs), runcomfy_mock.base_url

@pytest.fixture
def far(runcomfy_mock_url):
    kwargs = {"trust_env": False, "headers": runcomfy_mock_url.headers}
    return httpx.Client(**kwargs), httpx.AsyncClient(**kwargs), str(runcomfy_mock_url)

@pytest.fixture
def asked_for_late(request):
    return request.getfixturevalue("far")

@pytest.fixture(autouse=True)
def _in_no_time():
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 20
"""


@pytest.fixture(name="session")
def fixture_session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Prepare a session with the client, and no plugin but the one under test."""
    for name in list(os.environ):
        if name.startswith("RUNCOMFY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(a_client=CLIENT)
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider\nfilterwarnings = error\n")
    pytester.syspathinsert()
    return pytester


def run(session: pytest.Pytester, source: str, **outcomes: int) -> pytest.RunResult:
    session.makepyfile(source)
    result = session.runpytest_subprocess("-p", "mock_server.pytest_plugin", timeout=120)
    result.assert_outcomes(**outcomes)
    return result


def test_half_an_hour_passes_in_no_time_however_the_client_sleeps(session: pytest.Pytester) -> None:
    run(
        session,
        """
        import asyncio
        import time
        import a_client
        import pytest

        NAPS = [a_client.by_module, a_client.by_name, a_client.by_other_module_name]
        REAL = time.sleep, asyncio.sleep, a_client.sleep
        half_an_hour = pytest.mark.runcomfy(pace="time:60,1740")
        however = pytest.mark.parametrize("nap", NAPS)
        POLLS = 1800 / 5 + 1

        def polls_async(client, base):
            async def inside():
                async with client:
                    return await a_client.follow_async(client, base)
            return asyncio.run(inside())

        @half_an_hour
        @however
        def test_in_process(runcomfy_sleepless, near, nap):
            client, _, base = near
            assert a_client.follow(client, base, nap) == POLLS

        @half_an_hour
        @however
        def test_served(runcomfy_sleepless, far, nap):
            client, _, base = far
            with client:
                assert a_client.follow(client, base, nap) == POLLS

        @half_an_hour
        def test_async_in_process(near, runcomfy_sleepless):
            assert polls_async(*near[1:]) == POLLS

        @half_an_hour
        def test_async_served(far, runcomfy_sleepless):
            assert polls_async(*far[1:]) == POLLS

        def test_sleeps_are_real_again():
            assert (time.sleep, asyncio.sleep, a_client.sleep) == REAL
            start = time.perf_counter()
            for nap in NAPS:
                nap(0.02)
            asyncio.run(asyncio.sleep(0.02))
            assert time.perf_counter() - start >= 0.08
        """,
        passed=9,
    )


def test_a_client_that_renamed_sleep_is_no_exception(session: pytest.Pytester) -> None:
    run(
        session,
        """
        import a_client

        def test_renamed(runcomfy_sleepless, runcomfy_mock):
            now = runcomfy_mock.clock.now()
            a_client.by_other_name(0.001)
            assert runcomfy_mock.clock.now() > now
        """,
        passed=1,
    )


def test_a_fake_that_is_asked_for_late_hears_of_sleeps_too(session: pytest.Pytester) -> None:
    run(
        session,
        """
        import a_client
        import pytest

        @pytest.mark.runcomfy(pace="time:60,1740")
        def test_late(runcomfy_sleepless, asked_for_late):
            client, _, base = asked_for_late
            with client:
                assert a_client.follow(client, base, a_client.by_module) == 361
        """,
        passed=1,
    )


def test_only_sleep_moves_the_clock_and_by_exactly_that(session: pytest.Pytester) -> None:
    run(
        session,
        """
        import asyncio
        import time
        import pytest

        def test_both_fakes(runcomfy_mock, runcomfy_mock_url, runcomfy_sleepless):
            clocks = runcomfy_mock.clock, runcomfy_mock_url.clock
            start = [clock.now() for clock in clocks]
            assert [clock.now() for clock in clocks] == start
            time.sleep(1.5)
            asyncio.run(asyncio.sleep(2))
            time.sleep(0)
            with runcomfy_mock.serve():  # a server that starts and stops has sleeps of its own
                pass
            for clock, then in zip(clocks, start):
                assert clock.now() - then == pytest.approx(3.5, abs=1e-6)

        def test_what_cannot_be_slept_is_refused_as_ever(runcomfy_sleepless):
            with pytest.raises(ValueError):
                time.sleep(-1)
            with pytest.raises(TypeError):
                time.sleep("1")
            asyncio.run(asyncio.sleep(-1))

        def test_alone_it_brings_a_fake_with_it(runcomfy_sleepless, runcomfy_mock):
            now = runcomfy_mock.clock.now()
            time.sleep(100)
            assert runcomfy_mock.clock.now() == now + 100

        def test_time_runs_again_for_others(runcomfy_mock):
            now = runcomfy_mock.clock.now()
            while runcomfy_mock.clock.now() == now:
                pass
        """,
        passed=4,
    )


def test_a_module_that_is_imported_meanwhile_gets_its_sleep_back(session: pytest.Pytester) -> None:
    session.makepyfile(late="import time\nfrom time import sleep\nfrom asyncio import sleep as asleep\n")
    run(
        session,
        """
        import asyncio
        import time

        def test_inside(runcomfy_sleepless):
            import late
            late.sleep(1000)

        def test_afterwards():
            import late
            assert late.sleep is time.sleep
        """,
        passed=2,
    )


def test_what_is_no_module_among_the_modules_does_no_harm(session: pytest.Pytester) -> None:
    run(
        session,
        """
        import sys
        import time
        import pytest

        class Slotted:
            __slots__ = ()

        @pytest.fixture
        def odd_modules(monkeypatch):
            monkeypatch.setitem(sys.modules, "an_import_that_is_blocked", None)
            monkeypatch.setitem(sys.modules, "a_module_of_another_kind", Slotted())

        def test_inside(odd_modules, runcomfy_sleepless):
            time.sleep(1000)
        """,
        passed=1,
    )


def test_a_fake_that_is_reset_in_the_middle_of_the_test_still_hears_of_sleeps(session: pytest.Pytester) -> None:
    run(
        session,
        """
        import a_client
        import pytest

        def follow_after_reset(client, base):
            with client:
                assert client.post(base + "/__mock__/reset").status_code == 200
                assert a_client.follow(client, base, a_client.by_module) <= 361

        @pytest.mark.runcomfy(pace="time:60,1740")
        def test_in_process(runcomfy_sleepless, near):
            follow_after_reset(near[0], near[2])

        @pytest.mark.runcomfy(pace="time:60,1740")
        def test_served(runcomfy_sleepless, far):
            follow_after_reset(far[0], far[2])
        """,
        passed=2,
    )
