"""Turns a spreadsheet into an SMS campaign and never texts anyone twice.

The folders tell the story of the data. A file is *loaded*, its rows become *contacts*,
a *message* is fitted to them, they make a *plan*, are cut into *frames*, a *ledger* remembers,
a *sender* posts, *results* are written.

The names of the library (docs/reference/python.md) load when they are first used;
`__init__.pyi` gives type checkers the same names.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_MODULES = {
    "Accepted": "bulksms.octopush",
    "BulkSmsError": "bulksms.errors",
    "Client": "bulksms.octopush",
    "Contact": "bulksms.contacts",
    "Credentials": "bulksms.octopush",
    "MessageOptions": "bulksms.plan.options",
    "NotSent": "bulksms.octopush",
    "Plan": "bulksms.plan.plan",
    "PlanOptions": "bulksms.plan.options",
    "ReadingOptions": "bulksms.plan.options",
    "Refused": "bulksms.octopush",
    "Sandbox": "bulksms.sandbox",
    "ScreeningOptions": "bulksms.plan.options",
    "Unknown": "bulksms.octopush",
    "add_request_id": "bulksms.octopush",
    "build_body": "bulksms.octopush",
    "iterate_contacts": "bulksms.chunker",
    "plan_files": "bulksms.plan.plan_files",
}

__all__ = ["__version__", *_MODULES]  # noqa: PLE0604 - names all


def __getattr__(name: str) -> Any:  # noqa: ANN401  (any of the names)
    """Import the module of a name."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """List the names before they are loaded."""
    return sorted({*globals(), *_MODULES})
