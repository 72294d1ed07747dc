"""`bulksms doctor`: looks over the set-up, and proves what the account does with repeats."""

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.click_options import option
from bulksms.cli.exit_codes import ExitCode
from bulksms.errors import InputError, UsageError
from bulksms.money import format_money

if TYPE_CHECKING:
    from bulksms.settings import Settings
    from bulksms.use_cases.prove_request_id import ProofPlan

__all__ = ["command"]

TEXT = "bulksms: is a repeated request refused? This text may come twice."


@click.command("doctor")
@option("--offline", is_flag=True, help="Open no connection.")
@option(
    "--prove-request-id",
    is_flag=True,
    help="Text your own number to learn whether a repeat is refused.",
)
@option("--number", metavar="NUMBER", help="Your own number, for the proof.")
@option(
    "--region",
    default="FR",
    show_default=True,
    metavar="CC",
    help="Country of a number written in national form.",
)
@option("--text", default=TEXT, help="The text of the proof.")
@option("--sender", default="BULKSMS", show_default=True, help="Who the proof is from.")
@option("--simulate", is_flag=True, help="Refused: a simulation proves nothing.")
@option(
    "--mend-ledger",
    is_flag=True,
    help="Put in doubt what a restored ledger does not know of.",
)
@option("--yes", is_flag=True, help="Do not ask; for a proof, only in a rehearsal.")
@option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
def command(**given: Any) -> int:  # noqa: ANN401
    """Look over the set-up, and say what to do about what is wrong."""
    from bulksms.settings import read_settings

    settings = read_settings(os.environ)
    if given["mend_ledger"]:
        return _mend(settings, given)
    return _prove(settings, given) if given["prove_request_id"] else _examine(settings, given)


def _examine(settings: "Settings", given: dict[str, Any]) -> int:
    from bulksms.cli.rendering import show_json
    from bulksms.clock import SystemClock
    from bulksms.use_cases.check_setup import CheckArea, CheckStatus, check_setup

    codes = {
        CheckArea.SET_UP: ExitCode.INPUT,
        CheckArea.ACCOUNT: ExitCode.ACCOUNT,
        CheckArea.LEDGER: ExitCode.LEDGER,
    }
    checks = []
    looked = check_setup(
        settings, SystemClock(), offline=given["offline"], encoding=sys.stdout.encoding
    )
    for check in looked:
        checks.append(check)
        if not given["as_json"]:
            click.echo(f"{check.status.value:<5}  {check.name}: {check.message}")
    wrong = [check for check in checks if check.status is CheckStatus.WRONG]
    if given["as_json"]:
        answers = [
            {"name": check.name, "level": check.status.value, "message": check.message}
            for check in checks
        ]
        show_json({"fine": not wrong, "checks": answers})
    return codes[wrong[0].area] if wrong else ExitCode.OK


def _mend(settings: "Settings", given: dict[str, Any]) -> int:
    from bulksms.cli.rendering import show_json
    from bulksms.clock import SystemClock
    from bulksms.use_cases.rebuild_ledger import rebuild_ledger

    if not given["yes"]:
        if not sys.stdin.isatty():
            raise UsageError(
                "There is no terminal to ask on: add --yes to mend without a question."
            )
        asked = "Is there no newer ledger to put back? Whatever is missing here is in doubt or lost"
        if not click.confirm(asked, err=True):
            raise InputError("Nothing was changed, as you wished.")
    done = rebuild_ledger(settings, SystemClock())
    if given["as_json"]:
        show_json({"in_doubt": done.doubted_frames, "lost_campaigns": list(done.lost_campaigns)})
        return ExitCode.OK
    click.echo(f"The ledger may be used again. Frames put in doubt: {done.doubted_frames}.")
    if done.lost_campaigns:
        click.echo(f"Sent before, and not in this ledger: {', '.join(done.lost_campaigns)}.")
    return ExitCode.OK


def _prove(settings: "Settings", given: dict[str, Any]) -> int:
    from bulksms.cli.rendering import show_json
    from bulksms.clock import SystemClock
    from bulksms.plan.make_request import parse_country
    from bulksms.use_cases.context import require_credentials
    from bulksms.use_cases.prove_request_id import plan_proof, prove_request_id

    if given["simulate"]:
        raise UsageError("A simulation proves nothing: leave --simulate out.")
    if not given["number"]:
        raise UsageError("Whose phone is texted? Give your own number with --number.")
    unasked = given["yes"] and settings.rehearsal
    if not unasked and not sys.stdin.isatty():
        raise UsageError(
            "Real texts are sent for the proof, so somebody must be asked: run it at a terminal."
        )
    require_credentials(settings)
    trial = plan_proof(
        given["number"], parse_country(given["region"]), given["text"], given["sender"], settings
    )
    if not unasked:
        _ask(trial, settings, parse_country(given["region"]))
    proof = prove_request_id(trial, settings, SystemClock())
    if given["as_json"]:
        show_json(
            {
                "protects": proof.protects,
                "refusals_burn": proof.refusals_burn,
                "texts": proof.texts,
                "told": list(proof.sentences),
            }
        )
    else:
        click.echo("\n".join([*proof.sentences, _verdict(protects=proof.protects)]))
    return ExitCode.OK if proof.protects else ExitCode.ACCOUNT


def _ask(trial: "ProofPlan", settings: "Settings", region: str) -> None:
    """Say what happens and what it costs, and have the number typed once more.

    Raises:
        InputError: something else was typed.
    """
    from bulksms.contacts.phones.parse import NumberRules, parse_number
    from bulksms.use_cases.prove_request_id import MAX_TEXTS

    kind = "TEST" if settings.rehearsal else "REAL"
    click.echo(
        f"{settings.base_url} ({kind}): up to {MAX_TEXTS} texts go to your number and cost about "
        f"{format_money(trial.cost)} EUR together.",
        err=True,
    )
    typed = click.prompt("Type the number again to send them", default="", err=True,
                         show_default=False)  # fmt: skip
    if parse_number(typed, region, NumberRules(rehearsal=settings.rehearsal)).e164 != (
        trial.phone_number
    ):
        raise InputError("Nothing was sent, as another number or none was typed.")


def _verdict(*, protects: bool | None) -> str:
    if protects:
        return "Proved: this account refuses a repeated request. It counts for 30 days."
    if protects is None:
        return "Not proved: try again later."
    return "Not protected: this account accepts a repeated request as a new one."
