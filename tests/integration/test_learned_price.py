"""A second campaign is estimated at what the first one was charged."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from bulksms.sandbox import Sandbox, SandboxOptions

FIRST, SECOND = "Bonjour. STOP au 30101", "Bonsoir a tous. STOP au 30101"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    rows = "".join(f"06 39 98 00 {at:02}\n" for at in range(10))
    path.write_text("Mobile\n" + rows, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BULKSMS_API_LOGIN", "a@example.com")
    monkeypatch.setenv("BULKSMS_API_KEY", "test-a")


def _answer(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert run(cli, [*args, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_second_campaign_is_estimated_at_the_price_of_the_first(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = ("check", str(source), "--hours", "off")
    with Sandbox(SandboxOptions(price=Decimal("0.052"))) as sandbox:
        monkeypatch.setenv("BULKSMS_BASE_URL", sandbox.base_url)
        before = _answer(capsys, *check, "--text", FIRST)["estimate"]
        assert (before["amount"], before["price_source"]) == ("0.45", "default")
        sent = _answer(
            capsys, "send", str(source), "--hours", "off", "--text", FIRST,
            "--campaign", "spring", "--yes",
        )  # fmt: skip
        assert sent["total_cost"] == "0.52"

        after = _answer(capsys, *check, "--text", SECOND)["estimate"]
        assert (after["amount"], after["price_source"]) == ("0.52", "learned")
        assert after["source"].startswith(
            "the 0.052 EUR per segment charged for the campaign spring on 20"
        )

        prices = tmp_path / "prices.toml"
        prices.write_text("[sms_premium]\nFR = 0.1\n", encoding="utf-8")
        own = _answer(capsys, *check, "--text", SECOND, "--tariff", str(prices))["estimate"]
        assert (own["amount"], own["price_source"]) == ("1.00", "tariff")

        monkeypatch.setenv("BULKSMS_API_LOGIN", "b@example.com")
        other = _answer(capsys, *check, "--text", SECOND)["estimate"]
        assert (other["amount"], other["price_source"]) == ("0.45", "default")
