"""Who imports whom: every import of the source, those inside functions and those for types alone included."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("schemas", "mock_server", "contracts")
STANDARD = sys.stdlib_module_names


@dataclass(frozen=True, slots=True)
class Import:
    """``importer`` imports ``target``, and of it the name ``name`` (``""``: the module itself)."""

    importer: str
    target: str
    name: str
    line: int

    @property
    def top(self) -> str:
        """The package that is imported from."""
        return self.target.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}{self.name and f'.{self.name}'}"


def find_modules() -> dict[str, Path]:
    """Return every module of the source by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted(ROOT.joinpath(package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = find_modules()
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def imports_of(importer: str, tree: ast.AST) -> Iterator[Import]:
    """Read the imports of one module; ``from package import module`` imports the module, not the package."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(importer, alias.name, "", node.lineno)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for alias in names:
                    inner = f"{module}.{alias.name}"
                    if inner in MODULES:
                        yield Import(importer, inner, "", node.lineno)
                    else:
                        yield Import(importer, module, alias.name, node.lineno)
            case ast.ImportFrom():
                raise AssertionError(f"{importer}:{node.lineno}: imports name the whole path here")
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield Import(importer, module, "", node.lineno)


IMPORTS = [each for name, tree in TREES.items() for each in imports_of(name, tree)]


def find_circle() -> list[str]:
    """Return the modules of one circle of imports, the first one repeated at the end; empty if there is none."""
    edges: dict[str, set[str]] = {name: set() for name in MODULES}
    for each in IMPORTS:
        if each.target in MODULES and each.target != each.importer:
            edges[each.importer].add(each.target)
    finished: set[str] = set()

    def visit(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in finished:
            return []
        for target in sorted(edges[module]):
            circle = visit(target, [*path, module])
            if circle:
                return circle
        finished.add(module)
        return []

    for module in MODULES:
        circle = visit(module, [])
        if circle:
            return circle
    return []
