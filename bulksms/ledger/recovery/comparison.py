"""The contents of a ledger and of its witnesses, read together for comparison."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from bulksms.errors import LedgerRolledBack
from bulksms.ledger.frame_states import attempts
from bulksms.ledger.people import opt_out_events
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness.witness_file import Intent, Key, WitnessContents, WitnessFile
from bulksms.ledger.witness.witness_pair import (
    WitnessPair,
    key_outside,
    witness_beside,
    witness_outside,
)

__all__ = ["Comparison", "compare", "group_by_campaign", "refuse_copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The ledger's name, path and events, and the contents of every witness.

    `orphans` are witnesses from elsewhere: of a deleted ledger, or of this one before it moved
    from one of the `origins`.
    """

    name: str
    named: bool
    recorded_path: str | None
    post_keys: set[Key]
    opt_out_keys: set[Key]
    witnesses: tuple[tuple[WitnessFile, WitnessContents], ...]
    orphans: tuple[WitnessContents, ...]
    origins: tuple[Path, ...]
    keys_outside: tuple[bytes, ...]

    def missing_posts(self) -> dict[Key, bytes]:
        """Return the lines of posts that the ledger does not have."""
        lines: dict[Key, bytes] = {}
        for contents in self._all_contents():
            stored = set() if self._is_foreign(contents) else self.post_keys
            lines |= {key: line for key, line in contents.lines.items() if key not in stored}
        return lines

    def missing_opt_outs(self) -> dict[Key, bytes]:
        """Return the lines of opt-out changes that the ledger does not have."""
        lines: dict[Key, bytes] = {}
        for contents in self._all_contents():
            lines |= contents.opt_out_lines
        return {key: line for key, line in lines.items() if key not in self.opt_out_keys}

    def audit_lines(self) -> dict[Key, bytes]:
        """Return the audit lines of every witness of this ledger."""
        own = [contents for contents in self._all_contents() if not self._is_foreign(contents)]
        return {key: line for contents in own for key, line in contents.audit_lines.items()}

    def describe_missing(self) -> str:
        """Describe what the ledger does not have, in words; empty when it has everything."""
        posts, changes = len(self.missing_posts()), len(self.missing_opt_outs())
        counted = (
            (posts, "post" if posts == 1 else "posts"),
            (changes, "opt-out change" if changes == 1 else "opt-out changes"),
        )
        return " and ".join(f"{count} {noun}" for count, noun in counted if count)

    def later_paths(self) -> set[str]:
        """Return where this ledger was found after its folder was moved."""
        own = [contents for contents in self._all_contents() if contents.owner == self.name]
        return {contents.moved_to for contents in own if contents.moved_to}

    def _all_contents(self) -> tuple[WitnessContents, ...]:
        return (*(contents for _, contents in self.witnesses), *self.orphans)

    def _is_foreign(self, contents: WitnessContents) -> bool:
        return contents.owner not in {None, self.name}


def compare(storage: Storage, pair: WitnessPair) -> Comparison:
    """Read the witnesses first, and then the ledger, which always knows of an event earlier."""
    beside = pair.beside.read()
    with storage.reading() as connection:
        name, path = attempts.read_identity(connection)
    path = None if storage.is_shared else path  # the same address on every machine
    orphans = () if name else tuple(pair.orphans())
    claimed = next((c.owner for c in (beside, *orphans) if c.owner), None)
    owner = name or claimed or str(uuid4())
    outside = pair.witness_outside(owner)
    witnesses = ((pair.beside, beside), (outside, outside.read()))
    origins = _find_origins(pair, owner, [beside.ledger_path, path, witnesses[1][1].moved_to])
    orphans += tuple(witness_outside(origin, owner).read() for origin in origins)
    keys = (key_outside(ledger, owner) for ledger in (storage.file, *origins))
    with storage.reading() as connection:
        return Comparison(
            name=owner,
            named=name is not None,
            recorded_path=path,
            post_keys=attempts.known_keys(connection),
            opt_out_keys=opt_out_events.known_keys(connection),
            witnesses=witnesses,
            orphans=orphans,
            origins=origins,
            keys_outside=tuple(key for file in keys if (key := _read_key(file))),
        )


def _find_origins(pair: WitnessPair, owner: str, paths: Iterable[str | None]) -> tuple[Path, ...]:
    """List the other paths that the ledger had, each with where it was found after that."""
    waiting = [path for path in paths if path]
    origins: list[Path] = []
    while waiting:
        path = waiting.pop()
        if pair.is_here(path) or Path(path) in origins:
            continue
        origins.append(Path(path))
        later = witness_outside(origins[-1], owner).read().moved_to
        waiting += [later] if later else []
    return tuple(sorted(origins))


def refuse_copy(comparison: Comparison, storage: Storage, pair: WitnessPair) -> None:
    """Refuse a ledger whose original still exists.

    Raises:
        LedgerRolledBack: it does.
    """
    beside = comparison.witnesses[0][1]
    recorded = {comparison.recorded_path, *comparison.later_paths()}
    if beside.owner == comparison.name:
        recorded.add(beside.ledger_path)
    for path in sorted(path for path in recorded if path and not pair.is_here(path)):
        origin = Path(path)
        if not origin.is_file():
            continue
        if comparison.name in {witness_beside(origin).read().owner, storage.ledger_name_in(origin)}:
            raise LedgerRolledBack(
                f"The ledger {pair.ledger_path} is a copy of {origin}, and sending from both "
                "would text people twice: use that one, or delete it if this one is newer.",
                code="ledger_copied",
            )


def group_by_campaign(lines: Iterable[bytes]) -> dict[str, list[Intent]]:
    """Read the posts in these lines, campaign by campaign."""
    intents = sorted((Intent.parse(line) for line in lines), key=lambda i: i.campaign)
    return {name: list(group) for name, group in groupby(intents, key=lambda i: i.campaign)}


def _read_key(file: Path) -> bytes | None:
    try:
        return bytes.fromhex(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
