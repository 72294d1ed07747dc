from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bulksms.campaign import Parameters, Purpose, SmsType
from bulksms.contacts import ScreeningRules
from bulksms.plan.as_json import plan_as_json
from bulksms.plan.compliance import Compliance
from bulksms.plan.delivery_text import describe_delivery, describe_time, send_question
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.plan.view import ColumnView, FileView, MappingView, Mode, TextView, view_plan

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
TEXT = "Bonjour {first_name}. STOP au 30101"


def a_plan(folder: Path, *, rehearsal: bool = True, people: int = 2, **parameters: object) -> Plan:
    path = folder / "list.csv"
    numbers = (f"06 39 98 {at // 100:02} {at % 100:02}" for at in range(people))
    rows = "".join(f"{number},Zoë,vip\n" for number in numbers)
    path.write_text("Mobile,Prénom,Note\n" + rows, encoding="utf-8")
    given = {"text": TEXT, **parameters}
    return make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=rehearsal),
            parameters=Parameters(**given),  # type: ignore[arg-type]
            compliance=Compliance(now=NOW),
        )
    )


def test_a_view_has_what_people_see(tmp_path: Path) -> None:
    view = view_plan(a_plan(tmp_path, sender="SHOP", send_at=MONDAY))

    assert view.files == (
        FileView(
            path=str(tmp_path / "list.csv"),
            format="csv",
            encoding="utf-8",
            delimiter=",",
            sheet=None,
            rows=2,
            hidden_rows=0,
        ),
    )
    assert view.mapping == MappingView(phone_number=("Mobile",), fields={"first_name": "Prénom"})
    assert view.ignored_columns == ("Note",)
    assert view.columns[1:] == (
        ColumnView(file=0, header="Prénom", use="first_name", samples=("Zoë", "Zoë")),
        ColumnView(file=0, header="Note", use=None, samples=("vip", "vip")),
    )
    assert view.counts == {
        "rows": 2,
        "sendable": 2,
        "rejected": 0,
        "duplicates": 0,
        "opted_out": 0,
    }
    assert view.frames == (2,)
    assert view.texts == (TextView(value=None, text=TEXT, contacts=2, segments=2),)


def test_a_log_gets_no_personal_data(tmp_path: Path) -> None:
    view = view_plan(a_plan(tmp_path)).without_personal_data()

    assert view.previews == ()
    assert {column.samples for column in view.columns} == {()}


def test_json_says_how_the_texts_are_sent(tmp_path: Path) -> None:
    answer = plan_as_json(
        view_plan(a_plan(tmp_path, sender="SHOP", send_at=MONDAY, type=SmsType.LOW_COST))
    )

    assert {name: answer[name] for name in ("mode", "sender", "purpose", "type", "send_at")} == {
        "mode": "rehearsal",
        "sender": "SHOP",
        "purpose": "wholesale",
        "type": "sms_low_cost",
        "send_at": "2026-11-30T10:00:00+01:00",
    }


def test_json_says_how_the_texts_are_sent_also_without_a_text(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    request = PlanRequest(
        files=plan.request.files,
        parameters_without_text=Parameters(text="", sender="SHOP", simulation_mode=True),
    )

    answer = plan_as_json(view_plan(make_plan(request)))

    assert (answer["mode"], answer["sender"], answer["send_at"]) == ("simulation", "SHOP", None)
    assert answer["message"] is None


@pytest.mark.parametrize(
    ("rehearsal", "simulation", "mode"),
    [
        (False, False, Mode.REAL),
        (True, False, Mode.REHEARSAL),
        (True, True, Mode.SIMULATION),
        (False, True, Mode.SIMULATION),
    ],
)
def test_the_mode_says_whether_phones_ring(
    tmp_path: Path, *, rehearsal: bool, simulation: bool, mode: Mode
) -> None:
    plan = a_plan(tmp_path, rehearsal=rehearsal, simulation_mode=simulation)

    assert view_plan(plan).delivery.mode is mode


def test_the_question_says_what_an_order_means(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, people=1844, sender="SHOP", send_at=MONDAY)

    assert send_question(view_plan(plan)) == (
        "REHEARSAL, no real phone is texted: marketing, premium route.\n"
        "Send to 1,844 people on Monday 30 November at 10:00 (Paris) from SHOP "
        "for about 82.98 EUR?"
    )


def test_the_question_of_one_alert_without_a_sender(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, people=1, purpose=Purpose.ALERT, simulation_mode=True)

    assert send_question(view_plan(plan)) == (
        "SIMULATION, Octopush texts no one: alert, premium route.\n"
        "Send to 1 person now from the account's sender for about 0.05 EUR?"
    )


def test_the_plan_says_in_one_line_how_it_is_sent(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, rehearsal=False, sender="SHOP", type=SmsType.LOW_COST)

    assert describe_delivery(view_plan(plan).delivery) == (
        "REAL: marketing from SHOP, low-cost route, now"
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (MONDAY, "Monday 30 November at 10:00 (Paris)"),
        (
            datetime(2027, 3, 1, 9, 5, tzinfo=ZoneInfo("America/New_York")),
            "Monday 1 March 2027 at 09:05 (New York)",
        ),
        (
            datetime(2026, 12, 1, 8, 0, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "Tuesday 1 December at 08:00 (UTC+05:30)",
        ),
        (datetime(2026, 12, 2, 8, 0, tzinfo=UTC), "Wednesday 2 December at 08:00 (UTC)"),
    ],
)
def test_a_time_is_said_with_its_zone(moment: datetime, words: str) -> None:
    assert describe_time(moment, NOW) == words


def test_a_plan_without_anyone_who_had_the_text_is_the_same_plan(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)

    assert plan.without(np.array([33639989999], dtype=np.int64)) is plan
    assert plan.without(np.array([], dtype=np.int64)) is plan


def test_each_of_several_frames_creates_a_list_of_its_own(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, people=900, list_name="Printemps des magasins de Lyon")

    names = [parameters.list_name for parameters, _ in plan.cut_frames()]
    assert names == [
        "Printemps des magasins de Ly-1",
        "Printemps des magasins de Ly-2",
        "Printemps des magasins de Ly-3",
    ]
    (finding,) = [each for each in plan.findings if each.code == "list_name_suffix"]
    assert finding.message == (
        "Each of the 3 frames creates a list of its own at Octopush: "
        "'Printemps des magasins de Ly-1' to 'Printemps des magasins de Ly-3'."
    )


def test_one_frame_keeps_the_name_of_its_list(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, list_name="Printemps")

    assert [parameters.list_name for parameters, _ in plan.cut_frames()] == ["Printemps"]
    assert "list_name_suffix" not in {finding.code for finding in plan.findings}
