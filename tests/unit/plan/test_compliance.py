from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bulksms.campaign import Parameters, Purpose
from bulksms.contacts import ScreeningRules
from bulksms.finding import Finding, Level
from bulksms.message import SendingHours
from bulksms.plan.compliance import Compliance
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.plan.variants import TextOptions, TextsByColumn

PARIS = ZoneInfo("Europe/Paris")
SUNDAY = datetime(2026, 11, 22, 10, tzinfo=PARIS)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=PARIS)
ALWAYS = Compliance(hours=None)


def findings_of(
    folder: Path,
    code: str,
    parameters: Parameters,
    rules: Compliance = ALWAYS,
    options: TextOptions | None = None,
) -> list[Finding]:
    path = folder / "list.csv"
    rows = "Mobile,Prénom,Ville\n0639980101,Zoë,Lyon\n0639980102,Inès,Metz\n"
    path.write_text(rows, encoding="utf-8")
    plan = make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            parameters=parameters,
            text_options=options or TextOptions(),
            compliance=rules,
        )
    )
    return [finding for finding in plan.findings if finding.code == code]


def hours(folder: Path, now: datetime | None, **given: object) -> list[Finding]:
    parameters = Parameters(text="Soldes. STOP au 30101", **given)  # type: ignore[arg-type]
    rules = Compliance(hours=SendingHours(), now=now)
    return findings_of(folder, "quiet_hours", parameters, rules)


def test_a_scheduled_sunday_stops_and_monday_is_proposed(tmp_path: Path) -> None:
    (finding,) = hours(tmp_path, None, send_at=SUNDAY)

    assert finding.level is Level.ERROR
    assert finding.message == (
        "Marketing must not reach people at this time: it is Sunday in FR (Europe/Paris). "
        "The next time allowed for everyone on the list is 2026-11-23T08:00:00+01:00: schedule it "
        "with --send-at 2026-11-23T08:00:00+01:00, or wait for it with --wait."
    )


def test_a_plan_made_on_a_sunday_is_only_warned(tmp_path: Path) -> None:
    assert [finding.level for finding in hours(tmp_path, SUNDAY)] == [Level.WARNING]


def test_a_scheduled_hour_by_day_is_allowed_although_it_is_sunday_now(tmp_path: Path) -> None:
    assert hours(tmp_path, SUNDAY, send_at=MONDAY) == []


def test_an_alert_is_allowed_at_any_hour(tmp_path: Path) -> None:
    assert hours(tmp_path, SUNDAY, purpose=Purpose.ALERT) == []


def test_each_of_several_texts_needs_the_stop_mention(tmp_path: Path) -> None:
    by_city = TextsByColumn(column="Ville", texts={"Lyon": "Soldes a Lyon"})
    parameters = Parameters(text="Soldes. STOP au 30101")

    (finding,) = findings_of(
        tmp_path, "stop_mention_missing", parameters, options=TextOptions(texts_by_column=by_city)
    )

    assert finding.message.startswith("Text for Lyon: Marketing to FR must say how to opt out")


def test_a_sender_that_france_forbids_is_an_error(tmp_path: Path) -> None:
    parameters = Parameters(text="Soldes. STOP au 30101", sender="INFO")

    (finding,) = findings_of(tmp_path, "sender_not_allowed", parameters)

    assert finding.level is Level.ERROR
