"""All wrong servers by name, put together from their themes."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.mutants.mutant import Mutant, by_name
from contracts.mutants.servers import (
    accepting,
    auth,
    cancelling,
    catalog,
    errors,
    identity,
    ledgered,
    lifecycle,
    limits,
    money,
    ownership,
    queueing,
    refusing,
    results,
    times,
    transport,
    urls,
    words,
)

__all__ = ["SERVERS"]

SERVERS: Mapping[str, Mutant] = by_name(
    words.MUTANTS,
    queueing.MUTANTS,
    cancelling.MUTANTS,
    lifecycle.MUTANTS,
    results.MUTANTS,
    times.MUTANTS,
    money.MUTANTS,
    limits.MUTANTS,
    identity.MUTANTS,
    ownership.MUTANTS,
    auth.MUTANTS,
    accepting.MUTANTS,
    refusing.MUTANTS,
    errors.MUTANTS,
    catalog.MUTANTS,
    urls.MUTANTS,
    transport.MUTANTS,
    ledgered.MUTANTS,
)
"""Every wrong server: the fake with one mistake each."""
