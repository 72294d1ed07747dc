"""A canary key and canary people: after a whole life of campaigns, no log speaks of them (P18)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, Outcome, sandbox

KEY = "test-canary-4f9b1e7c"
NUMBER = "39981234"  # the digits that every spelling of +33 6 39 98 12 34 shares
NAME = "Zwytchkin"
WORDS = "Xylophonkanarie"
TEXT = f"Bonjour {{first_name}}, {WORDS}. STOP au 30101"
# The user's own files, and the ledger, which is the record itself.
MAY_NAME_PEOPLE = ("ledger.sqlite3", "ledger.sqlite3-journal", "results.csv", "contacts.csv")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    lines = [f"06 39 98 {at // 100:02} {at % 100:02},P{at}" for at in range(600)]
    people = "\n".join(["Mobile,Prénom", f"06 39 98 12 34,{NAME}", *lines])
    path.write_text(people + "\n", encoding="utf-8")
    return path


def printed(outcomes: list[Outcome]) -> Iterator[tuple[str, str]]:
    """Yield everything that was said on the way, and where."""
    for at, outcome in enumerate(outcomes):
        yield f"stderr of {at}", outcome.err
        yield f"stdout of {at}", outcome.out


def written(home: Path) -> Iterator[tuple[str, str]]:
    """Yield every file in and beside the state folder."""
    folders = (home, home.with_name(f"{home.name}-witness"))
    for file in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        yield str(file), file.read_bytes().decode("utf-8", "replace")


def digits(text: str) -> str:
    """Leave out what people put between the digits of a number."""
    return text.replace(" ", "").replace(".", "").replace("-", "")


def test_no_log_no_note_and_no_error_names_the_key_or_a_person(
    tmp_path: Path, canary: Path
) -> None:
    with sandbox(tmp_path, "--faults", "1", "--fault-kind", "reset_after_accept") as (url, _):
        broken = Desk(tmp_path, url, KEY)
        line = ["send", str(canary), "--text", TEXT, "--sender", "DESK", "--yes"]
        said = [
            broken.run(*line, "--campaign", "spring"),
            broken.run("resume", "spring", "--results", tmp_path / "results.csv"),
            broken.run("doubt", "list"),
            broken.run("doubt", "show", "spring", "1"),
            broken.run("doubt", "mark-sent", "spring", "1"),
            broken.run("status", "spring"),
            broken.run("report", "spring", "--contact-results", tmp_path / "contacts.csv"),
            broken.run("doctor"),
            broken.run("credit"),
        ]
    with sandbox(tmp_path, "--refuse", "101") as (url, _):
        said.append(Desk(tmp_path, url, KEY).run(*line, "--again"))
    gone = Desk(tmp_path, "http://127.0.0.1:9/v1/public", KEY)
    said += [
        gone.run("resume"),
        Desk(tmp_path, "https://127.0.0.1:9/v1/public", KEY).run("credit"),
        Desk(tmp_path, "https://api.example.com/v1", KEY).run("resume", "spring"),
        gone.run("send", canary, "--text", "{nobody}", "--yes"),
        gone.run("resume", "another"),
    ]

    places = [*printed(said), *written(gone.home)]
    assert len(places) > 2 * len(said)
    assert [where for where, text in places if KEY in text] == []
    talk = [(where, text) for where, text in places if Path(where).name not in MAY_NAME_PEOPLE]
    talk = [(where, text) for where, text in talk if "results" not in Path(where).parts]
    assert [where for where, text in talk if NUMBER in digits(text)] == []
    assert [where for where, text in talk if NAME in text or WORDS in text] == []


def test_the_log_of_an_unattended_run_names_no_one_and_no_key(tmp_path: Path, canary: Path) -> None:
    campaign = tmp_path / "welcome.toml"
    campaign.write_text(
        f'files = "{canary.name}"\ntext = "{TEXT}"\nhours = "off"\nseeds = "+33 6 39 98 99 99"\n'
        'log_file = "run.log"\nmetrics_file = "run.prom"\non_end = "exit 3"\n',
        encoding="utf-8",
    )
    faults = ("--faults", "1", "--fault-kind", "reset_after_accept")
    with sandbox(tmp_path, *faults) as (url, _):
        said = [Desk(tmp_path, url, KEY).run("run", campaign)]
    with sandbox(tmp_path, "--refuse", "101") as (url, _):
        said.append(Desk(tmp_path, url, KEY).run("run", campaign))

    files = [
        (name, (tmp_path / name).read_text(encoding="utf-8")) for name in ("run.log", "run.prom")
    ]
    assert "in_doubt" in files[0][1]
    for where, text in [*printed(said), *files]:
        assert KEY not in text, where
        assert NUMBER not in digits(text), where
        assert "39989999" not in digits(text), where
        assert NAME not in text, where
        assert WORDS not in text, where


def test_the_canary_would_be_heard(tmp_path: Path, canary: Path) -> None:
    shown = Desk(tmp_path, key=KEY).run("check", canary, "--text", TEXT)

    assert NAME in shown.out
    assert WORDS in shown.out
    assert NUMBER in digits(shown.out)
