"""The generated tables of the README: ``python -m tests.readme`` writes them anew; a test holds them to the code."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, Field
from pathlib import Path
from typing import Any

from contracts.mutants import record
from mock_server.settings_table import SPECS, Spec
from mock_server.trouble import magic
from mock_server.trouble.call import Operation
from mock_server.trouble.effects.base import Effect
from mock_server.trouble.effects.catalogue import CATALOGUE
from schemas import ledger

README = Path(__file__).parent.parent / "README.md"


def settings_table() -> str:
    """Return one row for each setting."""
    rows = ["| option | variable | default | meaning |", "|---|---|---|---|"]
    rows += [f"| `{_usage(spec)}` | `{spec.variable}` | {_default(spec)} | {spec.text} |" for spec in SPECS]
    return "\n".join(rows)


def ledger_table() -> str:
    """Return one row for each fact."""
    rows = ["| fact | grade | statement | switch |", "|---|---|---|---|"]
    for fact in ledger.facts():
        switch = fact.switch
        choices = f"`{switch.setting}` = {', '.join(f'`{value}`' for value in switch.variants)}" if switch else ""
        rows.append(
            f"| `{fact.fact_id}` | {''.join(fact.grades)} | {fact.statement} | {choices} |".replace("  |", " |")
        )
    return "\n".join(rows)


def effects_table() -> str:
    """Return one row for each effect."""
    rows = ["| effect | of | calls | what happens | parameters |", "|---|---|---|---|---|"]
    for name, effect in CATALOGUE.items():
        calls = "all" if set(Operation) == effect.OPERATIONS else _calls(effect.OPERATIONS)
        text = " ".join((effect.__doc__ or "").split()).replace("``", "`")
        parameters = "; ".join(_parameter(effect, each) for each in effect.parameters())
        rows.append(f"| `{name}` | {effect.LAYER} | {calls} | {text} | {parameters} |".replace("  |", " |"))
    return "\n".join(rows)


def _calls(operations: frozenset[Operation]) -> str:
    missing = [each for each in Operation if each not in operations]
    if len(missing) == 1:
        return f"all but {missing[0]}"
    return ", ".join(each for each in Operation if each in operations)


def _parameter(effect: type[Effect], each: Field[Any]) -> str:
    default = each.default_factory() if each.default_factory is not MISSING else each.default
    shown = "" if default is MISSING or default is None or default == {} else f", default `{json.dumps(default)}`"
    return f"`{effect.called(each)}` ({each.metadata['domain'].text}{shown}): {each.metadata['text']}"


def magic_table() -> str:
    """Return one row for each magic word."""
    rows = ["| token | prompt has | what happens |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| `mock.{word}` | `[mock:{word}]` | {text} |" for word, text in magic.table())])


def generated(text: str) -> str:
    """Return the README with its tables as the code has them."""
    tables = {
        "settings": settings_table(),
        "effects": effects_table(),
        "magic": magic_table(),
        "ledger": ledger_table(),
        "score": record.table(),
    }
    for name, table in tables.items():
        pattern = rf"<!-- {name} -->\n.*?<!-- /{name} -->"
        before, after = re.split(pattern, text, flags=re.DOTALL)
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return text


def _usage(spec: Spec) -> str:
    return f"{spec.flag} {spec.metavar}".strip()


def _default(spec: Spec) -> str:
    if spec.parse is None:
        return "off"
    if spec.default is None or spec.repeated:
        return "none"
    return f"`{spec.default:g}`" if isinstance(spec.default, float) else f"`{spec.default}`"


if __name__ == "__main__":
    README.write_text(generated(README.read_text("utf-8")), "utf-8")
