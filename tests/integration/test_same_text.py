"""The same text spelled otherwise: no one gets it twice."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.clock import SystemClock
from bulksms.contacts import ScreeningRules
from bulksms.ledger import open_ledger
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sender import SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.prepare.finished_texts import numbers_with_same_finished_text
from bulksms.use_cases.prepare.identity import digest_of, text_digest_of
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from tests.sending import send

FIRST = "Bonjour {first_name}, -20% à {Ville}. STOP au 30101"
EVER = datetime.min.replace(tzinfo=UTC)
LIST = """\
Mobile,Prénom,Ville
06 39 98 01 01,Zoë,Lyon
06 39 98 01 02,Inès,Metz
06 39 98 01 03,,Lyon
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def context(tmp_path: Path) -> Iterator[RunContext]:
    with Sandbox(SandboxOptions()) as sandbox:
        settings = Settings(
            home=tmp_path / "home",
            base_url=sandbox.base_url,
            api_login="a@example.com",
            api_key="test-a",
        )
        yield RunContext(
            settings=settings,
            clock=SystemClock(),
            observer=SilentObserver(),
            stop=threading.Event(),
        )


def _plan(source: Path, text: str, **parameters: bool) -> Plan:
    return make_plan(
        PlanRequest(
            files=(str(source),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text=text, **parameters),  # type: ignore[arg-type]
        )
    )


def _send(source: Path, context: RunContext, text: str, **parameters: bool) -> None:
    request = SendRequest(run_options=RunOptions())
    send(_plan(source, text, **parameters), request, context)


def _same(context: RunContext, plan: Plan, since: datetime = EVER) -> list[int]:
    with open_ledger(context.settings.home) as ledger:
        numbers = numbers_with_same_finished_text(ledger, plan, since=since)
    return [int(number) - 33639980100 for number in numbers]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Bonjour { first_name }, -20% à {Ville}. STOP au 30101", id="blanks in it"),
        pytest.param("Bonjour {Prénom}, -20% à { ville }. STOP au 30101", id="by its header"),
        pytest.param("Bonjour {first_name}, -20% à {Ville}. STOP au 30101 \n", id="trailing"),
        pytest.param("Bonjour  {first_name}, -20%  à {Ville}. STOP au 30101", id="doubled"),
        pytest.param(
            "Bonjour {first_name}, -20%\u00a0a\u0300 {Ville}. STOP au 30101", id="decomposed"
        ),
        pytest.param("Bonjour {first_name}, -20% à {Ville|Paris}. STOP au 30101", id="fallback"),
    ],
)
def test_a_text_is_the_same_however_it_is_spelled(source: Path, text: str) -> None:
    first, other = _plan(source, FIRST), _plan(source, text)

    assert text_digest_of(first.variants) == text_digest_of(other.variants)
    assert digest_of(first) == digest_of(other)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        pytest.param(FIRST, [1, 2, 3], id="itself"),
        pytest.param("Bonjour {first_name|cher}, -20% à {Ville}. STOP au 30101", [1, 2], id="most"),
        pytest.param("Bonjour {first_name}, -20% à Lyon. STOP au 30101", [1, 3], id="typed out"),
        pytest.param("Bonjour Zoë, -20% à Lyon. STOP au 30101", [1], id="all typed out"),
        pytest.param("{Prénom}{Ville}", [], id="another"),
        pytest.param("Bonjour {first_name}, -30% à {Ville}. STOP au 30101", [], id="corrected"),
    ],
)
def test_a_person_who_got_exactly_this_finished_text_is_found(
    source: Path, context: RunContext, text: str, people: list[int]
) -> None:
    _send(source, context, FIRST)

    assert _same(context, _plan(source, text)) == people


def test_a_text_of_long_ago_a_simulation_and_a_rehearsal_count_apart(
    source: Path, context: RunContext
) -> None:
    _send(source, context, FIRST)
    plan = _plan(source, FIRST)

    later = datetime.now(UTC) + timedelta(days=8)
    assert _same(context, plan, since=later) == []
    assert _same(context, _plan(source, FIRST, simulation_mode=True)) == []
    real = replace(plan.request, rules=replace(plan.request.rules, rehearsal=False))
    assert _same(context, replace(plan, request=real)) == []
