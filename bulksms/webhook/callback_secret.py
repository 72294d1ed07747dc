"""The secrets in the address of the receiver, which authenticate Octopush.

Callbacks are not signed and come from no published addresses, so the path holds 192 random bits.
Two secrets are valid at a time, so that the address can be changed without losing a receipt.
"""

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from bulksms.errors import SettingsError
from bulksms.private_files import open_to_write

__all__ = ["CallbackSecrets", "read_secrets"]

FILE = "callback-secrets"
BYTES = 24
KEPT = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallbackSecrets:
    """The valid secrets, the newest first."""

    values: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The secret of the address to enter."""
        return self.values[0]

    def match(self, offered: str) -> str | None:
        """Return the secret that is offered; the time it takes says nothing about it."""
        given = offered.encode("utf-8", "surrogatepass")
        matches = [each for each in self.values if hmac.compare_digest(each.encode(), given)]
        return matches[0] if matches else None


def read_secrets(home: Path, *, renew: bool = False) -> CallbackSecrets:
    """Read the secrets of a state folder; the first time, and to `renew`, one is made.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    path = home / FILE
    try:
        values = tuple(path.read_text(encoding="ascii").split()) if path.exists() else ()
        if renew or not values:
            values = (secrets.token_urlsafe(BYTES), *values)[:KEPT]
            _write(path, values)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The secret of the callback address in {path} cannot be used ({error}): check the "
            "folder, or delete the file and enter the new address at Octopush."
        ) from None
    return CallbackSecrets(values=values)


def _write(path: Path, values: tuple[str, ...]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(open_to_write(draft, os.O_EXCL), "w", encoding="ascii") as file:
        file.write("\n".join(values) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
