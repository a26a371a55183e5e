from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.exchange import Exchange, Who
from contracts.findings import Finding
from contracts.server.calling.connection import Connection
from contracts.server.calling.in_process import Application, InProcess
from contracts.server.calling.over_http import OverHttp
from contracts.server.schema.size import DEFAULT, QUICK, Size
from contracts.server.schema.suite import SchemaRun, SchemathesisFailure, run_schema_suite
from contracts.server.schema.wire import UNKNOWN
from contracts.targets import serving
from schemas import catalog, openapi
from tests.contracts.server import wrong_servers as wrong
from tests.contracts.server.wrong_servers import TOKEN, right

URL = "http://127.0.0.1:8787"
DOCUMENT = openapi.document(catalog.load(), URL)


class Heard:
    """Runs the suite and keeps all that it tells."""

    def __init__(self, most: int | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.failures: list[SchemathesisFailure] = []
        self.asked = 0
        self._most = most

    def run(self, app: Application | Connection, size: Size, seed: int = 1) -> SchemaRun:
        return run_schema_suite(
            DOCUMENT,
            InProcess(app, URL) if callable(app) else app,
            token=TOKEN,
            other_token=wrong.OTHER,
            seed=seed,
            size=size,
            see=self._see,
            found=self.failures.append,
            keep_going=self._keep_going,
        )

    def _see(self, exchange: Exchange) -> list[Finding]:
        self.exchanges.append(exchange)
        return []

    def _keep_going(self) -> bool:
        self.asked += 1
        return self._most is None or self.asked <= self._most

    @property
    def found(self) -> set[tuple[str, str]]:
        return {(failure.check, failure.operation) for failure in self.failures}


@pytest.mark.parametrize("seed", range(3))
def test_a_right_server_is_found_right(seed: int) -> None:
    heard = Heard()
    run = heard.run(right(), QUICK, seed)
    assert heard.failures == []
    assert run.errors == ()
    assert set(run.cases) == {"examples", "coverage", "fuzzing", "stateful"}
    assert run.calls == len(heard.exchanges) == heard.asked > 200
    assert not run.is_stopped


def test_a_right_server_is_found_right_at_length() -> None:
    heard = Heard()
    run = heard.run(right(), replace(DEFAULT, examples=25, scenarios=40))
    assert heard.failures == []
    assert run.errors == ()
    read = Counter(exchange.answer.get("status") for exchange in heard.exchanges if exchange.answer)
    assert {"in_queue", "in_progress", "completed", "succeeded", "cancelled"} <= read.keys()


def test_the_watcher_sees_each_call_with_its_answer_and_no_token() -> None:
    heard = Heard()
    heard.run(right(), QUICK)
    names = {"submit", "status", "result", "cancel", "list", "categories", "model", UNKNOWN}
    assert {exchange.call.operation for exchange in heard.exchanges} == names
    assert {exchange.call.who for exchange in heard.exchanges} == {Who.FIRST, Who.NOBODY}
    assert [exchange.number for exchange in heard.exchanges] == list(range(1, len(heard.exchanges) + 1))
    assert TOKEN not in repr(heard.exchanges)
    submits = [each for each in heard.exchanges if each.call.operation == "submit" and each.answer]
    assert any(each.answer.get("request_id") for each in submits if each.answer and each.answer.status == 200)


def test_one_seed_makes_the_same_calls() -> None:
    def calls(seed: int) -> list[tuple[str, str, bytes | None]]:
        heard = Heard()
        heard.run(right(), QUICK, seed)
        return [(each.call.method, each.call.path, each.call.body) for each in heard.exchanges]

    assert calls(3) == calls(3)
    assert calls(3) != calls(4)


@pytest.mark.parametrize("most", [0, 1, 18, 250, 320])
def test_a_run_ends_exactly_where_it_is_told_to(most: int) -> None:
    heard = Heard(most)
    run = heard.run(right(), QUICK)
    assert run.is_stopped
    assert run.calls == len(heard.exchanges) == most
    assert heard.asked == most + 1


@pytest.mark.parametrize("which", ["see", "keep_going", "found"])
def test_what_a_listener_raises_is_raised(which: str) -> None:
    def fail(*_: object) -> list[object]:
        raise LookupError(which)

    listeners: dict[str, Callable[..., object]] = {
        "see": lambda _: [],
        "keep_going": lambda: True,
        "found": lambda _: None,
    }
    with pytest.raises(LookupError, match=which):
        run_schema_suite(
            DOCUMENT,
            InProcess(wrong.wrong_word(), URL),
            token=TOKEN,
            seed=1,
            size=QUICK,
            **(listeners | {which: fail}),  # type: ignore[arg-type]
        )


FUZZING = Size(examples=40, scenarios=1, phases=("examples", "coverage", "fuzzing"))
LIVES = Size(examples=1, scenarios=20, phases=("stateful",))
ENUMERATED = Size(examples=1, scenarios=1, phases=("examples", "coverage"))


@pytest.mark.parametrize(
    ("server", "size", "check", "operation"),
    [
        (wrong.wrong_word, LIVES, "response_schema_conformance", "status"),
        (wrong.missing_property, LIVES, "response_schema_conformance", "result"),
        (wrong.position_while_running, LIVES, "response_schema_conformance", "status"),
        (wrong.breaks_on_unicode, FUZZING, "not_a_server_error", "submit"),
        (wrong.takes_any_token, ENUMERATED, "ignored_auth", "categories"),
        (wrong.takes_wrong_payloads, ENUMERATED, "negative_data_rejection", "submit"),
        (wrong.refuses_a_bound, ENUMERATED, "positive_data_acceptance", "submit"),
        (wrong.created, LIVES, "status_code_conformance", "cancel"),
        (wrong.as_html, ENUMERATED, "content_type_conformance", "list"),
        (wrong.never_says_when, ENUMERATED, "response_headers_conformance", "categories"),
        (wrong.no_allow, ENUMERATED, "unsupported_method", "list"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "" if isinstance(value, Size) else None,
)
def test_each_mistake_is_caught(server: Callable[[], Application], size: Size, check: str, operation: str) -> None:
    heard = Heard()
    heard.run(server(), size)
    assert (check, operation) in heard.found
    assert len(heard.failures) == len(heard.found)  # each of them once
    failure = next(each for each in heard.failures if (each.check, each.operation) == (check, operation))
    assert failure.message
    assert failure.phase in size.phases
    assert failure.calls
    assert failure.curl.count("curl -X ") == len(failure.calls)
    assert TOKEN not in repr(heard.failures)


def test_a_reproduction_leads_there_in_a_shell() -> None:
    heard = Heard()
    heard.run(wrong.wrong_word(), LIVES)
    failure = heard.failures[0]
    first, last = failure.curl.splitlines()[0], failure.curl.splitlines()[-1]
    assert '-H "Authorization: Bearer $RUNCOMFY_TOKEN"' in first
    assert last.endswith(f"{URL}{failure.calls[-1].path}")


def test_a_served_fake_is_tested_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A configuration that lies about is not for this run.
    (tmp_path / "schemathesis.toml").write_text('[auth.openapi.bearer]\nbearer = "${NO_SUCH_VARIABLE}"\n')
    monkeypatch.chdir(tmp_path)
    heard = Heard()
    with serving(right()) as url, closing(OverHttp(url, 10, is_loopback=True)) as connection:
        run = heard.run(connection, QUICK)
    assert heard.failures == []
    assert run.errors == ()
    assert run.calls == len(heard.exchanges) > 200
    assert list(tmp_path.iterdir()) == [tmp_path / "schemathesis.toml"]


def test_a_server_that_is_not_there_is_told_of() -> None:
    heard = Heard()
    with closing(OverHttp("http://127.0.0.1:9", 5, is_loopback=True)) as connection:
        run = heard.run(connection, Size(examples=1, scenarios=1, phases=("examples",)))
    assert run.errors
    assert all(exchange.answer is None and exchange.failure for exchange in heard.exchanges)
    assert heard.failures == []
