"""Text of strangers, made fit to be shown: nothing in it steers a terminal, breaks a line or hides."""

from __future__ import annotations

import unicodedata


def visible(text: str, *, keep: str = "") -> str:
    r"""Write every character that prints nothing as Python would: ``\x1b``, ``\n``, ``\u202e``; but those in ``keep``.

    Spaces of all widths are kept; half of a surrogate pair, which no encoding takes, is not.
    """
    if text.isprintable():
        return text
    return "".join(each if each in keep or _is_shown(each) else _escaped(each) for each in text)


def shortened(text: str, most: int) -> str:
    """Cut ``text`` after ``most`` characters, and say how many are gone."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most:,} more characters)"


def plural(number: int, word: str) -> str:
    """Count something: ``1 call``, ``2,000 calls``."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _is_shown(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
