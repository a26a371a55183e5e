"""The benchmark: what it measures, one phase after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median

from contracts.bench import burdens, calls, cores, startup, storage
from contracts.bench.client import Client
from contracts.bench.compare import Comparison, Work, compare
from contracts.bench.process import ServerProcess
from contracts.bench.report import STATUS_RATIO, SUBMIT_RATIO, Report, Speed, Startup

Step = Callable[[str], None]

_AIMS = {"status": STATUS_RATIO, "submit": SUBMIT_RATIO}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: about ``requests`` calls in each of ``rounds`` rounds."""

    requests: int = 500
    rounds: int = 9

    @property
    def starts(self) -> int:
        """How often each server is started for its first answer."""
        return min(self.rounds, 5)

    @property
    def few(self) -> int:
        """How many stored requests are few."""
        return 2 * self.requests

    @property
    def many(self) -> int:
        """How many stored requests are many."""
        return 50 * self.few

    @property
    def steps(self) -> int:
        """How often `run` tells of its progress."""
        return 3 * self.rounds + self.starts + self.many // self.few + 6 * self.rounds


def run(plan: Plan, step: Step) -> Report:
    """Measure everything; ``step`` hears the name of the phase, ``plan.steps`` times.

    Raises `process.ServerGone`, `client.ProtocolError`, `calls.UnexpectedAnswer` or ``OSError``.
    """
    first_answer = _first_answer(plan, step)
    with cores.apart() as core:
        speeds = _speeds(plan, step, core)
        # The submits that measure growth are stored too: they are kept few.
        few_calls = max(1, plan.requests // 10)
        store = partial(step, "storage")
        memory, growth = storage.measure(plan.few, plan.many, few_calls, plan.rounds, store, core=core)
        quiet = burdens.measure(plan.requests, plan.rounds, partial(step, "rules"), core=core)
    return Report(plan.requests, plan.rounds, speeds, first_answer, memory, growth, quiet)


def _speeds(plan: Plan, step: Step, core: int | None) -> Sequence[Speed]:
    submit = calls.submit(calls.full_payload())
    with ExitStack() as stack:
        hello, resting, living = (
            stack.enter_context(ServerProcess(*arguments, core=core))
            for arguments in (["hello"], ["fake", *calls.AT_REST], ["fake", *calls.ALIVE])
        )
        to_hello, to_resting, to_living = (
            stack.enter_context(Client.to(server.url)) for server in (hello, resting, living)
        )
        request_id = calls.request_id(to_resting.call(submit))
        status = calls.get(f"/v1/requests/{request_id}/status")
        for answer in (to_hello.call(status), to_resting.call(status)):
            calls.expect(answer)
        works = {
            "status": Work(resting, partial(to_resting.call, status)),
            "submit": Work(resting, partial(to_resting.call, submit)),
            "lifecycle": Work(living, partial(calls.live, to_living, submit), calls=calls.CALLS_OF_A_LIFE),
        }
        yardstick = Work(hello, partial(to_hello.call, status))
        compared = {
            name: compare(yardstick, work, plan.requests, plan.rounds, partial(step, name))
            for name, work in works.items()
        }
    own = [cost for comparison in compared.values() for cost in comparison.yardstick]
    return [_speed("hello", Comparison(own, own)), *(_speed(name, each) for name, each in compared.items())]


def _speed(name: str, comparison: Comparison) -> Speed:
    return Speed(
        name,
        requests_per_second=1 / median(cost.seconds for cost in comparison.work),
        cpu_microseconds=1e6 * median(cost.cpu_seconds for cost in comparison.work),
        ratio=comparison.ratio,
        aim=_AIMS.get(name),
    )


def _first_answer(plan: Plan, step: Step) -> Startup:
    hello: list[float] = []
    fake: list[float] = []
    for _ in range(plan.starts):
        hello.append(startup.hello_seconds())
        fake.append(startup.fake_seconds())
        step("first answer")
    return Startup(median(fake), median(hello))
