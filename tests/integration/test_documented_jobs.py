"""The jobs of the example crontab run, and a backup is restored, as their pages say."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.test_unattended_examples import EXAMPLES, cron_jobs, page
from tests.integration.machine import LATER, PEOPLE, Machine, export

PAGE = page("back-up-and-restore")


def back_up(folder: Path, tool: str) -> Path:
    """Run the example with one of its two tools; return the copy."""
    if tool == "sqlite3" and shutil.which(tool) is None:
        pytest.skip("the tool of SQLite is not installed")
    programs = folder.with_name("programs")
    programs.mkdir()
    (programs / "python3").symlink_to(sys.executable)
    for name in ("date", "mkdir", "mv", "cp", "ls", "sort", "tail", "rm", "cat", tool):
        if name != "python3":
            (programs / name).symlink_to(shutil.which(name) or "")
    made = subprocess.run(
        [shutil.which("sh") or "sh", EXAMPLES / "backup.sh", folder],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(programs)},
    )
    return Path(made.stdout.strip())


def test_the_jobs_of_the_crontab_run(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {
        "/etc/bulksms": tmp_path / "etc",
        "/srv/crm": tmp_path / "crm",
        "/srv/dumps": tmp_path / "dumps",
    }
    for folder in paths.values():
        folder.mkdir()
    campaign = (EXAMPLES / "welcome.toml").read_text(encoding="utf-8")
    campaign = campaign.replace("/srv/crm", str(paths["/srv/crm"]))
    (paths["/etc/bulksms"] / "welcome.toml").write_text(campaign, encoding="utf-8")
    export(paths["/srv/crm"] / "export-1.csv", PEOPLE)
    export(paths["/srv/dumps"] / "dump.csv", PEOPLE[:10] + LATER[:5])
    monkeypatch.setenv("BULKSMS_SETTLE", "0s")
    for _, command in cron_jobs((EXAMPLES / "crontab").read_text(encoding="utf-8"))[:2]:
        for path, folder in paths.items():
            command = command.replace(path, folder.as_posix())  # noqa: PLW2901
        answer = machine.run(*shlex.split(command)[1:])
        assert answer.code == 0, answer.err

    assert sorted(machine.texted) == sorted(PEOPLE + LATER[:5])
    assert (paths["/srv/dumps"] / "done" / "dump.csv").exists()


def environment_of(example: Path) -> dict[str, str]:
    """Return the variables that a unit or a compose file sets."""
    text = example.read_text(encoding="utf-8")
    pairs = re.findall(
        r"(?:^Environment=|^ +)(BULKSMS_\w+)(?:=|: )\"?([^\"\n]+)", text, re.MULTILINE
    )
    return dict(pairs)


@pytest.mark.parametrize(
    "example",
    ["systemd/bulksms-welcome.service", "systemd/bulksms-watch.service", "container/compose.yaml"],
)
def test_the_program_starts_with_the_environment_of_an_example(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str
) -> None:
    key = tmp_path / "octopush-key"
    key.write_text(os.environ["BULKSMS_API_KEY"])
    key.chmod(0o444)  # as a credential of systemd and a secret of a container look
    monkeypatch.delenv("BULKSMS_API_KEY")
    variables = environment_of(EXAMPLES / example)
    for name in ("BULKSMS_API_LOGIN", "BULKSMS_ALLOW_READABLE_KEY_FILE"):
        monkeypatch.setenv(name, variables[name])
    monkeypatch.setenv("BULKSMS_API_KEY_FILE", str(key))
    assert set(variables) <= {name for name in os.environ if name.startswith("BULKSMS_")}
    folder = tmp_path / "campaigns"
    folder.mkdir()
    text = 'files = "a.csv"\ntext = "Bonjour. STOP au 30101"\nsender = "SHOP"\nsettle = "0s"\n'
    (folder / "welcome.toml").write_text(text)
    export(folder / "a.csv", PEOPLE)
    command: list[str | Path] = ["run", folder / "welcome.toml"]
    if "watch" in (EXAMPLES / example).read_text(encoding="utf-8"):
        command = ["watch", folder, "--campaign-file", folder / "welcome.toml", "--once"]

    answer = machine.run(*command)

    assert (answer.code, answer.err) == (0, "")
    assert sorted(machine.texted) == PEOPLE


@pytest.mark.skipif(os.name == "nt", reason="the example is for a Unix shell")
@pytest.mark.parametrize("tool", ["sqlite3", "python3"])
def test_a_backup_is_restored_as_the_page_says(machine: Machine, tmp_path: Path, tool: str) -> None:
    home, backups = tmp_path / "home", tmp_path / "backups"
    campaign = tmp_path / "welcome.toml"
    campaign.write_text(
        'files = "dump.csv"\ntext = "Bonjour {first_name}. STOP au 30101"\nonly_new = true\n'
        'sender = "SHOP"\naccept = "columns_changed"\n'
    )
    export(tmp_path / "dump.csv", PEOPLE)
    assert machine.run("run", campaign).code == 0
    copy = back_up(backups, tool)
    assert copy.stat().st_mode & 0o077 == 0
    export(tmp_path / "dump.csv", PEOPLE + LATER)  # the night after the backup
    assert machine.run("run", campaign).code == 0

    shutil.copyfile(copy, home / "ledger.sqlite3")
    (home / "ledger.sqlite3-journal").unlink(missing_ok=True)

    refused = machine.run("run", campaign)
    assert (refused.code, "--mend-ledger" in refused.err) == (6, True)
    assert machine.run("doctor").code == 6
    assert machine.run("doctor", "--mend-ledger", "--yes").code == 0
    machine.run("run", campaign)
    assert len(machine.texted) == len(set(machine.texted))
    assert set(PEOPLE) <= set(machine.texted)
    for command in ("doctor --mend-ledger", "doubt list"):
        assert f"$ bulksms {command}" in PAGE
