"""Receipts of a sandbox reach the listener: late, doubled, out of order, as forms and forged."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.acceptance.driver import Desk, accepted, numbers, sandbox
from tests.acceptance.test_listen import listening

ROWS = 900


def _export(folder: Path) -> Path:
    people = [f"P{at},+336399{80000 + at},Lyon" for at in range(ROWS)]
    path = folder / "export.csv"
    path.write_text("\n".join(["first_name,Mobile,Ville", *people, ""]), encoding="utf-8")
    return path


@contextmanager
def _both(folder: Path, *args: str) -> Iterator[tuple[Desk, str, Path]]:
    """Start a listener, and a sandbox that reports to it."""
    with (
        listening(Desk(folder)) as (_, address),
        sandbox(folder, "--callback-url", address, "--credit", "1000", *args) as (url, log),
    ):
        yield Desk(folder, url), url, log


def _callbacks(url: str) -> dict[str, Any]:
    with urlopen(url.replace("/v1/public", "/_sandbox/accepted"), timeout=30) as answer:
        figures: dict[str, Any] = json.load(answer)["callbacks"]
    return figures


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_report_says_what_the_sandbox_reported(tmp_path: Path) -> None:
    habits = [word for habit in ("doubled", "late", "out_of_order", "forged")
              for word in ("--callback-habit", habit)]  # fmt: skip
    shares = ("--undelivered", "0.1", "--replies", "0.05", "--stops", "0.01")
    with _both(tmp_path, "--callback-format", "both", *shares, *habits) as (desk, url, log):
        sent = desk.send(_export(tmp_path), "--campaign", "spring", "--json")
        assert sent.code == 0, sent.err
        _await(lambda: not _callbacks(url)["waiting"])
        figures = _callbacks(url)
        report = desk.run("report", "spring", "--json").json
        opted_out = desk.run("optout", "list", "--json").json["numbers"]
        held = desk.run("optout", "held", "--json").json
        texted = numbers(log)

    planned = figures["planned"]
    failed = sum(
        planned.get(word, 0) for word in ("NOT_DELIVERED", "BAD_DESTINATION", "EXPIRED",
                                          "NOT_ALLOWED")
    )  # fmt: skip
    doubled = failed + planned["DELIVERED"]  # the sandbox counts each callback, also repeats
    assert report["deliveries"]["delivered"] + report["deliveries"]["not_delivered"] == ROWS
    assert doubled > ROWS
    assert abs(report["deliveries"]["not_delivered"] - ROWS // 10) < 40
    assert report["contacts"]["sent"] == ROWS
    assert set(figures["answers"]) == {"200", "404"}
    assert figures["slowest_seconds"] < 10
    assert opted_out
    assert set(opted_out) <= set(texted)  # no STOP of the forged ones
    assert held["count"] == 0


def test_a_campaign_whose_texts_fail_is_paused_within_two_frames(tmp_path: Path) -> None:
    """R9: 40 % of the texts fail."""
    options = ("--undelivered", "0.4", "--latency", "3")
    with _both(tmp_path, *options) as (desk, _, log):
        sent = desk.send(_export(tmp_path), "--campaign", "spring", "--frame-size", "200", "--json")
        frames = accepted(log)

    assert sent.code == 4
    assert sent.json["state"] == "paused"
    assert "texts with a final receipt were not delivered" in sent.json["reason"]
    assert len(frames) <= 2
    assert sent.json["contacts"]["not_attempted"] >= ROWS - 2 * len(frames[0]["recipients"])
