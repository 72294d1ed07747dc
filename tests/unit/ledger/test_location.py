"""A ledger lives on this machine's own disk."""

from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import mounts, refuse_shared_folder
from bulksms.ledger.location import Mount

DISK = Mount(point="/", kind="ext4")
FORBIDDEN = [
    "OneDrive/bulksms",
    "OneDrive - Example Ltd/bulksms",
    "Dropbox (Personal)/x",
    "Google Drive/x",
    "Library/CloudStorage/GoogleDrive-desk@example.com/x",
    "Library/Mobile Documents/com~apple~CloudDocs/bulksms",
    "iCloudDrive/x",
    "SharePoint/x",
]
NETWORKS = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "fuse.sshfs", "davfs"]
OWN = ["ext4", "apfs", "NTFS", "9p", "overlay", "virtiofs", "tmpfs", "fuseblk"]


@pytest.mark.parametrize("place", FORBIDDEN)
def test_a_synchronised_folder_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(LedgerError, match="which is synchronised") as told:
        refuse_shared_folder(tmp_path / place, [DISK])
    assert "BULKSMS_HOME" in str(told.value)


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_drive_is_refused(tmp_path: Path, kind: str) -> None:
    drive = Mount(point=str(tmp_path), kind=kind)
    with pytest.raises(LedgerError, match="on the network drive"):
        refuse_shared_folder(tmp_path / "home", [drive, DISK])


def test_a_drive_that_windows_calls_remote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="on the network drive"):
        refuse_shared_folder(tmp_path, [Mount(point=str(tmp_path), kind="NTFS", remote=True)])


@pytest.mark.parametrize("kind", OWN)
def test_a_disk_of_this_machine_is_taken(tmp_path: Path, kind: str) -> None:
    network = Mount(point=str(tmp_path), kind="nfs4")
    disk = Mount(point=str(tmp_path / "home"), kind=kind)
    refuse_shared_folder(tmp_path / "home" / "bulksms", [disk, network, DISK])
    refuse_shared_folder(tmp_path / "dropboxes" / "my onedrives", [Mount(point="/", kind=kind)])


def test_the_mounts_of_this_machine_are_known(tmp_path: Path) -> None:
    assert mounts()
    refuse_shared_folder(tmp_path, mounts())


def test_a_link_into_a_synchronised_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "Dropbox", target_is_directory=True)
    with pytest.raises(LedgerError, match="Dropbox"):
        refuse_shared_folder(tmp_path / "home", [DISK])
