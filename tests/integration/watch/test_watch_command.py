"""`bulksms watch`: a saved campaign on every file that is dropped into a folder."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from bulksms.ledger import open_ledger
from bulksms.watch.working_folder import folder_lock
from tests.integration.machine import LATER, PEOPLE, Answer, Machine, export

WELCOME = """\
text = "Bonjour {first_name}, bienvenue. STOP au 30101"
sender = "SHOP"
only_new = true
settle = "0s"
"""


class Drop:
    """A watched folder with its campaign file, and one look into it."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine, self.folder = machine, folder
        folder.mkdir()
        self.write()

    def write(self, *lines: str) -> None:
        text = "\n".join([WELCOME, *lines])
        (self.folder / "campaign.toml").write_text(text, encoding="utf-8")

    def look(self, *args: str | Path) -> Answer:
        return self.machine.run("watch", self.folder, "--once", "--json", *args)

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).glob("[!.]*"))


@pytest.fixture
def drop(machine: Machine, tmp_path: Path) -> Drop:
    return Drop(machine, tmp_path / "in")


def test_a_dropped_file_is_sent_and_moved_to_done(drop: Drop) -> None:
    export(drop.folder / "dump.csv", [*PEOPLE, "12"])

    answer = drop.look()

    assert answer.code == 0, answer.err
    (file,) = answer.json["files"]
    assert (file["file"], file["state"], file["reason"]) == ("dump.csv", "done", None)
    assert file["run"]["contacts"]["sent"] == 300
    assert drop.names("done") == ["dump.csv", "dump.csv.rejects.csv", "dump.csv.report.json"]
    report = (drop.folder / "done" / "dump.csv.report.json").read_text("utf-8")
    assert PEOPLE[0] not in report
    rejects = (drop.folder / "done" / "dump.csv.rejects.csv").read_text("utf-8-sig")
    assert "too_short" in rejects
    assert sorted(drop.machine.texted) == PEOPLE


def test_a_folder_without_files_is_quiet(drop: Drop) -> None:
    answer = drop.machine.run("watch", drop.folder, "--once")

    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_a_dump_that_repeats_everyone_reaches_the_new_ones(drop: Drop) -> None:
    export(drop.folder / "dump.csv", PEOPLE)
    drop.look()
    export(drop.folder / "dump.csv", PEOPLE + LATER[:2])

    answer = drop.look()

    assert answer.json["files"][0]["run"]["contacts"]["sent"] == 2
    assert drop.names("done")[0] == "dump-2.csv"
    assert sorted(drop.machine.texted) == sorted(PEOPLE + LATER[:2])


def test_the_same_content_is_reported_and_not_run_again(drop: Drop) -> None:
    export(drop.folder / "dump.csv", PEOPLE)
    drop.look()
    export(drop.folder / "again.csv", PEOPLE)

    answer = drop.look()

    (file,) = answer.json["files"]
    assert (answer.code, file["state"]) == (0, "repeated")
    assert "again.csv has the same content as dump.csv" in file["reason"]
    assert len(drop.machine.texted) == 300


def test_a_rule_that_stops_puts_the_file_into_failed_with_its_rejects(drop: Drop) -> None:
    drop.write("min_rows = 100")
    export(drop.folder / "dump.csv", [*PEOPLE[:3], "12"])

    answer = drop.look()

    assert answer.code == 3
    assert drop.machine.texted == []
    assert drop.names("failed") == [
        "dump.csv", "dump.csv.reason.txt", "dump.csv.rejects.csv", "dump.csv.report.json",
    ]  # fmt: skip
    reason = (drop.folder / "failed" / "dump.csv.reason.txt").read_text("utf-8")
    assert reason.startswith("The list has 4 rows, fewer than the 100 of min_rows")


def test_corrected_rejects_are_dropped_again(drop: Drop) -> None:
    drop.write("min_rows = 100", 'max_change = "10%"')
    export(drop.folder / "dump.csv", [*PEOPLE[:-1], "12"])
    assert drop.look().code == 0
    rejects = (drop.folder / "done" / "dump.csv.rejects.csv").read_text("utf-8")
    corrected = rejects.replace("12", PEOPLE[-1], 1)
    (drop.folder / "dump.csv.rejects.csv").write_text(corrected, "utf-8")

    assert drop.look().code == 0
    assert sorted(drop.machine.texted) == PEOPLE
    export(drop.folder / "next.csv", [*PEOPLE, *LATER[:3]])
    assert drop.look().code == 0
    assert sorted(drop.machine.texted) == [*PEOPLE, *LATER[:3]]


def test_a_dropped_list_of_opt_outs_is_not_texted(drop: Drop) -> None:
    export(drop.folder / "désinscrits.csv", PEOPLE)

    answer = drop.look()

    assert (answer.code, drop.machine.texted) == (3, [])
    reason = answer.json["files"][0]["reason"]
    assert reason.startswith(
        "désinscrits.csv is named like a list of people who must not be texted"
    )
    assert (drop.folder / "failed" / "désinscrits.csv").exists()


def test_what_failed_runs_when_the_rule_is_corrected(drop: Drop) -> None:
    drop.write("min_rows = 1000")
    export(drop.folder / "dump.csv", PEOPLE)
    drop.look()
    drop.write("min_rows = 100")
    assert drop.look().json["files"] == []

    answer = drop.look("--retry")

    assert (answer.code, answer.json["files"][0]["state"]) == (0, "done")
    assert drop.names("failed") == []
    assert sorted(drop.machine.texted) == PEOPLE


@pytest.mark.parametrize(("announced", "code"), [("300", 0), ("3000", 3)])
def test_the_rows_that_a_marker_announces_must_be_there(
    drop: Drop, announced: str, code: int
) -> None:
    drop.write('done_marker = "{name}.done"')
    export(drop.folder / "dump.csv", PEOPLE)
    assert drop.look().json["waiting"] == {"dump.csv": "waits for dump.csv.done"}
    (drop.folder / "dump.csv.done").write_text(f"{announced}\n")

    answer = drop.look()

    assert answer.code == code
    if code:
        reason = answer.json["files"][0]["reason"]
        assert "has 300 rows, and its marker announces 3000" in reason
    assert drop.names(".") == ["campaign.toml", "done" if not code else "failed", "working"]


def test_own_folders_of_a_campaign_file_elsewhere(drop: Drop, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    own = ['done_folder = "sent"', 'failed_folder = "not-sent"', 'optouts = "../in/stop.csv"']
    (saved / "welcome.toml").write_text("\n".join([WELCOME, *own]), encoding="utf-8")
    export(drop.folder / "stop.csv", PEOPLE[:1])
    export(drop.folder / "dump.csv", PEOPLE)

    answer = drop.look("--campaign-file", saved / "welcome.toml")

    assert answer.code == 0, answer.out
    assert (saved / "sent" / "dump.csv").exists()
    assert (drop.folder / "stop.csv").exists()
    assert sorted(drop.machine.texted) == PEOPLE[1:]


def test_a_dump_waits_while_its_opt_outs_are_still_written(drop: Drop) -> None:
    """They lack a line break at their end when the dump is taken, and grow meanwhile."""
    stops, is_over = drop.folder / "stop.csv", threading.Event()
    drop.write('optouts = "stop.csv"')
    stops.write_text(f"Mobile\n{PEOPLE[0]}", encoding="utf-8")
    export(drop.folder / "dump.csv", PEOPLE)

    def write() -> None:
        """Add numbers all the time, as if each had come almost 5 seconds ago."""
        while not is_over.wait(0.02):
            with stops.open("a", encoding="utf-8") as file:
                file.write(f"\n{PEOPLE[1]}")
            long_ago = time.time() - 4.8
            os.utime(stops, (long_ago, long_ago))

    writer = threading.Thread(target=write)
    writer.start()
    answer = drop.look()
    is_over.set()
    writer.join()

    (file,) = answer.json["files"]
    assert (file["state"], answer.code) == ("working", 3)
    assert "stop.csv is still being written" in file["reason"]
    assert drop.names("failed") == []
    assert drop.machine.texted == []


def test_a_dump_waits_while_its_opt_outs_are_replaced(drop: Drop) -> None:
    """They are deleted when the dump is taken, and written again a little later."""
    stops = drop.folder / "stop.csv"
    drop.write('optouts = "stop.csv"')
    export(drop.folder / "dump.csv", PEOPLE)
    later = threading.Timer(2, export, (stops, PEOPLE[:1]))
    later.start()
    answer = drop.look()
    later.join()

    (file,) = answer.json["files"]
    assert (file["state"], answer.code) == ("done", 0), answer.out
    assert sorted(drop.machine.texted) == PEOPLE[1:]


def test_one_folder_has_one_watcher(drop: Drop) -> None:
    with folder_lock(drop.folder, drop.folder / "working"):
        answer = drop.look()

    assert answer.code == 75
    assert "Another process is watching" in answer.json["error"]["message"]


def test_a_list_whose_campaign_runs_elsewhere_waits(drop: Drop, tmp_path: Path) -> None:
    export(drop.folder / "dump.csv", PEOPLE)
    with open_ledger(tmp_path / "home") as ledger, ledger.locks.series("in"):
        answer = drop.look()

    assert (answer.code, answer.json["files"][0]["state"]) == (75, "working")
    assert drop.look().code == 0
    assert sorted(drop.machine.texted) == PEOPLE


def test_what_was_rehearsed_may_run_for_real_and_a_simulation_too(drop: Drop) -> None:
    drop.write("simulate = true")
    export(drop.folder / "dump.csv", PEOPLE)
    assert drop.look().json["files"][0]["state"] == "done"
    drop.write()
    export(drop.folder / "dump.csv", PEOPLE)

    assert drop.look().json["files"][0]["state"] == "done"
    assert sorted(drop.machine.texted) == PEOPLE


@pytest.mark.parametrize(
    ("lines", "code", "sentence"),
    [
        (('done_folder = "failed"',), 2, "must be two folders of their own"),
        (('done_marker = "../x"',), 2, "campaign.toml, line 6: done_marker = '../x' is not valid"),
        (('not_within = "soon"',), 2, "campaign.toml, line 6: 'soon' is not a period"),
        (("dry_run = true",), 2, "dry_run cannot be set"),
        (('test_to = "0639980000"',), 2, "test_to cannot be set"),
        (("settle = 30",), 2, "settle must be a duration"),
    ],
)
def test_a_campaign_file_that_cannot_be_used_takes_nothing(
    drop: Drop, lines: tuple[str, ...], code: int, sentence: str
) -> None:
    drop.write(*lines) if "settle" not in lines[0] else (drop.folder / "campaign.toml").write_text(
        "settle = 30\n"
    )
    export(drop.folder / "dump.csv", PEOPLE)

    answer = drop.look()

    assert (answer.code, sentence in answer.json["error"]["message"]) == (code, True)
    assert (drop.folder / "dump.csv").exists()


@pytest.mark.skipif(os.name == "nt", reason="has no permissions of this kind")
def test_a_campaign_file_that_uploaders_can_replace_is_refused(drop: Drop) -> None:
    drop.folder.chmod(0o777)
    answer = drop.look()

    assert answer.code == 2
    assert "name it with --campaign-file" in answer.json["error"]["message"]


def test_json_without_once_is_refused(drop: Drop) -> None:
    answer = drop.machine.run("watch", drop.folder, "--json")

    assert answer.code == 2
    assert "--json needs --once" in answer.json["error"]["message"]


def test_a_folder_that_is_not_there_is_named(machine: Machine, drop: Drop) -> None:
    campaign = drop.folder / "campaign.toml"
    answer = machine.run("watch", drop.folder / "no", "--campaign-file", campaign, "--once")

    assert (answer.code, "is not a folder" in answer.err) == (3, True)


def test_the_report_names_the_file_and_not_its_place_of_the_moment(drop: Drop) -> None:
    (drop.folder / "bad.csv").write_text("x;y\n", encoding="utf-8")
    drop.look()

    report = json.loads((drop.folder / "failed" / "bad.csv.report.json").read_text("utf-8"))
    assert report["reason"] == "bad.csv has no contacts below the header."
    assert "working" not in json.dumps(report)
