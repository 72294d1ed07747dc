"""An output is complete or not there, and destroys nothing that is not a file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from bulksms.errors import InputError
from bulksms.output.whole_file import is_stream, whole_file

posix = pytest.mark.skipif(os.name == "nt", reason="devices and modes of POSIX")


def _write(path: Path, text: str = "new") -> None:
    with whole_file(path, encoding="utf-8") as draft:
        draft.write(text)


@posix
def test_a_device_is_written_to_and_stays_a_device() -> None:
    _write(Path(os.devnull))

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@posix
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text(encoding="utf-8")))
    reader.start()

    _write(pipe, "through")

    reader.join(timeout=10)
    assert received == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert is_stream(pipe)


@posix
def test_a_full_device_is_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has /dev/full")
    with pytest.raises(InputError, match=r"/dev/full cannot be written \(No space left"):
        _write(Path("/dev/full"))


@posix
def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)

    _write(link)

    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"


@posix
def test_a_link_to_nothing_makes_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "absent.csv")

    _write(link)

    assert link.is_symlink()
    assert (tmp_path / "absent.csv").read_text(encoding="utf-8") == "new"


@posix
def test_a_loop_of_links_is_one_sentence(tmp_path: Path) -> None:
    first, other = tmp_path / "one", tmp_path / "other"
    first.symlink_to(other)
    other.symlink_to(first)

    with pytest.raises(InputError, match="cannot be written"):
        _write(first)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    with pytest.raises(InputError, match="cannot be written"):
        _write(folder)
    assert folder.is_dir()


@posix
def test_the_permissions_of_a_replaced_file_stay_and_a_new_one_is_private(tmp_path: Path) -> None:
    shared, new = tmp_path / "shared.csv", tmp_path / "new.csv"
    shared.write_text("old", encoding="utf-8")
    shared.chmod(0o640)

    _write(shared)
    _write(new)

    assert stat.S_IMODE(shared.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_a_failure_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")

    def interrupted() -> None:
        with whole_file(path) as draft:
            draft.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_draft_of_a_running_program_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / f".out.csv.{os.getppid()}.draft"
    other.write_text("half", encoding="utf-8")

    _write(tmp_path / "out.csv")

    assert other.exists()


def test_a_path_with_nul_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a valid path"):
        _write(tmp_path / "a\0b")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="the system has no /dev/shm")
def test_a_file_in_memory_is_replaced_like_any_other(tmp_path: Path) -> None:
    path = Path("/dev/shm") / f"bulksms-{os.getpid()}-{tmp_path.name}.csv"
    try:
        for text in ("first", "second"):
            with whole_file(path) as draft:
                draft.write(text)
        assert path.read_text(encoding="utf-8-sig") == "second"
        assert not is_stream(path)
    finally:
        path.unlink(missing_ok=True)
