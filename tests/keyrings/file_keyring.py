"""Keyrings for tests, which the keyring library loads by name in other processes."""
# mypy: disable-error-code="misc, no-untyped-call"

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class FileKeyring(KeyringBackend):
    """Keeps passwords in the file that a variable names."""

    priority = 1

    @property
    def _file(self) -> Path:
        return Path(os.environ["TEST_KEYRING"])

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        stored: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        return stored

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        stored = self._read() | {f"{service}/{username}": password}
        self._file.write_text(json.dumps(stored), encoding="utf-8")

    def delete_password(self, service: str, username: str) -> None:
        stored = self._read()
        del stored[f"{service}/{username}"]
        self._file.write_text(json.dumps(stored), encoding="utf-8")


class LockedKeyring(FileKeyring):
    """A keyring that no one unlocks."""

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username, password
        raise KeyringLocked("locked")
