"""What is written never destroys what is read."""

from pathlib import Path

import openpyxl
import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run

LIST = "Mobile\n06 39 98 01 02\n"


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "home"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.mark.parametrize("option", ["--contacts-out", "--rejects-out", "--save-map"])
def test_a_list_is_never_overwritten(
    source: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    same = source.parent / "." / ".." / source.parent.name / "list.csv"

    assert run(cli, ["check", str(source), option, str(same)]) == 2

    assert source.read_text(encoding="utf-8") == LIST
    assert f"{option} {same} would overwrite" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--results", "--contact-results"])
def test_nor_by_the_results_of_a_sending(source: Path, option: str) -> None:
    asked = ["send", str(source), "--text", "STOP au 30101", "--yes", option, str(source)]

    assert run(cli, asked) == 2
    assert source.read_text(encoding="utf-8") == LIST


def test_nor_is_a_list_of_opt_outs(source: Path) -> None:
    stopped = source.with_name("stopped.csv")
    stopped.write_text(LIST, encoding="utf-8")

    asked = ["check", str(source), "--optouts", str(stopped), "--rejects-out", str(stopped)]

    assert run(cli, asked) == 2
    assert stopped.read_text(encoding="utf-8") == LIST


def test_two_files_written_need_two_names(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.csv")

    assert run(cli, ["check", str(source), "--rejects-out", out, "--contacts-out", out]) == 2
    assert "--rejects-out and --contacts-out both name" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", ["--guest-list", "--text-file", "--tariff", "--map-file", "--text-for"]
)
def test_no_file_that_an_option_reads_is_overwritten(
    source: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    read = source.with_name("read.txt")
    read.write_text("phone_number = 'Mobile'\n", encoding="utf-8")
    value = f"a=@{read}" if option == "--text-for" else str(read)

    assert run(cli, ["check", str(source), option, value, "--save-map", str(read)]) == 2
    assert "--save-map" in capsys.readouterr().err
    assert read.read_text(encoding="utf-8") == "phone_number = 'Mobile'\n"


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="devices of POSIX")
def test_a_device_may_be_named_more_than_once(source: Path) -> None:
    outputs = ["--rejects-out", "/dev/null", "--contacts-out", "/dev/null"]

    assert run(cli, ["check", str(source), *outputs]) == 0


def _own_files(tmp_path: Path) -> list[Path]:
    """Return every file that the program made, once opt-outs, settings and a key are kept."""
    home = tmp_path / "home"
    assert run(cli, ["optout", "add", "0639980109"]) == 0
    (home / "settings.toml").write_text("region = 'FR'\n", encoding="utf-8")
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "list.csv"]
    assert {"ledger.sqlite3", "settings.toml"} <= {path.name for path in files}
    return [*files, home / "ledger.sqlite3-wal", home / "locks" / "x.lock", home / "logs" / "bug"]


def test_no_file_of_the_program_is_overwritten(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for own in _own_files(tmp_path):
        before = own.read_bytes() if own.exists() else None
        for args in (
            ["check", str(source), "--contacts-out", str(own)],
            ["check", str(source), "--save-map", str(own)],
            ["optout", "export", str(own)],
            ["report", "x", "--results", str(own)],
            ["resume", "x", "--contact-results", str(own)],
        ):
            assert run(cli, args) == 2, (args, own)
            assert "a file of bulksms itself" in capsys.readouterr().err, (args, own)
        assert (own.read_bytes() if own.exists() else None) == before


def test_the_key_file_is_not_overwritten(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key.txt"
    key.write_text("test-key", encoding="utf-8")
    key.chmod(0o600)
    monkeypatch.delenv("BULKSMS_API_KEY")
    monkeypatch.setenv("BULKSMS_API_KEY_FILE", str(key))

    assert run(cli, ["check", str(source), "--rejects-out", str(key)]) == 2
    assert key.read_text(encoding="utf-8") == "test-key"


def test_a_link_to_the_ledger_is_not_followed(source: Path, tmp_path: Path) -> None:
    assert run(cli, ["optout", "add", "0639980109"]) == 0
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "home" / "ledger.sqlite3")

    assert run(cli, ["check", str(source), "--contacts-out", str(link)]) == 2


@pytest.mark.parametrize(
    ("content", "options", "header"),
    [
        (b"Mobile;Ville\n0639980102;Lyon\n", [], "row;phone_number;"),
        (b"Mobile\tVille\n0639980102\tLyon\n", [], "row\tphone_number\t"),
        (b"Mobile,Ville\n0639980102,Lyon\n", [], "row,phone_number,"),
        (b"Mobile,Ville\n0639980102,Lyon\n", ["--output-delimiter", "tab"], "row\tphone_number"),
        (b"Mobile,Ville\n0639980102,Lyon\n", ["--output-delimiter", ";"], "row;phone_number"),
    ],
)
def test_a_csv_has_the_separator_of_the_first_source_or_the_one_asked_for(
    tmp_path: Path, content: bytes, options: list[str], header: str
) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_bytes(content)

    assert run(cli, ["check", str(source), "--contacts-out", str(out), *options]) == 0
    assert out.read_text(encoding="utf-8-sig").startswith(header)


@pytest.mark.parametrize(("region", "separator"), [("FR", ";"), ("GB", ",")])
def test_a_workbook_gives_the_separator_of_the_region(
    tmp_path: Path, region: str, separator: str
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Mobile", "Ville"])
    sheet.append(["+33639980102", "Lyon"])
    source, out = tmp_path / "list.xlsx", tmp_path / "out.csv"
    book.save(source)

    code = run(cli, ["check", str(source), "--region", region, "--contacts-out", str(out)])

    assert code == 0
    assert out.read_text(encoding="utf-8-sig").startswith(f"row{separator}phone_number")


def test_a_separator_that_is_none_is_wrong_usage(source: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out.csv")

    assert run(cli, ["check", str(source), "--contacts-out", out, "--output-delimiter", "x"]) == 2


@pytest.mark.parametrize("option", ["--rejects-out", "--contacts-out"])
def test_an_output_called_xlsx_is_a_workbook(source: Path, tmp_path: Path, option: str) -> None:
    out = tmp_path / "out.xlsx"

    assert run(cli, ["check", str(source), option, str(out)]) == 0
    assert len(openpyxl.load_workbook(out).worksheets) == 1


def test_exported_opt_outs_called_xlsx_are_a_workbook(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert run(cli, ["optout", "add", "0639980109"]) == 0

    assert run(cli, ["optout", "export", str(out)]) == 0

    cells = [cell.value for cell in openpyxl.load_workbook(out).worksheets[0]["A"]]
    assert cells == ["phone_number", "+33639980109"]


@pytest.mark.parametrize("name", ["out.ods", "out.XLS", "out.pdf", "-"])
@pytest.mark.parametrize("option", ["--contacts-out", "--rejects-out"])
def test_a_name_that_promises_what_is_not_written_is_refused(
    source: Path, option: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source.parent)

    assert run(cli, ["check", str(source), option, name]) == 2
    assert [path.name for path in source.parent.iterdir() if path.is_file()] == ["list.csv"]


def test_a_report_of_another_kind_is_told_its_ending(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["send", str(source), "--text", "STOP au 30101", "--yes", "--report", "out.pdf"]

    assert run(cli, asked) == 2
    assert "--report out.pdf would be no .pdf file: end its name in .html." in (
        capsys.readouterr().err
    )
