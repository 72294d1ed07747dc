"""Login and key, which no repr, exception or log may show, and the addresses they may go to."""

import ipaddress
import re
from dataclasses import dataclass, field
from hashlib import sha256

from bulksms.errors import SettingsError
from bulksms.settings import TEST_PREFIX

ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?"
    r"(?:/[A-Za-z0-9._~-]+)*/?"
)  # no user, query or fragment; nothing that two parsers could read differently
PRINTABLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The account's login and API key, stripped, and hidden wherever they might be printed.

    Raises:
        SettingsError: one is empty or cannot travel in a header.
    """

    login: str = field(repr=False)
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, what in (("login", "API login"), ("key", "API key")):
            value = getattr(self, name).strip()
            if not PRINTABLE.fullmatch(value):
                raise SettingsError(
                    f"The {what} is empty or holds a space, an accent or a line break: "
                    "copy it again from the Octopush console."
                )
            object.__setattr__(self, name, value)

    @property
    def is_test(self) -> bool:
        """Whether the key is one for the sandbox."""
        return self.key.startswith(TEST_PREFIX)

    def headers(self) -> dict[str, str]:
        """The two headers that open the account; not to be kept or printed."""
        return {"api-key": self.key, "api-login": self.login}

    def account_at(self, base_url: str) -> str:
        """Name the account at an address by a digest, which may be kept."""
        return sha256(f"{base_url.rstrip('/')}\0{self.login}".encode()).hexdigest()

    def __repr__(self) -> str:
        return "Credentials(login=***, key=***)"


def check_address(base_url: str, credentials: Credentials) -> None:
    """Refuse an address the key must not go to.

    Raises:
        SettingsError: not an address, plain HTTP beyond this machine or with a real key,
            or a test key for another machine.
    """
    found = ADDRESS.fullmatch(base_url)
    if found is None:
        raise SettingsError(
            "The address of the API cannot be used: write it like "
            "https://api.octopush.com/v1/public, without a user name, '?' or '#'."
        )
    host = found["host"].strip("[]").lower()
    here = _is_loopback(host)
    if credentials.is_test and not here:
        raise SettingsError(
            f"A test key is only for the sandbox on this machine, and {host} is another machine: "
            "use the sandbox's address or the real key."
        )
    if found["scheme"] == "http" and not here:
        raise SettingsError(
            f"{host} would receive the key unencrypted: write the address with https://."
        )
    if found["scheme"] == "http" and not credentials.is_test:
        raise SettingsError(
            "The address is that of a sandbox but the key is a real one: "
            f"use a key that starts with {TEST_PREFIX}."
        )


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine beyond doubt; names other than localhost are not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
