"""The generated tables of the README: ``python -m tests.readme`` writes them anew; a test holds them to the code."""

from __future__ import annotations

import re
from pathlib import Path

from mock_server.settings_table import SPECS, Spec
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


def generated(text: str) -> str:
    """Return the README with its tables as the code has them."""
    for name, table in (("settings", settings_table()), ("ledger", ledger_table())):
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
