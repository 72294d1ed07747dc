"""An interrupted campaign is sent again with a corrected text: everyone gets one of the two."""

from dataclasses import replace
from pathlib import Path

import pytest

from bulksms.errors import SourceChanged
from bulksms.finding import Finding
from bulksms.plan.make_plan import Plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.prepare.history_rules import HistoryRules
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.reporting.reports import campaign_report
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.fakes import port_of
from tests.sending import PEOPLE_OF_3_FRAMES as PEOPLE
from tests.sending import (
    rehearsal_plan,
    run_context,
    send,
    settings_of_test,
    texted_numbers,
    write_list,
)

WRONG = "Bonjour, les soldess commencent demain à 9h. STOP au 30101"
RIGHT = "Bonjour, les soldes commencent demain à 9h. STOP au 30101"
OTHER = "Votre commande est prête : passez la chercher avant samedi soir. STOP au 30101"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_list(tmp_path / "list.csv")


def _context(folder: Path, url: str) -> RunContext:
    return run_context(settings_of_test(folder / "home", url))


def _request(*, again: bool = False) -> SendRequest:
    return SendRequest(campaign=None, run_options=RunOptions(), history=HistoryRules(again=again))


def _interrupt(source: Path, folder: Path) -> tuple[str, int, list[str]]:
    """Send the wrong text until the credit is gone, after one frame of three."""
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        begun = send(rehearsal_plan(source, WRONG), _request(), _context(folder, poor.base_url))
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
        prepared = prepare_campaign(rehearsal_plan(source, RIGHT), _request(), context)
        (finding,) = _about_correction(prepared.plan)
        assert finding.message == (
            f"The campaign {name} was interrupted with a similar text. The 200 people who "
            "got it or may have got it are left out, and those who wait for it get this text "
            "instead. To text everyone once more, add --again."
        )
        assert prepared.plan.reasons == {"sent_before": 200}

        assert send(rehearsal_plan(source, RIGHT), _request(), context).report.state == "done"
        assert sorted(texted_numbers(good)) == PEOPLE[200:]


def test_the_interrupted_campaign_texts_no_one_any_more(tmp_path: Path, source: Path) -> None:
    name, port, _ = _interrupt(source, tmp_path)

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        corrected = send(rehearsal_plan(source, RIGHT), _request(), context)
        resume_campaign(None, RunOptions(), context)
        resume_campaign(name, RunOptions(), context)
        send(rehearsal_plan(source, WRONG), _request(), context)
        assert sorted(texted_numbers(good)) == PEOPLE[200:]
        report = campaign_report(name, context.settings)
        assert report.frames["dropped"] == 2
        assert corrected.report.campaign != name


def test_people_who_are_not_on_the_corrected_list_keep_waiting(
    tmp_path: Path, source: Path
) -> None:
    name, port, _ = _interrupt(source, tmp_path)
    write_list(source, PEOPLE[:500])

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        send(rehearsal_plan(source, RIGHT), _request(), context)
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
        prepared = prepare_campaign(rehearsal_plan(source, text), _request(again=again), context)

    assert _about_correction(prepared.plan) == []
    assert prepared.plan.sendable == 600


def test_a_finished_campaign_with_a_similar_text_leaves_no_one_out(
    tmp_path: Path, source: Path
) -> None:
    with Sandbox(SandboxOptions()) as sandbox:
        context = _context(tmp_path, sandbox.base_url)
        send(rehearsal_plan(source, WRONG), _request(), context)

        prepared = prepare_campaign(rehearsal_plan(source, RIGHT), _request(), context)

    assert prepared.plan.sendable == 600


def test_an_interrupted_again_that_is_repeated_continues(tmp_path: Path, source: Path) -> None:
    with Sandbox(SandboxOptions()) as before:
        send(rehearsal_plan(source, RIGHT), _request(), _context(tmp_path, before.base_url))
        port = port_of(before.base_url)
    again = _request(again=True)
    with Sandbox(SandboxOptions(port=port, refuse=104, refuse_after=1)) as poor:
        send(rehearsal_plan(source, RIGHT), again, _context(tmp_path, poor.base_url))
        first = sorted(texted_numbers(poor))
        assert 0 < len(first) < len(PEOPLE)

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        assert send(rehearsal_plan(source, RIGHT), again, context).report.state == "done"
        assert first + sorted(texted_numbers(good)) == PEOPLE
        send(rehearsal_plan(source, RIGHT), again, context)
        assert len(texted_numbers(good)) == len(PEOPLE) - len(first) + len(PEOPLE)


def test_again_said_twice_of_one_campaign_continues_it(tmp_path: Path, source: Path) -> None:
    again = replace(_request(again=True), campaign="spring")
    with Sandbox(SandboxOptions(refuse=104, refuse_after=1)) as poor:
        send(rehearsal_plan(source, RIGHT), again, _context(tmp_path, poor.base_url))
        port, first = port_of(poor.base_url), sorted(texted_numbers(poor))

    with Sandbox(SandboxOptions(port=port)) as good:
        context = _context(tmp_path, good.base_url)
        assert send(rehearsal_plan(source, RIGHT), again, context).report.state == "done"
        assert first + sorted(texted_numbers(good)) == PEOPLE

        with pytest.raises(SourceChanged, match=r"spring .* has ended: .* choose another name"):
            send(rehearsal_plan(source, RIGHT), again, context)
        assert first + sorted(texted_numbers(good)) == PEOPLE
