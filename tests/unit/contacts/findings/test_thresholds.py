"""A cap on numbers of other countries stops the run when it is passed."""

from dataclasses import replace

import pytest

from tests.unit.contacts.conftest import RULES, MakeSheet, findings_of, screened

BRITISH = ["07700 900123", "07700 900124"]


def test_three_foreign_numbers_pass_a_cap_of_three_and_not_of_two(make_sheet: MakeSheet) -> None:
    numbers = [*(f"+44{number[1:]}" for number in BRITISH), "+1 202 555 0123", "0639981230"]
    sheet = make_sheet(["Mobile"], *[[number] for number in numbers])
    ((level, count, message),) = findings_of(
        screened(sheet, rules=replace(RULES, max_foreign=2)), "too_many_foreign"
    )
    assert (level, count) == ("error", 3)
    assert "outside FR (GB 2, US 1), and --max-foreign allows 2" in message
    enough = screened(sheet, rules=replace(RULES, max_foreign=3))
    assert findings_of(enough, "too_many_foreign") == []
    assert findings_of(enough, "foreign_numbers") == [
        ("note", 3, "The number of 3 contacts is outside FR (GB 2, US 1).")
    ]


@pytest.mark.parametrize("region", ["FR", "RE"])
def test_overseas_france_is_not_abroad(make_sheet: MakeSheet, region: str) -> None:
    sheet = make_sheet(["Mobile"], ["+262692123456"], ["+590690001234"], ["+33639981230"])
    answer = screened(sheet, rules=replace(RULES, region=region, max_foreign=0))
    assert (answer.sendable, answer.findings) == (3, ())


def test_home_is_the_country_of_the_region(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile"], *[[number] for number in BRITISH], ["+33639981230"])
    answer = screened(sheet, rules=replace(RULES, region="GB", max_foreign=0))
    assert "(FR 1)" in findings_of(answer, "too_many_foreign")[0][2]


def test_only_contacts_that_would_be_texted_count(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile"], ["+447700900123"], ["+447700900123"], ["+44"], ["0639981230"])
    answer = screened(sheet, rules=replace(RULES, max_foreign=1))
    assert findings_of(answer, "too_many_foreign") == []
