"""Whatever the texts are: what they cost adds up, by blocks and by rows."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.message import MessageStats, segmentation, segments
from bulksms.message.cost_stats import MessageMeter
from tests.unit.message.test_cost_stats import measured

TEXTS = st.lists(st.text(st.sampled_from("ab€^ê\u2019😀"), min_size=1, max_size=90), min_size=1)


def measured_one_by_one(*texts: str) -> MessageStats | None:
    meter = MessageMeter()
    for row, text in enumerate(texts, start=2):
        column = pd.Series([text], dtype="str")
        meter.add(pd.Series([row]), column, segments.count_segments(column))
    return meter.stats()


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_blocks_add_up_to_the_whole(texts: list[str]) -> None:
    assert measured_one_by_one(*texts) == measured(*texts)


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_the_total_is_the_sum_over_the_rows(texts: list[str]) -> None:
    stats = measured(*texts)
    assert stats.segments_total == sum(segmentation(text).segments for text in texts)
    assert sum(stats.rows_by_segments.values()) == len(texts)
    assert stats.segments_total == sum(n * rows for n, rows in stats.rows_by_segments.items())


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_neither_table_makes_these_texts_more_expensive(texts: list[str]) -> None:
    stats = measured(*texts)
    assert stats.segments_by_api <= stats.segments_total
    assert stats.segments_plain <= stats.segments_total
    assert stats.segments_total - stats.extra_segments <= stats.segments_plain
