"""What a text or a value is held against, alike in rules and in questions: globs, and JSON that is compared as such."""

from __future__ import annotations

import functools
import re
from typing import Any


@functools.lru_cache(maxsize=4096)
def glob(pattern: str) -> re.Pattern[str]:
    """Compile a glob: ``*`` is any text, ``?`` any one character, all else stands for itself.

    Runs of stars are one, and what is between stars is found greedily from the left, so that no pattern takes longer
    than its length times the text's.
    """
    first, *others = re.split(r"\*+", pattern)
    if not others:
        return re.compile(_literal(first), re.DOTALL)
    *middle, last = others
    found = "".join(f"(?>.*?{_literal(part)})" for part in middle)
    return re.compile(f"{_literal(first)}{found}.*{_literal(last)}", re.DOTALL)


def _literal(text: str) -> str:
    return "".join("." if part == "?" else re.escape(part) for part in re.split(r"(\?)", text))


def fits(value: Any, wanted: Any) -> bool:
    """Tell whether a value of parsed JSON is what is wanted.

    A text is a glob, and ``"*"`` alone is any value at all; every other value is compared as JSON: a truth value is no
    number, 1 is 1.0, and texts inside are as they are.
    """
    if isinstance(wanted, str):
        return wanted == "*" or (isinstance(value, str) and glob(wanted).fullmatch(value) is not None)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(_equal_exactly, value, wanted))
    if isinstance(wanted, dict):
        return (
            isinstance(value, dict)
            and value.keys() == wanted.keys()
            and all(_equal_exactly(value[name], item) for name, item in wanted.items())
        )
    return bool(value == wanted)


def _equal_exactly(value: Any, wanted: Any) -> bool:
    return value == wanted if isinstance(wanted, str) else fits(value, wanted)
