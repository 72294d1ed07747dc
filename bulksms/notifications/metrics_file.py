"""Writes the figures of the last run as a file of metrics in the Prometheus text format."""

from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bulksms import __version__
from bulksms.notifications.run_end import RunCounts, RunEnd
from bulksms.output.whole_file import whole_file

__all__ = ["write_metrics"]

PREFIX = "bulksms_run"
LAST_SUCCESS = f"{PREFIX}_last_success_timestamp_seconds"
READABLE = 0o644  # the collector is another user; there are only counts in it
LARGEST = 1_000_000  # characters of an earlier file that are read


def write_metrics(path: Path, campaign: str, end: RunEnd) -> None:
    """Replace the file by the figures of this run; it is whole at every moment.

    The time of the last success is taken over from the file it replaces.

    Raises:
        InputError: the file cannot be written.
    """
    registry = CollectorRegistry()
    succeeded_at = end.finished_at.timestamp() if end.exit_code == 0 else _last_success(path)
    _set(registry, "exit_code", "Exit code of the last run.", campaign, end.exit_code)
    _set_time(registry, "start", "When the last run began.", campaign, end.started_at)
    _set_time(registry, "end", "When the last run ended.", campaign, end.finished_at)
    if succeeded_at is not None:
        about = "When a run last ended with exit code 0."
        _set(registry, "last_success_timestamp_seconds", about, campaign, succeeded_at)
    if end.counts is not None:
        _set_counts(registry, campaign, end.counts)
    version = Gauge("bulksms_info", "Version of bulksms.", ["version"], registry=registry)
    version.labels(__version__).set(1)
    with whole_file(path, encoding="utf-8", new_mode=READABLE) as file:
        file.write(generate_latest(registry).decode())


def _set_counts(registry: CollectorRegistry, campaign: str, counts: RunCounts) -> None:
    groups = (
        ("contacts", "class", "People of the last run by what became of them.", counts.contacts),
        ("frames", "state", "Requests of the last run by state.", counts.frames),
    )
    for name, label, about, values in groups:
        gauge = Gauge(f"{PREFIX}_{name}", about, ["campaign", label], registry=registry)
        for key, value in values.items():
            gauge.labels(campaign, key).set(value)
    _set(registry, "sms", "SMS billed for the last run.", campaign, counts.sms_needed)
    about = "Whether the last run had no one new to text."
    _set(registry, "nothing_new", about, campaign, counts.nothing_new)
    _set(registry, "cost_euros", "What the last run cost.", campaign, float(counts.cost))
    if counts.credit is not None:
        about = "Credit of the account after the last request, in its own unit."
        _set(registry, "credit_left", about, campaign, float(counts.credit))


def _set_time(
    registry: CollectorRegistry, name: str, about: str, campaign: str, moment: datetime
) -> None:
    _set(registry, f"{name}_timestamp_seconds", about, campaign, moment.timestamp())


def _set(registry: CollectorRegistry, name: str, about: str, campaign: str, value: float) -> None:
    gauge = Gauge(f"{PREFIX}_{name}", about, ["campaign"], registry=registry)
    gauge.labels(campaign).set(value)


def _last_success(path: Path) -> float | None:
    """Read the time of the last success from an earlier file, if it can be read."""
    try:
        with path.open(encoding="utf-8") as file:
            families = list(text_string_to_metric_families(file.read(LARGEST)))
    except (OSError, ValueError):
        return None
    samples = (sample for family in families for sample in family.samples)
    return next((sample.value for sample in samples if sample.name == LAST_SUCCESS), None)
