from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mock_server.persistence.journal_file import BEGINNING, JournalError, JournalFile

OPENING = BEGINNING + b'"a":1}'


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    file = JournalFile(path)
    documents = [{"kind": "opened", "number": number, "text": "ä\n" * number} for number in range(5)]
    for document in documents:
        file.write(document)
    assert list(file.lines()) == list(enumerate(documents, 1))
    file.close()
    assert list(JournalFile(path).lines()) == list(enumerate(documents, 1))


@pytest.mark.parametrize("rest", [b"{", b'{"a": 1', b"x" * 200_000])
def test_a_line_that_was_not_finished_is_dropped(rest: bytes, tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    path.write_bytes(OPENING + b"\n" + rest)
    file = JournalFile(path)
    assert file.torn == len(rest)
    file.write({"b": 2})
    file.close()
    assert path.read_bytes() == OPENING + b'\n{"b":2}\n'


def test_a_line_that_lacks_nothing_but_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    path.write_bytes(OPENING + b'\n{"b": 2}')
    file = JournalFile(path)
    file.close()
    assert (file.torn, path.read_bytes()) == (0, OPENING + b'\n{"b": 2}\n')


@pytest.mark.parametrize(
    "content", [b'{\n "important": "data"\n}', b"one line, no newline", b"{", b'{"kind": "opened"}\n', b"\n"]
)
def test_a_file_that_is_no_journal_is_not_touched(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "precious.json"
    path.write_bytes(content)
    if content == b"{":
        JournalFile(path).close()  # as much of a journal as was written before a crash may be
        return
    with pytest.raises(JournalError, match="begins with its opening"):
        JournalFile(path)
    assert path.read_bytes() == content


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no such device")
def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    for path in (Path("/dev/full"), Path("/dev/null"), tmp_path):
        with pytest.raises(JournalError, match="is no regular file"):
            JournalFile(path)


def test_a_file_that_has_no_whole_line_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    path.write_bytes(BEGINNING[:9])
    file = JournalFile(path)
    assert (file.torn, list(file.lines())) == (9, [])
    file.close()
    assert path.read_bytes() == b""


def test_one_file_has_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    first = JournalFile(path)
    with pytest.raises(JournalError, match="in use by another fake"):
        JournalFile(path)
    first.close()
    JournalFile(path).close()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"journal .* cannot be opened: "):
        JournalFile(tmp_path / "no" / "folder")


def test_a_disk_that_is_full_is_told_once_and_leaves_no_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = JournalFile(tmp_path / "calls.ndjson")
    file.write({"kind": "opened"})

    class Full:
        closed = False

        def write(self, _: bytes) -> int:
            raise OSError(28, "No space left on device")

    real = file._file
    monkeypatch.setattr(file, "_file", Full())
    file.write({"b": 2})
    assert file.is_broken
    monkeypatch.setattr(file, "_file", real)
    file.write({"c": 3})
    assert [document for _, document in file.lines()] == [{"kind": "opened"}]
    assert [record.getMessage() for record in caplog.records] == [
        f"the journal {file.path} cannot be written any more: No space left on device"
    ]
    file.close()


def test_a_write_in_parts_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = JournalFile(tmp_path / "calls.ndjson")
    real = file._file

    class Slow:
        closed = False

        def write(self, data: bytes) -> int:
            return real.write(data[:3])

    monkeypatch.setattr(file, "_file", Slow())
    file.write({"text": "a longer one"})
    monkeypatch.setattr(file, "_file", real)
    assert list(file.lines()) == [(1, {"text": "a longer one"})]
    file.close()


@pytest.mark.parametrize("at_once", [7, 1000])
def test_lines_of_many_threads_do_not_mix(at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = JournalFile(tmp_path / "calls.ndjson")
    real = file._file

    class Slow:
        closed = False

        def write(self, data: bytes) -> int:
            return real.write(data[:at_once])

    monkeypatch.setattr(file, "_file", Slow())

    def write(who: int) -> None:
        for number in range(50):
            file.write({"who": who, "number": number, "text": "x" * 500})

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.setattr(file, "_file", real)
    lines = [document for _, document in file.lines()]
    assert len(lines) == 200
    assert all([line["number"] for line in lines if line["who"] == who] == list(range(50)) for who in range(4))
    file.close()
    file.write({"too": "late"})


def test_a_file_that_cannot_be_read_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: JournalFile) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "calls.ndjson"
    monkeypatch.setattr(JournalFile, "_drop_torn_line", fail)
    with pytest.raises(JournalError, match="cannot be read: Input/output error") as caught:
        JournalFile(path)
    monkeypatch.undo()
    JournalFile(path).close()
    assert caught.value.__traceback__ is not None  # it holds the first one, which nobody has collected yet
