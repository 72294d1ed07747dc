"""The steps of a plan are followed by the observer of its request, and by nothing else."""

from pathlib import Path

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.plan.files import write_outputs
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.plan.options import OutputOptions
from tests.fakes import RecordingProgress

LIST = "Mobile;Ville\n06 39 98 00 01;Paris\n06 39 98 00 02;Lyon\n06 39 98 00 03;Nice\n"
STOPPED = "Mobile\n06 39 98 00 03\n"


def test_reading_screening_fitting_and_writing_are_followed(tmp_path: Path) -> None:
    source, stopped, progress = tmp_path / "list.csv", tmp_path / "stop.csv", RecordingProgress()
    source.write_text(LIST, encoding="utf-8")
    stopped.write_text(STOPPED, encoding="utf-8")
    request = PlanRequest(
        files=(str(source),),
        optouts=(str(stopped),),
        rules=ScreeningRules(rehearsal=True),
        parameters=Parameters(text="Bonjour {Ville}. STOP au 30101"),
        progress=progress,
    )

    plan = make_plan(request)
    write_outputs(plan, OutputOptions(contacts_out=tmp_path / "contacts.csv"))

    assert progress.steps == [
        ("reading list.csv", len(LIST), len(LIST)),
        ("reading stop.csv", len(STOPPED), len(STOPPED)),
        ("screening", 3, 3),
        ("leaving out opt-outs and duplicates", None, 0),
        ("fitting the text", None, 0),
        ("writing the files", None, 0),
    ]
    assert plan.sendable == 2


def test_the_rows_of_a_workbook_are_counted() -> None:
    progress = RecordingProgress()
    workbook = Path(__file__).parents[3] / "sample_data" / "contacts.xlsx"
    make_plan(PlanRequest(files=(str(workbook),), progress=progress))

    (title, total, rows), *_ = progress.steps
    assert (title, total) == ("reading contacts.xlsx", None)
    assert rows > 1
