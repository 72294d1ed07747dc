import pandas as pd

from bulksms.message import Encoding, MessageStats, segments
from bulksms.message.cost_stats import MessageMeter


def measured(*texts: str) -> MessageStats:
    column = pd.Series(list(texts), dtype="str")
    meter = MessageMeter()
    meter.add(pd.Series(range(2, len(texts) + 2)), column, segments.count_segments(column))
    stats = meter.stats()
    assert stats is not None
    return stats


def non_gsm_characters(
    stats: MessageStats,
) -> list[tuple[str, int, int, int, str | None, str | None]]:
    return [
        (
            character.character,
            character.rows,
            character.first_row,
            character.extra_segments,
            character.plain,
            character.api,
        )
        for character in stats.non_gsm_characters
    ]


def test_the_rows_are_counted_by_what_they_need() -> None:
    stats = measured("a" * 160, "b" * 161, "c" * 307, "d" * 306, "e", "f")
    assert stats.rows_by_segments == {1: 3, 2: 2, 3: 1}
    assert (stats.segments_total, stats.segments_max, stats.longest_row) == (10, 3, 4)
    assert (stats.usual_segments, stats.rows_over_usual) == (1, 3)
    assert stats.over_by == 307 - 160


def test_what_most_rows_need_may_be_more_than_one() -> None:
    stats = measured("a" * 170, "b" * 306, "c" * 310, "d")
    assert (stats.usual_segments, stats.rows_over_usual, stats.over_by) == (2, 1, 4)


def test_one_curly_quote_in_one_of_500_rows_is_named_with_its_row_and_price() -> None:
    texts = ["a" * 150] * 500
    texts[330] = "a" * 149 + "\u2019"
    stats = measured(*texts)
    assert stats.encoding is Encoding.UCS2
    assert non_gsm_characters(stats) == [("\u2019", 1, 332, 2, "'", "'")]
    assert (stats.rows_ucs2, stats.extra_segments) == (1, 2)
    assert (stats.segments_total, stats.segments_plain, stats.segments_by_api) == (502, 500, 500)


def test_a_character_is_counted_once_a_row_the_commonest_first() -> None:
    stats = measured("êê", "ê\u2019", "abc", "\u2019 😀", "ê")
    assert stats.characters_outside_gsm7 == {"ê": 3, "\u2019": 2, "😀": 1}
    assert [character.first_row for character in stats.non_gsm_characters] == [2, 3, 5]


def test_two_such_characters_in_a_row_do_not_count_its_price_twice() -> None:
    stats = measured("ê\u2019" + "a" * 98)
    assert [character.extra_segments for character in stats.non_gsm_characters] == [1, 1]
    assert stats.extra_segments == 1


def test_a_character_without_replacement_stays_expensive_when_plain() -> None:
    stats = measured("😀" + "a" * 98, "ê" * 71)
    assert (stats.segments_total, stats.segments_plain) == (4, 3)
    assert non_gsm_characters(stats)[0] == ("ê", 1, 3, 1, "e", "e")
    assert non_gsm_characters(stats)[1] == ("😀", 1, 2, 1, None, None)


def test_what_the_api_would_write_otherwise_is_counted_apart() -> None:
    stats = measured("œ" + "a" * 70, "ê" + "a" * 70, "https://bulk.example/a|b")
    assert (stats.segments_total, stats.segments_plain, stats.segments_by_api) == (5, 3, 4)
    assert stats.rows_harmed_by_api == 1


def test_without_texts_there_are_no_stats() -> None:
    nothing = pd.Series([], dtype="str")
    counted = segments.count_segments(nothing)
    meter = MessageMeter()
    meter.add(counted["units"], nothing, counted)
    assert meter.stats() is None
