"""Compares the ledger with its witnesses, and rebuilds it from them by an order.

If either knows of a post, it happened. A ledger that knows less was restored, copied or edited,
and nothing is sent until that is resolved.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from bulksms.errors import LedgerError, LedgerRolledBack
from bulksms.ledger import attempts, statements
from bulksms.ledger.records import RebuildResult
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness_file import Intent, Key, WitnessContents, WitnessFile
from bulksms.ledger.witness_pair import WitnessPair, witness_beside, witness_outside

__all__ = ["Reconciler"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """The ledger's name and attempts, and the contents of every witness.

    `orphans` are witnesses from elsewhere: of a deleted ledger, or of this one before it moved.
    """

    name: str
    named: bool
    known: set[Key]
    witnesses: tuple[tuple[WitnessFile, WitnessContents], ...]
    orphans: tuple[WitnessContents, ...]

    def missing(self) -> dict[Key, bytes]:
        """Return the lines of posts that the ledger does not have."""
        lines: dict[Key, bytes] = {}
        for contents in (*(contents for _, contents in self.witnesses), *self.orphans):
            foreign = contents.owner not in {None, self.name}
            lines |= {
                key: line
                for key, line in contents.lines.items()
                if foreign or key not in self.known
            }
        return lines


class Reconciler:
    """Verifies a ledger against its witnesses before anything is sent."""

    def __init__(self, storage: Storage, witnesses: WitnessPair) -> None:
        self._storage, self._witnesses = storage, witnesses
        self._verified = False

    def verify_once(self) -> None:
        """Verify the ledger unless that was done since it was opened.

        Raises:
            LedgerRolledBack: it knows less than its witnesses.
            LedgerError: it is damaged, a copy of another one, or cannot be written.
        """
        if not self._verified:
            self.verify()

    def verify(self) -> tuple[str, ...]:
        """Check that the ledger has all posts of its witnesses; return what was repaired.

        Cheap when nothing is wrong; done once before anything is posted.

        Raises:
            LedgerRolledBack: it knows less than they do, or no witness is complete.
            LedgerError: it is damaged, a copy of another one, or cannot be written.
        """
        self._storage.check_integrity()
        with self._storage.locks.witnesses():
            comparison = self._compare()
            self._refuse_copy(comparison)
            if missing := comparison.missing():
                raise LedgerRolledBack(
                    f"The safety logs list {len(missing)} posts missing from the ledger "
                    f"{self._witnesses.ledger_path}, so it was restored, copied or edited. "
                    "Nothing is sent: put the newer ledger back, or let `bulksms doctor "
                    "--mend-ledger` mark those posts as in doubt."
                )
            complete = self._complete_witnesses(comparison)
            if not complete and comparison.named and comparison.known:
                raise LedgerRolledBack(
                    f"The safety logs of the ledger {self._witnesses.ledger_path} are missing, "
                    "damaged or older than it is, so it may not be the newest ledger. Nothing is "
                    "sent: put them back, or let `bulksms doctor --mend-ledger` trust the ledger."
                )
            notes = self._renew(comparison, complete)
        self._verified = True
        return notes

    def rebuild(self, now: datetime) -> RebuildResult:
        """Import, by an operator's order, what the witnesses know, and rewrite them.

        Every planned frame that was posted according to them is put in doubt. A campaign that
        the ledger does not have is remembered: created again, it has those frames in doubt.

        Raises:
            LedgerBusy: one of the campaigns is being sent.
            LedgerError: the ledger is damaged or cannot be written.
        """
        self._storage.check_integrity()
        doubted, lost = 0, []
        with ExitStack() as held:
            held.enter_context(self._storage.locks.witnesses())
            missing = _by_campaign(self._compare().missing().values())
            for name in missing:
                held.enter_context(self._storage.locks.campaign(name))
            with self._storage.writing() as connection:
                for name, intents in missing.items():
                    record = statements.find_campaign(connection, name)
                    campaign_id = record.id if record else None
                    doubted += attempts.import_attempts(connection, campaign_id, intents, now)
                    lost += [] if record else [name]
            self._renew(self._compare(), [])
        self._verified = True
        return RebuildResult(doubted_frames=doubted, lost_campaigns=tuple(lost))

    def lost_campaigns(self, text_digest: str, *, rehearsal: bool) -> list[str]:
        """Name the posted campaigns with this text that are missing from the ledger."""
        text = attempts.text_fingerprint(text_digest, rehearsal=rehearsal)
        with self._storage.reading() as connection:
            return attempts.lost_campaigns(connection, text)

    def _compare(self) -> _Comparison:
        """Read the witnesses first, and then the ledger, which always knows of a post earlier."""
        beside = self._witnesses.beside.read()
        with self._storage.reading() as connection:
            name = attempts.name_of_ledger(connection)
        orphans = () if name else tuple(self._witnesses.orphans())
        claimed = next((c.owner for c in (beside, *orphans) if c.owner), None)
        owner = name or claimed or str(uuid4())
        outside = self._witnesses.witness_outside(owner)
        witnesses = ((self._witnesses.beside, beside), (outside, outside.read()))
        if self._was_elsewhere(beside):
            orphans += (witness_outside(Path(beside.ledger_path or ""), owner).read(),)
        with self._storage.reading() as connection:
            known = attempts.known_keys(connection)
        return _Comparison(
            name=owner,
            named=name is not None,
            known=known,
            witnesses=witnesses,
            orphans=orphans,
        )

    def _was_elsewhere(self, contents: WitnessContents) -> bool:
        """Whether a witness was written for a ledger at another path."""
        return contents.ledger_path not in {None, self._witnesses.ledger_path}

    def _refuse_copy(self, comparison: _Comparison) -> None:
        """Refuse a ledger whose original still exists.

        Raises:
            LedgerError: it does.
        """
        beside = comparison.witnesses[0][1]
        if not self._was_elsewhere(beside) or beside.owner != comparison.name:
            return
        origin = Path(beside.ledger_path or "")
        if not origin.exists() or origin.samefile(self._storage.file):
            return
        if witness_beside(origin).read().owner == comparison.name:
            raise LedgerRolledBack(
                f"The ledger {self._witnesses.ledger_path} is a copy of {origin}, and sending from "
                "both would text people twice: use that one, or delete it if this one is newer."
            )

    def _complete_witnesses(self, comparison: _Comparison) -> list[WitnessFile]:
        """List the witnesses that are intact and have every post that was answered."""
        with self._storage.reading() as connection:
            return [
                witness
                for witness, contents in comparison.witnesses
                if contents.exists
                and not contents.damaged
                and not any(
                    attempts.was_answered(connection, key)
                    for key in comparison.known - contents.lines.keys()
                )
            ]

    def _renew(self, comparison: _Comparison, complete: list[WitnessFile]) -> tuple[str, ...]:
        """Rewrite every other witness from the ledger, and return notes for people."""
        path = self._witnesses.ledger_path
        (_, beside), (outside, _) = comparison.witnesses
        current = [w for w, c in comparison.witnesses if w in complete and c.ledger_path == path]
        worth_a_note = comparison.named and comparison.known and not self._was_elsewhere(beside)
        notes = []
        self._witnesses.outside = outside
        for witness in (w for w, _ in comparison.witnesses if w not in current):
            with self._storage.reading() as connection:
                lines = [intent.line for intent in attempts.all_intents(connection)]
            problem = self._rewrite(witness, comparison.name, lines)
            if problem:
                self._witnesses.outside = None
                notes.append(problem)
            elif worth_a_note:
                notes.append(
                    f"Safety log {witness.file} was missing or outdated and has been rewritten."
                )
        if not comparison.named:
            with self._storage.writing() as connection:
                attempts.name_ledger(connection, comparison.name)
        return tuple(notes)

    def _rewrite(self, witness: WitnessFile, owner: str, lines: list[bytes]) -> str | None:
        """Rewrite one witness; return a note if there can be none outside.

        Raises:
            LedgerError: the one beside the ledger cannot be written.
        """
        try:
            witness.rewrite(owner, self._witnesses.ledger_path, lines)
        except (OSError, LedgerError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            if witness is self._witnesses.beside:
                raise LedgerError(
                    f"{witness.file} cannot be written ({reason}): change the folder's "
                    "permissions or make room, then try again; nothing was posted."
                ) from error
            return (
                f"No safety log can be kept in {witness.file.parent} ({reason}), so a restored "
                "state folder would go unnoticed."
            )
        return None


def _by_campaign(lines: Iterable[bytes]) -> dict[str, list[Intent]]:
    intents = sorted((Intent.parse(line) for line in lines), key=lambda i: i.campaign)
    return {name: list(group) for name, group in groupby(intents, key=lambda i: i.campaign)}
