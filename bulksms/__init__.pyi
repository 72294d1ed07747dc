from bulksms.chunker import iterate_contacts
from bulksms.contacts import Contact
from bulksms.errors import BulkSmsError
from bulksms.octopush import (
    Accepted,
    Client,
    Credentials,
    NotSent,
    Refused,
    Unknown,
    add_request_id,
    build_body,
)
from bulksms.plan.options import MessageOptions, PlanOptions, ReadingOptions, ScreeningOptions
from bulksms.plan.plan import Plan
from bulksms.plan.plan_files import plan_files
from bulksms.sandbox import Sandbox

__version__: str

__all__ = [
    "Accepted",
    "BulkSmsError",
    "Client",
    "Contact",
    "Credentials",
    "MessageOptions",
    "NotSent",
    "Plan",
    "PlanOptions",
    "ReadingOptions",
    "Refused",
    "Sandbox",
    "ScreeningOptions",
    "Unknown",
    "__version__",
    "add_request_id",
    "build_body",
    "iterate_contacts",
    "plan_files",
]
