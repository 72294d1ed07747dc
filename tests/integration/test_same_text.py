"""The same text spelled otherwise: no one gets it twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.ledger import open_ledger
from bulksms.plan.make_plan import Plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.prepare.finished_texts import numbers_with_same_finished_text
from bulksms.use_cases.prepare.identity import digest_of, text_digest_of
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from tests.sending import rehearsal_plan, run_context, send, settings_of_test

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
        yield run_context(settings_of_test(tmp_path / "home", sandbox.base_url))


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
    first, other = rehearsal_plan(source, FIRST), rehearsal_plan(source, text)

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
    send(rehearsal_plan(source, FIRST), SendRequest(), context)

    assert _same(context, rehearsal_plan(source, text)) == people


def test_a_text_of_long_ago_a_simulation_and_a_rehearsal_count_apart(
    source: Path, context: RunContext
) -> None:
    send(rehearsal_plan(source, FIRST), SendRequest(), context)
    plan = rehearsal_plan(source, FIRST)

    later = datetime.now(UTC) + timedelta(days=8)
    assert _same(context, plan, since=later) == []
    assert _same(context, rehearsal_plan(source, FIRST, simulation_mode=True)) == []
    real = replace(plan.request, rules=replace(plan.request.rules, rehearsal=False))
    assert _same(context, replace(plan, request=real)) == []
