"""The Octopush API: a frame is posted, an outcome comes back."""

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
from bulksms.octopush.request import SignedBody, add_request_id, build_body, drop_recipients
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
]
