"""On any machine, with any streams: the right exit code, one sentence, and nothing lost."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-m", "bulksms")
LIST = "Prénom ✓,Mobile\nZoë → Łódź,06 39 98 01 01\n,0612\n"
posix = pytest.mark.skipif(os.name != "posix", reason="streams and users of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def _environment(folder: Path, **changes: str | None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BULKSMS", "PYTHONIO", "LC_", "LANG"))
    }
    values = kept | {"BULKSMS_HOME": str(folder / "home"), "BULKSMS_API_KEY": "test-key"}
    values |= {name: value for name, value in changes.items() if value is not None}
    return {name: value for name, value in values.items() if changes.get(name, value) is not None}


def _run(
    folder: Path, *args: str, redirect: str = "", **changes: str | None
) -> "subprocess.CompletedProcess[bytes]":
    """Run the program; `redirect` is what a shell does to its streams."""
    command: list[str] = [*PROGRAM, *args]
    if redirect:
        command = ["sh", "-c", f'"$@" {redirect}', "sh", *command]
    return subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder, **changes),
        check=False,
        timeout=120,
    )


CHECK = ("check", "list.csv")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"PYTHONIOENCODING": "cp1252"}, id="cp1252"),
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="ascii"),
        pytest.param({"PYTHONIOENCODING": "cp437"}, id="cp437"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="C"),
    ],
)
def test_any_encoding_of_the_terminal_shows_the_plan(folder: Path, changes: dict[str, str]) -> None:
    encoding = changes.get("PYTHONIOENCODING", "ascii")

    done = _run(folder, *CHECK, **changes)

    assert done.returncode == 0, done.stderr
    shown = done.stdout.decode(encoding)
    assert "Mobile: phone_number" in shown
    assert r"\u2192" in shown or "→" in shown  # nothing is lost, also where it cannot be written
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_json_is_the_same_in_any_encoding(folder: Path, encoding: str) -> None:
    done = _run(folder, *CHECK, "--json", PYTHONIOENCODING=encoding)

    assert json.loads(done.stdout.decode(encoding))["columns"][0]["header"] == "Prénom ✓"


@posix
@pytest.mark.parametrize(
    ("args", "redirect", "code"),
    [
        pytest.param(CHECK, ">&-", 0, id="stdout closed"),
        pytest.param(CHECK, "2>&-", 0, id="stderr closed"),
        pytest.param(CHECK, "<&-", 0, id="stdin closed"),
        pytest.param(CHECK, "<&- >&- 2>&-", 0, id="all closed"),
        pytest.param(("check", "-"), "<&-", 3, id="list from a closed stdin"),
        pytest.param(("check", "absent.csv"), ">&- 2>&-", 3, id="error and all closed"),
        pytest.param(("send", "list.csv", "--text", "x"), "<&-", 2, id="no stdin to ask on"),
        pytest.param(CHECK, "2>/dev/full", 0, id="stderr full"),
        pytest.param(CHECK, ">/dev/full", 74, id="stdout full"),
        pytest.param(("check", "absent.csv", "--json"), ">/dev/full", 3, id="error, stdout full"),
        pytest.param(("status",), ">/dev/full", 74, id="status, stdout full"),
    ],
)
def test_streams_that_are_closed_full_or_gone(
    folder: Path, args: tuple[str, ...], redirect: str, code: int
) -> None:
    if "/dev/full" in redirect and not Path("/dev/full").exists():
        pytest.skip("only Linux has /dev/full")
    done = _run(folder, *args, redirect=redirect)

    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") <= 1


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("args", [CHECK, ("status",), ("optout", "list")])
def test_an_answer_in_json_that_is_lost_is_said_on_stderr(
    folder: Path, args: tuple[str, ...]
) -> None:
    done = _run(folder, *args, "--json", redirect=">/dev/full")

    assert done.returncode == 74
    assert done.stderr.startswith(b"Error: The answer could not be written to standard output")
    assert done.stderr.count(b"\n") == 1


@posix
def test_a_reader_that_is_gone_is_no_error(folder: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [*PROGRAM, *CHECK],
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_environment(folder),
            check=False,
            timeout=120,
        )
    finally:
        os.close(write_end)

    assert (done.returncode, done.stderr) == (0, b"")


@posix
def test_a_closed_stdout_never_becomes_a_file_of_the_program(folder: Path) -> None:
    done = _run(folder, "optout", "add", "0639980102", redirect=">&- 2>&-")
    shown = _run(folder, "optout", "list")

    assert done.returncode == 0
    assert shown.stdout == b"+33639980102\n"


@posix
@pytest.mark.parametrize(
    ("home", "args", "code"),
    [
        pytest.param("/dev/null/sms", ("optout", "add", "0639980102"), 6, id="below a device"),
        pytest.param("/dev/null/sms", CHECK, 0, id="below a device, nothing kept"),
        pytest.param("list.csv", ("optout", "add", "0639980102"), 6, id="a file"),
        pytest.param("/" + "a" * 300, ("optout", "add", "0639980102"), 2, id="too long a name"),
        pytest.param("~nobody-of-that-name/x", ("status",), 2, id="unknown user"),
        pytest.param("/proc/sms", ("optout", "add", "0639980102"), 6, id="cannot be made"),
    ],
)
def test_a_state_folder_that_cannot_be_is_one_sentence(
    folder: Path, home: str, args: tuple[str, ...], code: int
) -> None:
    done = _run(folder, *args, BULKSMS_HOME=home)

    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(b"Error: ") or code == 0
    assert done.stderr.count(b"\n") == (0 if code == 0 else 1)


@pytest.mark.parametrize("variable", ["LEDGER", "API_KEY_FILE", "CA_FILE", "HOME"])
def test_a_path_in_the_home_folder_of_no_one_is_one_sentence(folder: Path, variable: str) -> None:
    """The key itself is not set, so that its file is looked for."""
    name = f"BULKSMS_{variable}"
    done = _run(folder, "status", BULKSMS_API_KEY="", **{name: "~nobody-of-that-name/x"})

    assert done.returncode == 2, done.stderr
    assert b"there is no home folder ~nobody-of-that-name" in done.stderr
    assert done.stderr.count(b"\n") == 1


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root changes users")
@pytest.mark.parametrize(
    ("home", "code", "shown"),
    [(None, 2, "set BULKSMS_HOME"), ("/tmp", 0, "")],
    ids=["no home folder", "a folder of its own"],
)
def test_a_user_without_a_name_or_a_home_folder(
    folder: Path, home: str | None, code: int, shown: str
) -> None:
    with tempfile.TemporaryDirectory() as own:  # pytest's folders are closed to other users
        os.chown(own, 54321, 54321)
        done = _list_opt_outs_as_unknown_user(folder, None if home is None else own)

    assert done.returncode == code, done.stderr
    assert shown in done.stderr
    assert "Traceback" not in done.stderr


def _list_opt_outs_as_unknown_user(
    folder: Path, home: str | None
) -> "subprocess.CompletedProcess[str]":
    # What the command loads is loaded before the user changes, who may read nothing of root's.
    set_home = "" if home is None else f"os.environ['BULKSMS_HOME'] = {home!r}"
    program = f"""
import os
from bulksms.cli import cli, main
from bulksms.cli.exit_codes import run
run(cli, ["optout", "list"]), run(cli, ["optout", "add", "x"])
os.setgid(54321), os.setuid(54321)
os.environ.pop("HOME", None), os.environ.pop("BULKSMS_HOME", None)
{set_home}
main(["optout", "list"])
"""
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        cwd="/",
        env=_environment(folder, PYTHONPATH=str(Path(__file__).parents[2])),
        check=False,
    )


@posix
@pytest.mark.parametrize("name", ["red\x1b[31m.csv", "title\x1b]0;x\x07.csv", "back\u202efdp.csv"])
def test_a_file_name_never_commands_a_terminal(folder: Path, name: str) -> None:
    (folder / name).write_text("Mobile\x1b[2J,Ville\x9b1m\n0639980101,\x1b[5mLyon\n", "utf-8")

    for args in (("check", name), ("check", f"absent-{name}"), ("check", name, "--sheet", name)):
        done = _run(folder, *args)
        shown = (done.stdout + done.stderr).decode("utf-8")
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(shown)


@posix
def test_a_file_name_that_is_not_text_is_shown_and_in_json(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    (folder / name).write_text(LIST, encoding="utf-8")

    shown, answered = _run(folder, "check", name), _run(folder, "check", name, "--json")

    assert shown.returncode == answered.returncode == 0, shown.stderr
    assert json.loads(answered.stdout)["files"][0]["path"] == name


@pytest.mark.parametrize("changes", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_piped_output_has_no_control_characters(folder: Path, changes: dict[str, str]) -> None:
    done = _run(folder, *CHECK, "--text", "Bonjour {Prénom ✓}", **changes)

    assert b"\x1b" not in done.stdout + done.stderr
    assert b"\r" not in done.stdout.replace(b"\r\n", b"\n")
