"""Where the ledger is: its file, and the folders in which it must not be.

On another machine's drive, or in a folder that a service synchronises, neither locks nor the
order of writes hold, and two machines could send from one ledger.
"""

import os
import re
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from bulksms.errors import LedgerError
from bulksms.ledger.server_address import ServerAddress, is_server_url
from bulksms.private_files import shared_problem
from bulksms.user_paths import expand_home

__all__ = [
    "Mount",
    "describe_sharing",
    "ledger_exists",
    "ledger_file",
    "make_private_folder",
    "mounts",
    "refuse_shared_folder",
    "refuse_untrusted",
]

FILE_NAME = "ledger.sqlite3"
SETTING = "BULKSMS_LEDGER"
SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # one letter alone is a drive
ROOT = 0

SYNCED = re.compile(
    r"(onedrive|dropbox|google ?drive|icloud ?drive|icloud|mobile documents|cloudstorage"
    r"|sharepoint|nextcloud|owncloud)([ -].*)?",
    re.IGNORECASE,
)
# Kinds of file systems on this machine alone; a kind not named here may be shared.
LOCAL = re.compile(
    r"ext[234]|xfs|btrfs|zfs|f2fs|jfs|nilfs2|bcachefs|reiserfs|ufs|apfs|hfs(plus)?"
    r"|ntfs3?|refs|v?fat(32)?|msdos|exfat|fuseblk|tmpfs|ramfs|overlay(fs)?|aufs|ecryptfs"
    r"|fuse\.(gocryptfs|encfs|cryfs|fuse-overlayfs|ntfs-3g|ext2)|9p|virtiofs",
    re.IGNORECASE,
)


def ledger_exists(home: Path, url: str | None = None) -> bool:
    """Whether there is a ledger already; creates none. On a server there may always be one."""
    return is_server_url(url) or ledger_file(home, url).is_file()


def ledger_file(home: Path, url: str | None) -> Path:
    """Return the SQLite file that `url` means: a path, `sqlite:///…`, or the default.

    A relative path is relative to the state folder. Links are resolved, so that a ledger has
    one path, one folder of locks and one pair of witnesses, however it is reached. For a
    server's ledger it is not a file, but the name beside which this machine keeps its witnesses.

    Raises:
        LedgerError: it would be in memory, or is not a path.
        UsageError: its home folder does not exist.
    """
    if url and is_server_url(url):
        return Path(os.path.realpath(home / f"server-{ServerAddress.parse(url).digest}"))
    return Path(os.path.realpath(home / _meant_by(url)))


def _meant_by(url: str | None) -> Path:
    if not url:
        return Path(FILE_NAME)
    if url.startswith("sqlite:"):
        from sqlalchemy import make_url

        path = make_url(url).database
        if not path or path == ":memory:":
            raise LedgerError(
                "A ledger in memory forgets what was sent: name a file.",
                code="ledger_setting_invalid",
            )
        return _plain_path(path)
    if "://" in url and not url.lower().startswith("file:"):
        scheme = url.partition("://")[0]
        raise LedgerError(
            f"A ledger cannot be on a {scheme} server: name a file on this machine, or "
            "postgresql://USER@HOST/DATABASE.",
            code="ledger_setting_invalid",
        )
    return _plain_path(url)


def _plain_path(path: str) -> Path:
    """Return a path; a URI such as `file:x` would be the name of another file.

    Raises:
        LedgerError: it begins like a URI.
    """
    if SCHEME.match(path):
        raise LedgerError(
            f"The ledger {path} is not a path: write the path of a file, such as "
            f"/home/me/{FILE_NAME}, or sqlite:///home/me/{FILE_NAME}. Nothing was sent.",
            code="ledger_setting_invalid",
        )
    return expand_home(path, SETTING)


def make_private_folder(folder: Path) -> None:
    """Create a folder only its owner can enter, or accept one that holds files.

    Raises:
        LedgerError: it cannot be created.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            folder.chmod(0o700)
    except OSError as error:
        raise LedgerError(
            f"The state folder {folder} cannot be used ({error.strerror}): "
            "choose another with BULKSMS_HOME, or change its permissions.",
            code="state_folder_unusable",
            folder=str(folder),
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A mounted drive: its path, its type, and whether Windows calls it remote."""

    point: str
    kind: str
    remote: bool = False


def mounts() -> tuple[Mount, ...]:
    """List the mounted drives of this machine."""
    import psutil

    return tuple(
        Mount(point=disk.mountpoint, kind=disk.fstype, remote="remote" in disk.opts.split(","))
        for disk in psutil.disk_partitions(all=True)
    )


def refuse_shared_folder(folder: Path, mounted: Iterable[Mount]) -> None:
    """Refuse a ledger in a folder that other machines can reach.

    Raises:
        LedgerError: it is on a network drive, or in a folder that is synchronised.
    """
    reason = describe_sharing(PurePath(os.path.realpath(folder)), mounted)
    if reason is not None:
        raise LedgerError(
            f"The ledger's folder {folder} is {reason}, where two machines could send the same "
            "campaign: set BULKSMS_HOME to a folder on this machine's own disk, or "
            "BULKSMS_ALLOW_SYNCED_FOLDER=yes if you are sure.",
            code="ledger_in_synced_folder",
            folder=str(folder),
        )


def refuse_untrusted(path: Path) -> None:
    """Refuse a file or folder that other users own or may write to.

    Anyone who can change the ledger or the settings decides who is texted, and at whose cost.

    Raises:
        LedgerError: another user owns it or may write to it.
    """
    if not path.exists():
        return
    if sys.platform == "win32":
        if problem := shared_problem(path):
            raise LedgerError(
                f"{path} cannot be trusted, because {problem}: let only yourself write to it "
                "(Properties > Security), then try again. Nothing was sent.",
                code="ledger_not_private",
                path=str(path),
            )
        return
    status, user = path.stat(), os.getuid()
    if user != ROOT and status.st_uid not in {user, ROOT}:
        raise LedgerError(
            f"{path} belongs to another user: choose a folder of your own with BULKSMS_HOME. "
            "Nothing was sent.",
            code="ledger_not_private",
            path=str(path),
        )
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise LedgerError(
            f"Other users may write to {path}: run `chmod go-w {path}`, then try again. "
            "Nothing was sent.",
            code="ledger_not_private",
            path=str(path),
        )


def describe_sharing(folder: PurePath, mounted: Iterable[Mount]) -> str | None:
    """Explain why other machines can reach a resolved folder; None when they cannot."""
    for part in folder.parts:
        if SYNCED.fullmatch(part):
            return f"in {part}, which is synchronised"
    if folder.drive.startswith("\\\\"):
        return "on another machine"
    around = [mount for mount in mounted if folder.is_relative_to(mount.point)]
    # The innermost mount holds the folder; of two at one path, the later hides the earlier.
    around.sort(key=lambda mount: len(PurePath(mount.point).parts))
    nearest = around[-1] if around else None
    if nearest is None or (LOCAL.fullmatch(nearest.kind) and not nearest.remote):
        return None
    kind = f" ({nearest.kind})" if nearest.kind else ""
    return f"on the network drive or shared folder {nearest.point}{kind}"
