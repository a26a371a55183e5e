"""HTML that is escaped because there is no other way to make it: elements of texts, and of other elements."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from contracts.report.texts import visible

_WITHOUT_END = frozenset({"meta", "rect"})


class Html(str):
    """Text that is markup already. Only `element`, `joined` and `verbatim` make it."""

    __slots__ = ()


Content = str | Html | None


def element(tag: str, /, *content: Content, **attributes: str | None) -> Html:
    """Return an element; texts in it are escaped, ``None`` is left out, ``class_`` and ``http_equiv`` mean the obvious.

    Control characters of a text are shown, but for line feeds and tabs.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(part if isinstance(part, Html) else _text(part) for part in content if part is not None)
    return Html(f"<{tag}{given}>" if tag in _WITHOUT_END else f"<{tag}{given}>{inside}</{tag}>")


def joined(parts: Iterable[Content]) -> Html:
    """Put content side by side."""
    return Html("".join(part if isinstance(part, Html) else _text(part) for part in parts if part is not None))


def verbatim(text: str) -> Html:
    """Take text of our own, such as a style sheet, as it is."""
    return Html(text)


def _text(text: str) -> str:
    return escape(visible(text, keep="\n\t"))
