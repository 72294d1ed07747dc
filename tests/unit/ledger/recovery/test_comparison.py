"""A copied ledger is distinguished from the original."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bulksms.errors import LedgerRolledBack
from bulksms.ledger import open_ledger
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import LATER, NOON, frozen


def begun(home: Path) -> int:
    """Begin a campaign of three frames, and post none."""
    with ledger_in(home) as ledger:
        ledger.reconciler.verify()
        return ledger.campaigns.create(new_campaign(), map(frozen, (1, 2, 3))).id


def post(home: Path, campaign_id: int, number: int, url: str | None = None) -> None:
    with open_ledger(home, url) as ledger:
        assert ledger.claims.claim(campaign_id, number, NOON)


def copy_ledger_alone(home: Path, copy: Path) -> None:
    copy.mkdir()
    shutil.copy(home / "ledger.sqlite3", copy)


COPY: dict[str, Callable[[Path, Path], object]] = {
    "folder": shutil.copytree,
    "ledger alone": copy_ledger_alone,
}


@pytest.mark.parametrize("how", COPY)
@pytest.mark.parametrize("posts", [0, 1])
def test_a_copy_is_refused_even_before_its_first_post(tmp_path: Path, how: str, posts: int) -> None:
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
def test_rebuilding_a_copy_is_refused_while_its_original_exists(tmp_path: Path, how: str) -> None:
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


def test_a_ledger_moved_before_its_first_post_continues(tmp_path: Path) -> None:
    home, moved = tmp_path / "home", tmp_path / "moved"
    campaign = begun(home)
    home.rename(moved)
    with open_ledger(moved) as ledger:
        assert ledger.reconciler.verify() == ()
        assert ledger.claims.claim(campaign, 1, NOON)
