"""JSON pointers (RFC 6901): join, read, and select with a ``*`` for every item of an array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence


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


def select(document: object, pattern: str) -> Iterator[tuple[str, object]]:
    """Yield ``(pointer, value)`` for each place that ``pattern`` names.

    A token ``*`` stands for every item of an array; places that do not exist are passed over.
    """
    yield from walk(document, split(pattern))


def walk(document: object, parts: Iterable[str]) -> list[tuple[str, object]]:
    """Do as `select` does, for a pattern that `split` has taken apart."""
    found: list[tuple[str, object]] = [("", document)]
    for part in parts:
        found = [step for place in found for step in _step(place, part)]
    return found


def _step(place: tuple[str, object], part: str) -> Iterator[tuple[str, object]]:
    pointer, value = place
    if isinstance(value, Mapping):
        if part in value:
            yield join(pointer, part), value[part]
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        if part == "*":
            yield from ((join(pointer, index), item) for index, item in enumerate(value))
        elif part.isascii() and part.isdigit() and int(part) < len(value):
            yield join(pointer, part), value[int(part)]
