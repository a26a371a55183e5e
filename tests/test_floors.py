"""The floors of the house: a room imports from the floors under it alone. Exceptions stand here with reasons."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Callable

import pytest

import mock_server
from tests.imports import IMPORTS, MODULES, ROOT, STANDARD, TREES, Import, find_circle, imports_of


def offenders(wrong: Callable[[Import], bool], *allowed: str) -> list[str]:
    """Tell the imports that are ``wrong``, but for those of the modules ``allowed`` (and of what is inside them)."""
    return [
        str(each)
        for each in IMPORTS
        if wrong(each) and not any(each.importer == name or each.importer.startswith(f"{name}.") for name in allowed)
    ]


def inside(package: str) -> Callable[[str], bool]:
    return lambda name: name == package or name.startswith(f"{package}.")


def test_the_reader_of_imports_sees_them_all() -> None:
    source = (
        "import a.b\nfrom c import d\nfrom schemas import dialect\n"
        "def f():\n    from e import g\n    import_module('h')\n    importlib.import_module('i.j')\n"
        "if TYPE_CHECKING:\n    import k\n"
    )
    seen = {(each.target, each.name) for each in imports_of("x", ast.parse(source))}
    assert seen == {
        ("a.b", ""),
        ("c", "d"),
        ("schemas.dialect", ""),
        ("e", "g"),
        ("h", ""),
        ("i.j", ""),
        ("k", ""),
    }
    assert len(MODULES) > 50
    assert len(IMPORTS) > 300


def test_the_contract_knows_neither_the_fake_nor_the_harness() -> None:
    assert offenders(lambda each: inside("schemas")(each.importer) and each.top in ("mock_server", "contracts")) == []


def test_the_fake_does_not_know_the_harness() -> None:
    assert offenders(lambda each: inside("mock_server")(each.importer) and each.top == "contracts") == []


def test_the_harness_reaches_the_fake_through_one_door() -> None:
    wrong = offenders(
        lambda each: inside("contracts")(each.importer) and each.top == "mock_server", "contracts.targets"
    )
    assert wrong == []


def test_the_source_does_not_know_its_tests() -> None:
    assert offenders(lambda each: each.top == "tests") == []


def test_starlette_lives_in_the_web_skin() -> None:
    wrong = offenders(
        lambda each: each.top == "starlette" and each.target != "starlette.types", "mock_server.web", "mock_server.app"
    )
    assert wrong == []
    # The words of ASGI are no more than types, for those who carry an application from here to there.
    typed = {each.importer for each in IMPORTS if each.target == "starlette.types"}
    carriers = {"mock_server.serving", "mock_server.transport", "contracts.bench.hello", "contracts.mutants.asgi"}
    assert {name for name in typed if not inside("mock_server.web")(name)} - carriers <= {"mock_server.app"}


def test_each_outside_library_lives_in_its_room() -> None:
    rooms = {
        "uvicorn": ("mock_server.serving",),
        "respx": ("mock_server.vendor_hosts", "mock_server.fake"),  # fake: for a type, and to say that it is missing
        "pytest": ("mock_server.pytest_plugin",),
        "trustme": ("mock_server.intercept.authority",),
        "hypothesis": ("contracts",),
        "schemathesis": ("contracts",),
    }
    for name, allowed in rooms.items():
        assert offenders(lambda each, name=name: each.top == name, *allowed) == []  # type: ignore[misc]


OUTSIDE_TIME = {"time", "secrets", "random", "uuid"}


def test_time_and_chance_come_through_one_door() -> None:
    wrong = offenders(
        lambda each: each.top in OUTSIDE_TIME and not inside("contracts")(each.importer),
        "mock_server.environment",
        "mock_server.sleepless",  # replaces `time.sleep` in the tests of others; it never asks what time it is
    )
    assert wrong == []


def _reads(tree: ast.AST, names: set[str]) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node) in names]


def test_variables_of_the_environment_come_through_one_door() -> None:
    wrong = offenders(
        lambda each: each.top == "os" and not inside("contracts")(each.importer), "mock_server.environment"
    )
    assert wrong == []


def test_nobody_asks_the_calendar_for_the_present() -> None:
    asking = {
        f"{kind}.{word}" for kind in ("datetime", "date", "datetime.datetime") for word in ("now", "utcnow", "today")
    }
    found = {name: _reads(tree, asking) for name, tree in TREES.items() if not inside("contracts")(name)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_core_is_pure() -> None:
    core = inside("mock_server.core")
    foreign = offenders(
        lambda each: (
            core(each.importer) and not core(each.target) and each.top not in STANDARD and each.top != "schemas"
        )
    )
    assert foreign == []
    # Locks are welcome: a clock and a journal are asked from the test's thread and from the server's.
    outside = OUTSIDE_TIME | set("asyncio http io logging os pathlib socket subprocess sys tempfile urllib".split())
    assert offenders(lambda each: core(each.importer) and each.top in outside) == []
    opened = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if core(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "print", "input")
    ]
    assert opened == []


def test_there_is_no_circle() -> None:
    assert find_circle() == []


LATE = {
    "mock_server.pytest_plugin": {"pytest"},
    "mock_server.fake": {"respx"},
    "mock_server.intercept.authority": {"trustme"},
    "mock_server.vendor_hosts": {"httpcore", "httpcore2", "httpx", "respx"},
}


def test_what_the_core_install_imports_is_among_its_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[^A-Za-z0-9_-]", text)[0].replace("-", "_") for text in project["dependencies"]}
    wrong = [
        str(each)
        for each in IMPORTS
        if not inside("contracts")(each.importer)
        and each.top not in STANDARD | declared | {"schemas", "mock_server"}
        and each.top not in LATE.get(each.importer, ())
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_for(module: str) -> None:
    docstring = ast.get_docstring(TREES[module])
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))


def test_every_public_name_resolves() -> None:
    assert len(mock_server.__all__) == len(set(mock_server.__all__))
    for module in MODULES:
        if "__all__" in MODULES[module].read_text("utf-8"):
            loaded = importlib.import_module(module)
            for name in loaded.__all__:
                assert hasattr(loaded, name), f"{module}.{name}"
