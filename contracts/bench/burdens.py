"""What a fake pays for what it only carries: the same calls with a hundred rules in force of which none matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

from contracts.bench import calls
from contracts.bench.client import Client
from contracts.bench.compare import Work, compare
from contracts.bench.process import ServerProcess
from contracts.bench.report import Burden


def measure(requests: int, rounds: int, step: Callable[[], None], *, core: int | None = None) -> Sequence[Burden]:
    """Compare status and submit on two fakes, one of which has the rules; ``step`` is called ``2 * rounds`` times."""
    submit = calls.submit(calls.full_payload())
    rules = calls.quiet_rules()
    with ExitStack() as stack:
        servers = [stack.enter_context(ServerProcess("fake", *calls.AT_REST, core=core)) for _ in range(2)]
        clients = [stack.enter_context(Client.to(server.url)) for server in servers]
        calls.expect(clients[1].call(calls.add_rules(rules)))
        works: dict[str, list[Work]] = {"status": [], "submit": []}
        for server, client in zip(servers, clients, strict=True):
            here = f"/v1/requests/{calls.request_id(client.call(submit))}"
            for name, request in (("status", calls.get(f"{here}/status")), ("submit", submit)):
                calls.expect(client.call(request))
                works[name].append(Work(server, partial(client.call, request)))
        ratios = {name: compare(bare, laden, requests, rounds, step).ratio for name, (bare, laden) in works.items()}
    return [Burden(name, f"{len(rules['rule'])} rules for other calls", ratio) for name, ratio in ratios.items()]
