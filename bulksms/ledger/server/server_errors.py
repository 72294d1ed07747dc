"""Explains an error of a database server in one sentence, without values.

The driver's own messages name rows, and with them people's numbers: only the primary message is
ever repeated.
"""

import re

import psycopg

__all__ = ["explain", "is_lost_connection", "is_passing"]

RESTARTING = "it is stopping or starting: wait until it is up, then resume"
UNREACHABLE = "it cannot be reached: check its address and that it runs, then resume"
SILENT = "it does not answer: check the server and the network, then resume"

# By SQLSTATE, or its first two characters.
EXPLANATIONS = {
    "08": UNREACHABLE,
    "25006": "it is read-only, as a standby is: name the primary in BULKSMS_LEDGER",
    "25P03": "this program was too slow in a transaction, so it was undone: resume",
    "28": "it refuses the login: check user and password (PGPASSWORD or a .pgpass file)",
    "3F": "its user may not use its schema: GRANT USAGE, CREATE ON SCHEMA, or name another",
    "3D": "there is no such database: create it with createdb, or name another",
    "40": "two programs wrote at the same time, so one was undone: resume",
    "42501": "its user lacks a right: GRANT CONNECT, CREATE ON DATABASE, or make it the owner",
    "42P01": "its tables are missing or damaged: restore a backup; nothing is sent from it",
    "53100": "its disk is full: make room on the server and resume",
    "53200": "it is out of memory: give it more and resume",
    "53300": "it has no connection left: raise max_connections or end other programs",
    "55P03": "another program keeps it busy: end that program and resume",
    "57014": "a statement took too long and was given up: check the server's load and resume",
    "57P01": RESTARTING,
    "57P02": RESTARTING,
    "57P03": RESTARTING,
    "57P05": RESTARTING,
    "58": "its disk failed: check the server before resuming",
    "XX001": "it is damaged: restore a backup; nothing is sent from it",
    "XX002": "it is damaged: restore a backup; nothing is sent from it",
}
# A refused connection has no SQLSTATE: what the server or the system says of it, in English.
REFUSALS = {
    r"permission denied": "42501",
    r"password|authentication|role .* does not exist|pg_hba": "28",
    r"database .* does not exist": "3D",
    r"starting up|shutting down|not yet accepting|in recovery": "57P03",
    r"too many (clients|connections)|connection slots": "53300",
    r"read-only|standby": "25006",
}
# After which the same may succeed on another connection.
LOST = ("08", "57P01", "57P02", "57P03", "57P05", "53300", "25P03")
PASSING = ("40", "55P03", "57014")


def explain(error: BaseException | None) -> str:
    """Describe what a driver's error means and what to do, as the end of a sentence."""
    state = getattr(error, "sqlstate", None)
    if state is None and isinstance(error, psycopg.OperationalError):
        return _explain_connection(error)
    if state is None:
        return f"database error ({type(error).__name__})"
    explanation = EXPLANATIONS.get(state) or EXPLANATIONS.get(state[:2])
    if explanation is not None:
        return explanation
    diagnosis = getattr(error, "diag", None)
    message = getattr(diagnosis, "message_primary", None) or type(error).__name__
    return f"database error {state}: {message}"


def is_lost_connection(error: BaseException | None) -> bool:
    """Whether an error is one of the connection, not of the statement."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return str(state).startswith(LOST)


def is_passing(error: BaseException | None) -> bool:
    """Whether the same may succeed later: after a lost connection, a time-out or a conflict."""
    state = getattr(error, "sqlstate", None)
    return is_lost_connection(error) or str(state).startswith(PASSING)


def _explain_connection(error: psycopg.OperationalError) -> str:
    if "timeout" in type(error).__name__.lower():
        return SILENT
    message = str(error)
    for pattern, state in REFUSALS.items():
        if re.search(pattern, message):
            return EXPLANATIONS[state]
    answer = re.search(r"FATAL:\s+(.+)", message)  # in the server's language
    return f"it refuses the connection ({answer[1].rstrip('.')})" if answer else UNREACHABLE
