"""The page of the campaign file names every setting, and its example is one."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import click

from bulksms.campaign_file import read_campaign_file
from bulksms.campaign_file.read_campaign_file import setting_types
from bulksms.campaign_file.setting_values import kind_of
from bulksms.cli.send import command as send
from bulksms.use_cases.unattended.check_saved_campaign import check_saved_campaign
from tools.reference_pages import generate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/campaign-file.md").read_text(encoding="utf-8")
SCHEDULE = (ROOT / "docs/how-to/send-from-a-schedule.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z_0-9]+)` \| ([^|]+) \| .+ \|$", PAGE, re.MULTILINE)
NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


def test_the_page_has_every_setting_once_with_its_kind() -> None:
    assert sorted(name for name, _ in ROWS) == sorted(setting_types())
    for name, kind in ROWS:
        assert kind == kind_of(setting_types()[name]), name


def test_what_only_a_repeated_campaign_has_is_no_option_of_send() -> None:
    first = PAGE[: PAGE.index("## Every option of `send`")]
    own = {name for name, _ in ROWS if f"| `{name}` |" in first}

    assert own == set(setting_types()) - {
        each.name for each in send.params if isinstance(each, click.Option)
    }


def test_the_generated_part_is_the_programs() -> None:
    assert generate("campaign-file.md") == PAGE


def test_the_examples_are_campaign_files(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE + SCHEDULE, re.DOTALL)
    assert len(examples) == 2
    (tmp_path / "welcome.txt").write_text("Bonjour. STOP au 30101", encoding="utf-8")
    for example in examples:
        path = tmp_path / "example.toml"
        path.write_text(example, encoding="utf-8")
        campaign = read_campaign_file(path)
        check_saved_campaign(campaign, NOW)
        assert set(campaign.lines) == set(tomllib.loads(example))
