"""How far a run is, while it runs: on a terminal that can redraw a line, and nowhere else."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID
from rich.text import Text

from contracts.report.texts import plural, shortened, visible

_TITLE = 26
_BAR = 10


def can_redraw(console: Console) -> bool:
    """Tell whether there is a terminal behind the console, whatever it was told of colours, and not a dumb one."""
    return console.file.isatty() and console.is_terminal and not console.is_dumb_terminal


class Line:
    """One line that is redrawn in place: the phase, its parts, calls, calls a second, findings. Gone when it stops."""

    def __init__(self, console: Console) -> None:
        """Make it; it is not seen before the first phase."""
        columns = (SpinnerColumn(style="cyan"), _Title(), BarColumn(bar_width=_BAR), _Count(), _Calls(), _Findings())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task: TaskID | None = None
        self._findings = 0

    def begin(self, title: str) -> None:
        """Begin with a phase."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        # Another task and not the old one reset: that would keep its total and its speed.
        self._task = self._progress.add_task(title, total=None, calls=0, findings=self._findings)
        self._progress.start()

    def advance(self, done: int, total: int | None, calls: int) -> None:
        """Get on with it."""
        if self._task is not None:
            self._progress.update(self._task, completed=done, total=total, calls=calls)

    def find(self) -> None:
        """Count a finding."""
        self._findings += 1
        if self._task is not None:
            self._progress.update(self._task, findings=self._findings)

    def stop(self) -> None:
        """Leave the terminal as it was; harmless afterwards."""
        self._progress.stop()


class _Title(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show which phase it is."""
        return Text(visible(shortened(task.description, _TITLE)), style="bold", no_wrap=True, overflow="ellipsis")


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show how many parts are done, and of how many."""
        return Text(f"{task.completed:,.0f}" + ("" if task.total is None else f"/{task.total:,.0f}"))


class _Calls(ProgressColumn):
    max_refresh = 0.5  # or the figure flickers

    def render(self, task: Task) -> Text:
        """Show how fast calls are made."""
        calls, elapsed = task.fields["calls"], task.elapsed or 0.0
        rate = f"{calls / elapsed:,.0f} calls/s" if calls and elapsed else plural(calls, "call")
        return Text(rate, style="dim", no_wrap=True)


class _Findings(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show how many findings there are so far."""
        found = task.fields["findings"]
        return Text(plural(found, "finding"), style="bold red" if found else "dim", no_wrap=True)
