"""The guards before a campaign, against a real sandbox where one is asked."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.errors import ApiError, RuleError
from bulksms.octopush import Credentials
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sender import SilentObserver
from bulksms.settings import PRODUCTION_URL, Settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.prepare.preflight import refuse_cost, refuse_without_credit
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from tests.sending import run_context

KEY = Credentials(login="desk@example.com", key="test-desk")


@dataclass
class Ears(SilentObserver):
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Two people, one segment each: 0.09 EUR."""
    path = tmp_path / "list.csv"
    path.write_text("Mobile\n0639980101\n0639980102\n", encoding="utf-8")
    return make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text="Soldes. STOP au 30101"),
        )
    )


def context(folder: Path, url: str, ears: Ears, *, rehearsal: bool) -> RunContext:
    key = "test-desk" if rehearsal else "a-real-key"
    settings = Settings(home=folder, base_url=url, api_login="desk@example.com", api_key=key)
    return run_context(settings, observer=ears)


def test_too_little_credit_stops_before_the_first_post(plan: Plan, tmp_path: Path) -> None:
    with Sandbox(SandboxOptions(credit=Decimal("0.08"))) as sandbox:
        world = context(tmp_path, sandbox.base_url, Ears(), rehearsal=False)
        with pytest.raises(ApiError, match=r"0\.08 euros left .* about 0\.09 EUR"):
            refuse_without_credit(plan, world, KEY)


def test_a_rehearsal_is_only_warned_of_too_little_credit(plan: Plan, tmp_path: Path) -> None:
    ears = Ears()
    with Sandbox(SandboxOptions(credit=Decimal("0.08"))) as sandbox:
        world = context(tmp_path, sandbox.base_url, ears, rehearsal=True)
        refuse_without_credit(plan, world, KEY)

    assert len(ears.notes) == 1
    assert "0.08 euros left" in ears.notes[0]


def test_enough_credit_is_not_worth_a_word(plan: Plan, tmp_path: Path) -> None:
    ears = Ears()
    with Sandbox(SandboxOptions(credit=Decimal("0.09"))) as sandbox:
        world = context(tmp_path, sandbox.base_url, ears, rehearsal=False)
        refuse_without_credit(plan, world, KEY)

    assert ears.notes == []


def test_an_unknown_balance_stops_nothing(plan: Plan, tmp_path: Path) -> None:
    ears = Ears()
    nobody = context(tmp_path, "http://127.0.0.1:9/v1/public", ears, rehearsal=False)

    refuse_without_credit(plan, nobody, KEY)

    assert "balance could not be read" in ears.notes[0]


def test_a_simulation_costs_nothing_and_asks_nothing(plan: Plan, tmp_path: Path) -> None:
    ears = Ears()
    nobody = context(tmp_path, "http://127.0.0.1:9/v1/public", ears, rehearsal=False)
    parts = [
        replace(part, parameters=replace(part.parameters, simulation_mode=True))
        for part in plan.variants
    ]
    assert plan.personalised is not None
    simulated = replace(plan, personalised=replace(plan.personalised, variants=tuple(parts)))

    refuse_without_credit(simulated, nobody, KEY)

    assert ears.notes == []


def test_a_ceiling_is_kept_before_the_first_post(plan: Plan) -> None:
    refuse_cost(plan, Decimal("0.09"))
    refuse_cost(plan, None)
    with pytest.raises(RuleError, match=r"more than the 0\.08 EUR"):
        refuse_cost(plan, Decimal("0.08"))


def test_a_plan_for_a_test_key_is_never_sent_with_a_real_one(plan: Plan, tmp_path: Path) -> None:
    world = context(tmp_path, PRODUCTION_URL, Ears(), rehearsal=False)

    with pytest.raises(RuntimeError, match="a plan for a test key"):
        prepare_campaign(plan, SendRequest(), world)
