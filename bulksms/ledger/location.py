"""Where a ledger must not live: drives of other machines, and folders that a service copies.

There, neither locks nor the order of writes hold, and two machines can send from one ledger.
Knows only paths and the system's list of mounts.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from bulksms.errors import LedgerError

__all__ = ["Mount", "mounts", "refuse_place"]

SYNCED = re.compile(
    r"(onedrive|dropbox|google ?drive|icloud ?drive|icloud|mobile documents|cloudstorage"
    r"|sharepoint|nextcloud|owncloud)([ -].*)?",
    re.IGNORECASE,
)
NETWORK = re.compile(
    r"(fuse\.)?(nfs\d?|cifs|smb\w*|afpfs|webdav|davfs2?|sshfs|rclone|ncpfs|afs|gvfsd-fuse)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A drive: where it hangs, its kind, and whether Windows calls it another machine's."""

    point: str
    kind: str
    remote: bool = False


def mounts() -> tuple[Mount, ...]:
    """List the drives of this machine."""
    import psutil

    return tuple(
        Mount(point=found.mountpoint, kind=found.fstype, remote="remote" in found.opts.split(","))
        for found in psutil.disk_partitions(all=True)
    )


def refuse_place(folder: Path, known: Iterable[Mount]) -> None:
    """Stop a ledger in a folder that is not this machine's alone.

    Raises:
        LedgerError: it is on a network drive, or in a folder that is synchronised.
    """
    place = PurePath(os.path.realpath(folder))
    trouble = _trouble(place, known)
    if trouble is not None:
        raise LedgerError(
            f"The ledger's folder {folder} is {trouble}, where two machines could send the same "
            "campaign: set BULKSMS_HOME to a folder on this machine's own disk, or "
            "BULKSMS_ALLOW_SYNCED_FOLDER=yes if you are sure."
        )


def _trouble(place: PurePath, known: Iterable[Mount]) -> str | None:
    for part in place.parts:
        if SYNCED.fullmatch(part):
            return f"in {part}, which is synchronised"
    if place.drive.startswith("\\\\"):
        return "on another machine"
    around = [mount for mount in known if place.is_relative_to(mount.point)]
    # The innermost mount holds the folder; of two at one place, the later hides the earlier.
    around.sort(key=lambda mount: len(PurePath(mount.point).parts))
    nearest = around[-1] if around else None
    if nearest and (nearest.remote or NETWORK.fullmatch(nearest.kind)):
        return f"on the network drive {nearest.point}"
    return None
