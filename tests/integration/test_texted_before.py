"""The same send once more, later: who got the text, and who said no, are not posted again.

Nor is anything that would mix up two campaigns, or a rehearsal and a real one.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulksms.clock import Clock
from bulksms.errors import CampaignNotFound, RuleError, SettingsError, SourceChanged
from bulksms.ledger import ProofRecord, open_ledger
from bulksms.message import SendingHours
from bulksms.octopush import Credentials
from bulksms.octopush.outcomes import Outcome, Unknown
from bulksms.plan.make_plan import Plan
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers, remove_numbers, stored_opt_outs
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.history_rules import EVER, HistoryRules
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.integration.nights import NOON, context_at
from tests.sending import PEOPLE_OF_3_FRAMES as PEOPLE
from tests.sending import rehearsal_plan, send, texted_numbers, write_list


class Mute:
    """Loses every frame; gives the time of a clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def post(self, body: bytes) -> Outcome:
        del body
        return Unknown(reason="no answer")

    def server_time(self) -> datetime | None:
        return self._clock.now()

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_list(tmp_path / "list.csv")


def _never(url: str, credentials: Credentials) -> Mute:
    raise AssertionError(f"{credentials.login} would post to {url}")


def _planned(
    source: Path, context: RunContext, *optouts: Path, text: str = "Bonjour. STOP au 30101"
) -> Plan:
    stored = stored_opt_outs(context.settings)
    return rehearsal_plan(source, text, optouts=optouts, stored_optouts=stored)


def _send(source: Path, context: RunContext, *optouts: Path) -> RunResult:
    request = SendRequest(campaign=None, run_options=RunOptions())
    return send(_planned(source, context, *optouts), request, context)


@pytest.mark.parametrize("days", [1, 8, 400])
def test_for_a_newcomer_no_one_else_gets_the_text_again_however_late(
    tmp_path: Path, source: Path, days: int
) -> None:
    with Sandbox(SandboxOptions()) as sandbox:
        context = context_at(tmp_path / "home", sandbox.base_url, NOON)
        add_numbers(PEOPLE[:1], "FR", context.settings, NOON)
        _send(source, context)
        assert sorted(texted_numbers(sandbox)) == PEOPLE[1:]
        remove_numbers(PEOPLE[:1], "FR", context.settings)
        for _ in range(2):
            _send(
                source,
                context_at(tmp_path / "home", sandbox.base_url, NOON + timedelta(days=days)),
            )
            assert sorted(texted_numbers(sandbox)) == PEOPLE


def test_a_campaign_that_is_done_is_reported_as_done_past_its_expiry_too(
    tmp_path: Path, source: Path
) -> None:
    with Sandbox(SandboxOptions()) as sandbox:
        _send(source, context_at(tmp_path / "home", sandbox.base_url, NOON))
        late = context_at(tmp_path / "home", sandbox.base_url, NOON + timedelta(days=9))
        assert _send(source, late).report.state == "done"
        assert sorted(texted_numbers(sandbox)) == PEOPLE


def test_of_two_campaigns_with_one_text_waiting_for_their_yes_only_one_is_begun(
    tmp_path: Path, source: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("\n".join(["Mobile", *PEOPLE[500:]]), encoding="utf-8")
    with Sandbox(SandboxOptions()) as sandbox:
        context = context_at(tmp_path / "home", sandbox.base_url, NOON)

        request = SendRequest(campaign=None, run_options=RunOptions())
        prepared = prepare_campaign(_planned(source, context), request, context)
        _send(other, context)
        with pytest.raises(RuleError, match="Another campaign with this text"):
            begin_campaign(prepared, context)
        assert sorted(texted_numbers(sandbox)) == PEOPLE[500:]
        _send(source, context)
        assert sorted(texted_numbers(sandbox)) == PEOPLE


@pytest.mark.parametrize("crashed", [False, True])
def test_a_person_who_says_no_in_a_file_is_in_no_repeat_of_a_doubtful_frame(
    tmp_path: Path, source: Path, crashed: bool
) -> None:
    with Sandbox(SandboxOptions(now=NOON)) as sandbox:
        context = context_at(tmp_path / "home", sandbox.base_url, NOON)
        begun = _send(source, replace(context, poster=lambda _url, _who: Mute(context.clock)))
        assert begun.report.frames["in_doubt"] == 2
        account = Credentials(login="a@example.com", key="test-a").account_at(sandbox.base_url)
        with open_ledger(context.settings.home) as ledger:
            ledger.proofs.save(
                ProofRecord(
                    account=account,
                    base_url=sandbox.base_url,
                    proved_at=NOON,
                    protects=True,
                    window=timedelta(hours=24),
                )
            )
            made = ledger.campaigns.get(begun.report.campaign)
            if crashed:
                for number in (1, 2):
                    proof = ledger.proofs.get(account)
                    assert proof is not None
                    ledger.claims.reclaim(made.id, number, NOON, proof)
        refusals = tmp_path / "refusals.csv"
        refusals.write_text(f"Mobile\n{PEOPLE[0]}\n", encoding="utf-8")

        _send(source, context, refusals)
        resume_campaign(begun.report.campaign, RunOptions(), context)
        # No one else of their frame either: other bytes would be no repeat.
        assert sorted(texted_numbers(sandbox)) == PEOPLE[200:]


def _some(path: Path, people: list[str]) -> Path:
    path.write_text("\n".join(["Mobile", *people]), encoding="utf-8")
    return path


def _history(context: RunContext, source: Path, rules: HistoryRules) -> RunResult:
    request = SendRequest(history=rules)
    return send(_planned(source, context), request, context)


def test_after_a_week_a_run_that_no_one_watches_asks_what_is_meant(tmp_path: Path) -> None:
    with Sandbox(SandboxOptions()) as sandbox:
        home = tmp_path / "home"
        first = context_at(home, sandbox.base_url, NOON)
        _send(_some(tmp_path / "monday.csv", PEOPLE[:10]), first)
        later = context_at(home, sandbox.base_url, NOON + timedelta(days=8))
        grown = _some(tmp_path / "tuesday.csv", PEOPLE[:11])

        with pytest.raises(RuleError, match="10 people got this text more than 7 days ago"):
            _history(later, grown, HistoryRules(unattended=True))
        assert sorted(texted_numbers(sandbox)) == PEOPLE[:10]

        ever = HistoryRules(unattended=True, same_text_within=EVER)
        assert _history(later, grown, ever).report.contacts["sent"] == 1
        assert sorted(texted_numbers(sandbox)) == PEOPLE[:11]


def test_a_shorter_period_lets_the_same_text_go_again(tmp_path: Path) -> None:
    with Sandbox(SandboxOptions()) as sandbox:
        home = tmp_path / "home"
        source = _some(tmp_path / "list.csv", PEOPLE[:10])
        _send(source, context_at(home, sandbox.base_url, NOON))
        later = context_at(home, sandbox.base_url, NOON + timedelta(days=3))
        weekly = HistoryRules(unattended=True, same_text_within=timedelta(days=7))
        daily = HistoryRules(unattended=True, same_text_within=timedelta(days=1))

        assert _history(later, source, weekly).report.nothing_new is True
        assert _history(later, source, daily).report.contacts["sent"] == 10
        assert sorted(texted_numbers(sandbox)) == sorted(PEOPLE[:10] * 2)


def test_a_list_whose_people_all_had_the_text_sends_nothing(tmp_path: Path, source: Path) -> None:
    some = tmp_path / "some.csv"
    some.write_text("\n".join(["Mobile", *PEOPLE[:10]]), encoding="utf-8")
    with Sandbox(SandboxOptions()) as sandbox:
        context = context_at(tmp_path / "home", sandbox.base_url, NOON)
        _send(source, context)

        report = _send(some, context).report
        assert (report.nothing_new, report.contacts["sent"], report.state) == (True, 0, "done")
        assert sorted(texted_numbers(sandbox)) == PEOPLE


def test_a_name_that_belongs_to_another_text_sends_nothing(tmp_path: Path, source: Path) -> None:
    request = SendRequest(campaign="spring", run_options=RunOptions())
    with Sandbox(SandboxOptions()) as sandbox:
        context = context_at(tmp_path / "home", sandbox.base_url, NOON)
        send(_planned(source, context), request, context)
        other = _planned(source, context, text="Bonsoir. STOP au 30101")

        with pytest.raises(SourceChanged, match="choose another name with --campaign"):
            send(other, request, context)
        assert sorted(texted_numbers(sandbox)) == PEOPLE


def test_a_list_of_only_those_who_said_no_sends_nothing(tmp_path: Path, source: Path) -> None:
    context = context_at(tmp_path / "home", "http://127.0.0.1:9", NOON)

    with pytest.raises(
        RuleError, match=r"No row of the list can be texted \(600 opted out\): choose another list"
    ):
        _send(source, replace(context, poster=_never), source)


def test_a_rehearsal_is_not_gone_on_with_for_real(tmp_path: Path, source: Path) -> None:
    context = context_at(tmp_path / "home", "http://127.0.0.1:9", NOON)
    begun = _send(source, replace(context, poster=lambda _url, _who: Mute(context.clock)))
    real = replace(context.settings, base_url="https://127.0.0.1:9", api_key="real-key")

    real_context = replace(context, settings=real, poster=_never)

    with pytest.raises(SettingsError, match="begun as a rehearsal: continue it with such a key"):
        resume_campaign(begun.report.campaign, RunOptions(), real_context)


def test_a_real_campaign_is_not_begun_at_night(tmp_path: Path, source: Path) -> None:
    night = context_at(tmp_path / "home", "https://127.0.0.1:9", NOON.replace(hour=23))
    real = replace(night, settings=replace(night.settings, api_key="real-key"), poster=_never)
    request = SendRequest(campaign=None, run_options=RunOptions(hours=SendingHours()))
    plan = _planned(source, real)  # its numbers are those of fiction
    rules = replace(plan.request.rules, rehearsal=False)

    with pytest.raises(RuleError, match=r"schedule it with --send-at .* Nothing was sent\."):
        send(replace(plan, request=replace(plan.request, rules=rules)), request, real)


def test_without_a_campaign_there_is_nothing_to_continue_with(tmp_path: Path) -> None:
    context = context_at(tmp_path / "home", "http://127.0.0.1:9", NOON)

    with pytest.raises(CampaignNotFound, match="There is no campaign yet"):
        resume_campaign(None, RunOptions(), context)
