from __future__ import annotations

import subprocess
import sys

from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

import contracts.server.schema.suite  # noqa: F401 - to see that it leaves no hook behind
from contracts.server.schema.cases import keep_sum_rules

ASKED = """
import contracts.server.schema.hooks
from contracts.server.schema.cases import keep_sum_rules
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
assert GLOBAL_HOOK_DISPATCHER.get_all_by_name("map_case") == [keep_sum_rules]
"""


def test_importing_it_registers_the_hook_for_all() -> None:
    # In a process of its own: a hook of this one would reach every other test.
    subprocess.run([sys.executable, "-c", ASKED], check=True, timeout=60)


def test_the_suite_registers_nothing_for_all() -> None:
    assert keep_sum_rules not in GLOBAL_HOOK_DISPATCHER.get_all_by_name("map_case")
