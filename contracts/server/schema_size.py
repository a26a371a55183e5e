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
    document: Mapping[str, Any], size: Size, *, token: str | None, seed: int, wrong_tokens: bool = True
) -> SchemathesisConfig:
    """Build the configuration of one run.

    It is explicit: no file of the working directory and no variable of the environment has a say in it, and nothing
    is kept between runs. ``token`` authenticates every call that is not meant to lack one; without ``wrong_tokens``
    only those of the check ignored_auth are.
    """
    settings = tomllib.loads(SCHEMATHESIS_CONFIG.read_text("utf-8"))
    del settings["hooks"], settings["auth"]  # a hook of the file is registered for the whole process
    if token is not None:
        settings["auth"] = {"openapi": {"bearer": {"bearer": token}}}
    settings["seed"] = seed
    settings["generation"] |= {"max-examples": size.examples, "with-security-parameters": wrong_tokens}
    for name in PHASES:
        settings["phases"][name]["enabled"] = name in size.phases
    settings["phases"]["stateful"]["max-steps"] = size.steps
    settings["phases"]["stateful"]["generation"]["max-examples"] = size.scenarios
    if not _has_401(document):  # schemathesis takes no other status for a missing token (ledger: error.400004-status)
        settings["checks"]["missing_required_header"]["enabled"] = False
    return SchemathesisConfig.from_dict(settings)


def _has_401(document: Mapping[str, Any]) -> bool:
    return all("401" in each["responses"] for path in document["paths"].values() for each in path.values())
