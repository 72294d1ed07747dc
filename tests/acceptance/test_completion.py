"""Shells complete commands, options, campaigns and file names."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bulksms.ledger import open_ledger
from tests.acceptance.driver import Desk
from tests.builders import new_campaign

BASH = shutil.which("bash")


def completed(desk: Desk, *words: str) -> list[str]:
    """Return what bash offers after these words, the last of which is unfinished."""
    script = desk.run("completion", "bash")
    assert script.code == 0, script.err
    program = Path(desk.folder / "bulksms")
    program.write_text("#!/bin/sh\nexec " + " ".join(desk.program) + ' "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (desk.folder / "words.bash").write_text(
        script.out
        + f"COMP_WORDS=({' '.join(words)}{chr(39) * 2 if not words[-1] else ''})\n"
        + f"COMP_CWORD={len(words) - 1}\n_bulksms_completion ./bulksms\n"
        + "printf '%s\\n' \"${COMPREPLY[@]}\"\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [str(BASH), "words.bash"],
        cwd=desk.folder,
        env=desk.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
def test_bash_completes_commands_options_and_campaigns(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with open_ledger(desk.home) as ledger:
        for name in ("spring", "summer sale"):
            ledger.campaigns.create(new_campaign(name), [])
    assert completed(desk, "bulksms", "pa") == ["pause"]
    assert completed(desk, "bulksms", "send", "--text-f") == ["--text-file", "--text-for"]
    assert completed(desk, "bulksms", "send", "--purpose", "w") == ["wholesale"]
    assert completed(desk, "bulksms", "status", "s") == ["summer sale", "spring"]
    assert completed(desk, "bulksms", "doubt", "show", "sp") == ["spring"]


def test_no_ledger_and_a_wrong_settings_file_only_complete_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.home.mkdir()
    (desk.home / "settings.toml").write_text("sendr = 1\n", encoding="utf-8")
    environment = desk.environment() | {
        "_BULKSMS_COMPLETE": "zsh_complete",
        "COMP_WORDS": "bulksms status s",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        desk.program, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
    assert not (desk.home / "ledger.sqlite3").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_has_a_script_that_asks_the_program(tmp_path: Path, shell: str) -> None:
    script = Desk(tmp_path).run("completion", shell)
    assert script.code == 0
    assert f"{shell}_complete" in script.out
    assert "_BULKSMS_COMPLETE" in script.out


def test_files_are_left_to_the_shell(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    environment = desk.environment() | {
        "_BULKSMS_COMPLETE": "bash_complete",
        "COMP_WORDS": "bulksms send ./cust",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        desk.program, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "file,./cust\n"
