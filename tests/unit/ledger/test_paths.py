"""One ledger has one path, one folder of locks and one pair of witnesses, however it is reached."""

import json
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bulksms.errors import LedgerBusy, LedgerError, LedgerRolledBack
from bulksms.ledger import ledger_file, open_ledger
from tests.builders import new_campaign
from tests.unit.ledger.test_ledger import LATER, NOON, frozen


def begun(home: Path) -> int:
    """Begin a campaign of three frames, and post none."""
    with open_ledger(home) as ledger:
        ledger.reconciler.verify()
        return ledger.campaigns.create(new_campaign(), map(frozen, (1, 2, 3))).id


def post(home: Path, campaign_id: int, number: int, url: str | None = None) -> None:
    with open_ledger(home, url) as ledger:
        assert ledger.claims.claim(campaign_id, number, NOON)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    (tmp_path / "link").symlink_to(tmp_path / "home")
    return tmp_path / "link"


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


@pytest.mark.skipif(os.name != "posix", reason="hard links are a matter of POSIX tools")
def test_a_second_name_of_the_file_is_refused(tmp_path: Path) -> None:
    begun(tmp_path / "home")
    (tmp_path / "twin").mkdir()
    os.link(tmp_path / "home" / "ledger.sqlite3", tmp_path / "twin" / "ledger.sqlite3")
    for folder in ("home", "twin"):
        with pytest.raises(LedgerError, match="has 2 names"):
            open_ledger(tmp_path / folder)


def test_a_path_in_other_letters_is_the_same_where_the_disk_says_so(tmp_path: Path) -> None:
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


def copy_ledger_alone(home: Path, copy: Path) -> None:
    copy.mkdir()
    shutil.copy(home / "ledger.sqlite3", copy)


COPY: dict[str, Callable[[Path, Path], object]] = {
    "folder": shutil.copytree,
    "ledger alone": copy_ledger_alone,
}


@pytest.mark.parametrize("how", COPY)
@pytest.mark.parametrize("posts", [0, 1])
def test_a_copy_is_noticed_also_before_its_first_post(tmp_path: Path, how: str, posts: int) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    campaign = begun(home)
    if posts:
        post(home, campaign, 1)
    COPY[how](home, copy)
    for number in (2, 3):
        with open_ledger(copy) as ledger, pytest.raises(LedgerRolledBack, match="is a copy of"):
            ledger.claims.claim(campaign, number, NOON)
    post(home, campaign, 2)


@pytest.mark.parametrize("how", COPY)
def test_mending_a_copy_is_refused_while_its_origin_exists(tmp_path: Path, how: str) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    campaign = begun(home)
    post(home, campaign, 1)
    COPY[how](home, copy)
    (home / "ledger.sqlite3.intents").unlink()  # its name is in the ledger too
    with open_ledger(copy) as ledger:
        with pytest.raises(LedgerRolledBack, match="is a copy of"):
            ledger.reconciler.rebuild(LATER)
        with pytest.raises(LedgerRolledBack, match="is a copy of"):
            ledger.claims.claim(campaign, 2, NOON)
    shutil.rmtree(home)
    with open_ledger(copy) as ledger:
        ledger.reconciler.rebuild(LATER)
        assert ledger.claims.claim(campaign, 2, NOON)


def test_a_moved_ledger_that_was_never_posted_from_goes_on(tmp_path: Path) -> None:
    home, moved = tmp_path / "home", tmp_path / "moved"
    campaign = begun(home)
    home.rename(moved)
    with open_ledger(moved) as ledger:
        assert ledger.reconciler.verify() == ()
        assert ledger.claims.claim(campaign, 1, NOON)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such names")
def test_a_folder_whose_name_is_not_text_is_a_folder(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"caf\xe9")
    campaign = begun(home)
    post(home, campaign, 1)
    with open_ledger(home) as ledger:
        assert ledger.reconciler.verify() == ()
