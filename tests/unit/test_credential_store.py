"""Login and key are kept in the keyring, or in a private file where that keeps nothing."""
# mypy: disable-error-code="no-untyped-call"

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as ForgetfulKeyring

from bulksms.credential_store import (
    StoredCredentials,
    delete_credentials,
    read_credentials,
    store_credentials,
)
from bulksms.errors import SettingsError
from tests.keyrings.file_keyring import FileKeyring, LockedKeyring

STORED = StoredCredentials(login="desk@example.com", key="test-canary")
posix_only = pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX")


@pytest.fixture(autouse=True)
def _own_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keyring.json"))
    # Its name is only looked at on Linux, where a keyring is not taken for granted.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def store(home: Path) -> Path | None:
    return store_credentials("desk@example.com", "test-canary", home)


def test_the_keyring_comes_first(home: Path) -> None:
    assert store(home) is None
    assert not home.exists()
    assert read_credentials(home) == STORED
    assert delete_credentials(home) == ["the keyring"]
    assert read_credentials(home) == StoredCredentials()
    assert delete_credentials(home) == []


@pytest.mark.parametrize("kind", [NoKeyring, ForgetfulKeyring, LockedKeyring])
def test_a_keyring_that_keeps_nothing_leaves_it_to_a_file(
    home: Path, kind: type[KeyringBackend]
) -> None:
    keyring.set_keyring(kind())

    file = store(home)

    assert file == home / "credentials.toml"
    assert read_credentials(home) == STORED
    assert delete_credentials(home) == [str(file)]
    assert list(home.iterdir()) == []


@posix_only
def test_the_file_is_private_and_refused_when_it_is_not(home: Path) -> None:
    keyring.set_keyring(NoKeyring())
    file = store(home)
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        read_credentials(home)

    assert store(home) == file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_credentials(home) == STORED


def test_a_keyring_that_comes_later_takes_the_place_of_the_file(home: Path) -> None:
    keyring.set_keyring(NoKeyring())
    assert store(home) is not None
    keyring.set_keyring(FileKeyring())

    assert store(home) is None

    assert list(home.iterdir()) == []
    assert read_credentials(home) == STORED


def test_a_damaged_file_is_refused_without_its_contents(home: Path) -> None:
    keyring.set_keyring(NoKeyring())
    file = store(home)
    assert file is not None
    file.write_text("api_key = test-canary", encoding="utf-8")

    with pytest.raises(SettingsError, match="bulksms login") as refusal:
        read_credentials(home)

    assert "test-canary" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_nothing_of_them_shows_in_a_repr() -> None:
    assert "canary" not in repr(STORED)
    assert "desk" not in repr(STORED)
