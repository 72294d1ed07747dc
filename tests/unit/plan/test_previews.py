from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.campaign import Parameters, Purpose
from bulksms.contacts import ScreeningRules
from bulksms.errors import UsageError
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.plan.previews import Preview, parse_preview_requests
from bulksms.plan.variants import TextOptions, TextsByColumn

BY_LANGUAGE = TextsByColumn(
    column="Langue", texts={"fr": "Salut {first_name}", "en": "Hello {first_name} of {City}"}
)
LIST = """\
Mobile,Prénom,City,Langue
06 39 98 00 00,P0,C0,fr
06 39 98 00 01,P1,C1,EN
06 39 98 00 02,P2,C2,de
"""


def shown(folder: Path, *requests: str, text: str = "Hi", rows: str = LIST) -> tuple[Preview, ...]:
    path = folder / "list.csv"
    path.write_text(rows, encoding="utf-8")
    plan = make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text=text, purpose=Purpose.ALERT),
            text_options=TextOptions(texts_by_column=BY_LANGUAGE),
            previews=requests,
        )
    )
    return plan.previews


def test_each_row_is_shown_once_with_all_that_led_to_it(tmp_path: Path) -> None:
    previews = shown(tmp_path, "costliest", "random", "+33 6 39 98 00 01", "0639980001")

    by_request = {request: each for each in previews for request in each.requests}
    assert set(by_request) >= {"first", "longest", "costliest", "random"}
    assert by_request["first"].row == 2
    assert by_request["longest"].text == "Hello P1 of C1"
    assert by_request["+33 6 39 98 00 01"] is by_request["0639980001"]
    assert by_request["0639980001"].row == 3
    assert len(previews) == len({each.row for each in previews})


def test_a_preview_says_what_its_text_costs(tmp_path: Path) -> None:
    preview = next(each for each in shown(tmp_path) if "longest" in each.requests)

    assert preview == Preview(
        requests=("first for en", "longest"),
        row=3,
        phone_number="+33639980001",
        text="Hello P1 of C1",
        encoding="gsm7",
        units=14,
        segments=1,
        cost=Decimal("0.045"),
        variant=1,
        position=1,
        inserted=((6, 8), (12, 14)),
    )


def test_a_row_is_shown_by_its_number(tmp_path: Path) -> None:
    previews = shown(tmp_path, "row:3", "row:9", text="Hi")

    by_request = {request: each for each in previews for request in each.requests}
    assert by_request["row:3"].text == "Hello P1 of C1"
    assert by_request["row:9"].text is None
    assert by_request["row:9"].sentence == "The list has no such row."


def test_a_row_that_is_left_out_says_why(tmp_path: Path) -> None:
    rows = "Mobile,Prénom,City,Langue\n06 39 98 00,P0,C0,fr\n06 39 98 00 01,P1,C1,EN\n"

    preview = next(each for each in shown(tmp_path, "row:2", rows=rows) if each.text is None)

    assert preview.row == 2
    assert "too few digits" in (preview.sentence or "")


def test_the_costliest_has_its_old_name_too(tmp_path: Path) -> None:
    old, new = shown(tmp_path, "dearest"), shown(tmp_path, "costliest")

    def row(previews: tuple[Preview, ...], request: str) -> int | None:
        return next(each.row for each in previews if request in each.requests)

    assert row(old, "dearest") == row(new, "costliest")


def test_of_several_texts_the_first_row_of_each_is_shown(tmp_path: Path) -> None:
    firsts = {
        request: each.row
        for each in shown(tmp_path)
        for request in each.requests
        if "first for" in request
    }

    assert firsts == {"first for fr": 2, "first for en": 3, "first for all others": 4}


def test_a_number_without_a_text_is_shown_with_its_row_and_reason(tmp_path: Path) -> None:
    numbers = ("06 39 98 00 02", "06 39 98 77 77", "01 99 00 02 03")
    rows = LIST + "01 99 00 02 03,P3,C3,fr\n"

    previews = {each.requests[0]: each for each in shown(tmp_path, *numbers, text="", rows=rows)}

    assert (previews[numbers[0]].row, previews[numbers[0]].text) == (4, None)
    assert previews[numbers[0]].sentence == (
        "No text is given for Langue 'de': add one with --text-for, or one for all others with "
        "--text."
    )
    assert (previews[numbers[1]].row, previews[numbers[1]].sentence) == (
        None,
        "No row has this number.",
    )
    assert previews[numbers[1]].phone_number == "+33639987777"
    assert previews[numbers[2]].row == 5
    assert "landline" in str(previews[numbers[2]].sentence)


def test_requests_are_keywords_or_numbers() -> None:
    given = [" first", "costliest ", "", "06 39 98 00 01"]

    assert parse_preview_requests(given, "FR") == ("first", "costliest", "06 39 98 00 01")


def test_another_request_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        parse_preview_requests(["longst"], "FR")

    assert str(refused.value) == (
        "--preview 'longst' is not valid (did you mean 'longest'?): give first, longest, "
        "costliest, random, row:N, or a phone number, with + and the code of its country unless "
        "that is FR."
    )
