"""A count of one is said as one, in all that a session with a list of one person shows."""

import re
from pathlib import Path

from tests.acceptance.driver import Desk, sandbox

ONE_AS_MANY = re.compile(
    r"\b1 (?:people|persons|contacts|rows|frames|numbers|campaigns|lines|cells|segments|files)\b"
)
# A title above the header, one person, one duplicate.
LIST = """Clients de novembre
Prénom;Mobile;Ville
Zoé;06 39 98 00 01;Lyon
Zoé;06 39 98 00 01;Lyon
"""


def test_one_is_never_said_as_many(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "stop.csv").write_text("Mobile\n06 39 98 00 02\n")
    message = ("--text", "Bonjour {first_name}. STOP au 30101", "--sender", "DESK")
    shown = []
    with sandbox(tmp_path, "--faults", "1", "--fault-kind", "reset_after_accept") as (url, _):
        desk = Desk(tmp_path, url)
        for args in (
            ("check", "list.csv", *message),
            ("send", "list.csv", *message, "--yes", "--campaign", "one"),
            ("status",),
            ("doubt", "list"),
            ("doubt", "show", "one"),
            ("doubt", "mark-sent", "one", "1"),
            ("optout", "add", "0639980003"),
            ("optout", "import", "stop.csv"),
            ("optout", "remove", "0639980003"),
            ("person", "show", "0639980001", "--out", "answer.txt"),
            ("person", "erase", "0639980001", "--yes"),
            ("audit",),
        ):
            done = desk.run(*args)
            assert "Traceback" not in done.err
            shown += [f"{args[:2]}: {line}" for line in (done.out + done.err).splitlines()]

    assert any("1 line above the header in row 2 was skipped" in line for line in shown)
    assert [line for line in shown if ONE_AS_MANY.search(line)] == []
