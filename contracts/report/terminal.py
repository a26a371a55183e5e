"""A run for people at a terminal, or in a log: progress, findings as they come, and in the end what it all says.

Text of the server's is never read as markup, and its control characters are shown, not sent.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from contracts.events import Event, Found, PhaseFinished, PhaseStarted, Progressed, RunFinished, RunStarted
from contracts.findings import Finding, Severity
from contracts.outcome import CheckResult, Outcome, Verdict
from contracts.report.progress import Line, can_redraw
from contracts.report.summary import by_reason, sentence, worst_first
from contracts.report.texts import plural, shortened, visible

MESSAGE = 600
"""Characters of a message or an exchange that are shown."""

_SEVERITIES = {Severity.CRITICAL: "bold red", Severity.MAJOR: "yellow", Severity.MINOR: "cyan"}
_VERDICTS = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.UNCHECKED: "bold yellow"}
_INDENT = max(len(severity) for severity in Severity) + 2
_NARROWEST = 20


class Terminal:
    """A listener that prints.

    ``verbose`` lists the checks that passed, and the reproductions in Python; ``python`` the latter alone. What is to
    be pasted is never wrapped and begins its line. In a pipe nothing is wrapped, so that a line is a fact.
    """

    def __init__(self, console: Console | None = None, *, verbose: bool = False, python: bool = False) -> None:
        """Print on ``console``: stdout, if none is given."""
        self._console = console or Console(highlight=False)
        self._verbose = verbose
        self._python = python or verbose
        self._wraps = self._console.file.isatty()
        self._line = Line(self._console) if can_redraw(self._console) else None

    def __call__(self, event: Event) -> None:
        """Print one event."""
        match event:
            case RunStarted():
                self._say(f"Checking {event.target}", (f", depth {event.depth}, seed {event.seed}", "dim"))
            case PhaseStarted():
                self._begin(event.title)
            case Progressed():
                if self._line:
                    self._line.advance(event.done, event.total, event.calls)
            case Found():
                self._found(event)
            case PhaseFinished():
                pass  # the table at the end tells
            case RunFinished():
                self.close()
                self._end(event.outcome)

    def close(self) -> None:
        """Take the progress away."""
        if self._line:
            self._line.stop()

    def _begin(self, title: str) -> None:
        if self._line:
            self._line.begin(title)
        else:
            self._say((f"{title} ...", "dim"))

    def _found(self, event: Found) -> None:
        finding = event.finding
        if event.known:
            self._say((finding.finding_id, "dim"), indent=_INDENT, label=("known", "dim"))
            return
        if self._line:
            self._line.find()
        self._title(finding)
        self._facts(finding)

    def _title(self, finding: Finding) -> None:
        label = (finding.severity.value, _SEVERITIES[finding.severity])
        self._say((finding.finding_id, "bold"), indent=_INDENT, label=label)

    def _facts(self, finding: Finding) -> None:
        self._say(shortened(finding.message, MESSAGE), indent=_INDENT)
        if finding.ledger:
            self._say((", ".join(finding.ledger), "dim"), indent=_INDENT, label=("breaks", "dim"))

    def _end(self, outcome: Outcome) -> None:
        self._phases(outcome)
        self._checks(outcome)
        for number, finding in enumerate(worst_first(outcome.findings), 1):
            self._reproduce(finding, f"Finding {number} of {len(outcome.findings)}")
        self._listed("Accepted by the baseline", [finding.finding_id for finding in outcome.accepted])
        self._listed("Gone from the baseline: take them out of it", outcome.gone)
        self._console.print()
        verdict = outcome.verdict
        word = verdict.value.upper()
        self._say(sentence(outcome), indent=len(word) + 2, label=(word, _VERDICTS[verdict]))

    def _phases(self, outcome: Outcome) -> None:
        if not outcome.phases:
            return
        names = [visible(shortened(phase.title, 40)) for phase in outcome.phases]
        width = max(len("phase"), *map(len, names))
        self._heading(f"{'phase'.ljust(width)}  {'seconds':>9}  {'calls':>9}  {'findings':>8}")
        for name, phase in zip(names, outcome.phases, strict=True):
            found = (f"{phase.findings:>8,}", "bold" if phase.findings else "dim")
            self._say(f"{name.ljust(width)}  {phase.seconds:>9,.1f}  {phase.calls:>9,}  ", found)
            if phase.stopped:
                self._say((f"stopped: {shortened(phase.stopped, MESSAGE)}", "yellow"), indent=2)
        self._say((f"{'all'.ljust(width)}  {outcome.seconds:>9,.1f}  {outcome.calls:>9,}", "dim"))

    def _checks(self, outcome: Outcome) -> None:
        if not outcome.phases:  # nothing was begun: the last line says why
            return
        groups = {verdict: [check for check in outcome.checks if check.outcome is verdict] for verdict in Verdict}
        failed, passed, unchecked = groups[Verdict.FAIL], groups[Verdict.PASS], groups[Verdict.UNCHECKED]
        if failed:
            self._heading(f"{plural(len(failed), 'check')} failed")
            self._rows(failed, "red")
        if unchecked:
            self._heading(f"{plural(len(unchecked), 'check')} not made")
        for reason, checks in by_reason(unchecked).items():
            self._say((shortened(reason, MESSAGE), "yellow"), indent=6, label=(f"{len(checks):>4}", "yellow"))
            self._say((", ".join(check.check_id for check in checks), "dim"), indent=6)
        if passed:
            self._heading(f"{plural(len(passed), 'check')} passed")
        if self._verbose:
            self._rows(passed, "green")

    def _rows(self, checks: list[CheckResult], style: str) -> None:
        width = max((len(visible(check.check_id)) for check in checks), default=0)
        for check in checks:
            self._say(check.title, indent=width + 4, label=(f"  {check.check_id}", style))

    def _reproduce(self, finding: Finding, heading: str) -> None:
        self._heading(heading)
        self._title(finding)
        self._facts(finding)
        for label, text in (("sent", finding.sent), ("answered", finding.answered)):
            for number, line in enumerate(filter(None, shortened(text, MESSAGE).split("\n"))):
                self._say(line, indent=_INDENT, label=(label if number == 0 else "", "dim"))
        again = finding.reproduction
        self._paste("start with", again.setup)
        self._paste("see it again", again.curl)
        if self._python:
            self._paste("or in Python", again.python)

    def _paste(self, label: str, text: str) -> None:
        if text.strip():
            self._console.print()
            self._say((f"{label}:", "dim"))
            self._console.print(Text(visible(text.rstrip("\n"), keep="\n")), soft_wrap=True, highlight=False)

    def _listed(self, heading: str, ids: list[str] | tuple[str, ...]) -> None:
        if ids:
            self._heading(heading)
        for each in ids:
            self._say(each, indent=2)

    def _heading(self, text: str) -> None:
        self._console.print()
        self._say((text, "bold"))

    def _say(self, *parts: str | tuple[str, str], indent: int = 0, label: tuple[str, str] = ("", "")) -> None:
        """Print one line, whatever is in it.

        What is wrapped at a terminal stays within its ``indent``, in which the ``label`` stands.
        """
        texts = [(part, "") if isinstance(part, str) else part for part in parts]
        text = Text.assemble(*((visible(part), style) for part, style in texts))
        room = max(self._console.width - indent, _NARROWEST)
        before = Text(visible(label[0]).ljust(indent), style=label[1])
        for line in text.wrap(self._console, room) if self._wraps else [text]:
            line.rstrip()
            self._console.print(Text.assemble(before, line), soft_wrap=True, highlight=False)
            before = Text(" " * indent)
