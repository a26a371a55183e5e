"""How much schemathesis tries, and what its configuration then is: that of `fixtures/schemathesis.toml`, no other."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemathesis.config import SchemathesisConfig

from schemas.commands import SCHEMATHESIS_CONFIG

PHASES = ("examples", "coverage", "fuzzing", "stateful")
"""The phases of schemathesis, in the order in which they run."""


@dataclass(frozen=True, slots=True)
class Size:
    """``examples`` of each operation to fuzz with, ``scenarios`` of at most ``steps`` calls, ``phases`` to run.

    The phase coverage is as long as the schemas make it: some 600 calls for each model.
    """

    examples: int
    scenarios: int
    steps: int = 20
    phases: tuple[str, ...] = PHASES


QUICK = Size(examples=5, scenarios=5, steps=10)
DEFAULT = Size(examples=100, scenarios=100)


def configuration(
    document: Mapping[str, Any],
    size: Size,
    *,
    token: str | None,
    seed: int,
    wrong_tokens: bool = True,
    knows_tokens: bool = True,
) -> SchemathesisConfig:
    """Build the configuration of one run.

    It is explicit: no file of the working directory and no variable of the environment has a say in it, and nothing
    is kept between runs. ``token`` authenticates every call that is not meant to lack one; without ``wrong_tokens``
    only those of the check ignored_auth are. ``knows_tokens`` says that the server refuses tokens that nobody was
    given.
    """
    settings = tomllib.loads(SCHEMATHESIS_CONFIG.read_text("utf-8"))
    del settings["hooks"], settings["auth"]  # a hook of the file is registered for the whole process
    if token is not None:
        settings["auth"] = {"openapi": {"bearer": {"bearer": token}}}
    settings["seed"] = seed
    settings["generation"] |= {"max-examples": size.examples, "with-security-parameters": wrong_tokens and knows_tokens}
    for name in PHASES:
        settings["phases"][name]["enabled"] = name in size.phases
    settings["phases"]["stateful"]["max-steps"] = size.steps
    settings["phases"]["stateful"]["generation"]["max-examples"] = size.scenarios
    for name in kept_off(document, knows_tokens=knows_tokens):
        settings["checks"][name]["enabled"] = False
    return SchemathesisConfig.from_dict(settings)


def kept_off(document: Mapping[str, Any], *, knows_tokens: bool) -> Mapping[str, str]:
    """Return the checks that would find fault with what a server may do, each with the reason.

    Ledger: ``error.400004-status``.
    """
    if not _has_401(document):
        return dict.fromkeys(("missing_required_header", "ignored_auth"), "schemathesis takes no 400 for a bad token")
    return {} if knows_tokens else {"ignored_auth": "the server takes every token, and the check tries wrong ones"}


def _has_401(document: Mapping[str, Any]) -> bool:
    return all("401" in each["responses"] for path in document["paths"].values() for each in path.values())
