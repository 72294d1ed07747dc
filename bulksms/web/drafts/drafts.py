"""Drafts: campaigns that are being written in the page.

A draft is a folder of the state folder with a campaign file and its lists, so that it can be
downloaded and run on a schedule as it is. It is deleted when no one touched it for a month.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError

from bulksms.campaign_file import read_campaign_file
from bulksms.errors import InputError, UsageError
from bulksms.output.whole_file import whole_file
from bulksms.private_files import open_to_write
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["LIFETIME", "Draft", "DraftStore", "write_private"]

LIFETIME = timedelta(days=30)
LISTS = "lists"
OPT_OUTS = "optouts"
CAMPAIGN_FILE = "campaign.toml"
SENT_MARK = "campaign"  # a file with the name of the campaign the draft became
REST_MARK = "rest-of"  # a file with the name of the campaign whose left-out rows it has
REHEARSAL_MARK = "rehearsal"  # an empty file beside the campaign file
# Settings that say how the lists are read.
OF_THE_LISTS = (
    *("map", "sheet", "encoding", "delimiter", "header_row", "no_header", "include_hidden"),
    *("region", "optouts"),
)
ID = re.compile(r"[0-9a-f]{16}")
LONGEST_NAME = 120  # characters of a file name that is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draft; `changed` is when it was last saved."""

    id: str
    folder: Path
    changed: datetime

    @property
    def path(self) -> Path:
        """Its campaign file."""
        return self.folder / CAMPAIGN_FILE

    @property
    def rehearsal(self) -> bool:
        """Whether it is only ever sent to a sandbox."""
        return (self.folder / REHEARSAL_MARK).exists()

    @property
    def files(self) -> tuple[Path, ...]:
        """Its lists and its opt-out files, by name."""
        folders = (self.folder / LISTS, self.folder / OPT_OUTS)
        return tuple(sorted(path for folder in folders for path in folder.glob("*")))

    @property
    def opt_outs(self) -> tuple[Path, ...]:
        """Its opt-out files, by name."""
        return tuple(sorted((self.folder / OPT_OUTS).glob("*")))

    @property
    def campaign(self) -> str | None:
        """The campaign that it became; None before it was sent."""
        return _read_mark(self.folder / SENT_MARK)

    @property
    def rest_of(self) -> str | None:
        """The campaign whose left-out rows are its list; None of any other list."""
        return _read_mark(self.folder / REST_MARK)

    @property
    def list_name(self) -> str:
        """The name of its list; its id where the list was deleted."""
        path = self.list_path
        return self.id if path == self.folder else path.name

    @property
    def list_path(self) -> Path:
        """Its list; its folder where the list was deleted."""
        return next(iter(sorted((self.folder / LISTS).glob("*"))), self.folder)

    @property
    def state(self) -> str:
        """A digest of all that it consists of."""
        content = hashlib.sha256(self.path.read_bytes())
        for path in (*self.files, self.corrections_path):
            content.update(f"{path}{_stamp(path)}".encode())
        return content.hexdigest()

    def new_opt_out_path(self, name: str) -> Path:
        """Give another opt-out file a name that no other window takes meanwhile."""
        folder = self.folder / OPT_OUTS
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder / f"{len(self.opt_outs) + 1}-{secrets.token_hex(4)}-{safe_name(name)}"

    @property
    def corrections_path(self) -> Path:
        """The file of its corrected cells, whether there is one or not."""
        return self.folder / "corrections.csv"

    def set_rehearsal(self, *, rehearsal: bool) -> None:
        """Make it a rehearsal, or a campaign that is sent for real, though it was rehearsed."""
        mark = self.folder / REHEARSAL_MARK
        if rehearsal:
            mark.touch(mode=0o600)
        elif mark.exists():
            (self.folder / SENT_MARK).unlink(missing_ok=True)
            mark.unlink()

    def mark_sent(self, campaign: str) -> None:
        """Remember which campaign it became."""
        _write_text(self.folder / SENT_MARK, campaign)

    def mark_rest_of(self, campaign: str) -> None:
        """Remember that its list is what a campaign left out."""
        _write_text(self.folder / REST_MARK, campaign)

    def settings(self) -> dict[str, Any]:
        """Read the settings of its campaign file as they are written there.

        Raises:
            UsageError: the file is damaged.
        """
        return self._document().unwrap()

    def read(self) -> SavedCampaign:
        """Read its campaign file.

        Raises:
            UsageError: someone wrote something into it that is not a campaign file.
        """
        return read_campaign_file(self.path)

    def save(self, settings: Mapping[str, Any]) -> None:
        """Change settings of the campaign file; `None`, `""` and an empty list remove one.

        What was accepted was accepted of the lists as they were read: when that changes, the page
        asks again.

        Raises:
            UsageError: the file is damaged.
        """
        document = self._document()
        before = {name: document.get(name) for name in OF_THE_LISTS}
        for name, value in settings.items():
            document.pop(name, None)
            if value not in (None, "", [], ()):
                document[name] = list(value) if isinstance(value, tuple) else value
        if before != {name: document.get(name) for name in OF_THE_LISTS}:
            document.pop("accept", None)
        _write_text(self.path, tomlkit.dumps(document))

    def _document(self) -> tomlkit.TOMLDocument:
        try:
            return tomlkit.parse(self.path.read_text(encoding="utf-8"))
        except (ParseError, UnicodeDecodeError):
            raise UsageError(
                f"The draft {self.path} is damaged: delete it, then choose the list again.",
                code="draft_damaged",
            ) from None


class DraftStore:
    """The drafts of a state folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "drafts"

    async def create(
        self, name: str, content: AsyncIterable[bytes], now: datetime, *, rehearsal: bool
    ) -> Draft:
        """Keep an uploaded list under its own name, and begin a draft for it.

        Raises:
            InputError: it cannot be written.
        """
        folder = self._folder / secrets.token_hex(8)
        try:
            for each in (self._folder.parent, self._folder):
                each.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(mode=0o700)
            (folder / LISTS).mkdir(mode=0o700)
            path = folder / LISTS / safe_name(name)
            await write_private(path, content)
            if rehearsal:
                (folder / REHEARSAL_MARK).touch(mode=0o600)
            document = tomlkit.document()
            document["files"] = [f"{LISTS}/{path.name}"]
            _write_text(folder / CAMPAIGN_FILE, tomlkit.dumps(document))
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise InputError(
                f"The list could not be kept in {self._folder} ({error.strerror}): "
                "free some space, then choose the file again.",
                code="list_not_kept",
            ) from None
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Draft(id=folder.name, folder=folder, changed=now)

    def get(self, draft_id: str) -> Draft | None:
        """Find a draft; None when there is none of that id."""
        if not ID.fullmatch(draft_id):
            return None
        folder = self._folder / draft_id
        try:
            changed = _changed(folder / CAMPAIGN_FILE)
        except OSError:
            return None
        return Draft(id=draft_id, folder=folder, changed=changed)

    def all(self) -> list[Draft]:
        """List the drafts, the newest first."""
        return sorted(self._each(), key=lambda draft: draft.changed, reverse=True)

    def delete(self, draft: Draft) -> None:
        """Delete a draft and its lists."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def delete_old(self, now: datetime) -> None:
        """Delete the drafts that no one touched for their lifetime, and what is left of others."""
        for draft in self._each():
            if now - draft.changed > LIFETIME:
                self.delete(draft)
        for folder in self._folders():
            with contextlib.suppress(FileNotFoundError):  # another window was faster
                if self.get(folder.name) is None and now - _changed(folder) > LIFETIME:
                    shutil.rmtree(folder, ignore_errors=True)

    def _each(self) -> Iterator[Draft]:
        names = (folder.name for folder in self._folders())
        yield from (draft for draft in map(self.get, names) if draft is not None)

    def _folders(self) -> list[Path]:
        """List the folders of drafts, those of an upload that was cut off included."""
        folders = self._folder.iterdir() if self._folder.exists() else ()
        return [folder for folder in folders if ID.fullmatch(folder.name)]


def safe_name(name: str) -> str:
    """Turn the name of an upload into a file name that every system takes."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", last).strip(" .") or "list.csv"
    stem, suffix = os.path.splitext(plain)  # noqa: PTH122 - a name, not a path
    if stem.upper() in {"CON", "PRN", "AUX", "NUL", *(f"COM{n}" for n in range(1, 10))}:
        stem = f"{stem}_"
    return stem[: LONGEST_NAME - len(suffix)] + suffix[:LONGEST_NAME]


async def write_private(path: Path, content: AsyncIterable[bytes]) -> None:
    """Write a new file that only its owner can read.

    Raises:
        OSError: it cannot be written, or is there already.
    """
    with os.fdopen(open_to_write(path, os.O_EXCL), "wb") as file:
        async for chunk in content:
            await asyncio.to_thread(file.write, chunk)  # a slow disk must not hold up others


def _read_mark(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _stamp(path: Path) -> str:
    try:
        info = path.stat()
    except FileNotFoundError:
        return ""
    return f"{info.st_mtime_ns}-{info.st_size}"


def _write_text(path: Path, text: str) -> None:
    with whole_file(path, "utf-8") as file:
        file.write(text)
