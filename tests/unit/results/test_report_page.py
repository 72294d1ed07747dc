"""The report: right figures, no script, no network, no one's number, and small."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from bulksms.errors import InputError, UsageError
from bulksms.ledger import FrameState
from bulksms.results import summarise
from bulksms.results.campaign_facts import CampaignFacts, OutcomeParts
from bulksms.results.contact_outcomes import contact_outcomes
from bulksms.results.deliveries import with_deliveries
from bulksms.results.report_page import report_page, write_report_page
from bulksms.results.result_files import ReportOptions
from bulksms.results.source_pack import ADDED_COLUMNS, SOURCE_ROW_COLUMNS, pack_source_rows
from tests.builders import a_campaign, a_frame_record, an_unposted_frame, totals_of
from tests.unit.results.pages import MADE_AT, PLAN, a_page, a_record, facts_of, rows_by, words_of
from tests.unit.results.rows import DUPLICATE, REJECTED, a_row, outcomes

PEOPLE = ReportOptions(with_people=True)
FRENCH = ReportOptions(language="fr")
FRAMES = (
    a_frame_record(),
    an_unposted_frame(number=2, state=FrameState.REFUSED, message="Unknown sender", code=106),
    a_frame_record(number=3, state=FrameState.IN_DOUBT, total_cost=None, ticket=None),
)


def test_the_page_begins_with_how_many_of_how_many() -> None:
    assert "<h1>310 of 930 texts sent, 310 in doubt, 310 refused</h1>" in a_page(frames=FRAMES)


def test_the_page_is_in_french_too() -> None:
    page = a_page(frames=FRAMES, options=FRENCH)

    assert '<html lang="fr">' in page
    assert "<h1>310 SMS partis sur 930, 310 en doute, 310 refusés</h1>" in page
    assert "Lot 3 : aucune réponse sûre" in words_of(page)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="choose en or fr"):
        ReportOptions(language="de")


def test_the_classes_are_those_of_the_json() -> None:
    facts = facts_of(a_record(), FRAMES, [a_row(), REJECTED])

    page = report_page(facts, ReportOptions(), MADE_AT)

    figures = rows_by(page, "class")
    assert figures == {name: rows for name, rows in facts.report.contacts.items() if rows}
    assert sum(figures.values()) == 1000
    assert "310 + 310 + 310 + 40 + 30 = 1,000" in words_of(page)


def test_the_rows_left_out_are_counted_by_reason() -> None:
    page = a_page(rows=[a_row(), REJECTED, REJECTED, DUPLICATE])

    assert rows_by(page, "code") == {"not_a_number": 2, "duplicate": 1}
    assert "Replace the words by a number." in page


def test_a_campaign_of_an_older_version_has_a_report_too() -> None:
    page = a_page(rows=None, plan=None)

    assert rows_by(page, "class") == {"sent": 310, "rejected": 40, "suppressed": 30}
    assert rows_by(page, "code") == {"": 70}


def test_the_cost_is_shown_next_to_the_plan() -> None:
    frames = [a_frame_record(cost_planned=Decimal("26.4"))]

    words = words_of(a_page(frames=frames))

    assert "Charged by Octopush €27.90" in words
    assert "Planned for these texts €26.40 Difference: +€1.50" in words
    assert "Planned for everyone €83.70" in words


def test_the_cost_of_a_frame_in_doubt_is_a_question() -> None:
    frames = [
        a_frame_record(),
        a_frame_record(
            number=2, state=FrameState.IN_DOUBT, total_cost=None, cost_planned=Decimal(14)
        ),
    ]

    words = words_of(a_page(frames=frames))

    assert "In doubt 310 44.9% €14.00?" in words
    assert "€27.90 to €41.90" in words


def test_a_cost_that_was_not_reported_is_never_nothing() -> None:
    unpriced = a_frame_record(total_cost=None, cost_planned=Decimal(14))
    priced = a_frame_record(number=2)

    alone, beside = (words_of(a_page(frames=each)) for each in ([unpriced], [unpriced, priced]))

    assert "Charged by Octopush not reported Octopush did not report the cost of 1 req" in alone
    assert "Charged by Octopush at least €27.90" in beside
    assert "€0.00" not in alone.partition("Sent")[2].partition("Left out")[0]
    assert "Difference" not in alone + beside


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (106, "Wrong sender", "Octopush refuse l’expéditeur"),  # noqa: RUF001
        (4711, "Be nice", '<span lang="en">Be nice</span>'),
        (None, "A teapot", '<span lang="en">A teapot</span>'),
    ],
)
def test_a_refusal_is_explained_in_the_language_of_the_report(
    code: int | None, message: str, said: str
) -> None:
    refused = a_frame_record(
        state=FrameState.REFUSED, ticket=None, code=code, message=message, total_cost=None
    )

    assert said in a_page(frames=[refused], options=FRENCH)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({**PLAN, "price_origin": "learned"}, "ce que votre compte a payé"),
        (PLAN, '<dd lang="en">a list</dd>'),  # of an older version
    ],
)
def test_the_source_of_the_prices_is_named(plan: dict[str, object], said: str) -> None:
    assert said in a_page(options=FRENCH, plan=plan)


def test_a_cost_is_divided_by_country_to_the_last_cent() -> None:
    rows = [a_row(), a_row(row=5, country="GB", segments=1), a_row(row=6, country="GB")]

    page = a_page(rows=rows, frames=[a_frame_record(contacts=3, total_cost=Decimal("0.36"))])

    assert rows_by(page, "country") == {"GB": 2, "FR": 1}
    words = words_of(page)
    # 2 segments at 0.045 and 3 at 0.09 of the plan, for 620 segments and 0.36 EUR in fact.
    assert "United Kingdom 2 372 €0.27" in words
    assert "France 1 248 €0.09" in words


def test_the_time_is_that_of_the_region() -> None:
    words = words_of(a_page())

    assert "Sunday 1 March 2026, 10:00 (Europe/Paris)" in words
    assert "This is how it stood at 10:30." in words


def test_texts_are_counted_when_they_were_taken() -> None:
    start = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    frames = [
        a_frame_record(number=at, finished_at=start + timedelta(minutes=at)) for at in range(1, 41)
    ]

    words = words_of(a_page(frames=frames))

    assert "From Texts accepted 10:00 1,240" in words
    assert "10:05 1,550" in words
    assert "10:40 310 Total 12,400" in words


def test_the_receipts_stand_on_the_page_when_there_are_some() -> None:
    frames = [a_frame_record(contacts=3)]
    people = outcomes([a_row(), a_row(row=3), a_row(row=4), REJECTED], frames)
    receipts = [("sms_1", 33639980102, "DELIVERED"), ("sms_1", 33639980103, "EXPIRED")]
    joined = with_deliveries(people, receipts, frames, None, MADE_AT)
    record = a_record()
    totals = totals_of(frames)
    parts = OutcomeParts(lambda: [joined])
    facts = CampaignFacts(record, frames, totals, summarise(record, totals), parts)

    page = report_page(facts, ReportOptions(), MADE_AT)

    assert rows_by(page, "delivery") == {"delivered": 1, "not_delivered": 1, "waiting": 1}
    assert "What reached the phones" not in a_page()


@pytest.mark.parametrize("options", [ReportOptions(), FRENCH, PEOPLE])
def test_the_page_needs_no_script_and_no_network(options: ReportOptions) -> None:
    page = a_page(frames=FRAMES, options=options)

    assert re.findall(r"<(script|link|img|iframe|object|embed|form|base)\b", page) == []
    assert re.findall(r"\son\w+=|javascript:|https?:|url\((?!#)|@import|style=", page) == []
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_no_one_is_in_the_page_unless_asked() -> None:
    rows = [a_row("Éloïse"), REJECTED]
    frames = [
        a_frame_record(state=FrameState.REFUSED, message="+33639980102 is wrong", ticket=None)
    ]

    page = a_page(rows=rows, frames=frames)

    assert re.findall(r"39980102|39 98 01 02|Éloïse|demander|Paul", page) == []
    assert "No phone number and no name of a contact is in this file." in words_of(page)


def test_people_who_need_attention_are_listed_on_request() -> None:
    frames = [a_frame_record(state=FrameState.REFUSED, message="wrong", ticket=None)]

    words = words_of(a_page(rows=[a_row(), REJECTED], frames=frames, options=PEOPLE))

    assert "2 +33639980102 Refused by Octopush wrong" in words
    assert "3 demander Left out, with a reason This is not a number." in words
    assert "No phone number" not in words


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (a_campaign(rehearsal=True), "REHEARSAL"),
        (a_campaign(parameters={"text": "x", "simulation_mode": True}), "SIMULATION"),
        (a_campaign(), "REAL"),
    ],
)
def test_the_mode_stands_at_the_top(record: object, words: str) -> None:
    facts = facts_of(record, [a_frame_record()], [a_row()])  # type: ignore[arg-type]

    assert f"bulksms {words}" in words_of(report_page(facts, ReportOptions(), MADE_AT))


@pytest.mark.parametrize("state", ["paused", "stopped", "interrupted", "running"])
@pytest.mark.parametrize("options", [ReportOptions(), FRENCH])
def test_an_unfinished_campaign_says_so(state: str, options: ReportOptions) -> None:
    record = replace(a_record(), state=state, reason="because +33639980102")

    page = report_page(facts_of(record, FRAMES, [a_row()]), options, MADE_AT)

    assert "because …" in page or state == "running"


def test_a_report_without_any_frame_says_that_no_one_was_left() -> None:
    assert "<h1>No one was left to text</h1>" in a_page(frames=[], rows=[REJECTED])


def test_the_page_of_20000_contacts_is_small() -> None:
    contacts, frame_size = 20_000, 80
    columns: dict[str, list[object]] = {
        "0": [f"Name {at}" for at in range(contacts)],
        "row": [*range(2, contacts + 2)],
        "number": [f"+3363998{at:06}" for at in range(contacts)],
        "column": ["Mobile"] * contacts,
        "class": ["rejected"] * contacts,
        "frame": [at // frame_size + 1 for at in range(contacts)],
        "reason": [""] * contacts,
        "code": [""] * contacts,
        "country": ["FR"] * contacts,
        "segments": [2] * contacts,
    }
    names = ["0", *SOURCE_ROW_COLUMNS, *ADDED_COLUMNS]
    (packed,) = pack_source_rows(["Nom"], [pa.table([columns[name] for name in names], names)])
    refused = [
        an_unposted_frame(
            number=at, contacts=frame_size, state=FrameState.REFUSED, code=181, message="x" * 300
        )
        for at in range(1, contacts // frame_size + 1)
    ]
    record = a_record()
    totals = totals_of(refused)
    parts = OutcomeParts(lambda: [contact_outcomes(packed, refused)])
    facts = CampaignFacts(record, refused, totals, summarise(record, totals), parts)

    page = report_page(facts, PEOPLE, MADE_AT)

    assert len(page.encode()) < 500_000


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    facts = facts_of(a_record(), [a_frame_record()], [a_row()])

    with pytest.raises(InputError, match=r"report\.html cannot be written"):
        write_report_page(tmp_path / "file" / "report.html", facts, ReportOptions(), MADE_AT)
