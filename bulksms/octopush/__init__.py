"""The Octopush API: a frame is posted, an outcome comes back.

The names load when they are used: what opens no connection needs no HTTP library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulksms.octopush.answers import read_answer
    from bulksms.octopush.client import Client
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
    "Code": "codes",
    "CodeClass": "codes",
    "Credentials": "credentials",
    "Likelihood": "codes",
    "Route": "transport",
    "SignedBody": "request",
    "Timeouts": "transport",
    "add_request_id": "request",
    "all_codes": "codes",
    "build_body": "request",
    "check_address": "credentials",
    "drop_recipients": "request",
    "likelihood": "codes",
    "look_up": "codes",
    "read_answer": "answers",
    "readdress": "request",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'outcomes')}"), name)
