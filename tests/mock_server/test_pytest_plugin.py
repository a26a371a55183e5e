"""The pytest plugin, in pytest sessions of their own: fixtures, marker, environment, lightness."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

CALLS = """
import os
import httpx

SUBMIT = "/v1/models/kling/kling-3.0/pro/text-to-video"

def lives(client, base):
    submitted = client.post(base + SUBMIT, json={"prompt": "x"}).json()
    return [client.get(submitted["status_url"]).json()["status"] for _ in range(3)]

def in_process(fake):
    return httpx.Client(transport=fake.transport(), headers={"Authorization": "Bearer a-token"})

def by_environment():
    return httpx.Client(headers={"Authorization": "Bearer " + os.environ["RUNCOMFY_TOKEN"]}, trust_env=False)

def total(client, url):
    return len(client.get(url + "/__mock__/requests").json()["requests"])
"""


@pytest.fixture(name="session")
def fixture_session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Prepare a session that has no plugin but this one, and no variable of the caller's."""
    for name in list(os.environ):
        if name.startswith("RUNCOMFY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(calls=CALLS)
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider\nfilterwarnings = error\n")
    pytester.syspathinsert()
    return pytester


def run(session: pytest.Pytester) -> pytest.RunResult:
    return session.runpytest_subprocess("-p", "mock_server.pytest_plugin")


def test_the_plugin_is_found_by_its_entry_point(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    result = pytester.runpytest_subprocess("--fixtures", "--markers", "-q")
    shown = result.stdout.str()
    for name in ("runcomfy_mock", "runcomfy_mock_url", "runcomfy_sleepless"):
        assert f"\n{name} -- " in shown or "@pytest.mark.runcomfy(" in shown
    assert "@pytest.mark.runcomfy(pace=…" in shown


def test_fakes_are_fresh_and_accounts_too(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import copy
        import pickle
        import pytest
        from calls import by_environment, in_process, lives, total

        seen = []

        @pytest.mark.parametrize("turn", range(2))
        def test_in_process(runcomfy_mock, turn):
            with in_process(runcomfy_mock) as client:
                assert total(client, runcomfy_mock.base_url) == 0
                assert lives(client, runcomfy_mock.base_url) == ["in_queue", "in_progress", "completed"]
                assert len(runcomfy_mock.requests) == 1

        @pytest.mark.parametrize("turn", range(2))
        def test_served(runcomfy_mock_url, turn):
            seen.append(runcomfy_mock_url.token)
            assert len(set(seen)) == turn + 1
            with by_environment() as client:
                assert total(client, runcomfy_mock_url) == 0
                assert lives(client, runcomfy_mock_url) == ["in_queue", "in_progress", "completed"]
                assert total(client, runcomfy_mock_url) == 1

        def test_what_the_url_tells_is_of_this_test_alone(runcomfy_mock_url):
            assert (runcomfy_mock_url.requests, runcomfy_mock_url.journal) == ([], [])
            with by_environment() as client:
                lives(client, runcomfy_mock_url)
            assert [view.status for view in runcomfy_mock_url.requests] == ["completed"]
            assert [entry.operation for entry in runcomfy_mock_url.journal] == ["submit", *["status"] * 3]
            runcomfy_mock_url.journal.verify(submit=1, status="2..", cancel=0)
            runcomfy_mock_url.journal.where(account="*", payload={"/prompt": "*"}).verify(1)
            assert len(runcomfy_mock_url.fake.journal) > 4

        def test_the_url_is_copied_as_a_text(runcomfy_mock_url):
            for copied in (copy.deepcopy(runcomfy_mock_url), pickle.loads(pickle.dumps(runcomfy_mock_url))):
                assert (type(copied), copied) == (str, str(runcomfy_mock_url))

        @pytest.mark.runcomfy(tokens=["first-accepted", "second"], balance_usd=1, rate_limit="90/60")
        def test_the_token_is_one_that_the_fake_accepts(runcomfy_mock_url):
            assert runcomfy_mock_url.token == "first-accepted"
            with by_environment() as client:
                assert lives(client, runcomfy_mock_url) == ["in_queue", "in_progress", "completed"]

        def test_two_fakes_of_one_test_are_apart(runcomfy_mock, runcomfy_mock_url):
            with in_process(runcomfy_mock) as near, by_environment() as far:
                lives(near, runcomfy_mock.base_url)
                assert total(far, runcomfy_mock_url) == 0
        """
    )
    run(session).assert_outcomes(passed=8)


def test_the_environment_is_set_and_restored(session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCOMFY_TOKEN", "of-the-user")
    session.makepyfile(
        """
        import os
        import httpx
        import pytest

        def variables():
            return os.environ.get("RUNCOMFY_MODEL_API_BASE"), os.environ.get("RUNCOMFY_TOKEN")

        def test_before():
            assert variables() == (None, "of-the-user")

        def test_inside(runcomfy_mock_url):
            assert variables() == (runcomfy_mock_url + "/v1", runcomfy_mock_url.token)
            assert runcomfy_mock_url.api_base == runcomfy_mock_url + "/v1"
            assert isinstance(runcomfy_mock_url, str)
            answer = httpx.get(runcomfy_mock_url.api_base + "/models", headers=runcomfy_mock_url.headers)
            assert answer.status_code == 200

        @pytest.mark.runcomfy(pace="instant")
        def test_inside_a_fake_of_its_own(runcomfy_mock_url):
            assert variables()[0] == runcomfy_mock_url.api_base

        def test_after():
            assert variables() == (None, "of-the-user")
        """
    )
    run(session).assert_outcomes(passed=4)


def test_the_marker_builds_the_fake(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import pytest
        from calls import SUBMIT, by_environment, in_process, lives
        from mock_server import polls

        @pytest.mark.runcomfy(pace=polls(2, 0), seed=9)
        def test_in_process(runcomfy_mock):
            with in_process(runcomfy_mock) as client:
                assert lives(client, runcomfy_mock.base_url) == ["in_queue", "in_queue", "completed"]
                assert client.get(runcomfy_mock.base_url + "/__mock__/health").json()["seed"] == 9

        @pytest.mark.runcomfy(pace="instant", strict=True, slots=2, variants={"validation_code": "422000"})
        class TestServed:
            def test_by_the_class(self, runcomfy_mock_url):
                with by_environment() as client:
                    assert lives(client, runcomfy_mock_url) == ["completed"] * 3
                    health = client.get(runcomfy_mock_url + "/__mock__/health").json()
                    assert (health["pace"], health["slots"]) == ("instant", 2)
                    answer = client.post(runcomfy_mock_url + SUBMIT, json={"prompt": "x", "unknown": 1})
                    assert answer.json()["error_code"] == 422000

            @pytest.mark.runcomfy(pace="manual")
            def test_the_nearest_counts(self, runcomfy_mock_url):
                with by_environment() as client:
                    assert lives(client, runcomfy_mock_url) == ["in_queue"] * 3
        """
    )
    run(session).assert_outcomes(passed=3)


def test_a_marker_that_is_wrong_is_told_in_a_line(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import pytest

        @pytest.mark.runcomfy(pase="instant")
        def test_unknown(runcomfy_mock):
            raise AssertionError("it runs")

        @pytest.mark.runcomfy("instant")
        def test_positional(runcomfy_mock_url):
            raise AssertionError("it runs")

        @pytest.mark.runcomfy(pace="sometimes")
        def test_value(runcomfy_mock):
            raise AssertionError("it runs")

        @pytest.mark.runcomfy(settings={"pace": "instant"})
        def test_settings_that_are_none(runcomfy_mock_url):
            raise AssertionError("it runs")

        @pytest.mark.runcomfy(schemas="no/such/folder")
        def test_folder(runcomfy_mock_url):
            raise AssertionError("it runs")
        """
    )
    result = run(session)
    result.assert_outcomes(errors=5)
    result.stdout.fnmatch_lines_random(
        [
            "*marker runcomfy: unknown setting pase; known are pace, *",
            "*marker runcomfy takes rules and settings by name, and no positional arguments*",
            "*marker runcomfy: pace: unknown pace 'sometimes'*",
            "*marker runcomfy: settings: expected Settings, not {'pace': 'instant'}*",
            "*marker runcomfy: no/such/folder: no such folder*",
        ]
    )
    result.stdout.no_fnmatch_line("*it runs*")


HEAVY = ("starlette", "httpx", "httpx2", "uvicorn", "respx", "hypothesis", "orjson", "jsonschema_rs", "rich", "click")

LISTING = """
import json, sys

def pytest_unconfigure(config):
    assert config.pluginmanager.has_plugin("mock_server.pytest_plugin")
    print("LOADED " + json.dumps(sorted(sys.modules)))
"""


def test_a_session_that_never_touches_the_fake_does_not_load_it(session: pytest.Pytester) -> None:
    session.makeconftest(LISTING)
    session.makepyfile("def test_something_else():\n    assert True")
    result = run(session)
    result.assert_outcomes(passed=1)
    (line,) = (line for line in result.outlines if line.startswith("LOADED "))
    loaded = json.loads(line.removeprefix("LOADED "))
    assert "mock_server.pytest_plugin" in loaded
    assert [name for name in loaded if name.startswith(("mock_server.", "schemas"))] == ["mock_server.pytest_plugin"]
    assert not set(HEAVY) & set(loaded)


def test_the_plugin_by_itself_loads_nothing_but_pytest() -> None:
    code = "import pytest, sys; before = set(sys.modules); import mock_server.pytest_plugin; "
    code += "print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "mock_server.pytest_plugin" in done.stdout
    assert not [name for name in HEAVY if f"'{name}'" in done.stdout]


def test_the_marker_takes_rules_and_a_scenario(session: pytest.Pytester) -> None:
    session.makefile(".toml", trouble='[[rule]]\nmatch = { operation = "submit" }\nanswers = [429, 503, "ok"]\n')
    session.makepyfile(
        """
        import pytest
        from calls import SUBMIT, by_environment, in_process

        RULE = {"match": {"operation": "submit"}, "answers": [429, 503, "ok"]}

        def codes(client, base):
            return [client.post(base + SUBMIT, json={"prompt": "x"}).status_code for _ in range(4)]

        @pytest.mark.runcomfy(rules=[RULE])
        def test_rules(runcomfy_mock):
            with in_process(runcomfy_mock) as client:
                assert codes(client, runcomfy_mock.base_url) == [429, 503, 200, 200]
            assert [view.fired for view in runcomfy_mock.rules] == [3]

        @pytest.mark.runcomfy(scenario="trouble.toml")
        def test_scenario(runcomfy_mock_url):
            with by_environment() as client:
                assert codes(client, runcomfy_mock_url) == [429, 503, 200, 200]
            assert round(runcomfy_mock_url.spend().usd, 2) == 1.68

        def test_rules_of_this_test_alone(runcomfy_mock_url):
            runcomfy_mock_url.rules.add(RULE)
            with by_environment() as client:
                assert codes(client, runcomfy_mock_url) == [429, 503, 200, 200]

        def test_and_not_of_the_next(runcomfy_mock_url):
            assert len(runcomfy_mock_url.rules) == 0
            with by_environment() as client:
                assert codes(client, runcomfy_mock_url) == [200] * 4

        @pytest.mark.runcomfy(rules=[{"answers": ["rest"]}])
        def test_bad(runcomfy_mock):
            raise AssertionError("it runs")
        """
    )
    result = run(session)
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*marker runcomfy: rules[[]0]: /answers/0: unknown effect*did you mean reset?*"])
