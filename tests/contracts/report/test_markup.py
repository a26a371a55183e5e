from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contracts.report.markup import Html, element, joined, verbatim
from contracts.report.texts import visible
from tests.contracts.report.pages import Page

anything = st.text(st.characters())


@given(anything, anything)
def test_a_text_and_an_attribute_read_back_and_are_nothing_else(text: str, attribute: str) -> None:
    page = Page(element("p", text, class_=attribute))
    assert page.found == [("p", {"class": visible(attribute, keep="\n\t")})]
    assert page.texts == {"p": [visible(text, keep="\n\t")]}


def test_markup_is_made_of_markup() -> None:
    made = element("p", "a < b", None, element("code", "<c>"), class_="x", id=None, open="")
    assert made == '<p class="x" open="">a &lt; b<code>&lt;c&gt;</code></p>'
    assert isinstance(made, Html)
    assert joined(["<", verbatim("<"), None, made[:0]]) == "&lt;<"


def test_names_are_those_of_html() -> None:
    assert element("meta", http_equiv="a", name="b") == '<meta http-equiv="a" name="b">'


def test_what_is_cut_from_markup_is_a_text_again() -> None:
    assert element("p", element("b", "x")[1:]) == "<p>b&gt;x&lt;/b&gt;</p>"
