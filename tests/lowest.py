"""``python -m tests.lowest``: every dependency at its floor, as constraints for pip.

``python -m tests.lowest > floors.txt && pip install -c floors.txt -e '.[dev]'`` makes the environment in which a floor
is tried before it is promised.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
_FLOOR = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*>=\s*(?P<version>[0-9.]+)")


def floors() -> dict[str, str]:
    """Return the lowest version that each dependency may have; those without a floor are left out."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    found = (_FLOOR.match(each) for each in declared)
    return {match["name"]: match["version"] for match in found if match is not None}


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}" for name, version in floors().items()))  # noqa: T201 - its purpose
