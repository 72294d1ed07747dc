"""Drafts hold lists of people, so that each of them ends: after a month, or at once."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.web.drafts.drafts import LIFETIME, Draft, DraftStore

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)


async def content() -> AsyncIterator[bytes]:
    yield b"Mobile\n0639980501\n"


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path)


def draft_of(store: DraftStore, age: timedelta) -> Draft:
    """Make a draft that was last changed so long before now."""
    draft = asyncio.run(store.create("clients.csv", content(), NOW, rehearsal=True))
    changed = (NOW - age).timestamp()
    for path in (draft.path, draft.folder):
        os.utime(path, (changed, changed))
    return draft


def test_a_draft_that_no_one_touched_for_a_month_is_deleted_with_its_list(
    store: DraftStore,
) -> None:
    old, new = draft_of(store, LIFETIME * 1.01), draft_of(store, LIFETIME * 0.99)

    store.delete_old(NOW)

    assert not old.folder.exists()
    assert [draft.id for draft in store.all()] == [new.id]
    assert new.list_path.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_draft_is_its_owners_alone(store: DraftStore) -> None:
    draft = draft_of(store, timedelta())

    modes = {path.name: path.stat().st_mode & 0o777 for path in (*draft.folder.rglob("*"),)}

    assert draft.folder.stat().st_mode & 0o777 == 0o700
    assert modes == {
        "lists": 0o700,
        "clients.csv": 0o600,
        "campaign.toml": 0o600,
        "rehearsal": 0o600,
    }


def test_a_sent_draft_ends_too(store: DraftStore) -> None:
    draft = draft_of(store, timedelta())
    draft.mark_sent("clients")
    os.utime(draft.path, (0, 0))

    store.delete_old(NOW)

    assert not draft.folder.exists()


def test_what_a_cut_off_upload_left_is_deleted(store: DraftStore) -> None:
    old, new = draft_of(store, LIFETIME * 1.01), draft_of(store, timedelta())
    for draft in (old, new):
        draft.path.unlink()
    os.utime(old.folder, (0, 0))

    store.delete_old(datetime.now(UTC))

    assert not old.folder.exists()
    assert new.list_path.exists()


def test_other_folders_are_left_alone(store: DraftStore, tmp_path: Path) -> None:
    draft_of(store, timedelta())
    foreign = tmp_path / "drafts" / "mine"
    foreign.mkdir()
    os.utime(foreign, (0, 0))

    store.delete_old(NOW)

    assert foreign.exists()
