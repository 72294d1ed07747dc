"""The part of the ledger that compares it with its witnesses, and mends it by an order.

If either knows of a post, it happened. Who knows less was restored, copied or edited, and
nothing is sent until that is put right.
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
from bulksms.ledger.book import Book
from bulksms.ledger.locking import campaign_lock
from bulksms.ledger.witness_file import Intent, Key, Testimony, Witness
from bulksms.ledger.witness_pair import SUFFIX, Witnesses, hear, outside_of

__all__ = ["Mended", "TrustBook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What mending did: frames put in doubt, and campaigns that only the witnesses know."""

    frames: int
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hearing:
    """What everybody says: the ledger, and each witness with its testimony."""

    name: str
    born: bool
    known: set[Key]
    told: tuple[tuple[Witness, Testimony], ...]
    strays: tuple[Testimony, ...]

    def ahead(self) -> dict[Key, bytes]:
        """The lines of posts that the ledger does not know of."""
        lines: dict[Key, bytes] = {}
        for told in (*(told for _, told in self.told), *self.strays):
            foreign = told.owner not in {None, self.name}
            lines |= {
                key: line for key, line in told.lines.items() if foreign or key not in self.known
            }
        return lines


class TrustBook(Book):
    """What a ledger can do with its witnesses."""

    _witnesses: Witnesses
    _trusted: bool = False

    def trust(self) -> tuple[str, ...]:
        """Make sure that the ledger knows all that its witnesses know; say what was put right.

        Cheap when nothing is wrong; done once before anything is posted.

        Raises:
            LedgerRolledBack: it knows less than they do, or nobody can vouch for it.
            LedgerError: it is damaged, a copy of another one, or cannot be written.
        """
        self._storage.check()
        with self._witnesses.alone():
            hearing = self._hear()
            self._refuse_copy(hearing)
            if ahead := hearing.ahead():
                raise LedgerRolledBack(
                    f"The witnesses of the ledger {self._witnesses.place} know of {len(ahead)} "
                    "posts that it does not, so it was restored, copied or edited: nothing is "
                    "sent; put the newer ledger back, or let `bulksms doctor --mend-ledger` put "
                    "those frames in doubt."
                )
            vouching = self._vouching(hearing)
            if not vouching and hearing.born and hearing.known:
                raise LedgerRolledBack(
                    f"The witnesses of the ledger {self._witnesses.place} are gone, damaged or "
                    "older than it is, so nobody can say whether it is the newest: nothing is "
                    "sent; put them back, or let `bulksms doctor --mend-ledger` trust the ledger."
                )
            notes = self._renew(hearing, vouching)
        self._trusted = True
        return notes

    def mend(self, now: datetime) -> Mended:
        """Take over, by an operator's order, what the witnesses know, and write them anew.

        Every planned frame that was posted according to them is put in doubt. A campaign that
        the ledger does not have is remembered: made again, it has those frames in doubt.

        Raises:
            LedgerBusy: one of the campaigns is being sent.
            LedgerError: the ledger is damaged or cannot be written.
        """
        self._storage.check()
        doubted, lost = 0, []
        with ExitStack() as held:
            held.enter_context(self._witnesses.alone())
            hearing = self._hear()
            ahead = _by_campaign(hearing.ahead().values())
            for name in ahead:
                held.enter_context(campaign_lock(self._storage.folder / "locks", name))
            with self._storage.writing() as connection:
                for name, seen in ahead.items():
                    record = statements.campaign_named(connection, name)
                    doubted += attempts.learn(connection, record.id if record else None, seen, now)
                    lost += [] if record else [name]
            self._renew(self._hear(), [])
        self._trusted = True
        return Mended(frames=doubted, lost=tuple(lost))

    def lost_campaigns(self, text_digest: str, *, rehearsal: bool) -> list[str]:
        """Name the campaigns with this text that were posted and that the ledger does not have."""
        text = attempts.text_mark(text_digest, rehearsal=rehearsal)
        with self._storage.reading() as connection:
            return attempts.lost_names(connection, text)

    def _hear(self) -> _Hearing:
        """Listen to the witnesses first, and then to the ledger, which always knows it earlier."""
        beside = hear(self._witnesses.beside)
        with self._storage.reading() as connection:
            name = attempts.name_of_ledger(connection)
        strays = () if name else tuple(self._witnesses.strays())
        claimed = next((told.owner for told in (beside, *strays) if told.owner), None)
        owner = name or claimed or str(uuid4())
        outside = self._witnesses.outside_for(owner)
        told = [(self._witnesses.beside, beside), (outside, hear(outside))]
        if beside.place not in {None, self._witnesses.place}:
            before = outside_of(Path(beside.place or "").parent) / f"{owner}{SUFFIX}"
            strays += (hear(Witness(before)),)
        with self._storage.reading() as connection:
            known = attempts.known_keys(connection)
        return _Hearing(
            name=owner, born=name is not None, known=known, told=tuple(told), strays=strays
        )

    def _refuse_copy(self, hearing: _Hearing) -> None:
        """Stop when the ledger this one was copied from is still there.

        Raises:
            LedgerError: it is.
        """
        beside = hearing.told[0][1]
        if beside.place in {None, self._witnesses.place} or beside.owner != hearing.name:
            return
        origin = Path(beside.place or "")
        if not origin.exists() or self._same_file(origin):
            return
        if hear(Witness(origin.with_name(origin.name + SUFFIX))).owner == hearing.name:
            raise LedgerRolledBack(
                f"The ledger {self._witnesses.place} is a copy of {origin}, and sending from both "
                "would text people twice: use that one, or remove it if this one is newer."
            )

    def _same_file(self, origin: Path) -> bool:
        return self._storage.file is not None and origin.samefile(self._storage.file)

    def _vouching(self, hearing: _Hearing) -> list[Witness]:
        """Name the witnesses that are intact and know of every post that was answered."""
        with self._storage.reading() as connection:

            def lacks(told: Testimony) -> bool:
                # Several machines may share a server, and each has witnesses of its own.
                shared = self._storage.file is None
                missing = () if shared else hearing.known - told.lines.keys()
                return any(attempts.was_answered(connection, key) for key in missing)

            return [
                witness
                for witness, told in hearing.told
                if told.there and not told.damaged and not lacks(told)
            ]

    def _renew(self, hearing: _Hearing, vouching: list[Witness]) -> tuple[str, ...]:
        """Write every other witness anew, from the ledger, and say what people should know."""
        place = self._witnesses.place
        fit = [w for w, told in hearing.told if w in vouching and told.place == place]
        moved = hearing.told[0][1].place not in {None, place}
        told_of = hearing.born and hearing.known and not moved
        notes = []
        self._witnesses.outside = hearing.told[1][0]
        for witness in (w for w, _ in hearing.told if w not in fit):
            with self._storage.reading() as connection:
                lines = [one.line for one in attempts.all_intents(connection)]
            trouble = self._write(witness, hearing.name, lines)
            if trouble:
                self._witnesses.outside = None
                notes.append(trouble)
            elif told_of:
                notes.append(f"A witness of the ledger was gone or old, and is new: {witness.file}")
        if not hearing.born:
            with self._storage.writing() as connection:
                attempts.name_ledger(connection, hearing.name)
        return tuple(notes)

    def _write(self, witness: Witness, owner: str, lines: list[bytes]) -> str | None:
        """Write one witness anew; the sentence that comes back says why there can be none outside.

        Raises:
            LedgerError: the one beside the ledger cannot be written.
        """
        try:
            witness.write(owner, self._witnesses.place, lines)
        except (OSError, LedgerError) as error:
            told = getattr(error, "strerror", None) or str(error)
            if witness is self._witnesses.beside:
                raise LedgerError(
                    f"{witness.file} cannot be written ({told}): mend the folder's rights or make "
                    "room, then try again; nothing was posted."
                ) from error
            return (
                f"No witness can be kept in {witness.file.parent} ({told}), so that a restored "
                "state folder would not be noticed."
            )
        return None


def _by_campaign(lines: Iterable[bytes]) -> dict[str, list[Intent]]:
    seen = sorted((Intent.read(line) for line in lines), key=lambda one: one.campaign)
    return {name: list(group) for name, group in groupby(seen, key=lambda one: one.campaign)}
