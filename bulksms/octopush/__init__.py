"""The only room that speaks to the API: a frame goes out, an outcome comes back."""

from bulksms.octopush.answers import read_answer
from bulksms.octopush.client import Client
from bulksms.octopush.codes import Code, CodeClass, all_codes, look_up
from bulksms.octopush.credentials import Credentials, check_address
from bulksms.octopush.leaning import Lean, lean
from bulksms.octopush.outcomes import (
    Accepted,
    Balance,
    NotSent,
    Outcome,
    Refused,
    Scope,
    Unknown,
)
from bulksms.octopush.request import build_body, seal, sign, without
from bulksms.octopush.transport import Timeouts

__all__ = [
    "Accepted",
    "Balance",
    "Client",
    "Code",
    "CodeClass",
    "Credentials",
    "Lean",
    "NotSent",
    "Outcome",
    "Refused",
    "Scope",
    "Timeouts",
    "Unknown",
    "all_codes",
    "build_body",
    "check_address",
    "lean",
    "look_up",
    "read_answer",
    "seal",
    "sign",
    "without",
]
