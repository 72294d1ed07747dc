"""Keeps a Python process on this machine: any other address is refused before a packet leaves.

Python imports a module of this name by itself, so the guard holds in every process a test starts
as long as this folder is on `PYTHONPATH`; `conftest.py` sees to that.
"""

import ipaddress
import sys

__all__ = ["LeftTheMachineError", "refuse_other_machines"]

_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


class LeftTheMachineError(BaseException):
    """Raised where a test would reach another machine; no `except Exception` hides it."""


def _is_here(host: object) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if text in ("", "localhost", "None") or text.endswith(".invalid"):  # RFC 2606: never resolves
        return True
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_other_machines(event: str, args: tuple[object, ...]) -> None:
    """Raise for a connection or a name look-up that is not of this machine."""
    if event not in _EVENTS:
        return
    target = args[0] if event == "socket.getaddrinfo" else args[1]
    # A name is a Unix socket or an address without a port; only pairs go to a network.
    host = target[0] if isinstance(target, tuple) and target else target
    if event != "socket.getaddrinfo" and not isinstance(target, tuple):
        return
    if not _is_here(host):
        raise LeftTheMachineError(f"A test tried to reach {host!r}: use a loopback address.")


if __name__ == "sitecustomize":
    sys.addaudithook(refuse_other_machines)
