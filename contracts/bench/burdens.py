"""What a fake pays for what it only carries: a hundred rules of which none matches, and a journal in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts.bench import calls
from contracts.bench.client import Client
from contracts.bench.compare import Work, compare
from contracts.bench.process import ServerProcess
from contracts.bench.report import RULES_RATIO, Burden


def measure(requests: int, rounds: int, step: Callable[[], None], *, core: int | None = None) -> Sequence[Burden]:
    """Compare status and submit on fakes with each burden and without; ``step`` is called ``4 * rounds`` times."""
    submit = calls.submit(calls.full_payload())
    rules = calls.quiet_rules()
    with ExitStack() as stack:
        file = Path(stack.enter_context(TemporaryDirectory())) / "calls.ndjson"
        options = ((), (), ("--journal", str(file)))
        servers = [stack.enter_context(ServerProcess("fake", *calls.AT_REST, *more, core=core)) for more in options]
        clients = [stack.enter_context(Client.to(server.url)) for server in servers]
        calls.expect(clients[1].call(calls.add_rules(rules)))
        works: dict[str, list[Work]] = {"status": [], "submit": []}
        for server, client in zip(servers, clients, strict=True):
            here = f"/v1/requests/{calls.request_id(client.call(submit))}"
            for name, request in (("status", calls.get(f"{here}/status")), ("submit", submit)):
                calls.expect(client.call(request))
                works[name].append(Work(server, partial(client.call, request)))
        burdens = ((f"{len(rules['rule'])} rules for other calls", RULES_RATIO), ("a journal in a file", None))
        return [
            Burden(name, under, compare(bare, laden, requests, rounds, step).ratio, aim)
            for name, (bare, *others) in works.items()
            for (under, aim), laden in zip(burdens, others, strict=True)
        ]
