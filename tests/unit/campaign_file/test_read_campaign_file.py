"""`campaign.toml` says in its own lines what is wrong, and fills the options of `send`."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.campaign_file import parse_duration, parse_percentage, read_campaign_file
from bulksms.errors import UsageError

WELCOME = """\
# The welcome text, every night.
campaign = "welcome"
files = [
    "dumps/*.csv",
    "s3://crm/export.csv",
]
text_file = "welcome.txt"
sender = "SHOP"
purpose = "alert"   # not marketing
max-rejected = 5
max_cost = 120.50
allow_country = "FR"
send_at = 2026-11-30T10:00:00+01:00
optouts = ["stop.csv"]
concurrency = 4
only_new = true
min_rows = 100
max_change = "50%"
max_age = "26h"
columns = ["Mobile", "Prénom"]
done_folder = "done"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "campaign.toml"


def _refusal(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        read_campaign_file(path)
    return str(refused.value).replace(str(path), "FILE")


def test_every_setting_fills_its_option(path: Path, tmp_path: Path) -> None:
    path.write_text(WELCOME, encoding="utf-8")

    campaign = read_campaign_file(path)

    assert campaign.name == "welcome"
    assert campaign.files == (str(tmp_path / "dumps/*.csv"), "s3://crm/export.csv")
    assert campaign.plan.message.text_file == tmp_path / "welcome.txt"
    assert campaign.plan.message.sender == "SHOP"
    assert campaign.plan.message.purpose == "alert"
    assert campaign.plan.message.send_at == "2026-11-30T10:00:00+01:00"
    assert campaign.plan.screening.max_rejected == 5
    assert campaign.plan.screening.allow_country == ("FR",)
    assert campaign.plan.screening.optouts == (str(tmp_path / "stop.csv"),)
    assert campaign.posting.max_cost == Decimal("120.5")
    assert campaign.posting.concurrency == 4
    assert campaign.rules.only_new
    assert campaign.rules.min_rows == 100
    assert campaign.rules.max_change == 50.0
    assert campaign.rules.max_age == timedelta(hours=26)
    assert campaign.rules.columns == ("Mobile", "Prénom")
    assert campaign.rules.done_folder == tmp_path / "done"


def test_a_campaign_without_a_name_is_called_like_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "spring" / "campaign.toml"
    path.parent.mkdir()
    path.write_text('text = "Hi"\n', encoding="utf-8")

    assert read_campaign_file(path).name == "spring"


def test_every_line_is_known_by_its_number(path: Path) -> None:
    path.write_text(WELCOME, encoding="utf-8")
    lines = WELCOME.splitlines()

    for name, number in read_campaign_file(path).lines.items():
        assert lines[number - 1].replace("-", "_").startswith(f"{name} ="), name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(
            'text = "Hi"\nmax_rows = 10\nmin_row = 5\n',
            "FILE, line 3: 'min_row' is not a setting (did you mean 'min_rows'?).",
            id="misspelt",
        ),
        pytest.param(
            "# a\n\n[rules]\nmin_rows = 5\n",
            "FILE, line 3: 'rules' is not a setting",
            id="table",
        ),
        pytest.param(
            'files = [\n "a.csv",\n]\nmin_rows = "many"\n',
            "FILE, line 4: min_rows must be a whole number.",
            id="text for a number",
        ),
        pytest.param(
            "only_new = 1\n", "FILE, line 1: only_new must be true or false.", id="1 for true"
        ),
        pytest.param(
            "min_rows = true\n", "FILE, line 1: min_rows must be a whole number.", id="true for 1"
        ),
        pytest.param(
            'max_age = "26 hours"\n',
            "FILE, line 1: max_age must be a duration like 26h: "
            "write a duration like 30s, 30m, 26h or 7d.",
            id="duration",
        ),
        pytest.param(
            'max_change = "half"\n',
            "FILE, line 1: max_change must be a number: write a percentage like 50%.",
            id="percentage",
        ),
        pytest.param(
            "files = [1, 2]\n", "FILE, line 1: files must be a text or a list of texts.", id="list"
        ),
        pytest.param(
            'text = "Hi"\nsender = SHOP\n',
            'FILE, line 2: this is not valid TOML; write a setting like sender = "SHOP".',
            id="no quotes",
        ),
        pytest.param(
            'max_cost = "a lot"\n', "FILE, line 1: max_cost must be an amount.", id="amount"
        ),
        pytest.param("max_cost = nan\n", "FILE, line 1: max_cost must be an amount.", id="nan"),
        pytest.param("max_cost = inf\n", "FILE, line 1: max_cost must be an amount.", id="inf"),
        pytest.param('rate = "fast"\n', "FILE, line 1: rate must be a number.", id="rate in words"),
        pytest.param('rate = "50%"\n', "FILE, line 1: rate must be a number.", id="rate in %"),
        pytest.param("rate = inf\n", "FILE, line 1: rate must be a number.", id="rate inf"),
        pytest.param(
            "min_rows = 9\nmin-rows = 1\n",
            "FILE, line 2: min_rows was given before, in line 1.",
            id="twice",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(path: Path, text: str, sentence: str) -> None:
    assert _refusal(path, text).startswith(sentence)


@pytest.mark.parametrize("name", ["optouts", "guest_list", "text_file", "results"])
def test_only_lists_may_be_addresses_and_none_is_shown(path: Path, name: str) -> None:
    refusal = _refusal(path, f'{name} = "https://crm.example/stop.csv?signature=word"\n')

    assert refusal == (
        f"FILE, line 1: {name} must be a file of this machine, since only `files` takes "
        "addresses: fetch it before the run."
    )


def test_a_setting_given_twice_is_refused(path: Path) -> None:
    text = 'files = "a.csv"\nrate = 9\nfiles = "b.csv"\n'

    assert _refusal(path, text) == "FILE: files is given twice; keep one of the two."


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_campaign_file(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30m", timedelta(minutes=30)),
        ("26h", timedelta(hours=26)),
        ("7d", timedelta(days=7)),
        (" 1.5 H ", timedelta(minutes=90)),
    ],
)
def test_a_duration_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "7", "d", "-1h", "1w", "٣h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a duration"):
        parse_duration(text)


def test_a_percentage_needs_its_sign() -> None:
    assert parse_percentage("12.5 %") == 12.5
    with pytest.raises(ValueError, match="write a percentage"):
        parse_percentage("12.5")


def test_an_option_wins_over_the_file_and_the_file_over_the_settings_file(path: Path) -> None:
    path.write_text('sender = "FILE"\nregion = "GB"\n', encoding="utf-8")

    campaign = read_campaign_file(
        path, over={"sender": "OPTION"}, under={"region": "DE", "frame_size": 300}
    )

    assert campaign.plan.message.sender == "OPTION"
    assert campaign.plan.reading.region == "GB"
    assert campaign.plan.message.frame_size == 300


def test_opt_outs_add_up(path: Path, tmp_path: Path) -> None:
    path.write_text('optouts = "own.csv"\n', encoding="utf-8")

    campaign = read_campaign_file(
        path, over={"optouts": ("tonight.csv",)}, under={"optouts": ("company.csv",)}
    )

    own = str(tmp_path / "own.csv")
    assert campaign.plan.screening.optouts == ("tonight.csv", own, "company.csv")


def test_a_saved_profile_says_how_to_read_what_the_file_leaves_open(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "shop.toml").write_text('sheet = "Clients"\nregion = "BE"\n', encoding="utf-8")
    path.write_text('map_file = "shop.toml"\nregion = "FR"\n', encoding="utf-8")

    reading = read_campaign_file(path, under={"sheet": "Sheet1"}).plan.reading

    assert (reading.sheet, reading.region) == ("Clients", "FR")


def test_a_text_for_a_value_may_be_a_file_beside_the_campaign_file(
    path: Path, tmp_path: Path
) -> None:
    path.write_text('text_for = ["fr=@fr.txt", "de=Hallo"]\n', encoding="utf-8")

    assert read_campaign_file(path).plan.message.text_for == (
        f"fr=@{tmp_path / 'fr.txt'}",
        "de=Hallo",
    )


def test_a_campaign_is_called_like_its_file(tmp_path: Path) -> None:
    path = tmp_path / "welcome.toml"
    path.write_text('text = "Hi"\n', encoding="utf-8")

    assert read_campaign_file(path).name == "welcome"
