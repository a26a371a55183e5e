"""The phase of a run that is schemathesis' own: its checks beside ours, over the same calls."""

from __future__ import annotations

from dataclasses import replace

from contracts.exchange import Exchange
from contracts.findings import Finding
from contracts.server.calling.limits import Stopped
from contracts.server.judging.collector import Broken
from contracts.server.judging.oracles import judge
from contracts.server.playing.hypothesis_home import no_folder_here
from contracts.server.playing.tour import NO_MONEY, Tour
from contracts.server.schema.checks import SCHEMATHESIS_CHECKS
from contracts.server.schema.document import described
from contracts.server.schema.size import Size, kept_off
from contracts.server.schema.suite import SchemathesisFailure, run_schema_suite

PREFIX = "schemathesis."
"""What stands before the name of one of its checks."""

NAMES = tuple(PREFIX + name for name, use in SCHEMATHESIS_CHECKS.items() if use.on)
"""The ids of its checks that are on."""

_ANY_TOKEN = PREFIX + "ignored_auth"


def schemathesis(tour: Tour, size: Size) -> None:
    """Let schemathesis loose on the target; its calls cannot be kept from making submits, so never on a live one."""
    if tour.stage.live:
        tour.collector.skip(NO_MONEY, *NAMES)
        return
    # Two tokens that are listed, so that others are refused: it asks for that.
    listed = tour.target.staged("--pace", "time:2,4", "--token", "the-first-of-two", "--token", "the-second-of-two")
    stage = listed or tour.stage
    court = tour.session(stage)
    calls = tour.meter

    def keep_going() -> bool:
        try:
            calls.count()
        except Stopped:
            return False
        return True

    def see(exchange: Exchange) -> list[Finding]:
        if exchange.answer is not None:
            exchange = replace(exchange, answer=court.hiding.answer(exchange.answer))
        court.trace.append(exchange)
        judge(court, exchange)
        tour.meter.hear(exchange.failure)
        tour.progressed()
        return []

    if court.tokens.made_up:
        tour.collector.skip("the server takes every token for an account", _ANY_TOKEN)

    def found(failure: SchemathesisFailure) -> None:
        if court.tokens.made_up and PREFIX + failure.check == _ANY_TOKEN:
            return  # a token that is wrong is another account's there
        trace = tuple(Exchange(call, None) for call in failure.calls)
        check = PREFIX + failure.check
        tour.collector.take(Broken(check, failure.operation, court.hiding.text(failure.message), trace, stage.scene))

    told = described(stage, tour.collector.observed)
    knows_tokens = not stage.tokens.made_up
    with no_folder_here():
        run = run_schema_suite(
            told,
            stage.connection,
            token=court.tokens.first,
            other_token=court.tokens.second,
            knows_tokens=knows_tokens,
            seed=tour.seed,
            size=size,
            see=see,
            found=found,
            keep_going=keep_going,
        )
    off = {PREFIX + name: reason for name, reason in kept_off(told, knows_tokens=knows_tokens).items()}
    for name in NAMES:
        if name in off:
            tour.collector.skip(off[name], name)
        elif run.is_stopped:
            tour.collector.skip("schemathesis was stopped before its end", name)
        else:
            tour.collector.times[name] += run.calls
