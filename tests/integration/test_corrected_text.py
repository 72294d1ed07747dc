"""An interrupted campaign is sent again with a corrected text: everyone gets one of the two."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.clock import SystemClock
from bulksms.contacts import ScreeningRules
from bulksms.errors import SourceChanged
from bulksms.finding import Finding
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sender import SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.prepare.history_rules import HistoryRules
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.reporting.reports import campaign_report
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of
from tests.sending import send, texted_numbers

WRONG = "Bonjour, les soldess commencent demain à 9h. STOP au 30101"
RIGHT = "Bonjour, les soldes commencent demain à 9h. STOP au 30101"
OTHER = "Votre commande est prête : passez la chercher avant samedi soir. STOP au 30101"
PEOPLE = [f"+336399{80000 + person}" for person in range(600)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(["Mobile", *PEOPLE]), encoding="utf-8")
    return path


def _context(folder: Path, url: str) -> RunContext:
    settings = Settings(
        home=folder / "home", base_url=url, api_login="a@example.com", api_key="test-a"
    )
    return RunContext(
        settings=settings,
        clock=SystemClock(),
        observer=SilentObserver(),
        stop=threading.Event(),
    )


def _plan(source: Path, text: str) -> Plan:
    return make_plan(
        PlanRequest(
            files=(str(source),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text=text),
            frame_size=200,
        )
    )


def _request(*, again: bool = False) -> SendRequest:
    return SendRequest(campaign=None, run_options=RunOptions(), history=HistoryRules(again=again))


def _interrupt(source: Path, folder: Path) -> tuple[str, int, list[str]]:
    """Send the wrong text until the credit is gone, after one frame of three."""
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        begun = send(_plan(source, WRONG), _request(), _context(folder, poor.base_url))
        return begun.report.campaign, port_of(poor.base_url), sorted(texted_numbers(poor))


def _about_correction(plan: Plan) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == "corrected_text"]


def test_a_person_who_got_the_first_text_is_left_out_and_the_plan_says_so(
    tmp_path: Path, source: Path
) -> None:
    name, port, first = _interrupt(source, tmp_path)
    assert first == PEOPLE[:200]

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        prepared = prepare_campaign(_plan(source, RIGHT), _request(), context)
        (finding,) = _about_correction(prepared.plan)
        assert finding.message == (
            f"The campaign {name} was interrupted with a similar text. The 200 people who "
            "got it or may have got it are left out, and those who wait for it get this text "
            "instead. To text everyone once more, add --again."
        )
        assert prepared.plan.reasons == {"sent_before": 200}

        assert send(_plan(source, RIGHT), _request(), context).report.state == "done"
        assert sorted(texted_numbers(good)) == PEOPLE[200:]


def test_the_interrupted_campaign_texts_no_one_any_more(tmp_path: Path, source: Path) -> None:
    name, port, _ = _interrupt(source, tmp_path)

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        corrected = send(_plan(source, RIGHT), _request(), context)
        resume_campaign(None, RunOptions(), context)
        resume_campaign(name, RunOptions(), context)
        send(_plan(source, WRONG), _request(), context)
        assert sorted(texted_numbers(good)) == PEOPLE[200:]
        report = campaign_report(name, context.settings)
        assert report.frames["dropped"] == 2
        assert corrected.report.campaign != name


def test_people_who_are_not_on_the_corrected_list_keep_waiting(
    tmp_path: Path, source: Path
) -> None:
    name, port, _ = _interrupt(source, tmp_path)
    source.write_text("\n".join(["Mobile", *PEOPLE[:500]]), encoding="utf-8")

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        send(_plan(source, RIGHT), _request(), context)
        assert sorted(texted_numbers(good)) == PEOPLE[200:500]
        resume_campaign(name, RunOptions(), context)
        assert sorted(texted_numbers(good)) == PEOPLE[200:]


@pytest.mark.parametrize(
    ("text", "again"),
    [pytest.param(OTHER, False, id="another text"), pytest.param(RIGHT, True, id="again")],
)
def test_another_text_and_an_order_leave_no_one_out(
    tmp_path: Path, source: Path, text: str, *, again: bool
) -> None:
    _, port, _ = _interrupt(source, tmp_path)

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        prepared = prepare_campaign(_plan(source, text), _request(again=again), context)

    assert _about_correction(prepared.plan) == []
    assert prepared.plan.sendable == 600


def test_a_finished_campaign_with_a_similar_text_leaves_no_one_out(
    tmp_path: Path, source: Path
) -> None:
    with Sandbox(SandboxOptions()) as sandbox:
        context = _context(tmp_path, sandbox.base_url)
        send(_plan(source, WRONG), _request(), context)

        prepared = prepare_campaign(_plan(source, RIGHT), _request(), context)

    assert prepared.plan.sendable == 600


def test_an_interrupted_again_that_is_repeated_continues(tmp_path: Path, source: Path) -> None:
    with Sandbox(SandboxOptions()) as before:
        send(_plan(source, RIGHT), _request(), _context(tmp_path, before.base_url))
        port = port_of(before.base_url)
    again = _request(again=True)
    with Sandbox(SandboxOptions(port=port, refuse=104, refuse_after=1)) as poor:
        send(_plan(source, RIGHT), again, _context(tmp_path, poor.base_url))
        first = sorted(texted_numbers(poor))
        assert 0 < len(first) < len(PEOPLE)

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        assert send(_plan(source, RIGHT), again, context).report.state == "done"
        assert first + sorted(texted_numbers(good)) == PEOPLE
        send(_plan(source, RIGHT), again, context)
        assert len(texted_numbers(good)) == len(PEOPLE) - len(first) + len(PEOPLE)


def test_again_said_twice_of_one_campaign_continues_it(tmp_path: Path, source: Path) -> None:
    again = replace(_request(again=True), campaign="spring")
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        send(_plan(source, RIGHT), again, _context(tmp_path, poor.base_url))
        port, first = port_of(poor.base_url), sorted(texted_numbers(poor))

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        assert send(_plan(source, RIGHT), again, context).report.state == "done"
        assert first + sorted(texted_numbers(good)) == PEOPLE

        with pytest.raises(SourceChanged, match=r"spring .* has ended: .* choose another name"):
            send(_plan(source, RIGHT), again, context)
        assert first + sorted(texted_numbers(good)) == PEOPLE
