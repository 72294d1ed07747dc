"""Sends a plan as `bulksms send --yes` does, and shows whom the sandbox texted."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bulksms.campaign import Parameters
from bulksms.clock import Clock, SystemClock
from bulksms.contacts import OptOutList, ScreeningRules
from bulksms.ledger import FrameRecord
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.sandbox import Sandbox
from bulksms.sender import Observer, SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunResult
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.end_without_sending import end_without_sending
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.send.run_campaign import run_campaign

__all__ = [
    "PEOPLE_OF_3_FRAMES",
    "StopAfterOne",
    "rehearsal_plan",
    "run_context",
    "send",
    "settings_of_test",
    "texted_numbers",
    "write_list",
]

PEOPLE_OF_3_FRAMES = [f"+336399{80000 + person}" for person in range(600)]
BONJOUR = "Bonjour. STOP au 30101"


class StopAfterOne(SilentObserver):
    """Gives the order to stop as soon as a first frame is settled."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop

    def frame_settled(self, record: FrameRecord) -> None:
        del record
        self.stop.set()


def write_list(path: Path, people: Iterable[str] = PEOPLE_OF_3_FRAMES) -> Path:
    """Write a list of numbers alone."""
    path.write_text("\n".join(["Mobile", *people]), encoding="utf-8")
    return path


def rehearsal_plan(
    source: Path,
    text: str = BONJOUR,
    *,
    optouts: Iterable[Path] = (),
    stored_optouts: OptOutList | None = None,
    frame_size: int = 200,
    **parameters: Any,  # noqa: ANN401 - a keyword is whatever the parameter is
) -> Plan:
    """Plan a list as a run with a test key does."""
    return make_plan(
        PlanRequest(
            files=(str(source),),
            optouts=tuple(map(str, optouts)),
            rules=ScreeningRules(rehearsal=True),
            stored_optouts=stored_optouts or OptOutList(),
            parameters=Parameters(text=text, **parameters),
            frame_size=frame_size,
        )
    )


def settings_of_test(home: Path, url: str, login: str = "a@example.com") -> Settings:
    """Return the settings of an account with a test key."""
    return Settings(home=home, base_url=url, api_login=login, api_key="test-a")


def run_context(
    settings: Settings,
    *,
    clock: Clock | None = None,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
) -> RunContext:
    """Return a run that nobody watches or stops, at this time."""
    return RunContext(
        settings=settings,
        clock=clock or SystemClock(),
        observer=observer or SilentObserver(),
        stop=stop or threading.Event(),
    )


def send(plan: Plan, request: SendRequest, context: RunContext) -> RunResult:
    prepared = prepare_campaign(plan, request, context)
    if prepared.nothing_new and prepared.existing is None:
        return end_without_sending(prepared, context)
    return run_campaign(begin_campaign(prepared, context), request.run_options, context)


def texted_numbers(sandbox: Sandbox) -> list[str]:
    """List the numbers of the accepted frames, in the order in which these were accepted."""
    return [number for frame in sandbox.accepted for number in frame.recipients]
