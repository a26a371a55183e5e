"""Hypothesis as the suite runs it: seeded, without a database, and again until it finds nothing new."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisWarning
from hypothesis.stateful import run_state_machine_as_test

from contracts.server.calling.session import Session
from contracts.server.calling.stage import Stage
from contracts.server.judging.court import Leaving, Surprise
from contracts.server.playing.hypothesis_home import no_folder_here
from contracts.server.playing.machine import machine
from contracts.server.playing.tour import Tour

_MOST_ROUNDS = 12
_SHORT = 8  # calls that somebody can take in at a glance


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried: examples, steps in each, and whether what is found is made small."""

    examples: int
    steps: int = 20
    shrinks: bool = True

    def settings(self) -> settings:
        """Return them as Hypothesis takes them."""
        phases = [Phase.generate, Phase.shrink] if self.shrinks else [Phase.generate]
        return settings(
            max_examples=self.examples,
            stateful_step_count=self.steps,
            phases=phases,
            database=None,
            deadline=None,
            derandomize=False,
            verbosity=Verbosity.quiet,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )


def explore(tour: Tour, effort: Effort, strategy: st.SearchStrategy[Any], body: Callable[[Session, Any], None]) -> None:
    """Play ``body`` with what ``strategy`` draws, each time in a fresh session; what is found is in the collector."""

    def play(known: frozenset[str]) -> None:
        @seed(tour.seed)
        @effort.settings()
        @given(strategy)
        def run(drawn: Any) -> None:
            session = tour.session()
            session.surprise_at(known)
            body(session, drawn)
            tour.progressed()

        run()

    _until_nothing_new(tour, play)


def explore_lives(tour: Tour, effort: Effort, stages: Sequence[Stage]) -> None:
    """Play the state machine of lives; what is found is in the collector."""

    def play(known: frozenset[str]) -> None:
        run_state_machine_as_test(seed(tour.seed)(machine(tour, stages, known)), settings=effort.settings())

    _until_nothing_new(tour, play)


def _until_nothing_new(tour: Tour, play: Callable[[frozenset[str]], None]) -> None:
    """Play until a round finds nothing that was not known before it; each round is after one finding.

    What an earlier phase has found by a long way is looked for again, so that it is made small here.
    """
    tried: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        broken = tour.collector.broken.items()
        known = frozenset(name for name, each in broken if name in tried or len(each.trace) <= _SHORT)
        try:
            with no_folder_here(), warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisWarning)  # of how it shows what it has drawn: nobody looks
                play(known)
        except Leaving as leaving:
            raise leaving.ending from None
        except (Surprise, Flaky) as error:
            for other in _behind(error):
                raise (other.ending if isinstance(other, Leaving) else other) from None
            # A server whose answers depend on more than the calls made to it may not show the same thing twice: what
            # it has shown is in the collector all the same.
            if known.issuperset(tour.collector.broken):
                return
            tried |= {error.finding_id} if isinstance(error, Surprise) else tour.collector.broken.keys()
            continue
        return


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield what came up beside findings: an end of the run, or a mistake of ours.

    `Flaky` groups whatever an example has raised, and takes the place of what it raises the moment that it is raised.
    """
    if isinstance(error, Surprise):
        return
    if not type(error).__module__.startswith("hypothesis."):
        yield error
        return
    for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _behind(each)
    if error.__context__ is not None:
        yield from _behind(error.__context__)
