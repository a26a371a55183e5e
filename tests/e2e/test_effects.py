"""Every effect has its proof on the wire."""

from __future__ import annotations

import importlib

from mock_server.trouble.effects.catalogue import CATALOGUE

MODULES = ("api", "documents", "gateway", "lifecycle", "media", "socket")
TWO_FORMS = ("latency", "dribble", "reset", "hang_up", "stall", "truncate")


def proved() -> set[str]:
    modules = [importlib.import_module(f"tests.e2e.test_effects_{name}") for name in MODULES]
    return {name for module in modules for test in vars(module).values() for name in getattr(test, "proves", ())}


def test_every_effect_is_proved() -> None:
    assert {name for name in proved() if ":" not in name} == set(CATALOGUE)


def test_what_keeps_an_answer_from_its_caller_is_proved_before_and_after_the_request_was_accepted() -> None:
    forms = {f"{name}:{form}" for name in TWO_FORMS for form in ("before", "accepted")}
    assert {name for name in proved() if ":" in name} == forms
