"""Checks the database server of a shared ledger: who it is, how fast, and how safely it writes."""

from collections.abc import Iterator, Mapping

from bulksms.clock import Clock
from bulksms.errors import BulkSmsError
from bulksms.ledger import is_server_url
from bulksms.sender import MAX_CLOCK_ERROR
from bulksms.settings import Settings
from bulksms.use_cases.upkeep.check_machine import CheckArea, SetupCheck, fine, note, wrong

__all__ = ["check_server"]

SLOW = 0.05  # seconds for a question and its answer
FEW_CONNECTIONS = 40
UNSAFE = {
    "fsync": "a power cut can make it forget whom it texted",
    "full_page_writes": "a power cut can damage it",
}


def check_server(settings: Settings, clock: Clock) -> Iterator[SetupCheck]:
    """Check the server that the ledger is on; nothing where it is a file."""
    if settings.ledger is None or not is_server_url(settings.ledger):
        return
    try:
        from bulksms.ledger.server.server_report import read_server_report
    except ImportError:
        message = 'its driver is missing: run pip install "bulksms-octopush[cluster]".'
        yield wrong("server", CheckArea.LEDGER, message)
        return
    try:
        report = read_server_report(settings.ledger, clock)
    except BulkSmsError as error:
        yield wrong("server", CheckArea.LEDGER, str(error))
        return
    milliseconds = report.round_trip * 1000
    message = (
        f"PostgreSQL {report.version} on {report.name}, schema {report.schema}; "
        f"an answer takes {milliseconds:.1f} ms."
    )
    if report.round_trip > SLOW:
        message += " That is slow for a ledger: let the workers run nearer to the server."
        yield note("server", CheckArea.LEDGER, message)
    else:
        yield fine("server", CheckArea.LEDGER, message)
    yield _durability(report.settings, report.synchronous_commit)
    yield _time_outs(report.settings)
    seconds = round(report.ahead.total_seconds())
    if abs(report.ahead) >= MAX_CLOCK_ERROR:
        message = f"differs from the server's by {-seconds} s: set it, or leases cannot be kept."
        yield wrong("server clock", CheckArea.LEDGER, message)
    else:
        yield fine("server clock", CheckArea.LEDGER, f"agrees with the server's ({-seconds:+} s).")


def _durability(settings: Mapping[str, str], synchronous_commit: str) -> SetupCheck:
    """Return whether what was committed survives a power cut."""
    off = [name for name in UNSAFE if settings.get(name) == "off"]
    if off:
        message = f"the server runs with {off[0]}=off, so {UNSAFE[off[0]]}: switch it on."
        return wrong("durability", CheckArea.LEDGER, message)
    if synchronous_commit == "off":
        message = "synchronous_commit is off on the server; bulksms switches it on for itself."
        return note("durability", CheckArea.LEDGER, message)
    if settings.get("data_checksums") == "off":
        message = "commits are safe; without data checksums a bad disk goes unnoticed."
        return note("durability", CheckArea.LEDGER, message)
    return fine("durability", CheckArea.LEDGER, "commits are safe, and pages have checksums.")


def _time_outs(settings: Mapping[str, str]) -> SetupCheck:
    """Name the limits of this program's connections, and warn of few connections."""
    message = (
        f"a statement is given up after {settings.get('statement_timeout')}, a wait for a lock "
        f"after {settings.get('lock_timeout')}, an idle transaction after "
        f"{settings.get('idle_in_transaction_session_timeout')}."
    )
    most = int(settings.get("max_connections", "0"))
    if most < FEW_CONNECTIONS:
        message += f" The server takes only {most} connections: each post in flight needs one."
        return note("limits", CheckArea.LEDGER, message)
    return fine("limits", CheckArea.LEDGER, message)
