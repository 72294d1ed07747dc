"""The bundle for a bug report has facts, and no key, login, name, text or number."""

import json
import os
import re
import stat
import zipfile
from pathlib import Path

import pytest

from tests.integration.machine import Machine

KEY = "test-canary-4f9b1e7c"
LOGIN = "zwytchkin@example.com"
NAME, WORDS = "Zwytchkin", "Xylophonkanarie"
NUMBER = "+33639981234"
LOG = f"""2027-03-01T12:00:00Z sent number=+33639981234 key={KEY}
2027-03-01T12:00:01Z call 06 39 98 12 34 or 0033639981234 for {LOGIN}
"""


@pytest.fixture
def bundle(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the files of a bundle made after a campaign, with a log that says too much."""
    monkeypatch.setenv("BULKSMS_API_KEY", KEY)
    monkeypatch.setenv("BULKSMS_API_LOGIN", LOGIN)
    source = tmp_path / f"{NAME}.csv"
    source.write_text(f"Mobile,Prénom\n06 39 98 12 34,{NAME}\n", encoding="utf-8")
    sent = machine.send(source, text=f"Bonjour {{first_name}}, {WORDS}. STOP au 30101")
    assert sent.code == 0, sent.out
    assert machine.run("optout", "add", "+33639981235").code == 0
    home = tmp_path / "home"
    (home / "settings.toml").write_text('sender = "DESK"\nretention = "2y"\n', encoding="utf-8")
    (home / "logs").mkdir(exist_ok=True)
    (home / "logs" / "events.log").write_text(LOG, encoding="utf-8")
    file = tmp_path / "bundle.zip"
    answer = machine.run("doctor", "--bundle", file)
    assert "contains these masked facts; read them before you send it: versions.json" in answer.out
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_bundle_has_nothing_of_people_and_no_secret(
    bundle: dict[str, str], tmp_path: Path
) -> None:
    everything = "\n".join(bundle.values())

    for secret in (KEY, LOGIN, NAME, WORDS, str(tmp_path / "home")):
        assert secret not in everything
    digits = re.sub(r"[^0-9\n]", "", everything)
    assert "39981234" not in digits
    assert "39981235" not in digits
    assert "FR …34" in bundle["logs/events.log"]


def test_a_bundle_has_the_facts_that_a_report_needs(bundle: dict[str, str]) -> None:
    versions, settings, checks, ledger = (
        json.loads(bundle[f"{name}.json"]) for name in ("versions", "settings", "checks", "ledger")
    )

    assert versions["libraries"]["SQLAlchemy"]
    assert settings["values"]["retention"] == "2 years"
    assert settings["settings_file"] == ["retention", "sender"]
    assert "BULKSMS_API_KEY" in settings["environment"]
    assert {"name": "credentials", "status": "fine"}.items() <= next(
        check for check in checks if check["name"] == "credentials"
    ).items()
    assert ledger["campaigns"] == {"done": 1}
    assert ledger["frames"]["accepted"] == 1
    assert ledger["opt_outs"] == 1
