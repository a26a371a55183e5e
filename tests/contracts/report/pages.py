"""Read a page back, strictly: every element is closed where it should be, and nothing is there that could act."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "rect"}
ELEMENTS = set(
    "html head meta title style body header main footer section article details summary h1 h2 h3 h4 p span code pre "
    "small div dl dt dd ul li table thead tbody tr th td time svg rect".split()
)
ATTRIBUTES = set(
    "charset http-equiv content name lang class id open scope datetime tabindex width height rx aria-hidden aria-label "
    "role title".split()
)


class Page(HTMLParser):
    """A page as it is parsed: ``texts`` of each kind of element, ``found`` elements with their attributes."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(document)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        assert len(attrs) == len(dict(attrs))
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.found if name == tag]
