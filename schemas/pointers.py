"""JSON pointers (RFC 6901): join, read, and select with a ``*`` for every item of an array."""

from __future__ import annotations

from collections.abc import Iterable

_MOST_DIGITS = 18


def token(name: str | int) -> str:
    """Escape one reference token: ``~`` to ``~0`` and ``/`` to ``~1``."""
    return str(name).replace("~", "~0").replace("/", "~1")


def join(pointer: str, *names: str | int) -> str:
    """Extend ``pointer`` by one token a name: ``join("/a", 0, "b") == "/a/0/b"``."""
    return pointer + "".join(f"/{token(name)}" for name in names)


def from_path(path: Iterable[str | int]) -> str:
    """Make a pointer of a path as validators give it: ``["a", 0] -> "/a/0"``."""
    return join("", *path)


def split(pointer: str) -> list[str]:
    """Take a pointer apart into unescaped tokens; raise ``ValueError`` if it is not one."""
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON pointer is empty or starts with '/', not {pointer!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def select(document: object, pattern: str) -> list[tuple[str, object]]:
    """Return ``(pointer, value)`` for each place that ``pattern`` names.

    A token ``*`` stands for every item of an array; places that do not exist are passed over.
    """
    found: list[tuple[str, object]] = [("", document)]
    for part in split(pattern):
        found = [(join(pointer, name), item) for pointer, value in found for name, item in _step(value, part)]
    return found


def values(document: object, parts: Iterable[str]) -> list[object]:
    """Return the values alone that `select` finds, for a pattern that `split` has taken apart."""
    found = [document]
    for part in parts:
        following: list[object] = []
        for value in found:
            if isinstance(value, dict):
                if part in value:
                    following.append(value[part])
            elif isinstance(value, list):
                following += value if part == "*" else [value[index] for index in _index(part, value)]
        found = following
    return found


def _step(value: object, part: str) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return [(part, value[part])] if part in value else []
    if isinstance(value, list):
        return enumerate(value) if part == "*" else [(index, value[index]) for index in _index(part, value)]
    return []


def _index(part: str, items: list[object]) -> list[int]:
    """Read an array index as the RFC has it: no leading zero."""
    is_index = part == "0" or (part.isascii() and part.isdigit() and part[0] != "0" and len(part) <= _MOST_DIGITS)
    return [int(part)] if is_index and int(part) < len(items) else []
