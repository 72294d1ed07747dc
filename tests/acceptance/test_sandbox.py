"""`bulksms sandbox` plays its script in order."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Desk, accepted, sandbox

SCRIPT = """
1 = 104
2 = { status = 503, retry_after = "5" }
3-4 = "429"
"""


def post(url: str, request_id: str) -> tuple[int, dict[str, Any]]:
    campaign = {
        "text": "Hello. STOP au 30101",
        "recipients": [{"phone_number": "+33639980001"}],
        "purpose": "alert",
        "request_id": request_id,
    }
    request = urllib.request.Request(
        f"{url}/sms-campaign/send",
        data=json.dumps(campaign).encode(),
        headers={"api-login": "desk@example.com", "api-key": "test-desk"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        body = refused.read()
        return refused.code, json.loads(body) if body.startswith(b"{") else {}


def test_a_script_prices_a_clock_and_a_log_of_posts_from_the_command_line(tmp_path: Path) -> None:
    script, posts = tmp_path / "script.toml", tmp_path / "posts.jsonl"
    script.write_text(SCRIPT)
    options = ("--script", str(script), "--posts-log", str(posts), "--burn-ids")
    dearer = ("--price-after", "1", "0.10", "--parts-factor", "2")
    with sandbox(tmp_path, *options, *dearer, "--now", "2026-03-01T12:00:00") as (url, log):
        statuses = [post(url, f"bs1-{turn}")[0] for turn in range(4)]
        assert statuses == [400, 503, 429, 429]
        costs = [post(url, f"bs1-{turn}")[1]["total_cost"] for turn in range(4, 6)]
        assert costs == [0.09, 0.2]
        assert [frame["received_at"][:13] for frame in accepted(log)] == ["2026-03-01T12"] * 2
    taken = [json.loads(line)["taken"] for line in posts.read_text().splitlines()]
    assert taken == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--fault-kind", "flood"),
        ("--opted-out", "0639980001"),
        ("--callback-url", "http://example.invalid/secret"),
        ("--script", "no-such-script.toml"),
        ("--log", "no-such-folder/log"),
        ("--posts-log", "no-such-folder/log"),
        ("--price", "-1"),
        ("--success-status", "202"),
    ],
)
def test_a_wrong_value_of_an_option_is_wrong_usage(tmp_path: Path, option: str, value: str) -> None:
    result = Desk(tmp_path).run("sandbox", "--port", "0", option, value)
    assert (result.code, result.out) == (2, ""), result.err
    assert value in result.err
    assert "Traceback" not in result.err


def test_a_script_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_text('1 = "flood"\n')
    result = Desk(tmp_path).run("sandbox", "--port", "0", "--script", "script.toml")
    assert result.code == 2, result.err
    assert result.err.startswith("Error: The sandbox has no fault 'flood'; use one of reset_before")
