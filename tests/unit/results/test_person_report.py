"""The answer to an access request, in both languages, compared with files read by people."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulksms import __version__
from bulksms.pages.locales import LANGUAGES
from bulksms.results.person_record import (
    PersonCampaign,
    PersonMessage,
    PersonOptOut,
    PersonRecord,
)
from bulksms.results.person_report import person_as_text, write_person
from bulksms.results.person_rows import PersonRow

GOLDEN = Path(__file__).parents[2] / "golden" / "person"
BEGUN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SPRING = PersonCampaign(
    name="spring",
    mode="real",
    begun_at=BEGUN,
    sender="DESK",
    purpose="wholesale",
    send_at=None,
    files=("export.csv",),
    messages=(
        PersonMessage(
            frame=2,
            outcome="sent",
            ticket="sms_5f8",
            text="Bonjour Éloïse,\n-20% à Lyon. STOP au 30101",
            posted_at=datetime(2027, 3, 1, 9, 0, 4, tzinfo=UTC),
            receipts=(("ACK", ""), ("DELIVERED", "2027-03-01 10:00:07")),
        ),
    ),
    rows=(
        PersonRow(
            row=17,
            cells=(("Prénom", "Éloïse"), ("Mobile", "06 39 98 12 34")),
            phone_number="+33639981234",
            reason="",
        ),
        PersonRow(
            row=40,
            cells=(("Prénom", "Éloïse"), ("Mobile", "+33639981234")),
            phone_number="",
            reason="The number of row 17 again.",
        ),
    ),
)
OLD = PersonCampaign(
    name="winter",
    mode="rehearsal",
    begun_at=datetime(2026, 1, 5, 8, 30, tzinfo=UTC),
    sender=None,
    purpose="alert",
    send_at="2026-01-06T10:00:00+01:00",
    files=("old.xlsx",),
    messages=(PersonMessage(frame=1, outcome="in_doubt", ticket=None, text=None, posted_at=None),),
    rows=(),
    erased=True,
)
OPT_OUT = PersonOptOut(
    opted_out=True,
    is_held=True,
    since=datetime(2027, 3, 2, 7, 5, tzinfo=UTC),
    origin="replies.csv",
    changes=(
        (datetime(2026, 2, 1, 7, 0, tzinfo=UTC), "+"),
        (datetime(2026, 2, 3, 7, 0, tzinfo=UTC), "-"),
        (datetime(2027, 3, 2, 7, 5, tzinfo=UTC), "+"),
    ),
)
RECORD = PersonRecord(
    phone_number="+33639981234",
    at=datetime(2027, 4, 1, 12, 0, tzinfo=UTC),
    campaigns=(OLD, SPRING),
    opt_out=OPT_OUT,
    other_receipts=(("sms_777", "NOT_DELIVERED", "2027-03-05 11:00:00"),),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_the_one_people_have_read(language: str) -> None:
    golden = (GOLDEN / f"{language}.txt").read_text(encoding="utf-8")

    assert person_as_text(RECORD, language).replace(__version__, "VERSION") == golden


def test_the_answer_for_programs_has_the_same_facts(tmp_path: Path) -> None:
    write_person(tmp_path / "answer.json", RECORD, "en")

    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    winter, spring = answer["campaigns"]
    assert winter["erased"]
    assert spring["messages"][0]["text"] == "Bonjour Éloïse,\n-20% à Lyon. STOP au 30101"
    assert spring["messages"][0]["class"] == "sent"
    assert spring["rows"][1] == {
        "row": 40,
        "cells": [
            {"header": "Prénom", "value": "Éloïse"},
            {"header": "Mobile", "value": "+33639981234"},
        ],
        "texted": False,
        "reason": "The number of row 17 again.",
    }
    assert answer["other_receipts"] == [
        {"ticket": "sms_777", "status": "NOT_DELIVERED", "date": "2027-03-05 11:00:00"}
    ]
    assert answer["opt_out"]["held"]
    assert [change["opted_out"] for change in answer["opt_out"]["changes"]] == [True, False, True]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Nothing is held on this number."), ("fr", "est détenue sur ce numéro.")],
)
def test_an_unknown_number_is_answered_too(language: str, sentence: str) -> None:
    nothing = PersonRecord(
        phone_number="+33639981234",
        at=BEGUN,
        campaigns=(),
        opt_out=PersonOptOut(opted_out=False),
    )

    assert sentence in person_as_text(nothing, language)
