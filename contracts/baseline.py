"""The findings that a target is known to have: they are told apart from new ones, and missed when they are gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from schemas.pointers import join

_ALLOWED = "allowed are a document of `check --json` and a JSON list of finding ids"
_ID = "a finding id, such as 'check.name:submit'"


class BaselineError(ValueError):
    """A file that is no baseline. The message names the file, the place in it, and what is allowed there."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """``ids`` of findings that are known, in the order of the file, each once."""

    ids: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a document of ``check --json`` (its findings and those it accepted), or a plain list of ids.

        Any of the Unicode encodings will do, as shells redirect in several. Raises `BaselineError` for all else.
        """
        try:
            document = json.loads(path.read_bytes())
        except OSError as error:
            raise BaselineError(f"baseline {path} cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise BaselineError(f"baseline {path} is not JSON: {error}; {_ALLOWED}") from error
        try:
            return cls(tuple(dict.fromkeys(_ids(document))))
        except _Misplaced as error:
            pointer, wanted, value = error.args
            raise BaselineError(
                f"baseline {path}, at {pointer or 'the root'}: expected {wanted}, not {_kind(value)}; {_ALLOWED}"
            ) from None

    def knows(self, finding_id: str) -> bool:
        """Tell whether a finding is an old one."""
        return finding_id in self.ids

    def gone(self, found: Iterable[str], ran: Iterable[str]) -> tuple[str, ...]:
        """Return the known ids that are not among those ``found``, though their checks are among those that ``ran``."""
        seen, checks = frozenset(found), frozenset(ran)
        return tuple(each for each in self.ids if each not in seen and each.partition(":")[0] in checks)


class _Misplaced(Exception):
    """Arguments are the pointer, what is wanted there, and what is there."""


def _ids(document: Any) -> Iterator[str]:
    match document:
        case list():
            yield from _texts("", document)
        case {"findings": list(findings), **others}:
            for index, finding in enumerate(findings):
                pointer = join("/findings", index)
                if not isinstance(finding, dict):
                    raise _Misplaced(pointer, "an object with 'id'", finding)
                yield _text(join(pointer, "id"), finding.get("id"))
            accepted = others.get("accepted", [])
            if not isinstance(accepted, list):
                raise _Misplaced("/accepted", "a list of finding ids", accepted)
            yield from _texts("/accepted", accepted)
        case dict():
            raise _Misplaced("/findings", "a list of findings", document.get("findings"))
        case _:
            raise _Misplaced("", "a list or an object", document)


def _texts(pointer: str, items: list[Any]) -> Iterator[str]:
    return (_text(join(pointer, index), item) for index, item in enumerate(items))


def _text(pointer: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise _Misplaced(pointer, _ID, value)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return "a number"
        case str():
            return "a text" if value else "an empty text"
        case list():
            return "a list"
        case _:
            return "an object"
