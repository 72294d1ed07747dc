"""A ledger has one path, however it is reached, on a disk of this machine alone."""

import json
import os
import re
import shutil
import zlib
from pathlib import Path

import pytest

from bulksms.errors import LedgerBusy, LedgerError, LedgerRolledBack
from bulksms.ledger import (
    ledger_exists,
    ledger_file,
    mounts,
    open_ledger,
    refuse_shared_folder,
    refuse_untrusted,
)
from bulksms.ledger.location import Mount
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import NOON, frozen

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
# Kinds that no list of shared ones has: only those of one machine are accepted.
NETWORKS += ["glusterfs", "ceph", "fuse.ceph", "lustre", "ocfs2", "gfs2", "fuse.s3fs"]
NETWORKS += ["fuse.gcsfuse", "vboxsf", "fuse.vmhgfs-fuse", "prl_fs", "fuse.rclone", "newfs", ""]
OWN = ["ext4", "apfs", "NTFS", "9p", "overlay", "virtiofs", "tmpfs", "fuseblk"]
OWN += ["xfs", "btrfs", "zfs", "hfs", "FAT32", "exFAT", "ReFS", "fuse.gocryptfs"]


def begun(home: Path) -> int:
    """Begin a campaign of three frames, and post none."""
    with ledger_in(home) as ledger:
        ledger.reconciler.verify()
        return ledger.campaigns.create(new_campaign(), map(frozen, (1, 2, 3))).id


def post(home: Path, campaign_id: int, number: int, url: str | None = None) -> None:
    with open_ledger(home, url) as ledger:
        assert ledger.claims.claim(campaign_id, number, NOON)


@pytest.mark.parametrize(
    "url",
    [
        "file:ledger.sqlite3",
        "file:///srv/ledger.sqlite3",
        "FILE:ledger.sqlite3",
        "sqlite3:ledger.sqlite3",
        "sqlite:///file:ledger.sqlite3?uri=true",
        "sqlite+pysqlite:///ledger.sqlite3",
        "SQLITE:///ledger.sqlite3",
    ],
)
def test_a_uri_never_becomes_the_name_of_another_ledger(tmp_path: Path, url: str) -> None:
    with pytest.raises(LedgerError, match=r"is not a path|cannot be on a"):
        ledger_file(tmp_path, url)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    (tmp_path / "link").symlink_to(tmp_path / "home")
    return tmp_path / "link"


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_synchronised_folder_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(LedgerError, match="which is synchronised") as refusal:
        refuse_shared_folder(tmp_path / folder, [DISK])
    assert "BULKSMS_HOME" in str(refusal.value)


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_drive_is_refused(tmp_path: Path, kind: str) -> None:
    drive = Mount(point=str(tmp_path), kind=kind)
    with pytest.raises(LedgerError, match="on the network drive"):
        refuse_shared_folder(tmp_path / "home", [drive, DISK])


def test_a_drive_that_windows_calls_remote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="on the network drive"):
        refuse_shared_folder(tmp_path, [Mount(point=str(tmp_path), kind="NTFS", remote=True)])


@pytest.mark.parametrize("kind", OWN)
def test_a_local_disk_is_accepted(tmp_path: Path, kind: str) -> None:
    network = Mount(point=str(tmp_path), kind="nfs4")
    disk = Mount(point=str(tmp_path / "home"), kind=kind)
    refuse_shared_folder(tmp_path / "home" / "bulksms", [disk, network, DISK])
    refuse_shared_folder(tmp_path / "dropboxes" / "my onedrives", [Mount(point="/", kind=kind)])


def test_the_mounts_of_this_machine_are_listed(tmp_path: Path) -> None:
    assert mounts()
    refuse_shared_folder(tmp_path, mounts())


def test_a_link_into_a_synchronised_folder_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "Dropbox", target_is_directory=True)
    with pytest.raises(LedgerError, match="Dropbox"):
        refuse_shared_folder(tmp_path / "home", [DISK])


def test_checking_for_a_ledger_creates_none(tmp_path: Path) -> None:
    assert not ledger_exists(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    open_ledger(tmp_path / "home").close()
    assert ledger_exists(tmp_path / "home")


@pytest.mark.parametrize("url", ["oracle://server/bulksms", "mysql+pymysql://u:p@server/x"])
def test_a_ledger_on_another_kind_of_server_is_refused(tmp_path: Path, url: str) -> None:
    scheme = url.partition(":")[0]
    for attempt in (open_ledger, ledger_exists):
        with pytest.raises(LedgerError, match=re.escape(f"cannot be on a {scheme} server")):
            attempt(tmp_path, url)
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_on_a_server_has_a_name_in_the_state_folder(tmp_path: Path) -> None:
    url = "postgresql://desk:s3cret@server/bulksms"
    name = ledger_file(tmp_path, url)
    assert name.parent == tmp_path
    assert name == ledger_file(tmp_path, url.replace("s3cret", "another"))
    assert name != ledger_file(tmp_path, f"{url}?schema=other")
    assert ledger_exists(tmp_path, url)
    assert list(tmp_path.iterdir()) == []


def test_a_relative_path_is_relative_to_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for url in ("x/ledger.db", "sqlite:///x/ledger.db", str(home / "x" / "ledger.db")):
        assert ledger_file(home, url) == home / "x" / "ledger.db"
    monkeypatch.chdir(tmp_path)
    assert ledger_file(Path("home"), None) == home / "ledger.sqlite3"
    assert ledger_file(Path("home"), "../home/ledger.sqlite3") == home / "ledger.sqlite3"


def test_two_names_of_one_folder_share_locks(tmp_path: Path, link: Path) -> None:
    with (
        open_ledger(tmp_path / "home") as ledger,
        ledger.locks.campaign("spring"),
        open_ledger(link) as other,
        pytest.raises(LedgerBusy),
        other.locks.campaign("spring"),
    ):
        pass


def test_two_names_of_one_folder_share_witnesses(tmp_path: Path, link: Path) -> None:
    home = tmp_path / "home"
    campaign = begun(home)
    shutil.copytree(home, tmp_path / "backup")
    post(link, campaign, 1)
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "backup", home)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "backup",
        "home",
        "home-witness",
        "link",
    ]
    for path in (home, link):
        with open_ledger(path) as ledger, pytest.raises(LedgerRolledBack, match="1 post"):
            ledger.claims.claim(campaign, 1, NOON)


def test_a_link_to_the_file_itself_is_the_file(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    campaign = begun(home)
    other.mkdir()
    (other / "ledger.sqlite3").symlink_to(home / "ledger.sqlite3")
    post(other, campaign, 1)
    assert [path.name for path in other.iterdir()] == ["ledger.sqlite3"]
    with open_ledger(home) as ledger:
        assert ledger.reconciler.verify() == ()
        assert not ledger.claims.claim(campaign, 1, NOON)


def test_another_spelling_of_the_same_path_is_the_same_ledger(tmp_path: Path) -> None:
    """As a disk does that ignores case: another spelling leads to the very same file."""
    home = tmp_path / "home"
    campaign = begun(home)
    post(home, campaign, 1)
    (tmp_path / "HOME").symlink_to(home)
    witnesses = (
        home / "ledger.sqlite3.intents",
        next((tmp_path / "home-witness").glob("*.intents")),
    )
    for file in witnesses:
        header, *lines = file.read_bytes().splitlines(keepends=True)
        _, kind, owner, path, _ = header.split(b"\t")
        spelled = json.dumps(str(tmp_path / "HOME" / "ledger.sqlite3")).encode()
        assert path != spelled
        text = b"\t".join([kind, owner, spelled, b""])
        file.write_bytes(b"%08x\t%b\n" % (zlib.crc32(text), text) + b"".join(lines))
    with open_ledger(home) as ledger:
        ledger.reconciler.verify()
        assert ledger.reconciler.verify() == ()
        assert ledger.claims.claim(campaign, 2, NOON)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such names")
def test_a_folder_whose_name_is_not_text_is_a_folder(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"caf\xe9")
    campaign = begun(home)
    post(home, campaign, 1)
    with open_ledger(home) as ledger:
        assert ledger.reconciler.verify() == ()


@pytest.mark.skipif(os.name != "posix", reason="other systems keep rights elsewhere")
@pytest.mark.parametrize("mode", [0o775, 0o777, 0o757, 0o702])
def test_a_folder_or_file_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder, file = tmp_path / "home", tmp_path / "settings.toml"
    folder.mkdir()
    file.touch()
    for path in (folder, file):
        path.chmod(mode)
        with pytest.raises(LedgerError, match=f"Other users may write to {path}: run `chmod go-w"):
            refuse_untrusted(path)
        path.chmod(mode & ~0o022)
        refuse_untrusted(path)


def test_a_folder_that_is_not_there_yet_is_trusted(tmp_path: Path) -> None:
    refuse_untrusted(tmp_path / "home")
