"""Compares the ledger with its witnesses, and rebuilds it from them by an order.

If either knows of a post or an opt-out, it happened. A ledger that knows less was restored,
copied or edited, and nothing is sent until that is resolved.
"""

from contextlib import ExitStack, suppress
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa

from bulksms.clock import Clock
from bulksms.errors import LedgerError, LedgerRolledBack
from bulksms.ledger.frame_states import attempts, statements
from bulksms.ledger.operators import audit_trail
from bulksms.ledger.people import opt_out_events
from bulksms.ledger.people.members import all_phone_numbers
from bulksms.ledger.records.frame_records import RebuildResult
from bulksms.ledger.recovery.comparison import Comparison, compare, group_by_campaign, refuse_copy
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness.witness_file import Key, OptOutEvent, WitnessFile
from bulksms.ledger.witness.witness_pair import WitnessPair, witness_outside

__all__ = ["Reconciler", "identify_new_ledger"]


def identify_new_ledger(storage: Storage) -> None:
    """Name a ledger and record its path, so that a copy made before its first post is noticed.

    One that replaces a deleted ledger stays without a name: its verification finds what that
    one left.
    """
    witnesses = WitnessPair(storage)
    if witnesses.beside.owner() is not None or any(witnesses.orphans()):
        return
    with storage.writing() as connection:
        if attempts.name_of_ledger(connection) is None:
            attempts.identify_ledger(connection, str(uuid4()), witnesses.ledger_path)


class Reconciler:
    """Verifies a ledger against its witnesses before anything is sent."""

    def __init__(self, storage: Storage, witnesses: WitnessPair, clock: Clock) -> None:
        self._storage, self._witnesses, self._clock = storage, witnesses, clock
        self._verified = False
        self._kept_lines: dict[Key, bytes] = {}  # of audit entries that the ledger lost

    def verify_once(self) -> None:
        """Verify the ledger unless that was done since it was opened.

        Raises:
            LedgerRolledBack: it knows less than its witnesses.
            LedgerError: it is damaged, a copy of another one, or cannot be written.
        """
        if not self._verified:
            self.verify()

    def verify(self) -> tuple[str, ...]:
        """Check that the ledger has everything its witnesses have; return what was repaired.

        It is cheap when nothing is wrong, and done once before anything is posted.

        Raises:
            LedgerRolledBack: it knows less than they do, or no witness is complete.
            LedgerError: it is damaged, a copy of another one, or cannot be written.
        """
        self._storage.check_integrity()
        with self._storage.locks.witnesses():
            comparison = compare(self._storage, self._witnesses)
            refuse_copy(comparison, self._storage, self._witnesses)
            if missing := comparison.describe_missing():
                raise LedgerRolledBack(
                    f"The safety logs list {missing} missing from the ledger "
                    f"{self._storage.label}, so it was restored, copied or edited. "
                    "Nothing is sent: put the newer ledger back, or let `bulksms doctor "
                    "--mend-ledger` mark those posts as in doubt and restore the opt-outs.",
                    code="ledger_rolled_back",
                )
            self._storage.refuse_replaced(comparison.name)
            complete = self._complete_witnesses(comparison)
            is_doubtful = not complete and not self._storage.is_shared
            if is_doubtful and comparison.named and comparison.post_keys:
                raise LedgerRolledBack(
                    f"The safety logs of the ledger {self._storage.label} are missing, "
                    "damaged or older than it is, so it may not be the newest ledger. Nothing is "
                    "sent: put them back, or let `bulksms doctor --mend-ledger` trust the ledger.",
                    code="safety_logs_missing",
                )
            notes = self._renew(comparison, complete)
        self._storage.remember(comparison.name)
        self._verified = True
        return notes

    def rebuild(self, now: datetime) -> RebuildResult:
        """Import, by an operator's order, what the witnesses know, and rewrite them.

        Every planned frame that was posted according to them is put in doubt, and opt-outs come
        back. A campaign that the ledger does not have is remembered: created again, it has those
        frames in doubt.

        Raises:
            LedgerRolledBack: it is a copy of a ledger that still exists.
            LedgerBusy: one of the campaigns is being sent.
            LedgerError: the ledger is damaged or cannot be written.
        """
        self._storage.check_integrity()
        doubted, lost = 0, []
        with ExitStack() as held:
            held.enter_context(self._storage.locks.witnesses())
            comparison = compare(self._storage, self._witnesses)
            refuse_copy(comparison, self._storage, self._witnesses)
            missing = group_by_campaign(comparison.missing_posts().values())
            for name in missing:
                held.enter_context(self._storage.locks.campaign(name))
            with self._storage.writing() as connection:
                for name, intents in missing.items():
                    record = statements.find_campaign(connection, name)
                    campaign_id = record.id if record else None
                    doubted += attempts.import_attempts(connection, campaign_id, intents, now)
                    lost += [] if record else [name]
                audit_trail.acknowledge_lost(connection, _missing_audit(connection, comparison))
            restored, unreadable = self._restore_opt_outs(comparison, now)
            with self._storage.writing() as connection:
                restored += opt_out_events.restore_lost(connection, now)
            self._renew(compare(self._storage, self._witnesses), [])
            self._storage.remember(comparison.name)
        self._verified = True
        return RebuildResult(
            doubted_frames=doubted,
            lost_campaigns=tuple(lost),
            opt_outs_restored=restored,
            opt_outs_unreadable=unreadable,
        )

    def find_lost_audit(self) -> list[datetime]:
        """List when the audit entries were written that only the witnesses know of.

        They were deleted or changed by hand, or the ledger was restored.
        """
        with self._storage.locks.witnesses():
            comparison = compare(self._storage, self._witnesses)
        with self._storage.reading() as connection:
            lines = _missing_audit(connection, comparison).values()
        return sorted(map(audit_trail.time_of_line, lines))

    def lost_campaigns(self, text_digest: str, *, rehearsal: bool) -> list[str]:
        """Name the posted campaigns with this text that are missing from the ledger."""
        text = attempts.text_fingerprint(text_digest, rehearsal=rehearsal)
        with self._storage.reading() as connection:
            return attempts.lost_campaigns(connection, text)

    def _restore_opt_outs(self, comparison: Comparison, now: datetime) -> tuple[int, int]:
        """Import missing opt-outs; count those restored, and those whose key is lost."""
        lines = comparison.missing_opt_outs().values()
        if not lines:
            return 0, 0
        events = [OptOutEvent.parse(line) for line in lines]
        with self._storage.writing() as connection:
            opt_out_events.add_keys(connection, comparison.keys_outside)
            candidates = all_phone_numbers(connection).tolist()
            return opt_out_events.import_events(connection, events, candidates, now)

    def _complete_witnesses(self, comparison: Comparison) -> list[WitnessFile]:
        """List the witnesses that are intact and have every post that was answered.

        Those of a ledger on a server need have no posts of other machines.
        """
        if self._storage.is_shared:
            return [w for w, contents in comparison.witnesses if contents.is_intact]
        with self._storage.reading() as connection:
            return [
                witness
                for witness, contents in comparison.witnesses
                if contents.is_intact
                and not any(
                    attempts.was_answered(connection, key)
                    for key in comparison.post_keys - contents.lines.keys()
                )
            ]

    def _renew(self, comparison: Comparison, complete: list[WitnessFile]) -> tuple[str, ...]:
        """Rewrite every other witness from the ledger, and return notes for people."""
        ledger_path = self._witnesses.ledger_path
        (_, beside), (outside, _) = comparison.witnesses
        moved = beside.ledger_path is not None and not self._witnesses.is_here(beside.ledger_path)
        worth_a_note = comparison.named and comparison.post_keys and not moved
        opt_out_key, opt_out_lines = self._identify(comparison)
        # What was deleted here stays known there.
        self._kept_lines = comparison.audit_lines()
        notes = []
        self._witnesses.outside = outside
        for witness, contents in comparison.witnesses:
            fine = (
                witness in complete
                and contents.ledger_path == ledger_path
                and not contents.moved_to
            )
            complete_lines = contents.opt_out_lines.keys() | contents.audit_lines.keys()
            needed = set() if self._storage.is_shared else opt_out_lines | self._audit_keys()
            if fine and needed <= complete_lines:
                continue
            problem = self._rewrite(witness, comparison.name)
            if problem:
                self._witnesses.outside = None
                notes.append(problem)
            elif worth_a_note and not fine and (contents.exists or not self._storage.is_shared):
                notes.append(
                    f"Safety log {witness.file} was missing or outdated and has been rewritten."
                )
        self._witnesses.keep_key(comparison.name, opt_out_key)
        self._note_move(comparison)
        return tuple(notes)

    def _note_move(self, comparison: Comparison) -> None:
        """Leave a note at the ledger's previous path, so that a copy from there is noticed."""
        for origin in comparison.origins:
            witness = witness_outside(origin, comparison.name)
            if witness.owner() == comparison.name:
                with suppress(OSError, LedgerError):  # a folder that is gone, or another user's
                    ledger_path = self._witnesses.ledger_path
                    witness.rewrite(comparison.name, str(origin), self._all_lines(), ledger_path)

    def _identify(self, comparison: Comparison) -> tuple[bytes, set[Key]]:
        """Record the ledger's name and path; return its secret key and its opt-out events."""
        path = self._witnesses.ledger_path
        is_elsewhere = comparison.recorded_path != path and not self._storage.is_shared
        if not comparison.named or is_elsewhere:
            with self._storage.writing() as connection:
                attempts.identify_ledger(connection, comparison.name, path)
        with self._storage.reading() as connection:
            key = opt_out_events.find_own_key(connection)
            if key is not None:
                return key, opt_out_events.known_keys(connection)
        with self._storage.writing() as connection:
            key = opt_out_events.own_key(connection, self._clock.now())
            return key, opt_out_events.known_keys(connection)

    def _rewrite(self, witness: WitnessFile, owner: str) -> str | None:
        """Rewrite one witness; return a note if there can be none outside.

        Raises:
            LedgerError: the one beside the ledger cannot be written.
        """
        lines = self._all_lines()  # a database that fails says so itself
        try:
            witness.rewrite(owner, self._witnesses.ledger_path, lines)
        except (OSError, LedgerError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            if witness is self._witnesses.beside:
                raise LedgerError(
                    f"{witness.file} cannot be written ({reason}): change the folder's "
                    "permissions or make room, then try again; nothing was posted.",
                    code="ledger_unwritable",
                ) from error
            return (
                f"No safety log can be kept in {witness.file.parent} ({reason}), so a restored "
                "state folder would go unnoticed."
            )
        return None

    def _audit_keys(self) -> set[Key]:
        with self._storage.reading() as connection:
            return audit_trail.known_entries(connection)

    def _all_lines(self) -> list[bytes]:
        """Read the lines of every post and opt-out change."""
        with self._storage.reading() as connection:
            lines = [intent.line for intent in attempts.all_intents(connection)]
            lines += [event.line for event in opt_out_events.all_events(connection)]
            entries = audit_trail.all_entries(connection)
            audit = {audit_trail.key_of(each): audit_trail.line_of(each) for each in entries}
        kept = (line + b"\n" for key, line in self._kept_lines.items() if key not in audit)
        return [*lines, *audit.values(), *kept]


def _missing_audit(connection: sa.Connection, comparison: Comparison) -> dict[Key, bytes]:
    """Return the audit lines of the witnesses whose entries are not in the ledger."""
    stored = audit_trail.known_entries(connection)
    return {key: line for key, line in comparison.audit_lines().items() if key not in stored}
