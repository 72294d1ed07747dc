"""Addresses of lists: which are refused, and how they are shown without a secret."""

import re
from urllib.parse import urlsplit

from bulksms.errors import UsageError
from bulksms.loopback import is_loopback

__all__ = ["is_address", "is_web", "refuse_unsafe", "shown_address"]

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_IPV6 = re.compile(r"\[[0-9a-f:.]*\]", re.IGNORECASE)
_ENCRYPTED_TWIN = {"http": "https", "ftp": "sftp"}
_OF_SERVERS = frozenset({"http", "https", "ftp", "sftp", "ssh"})


def is_address(name: str) -> bool:
    """Whether a name is an address and no file of this machine."""
    return _ADDRESS.match(name) is not None


def shown_address(address: str) -> str:
    """Return an address without its query and its password, which may be secrets."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def is_web(address: str) -> bool:
    """Whether an address is one of a web server."""
    return address.lower().startswith(("http://", "https://"))


def refuse_unsafe(address: str) -> None:
    """Refuse what would bring a list in the clear, or keeps a password in a file.

    Raises:
        UsageError: the address is not encrypted, or has a password.
    """
    parts, shown = urlsplit(address), shown_address(address)
    scheme = parts.scheme.lower()
    if "::" in _IPV6.sub("", address):
        raise UsageError(f"{shown} joins several addresses: name the file itself.")
    if parts.password is not None:
        raise UsageError(
            f"{shown} has a password in the address: keep it where its driver looks for it, such "
            "as ~/.aws, ~/.ssh or ~/.config/fsspec, and leave it out here."
        )
    if scheme in _ENCRYPTED_TWIN and not is_loopback(parts.hostname or ""):
        raise UsageError(
            f"{shown} would bring the phone numbers unencrypted over the network: use "
            f"{_ENCRYPTED_TWIN[scheme]}://."
        )
    if scheme in _OF_SERVERS and not parts.hostname:
        raise UsageError(f"{shown} names no server: write {scheme}://server/file.csv.")
