"""The Octopush API: a frame is posted, an outcome comes back.

What posts, and what writes a frame, loads when it is used: it needs libraries that others do not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bulksms.octopush.answers import read_answer
from bulksms.octopush.codes import Code, CodeClass, Likelihood, all_codes, likelihood, look_up
from bulksms.octopush.credentials import Credentials, check_address
from bulksms.octopush.outcomes import (
    Accepted,
    Balance,
    NotSent,
    Outcome,
    RefusalScope,
    Refused,
    Unknown,
)

if TYPE_CHECKING:
    from bulksms.octopush.client import Client
    from bulksms.octopush.request import (
        SignedBody,
        add_request_id,
        build_body,
        drop_recipients,
        readdress,
    )
    from bulksms.octopush.transport import Route, Timeouts

__all__ = [
    "Accepted",
    "Balance",
    "Client",
    "Code",
    "CodeClass",
    "Credentials",
    "Likelihood",
    "NotSent",
    "Outcome",
    "RefusalScope",
    "Refused",
    "Route",
    "SignedBody",
    "Timeouts",
    "Unknown",
    "add_request_id",
    "all_codes",
    "build_body",
    "check_address",
    "drop_recipients",
    "likelihood",
    "look_up",
    "read_answer",
    "readdress",
]

_MODULES = {
    "Client": "client",
    "Route": "transport",
    "SignedBody": "request",
    "Timeouts": "transport",
    "add_request_id": "request",
    "build_body": "request",
    "drop_recipients": "request",
    "readdress": "request",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
