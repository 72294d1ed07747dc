"""The options of a plan are checked when the request is made, without a command line."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bulksms.contacts import OptOutList
from bulksms.errors import InputError, UsageError
from bulksms.message import SendingHours
from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.make_request import make_request, parse_country
from bulksms.plan.options import (
    MessageOptions,
    PlanOptions,
    ReadingOptions,
    ScreeningOptions,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def _request(**options: ReadingOptions | ScreeningOptions | MessageOptions) -> PlanRequest:
    return make_request(
        ("list.csv",),
        PlanOptions(**options),  # type: ignore[arg-type]
        rehearsal=False,
        stored_optouts=OptOutList(),
        now=NOW,
    )


def test_options_left_alone_ask_for_the_defaults_of_the_command_line() -> None:
    request = _request()

    assert (request.rules.region, request.frame_size, request.parameters) == ("FR", 400, None)
    assert request.compliance.hours == SendingHours(opens=time(8), closes=time(20))


def test_a_message_from_options_is_what_the_api_gets() -> None:
    parameters = _request(message=MessageOptions(text="Hi", sender="SHOP", plain=True)).parameters

    assert parameters is not None
    assert (parameters.text, parameters.sender, parameters.auto_optimize_text) == (
        "Hi",
        "SHOP",
        False,
    )


def test_a_text_file_is_read_without_its_last_line_end(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbfBonjour\r\nSTOP\r\n")

    parameters = _request(message=MessageOptions(text_file=path)).parameters

    assert parameters is not None
    assert parameters.text == "Bonjour\nSTOP"


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"purpose": "wholesal"}, r"--purpose .* \(did you mean 'wholesale'\?\)"),
        ({"type": "sms"}, "--type 'sms' is not valid"),
        ({"empty": "keep"}, "--empty 'keep' is not valid.*: give allow, drop or stop"),
        ({"text": "a", "text_file": Path("b")}, "not with both"),
        ({"text_by": "Ville"}, "go together"),
        ({"text_by": "Ville", "text_for": ("Lyon",)}, "write VALUE=TEXT"),
        ({"text_by": "V", "text_for": ("a=1", "A=2")}, "gives two texts for 'A'"),
    ],
)
def test_a_message_option_that_is_not_valid_is_wrong_usage(
    option: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        _request(message=MessageOptions(**option))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["text_file", "tariff"])
def test_a_file_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"

    with pytest.raises(InputError, match=r"missing\.txt cannot be read .*: check its name"):
        _request(message=MessageOptions(**{name: missing}))  # type: ignore[arg-type]


def test_a_choice_of_screening_is_checked() -> None:
    with pytest.raises(UsageError, match=r"--duplicates 'frist' is not valid .*'first'"):
        _request(screening=ScreeningOptions(duplicates="frist"))


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (("phone_number",), "write FIELD=HEADER"),
        (("param1=a", "param1=b"), "names param1 twice"),
        (("firstname=Nom",), r"no field 'firstname' \(did you mean 'first_name'\?\)"),
    ],
)
def test_a_mapping_that_is_not_valid_is_wrong_usage(pairs: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        _request(reading=ReadingOptions(map=pairs))


def test_a_country_is_two_letters_in_any_case() -> None:
    assert parse_country(" be ") == "BE"
    with pytest.raises(UsageError, match="'XX' is not a country"):
        parse_country("XX")


@pytest.mark.parametrize(
    ("reading", "locale"),
    [
        (ReadingOptions(), "fr-FR"),
        (ReadingOptions(region="RE"), "fr-RE"),
        (ReadingOptions(region="CH"), "de-CH"),
        (ReadingOptions(region="GB"), "en-GB"),
        (ReadingOptions(region="PL"), "en-PL"),
        (ReadingOptions(region="CH", locale="fr_ch"), "fr-CH"),
        (ReadingOptions(locale="es"), "es-ES"),
    ],
)
def test_workbooks_are_shown_in_the_language_of_the_region_or_another(
    reading: ReadingOptions, locale: str
) -> None:
    assert _request(reading=reading).reading.locale == locale


def test_a_language_that_is_not_supported_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError) as caught:
        _request(reading=ReadingOptions(locale="nl-NL"))
    assert str(caught.value) == (
        "--locale 'nl-NL' is not supported: give one of the languages de, en, es, fr, it, pt,"
        " perhaps with a country, such as fr-FR."
    )
