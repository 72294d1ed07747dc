"""Keeps login and API key in the keyring of the system, or in a private file where it has none.

The keyring library loads only when a keyring is likely, as it takes a tenth of a second.
"""

import os
import sys
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path

from bulksms.errors import SettingsError
from bulksms.private_files import key_file_problem, open_to_write
from bulksms.user_paths import platform_folder

__all__ = [
    "CREDENTIALS_FILE",
    "StoredCredentials",
    "delete_credentials",
    "read_credentials",
    "store_credentials",
]

SERVICE = "bulksms"
CREDENTIALS_FILE = "credentials.toml"
LOGIN, KEY = "api_login", "api_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCredentials:
    """The stored credentials of an account; both values are hidden from every repr."""

    login: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)


def read_credentials(home: Path) -> StoredCredentials:
    """Read what `store_credentials` kept, from the keyring first.

    Raises:
        SettingsError: the file is not private, or not as it was written.
    """
    login, key = _from_keyring(LOGIN), _from_keyring(KEY)
    if login is None and key is None:
        return _from_file(home / CREDENTIALS_FILE)
    return StoredCredentials(login=login, key=key)


def store_credentials(login: str, key: str, home: Path) -> Path | None:
    """Store login and key; return the file they are in, none when that is the keyring.

    Raises:
        SettingsError: there is no keyring, and the file cannot be written.
    """
    file = home / CREDENTIALS_FILE
    if _put_into_keyring(login, key):
        file.unlink(missing_ok=True)
        return None
    _write_file(file, login, key)
    return file


def delete_credentials(home: Path) -> list[str]:
    """Delete what is stored, and name where it was.

    Raises:
        SettingsError: the file cannot be deleted.
    """
    locations = ["the keyring"] if _delete_from_keyring() else []
    file = home / CREDENTIALS_FILE
    try:
        if file.exists():
            file.unlink()
            locations.append(str(file))
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be deleted ({error.strerror}): delete it yourself.",
            code="credentials_undeletable",
            file=str(file),
        ) from None
    return locations


def _from_file(file: Path) -> StoredCredentials:
    try:
        info = file.stat()
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return StoredCredentials()
    except (OSError, ValueError):  # of TOML too; its message would quote the line
        raise SettingsError(
            f"The stored credentials {file} cannot be read: run `bulksms login` again.",
            code="credentials_unreadable",
        ) from None
    groups = () if sys.platform == "win32" else (os.getegid(), *os.getgroups())
    problem = None if sys.platform == "win32" else key_file_problem(info, groups)
    if problem:
        raise SettingsError(
            f"The stored credentials {file} are not secret, because {problem}: "
            "run `chmod 600` on the file.",
            code="credentials_not_secret",
            file=str(file),
        )
    login, key = values.get(LOGIN), values.get(KEY)
    return StoredCredentials(
        login=login if isinstance(login, str) else None, key=key if isinstance(key, str) else None
    )


def _write_file(file: Path, login: str, key: str) -> None:
    """Write the file as 0600 from the start, whole or not at all."""
    import tomli_w

    draft = file.with_suffix(".draft")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        handle = open_to_write(draft, os.O_EXCL)
        with os.fdopen(handle, "wb") as stream:
            tomli_w.dump({LOGIN: login, KEY: key}, stream)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SettingsError(
            f"There is no keyring, and {file} cannot be written ({error.strerror}): set "
            "BULKSMS_API_LOGIN and BULKSMS_API_KEY instead.",
            code="credentials_unwritable",
        ) from None


def _from_keyring(name: str) -> str | None:
    """Read from the keyring where there is one; a server often has none."""
    if not _may_have_keyring():
        return None
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, name)
    except (keyring.errors.KeyringError, keyring.errors.InitError):
        return None


def _put_into_keyring(login: str, key: str) -> bool:
    """Store both values, and check that they are there: some backends keep nothing."""
    if not _may_have_keyring():
        return False
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return False
    try:
        keyring.set_password(SERVICE, LOGIN, login)
        keyring.set_password(SERVICE, KEY, key)
    except (keyring.errors.KeyringError, keyring.errors.InitError):
        _delete_from_keyring()
        return False
    return (_from_keyring(LOGIN), _from_keyring(KEY)) == (login, key)


def _delete_from_keyring() -> bool:
    """Delete both values; whether one was there."""
    stored = [name for name in (LOGIN, KEY) if _from_keyring(name) is not None]
    if stored:
        import keyring
        import keyring.errors

        for name in stored:
            with suppress(keyring.errors.KeyringError):
                keyring.delete_password(SERVICE, name)
    return bool(stored)


def _may_have_keyring() -> bool:
    """Whether a keyring is likely.

    Without a session bus Linux has none, unless the environment or a file names another.
    """
    if not sys.platform.startswith("linux"):
        return True
    configured = {"DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"} & set(os.environ)
    folder = platform_folder(lambda: user_config_path("python_keyring"))
    try:
        return bool(configured) or (folder is not None and (folder / "keyringrc.cfg").exists())
    except OSError:  # a folder that may not be entered
        return False
