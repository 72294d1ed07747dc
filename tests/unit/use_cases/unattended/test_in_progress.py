import pytest

from bulksms.use_cases.unattended.in_progress import is_in_progress, is_open_in_office


@pytest.mark.parametrize(
    "name",
    ["dump.csv.filepart", "dump.csv.writing", "dump.csv~", "dump.csv.tmp", "dump.csv.part",
     "dump.csv.crdownload", ".dump.csv.swp", ".dump.csv", "~$dump.xlsx", "~dump.tmp", "A.PART",
     ".~lock.dump.ods#", "#dump.csv#", "Thumbs.db", "desktop.ini", "dump.csv.uploading"],
)  # fmt: skip
def test_names_of_files_in_progress_are_known(name: str) -> None:
    assert is_in_progress(name)


@pytest.mark.parametrize("name", ["dump.csv", "part.csv", "tmp.xlsx", "export 2027.csv", "é.csv"])
def test_names_of_complete_files_are_not(name: str) -> None:
    assert not is_in_progress(name)


def test_a_workbook_open_in_excel_or_libreoffice_is_left_alone() -> None:
    assert is_open_in_office("clients.xlsx", {"clients.xlsx", "~$clients.xlsx"})
    assert is_open_in_office("clients.xlsx", {"clients.xlsx", "~$ients.xlsx"})
    assert is_open_in_office("clients.ods", {"clients.ods", ".~lock.clients.ods#"})
    assert not is_open_in_office("clients.xlsx", {"clients.xlsx", "~$others.xlsx"})
