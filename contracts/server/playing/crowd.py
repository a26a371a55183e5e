"""A catalog large enough to be paged through: the made-up models, and a crowd of small ones beside them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

MADE_UP = Path(__file__).parents[3] / "fixtures" / "models"
"""The folder of the made-up models, in which each quirk of the schema dialect stands somewhere."""

CROWD = "crowd"
"""What the folder of the crowd is called."""

SIZE = 60
_CATEGORIES = ("text-to-image", "text-to-video", "image-to-video")


def write_crowd(folder: Path) -> None:
    """Write `SIZE` models into ``folder``; no two have the same name, and three categories are among them."""
    for number in range(SIZE):
        category = _CATEGORIES[number % len(_CATEGORIES)]
        home = folder / "crowd" / f"member-{number:02}" / category
        home.mkdir(parents=True)
        record = {
            "display_name": f"Member {number} of a crowd",
            "categories": [category],
            "price_unit": "output",
            "base_price_usd": round(0.01 * (number + 1), 2),
        }
        schema = {
            "type": "object",
            "required": ["prompt"],
            "properties": {"prompt": {"title": "Prompt", "type": "string", "default": f"number {number}"}},
        }
        (home / "model.json").write_text(json.dumps(record), "utf-8")
        (home / "input.json").write_text(json.dumps(schema), "utf-8")


if __name__ == "__main__":
    write_crowd(Path(sys.argv[1]))
