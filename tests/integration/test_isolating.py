"""A contact for whom a frame is refused is found, and named by its row in the file."""

import csv
from dataclasses import replace
from pathlib import Path

from bulksms.sender import Pacing
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from tests.integration.nights import NOON, context_at
from tests.sending import rehearsal_plan, send, write_list
from tests.unit.sender.test_split_frames import Picky

PEOPLE = [f"+336399{80000 + person}" for person in range(300)]
ODD = PEOPLE[7]


def test_one_bad_contact_is_named_and_all_others_get_the_text_once(tmp_path: Path) -> None:
    # From the last to the first, with gaps: no row can be counted from another.
    lines = [line for number in reversed(PEOPLE) for line in ("", number)]
    source = write_list(tmp_path / "list.csv", lines)
    line = Picky(bad=frozenset({ODD}))
    context = context_at(tmp_path / "home", "http://127.0.0.1:9", NOON)
    run_options = RunOptions(pacing=Pacing(isolate_refused=True))

    ending = send(
        rehearsal_plan(source),
        SendRequest(run_options=run_options),
        replace(context, poster=lambda _url, _who: line),
    )

    assert ending.results is not None
    with ending.results.open(encoding="utf-8-sig", newline="") as file:
        refused = [frame for frame in csv.DictReader(file) if frame["state"] == "refused"]
    row = str(lines.index(ODD) + 2)
    assert [(frame["first_row"], frame["last_row"]) for frame in refused] == [(row, row)]
    assert sorted(line.texted) == sorted(set(PEOPLE) - {ODD})
