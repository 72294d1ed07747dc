"""A list that ends in the middle of a line may be cut: it is read when no one writes to it."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.errors import ListStillWritten, RuleError
from bulksms.settings import Settings
from bulksms.use_cases.unattended.await_settled import await_settled
from tests.fakes import RecordingObserver
from tests.sending import run_context

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


class Waiting:
    """A clock that does something to the file while someone waits."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.waited, self._meanwhile = 0.0, meanwhile

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return self.waited

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self.waited += seconds
        self._meanwhile()
        return wake.is_set()


def _list(folder: Path, content: bytes, age: float) -> Path:
    path = folder / "dump.csv"
    path.write_bytes(content)
    written = (NOW - timedelta(seconds=age)).timestamp()
    os.utime(path, (written, written))
    return path


def _await(path: Path, clock: Waiting) -> None:
    context = run_context(Settings(home=path.parent), clock=clock)
    await_settled([path], context)


@pytest.mark.parametrize(
    ("content", "age", "waited"),
    [
        pytest.param(b"Mobile\n+33639980001", 2, 3, id="open end"),
        pytest.param(b"Mobile\n+33639980001\n", 2, 0, id="line break"),
        pytest.param(b"Mobile\r+33639980001\r", 2, 0, id="old Mac"),
        pytest.param("Mobile\n+33639980001\n".encode("utf-16-le"), 2, 0, id="UTF-16"),
        pytest.param("Mobile\n+33639980001".encode("utf-16-be"), 2, 3, id="UTF-16, open end"),
        pytest.param(b"Mobile\n+33639980001", 6, 0, id="written long enough ago"),
        pytest.param(b"Mobile\n+33639980001", -60, 0, id="written by another clock"),
        pytest.param(b"PK\x03\x04 a workbook", 2, 0, id="workbook"),
        pytest.param(b"", 2, 3, id="empty"),
    ],
)
def test_only_a_fresh_text_that_may_be_cut_is_waited_for(
    tmp_path: Path, content: bytes, age: float, waited: float
) -> None:
    clock = Waiting()
    _await(_list(tmp_path, content, age), clock)

    assert clock.waited == waited


def test_a_list_that_grows_meanwhile_stops_the_run(tmp_path: Path) -> None:
    path = _list(tmp_path, b"Mobile\n+4915123456", 1)

    with pytest.raises(RuleError, match=r"is still being written: .* Nothing was sent\."):
        _await(path, Waiting(lambda: path.write_bytes(b"Mobile\n+4915123456789\n")))


def _missing(folder: Path, age: float) -> Path:
    """Name a list that is not in its folder, which changed last so many seconds ago."""
    changed = (NOW - timedelta(seconds=age)).timestamp()
    os.utime(folder, (changed, changed))
    return folder / "stop.csv"


@pytest.mark.parametrize(("age", "waited"), [(0, 30), (20, 10), (31, 0), (-60, 0)], ids="{}".format)
def test_a_missing_list_is_waited_for_while_its_folder_is_fresh(
    tmp_path: Path, age: float, waited: float
) -> None:
    clock = Waiting()
    _await(_missing(tmp_path, age), clock)

    assert clock.waited == waited


def test_standard_input_is_no_missing_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_missing(tmp_path, 0).parent)
    clock = Waiting()
    _await(Path("-"), clock)

    assert clock.waited == 0


def test_a_list_that_comes_back_is_waited_for_no_longer(tmp_path: Path) -> None:
    path = _missing(tmp_path, 1)
    clock = Waiting(lambda: path.write_bytes(b"Mobile\n+33639980001\n"))
    observer = RecordingObserver()
    await_settled([path], run_context(Settings(home=tmp_path), clock=clock, observer=observer))

    assert clock.waited == 0.5
    assert observer.notes == [
        f"{path} is missing. It may just be replaced: it is waited for, up to 29 seconds."
    ]


def test_a_run_that_is_stopped_meanwhile_reads_no_list(tmp_path: Path) -> None:
    context = run_context(Settings(home=tmp_path), clock=Waiting())
    context.stop.set()

    with pytest.raises(ListStillWritten, match=r"stop\.csv is missing .* Nothing was sent\."):
        await_settled([_missing(tmp_path, 1)], context)


def test_a_list_that_vanishes_is_left_to_its_reader(tmp_path: Path) -> None:
    _await(tmp_path / "nowhere" / "none.csv", Waiting())
    path = _list(tmp_path, b"Mobile\n+4915123456", 1)
    _await(path, Waiting(path.unlink))
