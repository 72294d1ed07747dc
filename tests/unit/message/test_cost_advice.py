import pandas as pd
import pytest

from bulksms.finding import Finding, Level
from bulksms.message import advise, segments
from bulksms.message.cost_stats import MessageMeter


def advised(*texts: str, auto_optimize: bool = True) -> dict[str, Finding]:
    column = pd.Series(list(texts), dtype="str")
    meter = MessageMeter()
    meter.add(pd.Series(range(2, len(texts) + 2)), column, segments.count_segments(column))
    stats = meter.stats()
    assert stats is not None
    return {finding.code: finding for finding in advise(stats, auto_optimize=auto_optimize)}


def test_a_cheap_text_needs_no_advice() -> None:
    assert advised("Bonjour", "été €") == {}


def test_expensive_characters_are_reported_with_rows_cost_and_replacements() -> None:
    finding = advised("ê" + "a" * 90, "b", "\u2019ê" + "a" * 90)["dear_characters"]
    assert (finding.level, finding.count) == (Level.WARNING, 2)
    assert finding.message == (
        "2 rows cost 2 segments more because of 'ê' (2 rows, first row 2, could be 'e'), "
        "'\u2019' (1 row, first row 4, could be \"'\"): --plain replaces them and saves "
        "2 segments. Octopush may replace some of them itself and bill 2 segments fewer, "
        "without a guarantee."
    )


def test_the_api_is_not_named_when_it_replaces_nothing() -> None:
    finding = advised("ê" + "a" * 90, auto_optimize=False)["dear_characters"]
    assert "Octopush" not in finding.message


def test_a_character_without_replacement_is_to_be_removed() -> None:
    message = advised("ê😀" + "a" * 90)["dear_characters"].message
    assert "because of '😀' (1 row, first row 2): remove them" in message


def test_many_characters_are_not_all_named() -> None:
    assert "and 4 others" in advised("Приветик" + "a" * 90)["dear_characters"].message


def test_characters_that_cost_nothing_are_not_reported() -> None:
    assert "dear_characters" not in advised("fête")


def test_rows_longer_than_most_are_a_note() -> None:
    finding = advised("a", "b", "c" * 165)["over_border"]
    assert (finding.level, finding.count) == (Level.NOTE, 1)
    assert finding.message == (
        "1 of 3 rows needs more than the 1 segment of most rows. The longest, row 4, is 5 "
        "characters too long."
    )


@pytest.mark.parametrize("text", ["https://a.example/x|y", "a\\b", "^"])
def test_the_api_breaking_a_link_is_a_warning(text: str) -> None:
    findings = advised(text, "b")
    assert (findings["api_rewrites"].level, findings["api_rewrites"].count) == (Level.WARNING, 1)
    assert "api_rewrites" not in advised(text, auto_optimize=False)


def test_a_text_of_more_than_eight_segments_is_a_warning() -> None:
    assert "many_segments" not in advised("ê" * 536)
    assert advised("ê" * 537)["many_segments"].level is Level.WARNING
