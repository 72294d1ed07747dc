"""`bulksms doctor`: checks the set-up and proves that the account refuses repeats."""

import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.exit_codes import ExitCode
from bulksms.cli.options.click_options import option
from bulksms.cli.options.shared_options import json_option, region
from bulksms.cli.terminal.streams import echo, echo_json, prompt, require_yes
from bulksms.errors import InputError, UsageError
from bulksms.money import round_to_cents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bulksms.settings import Settings
    from bulksms.use_cases.upkeep.check_machine import SetupCheck
    from bulksms.use_cases.upkeep.prove_request_id import ProofPlan

__all__ = ["command"]

TEXT = "bulksms: is a repeated request refused? This text may come twice."


@click.command("doctor")
@option("--offline", is_flag=True, help="Open no connection.")
@option(
    "--prove-request-id",
    is_flag=True,
    help="Text your own number to learn whether a repeated request is refused.",
)
@option("--number", metavar="NUMBER", help="Your own number, for the proof.")
@region
@option("--text", default=TEXT, help="Text of the proof.")
@option("--sender", default="BULKSMS", show_default=True, help="Sender of the proof.")
@option("--simulate", is_flag=True, help="Refused: a simulation proves nothing.")
@option(
    "--mend-ledger",
    is_flag=True,
    help="Mark the posts that a restored ledger does not list as in doubt.",
)
@option("--bundle", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.zip",
        help="Write masked facts for a bug report, without secrets and numbers.")  # fmt: skip
@option("--callback", metavar="URL",
        help="Prove that the address of `bulksms listen` is reached.")  # fmt: skip
@option("--yes", is_flag=True, help="Do not ask; for a proof only with a test key.")
@json_option
def command(**given: Any) -> int:  # noqa: ANN401
    """Check the set-up and say how to fix what is wrong."""
    from bulksms.settings import read_settings

    settings = read_settings(os.environ)
    if given["mend_ledger"]:
        return _rebuild_ledger(settings, given)
    return _prove(settings, given) if given["prove_request_id"] else _check(settings, given)


def _check(settings: "Settings", given: dict[str, Any]) -> int:
    """Run every check, showing each at once."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.upkeep.check_setup import CheckArea, CheckStatus, check_setup
    from bulksms.use_cases.upkeep.prove_callback import prove_callback

    codes = {
        CheckArea.SET_UP: ExitCode.INPUT,
        CheckArea.ACCOUNT: ExitCode.ACCOUNT,
        CheckArea.LEDGER: ExitCode.LEDGER,
    }
    colours = {CheckStatus.FINE: "green", CheckStatus.NOTE: "yellow", CheckStatus.WRONG: "red"}
    checks = []
    setup = check_setup(
        settings, SystemClock(), offline=given["offline"], encoding=sys.stdout.encoding
    )
    callbacks = (prove_callback(each, settings) for each in filter(None, [given["callback"]]))
    for check in chain(setup, callbacks):
        checks.append(check)
        if not given["json"]:
            line = f"{check.status.value:<5}  {check.name}: {check.message}"
            echo(line, fg=colours[check.status])
    wrong = [check for check in checks if check.status is CheckStatus.WRONG]
    if given["bundle"] is not None:
        _write_bundle(given["bundle"], checks, settings, as_json=given["json"])
    if given["json"]:
        listed = [
            {"name": check.name, "level": check.status.value, "message": check.message}
            for check in checks
        ]
        bundle = None if given["bundle"] is None else str(given["bundle"])
        echo_json({"fine": not wrong, "checks": listed, "bundle": bundle})
    return codes[wrong[0].area] if wrong else ExitCode.OK


def _write_bundle(
    path: Path, checks: "Sequence[SetupCheck]", settings: "Settings", *, as_json: bool
) -> None:
    """Write the bundle, after saying what is in it."""
    from bulksms.use_cases.prepare.output_paths import refuse_overwrites
    from bulksms.use_cases.upkeep.support_bundle import collect_facts, write_bundle

    refuse_overwrites({"--bundle": path}, (), settings)
    facts = collect_facts(checks, settings, os.environ)
    if not as_json:
        listed = ", ".join(facts)
        echo(f"{path} contains these masked facts; read them before you send it: {listed}.")
    write_bundle(path, facts)


def _rebuild_ledger(settings: "Settings", given: dict[str, Any]) -> int:
    """Make a restored ledger usable, once the operator has confirmed it."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.upkeep.rebuild_ledger import rebuild_ledger

    if not given["yes"]:
        question = "No newer ledger to restore? Posts missing in this one will be marked in doubt."
        require_yes(question, "Nothing was changed.")
    rebuilt = rebuild_ledger(settings, SystemClock())
    if given["json"]:
        echo_json(
            {
                "in_doubt": rebuilt.doubted_frames,
                "lost_campaigns": list(rebuilt.lost_campaigns),
                "opt_outs_restored": rebuilt.opt_outs_restored,
                "opt_outs_unreadable": rebuilt.opt_outs_unreadable,
            }
        )
        return ExitCode.OK
    echo(f"The ledger can be used again. Frames marked in doubt: {rebuilt.doubted_frames:,}.")
    if rebuilt.lost_campaigns:
        echo(f"Campaigns that were sent but are missing here: {', '.join(rebuilt.lost_campaigns)}.")
    if rebuilt.opt_outs_restored:
        echo(f"Opt-outs restored: {rebuilt.opt_outs_restored:,}.")
    if rebuilt.opt_outs_unreadable:
        echo(
            f"Opt-outs that cannot be restored: {rebuilt.opt_outs_unreadable:,}. "
            "Import your opt-out lists again before you send."
        )
    return ExitCode.OK


def _prove(settings: "Settings", given: dict[str, Any]) -> int:
    """Text the operator's own number to learn whether a repeat is refused."""
    from bulksms.clock import SystemClock
    from bulksms.plan.make_request import parse_country
    from bulksms.use_cases.context import require_credentials
    from bulksms.use_cases.upkeep.prove_request_id import plan_proof, prove_request_id

    if given["simulate"]:
        raise UsageError("A simulation proves nothing: leave --simulate out.")
    if not given["number"]:
        raise UsageError("The proof needs a phone to text: give your own number with --number.")
    without_question = given["yes"] and settings.rehearsal
    if not without_question and not sys.stdin.isatty():
        raise UsageError(
            "The proof sends real texts and asks before it does: run it at a terminal."
        )
    require_credentials(settings)
    region = parse_country(given["region"])
    proof_plan = plan_proof(given["number"], region, given["text"], given["sender"], settings)
    if not without_question:
        _ask(proof_plan, settings, region)
    proof = prove_request_id(proof_plan, settings, SystemClock())
    if given["json"]:
        echo_json(
            {
                "protects": proof.protects,
                "refusals_burn": proof.refusals_burn,
                "texts": proof.texts,
                "told": list(proof.sentences),
            }
        )
    else:
        echo("\n".join([*proof.sentences, _verdict(protects=proof.protects)]))
    return ExitCode.OK if proof.protects else ExitCode.ACCOUNT


def _ask(proof_plan: "ProofPlan", settings: "Settings", region: str) -> None:
    """Show what the proof does and costs, and have the number typed once more.

    Raises:
        InputError: something else was typed.
    """
    from bulksms.contacts.phones.parse import NumberRules, parse_number
    from bulksms.use_cases.upkeep.prove_request_id import MAX_TEXTS

    mode = "TEST" if settings.rehearsal else "REAL"
    echo(
        f"{settings.base_url} ({mode}): up to {MAX_TEXTS} texts go to your number and cost about "
        f"{round_to_cents(proof_plan.cost):,} EUR together.",
        err=True,
    )
    typed = prompt("Type the number again to send them")
    rules = NumberRules(rehearsal=settings.rehearsal)
    if parse_number(typed, region, rules).e164 != proof_plan.phone_number:
        raise InputError("Cancelled: the number typed was not the same. Nothing was sent.")


def _verdict(*, protects: bool | None) -> str:
    if protects:
        return "Proved: this account refuses a repeated request. The proof is valid for 30 days."
    if protects is None:
        return "Not proved: try again later."
    return "Not protected: this account accepts a repeated request as a new one."
