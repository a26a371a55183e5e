"""What can be wrong with a file of the contract, said with its file, its place and the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a schema file that the dialect reader cannot take.

    ``file`` as given to the reader, ``pointer`` a JSON pointer into it, ``keyword`` the keyword at fault
    (or ``""``), ``message`` what is wrong and what is allowed.
    """

    file: str
    pointer: str
    keyword: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: at {self.pointer}: {self.message}" if self.pointer else f"{self.file}: {self.message}"


class SchemaError(Exception):
    """A schema file cannot be read as a contract; ``problems`` holds every reason, first to last."""

    def __init__(self, *problems: Problem) -> None:
        """Carry the problems; the text has one line for each."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
