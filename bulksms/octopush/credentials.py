"""API login and key, hidden from every repr, message and log; which addresses may get them."""

import re
from dataclasses import dataclass, field
from hashlib import sha256

from bulksms.errors import SettingsError
from bulksms.loopback import is_loopback
from bulksms.settings import TEST_PREFIX

ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?"
    r"(?:/[A-Za-z0-9._~-]+)*/?"
)  # no user, query or fragment: nothing that two parsers could read differently
OCTOPUSH = "octopush.com"
PRINTABLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The login and API key of an account, stripped, and hidden from every repr.

    Raises:
        SettingsError: one is empty or cannot travel in a header.
    """

    login: str = field(repr=False)
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, label in (("login", "API login"), ("key", "API key")):
            value = getattr(self, name).strip()
            if not PRINTABLE.fullmatch(value):
                raise SettingsError(
                    f"The {label} is empty or holds a space, an accent or a line break: "
                    "copy it again from the Octopush console.",
                    code="credentials_malformed",
                )
            object.__setattr__(self, name, value)

    @property
    def is_test(self) -> bool:
        """Whether the key is for a sandbox."""
        return self.key.startswith(TEST_PREFIX)

    def headers(self) -> dict[str, str]:
        """The two headers that identify the account; never to be stored or printed."""
        return {"api-key": self.key, "api-login": self.login}

    def account_at(self, base_url: str) -> str:
        """A digest of login and address, which may be stored and shown."""
        return sha256(f"{base_url.rstrip('/')}\0{self.login}".encode()).hexdigest()

    def __repr__(self) -> str:
        return "Credentials(login=***, key=***)"


def check_address(
    base_url: str, credentials: Credentials, *, trusted_url: str | None = None
) -> None:
    """Refuse an address that must not get the key.

    Raises:
        SettingsError: it is not an address; it is plain HTTP to another machine or with a real key;
            it is another machine with a test key; or it is neither Octopush's nor the trusted
            one, with a real key.
    """
    address = ADDRESS.fullmatch(base_url)
    if address is None:
        raise SettingsError(
            "The address of the API cannot be used: write it like "
            "https://api.octopush.com/v1/public, without a user name, '?' or '#'.",
            code="api_address_invalid",
        )
    host = address["host"].strip("[]").lower()
    on_this_machine = is_loopback(host)
    if credentials.is_test and not on_this_machine:
        raise SettingsError(
            f"A test key is only for the sandbox on this machine, and {host} is another machine: "
            "use the sandbox's address or the real key.",
            code="test_key",
        )
    if address["scheme"] == "http" and not on_this_machine:
        raise SettingsError(
            f"{host} would receive the key unencrypted: write the address with https://.",
            code="api_address_invalid",
        )
    if address["scheme"] == "http" and not credentials.is_test:
        raise SettingsError(
            "The address is that of a sandbox but the key is a real one: "
            f"use a key that starts with {TEST_PREFIX}.",
            code="real_key_for_rehearsal",
        )
    is_trusted = trusted_url is not None and base_url.rstrip("/") == trusted_url.rstrip("/")
    if not (credentials.is_test or on_this_machine or _is_octopush(host) or is_trusted):
        raise SettingsError(
            f"The API key would be sent to {host}, which is not Octopush. If that is right, write "
            f'trusted_url = "{base_url.rstrip("/")}" into settings.toml in the state folder.',
            code="api_address_invalid",
        )


def _is_octopush(host: str) -> bool:
    """Whether a host is Octopush's."""
    return host == OCTOPUSH or host.endswith(f".{OCTOPUSH}")
