"""How to see a finding again, written from the calls that gave it away."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.exchange import Exchange
from contracts.findings import Reproduction
from contracts.report import script, shell
from contracts.report.trace import steps


def reproduction(exchanges: Sequence[Exchange], base_url: str, setup: str = "") -> Reproduction:
    """Write a trace, in its order, as lines of curl and as a Python program; ``base_url`` is without a path.

    Both take their tokens from the environment: ``RUNCOMFY_TOKEN``, and ``RUNCOMFY_OTHER_TOKEN`` for calls of the
    second account. An id that a submit of the trace answered is taken from its answer when a later call needs it. A
    call sends the headers that it has and no others that matter: a body without ``Content-Type`` goes without one.
    """
    trace = steps(exchanges, base_url)
    return Reproduction(curl=shell.render(trace), python=script.render(trace), setup=setup)
