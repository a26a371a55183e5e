"""What every file of the project keeps to."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = set("pyproject.toml README.md LICENSE CHANGELOG.md mock_server contracts schemas fixtures tests".split())
LONGEST = 300
# Folders of one machine; none of them stands here as a path, so that this file passes its own test.
PRIVATE = re.compile(rb"(?<![\w.*])/(?:work|root|tmp|home|Users)/")


def project_files() -> list[Path]:
    """Return the files of the project, new ones too, without what is ignored."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        # An unpacked source distribution: there is nothing in it but the project, and what running it has left.
        return [path for name in TOP for path in [ROOT / name, *(ROOT / name).rglob("*")] if _kept(path)]
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return sorted(path for path in paths if path.is_file())


def _kept(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


FILES = project_files()


def test_there_are_files_to_look_at() -> None:
    assert {ROOT / "pyproject.toml", Path(__file__)} <= set(FILES)
    assert len(FILES) > 80


def test_the_top_level_is_a_closed_list() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in FILES}
    assert {name for name in top if not name.startswith(".")} - TOP == set()


@pytest.mark.parametrize("example", ["cd /{}/main", "'/{}/x'", "file:///{}/x"])
@pytest.mark.parametrize("name", ["work", "root", "tmp"])
def test_a_path_of_one_machine_is_known_when_it_is_seen(name: str, example: str) -> None:
    assert PRIVATE.search(example.format(name).encode())
    assert not PRIVATE.search(f"https://example.com/{name}/x and frame{name}/x".encode())


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        if b"\0" not in path.read_bytes()
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if PRIVATE.search(line)
    ]
    assert found == []


def test_no_python_file_is_two_rooms() -> None:
    lengths = {path.relative_to(ROOT): path.read_bytes().count(b"\n") for path in FILES if path.suffix == ".py"}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


UNTESTED_BY_NAME = {
    ROOT / "mock_server" / "__main__.py",  # two lines, which test_serve runs as a module
}


def test_every_module_has_tests_of_its_name() -> None:
    sources = [path for path in FILES if path.suffix == ".py" and not path.is_relative_to(ROOT / "tests")]
    tests = {path.relative_to(ROOT / "tests") for path in FILES if path.is_relative_to(ROOT / "tests")}
    missing = [
        str(path.relative_to(ROOT))
        for path in sources
        if path.name != "__init__.py" and path not in UNTESTED_BY_NAME and not _tests_of(path.relative_to(ROOT), tests)
    ]
    assert missing == []


def _tests_of(source: Path, tests: set[Path]) -> list[Path]:
    names = re.compile(rf"test_{source.stem}(_\w+)?\.py")
    return [path for path in tests if path.parent == source.parent and names.fullmatch(path.name)]


def test_every_test_package_is_a_package() -> None:
    folders = {path.parent for path in FILES if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
