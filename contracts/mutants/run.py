"""All wrong servers before the suite, several at a time, and what that amounts to: the kill score."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from contracts.mutants.servers import SERVERS
from contracts.mutants.trial import Trial, try_mutant, try_plain, try_right
from contracts.server.depth import Depth


@dataclass(frozen=True, slots=True)
class Score:
    """What was found: ``trials`` of the suite, ``right`` of the right server by seed, ``plain`` of schemathesis."""

    depth: str
    seed: int
    trials: tuple[Trial, ...]
    right: tuple[Trial, ...] = ()
    plain: tuple[Trial, ...] = ()

    @property
    def killed(self) -> int:
        """How many were found."""
        return sum(bool(trial.findings) for trial in self.trials)

    @property
    def alive(self) -> tuple[str, ...]:
        """Those that were not."""
        return tuple(trial.name for trial in self.trials if not trial.findings)

    @property
    def is_perfect(self) -> bool:
        """Whether each wrong server was found, and the right one never taken for one."""
        return not self.alive and not any(trial.findings for trial in self.right)

    def as_json(self) -> dict[str, Any]:
        """Return it as the document that ``--json`` prints."""
        return {
            "depth": self.depth,
            "seed": self.seed,
            "mutants": len(self.trials),
            "killed": self.killed,
            "alive": list(self.alive),
            "right": {
                "seeds": len(self.right),
                "findings": [finding for trial in self.right for finding in trial.findings],
            },
            "plain": {"mutants": len(self.plain), "killed": sum(bool(trial.findings) for trial in self.plain)},
            "trials": [trial.as_json() for trial in self.trials],
            "plain_trials": [trial.as_json() for trial in self.plain],
        }


Tell = Callable[[str, Trial], None]
"""Called with the kind of a trial (``mutant``, ``right``, ``plain``) as soon as it is over."""


def score(
    names: Sequence[str],
    *,
    seed: int,
    depth: Depth,
    right_seeds: int,
    plain: bool,
    workers: int | None = None,
    tell: Tell | None = None,
) -> Score:
    """Try each of the mutants ``names`` (none: all), and the right server with ``right_seeds`` seeds from ``seed`` on.

    Raises ``KeyError`` for a name that there is not.
    """
    chosen = [SERVERS[name].name for name in names] if names else list(SERVERS)
    jobs: list[tuple[str, Callable[..., Trial], tuple[Any, ...]]] = [
        ("mutant", try_mutant, (name, seed, depth)) for name in chosen
    ]
    jobs += [("right", try_right, (seed + number, depth)) for number in range(right_seeds)]
    jobs += [("plain", try_plain, (name, seed)) for name in chosen] if plain else []
    found: dict[str, list[tuple[int, Trial]]] = {"mutant": [], "right": [], "plain": []}
    for index, trial in _done(jobs, workers or os.cpu_count() or 1):
        found[jobs[index][0]].append((index, trial))
        if tell is not None:
            tell(jobs[index][0], trial)
    ordered = {kind: tuple(trial for _, trial in sorted(several, key=_first)) for kind, several in found.items()}
    return Score(depth, seed, ordered["mutant"], ordered["right"], ordered["plain"])


def _first(pair: tuple[int, Trial]) -> int:
    return pair[0]


def _done(
    jobs: Sequence[tuple[str, Callable[..., Trial], tuple[Any, ...]]], workers: int
) -> Iterator[tuple[int, Trial]]:
    """Yield each job's index and trial as it ends; one after the other in this process if there is one worker."""
    if workers == 1:
        for index, (_, work, arguments) in enumerate(jobs):
            yield index, work(*arguments)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = {pool.submit(work, *arguments): index for index, (_, work, arguments) in enumerate(jobs)}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
