"""The examples for cron, systemd and containers work as far as this machine can tell."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulksms.campaign_file import read_campaign_file
from bulksms.cli.options.click_options import VARIABLES_WITHOUT_OPTION
from bulksms.use_cases.unattended.check_saved_campaign import check_saved_campaign

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
UNITS = sorted((EXAMPLES / "systemd").iterdir())
PAGES = ("run-from-cron", "run-from-systemd", "run-in-a-container", "back-up-and-restore",
         "watch-a-folder")  # fmt: skip


def page(name: str) -> str:
    return (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")


def unit_of(path: Path) -> configparser.RawConfigParser:
    """Read a unit; of a line that may be repeated the last counts."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def cron_jobs(text: str) -> list[tuple[str, str]]:
    """Return the times and the command of each job."""
    jobs = re.findall(r"^((?:[\d*/,-]+\s+){5})(\S.*)$", text, re.MULTILINE)
    return [(times.strip(), command) for times, command in jobs]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_one_that_systemd_takes(path: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: the unit was only parsed")
    for unit in UNITS:  # they name each other
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/opt/bulksms/bin/bulksms", sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / path.name],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )

    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize(
    "name", ["bulksms-welcome.service", "bulksms-watch.service", "bulksms-worker@.service"]
)
def test_a_service_is_well_protected(name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: the protection was not rated")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20",
         EXAMPLES / "systemd" / name],
        check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert rated.returncode == 0, rated.stdout[-300:]  # at most 2.0 of 10


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_does_what_its_page_says(path: Path) -> None:
    unit, text = unit_of(path), page("run-from-systemd")
    assert path.name in text
    if path.suffix == ".timer":
        assert unit["Timer"]["Persistent"] == "true"
        return
    command = shlex.split(unit["Service"]["ExecStart"])
    if path.name.startswith("bulksms-failed"):
        return
    assert unit["Unit"]["OnFailure"] == "bulksms-failed@%n.service"
    assert command[0] == "/opt/bulksms/bin/bulksms"
    assert command[1] in ("run", "watch", "worker")
    assert unit["Service"]["StateDirectory"] == "bulksms"
    home = re.findall(r"BULKSMS_HOME=(\S+)", path.read_text(encoding="utf-8"))
    # The second safety log is beside the state folder, so that must be below what is writable.
    assert home == ["/var/lib/bulksms/home"]


def test_a_worker_is_started_again_and_watched() -> None:
    service = unit_of(EXAMPLES / "systemd" / "bulksms-worker@.service")["Service"]

    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert service["WatchdogSec"] == "2min"


def test_every_variable_of_the_examples_is_known() -> None:
    texts = [path.read_text("utf-8") for path in EXAMPLES.rglob("*") if path.is_file()]
    texts += [page(name) for name in PAGES]
    used = {name for text in texts for name in re.findall(r"\bBULKSMS_[A-Z_]+\b", text)}

    assert used >= {"BULKSMS_HOME", "BULKSMS_API_KEY_FILE"}
    assert used <= VARIABLES_WITHOUT_OPTION


def test_the_campaign_file_of_the_examples_is_one() -> None:
    campaign = read_campaign_file(EXAMPLES / "welcome.toml")

    check_saved_campaign(campaign, datetime(2027, 3, 1, 7, 15, tzinfo=UTC))


def test_the_crontab_of_the_page_is_the_example() -> None:
    example = (EXAMPLES / "crontab").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```\n(SHELL.*?)```", page("run-from-cron"), re.DOTALL)

    assert cron_jobs(shown) == cron_jobs(example)[:2]
    assert len(cron_jobs(example)) == 3
    for line in shown.splitlines():
        assert line in example


def test_the_container_keeps_both_safety_logs_on_its_volume() -> None:
    dockerfile = (EXAMPLES / "container" / "Dockerfile").read_text(encoding="utf-8")
    compose = (EXAMPLES / "container" / "compose.yaml").read_text(encoding="utf-8")
    (home,) = re.findall(r"^ENV BULKSMS_HOME=(\S+)$", dockerfile, re.MULTILINE)
    (volume,) = re.findall(r"^VOLUME (\S+)$", dockerfile, re.MULTILINE)

    assert Path(home).parent == Path(volume)
    assert f"state:{volume}" in compose
    assert re.search(r"^USER bulksms$", dockerfile, re.MULTILINE)
    assert "octopush_key" in compose
    assert "BULKSMS_API_KEY:" not in compose


@pytest.mark.parametrize("name", PAGES)
def test_the_links_of_a_page_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page(name)):
        assert (ROOT / "docs" / "how-to" / target).exists(), target
