"""A workbook that LibreOffice opened and saved holds the same texts, and no formula."""

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bulksms.results import summarise
from bulksms.results.contact_results import write_contact_results
from tests.builders import a_campaign, a_frame_record, totals_of
from tests.unit.results.rows import REJECTED, a_row, parts

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NAMES = [
    "Éloïse Lefèvre-Marchand",
    "Łukasz",
    "=1+1",
    '=HYPERLINK("http://example.com","x")',
    "+33639980102",
    "-20%",
    "@SUM(1)",
    "\uff1d1+1",
    "'=1",
    "00123",
    "1e5",
    "3/4",
    "=cmd|' /C calc'!A0",
    "a\nb",
    "😀",
]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: no round trip")
def test_numbers_and_names_survive_a_round_trip_through_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    frames = [a_frame_record()]
    rows = [a_row(name, row=at) for at, name in enumerate(NAMES, start=2)]
    write_contact_results(
        path,
        parts([*rows, REJECTED], frames),
        summarise(a_campaign(), totals_of(frames)),
        frames,
    )

    ods = _convert(path, "ods", tmp_path / "first")
    back = load_workbook(_convert(ods, "xlsx", tmp_path / "second"))

    assert back.sheetnames == load_workbook(path).sheetnames
    cells = [cell for sheet in back for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    sent = list(back["Sent"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in sent] == NAMES
    assert [row[3] for row in sent] == [f"+3363998{row + 100:04}" for row in range(2, 17)]
    assert back["Requests"]["J2"].value == 27.9


def _convert(path: Path, suffix: str, folder: Path) -> Path:
    profile = (folder / "profile").as_uri()
    options = [f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix]
    subprocess.run(
        [str(SOFFICE), *options, "--outdir", str(folder), str(path)],
        check=True,
        timeout=120,
        capture_output=True,
    )
    return folder / f"{path.stem}.{suffix}"
