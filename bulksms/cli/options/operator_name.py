"""The name of the person at the keyboard, for what the ledger keeps of a decision."""

import getpass

__all__ = ["operator_name"]


def operator_name() -> str:
    """Return the name of the user that runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, or no `pwd` module
        return "somebody"
