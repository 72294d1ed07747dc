"""Odd cells that are judged together are judged as each would be by itself."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bulksms.contacts.cells.normalise import has_trailing_words, split_readings, to_plain_ascii
from bulksms.contacts.model import Reason
from bulksms.contacts.phones.parse import NumberRules, parse_number
from tests.numbers.agreement import REGIONS, fresh_table
from tests.numbers.normalising import normalise

RULES = NumberRules(rehearsal=True)
# The letters of the writings below, and some that must not be taken for them.
LETTERS = "0123456789     ++()().-/,;:'\"=&#eEoutxytelp\n\t\u00a0\u202f\u200eéß²٣\uff15Ⅷ"
TEXTS = st.text(LETTERS, max_size=24)
NUMBERS = st.from_regex(r"(\(?\+33|0033|0|\+39 |)\(?(0\) ?)?[1-9][0-9 .]{4,14}", fullmatch=True)
MARKS = st.sampled_from(["", " ", " / ", ";", ", ", " ou ", " ext ", "(", "\n", "x", "tel: ", ".0"])
JOINED = st.lists(NUMBERS | MARKS, min_size=1, max_size=5).map("".join)
# # is a number as it is dialled, * one with its country code, 9 any digit.
WRITINGS = (
    "# / #", "#;#", "# / 01 42 68 53 00", "* | *", "# / *", "# , 612345678.0", "#/99999", "#, 99",
    "# (perso)", "# ext 99", "# poste 999", "# x", "# e99", "# ou #", "# / # (pro)", "# / # / #",
    "Tel: #", "tel:*", "P. #", "Mobile : *", "tel #", "Tél.: #.0", "Tel: # / #", "tel: # x",
    "+99/999999999", "99/99999999", "+99/9999/99999", "0999999999/99", "99/999999/99", "+33/#.0",
    "+33 (0)699999999", "+99(0)99999999", "+99 (0) 99 99 99 99", "+39 (0)999999999",
    "+33 (0)9999 (0)99", "+33(0)699999999.0", "(+33) (0)6 99 99 99 99", "0033 (0)999999999",
    "(+33) 9 99 99 99 99", "(+99999999999", "+33(6)99999999", "+999999(0)9999999999",
    "69999999999", "69999999", "999999999", "9999999999.0", "6\u00a099\u00a099\u00a099\u00a099",
)  # fmt: skip


def spell(writing: str, dice: random.Random) -> str:
    """Fill a writing with the digits of one number."""
    own = dice.choice(["06", "07", "01", "02", "0", "044", "6", "33", "061", "0690", "000"])
    code = dice.choice(["+33", "+32", "+44", "+39", "+999", "+1", "+33 0", "0049", "0039"])
    tail = "".join(dice.choices("0123456789", k=dice.choice([7, 8, 8, 8, 9])))
    filled = writing.replace("#", own + tail).replace("*", code + "6" + tail)
    return "".join(dice.choice("0123456789") if letter == "9" else letter for letter in filled)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two tables: with the stale one, every text is judged by itself."""
    folder = tmp_path_factory.mktemp("tables")
    fresh, stale = folder / "fresh.npz", folder / "stale.npz"
    fresh_table().save(fresh)
    replace(fresh_table(), stamp=f"8.0.0 {'0' * 32}").save(stale)
    return fresh, stale


def assert_judged_alike(texts: list[str], region: str, tables: tuple[Path, Path]) -> pd.DataFrame:
    column = pd.Series(texts, dtype="str")
    fast, slow = (normalise(column, region, replace(RULES, table=table)) for table in tables)
    pd.testing.assert_frame_equal(fast, slow)
    return fast


@pytest.mark.parametrize("region", ["FR", "BE", "DE", "ES", "IT", "US", "RE", "ZZ"])
def test_odd_cells_are_judged_together_as_one_by_one(
    region: str, tables: tuple[Path, Path]
) -> None:
    dice = random.Random(region)
    texts = [spell(writing, dice) for writing in WRITINGS for _ in range(25)]
    judged = assert_judged_alike(texts, region, tables)
    assert judged["split"].any() or region in {"US", "ZZ"}
    assert {"not_a_number", "several_numbers"} & set(judged["reason"])


@pytest.mark.parametrize("region", REGIONS)
def test_a_country_code_that_no_one_has_is_judged_together(
    region: str, tables: tuple[Path, Path]
) -> None:
    texts = [f"{head:03}{tail}" for head in range(1000) for tail in ("672529", "12345678")]
    assert_judged_alike(texts, region, tables)


@settings(max_examples=60)
@given(cells=st.lists(JOINED | TEXTS, min_size=1, max_size=30), region=st.sampled_from(REGIONS))
def test_any_cells_are_judged_together_as_one_by_one(
    cells: list[str], region: str, tables: tuple[Path, Path]
) -> None:
    assert_judged_alike(cells, region, tables)


@settings(max_examples=150)
@given(text=JOINED | TEXTS)
@example(text="; / +3310000")
@example(text="06/12/34/56/78.0")
@example(text=" ou  / 003310000+3310000")
@example(text="06/003310000 ou 3310000")
@example(text="Tel:(+33) 639981234")
def test_a_text_is_judged_as_what_it_plainly_says(text: str) -> None:
    (plain,) = to_plain_ascii(pa.array([text], pa.large_string())).to_pylist()
    assert parse_number(text, "FR", RULES) == parse_number(plain, "FR", RULES)


@settings(max_examples=150)
@given(text=JOINED | TEXTS)
@example(text="0639981234 e 12")
@example(text="0639981234 ou 06399")
@example(text="003310000tel: ")
def test_a_number_with_words_behind_it_is_no_number(text: str) -> None:
    if np.asarray(has_trailing_words(to_plain_ascii(pa.array([text], pa.large_string()))))[0]:
        assert parse_number(text, "FR", RULES).reason is Reason.NOT_A_NUMBER


@pytest.mark.parametrize(
    "text",
    ["06 39 98 12 34 (bis)", "0639981234 ext 12", "+33639981234 x 1", "(+33) 1234567 voisin"],
)
def test_words_behind_a_number_are_seen(text: str) -> None:
    assert has_trailing_words(to_plain_ascii(pa.array([text], pa.large_string()))).to_pylist() == [
        True
    ]


@pytest.mark.parametrize("words_first", [False, True])
def test_a_label_with_a_colon_behind_a_number_is_no_word(
    tables: tuple[Path, Path], *, words_first: bool
) -> None:
    labelled = ["0639981234 tel:", "0639981235 mobile : "]
    with_words = ["0639981236 bis", "0639981237 bis tel:"]
    texts = with_words + labelled if words_first else labelled + with_words
    assert_judged_alike(texts, "FR", tables)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("06 39 98 12 34 / 01 99 00 12 34", ["06 39 98 12 34 ", "01 99 00 12 34"]),
        ("0639981234;+33639981235", ["0639981234", "+33639981235"]),
        ("+33 (0)6 39 98 12 34", ["+33  0 6 39 98 12 34", "+33  6 39 98 12 34"]),
    ],
)
def test_a_cell_is_judged_by_two_texts(text: str, parts: list[str]) -> None:
    _, first, second = split_readings(pa.array([text, "06 39", None], pa.large_string()))
    assert [*first.to_pylist(), *second.to_pylist()] == parts
