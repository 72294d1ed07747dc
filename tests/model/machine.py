"""The operator of the model: sends, resumes, opts out, sets the clock, copies, and is killed.

Everything runs through the real use cases and the real ledger on a real disk; only the world
(time, the network and the provider) is simulated. What may be true is kept in a simple model:
whom the operator opted out, and which repeats were ordered.
"""

import re
import shutil
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bulksms.errors import BulkSmsError, RuleError
from bulksms.ledger import FrameState, ProofRecord, open_ledger
from bulksms.octopush import Credentials
from bulksms.plan.make_plan import make_plan
from bulksms.plan.make_request import make_request
from bulksms.plan.options import MessageOptions, PlanOptions, ScreeningOptions
from bulksms.sender import Pacing, SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers, remove_numbers, stored_opt_outs
from bulksms.use_cases.orders.order_resend import order_resend, prepare_resend
from bulksms.use_cases.orders.settle_doubt import OperatorDecision, list_doubts, settle_doubt
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.end_without_sending import end_without_sending
from bulksms.use_cases.prepare.history_rules import HistoryRules
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.send.resume_campaign import resume_campaign
from bulksms.use_cases.send.run_campaign import run_campaign
from bulksms.use_cases.upkeep.prove_request_id import ProofPlan, prove_request_id
from bulksms.use_cases.upkeep.rebuild_ledger import rebuild_ledger
from tests.model.world import Fault, Gateway, GatewayKind, KilledError, World, connector

__all__ = ["CampaignHistory"]

URL = "http://127.0.0.1:9/v1/public"
WEEK = timedelta(days=7)
FRAME = 200
PEOPLE = 420  # two frames of a list
LISTS = 3
LOGINS = ("a@example.org", "b@example.org")
PROBE = "+33639989999"
STRANGER = "+33639989998"  # opted out, and on no list
# Half of the histories are with a provider that does as its documents say.
KINDS = (*[GatewayKind.HONEST] * (len(GatewayKind) - 2), *GatewayKind)
FAULTS = st.lists(st.sampled_from(Fault), max_size=5)
# One text in the spellings that a person gives it; each reads the same to everyone.
SPELLINGS = (
    "Bonjour {first_name} STOP au 30101",
    "Bonjour { first_name } STOP au 30101",
    "Bonjour {Prénom} STOP au 30101 ",
    "Bonjour  {first_name|client} STOP au 30101",
    "Bonjour {last_name} STOP au 30101",  # in these lists both names are the same
)
OTHER_TEXT = "Le colis du 12 vous attend chez nous demain avant midi, {first_name}. STOP au 30101"
CORRECTED_TEXT = "Bonjour {first_name}, STOP au 30101"


def phone_number(person: int) -> str:
    return f"+3363998{person:04d}"


def finished_text(text: str, person: int) -> str:
    """What a person reads, however the text is spelled."""
    return " ".join(re.sub(r"\{[^}]*\}", f"P{person}", text).split())


class CampaignHistory(RuleBasedStateMachine):
    """Any history of an operator; no one is ever texted twice, nor after opting out."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.make_root()
        self.world = World()
        self.gateway = Gateway(self.world)
        self.login = LOGINS[0]
        self.original = self.root / "data" / "state"
        self.original.mkdir(parents=True)
        self.link = self.root / "state"
        self.link.symlink_to(self.original)
        self.home = self.original
        self.opted_out: set[str] = set()
        self.backed_up = False
        self.moves = 0
        self.ordered_repeats: Counter[tuple[str, str]] = Counter()
        self.judged = 0
        self.opt_out_lists: dict[str, int] = {}
        self.refusals: list[str] = []
        self.refusing: dict[str, set[str]] = defaultdict(set)  # in lists since, by campaign
        self.lists = [self._write_list(number) for number in range(LISTS)]

    def make_root(self) -> Path:
        """A folder of this example; the test gives it."""
        raise NotImplementedError

    @property
    def on_a_copy(self) -> bool:
        """What a person writes into a copy is not known to the original, and cannot be."""
        return self.home == self.root / "copy"

    # What the operator does

    @rule(
        which=st.integers(0, LISTS - 1),
        text=st.sampled_from((*SPELLINGS, OTHER_TEXT, CORRECTED_TEXT)),
        faults=FAULTS,
        kill_in=st.none() | st.integers(0, 120),
        with_file=st.booleans(),
        unattended=st.booleans(),
    )
    def send(
        self,
        *,
        which: int,
        text: str,
        faults: list[Fault],
        kill_in: int | None,
        with_file: bool,
        unattended: bool,
    ) -> None:
        rules, before = HistoryRules(unattended=unattended), len(self.gateway.deliveries)
        with self._trouble(faults, kill_in):
            self._send(which, text, rules, with_file=with_file)
        if unattended:
            self._check_unattended(before)

    # The two that text people are drawn more often than the others.
    @rule(which=st.integers(0, LISTS - 1), text=st.sampled_from(SPELLINGS))
    def send_undisturbed(self, *, which: int, text: str) -> None:
        with self._trouble([], None):
            self._send(which, text, HistoryRules(), with_file=False)

    @rule(which=st.integers(0, LISTS - 1), last=st.sampled_from(Fault), accepted=st.booleans())
    def send_until(self, *, which: int, last: Fault, accepted: bool) -> None:
        """Let the first frame or the second one fail, and none before it."""
        with self._trouble([Fault.NONE, last] if accepted else [last], None):
            self._send(which, SPELLINGS[0], HistoryRules(), with_file=False)

    @rule()
    def resume_undisturbed(self) -> None:
        self.resume(faults=[], kill_in=None, chosen=-1)

    @rule(which=st.integers(0, LISTS - 1), text=st.sampled_from(SPELLINGS), faults=FAULTS)
    def send_again(self, *, which: int, text: str, faults: list[Fault]) -> None:
        for person in self._people(which):
            self.ordered_repeats[finished_text(text, person), phone_number(person)] += 1
        with self._trouble(faults, None):
            self._send(which, text, HistoryRules(again=True), with_file=False)

    @rule(
        faults=FAULTS,
        kill_in=st.none() | st.integers(0, 120),
        chosen=st.integers(0, 9),
        retry_refused=st.booleans(),
    )
    def resume(
        self, *, faults: list[Fault], kill_in: int | None, chosen: int, retry_refused: bool = False
    ) -> None:
        names, before = self._campaigns(), len(self.gateway.deliveries)
        name = names[chosen % len(names)] if names else None
        list_number = self.opt_out_lists.get(name or "")
        refusing = set() if list_number is None else self._numbers_in_opt_out_file(list_number)
        with self._trouble(faults, kill_in):
            options = replace(self._options(), retry_refused=retry_refused)
            resume_campaign(name, options, self._context())
            self.opted_out |= refusing
        texted = {each.phone_number for each in self.gateway.deliveries[before:]}
        in_file, in_list = texted & refusing, texted & self.refusing[name or ""]
        assert not in_file, f"texted though in the opt-out file: {sorted(in_file)[:3]}"
        assert not in_list, f"texted after opting out in a list: {sorted(in_list)[:3]}"

    @rule(hours=st.sampled_from((0.02, 0.1, 2, 6, 13, 21, 23, 25, 30, 190)))
    def pass_time(self, *, hours: float) -> None:
        self.world.pass_time(hours * 3600)

    @precondition(lambda self: not self.on_a_copy)
    @rule(person=st.integers(0, PEOPLE + 40))
    def opt_out(self, *, person: int) -> None:
        with self._trouble([], None):
            number = phone_number(person)
            add_numbers([number], "FR", self._settings(), self.world.now())
            self.opted_out.add(number)

    @precondition(lambda self: self.opted_out and not self.on_a_copy)
    @rule(chosen=st.integers(0, 99))
    def opt_in(self, *, chosen: int) -> None:
        number = sorted(self.opted_out)[chosen % len(self.opted_out)]
        with self._trouble([], None):
            remove_numbers([number], "FR", self._settings())
            self.opted_out.discard(number)

    @rule(person=st.integers(0, PEOPLE + 40), list_number=st.integers(0, LISTS - 1))
    def note_in_opt_out_file(self, *, person: int, list_number: int) -> None:
        number = phone_number(person)
        with self._opt_out_file(list_number).open("a", encoding="utf-8") as lines:
            lines.write(f"{number}\n")

    @rule(person=st.integers(0, PEOPLE + 40), list_number=st.integers(0, LISTS - 1))
    def object_in_list(self, *, person: int, list_number: int) -> None:
        """Write "do not contact" into the list beside a person."""
        path = self.lists[list_number]
        rows = path.read_text(encoding="utf-8").split("\n")[1:-1]
        header = "Prénom;Nom;Mobile;Ne pas contacter"
        rows = [row if row.count(";") > 2 else f"{row};non" for row in rows]
        rows = [
            row.replace(";non", ";oui") if f";{phone_number(person)};" in row else row
            for row in rows
        ]
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")

    @rule(chosen=st.integers(0, 9), decision=st.sampled_from(("resend", "drop", "sent")))
    def settle(self, *, chosen: int, decision: str) -> None:
        with self._trouble([], None):
            doubts = list_doubts(None, self._settings(), self.world.now())
            if doubts:
                doubt = doubts[chosen % len(doubts)]
                self._settle(doubt.campaign, doubt.frame.number, decision)

    @rule()
    def prove_protection(self) -> None:
        probe = ProofPlan(phone_number=PROBE, text="Test", sender="MODEL", cost=Decimal(0))
        with self._trouble([], None):
            result = prove_request_id(probe, self._settings(), self.world, connector(self.gateway))
            self.check_proof(protects=bool(result.protects))

    # What happens to the machine

    @initialize(kind=st.sampled_from(KINDS), trusted=st.booleans())
    def choose_gateway(self, *, kind: GatewayKind, trusted: bool) -> None:
        """A provider keeps its rules; who has tried them for long enough trusts them."""
        self.gateway.kind = kind
        if trusted and kind is GatewayKind.HONEST:
            self.believe_in_protection()

    @rule()
    def change_account(self) -> None:
        self.login = LOGINS[1 - LOGINS.index(self.login)]

    @rule(hours=st.sampled_from((0, 0, 3, 20, -3, -96, 192)))
    def set_clock(self, *, hours: int) -> None:
        self.world.clock_error = timedelta(hours=hours)

    @rule()
    def reach_by_other_path(self) -> None:
        self.home = self.link if self.home == self.original else self.original

    @rule()
    def back_up(self) -> None:
        """Copy the folder away; without a ledger in it, restoring would mean to start over."""
        if not (self.original / "ledger.sqlite3").exists():
            return
        backup = self.root / "backup"
        shutil.rmtree(backup, ignore_errors=True)
        shutil.copytree(self.original, backup)
        self.backed_up = True

    @precondition(lambda self: self.backed_up)
    @rule(whole=st.booleans())
    def restore(self, *, whole: bool) -> None:
        backup = self.root / "backup"
        if whole:
            shutil.rmtree(self.original)
            shutil.copytree(backup, self.original)
        else:
            shutil.copy2(backup / "ledger.sqlite3", self.original / "ledger.sqlite3")

    @rule()
    def work_on_a_copy(self) -> None:
        copy = self.root / "copy"
        if self.home == copy:
            self.home = self.original
            return
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.original, copy)
        self.home = copy

    @rule()
    def move_folder(self) -> None:
        """Move the state folder; what leads to it follows."""
        self.moves += 1
        moved = self.original.with_name(f"state-{self.moves}")
        self.original.rename(moved)
        self.link.unlink()
        self.link.symlink_to(moved)
        if self.home == self.original:
            self.home = moved
        self.original = moved

    @rule()
    def rebuild(self) -> None:
        with self._trouble([], None):
            rebuild_ledger(self._settings(), self.world)

    # What must hold

    @invariant()
    def nobody_is_texted_twice(self) -> None:
        deliveries = self.gateway.deliveries
        for at, delivery in enumerate(deliveries[self.judged :], start=self.judged):
            if delivery.phone_number == PROBE:
                continue
            key = delivery.text, delivery.phone_number
            before = [
                earlier
                for earlier in deliveries[:at]
                if (earlier.text, earlier.phone_number) == key and delivery.at - earlier.at < WEEK
            ]
            if not before:
                continue
            assert self.ordered_repeats[key] > 0, (
                f"{delivery.phone_number} got {delivery.text!r} twice: "
                f"{before[-1].ticket} on {before[-1].account} at {before[-1].at:%d %H:%M} and "
                f"{delivery.ticket} on {delivery.account} at {delivery.at:%d %H:%M}"
            )
            self.ordered_repeats[key] -= 1

    @invariant()
    def nobody_is_texted_after_opting_out(self) -> None:
        fresh = self.gateway.deliveries[self.judged :]
        texted = {each.phone_number for each in fresh} & self.opted_out
        assert not texted, f"texted after opting out: {sorted(texted)}"
        self.judged = len(self.gateway.deliveries)

    @invariant()
    def the_ledger_tells_the_truth(self) -> None:
        reached = {(each.ticket, each.phone_number) for each in self.gateway.deliveries}
        settings = self._settings()
        try:
            with open_ledger(settings.home, settings.ledger) as ledger:
                for campaign in ledger.campaigns.all():
                    frames = list(ledger.frame_queries.each(campaign.id))
                    people = sum(frame.contacts for frame in frames)
                    assert people == campaign.counts["sendable"], f"{campaign.name}: {people}"
                    for frame in frames:
                        if frame.state is not FrameState.ACCEPTED or not frame.ticket:
                            continue
                        numbers = ledger.frames.phone_numbers(campaign.id, frame.number).tolist()
                        false = {(frame.ticket, f"+{digits}") for digits in numbers} - reached
                        assert not false, f"called sent: {sorted(false)[:3]}"
        except BulkSmsError:
            return  # a ledger that is refused says nothing false

    def believe_in_protection(self) -> None:
        """Record a proof of 22 hours for both accounts, which an honest gateway deserves."""
        settings = self._settings()
        with open_ledger(settings.home, settings.ledger) as ledger:
            for login in LOGINS:
                account = Credentials(login=login, key="test-model").account_at(settings.base_url)
                ledger.proofs.save(
                    ProofRecord(
                        account=account,
                        base_url=settings.base_url,
                        proved_at=self.world.now(),
                        protects=True,
                        window=timedelta(hours=22),
                    )
                )

    def check_proof(self, *, protects: bool) -> None:
        """Only a gateway that remembers ids is ever proved to do so."""
        assert not protects or self.gateway.kind.id_memory, f"proved: {self.gateway.kind}"

    def _check_unattended(self, before: int) -> None:
        """Where no one answers a question, a text never goes to the same person once more."""
        deliveries = self.gateway.deliveries
        earlier = {(each.text, each.phone_number) for each in deliveries[:before]}
        now = {(each.text, each.phone_number) for each in deliveries[before:]}
        repeated = {key for key in now & earlier if not self.ordered_repeats[key]}
        assert not repeated, f"texted once more, unattended: {sorted(repeated)[:3]}"

    # How the operator does it

    @contextmanager
    def _trouble(self, faults: list[Fault], kill_in: int | None) -> Iterator[None]:
        """Let the process die, and let the program refuse: both are ordinary days."""
        self.gateway.faults, self.world.kill_in = list(faults), kill_in
        try:
            yield
        except (KilledError, BulkSmsError) as error:
            self.refusals.append(str(error))
        finally:
            self.gateway.faults, self.world.kill_in = [], None

    def _send(self, which: int, text: str, rules: HistoryRules, *, with_file: bool) -> None:
        settings, context = self._settings(), self._context()
        opt_out_file = self._opt_out_file(which)
        files = (str(opt_out_file),) if with_file else ()
        options = PlanOptions(
            screening=ScreeningOptions(optouts=files, max_rejected=100.0),
            message=MessageOptions(text=text, sender="MODEL", purpose="alert", frame_size=FRAME),
        )
        request = make_request(
            (str(self.lists[which]),),
            options,
            rehearsal=True,
            stored_optouts=stored_opt_outs(settings),
            now=self.world.now(),
        )
        plan = make_plan(request)
        sending = SendRequest(history=rules, run_options=self._options())
        try:
            prepared = prepare_campaign(plan, sending, context)
        except RuleError:
            self._note_objections(which)
            raise
        if prepared.nothing_new and prepared.existing is None:
            end_without_sending(prepared, context)
            return
        name = begin_campaign(prepared, context)
        self._note_objections(which, besides=name)
        # From here on the program remembers the numbers of the file, and of those given before
        # where the campaign continues: one that has ended does not read its files again.
        if name in self.opt_out_lists and not prepared.nothing_new:
            self.opted_out |= self._numbers_in_opt_out_file(self.opt_out_lists[name])
        if with_file:
            self.opted_out |= self._numbers_in_opt_out_file(which)
            self.opt_out_lists[name] = which
        run_campaign(name, self._options(), context)

    def _note_objections(self, which: int, besides: str | None = None) -> None:
        """Note who says no in a list: campaigns that were there before text them no more."""
        if self.on_a_copy:
            return
        rows = self.lists[which].read_text(encoding="utf-8").split()
        numbers = {row.split(";")[2] for row in rows if row.endswith(";oui")}
        for name in self._campaigns():
            if name != besides:
                self.refusing[name] |= numbers

    def _settle(self, campaign: str, number: int, decision: str) -> None:
        settings = self._settings()
        word = OperatorDecision(who="operator", at=self.world.now())
        if decision != "resend":
            if decision == "sent":
                settle_doubt(campaign, number, FrameState.ACCEPTED, word, settings)
            else:
                settle_doubt(campaign, number, FrameState.DROPPED, word, settings)
            return
        with open_ledger(settings.home, settings.ledger) as ledger:
            record = ledger.campaigns.get(campaign)
            numbers = ledger.frames.phone_numbers(record.id, number).tolist()
        order = prepare_resend(campaign, number, settings, self.world.now())
        order_resend(order, word, settings, self.world)
        for digits in numbers:
            finished = finished_text(record.parameters["text"], int(str(digits)[-4:]))
            self.ordered_repeats[finished, f"+{digits}"] += 1

    def _campaigns(self) -> list[str]:
        settings = self._settings()
        try:
            with open_ledger(settings.home, settings.ledger) as ledger:
                return [campaign.name for campaign in ledger.campaigns.all()]
        except BulkSmsError:
            return []

    def _settings(self) -> Settings:
        return Settings(home=self.home, base_url=URL, api_login=self.login, api_key="test-model")

    def _options(self) -> RunOptions:
        return RunOptions(pacing=Pacing(chance=lambda: 0.5))

    def _context(self) -> RunContext:
        return RunContext(
            settings=self._settings(),
            clock=self.world,
            observer=SilentObserver(),
            stop=threading.Event(),
            poster=connector(self.gateway),
        )

    def _people(self, which: int) -> range:
        return range(which * 20, which * 20 + PEOPLE)

    def _write_list(self, which: int) -> Path:
        path = self.root / f"list-{which}.csv"
        people = ((f"P{person}", phone_number(person)) for person in self._people(which))
        rows = "".join(f"{name};{name};{number}\n" for name, number in people)
        path.write_text(f"Prénom;Nom;Mobile\n{rows}", encoding="utf-8")
        self._opt_out_file(which).write_text(f"Mobile\n{STRANGER}\n", encoding="utf-8")
        return path

    def _opt_out_file(self, which: int) -> Path:
        return self.root / f"opt-outs-{which}.csv"

    def _numbers_in_opt_out_file(self, which: int) -> set[str]:
        return set(self._opt_out_file(which).read_text(encoding="utf-8").split()[1:])
