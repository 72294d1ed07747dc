"""`bulksms doctor` against real folders, ledgers and a real sandbox."""

import io
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from bulksms.clock import SystemClock
from bulksms.ledger import FrameState, ProofRecord, open_ledger
from bulksms.octopush import Credentials
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.settings import Settings
from bulksms.use_cases.upkeep.check_setup import CheckStatus, SetupCheck, check_setup
from tests.unit.ledger.samples import NOON, make

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights elsewhere")
KEY = "test-secret-key"
LOGIN = "desk@example.com"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(SandboxOptions(credit=Decimal("1234.5"))) as started:
        monkeypatch.setenv("BULKSMS_BASE_URL", started.base_url)
        monkeypatch.setenv("BULKSMS_API_LOGIN", LOGIN)
        monkeypatch.setenv("BULKSMS_API_KEY", KEY)
        yield started


@pytest.fixture
def home() -> Path:
    """Return the state folder, with an empty ledger in it."""
    folder = Path(os.environ["BULKSMS_HOME"])
    open_ledger(folder).close()
    return folder


class Late(SystemClock):
    """A clock that is ten minutes ahead of everyone else's."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=10)

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        raise NotImplementedError


def look(
    settings: Settings, *, offline: bool = True, encoding: str = "utf-8"
) -> dict[str, SetupCheck]:
    checks = check_setup(settings, SystemClock(), offline=offline, encoding=encoding)
    return {check.name: check for check in checks}


def settings_for(home: Path, url: str = "http://127.0.0.1:9/v1/public") -> Settings:
    return Settings(home=home, base_url=url, api_login=LOGIN, api_key=KEY)


@pytest.mark.usefixtures("sandbox")
def test_a_set_up_that_is_fine_is_said_to_be_so_without_a_secret(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["doctor"]) == 0
    output = capsys.readouterr().out
    assert KEY not in output
    assert LOGIN not in output
    assert "TEST: no real person is texted" in output
    assert "API: answers; the balance is 1,234.50 euros." in output
    assert f"only you can read {home}" in output
    assert run(cli, ["doctor", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["fine"] is True
    assert [check["name"] for check in answer["checks"]] == [
        "versions",
        "libraries",
        "time zones",
        "terminal",
        "rights",
        "folder",
        "disk",
        "ledger",
        "credentials",
        "address",
        "API",
        "clock",
        "protection",
    ]


def test_missing_credentials_end_with_4_and_say_how_to_set_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(cli, ["doctor"]) == 4
    output = capsys.readouterr().out
    assert "wrong  credentials: No API credentials: store them with `bulksms login`" in output
    assert "REAL: people are texted" in output


@pytest.mark.usefixtures("home")
def test_an_api_that_cannot_be_reached_ends_with_4_and_offline_does_not_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_BASE_URL", "http://127.0.0.1:9/v1/public")
    monkeypatch.setenv("BULKSMS_API_LOGIN", LOGIN)
    monkeypatch.setenv("BULKSMS_API_KEY", KEY)
    assert run(cli, ["doctor"]) == 4
    assert "wrong  API: The balance could not be read." in capsys.readouterr().out
    assert run(cli, ["doctor", "--offline"]) == 0


@POSIX
def test_a_ledger_that_others_can_read_ends_with_6(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "ledger.sqlite3"
    file.chmod(0o644)
    assert run(cli, ["doctor", "--offline"]) == 6
    assert f"others can read {file}" in capsys.readouterr().out


def test_a_damaged_ledger_ends_with_6(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "ledger.sqlite3").write_bytes(b"no ledger at all " * 400)
    assert run(cli, ["doctor", "--offline"]) == 6
    assert "wrong  ledger: The ledger" in capsys.readouterr().out


def test_looking_makes_no_folder_and_no_ledger(tmp_path: Path) -> None:
    checks = look(settings_for(tmp_path / "home"))
    assert not (tmp_path / "home").exists()
    assert checks["ledger"].status is checks["rights"].status is CheckStatus.NOTE
    assert checks["protection"].status is CheckStatus.NOTE


def test_a_folder_that_is_synchronised_is_wrong_unless_it_is_allowed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "Dropbox" / "home")
    assert look(settings)["folder"].status is CheckStatus.WRONG
    allowed = replace(settings, allow_synced_folder=True)
    assert look(allowed)["folder"].status is CheckStatus.NOTE


def test_a_terminal_without_accents_is_a_note(tmp_path: Path) -> None:
    assert look(settings_for(tmp_path))["terminal"].status is CheckStatus.FINE
    assert look(settings_for(tmp_path), encoding="cp1252")["terminal"].status is CheckStatus.NOTE


def test_a_clock_that_is_wrong_is_reported(sandbox: Sandbox, home: Path) -> None:
    checks = check_setup(
        settings_for(home, sandbox.base_url), Late(), offline=False, encoding="utf-8"
    )
    clock = next(check for check in checks if check.name == "clock")
    assert clock.status is CheckStatus.WRONG
    assert re.search(r"differs from the API's by (599|60[0-5]) s: set it", clock.message)


@pytest.mark.parametrize(
    ("protects", "age", "level", "words"),
    [
        (True, 3, CheckStatus.FINE, "repeated requests are refused"),
        (True, 31, CheckStatus.NOTE, "too old to count"),
        (False, 3, CheckStatus.NOTE, "accepted twice"),
    ],
)
def test_the_proof_is_reported_with_its_age(
    home: Path, *, protects: bool, age: int, level: CheckStatus, words: str
) -> None:
    settings = settings_for(home)
    account = Credentials(login=LOGIN, key=KEY).account_at(settings.base_url)
    proved_at = datetime.now(UTC) - timedelta(days=age)
    with open_ledger(home) as ledger:
        ledger.proofs.save(
            ProofRecord(
                account=account,
                base_url=settings.base_url,
                proved_at=proved_at,
                protects=protects,
            )
        )
    check = look(settings)["protection"]
    assert check.status is level
    assert words in check.message
    assert f"{age} days ago" in check.message


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--number", "06 39 98 01 01"], "run it at a terminal"),
        (["--yes"], "--number"),
        (["--number", "06 39 98 01 01", "--yes", "--simulate"], "A simulation proves nothing"),
    ],
)
def test_a_proof_that_cannot_be_meant_is_refused(
    args: list[str],
    words: str,
    sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(cli, ["doctor", "--prove-request-id", *args]) == 2
    assert words in capsys.readouterr().err
    assert sandbox.accepted == ()


def test_a_restored_ledger_is_reported_and_repaired_by_an_order(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    file = home / "ledger.sqlite3"
    with open_ledger(home) as ledger:
        made = make(ledger, frames=2)
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)
        older = file.read_bytes()
        ledger.claims.claim(made.id, 2, NOON)
        ledger.claims.record(made.id, 2, FrameState.ACCEPTED, NOON)
    file.write_bytes(older)

    assert run(cli, ["doctor", "--offline"]) == 6
    assert "doctor --mend-ledger" in capsys.readouterr().out
    assert run(cli, ["doctor", "--mend-ledger"]) == 2
    capsys.readouterr()
    assert run(cli, ["doctor", "--mend-ledger", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "in_doubt": 1,
        "lost_campaigns": [],
        "opt_outs_restored": 0,
        "opt_outs_unreadable": 0,
    }
    assert run(cli, ["doubt", "list", "spring", "--json"]) == 0
    (doubt,) = json.loads(capsys.readouterr().out)["doubts"]
    assert doubt["frame"] == 2


def test_a_ledger_that_is_not_there_is_not_mended(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["doctor", "--mend-ledger", "--yes"]) == 6
    assert "there is nothing to rebuild" in capsys.readouterr().err
