"""Checks the set-up one thing after another, and sends nothing.

Each check answers in one sentence: what it saw and, where something is wrong, what to do.
No answer contains a key, a login or a phone number.
"""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bulksms.clock import Clock
from bulksms.count_words import count_of
from bulksms.errors import ApiError, BulkSmsError, LedgerError, SettingsError
from bulksms.ledger import (
    ProofRecord,
    ledger_exists,
    ledger_file,
    mounts,
    open_ledger,
    refuse_shared_folder,
)
from bulksms.money import show_money
from bulksms.octopush import Credentials
from bulksms.sender import MAX_CLOCK_ERROR
from bulksms.settings import Settings
from bulksms.use_cases.context import make_client, require_credentials
from bulksms.use_cases.upkeep.check_machine import (
    CheckArea,
    CheckStatus,
    SetupCheck,
    check_machine,
    fine,
    note,
    wrong,
)
from bulksms.use_cases.upkeep.check_server import check_server

__all__ = ["CheckArea", "CheckStatus", "SetupCheck", "check_setup"]


SPACE_NEEDED = 100 * 2**20  # bytes; the ledger of a campaign of 100,000 takes about 20 million
UNPROVED = (
    "not proved, so frames in doubt wait for your decision: "
    "`bulksms doctor --prove-request-id --number YOURS` tries a repeated request."
)


def check_setup(
    settings: Settings, clock: Clock, *, offline: bool, encoding: str | None
) -> Iterator[SetupCheck]:
    """Check the machine, the state folder, the ledger and the account.

    `encoding` is that of the terminal. With `offline` no connection is opened.
    """
    yield from check_machine(encoding)
    yield from _state_folder(settings)
    yield from check_server(settings, clock)
    yield _ledger(settings)
    try:
        credentials = require_credentials(settings)
    except SettingsError as error:
        yield wrong("credentials", CheckArea.ACCOUNT, str(error))
        yield _address(settings)
        return
    yield fine("credentials", CheckArea.ACCOUNT, "a login and a key are set.")
    yield _address(settings)
    if offline:
        yield note("API", CheckArea.ACCOUNT, "skipped (--offline).")
    else:
        yield from _api(settings, credentials, clock)
    yield _proof(settings, credentials, clock)


def _state_folder(settings: Settings) -> Iterator[SetupCheck]:
    """Check the state folder: permissions, location and free disk space."""
    home, file = settings.home, ledger_file(settings.home, settings.ledger)
    open_to_others = [path for path in (home, file) if _open_to_others(path)]
    if open_to_others:
        names = " and ".join(str(path) for path in open_to_others)
        message = f"others can read {names}: remove their permissions with chmod go-rwx."
        yield wrong("rights", CheckArea.LEDGER, message)
    elif home.exists() and not os.access(home, os.W_OK | os.X_OK):
        yield wrong(
            "rights", CheckArea.LEDGER, f"{home} cannot be written to: change its permissions."
        )
    elif home.exists():
        yield fine("rights", CheckArea.LEDGER, f"only you can read {home}.")
    else:
        yield note(
            "rights",
            CheckArea.LEDGER,
            f"{home} does not exist yet; it is created when it is first needed.",
        )
    yield _location(file.parent, settings)
    yield _free_space(home)


def _location(folder: Path, settings: Settings) -> SetupCheck:
    """Check that no other machine can send from the same ledger."""
    try:
        refuse_shared_folder(folder, mounts())
    except LedgerError as error:
        answer = note if settings.allow_synced_folder else wrong
        return answer("folder", CheckArea.LEDGER, str(error))
    return fine("folder", CheckArea.LEDGER, "on a local disk of this machine.")


def _open_to_others(path: Path) -> bool:
    """Whether others may read the path; Windows keeps such permissions elsewhere."""
    if os.name != "posix" or not path.exists():
        return False
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _free_space(home: Path) -> SetupCheck:
    existing = next(path for path in (home, *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    message = f"{free / 2**20:,.0f} MB are free."
    if free < SPACE_NEEDED:
        message += " Free some space: a full disk stops a campaign half-way."
        return wrong("disk", CheckArea.LEDGER, message)
    return fine("disk", CheckArea.LEDGER, message)


def _ledger(settings: Settings) -> SetupCheck:
    if not ledger_exists(settings.home, settings.ledger):
        return note("ledger", CheckArea.LEDGER, "there is none yet; the first campaign creates it.")
    try:
        with open_ledger(settings.home, settings.ledger) as ledger:
            notes = ledger.reconciler.verify()
            lost = ledger.reconciler.find_lost_audit()
            lost_opt_outs = ledger.opt_outs.count_lost()
            count = len(ledger.campaigns.all())
            held = ledger.held_stops.count()
    except BulkSmsError as error:
        return wrong("ledger", CheckArea.LEDGER, str(error))
    if lost_opt_outs:
        message = (
            f"opt-outs were deleted by hand ({lost_opt_outs:,}), and those people could be texted: "
            "`bulksms doctor --mend-ledger` puts the opt-outs back."
        )
        return wrong("ledger", CheckArea.LEDGER, message)
    if lost:
        return wrong("ledger", CheckArea.LEDGER, _describe_lost(lost))
    message = f"intact, with {count_of(count, 'campaign')}."
    if held:
        wait = count_of(held, "STOP waits", "STOPs wait")
        notes = (*notes, f"{wait} for a look: `bulksms optout held`.")
    if notes:
        return note("ledger", CheckArea.LEDGER, f"{message} {' '.join(notes)}")
    return fine("ledger", CheckArea.LEDGER, message)


def _describe_lost(lost: Sequence[datetime]) -> str:
    """List the entries of the audit trail that were deleted or changed."""
    days = ", ".join(dict.fromkeys(f"{at:%Y-%m-%d}" for at in lost))
    entries = count_of(len(lost), "entry", "entries")
    return (
        f"the safety logs list {entries} of the audit trail ({days}) missing from the ledger: it "
        "was restored, or edited by hand. Put the newer ledger back, or accept the loss with "
        "`bulksms doctor --mend-ledger`."
    )


def _address(settings: Settings) -> SetupCheck:
    kind = "TEST: no real person is texted" if settings.rehearsal else "REAL: people are texted"
    return fine("address", CheckArea.ACCOUNT, f"{settings.base_url} ({kind}).")


def _api(settings: Settings, credentials: Credentials, clock: Clock) -> Iterator[SetupCheck]:
    with make_client(settings, credentials) as client:
        try:
            balance = client.balance()
        except ApiError as error:
            yield wrong("API", CheckArea.ACCOUNT, str(error))
            return
        yield fine(
            "API",
            CheckArea.ACCOUNT,
            f"answers; the balance is {show_money(balance.amount)} {balance.unit}.",
        )
        server_time, local_time = client.server_time(), clock.now()
    if server_time is None:
        yield note("clock", CheckArea.SET_UP, "the API sends no time to compare with.")
        return
    seconds = round((local_time - server_time).total_seconds())
    if abs(local_time - server_time) >= MAX_CLOCK_ERROR:
        message = f"differs from the API's by {seconds} s: set it, or quiet hours cannot be kept."
        yield wrong("clock", CheckArea.SET_UP, message)
    else:
        yield fine("clock", CheckArea.SET_UP, f"agrees with the API's ({seconds:+} s).")


def _proof(settings: Settings, credentials: Credentials, clock: Clock) -> SetupCheck:
    """Report what was proved of repeated requests on this account."""
    name = "protection"
    account = credentials.account_at(settings.base_url)
    if not ledger_exists(settings.home, settings.ledger):
        return note(name, CheckArea.ACCOUNT, UNPROVED)
    try:
        with open_ledger(settings.home, settings.ledger) as ledger:
            proof = ledger.proofs.get(account)
    except BulkSmsError:
        return note(name, CheckArea.ACCOUNT, "unknown: the ledger cannot be read.")
    if proof is None:
        return note(name, CheckArea.ACCOUNT, UNPROVED)
    return _describe_proof(name, proof, settings, clock)


def _describe_proof(name: str, proof: ProofRecord, settings: Settings, clock: Clock) -> SetupCheck:
    days = (clock.now() - proof.proved_at).days
    when = f"{proof.proved_at:%Y-%m-%d}, {count_of(days, 'day')} ago"
    if not proof.protects:
        message = (
            f"repeated requests were accepted twice ({when}), so frames in doubt wait for you."
        )
        return note(name, CheckArea.ACCOUNT, message)
    if not proof.valid(clock.now(), settings.base_url):
        return note(
            name, CheckArea.ACCOUNT, f"the proof is too old to count ({when}): prove it again."
        )
    burn = {
        True: "refusals use up ids",
        False: "refusals use up no ids",
        None: "whether refusals use up ids is unknown",
    }
    more = burn[proof.refusals_burn]
    return fine(name, CheckArea.ACCOUNT, f"repeated requests are refused (proved {when}); {more}.")
