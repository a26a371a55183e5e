"""The outcome of a run as one HTML file that needs nothing beside it: no script, no font, no picture, no network."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from importlib import resources
from pathlib import Path

from contracts.events import Event, RunFinished
from contracts.outcome import Outcome, Verdict
from contracts.report.files import WholeFile
from contracts.report.html_findings import accepted, findings, gone
from contracts.report.html_tables import checks, observed, phases, unchecked
from contracts.report.markup import Html, element, joined, verbatim
from contracts.report.summary import sentence
from contracts.report.texts import plural

_TITLES = {
    Verdict.PASS: "The contract holds",
    Verdict.FAIL: "The contract is broken",
    Verdict.UNCHECKED: "Nothing could be checked",
}


class HtmlPage:
    """A listener that writes the file at ``path`` at the end; raises ``OSError`` at once if it cannot be written."""

    def __init__(self, path: Path, moment: datetime | None = None) -> None:
        """Take the place of the file; ``moment`` is when the run began."""
        self._file = WholeFile(path)
        self._moment = moment

    def __call__(self, event: Event) -> None:
        """Wait for the end."""
        if isinstance(event, RunFinished):
            self._file.finish(render(event.outcome, self._moment))

    def close(self) -> None:
        """Leave no part of a file behind."""
        self._file.close()


def render(outcome: Outcome, moment: datetime | None = None) -> str:
    """Return the page. ``moment`` is when the run began.

    Its policy lets nothing in but its own style sheet, so that even text which got past the escaping could do nothing.
    """
    style = resources.files("contracts.report").joinpath("page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{outcome.verdict.value}: {outcome.target}"),
        element("style", verbatim(style)),
    )
    sections = (findings, accepted, gone, phases, checks, unchecked, observed)
    main = element("main", *(section(outcome) for section in sections))
    body = element("body", _header(outcome, moment), main, element("footer", "runcomfy-mock check"))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _header(outcome: Outcome, moment: datetime | None) -> Html:
    verdict = outcome.verdict.value
    return element(
        "header",
        element("p", element("span", verdict.upper(), class_=f"verdict {verdict}"), class_="crown"),
        element("h1", _TITLES[outcome.verdict]),
        element("p", _capital(sentence(outcome, stopped=False)), class_="sentence"),
        element("p", f"Stopped early: {outcome.stopped}", class_="stopped") if outcome.stopped else None,
        element("dl", joined(_fact(name, value) for name, value in _facts(outcome, moment)), class_="facts"),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _facts(outcome: Outcome, moment: datetime | None) -> list[tuple[str, str | Html]]:
    date = [] if moment is None else [("date", _time(moment))]
    spent = [("spent", f"{outcome.spent_usd:.2f} USD")] if outcome.spent_usd else []
    return [
        ("target", element("code", outcome.target)),
        ("seed", element("code", str(outcome.seed))),
        ("depth", outcome.depth),
        *date,
        ("took", f"{outcome.seconds:,.1f} s, {plural(outcome.calls, 'call')}"),
        *spent,
    ]


def _fact(name: str, value: str | Html) -> Html:
    return element("div", element("dt", name), element("dd", value))


def _time(moment: datetime) -> Html:
    text = moment.strftime("%Y-%m-%d %H:%M %Z").strip()
    return element("time", text, datetime=moment.isoformat(timespec="seconds"))
