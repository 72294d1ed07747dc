"""A campaign with `approval = true` runs only as someone else approved it (W6)."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bulksms.campaign_file import read_campaign_file
from bulksms.clock import SystemClock
from bulksms.errors import RuleError
from bulksms.ledger import ApprovalRecord
from bulksms.os_user import LOGIN_UID, NO_LOGIN, acting_user
from bulksms.sender import SilentObserver
from bulksms.settings import read_settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.approve_plan import approve_plan, prepare_approval
from bulksms.use_cases.unattended.run_unattended import run_unattended
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from tests.integration.file_server import server
from tests.integration.machine import LATER, PEOPLE, Machine, export

SETTINGS: dict[str, str | None] = {
    "files": '"dump*.csv"',
    "text_file": '"welcome.txt"',
    "sender": '"SHOP"',
    "max_cost": "50",
    "max_rows": "1000",
    "map": '["first_name=Prénom"]',
    "only_new": "true",
    "approval": "true",
    "hours": '"off"',
}
OWNER = acting_user({})  # owns every file that a test writes


class Office:
    """A campaign file that several people run and approve."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine, self.folder, self.settings = machine, folder, dict(SETTINGS)
        self.write_text("Bonjour {first_name}, bienvenue. STOP au 30101")
        export(folder / "dump.csv", PEOPLE[:3])

    def write_text(self, text: str) -> None:
        (self.folder / "welcome.txt").write_text(text, encoding="utf-8")

    def change(self, **settings: str | None) -> None:
        self.settings |= settings

    @property
    def campaign(self) -> SavedCampaign:
        lines = [f"{name} = {value}" for name, value in self.settings.items() if value is not None]
        path = self.folder / "welcome.toml"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return read_campaign_file(path)

    def context(self, person: str) -> RunContext:
        return RunContext(
            settings=read_settings(os.environ),
            clock=SystemClock(),
            observer=SilentObserver(),
            stop=threading.Event(),
            person=person,
        )

    def run(self, person: str = "cron") -> str:
        """Run it and return why it stopped; nothing if it went well."""
        run = run_unattended(self.campaign, self.context(person))
        if run.error is None:
            assert run.exit_code == 0
            return ""
        assert run.exit_code == 3
        return str(run.error)

    def approve(self, person: str) -> ApprovalRecord:
        context = self.context(person)
        return approve_plan(prepare_approval(self.campaign, context), context)


@pytest.fixture
def office(machine: Machine, tmp_path: Path) -> Office:
    return Office(machine, tmp_path)


def test_without_an_approval_no_one_is_texted_and_with_it_everyone(office: Office) -> None:
    why = office.run()
    assert "The plan of welcome has not been approved by a second person" in why
    assert f"bulksms approve {office.folder / 'welcome.toml'}`. Nothing was sent." in why
    assert office.machine.texted == []

    record = office.approve("bob")

    assert record.person == "bob"
    assert record.terms["text"] == "Bonjour {first_name}, bienvenue. STOP au 30101"
    assert record.terms["sender"] == "SHOP"
    assert record.terms["purpose"] == "wholesale"
    assert record.terms["type"] == "sms_premium"
    assert record.terms["max_cost"] == "50"
    assert record.terms["max_rows"] == 1000
    assert record.terms["columns"] == ["Mobile", "Prénom"]
    assert record.terms["mapping"] == {"first_name": "Prénom", "phone_number": "Mobile"}
    assert office.run() == ""
    assert office.machine.texted == PEOPLE[:3]


def test_a_plan_is_shown_and_says_that_it_is_not_approved(office: Office) -> None:
    answer = office.machine.run("run", office.campaign.path, "--plan")

    assert answer.code == 0
    assert "has not been approved by a second person" in answer.err
    office.approve("bob")
    assert "approved" not in office.machine.run("run", office.campaign.path, "--plan").err


def test_the_next_list_of_the_same_shape_needs_no_new_approval(office: Office) -> None:
    office.approve("bob")
    office.run()
    export(office.folder / "dump.csv", [*PEOPLE[:3], *LATER[:2]])

    assert office.run() == ""
    assert office.machine.texted == [*PEOPLE[:3], *LATER[:2]]


def another_text(office: Office) -> None:
    office.write_text("Bonjour {first_name}, bienvenue !! STOP au 30101")


def another_header(office: Office) -> None:
    office.change(map='["first_name=Nom"]')
    (office.folder / "dump.csv").write_text(f"Nom,Mobile\nP0,{PEOPLE[0]}\n", encoding="utf-8")


def one_more_column(office: Office) -> None:
    (office.folder / "dump.csv").write_text(
        f"Prénom,Mobile,Ville\nP0,{PEOPLE[0]},Lyon\n", encoding="utf-8"
    )


CHANGES: list[tuple[Callable[[Office], None], str]] = [
    (another_text, ": the text."),
    (lambda office: office.change(sender='"STORE"'), ": sender (SHOP → STORE)."),
    (lambda office: office.change(purpose='"alert"'), ": purpose (wholesale → alert)."),
    (lambda office: office.change(type='"sms_low_cost"'), ": type (sms_premium → sms_low_cost)."),
    (lambda office: office.change(max_cost="500"), ": max_cost (50 → 500)."),
    (lambda office: office.change(max_cost=None), ": max_cost (50 → not set)."),
    (lambda office: office.change(max_rows="9000"), ": max_rows (1000 → 9000)."),
    (lambda office: office.change(max_rejected="90"), ": max_rejected (not set → 90.0)."),
    (lambda office: office.change(again="true"), ": again (not set → True)."),
    (lambda office: office.change(only_new="false"), ": only_new (True → not set)."),
    (lambda office: office.change(approval="false"), ": approval (True → not set)."),
    (lambda office: office.change(seeds='["+33639989901"]'), ": seeds (not set → +33639989901)."),
    (another_header, ": map (first_name=Prénom → first_name=Nom), the columns, mapping."),
    (one_more_column, ": the columns."),
]


@pytest.mark.parametrize(("change", "named"), CHANGES)
def test_a_change_since_the_approval_stops_and_is_named(
    office: Office, change: Callable[[Office], None], named: str
) -> None:
    approval = office.approve("bob")
    change(office)

    why = office.run()

    since = f"changed since bob approved it on {approval.at:%Y-%m-%d %H:%M} UTC"
    assert f"The plan of welcome {since}{named}" in why
    assert office.machine.texted == []
    office.approve("carol")
    assert office.run() == ""
    assert office.machine.texted != []


def test_where_results_go_and_who_is_notified_needs_no_approval(office: Office) -> None:
    office.approve("bob")
    office.change(results='"results.csv"', log_file='"run.log"', concurrency="2", rate="600")

    assert office.run() == ""


def test_a_signed_address_is_approved_and_not_shown(office: Office) -> None:
    with server(content=b"Mobile\n0639980001\n") as url:
        office.change(files=f'"{url}/dump.csv?signature=word"', map=None)
        office.write_text("Bonjour, bienvenue. STOP au 30101")
        office.run("alice")
        approved = office.approve("bob")
        assert f"{url}/dump.csv (" in str(approved.terms["files"])
        assert "word" not in str(approved)

        office.change(files=f'"{url}/dump.csv?signature=other"')
        why = office.run()
        assert "changed since bob approved it" in why
        assert "other" not in why
        office.change(files=f'"{url}/dump.csv?signature=word"')
        assert office.run() == ""


def test_an_option_that_changes_the_plan_stops_too(office: Office) -> None:
    office.approve("bob")
    path = office.campaign.path

    answer = office.machine.run("run", path, "--max-cost", "500", "--json")

    assert answer.code == 3
    assert "max_cost (50 → 500)" in answer.json["error"]["message"]
    assert office.machine.texted == []


@pytest.mark.skipif(sys.platform == "win32", reason="owners of files")
def test_the_owner_of_the_campaign_file_cannot_approve_it(office: Office) -> None:
    with pytest.raises(RuleError, match=f"because {OWNER} owns welcome.toml: ask someone else"):
        office.approve(OWNER)
    assert "has not been approved" in office.run()


@pytest.mark.skipif(sys.platform == "win32", reason="owners of files")
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives away")
def test_the_owner_of_the_text_cannot_approve_it(office: Office) -> None:
    os.chown(office.campaign.path, 54321, -1)
    os.chown(office.folder / "welcome.txt", 54322, -1)
    campaign = read_campaign_file(office.folder / "welcome.toml")

    for person, file in (("user 54321", "welcome.toml"), ("user 54322", "welcome.txt")):
        with pytest.raises(RuleError, match=f"{person} owns {file}"):
            prepare_approval(campaign, office.context(person))


def test_a_person_who_asked_for_the_run_cannot_approve_it_until_it_is_another_plan(
    office: Office,
) -> None:
    office.run("alice")

    with pytest.raises(RuleError, match="because alice asked for its run"):
        office.approve("alice")
    office.write_text("Salut {first_name}, bienvenue. STOP au 30101")
    assert office.approve("alice").person == "alice"


def test_an_approval_is_recorded_once(office: Office) -> None:
    first = office.approve("bob")

    assert office.approve("carol") == first
    assert office.approve(OWNER) == first


def test_a_plan_without_a_list_or_with_an_error_is_not_approved(office: Office) -> None:
    (office.folder / "dump.csv").unlink()
    with pytest.raises(RuleError, match="There is no list"):
        office.approve("bob")

    export(office.folder / "dump.csv", PEOPLE[:3])
    office.write_text("Bonjour sans mention")
    with pytest.raises(RuleError, match=r"must say how to opt out.*Nothing was approved"):
        office.approve("bob")


def test_a_watched_folder_runs_what_was_approved_with_a_list_that_was_named(
    office: Office, tmp_path: Path
) -> None:
    office.change(files=None, text_file=f"'{office.folder / 'welcome.txt'}'")
    inbox, campaign = tmp_path / "inbox", office.campaign
    inbox.mkdir()
    campaign.path.rename(inbox / "campaign.toml")
    campaign = read_campaign_file(inbox / "campaign.toml")
    watch = ("watch", inbox, "--once", "--settle", "0m")
    export(inbox / "monday.csv", PEOPLE[:3])
    assert office.machine.run(*watch).code == 3
    (failed,) = (inbox / "failed").rglob("monday.csv")

    context = office.context("bob")
    approve_plan(prepare_approval(campaign, context, [failed]), context)

    assert office.machine.texted == []
    assert office.machine.run(*watch, "--retry").code == 0
    assert office.machine.texted == PEOPLE[:3]


def test_what_texts_no_one_needs_no_approval(office: Office) -> None:
    office.change(simulate="true")
    assert office.run() == ""

    office.change(simulate=None)
    context = office.context("alice")
    run = run_unattended(replace(office.campaign, test_to="+33639989901"), context)

    assert run.error is None
    assert office.machine.texted == ["+33639989901"]


def has_login() -> bool:
    return LOGIN_UID.exists() and LOGIN_UID.read_text(encoding="ascii").strip() != str(NO_LOGIN)


@pytest.mark.skipif(sys.platform == "win32", reason="sudo")
@pytest.mark.skipif(has_login(), reason="the kernel knows who logged in")
def test_the_command_line_asks_and_answers_for_the_caller_of_sudo(office: Office) -> None:
    def approve(*args: str, sudo_uid: str = "54321") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bulksms", "approve", str(office.campaign.path), *args],
            env=os.environ | {"SUDO_UID": sudo_uid},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert approve().returncode == 2
    own = approve("--yes", "--json", sudo_uid=str(os.getuid()))
    assert own.returncode == 3
    assert "cannot approve" in json.loads(own.stdout)["error"]["message"]

    approved = approve("--yes", "--json")

    assert approved.returncode == 0, approved.stderr
    answer = json.loads(approved.stdout)
    assert answer["approved_by"] == "user 54321"
    assert answer["terms"]["max_cost"] == "50"
    assert "What is approved, for all future lists:" in approved.stderr
    assert "  max_cost: 50" in approved.stderr
    assert "It was approved before" in approve("--yes").stdout
    assert office.machine.run("run", office.campaign.path).code == 0
    assert office.machine.texted == PEOPLE[:3]
