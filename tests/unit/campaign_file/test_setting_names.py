"""The campaign file takes every option of `send`, under its name, with the same values."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import tomlkit

from bulksms.campaign_file import read_campaign_file
from bulksms.campaign_file.read_campaign_file import setting_types
from bulksms.cli.options.click_options import SettableOption
from bulksms.cli.send import command
from bulksms.errors import UsageError
from bulksms.use_cases.unattended.check_saved_campaign import check_saved_campaign

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
OPTIONS = [param for param in command.params if isinstance(param, SettableOption)]
CHOICES = [param for param in OPTIONS if isinstance(param.type, click.Choice)]
RANGES = [param for param in OPTIONS if isinstance(param.type, (click.IntRange, click.FloatRange))]
# Texts that are checked when they are read, and what `send` makes of them.
WRITTEN = {
    "campaign": "spring",
    "map": "first_name=Prénom",
    "region": "GB",
    "locale": "fr-FR",
    "allow_country": "FR",
    "accept": "gap",
    "preview": "longest",
    "zone": "Europe/Paris",
    "send_at": "2026-12-01 10:00",
    "hours": "09:00-18:00",
    "not_again_within": "30d",
    "not_within": "7d",
    "output_delimiter": ";",
    "max_cost": 12.5,
}


def _default(param: SettableOption) -> Any:  # noqa: ANN401 - click's
    return param.get_default(click.Context(command))


def _value(param: SettableOption) -> Any:  # noqa: ANN401 - of any TOML type
    """Return a value that differs from the default."""
    if param.setting in WRITTEN:
        return WRITTEN[param.setting]
    if param.is_flag:
        return not _default(param)
    if isinstance(param.type, click.Choice):
        return next(each for each in param.type.choices if each != _default(param))
    if isinstance(param.type, (click.IntRange, click.FloatRange)):
        return 64 if param.type.max == 64 else 200 if param.type.max == 500 else 7
    return "some"


def _read(path: Path, **settings: object) -> str | None:
    """Read a file and check it; the refusal, without the path."""
    path.write_text(tomlkit.dumps({"files": "a.csv", **settings}), encoding="utf-8")
    try:
        check_saved_campaign(read_campaign_file(path), NOW)
    except UsageError as error:
        return str(error).replace(str(path), "FILE")
    return None


@pytest.mark.parametrize("param", OPTIONS, ids=lambda param: param.setting)
def test_every_option_of_send_is_a_setting(param: SettableOption, tmp_path: Path) -> None:
    path = tmp_path / "campaign.toml"
    path.write_text(tomlkit.dumps({param.setting: _value(param)}), encoding="utf-8")
    if param.setting == "map_file":
        (tmp_path / "some").write_text('phone_number = "Mobile"\n', encoding="utf-8")

    campaign = read_campaign_file(path)

    values = campaign.options() | {
        "campaign": campaign.name,
        "forget_optouts": campaign.forget_optouts,
        "test_to": campaign.test_to,
        "dry_run": campaign.dry_run,
        "json": campaign.display.json,
        "quiet": campaign.display.quiet,
        "no_progress": campaign.display.no_progress,
    }
    read, default = values[param.setting], _default(param)
    assert param.setting in setting_types()
    assert read != default
    assert campaign.at(param.setting) == f"{path}, line 1"


@pytest.mark.parametrize("param", CHOICES, ids=lambda param: param.setting)
def test_a_choice_that_send_refuses_is_refused_with_its_line(
    param: SettableOption, tmp_path: Path
) -> None:
    refusal = _read(tmp_path / "campaign.toml", **{param.setting: "nonsense"})

    assert refusal is not None
    assert refusal.startswith("FILE, line 2: ")
    assert "'nonsense'" in refusal


@pytest.mark.parametrize("param", RANGES, ids=lambda param: param.setting)
def test_a_number_out_of_the_range_of_send_is_refused_with_its_line(
    param: SettableOption, tmp_path: Path
) -> None:
    assert isinstance(param.type, (click.IntRange, click.FloatRange))
    assert param.type.min is not None
    outside = [param.type.min if param.type.min_open else param.type.min - 1]
    outside += [] if param.type.max is None else [param.type.max + 1]

    for number in outside:
        refusal = _read(tmp_path / "campaign.toml", **{param.setting: number})
        assert refusal is not None
        assert refusal.startswith(f"FILE, line 2: {param.setting} {number}")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"region": "Frankreich"}, "FILE, line 2: 'Frankreich' is not a country"),
        ({"sender": "SHOP", "hours": "20-8"}, "FILE, line 3: hours '20-8' is not valid"),
        ({"encoding": "klingon"}, 'FILE, line 2: There is no encoding "klingon"'),
        ({"delimiter": "ab"}, 'FILE, line 2: "ab" cannot separate columns'),
        ({"map": ["foo=Nom"]}, "FILE, line 2: map has no field 'foo'"),
        ({"not_within": "soon"}, "FILE, line 2: 'soon' is not a period"),
        ({"text": "Hi", "text_by": "Langue"}, "FILE, line 3: text_by HEADER and text_for"),
        ({"send_at": "2026-11-29 10:00"}, "FILE, line 2: The sending time '2026-11-29 10:00' is"),
        ({"campaign": "a/b"}, "FILE, line 2: The campaign name 'a/b' cannot be used"),
        ({"min_rows": -1}, "FILE, line 2: min_rows -1 is not valid: give 0 or more."),
        ({"done_marker": "a/b"}, "FILE, line 2: done_marker = 'a/b' is not valid"),
        ({"every": "sundy", "at": "09:00"}, "FILE, line 2: 'sundy' is not a day"),
        ({"output_delimiter": "#"}, "FILE, line 2: output_delimiter '#' is not valid"),
    ],
)
def test_a_wrong_value_is_named_by_its_line(
    settings: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    refusal = _read(tmp_path / "campaign.toml", **settings)

    assert refusal is not None
    assert refusal.startswith(sentence)


def test_a_right_value_is_taken(tmp_path: Path) -> None:
    assert _read(tmp_path / "campaign.toml", text="Hi", frame_size=200, purpose="alert") is None
