import stat
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bulksms.errors import InputError
from bulksms.notifications import RunCounts, RunEnd
from bulksms.notifications.metrics_file import write_metrics

COUNTS = RunCounts(
    contacts={"sent": 930, "rejected": 40, "in_doubt": 0},
    frames={"accepted": 3, "refused": 0},
    sms_needed=1860,
    nothing_new=False,
    cost=Decimal("83.70"),
    credit=Decimal("50.75"),
)


def an_end(code: int, hour: int, counts: RunCounts | None = COUNTS) -> RunEnd:
    moment = datetime(2027, 3, 1, hour, 0, tzinfo=UTC)
    return RunEnd(
        exit_code=code,
        started_at=moment.replace(minute=0),
        finished_at=moment.replace(minute=5),
        reason=None,
        counts=counts,
        answer={},
    )


def samples(path: Path) -> dict[tuple[str, str], float]:
    """Return each value under the name of its metric and its last label."""
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (sample.name, list(sample.labels.values())[-1]): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_parser_of_prometheus_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.prom"

    write_metrics(path, 'wel"come\n', an_end(0, 12))

    values = samples(path)
    assert values["bulksms_run_exit_code", 'wel"come\n'] == 0
    assert values["bulksms_run_contacts", "sent"] == 930
    assert values["bulksms_run_contacts", "rejected"] == 40
    assert values["bulksms_run_frames", "accepted"] == 3
    assert values["bulksms_run_cost_euros", 'wel"come\n'] == 83.7
    assert values["bulksms_run_credit_left", 'wel"come\n'] == 50.75
    assert values["bulksms_run_start_timestamp_seconds", 'wel"come\n'] == 1803902400
    assert values["bulksms_run_end_timestamp_seconds", 'wel"come\n'] == 1803902700
    assert values["bulksms_run_last_success_timestamp_seconds", 'wel"come\n'] == 1803902700


def test_a_failed_run_keeps_the_time_of_the_last_success(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.prom"
    write_metrics(path, "welcome", an_end(0, 12))

    write_metrics(path, "welcome", an_end(3, 13, counts=None))
    write_metrics(path, "welcome", an_end(4, 14, counts=None))

    values = samples(path)
    assert values["bulksms_run_exit_code", "welcome"] == 4
    assert values["bulksms_run_last_success_timestamp_seconds", "welcome"] == 1803902700
    assert ("bulksms_run_contacts", "sent") not in values


@pytest.mark.parametrize("before", [b"\xff\xfe", b"bulksms_run{", b"", b"# TYPE x gauge\nx nan2\n"])
def test_a_damaged_file_is_replaced(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "bulksms.prom"
    path.write_bytes(before)

    write_metrics(path, "welcome", an_end(3, 12, counts=None))

    assert samples(path)["bulksms_run_exit_code", "welcome"] == 3


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_collector_of_another_user_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "bulksms.prom"

    write_metrics(path, "welcome", an_end(0, 12))

    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
    assert not stat.S_IMODE(path.stat().st_mode) & 0o022


def test_a_file_that_cannot_be_written_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match="cannot be written"):
        write_metrics(tmp_path / "file" / "bulksms.prom", "welcome", an_end(0, 12))
