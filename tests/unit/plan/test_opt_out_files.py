"""An opt-out file that gives nothing, or is mostly unreadable, is asked about."""

import io
import sys
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from bulksms.contacts import OptOutList
from bulksms.errors import LoadError
from bulksms.finding import Level
from bulksms.plan.opt_out_files import read_guest_lists, read_opt_out_file, read_opt_out_files


def findings(folder: Path, *cells: str) -> list[tuple[str, Level, bool, int]]:
    path = folder / "stopped.csv"
    path.write_text("\n".join(["Mobile;Nom", *(f"{cell};Ada" for cell in cells)]), encoding="utf-8")
    _, warnings = read_opt_out_files([str(path)], "FR", OptOutList())
    return [(finding.code, finding.level, finding.ask, finding.count) for finding in warnings]


def test_a_list_without_a_number_is_an_error_to_accept(tmp_path: Path) -> None:
    assert findings(tmp_path, "inconnu", "n/a") == [("optouts_empty", Level.ERROR, True, 1)]


@pytest.mark.parametrize(
    ("unreadable", "level", "ask"), [(1, Level.WARNING, False), (2, Level.ERROR, True)]
)
def test_more_than_five_per_cent_unreadable_cells_are_an_error_to_accept(
    tmp_path: Path, unreadable: int, level: Level, ask: bool
) -> None:
    cells = [f"06399801{at:02}" for at in range(20 - unreadable)] + ["voir fiche"] * unreadable
    assert findings(tmp_path, *cells) == [("optouts_unreadable", level, ask, unreadable)]


def test_a_readable_list_gives_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, "0639980101", "") == []


@pytest.mark.parametrize("text", ["", "Mobile;Nom\n", "\ufeffMobile\r\n"])
def test_a_file_that_no_one_is_on_yet_is_an_error_to_accept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "nobody.csv"
    path.write_text(text, encoding="utf-8")
    _, (finding,) = read_opt_out_files([str(path)], "FR", OptOutList())
    assert (finding.code, finding.ask) == ("optouts_empty", True)


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        ("0639980101", [33639980101]),
        ("0639980101;0639980102", [33639980101, 33639980102]),
        ("0639980101 / 0639980102", [33639980101, 33639980102]),
    ],
)
def test_a_single_row_is_people_and_no_header(tmp_path: Path, row: str, numbers: list[int]) -> None:
    path = tmp_path / "stopped.csv"
    path.write_text(row, encoding="utf-8")
    assert read_opt_out_file(str(path), "FR").digits.tolist() == numbers


def typed(monkeypatch: pytest.MonkeyPatch, stream: io.BufferedIOBase) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(cast("BinaryIO", stream)))


def test_a_list_on_standard_input_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, io.BytesIO(b"Mobile;Nom\ninconnu;Ada\n"))
    _, (finding,) = read_opt_out_files(["-"], "FR", OptOutList())

    assert finding.message.startswith("The opt-out list on standard input contains no phone number")

    typed(monkeypatch, io.BytesIO(b"%PDF-1.7\n"))
    with pytest.raises(LoadError, match=r"^Standard input is a PDF"):
        read_opt_out_file("-", "FR")


def test_guests_on_standard_input_are_read_as_often_as_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed(monkeypatch, io.BytesIO(b"Mobile\n+33639980101\n"))

    for _ in range(2):  # for the list, and for the seeds
        guests = read_guest_lists(["-"], "FR")
        assert guests is not None
        assert guests.digits.tolist() == [33639980101]


class Endless(io.BytesIO):
    """A stream that gives as much as is asked for, and knows what that was."""

    asked: int | None = 0

    def read(self, size: int | None = -1) -> bytes:
        self.asked = size
        return bytes(max(size or 0, 0))


def test_no_more_of_standard_input_is_read_than_the_loader_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endless = Endless()
    typed(monkeypatch, endless)

    for _ in range(2):  # the rest is no shorter list
        with pytest.raises(LoadError, match="on standard input is larger than 200 MB"):
            read_opt_out_file("-", "FR")
    assert endless.asked == 200_000_001
