"""Schemathesis against a server: its phases and its checks, with our own oracles watching every call.

It runs schemathesis' own engine, the one behind its command line, and reads its events. The engine brings what a loop
over operations would have to be written for: coverage cases, runtime data that flows into later cases, links, one
report for each kind of fault, and an end that is sound when a run is stopped from within. Two of its parts are set
aside: the probing phase makes calls past every hook, and the transport is ours (see `contracts.server.schema.wire`).
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events
from schemathesis.engine.core import Engine, ExecutionPlan
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import PhaseName
from schemathesis.specs.openapi.schemas import OpenApiSchema
from typing_extensions import override

from contracts.exchange import Call, Exchange, Who
from contracts.findings import Finding
from contracts.server.calling.connection import Connection
from contracts.server.schema.cases import keep_sum_rules
from contracts.server.schema.size import Size, configuration
from contracts.server.schema.through import Through
from contracts.server.schema.wire import Tokens, Watched, WatchedTransport, call_of

TOKEN = "RUNCOMFY_TOKEN"  # noqa: S105 - the name of a variable
"""The variable that stands for the first account's token in what is to be copied into a shell."""


@dataclass(frozen=True, slots=True)
class SchemathesisFailure:
    """One fault that a check of schemathesis' own found.

    ``operation`` is the ledger's name, ``message`` what schemathesis says, ``calls`` what leads there, the oldest
    first, and ``curl`` the same for a shell.
    """

    check: str
    operation: str
    message: str
    calls: tuple[Call, ...]
    curl: str
    phase: str


@dataclass(frozen=True, slots=True)
class SchemaRun:
    """How a run went: cases by phase, calls (those of the checks too), real ``seconds``.

    ``errors`` are what kept schemathesis from testing: a connection that broke, a schema that it cannot read.
    ``is_stopped`` tells whether ``keep_going`` ended it.
    """

    cases: Mapping[str, int]
    calls: int
    seconds: float
    errors: tuple[str, ...] = ()
    is_stopped: bool = False


def run_schema_suite(
    document: Mapping[str, Any],
    connection: Connection,
    *,
    token: str,
    other_token: str | None = None,
    knows_tokens: bool = True,
    seed: int,
    size: Size,
    see: Callable[[Exchange], list[Finding]],
    found: Callable[[SchemathesisFailure], None],
    keep_going: Callable[[], bool],
) -> SchemaRun:
    """Run schemathesis against the server at the other end of ``connection``.

    ``document`` is the OpenAPI document of the models to test; for ``knows_tokens`` see `size.configuration`.
    ``see`` is handed every call with its answer, in order, from one thread (not the caller's); ``found`` each fault
    once for each check and operation. ``keep_going`` is asked before each call: once it says no, not one more is made.
    What one of them raises ends the run and is raised here.
    """
    tokens = Tokens(token, other_token)
    wire = Watched(Through(connection), tokens, keep_going, see)
    run = _Run(tokens, found)
    begun = time.monotonic()
    try:
        for phases, wrong_tokens in _PASSES:
            part = replace(size, phases=tuple(phase for phase in size.phases if phase in phases))
            if part.phases and not wire.is_stopped:
                config = configuration(
                    document, part, token=token, seed=seed, wrong_tokens=wrong_tokens, knows_tokens=knows_tokens
                )
                for event in _Engine(schema=_schema(document, config, connection.base_url, wire)).execute():
                    run.take(event)
    finally:
        wire.finish()
    if wire.error is not None:
        raise wire.error
    return SchemaRun(dict(run.cases), wire.calls, time.monotonic() - begun, tuple(run.errors), wire.is_stopped)


# Wrong tokens are tried where they are enumerated. Where cases are drawn they would hide every second wrong payload
# behind a 401; there the check ignored_auth still asks each operation for its token.
_PASSES = ((("examples", "coverage"), True), (("fuzzing", "stateful"), False))


class _Schema(OpenApiSchema):
    """A schema whose calls take a way of our own."""

    wire: WatchedTransport

    @property
    @override
    def transport(self) -> WatchedTransport:
        return self.wire


def _schema(document: Mapping[str, Any], config: SchemathesisConfig, base_url: str, wire: Watched) -> _Schema:
    raw = deepcopy(dict(document))
    project = config.projects.get(raw)
    project.update(base_url=base_url)
    schema = _Schema(raw_schema=raw, config=project)
    schema.wire = WatchedTransport(wire)
    schema.hook("map_case")(keep_sum_rules)
    # What the probes would find out: a NUL in a header is no HTTP, and servers refuse it before the API sees it.
    schema.adapt_to_null_byte_in_header_failure()
    return schema


class _Engine(Engine):
    """The engine without its probes."""

    @override
    def _create_execution_plan(self) -> ExecutionPlan:
        plan = Engine._create_execution_plan(self)  # noqa: SLF001 - its own, as its subclass
        plan.phases = [phase for phase in plan.phases if phase.name is not PhaseName.PROBING]
        return plan


class _Run:
    """What the events of a run add up to."""

    def __init__(self, tokens: Tokens, found: Callable[[SchemathesisFailure], None]) -> None:
        self.cases: dict[str, int] = {}
        self.errors: list[str] = []
        self._tokens = tokens
        self._found = found
        self._known: set[tuple[str, str]] = set()

    def take(self, event: events.EngineEvent) -> None:
        match event:
            case events.ScenarioFinished():
                phase = event.phase.value
                self.cases[phase] = self.cases.get(phase, 0) + len(event.recorder.interactions)
                for failure in self._failures(event.recorder, phase):
                    key = failure.check, failure.operation
                    if key not in self._known:
                        self._known.add(key)
                        self._found(failure)
            case events.NonFatalError():
                self.errors.append(f"{event.label}: {event.info.title}: {event.info.message}".strip())
            case events.FatalError():
                raise event.exception
            case _:
                return

    def _failures(self, recorder: ScenarioRecorder, phase: str) -> Iterator[SchemathesisFailure]:
        """Yield the faults of one scenario, the plainest of each kind first."""
        made = []
        for case_id, checks in recorder.checks.items():
            operation = recorder.cases[case_id].value.operation.definition.raw["operationId"].partition(":")[0]
            for check in checks:
                info = check.failure_info
                if info is None:
                    continue
                ids = [step.case_id for step in info.steps if step.case_id in recorder.interactions] or [case_id]
                calls = tuple(self._call(recorder, each) for each in ids)
                curl = "\n".join(
                    _curl(call, recorder.interactions[each].request.uri) for call, each in zip(calls, ids, strict=True)
                )
                made.append(SchemathesisFailure(check.name, operation, _message(info.failure), calls, curl, phase))
        yield from sorted(made, key=lambda failure: len(failure.curl))

    def _call(self, recorder: ScenarioRecorder, case_id: str) -> Call:
        request = recorder.interactions[case_id].request
        headers = {name: values[0] for name, values in request.headers.items()}
        return call_of(request.method, request.uri, headers, request.body, self._tokens)


def _message(failure: Failure) -> str:
    return f"{failure.title}: {' '.join(failure.message.split())}" if failure.message else failure.title


def _curl(call: Call, url: str) -> str:
    parts = ["curl", "-X", call.method]
    if call.who is Who.FIRST:
        parts.append(f'-H "Authorization: Bearer ${TOKEN}"')
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.body is not None:
        parts.append(f"--data-binary {shlex.quote(call.body.decode('utf-8', 'replace'))}")
    return " ".join([*parts, shlex.quote(url)])
