# ruff: noqa: RUF001 - letters that look like those of ASCII are meant

import pytest

from bulksms.finding import Level
from bulksms.message import sender_findings, stop_mention_missing


@pytest.mark.parametrize("country", ["FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"])
def test_marketing_to_france_and_overseas_needs_the_mention(country: str) -> None:
    finding = stop_mention_missing("Soldes !", "wholesale", ["BE", country])
    assert finding is not None
    assert (finding.code, finding.level) == ("stop_mention_missing", Level.ERROR)
    assert '"STOP au 30101"' in finding.message
    assert country in finding.message


@pytest.mark.parametrize("text", ["Soldes. STOP au 30101", "STOP au XXXXX"])
def test_the_mention_is_enough(text: str) -> None:
    assert stop_mention_missing(text, "wholesale", ["FR"]) is None


@pytest.mark.parametrize("text", ["stop au 30101", "STOP AU 30101", "STOP 30101", "STOP au 36XXX"])
def test_the_mention_is_read_to_the_letter(text: str) -> None:
    assert stop_mention_missing(text, "wholesale", ["FR"]) is not None


def test_alerts_need_no_mention() -> None:
    assert stop_mention_missing("Code 1234", "alert", ["FR"]) is None


def test_other_countries_need_no_mention() -> None:
    assert stop_mention_missing("Sale", "wholesale", ["GB", "BE"]) is None
    assert stop_mention_missing("Sale", "wholesale", []) is None


@pytest.mark.parametrize("sender", ["123456", "INFO", "alert", "Infos"])
def test_marketing_to_france_needs_a_sender_people_can_know(sender: str) -> None:
    (finding,) = sender_findings(sender, "wholesale", ["FR", "BE"])
    assert (finding.code, finding.level) == ("sender_not_allowed", Level.ERROR)
    assert sender in finding.message


@pytest.mark.parametrize(
    ("sender", "purpose", "countries"),
    [
        ("ACME", "wholesale", ["FR"]),
        ("INFO", "alert", ["FR"]),
        ("INFO", "wholesale", ["BE"]),
        (None, "wholesale", ["FR", "US"]),
        ("36000", "alert", ["US"]),
    ],
)
def test_other_senders_pass(sender: str | None, purpose: str, countries: list[str]) -> None:
    assert sender_findings(sender, purpose, countries) == ()


def test_a_name_as_sender_to_america_is_a_warning() -> None:
    (finding,) = sender_findings("ACME", "wholesale", ["FR", "CA", "US"])
    assert (finding.code, finding.level) == ("sender_replaced", Level.WARNING)
    assert "CA, US" in finding.message


@pytest.mark.parametrize(
    ("mention", "problem"),
    [
        ("S\u0422OP au 30101", "has 'Т' (CYRILLIC CAPITAL LETTER TE) instead of 'T'"),
        ("STOP au 3O101", "has 'O' (LATIN CAPITAL LETTER O) instead of '0'"),
        ("STOP au 30l01", "has 'l' (LATIN SMALL LETTER L) instead of '1'"),
        ("STOP au\u00a030101", "has '\\xa0' (NO-BREAK SPACE) instead of ' '"),
        ("S\u200bTOP au 30101", "has invisible characters or doubled spaces"),
        ("STOP  au 30101", "has invisible characters or doubled spaces"),
        ("Stop au 30101", "differs in capitals"),
        ("S\u0336T\u0336OP au 30101", "has invisible characters or doubled spaces"),
        ("ꓢTOP au 30101", "has 'ꓢ' (LISU LETTER SA) instead of 'S'"),
        ("STOᏢ au 30101", "has 'Ꮲ' (CHEROKEE LETTER TLV) instead of 'P'"),
        ("STOP aս 30101", "has 'ս' (ARMENIAN SMALL LETTER SEH) instead of 'u'"),
    ],
)
def test_a_mention_that_only_looks_right_is_named(mention: str, problem: str) -> None:
    finding = stop_mention_missing(f"Soldes. {mention}", "wholesale", ["FR"])

    assert finding is not None
    assert f'in the text {problem}; write "STOP au 30101".' in finding.message
